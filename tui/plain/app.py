"""Run line mode from its first line to its last: read a command, do it, and ask for the next."""

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any

from tui.desk.context import AppContext
from tui.desk.outages import explain_failure
from tui.desk.presence import AgentSession
from tui.domain.text import one_line
from tui.plain import lists
from tui.plain.commands import format_hint, parse_command
from tui.plain.dialog import Dialog, InputEndedError, LineReader, LineWriter
from tui.plain.news import ChangeAnnouncer
from tui.plain.session import LINE_HANDLERS, PlainSession
from tui.store.errors import StoreError
from tui.store.store import Store

_NO_ACCOUNT = (
    "No account is set up yet: run smsdesk doctor; smsdesk demo --plain has made-up customers."
)


class PlainApp:
    """Line mode for one agent."""

    def __init__(
        self, store: Store, context: AppContext, read_line: LineReader, write_line: LineWriter
    ) -> None:
        """Create line mode.

        Args:
            store: Open store.
            context: Settings and services of this agent.
            read_line: Reads a line.
            write_line: Writes a line.
        """
        self._dialog = Dialog(read_line, write_line)
        self._session = PlainSession(store, context, self._dialog)
        self._last_hint = ""
        """Choices that were shown last: they are shown again only when they change."""

    async def run(self) -> None:
        """Run until the agent quits or the input ends."""
        session = self._session
        await AgentSession(session.store, session.context.agent).register_agent()
        after = None
        with contextlib.suppress(StoreError):
            # Taken before the list is read, so that no change falls between the two.
            after = await self._session.store.feed.get_last_number()
        announcer = ChangeAnnouncer(self._session, after)
        tasks = [
            asyncio.create_task(work)
            for work in (
                announcer.follow_changes(),
                announcer.send_heartbeats(),
                announcer.announce_outages(),
            )
        ]
        try:
            with contextlib.suppress(InputEndedError):
                if not self._session.context.accounts:
                    self._dialog.write_line(_NO_ACCOUNT)
                await self._run_safely(lists.show_first_page(self._session))
                while not self._session.has_ended:
                    await self._run_turn()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            await self._session.compose.wait_until_saved()
            await self._session.presence.remove_presence()
        self._dialog.write_line("Goodbye.")

    async def _run_turn(self) -> None:
        """Read one command and do it."""
        hint = format_hint(is_open=self._session.conversation is not None)
        if hint != self._last_hint:
            self._dialog.write_line(hint)
            self._last_hint = hint
        typed = (await self._dialog.ask_line(f"{self._session.location}? ")).strip()
        await self._run_safely(self._run_command(typed))

    async def _run_safely(self, work: Coroutine[Any, Any, None]) -> None:
        """Run a command and show an error of the store."""
        try:
            await work
        except StoreError as error:
            self._dialog.write_line(f"{explain_failure(error)}.")

    async def _run_command(self, typed: str) -> None:
        """Do what was typed."""
        if typed.isdecimal():
            await lists.open_item(self._session, int(typed))
            return
        is_open = self._session.conversation is not None
        command, rest = parse_command(typed, is_open=is_open)
        if command is None:
            if typed:
                self._dialog.write_line(
                    f'"{one_line(typed, 30)}" is not a command here: ? lists commands.'
                )
        elif command.scope.is_about_conversation and not is_open:
            self._dialog.write_line("Open a conversation first: type its number.")
        else:
            await self._run_and_record(command.id, rest)

    async def _run_and_record(self, command_id: str, rest: str) -> None:
        """Run a command, and record whether what it did is the last thing that was shown."""
        session = self._session
        newest = session.actions.newest_undo
        await LINE_HANDLERS[command_id](session, rest)
        done = session.actions.newest_undo
        is_new = done is not newest and command_id != "undo"
        session.undo_guard.record_action(done if is_new else None, session.shown_id)
