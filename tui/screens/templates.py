"""Canned replies of the desk: add, change, remove, import.

The editor of one reply shows how many segments its text needs.
"""

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from textual import getters, on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tui.domain.templates import CannedReply, InvalidCannedReplyError, parse_canned_replies
from tui.screens.canned import format_reply_preview, list_reply_choices
from tui.screens.pick import Choice
from tui.screens.prompt import PromptScreen
from tui.screens.said import report_store_errors
from tui.screens.shelf import EditableList
from tui.screens.template import CannedReplyScreen
from tui.widgets.virtual_list import VirtualList

_LARGEST_FILE = 1_000_000


class CannedRepliesScreen(EditableList[CannedReply]):
    """List of the canned replies, with the full text of the current one below."""

    DEFAULT_CSS = """
    CannedRepliesScreen #text { height: auto; max-height: 7; border-top: solid $panel-lighten-2; }
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
        prompt = PromptScreen("Import canned replies", hint, "~/replies.toml")
        self.app.push_screen(prompt, self._import_file)

    @report_store_errors
    async def _import_file(self, path: str | None) -> None:
        """Import the file completely, or nothing if it has an error."""
        if path is None:
            return
        try:
            templates, values = parse_canned_replies(await asyncio.to_thread(_read_file, path))
        except (OSError, InvalidCannedReplyError, UnicodeDecodeError) as problem:
            self.show_status(f"Nothing imported: {problem}")
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
    return file.read_text(encoding="utf-8")
