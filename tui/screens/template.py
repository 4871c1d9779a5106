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

from tui.desk.composer_hints import format_length
from tui.domain.sms import count_parts
from tui.domain.templates import (
    BUILT_IN_FIELDS,
    CannedReply,
    InvalidCannedReplyError,
    list_fields,
    validate_reply,
)
from tui.domain.text import one_line, to_printable

_BUILT_IN_FIELDS = " ".join(f"{{{name}}}" for name in BUILT_IN_FIELDS)


class CannedReplyScreen(ModalScreen[CannedReply | None]):
    """Return the edited canned reply, or None if the dialog was cancelled."""

    DEFAULT_CSS = """
    CannedReplyScreen .dialog { width: 76; }
    CannedReplyScreen TextArea { height: 7; border: none; margin: 1 0; padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Call off", priority=True),
        Binding("f2", "keep", "Keep", priority=True),
    ]
    name_field = getters.query_one("#template-name", Input)
    body = getters.query_one(TextArea)
    verdict = getters.query_one("#verdict", Static)

    def __init__(self, template: CannedReply | None, own_fields: Collection[str]) -> None:
        """Create the dialog.

        Args:
            template: Canned reply to change; None adds one.
            own_fields: Names of the fields that the desk has defined.
        """
        super().__init__()
        self._template = template or CannedReply("", "")
        self._own_fields = {name.casefold() for name in own_fields}

    def compose(self) -> ComposeResult:
        """Yield the fields for name and text, the length and the available fields."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Canned reply"
            dialog.border_subtitle = "Tab goes on · F2 keeps it · Esc calls off"
            name = to_printable(self._template.name)
            yield Input(name, placeholder="name", id="template-name", compact=True)
            yield TextArea(to_printable(self._template.body), compact=True, tab_behavior="focus")
            yield Static(id="verdict")
            own_fields = one_line(" ".join(f"{{{name}}}" for name in sorted(self._own_fields)), 120)
            yield Static(
                Content(f"Fields: {_BUILT_IN_FIELDS} {own_fields}".rstrip()), classes="hint"
            )

    def on_mount(self) -> None:
        """Show the length."""
        self._show_length()

    @on(TextArea.Changed)
    def _show_length(self) -> None:
        """Show the length, and which fields of the text the desk cannot fill."""
        phrases = [format_length(count_parts(self.body.text)) or "No text yet"]
        unfilled = [
            f for f in list_fields(self.body.text) if f not in {*BUILT_IN_FIELDS, *self._own_fields}
        ]
        if unfilled:
            names = one_line(", ".join(f"{{{name}}}" for name in unfilled), 60)
            phrases.append(f"to be typed each time: {names}")
        self.verdict.remove_class("problem")
        self.verdict.update(Content(" · ".join(phrases)))

    @on(Input.Submitted)
    def _focus_text(self) -> None:
        """Move the focus from the name to the text."""
        self.body.focus()

    def action_keep(self) -> None:
        """Close the dialog with the canned reply, or show what is wrong."""
        try:
            template = validate_reply(self.name_field.value, self.body.text)
        except InvalidCannedReplyError as problem:
            self.verdict.add_class("problem")
            self.verdict.update(Content(one_line(str(problem), 70)))
        else:
            self.dismiss(template)
