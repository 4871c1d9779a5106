"""Keep everything on the main screen as it is in the store."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events, on
from textual.timer import Timer

from tui.clock import MINUTE
from tui.desk import composer_hints
from tui.desk.assigning import format_assignment_notice
from tui.desk.context import AppContext
from tui.desk.departures import describe_departure
from tui.desk.format import format_title
from tui.desk.key_guard import MergeGuard
from tui.desk.undo import Countdown
from tui.domain.change import RELOAD, VIEWS_CHANGED, Change, Subject
from tui.domain.conversation import View
from tui.domain.text import one_line
from tui.domain.view_text import parse_view
from tui.screens.base import report_store_errors
from tui.screens.inbox_layout import InboxLayout
from tui.store.store import Store
from tui.terminal.key_queue import OneKeyAtATime
from tui.widgets.bindings import get_reachable_keys
from tui.widgets.conversation_pane import ConversationPane, Followed
from tui.widgets.status_line import StatusLine
from tui.widgets.view_strip import ViewStrip
from tui.widgets.virtual_list import VirtualList

_PREVIEW_DELAY = 0.06
"""Seconds the cursor must rest before the conversation under it is shown."""


class LiveInbox(InboxLayout):
    """Follow the changes of the store, the clock and the accounts."""

    def __init__(self, store: Store, app_context: AppContext) -> None:
        """Create the screen.

        Args:
            store: Store that is read and that receives what the agent does.
            app_context: Agent, accounts, commands and preferences.
        """
        super().__init__(store, app_context)
        self.countdown = Countdown(
            lambda text: self.keys.show_countdown(text), self.show_status, self._find_key
        )
        self._current_minute = app_context.clock.now() // MINUTE
        self._was_visible = False
        """Whether the agent saw the conversation when that was looked at last."""
        self.lost_selection = ""
        """Notice that nothing is selected any more; "" after the next command."""
        self.merge_guard = MergeGuard()
        self._preview_timer: Timer | None = None
        self.pressed_at = 0.0
        """Time of the key that is handled, in seconds of the steady clock."""

    async def show_view(self, view: View) -> None:
        """Show another list in place of what is open.

        Args:
            view: List to show.
        """
        raise NotImplementedError

    async def show_current(self) -> None:
        """Show the conversation under the cursor."""
        raise NotImplementedError

    # The preview ----------------------------------------------------------------------------

    @on(VirtualList.Moved)
    def _follow_cursor(self, event: VirtualList.Moved) -> None:
        """Show the conversation under the cursor once the cursor rests."""
        event.stop()
        self._schedule_preview()

    def _schedule_preview(self) -> None:
        """Show the conversation under the cursor if it still rests in a moment."""
        if self.focused is self.filter:
            self.show_key_hints()  # Enter writes where only people are left
        if self._preview_timer is not None:
            self._preview_timer.stop()
        self._preview_timer = self.set_timer(_PREVIEW_DELAY, self._show_preview)

    async def _show_preview(self) -> None:
        """Show the conversation under the cursor, unless the next key has been pressed already."""
        if isinstance(self.app, OneKeyAtATime) and self.app.may_have_key:
            self._schedule_preview()
        else:
            await self.show_current()

    # The strip of the views -----------------------------------------------------------------

    @report_store_errors
    async def follow_views(self, changes: Sequence[Change] = (RELOAD,)) -> None:
        """Show the saved views at the left where there is room, with the counts of now.

        Args:
            changes: What changed in the store; by default everything is read.
        """
        strip = next(iter(self.query(ViewStrip)), None)
        if not self.has_class("-full"):
            return  # `v` and `g` with a digit serve there
        if strip is None:
            if not {RELOAD, VIEWS_CHANGED} & set(changes):
                return
            strip = ViewStrip(self.store, self.app_context)
            await strip.reload()
            if not strip.has_views or self.query(ViewStrip):
                return
            await self.query_one("#desk").mount(strip, before="#left")
        else:
            await strip.apply_changes(changes)
        strip.mark_shown(self.threads.view)
        self.set_class(strip.has_views, "-strip")

    @on(ViewStrip.Chosen)
    @report_store_errors
    async def _show_clicked_view(self, event: ViewStrip.Chosen) -> None:
        """Show the view that was clicked in the strip."""
        self.keys.begin_command()
        await self.show_view(event.saved.view)

    @report_store_errors
    async def action_show_typed_view(self, typed: str) -> None:
        """Show the list that a valid filter such as `label:vip` describes.

        Args:
            typed: Filter of the list as it was typed.
        """
        await self.show_view(parse_view(typed, self.app_context.agent))

    def on_resize(self) -> None:
        """Show the strip once there is room for it, with the counts of now."""
        if self.is_mounted and self.has_class("-full"):
            self.call_later(self.follow_views)

    def _find_key(self, command_id: str) -> str:
        """Return the keys to press for a command; "" if no key does it at once.

        In the composer Esc comes first, as characters type there, or a key that does not type.
        """
        writing = self.is_composer_focused
        keys = get_reachable_keys(self.app_context.commands, is_writing=writing)
        if command_id == "undo" and self.countdown.message_id:
            is_shown = self._shown_id == self.countdown.conversation_id
            if writing and is_shown and keys["unsend"]:
                return keys["unsend"]
            if self._counted_undo is not self.actions.newest_undo:
                return ""  # undo would undo something else first
        return keys[command_id]

    async def apply_changes(self, changes: tuple[Change, ...]) -> None:
        """Update the screen after changes in the store.

        Args:
            changes: What changed, in the order of the store.
        """
        followed = await self.pane.apply_changes(changes)
        lost = await self.list_pane.apply_changes(changes)
        self.show_key_hints()
        await self.follow_views(changes)
        if lost:
            await self._report_lost_selection(sorted(lost))
        if followed is not None:
            await self._report_merge(followed)
        await self.show_departure()
        self.contact_panel.apply_changes(changes)
        if any(c.id == self.countdown.message_id or c == RELOAD for c in changes):
            self.countdown.update_message(await self.store.messages.get(self.countdown.message_id))
        agent = self.app_context.agent
        notice = await composer_hints.format_mention_notice(self.store, agent, changes)
        notice = notice or await format_assignment_notice(self.store, agent, changes)
        if notice:
            self.keys.show_status(notice, is_general=True)
        if any(c.is_new and self.read_marker.is_open(c.conversation_id) for c in changes):
            await self.read_marker.mark_read()
        subjects = {change.subject for change in changes}
        if Subject.ACCOUNT in subjects or RELOAD in changes:
            await self.refresh_accounts()
        if Subject.CONVERSATION in subjects or RELOAD in changes:
            await self.update_counts()
        if subjects & {Subject.CONVERSATION, Subject.PRESENCE} or RELOAD in changes:
            await self.triage.refresh_counter()
        if self.triage.is_on and (Subject.CANNED_REPLY in subjects or RELOAD in changes):
            await self.triage.refresh_replies()

    async def _report_lost_selection(self, ids: Sequence[int]) -> None:
        """Report which conversations are no longer selected, as others have changed them.

        Args:
            ids: Ids of the conversations.
        """
        context, view = self.app_context, self.threads.view
        row = await self.store.conversations.get(ids[0])
        if row is None:
            return
        now = context.clock.now()
        reason = await describe_departure(self.store, view, row, context.agent, now, context.zone)
        more = f" and {len(ids) - 1} more" if len(ids) > 1 else ""
        what = "No longer selected" if self.threads.marked else "Nothing is selected any more"
        notice = f"{what}: {one_line(format_title(row), 30)} {reason}{more}"
        self.keys.show_status(notice, needs_reading=True)
        self.lost_selection = "" if self.threads.marked else notice

    async def _report_merge(self, followed: Followed) -> None:
        """Report that the shown conversation was merged or separated.

        Args:
            followed: What is shown now, and what the agent has to know.
        """
        if (shown := followed.conversation) is not None:
            self.merge_guard.start(shown.id, followed.notice)
            if self.is_composer_focused:
                await self.threads.go_to_row(shown)
            if self.is_conversation_in_use:
                await self.read_marker.open_conversation(shown)
        self.keys.show_status(followed.notice, is_general=True, needs_reading=True)

    async def refresh_accounts(self) -> None:
        """Read the states of the accounts and show them in the status line."""
        states = await self.store.accounts.get_states()
        # The line is gone if the app ends meanwhile.
        for line in self.query(StatusLine):
            line.update_status(states=states, accounts=self.app_context.accounts)

    @on(ConversationPane.Opened)
    @on(events.ScreenSuspend)
    def _drop_old_status(self) -> None:
        """Remove the notice about what the agent has left, for a dialog or a conversation."""
        self.keys.drop_old_status()

    async def update_counts(self) -> None:
        """Read the counts and show them in the status line."""
        self.status.update_status(counts=await self.store.conversations.get_counts())

    def update_every_second(self) -> None:
        """Update ages, the countdown and, once a minute, the panes."""
        now = self.app_context.clock.now()
        self.status.refresh_clock(now)
        self.contact_panel.refresh_clock(now)
        self.countdown.show_remaining(now)
        self.follow_visibility()
        self.threads.show_overdue_rows()
        if now // MINUTE != self._current_minute:
            self._current_minute = now // MINUTE
            self.threads.refresh_ages()
            self.pane.refresh_clock()

    def paint_changes(self) -> None:
        """Paint what has changed, which may show or hide the conversation."""
        super().paint_changes()
        self.follow_visibility()

    def follow_visibility(self) -> None:
        """Update presence and read marker if the conversation was shown or hidden."""
        if self._was_visible == self.is_conversation_visible:
            return
        self._was_visible = self.is_conversation_visible
        # The panes are not there yet when the first picture is prepared.
        for pane in self.query(ConversationPane):
            pane.presence.update_visibility()
        if self._was_visible:
            self.call_later(self.mark_missed_read)

    @on(events.ScreenResume)
    @report_store_errors
    async def mark_missed_read(self) -> None:
        """Mark the open conversation read if something came in while it was not seen."""
        await self.read_marker.mark_missed_read()
