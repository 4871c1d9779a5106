"""Writing a canned reply: its name, its text, and what the text will cost."""

from collections.abc import Collection
from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static, TextArea

from tui.desk.ribbon import length_words
from tui.domain.sms import count
from tui.domain.templates import FIELDS, BadTemplate, Template, checked, fields
from tui.domain.text import one_line, printable

_BUILT_IN = " ".join(f"{{{name}}}" for name in FIELDS)


class TemplateScreen(ModalScreen[Template | None]):
    """Dismissed with the canned reply to keep, or with none."""

    DEFAULT_CSS = """
    TemplateScreen .dialog { width: 76; }
    TemplateScreen TextArea { height: 7; border: none; margin: 1 0; padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Call off", priority=True),
        Binding("f2", "keep", "Keep", priority=True),
    ]
    name_field = getters.query_one("#template-name", Input)
    body = getters.query_one(TextArea)
    verdict = getters.query_one("#verdict", Static)

    def __init__(self, template: Template | None, own: Collection[str]) -> None:
        """`template` is changed, None adds one; `own` are the fields the desk has besides."""
        super().__init__()
        self._template = template or Template("", "")
        self._own = {name.casefold() for name in own}

    def compose(self) -> ComposeResult:
        """Name, text, length, fields."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Canned reply"
            dialog.border_subtitle = "Tab goes on · F2 keeps it · Esc calls off"
            name = printable(self._template.name)
            yield Input(name, placeholder="name", id="template-name", compact=True)
            yield TextArea(printable(self._template.body), compact=True, tab_behavior="focus")
            yield Static(id="verdict")
            own = one_line(" ".join(f"{{{name}}}" for name in sorted(self._own)), 120)
            yield Static(Content(f"Fields: {_BUILT_IN} {own}".rstrip()), classes="hint")

    def on_mount(self) -> None:
        """Say how long it is."""
        self._judge()

    @on(TextArea.Changed)
    def _judge(self) -> None:
        """Say how long it is, and which of its fields the desk cannot fill."""
        words = [length_words(count(self.body.text)) or "No text yet"]
        open_ones = [f for f in fields(self.body.text) if f not in {*FIELDS, *self._own}]
        if open_ones:
            named = one_line(", ".join(f"{{{name}}}" for name in open_ones), 60)
            words.append(f"to be typed each time: {named}")
        self.verdict.remove_class("problem")
        self.verdict.update(Content(" · ".join(words)))

    @on(Input.Submitted)
    def _go_on(self) -> None:
        """From the name to the text."""
        self.body.focus()

    def action_keep(self) -> None:
        """Keep it, or say what is wrong."""
        try:
            template = checked(self.name_field.value, self.body.text)
        except BadTemplate as problem:
            self.verdict.add_class("problem")
            self.verdict.update(Content(one_line(str(problem), 70)))
        else:
            self.dismiss(template)
