"""Canned replies of the desk: add, change, remove, import.

The editor of one reply shows how many segments its text needs.
"""

import asyncio
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from tui.desk.composer_hints import format_length
from tui.domain.sms import count_parts
from tui.domain.templates import (
    BUILT_IN_FIELDS,
    CannedReply,
    InvalidCannedReplyError,
    list_fields,
    parse_canned_replies,
    validate_reply,
)
from tui.domain.text import one_line, to_printable
from tui.domain.typed_text import clean_typed_text
from tui.screens.base import FormScreen, compose_field, report_store_errors
from tui.screens.editable_list import EditableList
from tui.screens.pick import Choice
from tui.screens.pick_canned_reply import format_reply_preview, list_reply_choices
from tui.screens.questions import PromptScreen
from tui.widgets.text_editor import TextEditor
from tui.widgets.virtual_list import VirtualList

_FORM_HINTS = "Tab next field · Alt+Enter new line · Enter saves · Esc cancels"
_BUILT_IN_FIELDS = " ".join(f"{{{name}}}" for name in BUILT_IN_FIELDS)


class CannedReplyScreen(FormScreen[CannedReply | None]):
    """Return the edited canned reply, or None if the dialog was cancelled."""

    DEFAULT_CSS = """
    CannedReplyScreen .dialog { width: 76; }
    CannedReplyScreen TextArea { height: 7; margin-bottom: 1; }
    CannedReplyScreen Input { margin-bottom: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,f2", "keep", "Save", priority=True),
        Binding("alt+enter,ctrl+j", "break_line", "New line", priority=True),
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
            dialog.border_subtitle = _FORM_HINTS
            name = to_printable(self._template.name)
            name_field = Input(name, placeholder="such as thanks", id="template-name", compact=True)
            yield from compose_field("Name, to find it by", name_field)
            body = TextEditor(
                clean_typed_text(self._template.body),
                placeholder="such as Thank you, {first_name}!",
                compact=True,
                tab_behavior="focus",
            )
            yield from compose_field("Text", body)
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

    def action_break_line(self) -> None:
        """Insert a line break in the text."""
        if self.body.has_focus:
            self.body.insert("\n")

    def action_keep(self) -> None:
        """Close the dialog with the canned reply, or show what is wrong."""
        try:
            template = validate_reply(self.name_field.value, self.body.text)
        except InvalidCannedReplyError as problem:
            self.verdict.add_class("problem")
            self.verdict.update(Content(one_line(f"Not saved: {problem}", 300)))
            (self.body if self.name_field.value.strip() else self.name_field).focus()
        else:
            self.dismiss(template)


_LARGEST_FILE = 1_000_000


class CannedRepliesScreen(EditableList[CannedReply]):
    """List of the canned replies, with the full text of the current one below."""

    DEFAULT_CSS = """
    CannedRepliesScreen #text { height: auto; max-height: 7; border-top: solid $rule; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("i", "take_in", "Import"),
        Binding("v", "fields", "Own fields"),
    ]
    NAME = "Canned replies"
    KEY_HINTS = "a add · e edit · d delete · z undo · i import · v fields · Esc closes"
    EMPTY_TEXT = "No canned replies"
    text = getters.query_one("#text", Static)

    async def read_items(self) -> dict[str, CannedReply]:
        """Return every canned reply by its name."""
        return {template.name: template for template in await self.store.templates.list_by_name()}

    def format_lines(self, items: Iterable[CannedReply]) -> list[Choice]:
        """Return one line for each: name, beginning of the text, number of segments."""
        return list_reply_choices(items)

    async def save_item(self, item: CannedReply, replaces: str = "") -> None:
        """Store the canned reply.

        Args:
            item: Canned reply to store.
            replaces: Former name of the reply; empty for a new one.
        """
        await self.store.templates.save_template(item, self.app_context.agent, replaces=replaces)

    async def drop_item(self, name: str) -> None:
        """Remove the canned reply."""
        await self.store.templates.delete_template(name)

    async def create_editor(self, item: CannedReply | None) -> CannedReplyScreen:
        """Return the dialog for name and text."""
        return CannedReplyScreen(item, await self.store.templates.get_fields())

    def describe_item(self, item: CannedReply) -> tuple[str, str]:
        """Return the name twice: it is shown as it is stored."""
        return item.name, item.name

    def compose_below(self) -> Iterable[Widget]:
        """Yield the widget for the full text of the current reply."""
        yield Static(id="text")

    @on(VirtualList.Moved)
    def update_preview(self) -> None:
        """Show the full text of the reply under the cursor."""
        template = self.current_item
        empty_text = Content("None yet: a adds one, i imports a TOML file")
        self.text.update(format_reply_preview(template.body) if template else empty_text)

    def action_fields(self) -> None:
        """Open the list of the desk's own fields."""
        from tui.screens.fields import FieldsScreen

        self.app.push_screen(FieldsScreen(self.store, self.app_context))

    def action_take_in(self) -> None:
        """Ask for a file to import."""
        hint = '[templates] with name = "text", [values] with own fields; same names are replaced'
        prompt = PromptScreen("Import canned replies", hint, "~/replies.toml", verb="imports")
        self.app.push_screen(prompt, self._import_file)

    @report_store_errors
    async def _import_file(self, path: str | None) -> None:
        """Import the file completely, or nothing if it has an error."""
        if path is None:
            return
        try:
            templates, values = parse_canned_replies(await asyncio.to_thread(_read_file, path))
        except (OSError, InvalidCannedReplyError, UnicodeDecodeError) as problem:
            reason = str(problem)
            if isinstance(problem, OSError):
                reason = f"{problem.strerror} ({one_line(path, 60)})"
            if isinstance(problem, UnicodeDecodeError):
                reason = "the file is not UTF-8 text"
            self.show_status(f"Nothing imported: {reason} · i asks for a file again")
            return
        await self.store.templates.import_templates(templates, values, self.app_context.agent)
        await self.reload_items()
        self.show_status(f"Imported {len(templates)} canned replies, {len(values)} own fields")


def _read_file(path: str) -> str:
    """Return the text of a file that is not too large."""
    file = Path(path).expanduser()
    # A wrong path, such as a log or a video, must not be read into memory.
    if file.stat().st_size > _LARGEST_FILE:
        raise InvalidCannedReplyError("the file is larger than 1 MB")
    return file.read_text(encoding="utf-8-sig")
