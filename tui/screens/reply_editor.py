"""Edit one canned reply: its name, text, actions and owner, with the segments of the text."""

from collections.abc import Collection
from dataclasses import replace
from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from tui.desk.composer_hints import format_length
from tui.desk.context import AppContext
from tui.domain.action_list import InvalidActionError
from tui.domain.sms import count_parts
from tui.domain.templates import (
    BUILT_IN_FIELDS,
    CannedReply,
    InvalidCannedReplyError,
    list_fields,
    validate_reply,
)
from tui.domain.text import one_line, to_printable
from tui.domain.typed_text import clean_typed_text
from tui.screens.base import FormScreen, compose_field
from tui.widgets.text_editor import TextEditor

_FORM_HINTS = "Tab next · Alt+Enter new line · F4 yours · Enter saves · Esc cancels"
_ACTIONS_EXAMPLE = "such as label done, or close; one on each line"
_BUILT_IN_FIELDS = " ".join(f"{{{name}}}" for name in BUILT_IN_FIELDS)


class CannedReplyScreen(FormScreen[CannedReply | None]):
    """Return the edited canned reply, or None if the dialog was cancelled."""

    DEFAULT_CSS = """
    CannedReplyScreen .dialog { width: 76; }
    CannedReplyScreen TextArea { height: 5; margin-bottom: 1; }
    CannedReplyScreen #template-actions { height: 3; margin-bottom: 0; }
    CannedReplyScreen Input { margin-bottom: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,f2", "keep", "Save", priority=True),
        Binding("alt+enter,ctrl+j", "break_line", "New line", priority=True),
        Binding("f4", "toggle_owner", "Yours or the team's", priority=True),
    ]
    name_field = getters.query_one("#template-name", Input)
    body = getters.query_one("#template-body", TextArea)
    actions = getters.query_one("#template-actions", TextArea)
    owner_line = getters.query_one("#template-owner", Static)
    verdict = getters.query_one("#verdict", Static)

    def __init__(
        self,
        template: CannedReply | None,
        own_fields: Collection[str],
        app_context: AppContext,
        shared_refusal: str = "",
    ) -> None:
        """Create the dialog.

        Args:
            template: Canned reply to change; None adds one.
            own_fields: Names of the fields that the desk has defined.
            app_context: Agent, clock and time zone.
            shared_refusal: Why the agent may not save one for the team; "" if it is allowed.
        """
        super().__init__()
        self._app_context = app_context
        self._shared_refusal = shared_refusal
        self._is_own = bool(shared_refusal) or (template is not None and bool(template.owner))
        self._template = template or CannedReply("", "")
        self._own_fields = {name.casefold() for name in own_fields}

    def compose(self) -> ComposeResult:
        """Yield the fields for name and text, the length and the available fields."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Canned reply"
            dialog.border_subtitle = _FORM_HINTS
            name = to_printable(self._template.name)
            name_field = Input(name, placeholder="such as thanks", id="template-name", compact=True)
            yield from compose_field("Name, to find it by", name_field)
            body = TextEditor(
                clean_typed_text(self._template.body),
                placeholder="such as Thank you, {first_name}!",
                compact=True,
                tab_behavior="focus",
                id="template-body",
            )
            yield from compose_field("Text", body)
            actions = TextEditor(
                clean_typed_text(self._template.actions),
                placeholder=_ACTIONS_EXAMPLE,
                compact=True,
                tab_behavior="focus",
                id="template-actions",
            )
            yield from compose_field("Then, for a macro", actions)
            yield Static(id="template-owner", classes="hint")
            yield Static(id="verdict")
            own_fields = one_line(" ".join(f"{{{name}}}" for name in sorted(self._own_fields)), 120)
            yield Static(
                Content(f"Fields: {_BUILT_IN_FIELDS} {own_fields}".rstrip()), classes="hint"
            )

    def on_mount(self) -> None:
        """Show the length, and who has it."""
        self._show_length()
        self._show_owner()

    def _collect_texts(self) -> tuple[str, ...]:
        """Return the text of every field, and whose it is."""
        return (*super()._collect_texts(), str(self._is_own))

    def action_toggle_owner(self) -> None:
        """Make it the agent's own, or that of the team."""
        if self._shared_refusal:
            self.verdict.update(Content(f"{self._shared_refusal} · this one is yours"))
            return
        self._is_own = not self._is_own
        self._show_owner()

    def _show_owner(self) -> None:
        """Show who has it."""
        tick = "x" if self._is_own else " "
        self.owner_line.update(Content(f"[{tick}] only for you (F4)"))

    @on(TextArea.Changed)
    def _show_length(self) -> None:
        """Show the length, and which fields of the text the desk cannot fill."""
        phrases = [format_length(count_parts(self.body.text)) or "No text yet"]
        is_macro = bool(self.actions.text.strip())
        unfilled = [
            f for f in list_fields(self.body.text) if f not in {*BUILT_IN_FIELDS, *self._own_fields}
        ]
        if unfilled:
            names = one_line(", ".join(f"{{{name}}}" for name in unfilled), 60)
            source = "from the contact" if is_macro else "to be typed each time"
            phrases.append(f"{source}: {names}")
        self.verdict.remove_class("problem")
        self.verdict.update(Content(" · ".join(phrases)))

    def action_break_line(self) -> None:
        """Insert a line break in the text."""
        for field in (self.body, self.actions):
            if field.has_focus:
                field.insert("\n")

    async def action_keep(self) -> None:
        """Store the canned reply and close the dialog, or show what is wrong."""
        try:
            context = self._app_context
            template = validate_reply(
                self.name_field.value,
                self.body.text,
                actions=self.actions.text,
                owner=context.agent if self._is_own else "",
                now=context.clock.now(),
                zone=context.zone,
            )
        except InvalidCannedReplyError as problem:
            self.verdict.add_class("problem")
            self.verdict.update(Content(one_line(f"Not saved: {problem}", 300)))
            self._find_wrong_field(problem).focus()
        else:
            await self.submit(replace(template, position=self._template.position))

    def _find_wrong_field(self, problem: InvalidCannedReplyError) -> Widget:
        """Return the field that a problem is about."""
        if not self.name_field.value.strip():
            return self.name_field
        return self.actions if isinstance(problem.__cause__, InvalidActionError) else self.body
