"""Triage mode of the inbox: one conversation fills the screen, and the next one follows.

Which conversation is next is decided by `tui.desk.triage`; this shows it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from tui.desk.context import AppContext
from tui.desk.departures import describe_end_of_wait
from tui.desk.format import MUTED_STYLE
from tui.desk.read_marker import ReadMarker
from tui.domain.conversation import Conversation
from tui.store.store import Store
from tui.widgets.conversation_pane import ConversationPane
from tui.widgets.key_bar import KeyBar
from tui.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from tui.desk.triage import TriageRound


class TriageMode:
    """Round of triage in progress, and what it adds to the screen."""

    def __init__(
        self,
        screen: Screen[Any],
        store: Store,
        context: AppContext,
        read_marker: ReadMarker,
        show_key_hints: Callable[[], None],
    ) -> None:
        """Create the mode, switched off.

        Args:
            screen: Screen of the inbox.
            store: Store shared by all agents.
            context: Settings and helpers of the agent.
            read_marker: Marks the conversations read that are shown.
            show_key_hints: Shows the keys that matter in the current state.
        """
        self._screen = screen
        self._store = store
        self._app_context = context
        self._read_marker = read_marker
        self._show_key_hints = show_key_hints
        self._round: TriageRound | None = None

    @property
    def is_on(self) -> bool:
        """Return whether a round is in progress."""
        return self._round is not None

    @property
    def _pane(self) -> ConversationPane:
        """Return the pane that shows the conversation."""
        return self._screen.query_one(ConversationPane)

    async def start_round(self, *, shows_held: bool = False) -> bool:
        """Show the conversation that waits longest; return False if none waits.

        Args:
            shows_held: Whether to show what colleagues have open, too.
        """
        from tui.desk.triage import TriageRound
        from tui.widgets.canned_bar import CannedBar

        triage_round = TriageRound(self._store, self._app_context.agent, shows_held=shows_held)
        conversation = await triage_round.advance_to_next()
        if conversation is None:
            return False
        self._round = triage_round
        self._screen.add_class("-triage")
        # Without a focused widget all keys reach the bindings of the screen.
        self._screen.set_focus(None)
        bar = CannedBar()
        await self._screen.mount(bar, before=self._screen.query_one(KeyBar))
        await self.refresh_replies()
        await self._show_conversation(triage_round, conversation)
        return True

    async def end_round(self) -> TriageRound | None:
        """Remove everything that triage added; return the round, or None if triage was off."""
        triage_round, self._round = self._round, None
        if triage_round is not None:
            self._screen.remove_class("-triage", "-triage-end")
            self._screen.query_one(StatusLine).update_status(place="")
            await self._screen.query("#canned, #all-clear").remove()
            self._show_key_hints()
        return triage_round

    async def skip_conversation(self) -> None:
        """Leave this conversation waiting and go on; at the end of a round start another one."""
        if self._round is None:
            return
        if self._pane.conversation is None:
            await self._round.restart_round()
        await self._show_next(self._round)

    async def advance_if_handled(self) -> None:
        """Go on after an action if the conversation no longer waits."""
        shown = self._pane.conversation
        if self._round is None or shown is None:
            return
        if await self._round.record_handled(shown):
            self._screen.set_focus(None)
            await self._show_next(self._round)
        else:
            await self._update_counter(self._round)

    async def refresh_counter(self) -> None:
        """Show the progress again after conversations have changed."""
        if self._round is not None:
            await self._update_counter(self._round)

    async def refresh_replies(self) -> None:
        """Show the digits again after canned replies have changed."""
        from tui.widgets.canned_bar import CannedBar

        for bar in self._screen.query(CannedBar):
            bar.show_replies(await self._store.templates.list_in_order(self._app_context.agent))

    async def describe_departure(self) -> str:
        """Return why the shown conversation is not to be answered any more, or ""."""
        shown = self._pane.conversation
        if self._round is None or shown is None:
            return ""
        context = self._app_context
        return await describe_end_of_wait(
            self._store, shown, context.agent, context.clock.now(), context.zone
        )

    async def show_undone(self) -> None:
        """Show the conversation of an undone action again if it now waits."""
        if self._round is None:
            return
        conversation = await self._round.return_to_undone()
        if conversation is not None:
            await self._show_conversation(self._round, conversation)
        else:
            await self._update_counter(self._round)

    async def _show_next(self, triage_round: TriageRound) -> None:
        """Show the conversation that waits next, or the end of the round."""
        conversation = await triage_round.advance_to_next()
        if conversation is None:
            await self._show_round_end(triage_round)
        else:
            await self._show_conversation(triage_round, conversation)

    async def _show_conversation(
        self, triage_round: TriageRound, conversation: Conversation
    ) -> None:
        """Fill the screen with a conversation."""
        self._screen.remove_class("-triage-end")
        await self._screen.query("#all-clear").remove()
        await self._pane.show_conversation(conversation)
        await self._read_marker.open_conversation(self._pane.conversation)
        self._show_key_hints()
        await self._update_counter(triage_round)

    async def _show_round_end(self, triage_round: TriageRound) -> None:
        """Show the summary at the end of a round."""
        from textual.content import Content
        from textual.widgets import Static

        await self._pane.show_conversation(None)
        has_only_held = (await triage_round.count_waiting()).has_only_held
        again = "shows what colleagues have open" if has_only_held else "starts again"
        summary = Content.assemble(
            (f"{await triage_round.format_summary()}\n\n", "bold"),
            (f"z undoes the last one · Space {again} · Esc goes to the list", MUTED_STYLE),
        )
        await self._screen.query("#all-clear").remove()
        await self._screen.query_one("#desk").mount(Static(summary, id="all-clear"))
        self._screen.add_class("-triage-end")
        self._show_key_hints()
        await self._update_counter(triage_round)

    async def _update_counter(self, triage_round: TriageRound) -> None:
        """Show the progress of the round in the status line."""
        progress = await triage_round.format_progress()
        # The round may have been ended while its progress was read.
        if self._round is triage_round:
            self._screen.query_one(StatusLine).update_status(place=f"Triage  {progress}")
