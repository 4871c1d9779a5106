"""Canned replies and macros of the desk: add, change, order, remove, import, export."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from textual import getters, on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tui.desk.outages import explain_failure
from tui.desk.rule_names import describe_incomplete
from tui.domain.change import Subject
from tui.domain.reply_files import format_canned_replies, parse_canned_replies
from tui.domain.templates import (
    CannedReply,
    InvalidCannedReplyError,
)
from tui.domain.text import one_line
from tui.private_files import create_file
from tui.screens.base import report_store_errors
from tui.screens.editable_list import EditableList
from tui.screens.pick import Choice
from tui.screens.pick_canned_reply import format_reply_preview, list_reply_choices
from tui.screens.questions import PromptScreen
from tui.screens.reply_editor import CannedReplyScreen
from tui.store.errors import StoreError
from tui.store.saved_replies import SHARED_REPLIES
from tui.widgets.virtual_list import VirtualList

_LARGEST_FILE = 1_000_000


class CannedRepliesScreen(EditableList[CannedReply]):
    """List of the canned replies, with the full text of the current one below."""

    DEFAULT_CSS = """
    CannedRepliesScreen #text { height: auto; max-height: 7; border-top: solid $rule; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("J,shift+down", "shift_item(1)", "Move down"),
        Binding("K,shift+up", "shift_item(-1)", "Move up"),
        Binding("i", "take_in", "Import"),
        Binding("x", "write_out", "Export"),
        Binding("v", "fields", "Own fields"),
    ]
    NAME = "Canned replies"
    KEY_HINTS = "a add · e edit · d delete · J K move · i import · x export · v fields"
    WATCHED = Subject.CANNED_REPLY
    EMPTY_TEXT = "None yet: a adds one, i imports a TOML file"
    ONLY_LEADS_CHANGE = SHARED_REPLIES
    text = getters.query_one("#text", Static)

    async def read_items(self) -> dict[str, CannedReply]:
        """Return every canned reply of the team and of the agent."""
        found = await self.store.templates.list_all(self.app_context.agent)
        return {template.key: template for template in found}

    def format_lines(self, items: Iterable[CannedReply]) -> list[Choice]:
        """Return one line for each: its digit, name, beginning of the text, number of segments."""
        templates = list(items)
        own = {template.name for template in templates if template.owner}
        used = [one.key for one in templates if one.owner or one.name not in own]
        digits = {key: str(number) for number, key in enumerate(used[:9], 1)}
        lines = zip(templates, list_reply_choices(templates), strict=True)
        return [
            replace(line, value=one.key, text=f"{digits.get(one.key, ' ')} {line.text}")
            for one, line in lines
        ]

    async def save_item(self, item: CannedReply, replaces: str = "") -> None:
        """Store the canned reply.

        Args:
            item: Canned reply to store.
            replaces: Key of the reply that it replaces; empty for a new one.
        """
        owner, _, name = replaces.partition("\n")
        await self.store.templates.save_template(
            item,
            self.app_context.agent,
            replaces=name,
            replaces_owner=owner if replaces else None,
        )

    async def drop_item(self, name: str) -> None:
        """Remove the canned reply with a key."""
        owner, _, name = name.partition("\n")
        await self.store.templates.delete_template(name, self.app_context.agent, owner)

    async def create_editor(self, item: CannedReply | None) -> CannedReplyScreen:
        """Return the dialog for name, text and actions."""
        fields = await self.store.templates.get_fields()
        refusal = await super().explain_refusal(item)
        return CannedReplyScreen(item, fields, self.app_context, refusal)

    async def explain_refusal(self, item: CannedReply | None) -> str:
        """Return why the agent may not edit a reply; everyone may add and change their own.

        Args:
            item: Canned reply to change; None for a new one.
        """
        if item is None or item.owner:
            return ""
        refusal = await super().explain_refusal(item)
        return f"{refusal} · a adds one of your own" if refusal else ""

    async def describe_effects(self) -> str:
        """Return which rules lack something now."""
        return await describe_incomplete(self.store)

    def describe_item(self, item: CannedReply) -> tuple[str, str]:
        """Return the key, and the name as it is stored."""
        return item.key, item.name

    def get_content(self, item: CannedReply) -> object:
        """Return what an agent writes; its place and its uses change without that."""
        return item.key, item.body, item.actions

    def list_parts(self, item: CannedReply) -> dict[str, str]:
        """Return name, text and actions, and whose it is."""
        actions = item.actions.replace("\n", "; ")
        owner = "of one agent" if item.owner else "of the team"
        return {"Name": item.name, "Text": item.body, "Actions": actions, "It is": owner}

    @report_store_errors
    async def action_shift_item(self, places: int) -> None:
        """Move the canned reply under the cursor; the first nine have a digit.

        Args:
            places: Number of places down; negative moves up.
        """
        if (template := self.current_item) is not None:
            await self.store.templates.move_template(template, self.app_context.agent, places)
            await self.reload_items()

    def compose_below(self) -> Iterable[Widget]:
        """Yield the widget for the full text of the current reply."""
        yield Static(id="text")

    @on(VirtualList.Moved)
    def update_preview(self) -> None:
        """Show the full text of the reply under the cursor."""
        template = self.current_item
        self.text.update(
            format_reply_preview(template.body, template.actions) if template else Content()
        )

    def action_fields(self) -> None:
        """Open the list of the desk's own fields."""
        from tui.screens.fields import FieldsScreen

        self.app.push_screen(FieldsScreen(self.store, self.app_context))

    def action_take_in(self) -> None:
        """Ask for a file to import."""
        hint = '[templates] with name = "text", [values] with own fields; same names are replaced'
        prompt = PromptScreen("Import canned replies", hint, "~/replies.toml", verb="imports")
        prompt.store_line = self._import_file
        self.app.push_screen(prompt)

    async def _import_file(self, path: str) -> str:
        """Import the file completely, or nothing if it has an error, which is returned."""
        try:
            context, text = self.app_context, await asyncio.to_thread(_read_file, path)
            templates, values = parse_canned_replies(
                text, agent=context.agent, now=context.clock.now(), zone=context.zone
            )
        except (OSError, InvalidCannedReplyError, UnicodeDecodeError) as problem:
            reason = str(problem)
            if isinstance(problem, OSError):
                reason = f"{problem.strerror} ({one_line(path, 60)})"
            if isinstance(problem, UnicodeDecodeError):
                reason = "the file is not UTF-8 text"
            return f"Nothing imported: {reason}"
        try:
            await self.store.templates.import_templates(templates, values, self.app_context.agent)
        except StoreError as error:
            return explain_failure(error)
        await self.reload_items()
        self.show_status(f"Imported {len(templates)} canned replies, {len(values)} own fields")
        return ""

    def action_write_out(self) -> None:
        """Ask for a file to export to."""
        hint = "A new file in TOML: what you use, and the own fields. Import reads it again"
        prompt = PromptScreen("Export canned replies", hint, "~/replies.toml", verb="exports")
        prompt.store_line = self._export_file
        self.app.push_screen(prompt)

    async def _export_file(self, path: str) -> str:
        """Write the file, which must not exist; return why it was not written, or ""."""
        try:
            templates = await self.store.templates.list_in_order(self.app_context.agent)
            text = format_canned_replies(templates, await self.store.templates.get_fields())
            await asyncio.to_thread(write_new_file, path, text)
        except OSError as problem:
            return f"Nothing exported: {problem.strerror} ({one_line(path, 60)})"
        except StoreError as error:
            return explain_failure(error)
        self.show_status(f"Exported {len(templates)} canned replies to {one_line(path, 60)}")
        return ""


def write_new_file(path: str, text: str) -> None:
    """Write a new file that only this user can read.

    Args:
        path: Path, perhaps beginning with ~.
        text: Its text.

    Raises:
        OSError: It exists, or cannot be written.
    """
    with open(create_file(Path(path).expanduser()), "w", encoding="utf-8") as file:
        file.write(text)


def _read_file(path: str) -> str:
    """Return the text of a file that is not too large."""
    file = Path(path).expanduser()
    # A wrong path, such as a log or a video, must not be read into memory.
    if file.stat().st_size > _LARGEST_FILE:
        raise InvalidCannedReplyError("the file is larger than 1 MB")
    return file.read_text(encoding="utf-8-sig")
