"""The main screen: what keys, clicks and changes in the store do to it.

It implements `tui.handlers.common.InboxActions`, through which the commands see it.
"""

from __future__ import annotations

from textual import events, on
from textual.timer import Timer

from tui.clock import MINUTE
from tui.commands import COMMANDS, get_first_keys
from tui.desk import composer_hints
from tui.desk.context import AppContext
from tui.desk.format import format_title
from tui.desk.key_guard import OPENS_TEXT_FIELD, KeyGuard
from tui.desk.presence import WAKE_SECONDS, AgentSession
from tui.desk.undo import Countdown
from tui.domain.change import RELOAD, Change, Subject
from tui.domain.conversation import Conversation, View
from tui.domain.text import one_line
from tui.domain.views import is_in_view
from tui.handlers import HANDLERS
from tui.handlers.general import ask_second_key
from tui.screens.base import report_store_errors
from tui.screens.inbox_layout import InboxLayout
from tui.store.errors import StoreError
from tui.store.store import Store
from tui.widgets.compose_pane import ComposePane
from tui.widgets.composer import Composer
from tui.widgets.conversation_pane import ConversationPane
from tui.widgets.status_line import StatusLine
from tui.widgets.virtual_list import VirtualList

_PREVIEW_DELAY = 0.06
"""Seconds the cursor must rest before the conversation under it is shown."""
_UNDO_COMMANDS = frozenset({"undo", "unsend"})
_CONVERSATION_COMMANDS = {
    *_UNDO_COMMANDS,
    *(c.id for c in COMMANDS if c.scope.is_about_conversation),
}
"""Ids of the commands that depend on which conversation is shown."""


class InboxScreen(InboxLayout):
    """Route keys to the list, the conversation and the composer."""

    def __init__(self, store: Store, app_context: AppContext) -> None:
        """Create the main screen.

        Args:
            store: Store that is read and that receives what the agent does.
            app_context: Agent, accounts, commands and preferences.
        """
        super().__init__(store, app_context)
        self.key_guard = KeyGuard()
        self.last_pipe_command = app_context.preferences.pipe
        """Shell command suggested the next time a conversation is piped."""
        self.countdown = Countdown(
            lambda text: self.keys.show_countdown(text), self.show_status, self._find_key
        )
        self._agent_session = AgentSession(store, app_context.agent)
        self._current_minute = app_context.clock.now() // MINUTE
        self._preview_timer: Timer | None = None

    async def on_mount(self) -> None:
        """Show the open conversations and start the timers."""
        self.threads.focus()
        await self.list_pane.show_view(View())
        await self._update_counts()
        self.status.update_status(states=await self.store.accounts.get_states())
        self.show_key_hints()
        self.set_interval(1.0, self._update_every_second)
        # For snoozed conversations at a desk that runs without a background service.
        self.set_interval(WAKE_SECONDS, self._agent_session.wake_snoozed)
        self.call_after_refresh(self._agent_session.register_agent)
        self.watch(self.app, "app_focus", self._mark_visible_read, init=False)

    # Changes and status ---------------------------------------------------------------------

    async def apply_changes(self, changes: tuple[Change, ...]) -> None:
        """Update the screen after changes in the store.

        Args:
            changes: What changed, in the order of the store.
        """
        followed = await self.pane.apply_changes(changes)
        await self.list_pane.apply_changes(changes)
        self.show_key_hints()
        if followed is not None:
            await self._report_merge(followed)
        await self.show_departure()
        self.contact_panel.apply_changes(changes)
        if any(c.id == self.countdown.message_id or c == RELOAD for c in changes):
            self.countdown.update_message(await self.store.messages.get(self.countdown.message_id))
        agent = self.app_context.agent
        notice = await composer_hints.format_mention_notice(self.store, agent, changes)
        if notice:
            self.keys.show_status(notice, is_general=True)
        if any(c.is_new and self.read_marker.is_open(c.conversation_id) for c in changes):
            await self._mark_visible_read()
        subjects = {change.subject for change in changes}
        if Subject.ACCOUNT in subjects or RELOAD in changes:
            await self.refresh_accounts()
        if Subject.CONVERSATION in subjects or RELOAD in changes:
            await self._update_counts()
            await self.triage.refresh_counter()

    async def _report_merge(self, merged: Conversation) -> None:
        """Report that the shown conversation has become part of another one.

        Args:
            merged: Conversation that is shown in its place.
        """
        if self.is_conversation_in_use:
            await self.read_marker.open_conversation(merged)
        title = one_line(format_title(merged), 30)
        self.show_status(f"This conversation is part of the one with {title} now")

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

    async def _update_counts(self) -> None:
        """Read the counts and show them in the status line."""
        self.status.update_status(counts=await self.store.conversations.get_counts())

    def _update_every_second(self) -> None:
        """Update ages, the countdown and, once a minute, the panes."""
        now = self.app_context.clock.now()
        self.status.refresh_if_changed()
        self.countdown.show_remaining(now)
        if now // MINUTE != self._current_minute:
            self._current_minute = now // MINUTE
            self.threads.refresh_ages()
            self.pane.refresh_clock()

    # Navigation -----------------------------------------------------------------------------

    def _find_key(self, command_id: str) -> str:
        """Return the keys to press for a command.

        In the composer Esc comes first, as characters type there, or a key that does not type.
        """
        keys = get_first_keys(self.app_context.commands)
        if not self.is_composer_focused:
            return keys[command_id]
        if command_id == "undo" and keys["unsend"]:
            return keys["unsend"]
        return f"Esc {keys[command_id]}"

    @on(VirtualList.Moved)
    def _schedule_preview(self) -> None:
        """Show the conversation under the cursor once the cursor rests."""
        if self._preview_timer is not None:
            self._preview_timer.stop()
        self._preview_timer = self.set_timer(_PREVIEW_DELAY, self._show_current)

    @on(VirtualList.Chosen)
    @report_store_errors
    async def _open_clicked(self) -> None:
        """Open the conversation that was clicked."""
        self.keys.begin_command()
        await self.open_current()

    @report_store_errors
    async def _show_current(self) -> None:
        """Show the conversation under the cursor, unless the agent writes or triage is on."""
        if self.is_composer_focused or self.triage.is_on:
            return
        shown, current = self.pane.conversation, self.threads.current_row
        if shown is not None and (current is None or current.id != shown.id):
            self.leave_conversation()
        await self.pane.show_conversation(current)

    async def begin_reply(self, *, force: bool = False) -> bool:
        """Begin to write a reply; return False, and show why, if writing is refused.

        After a refusal no character of the intended reply runs a command.

        Args:
            force: Whether to take the compose lock from a colleague who holds it.
        """
        if await self.compose_pane.begin_reply(force=force):
            return True
        self.refuse_typing(self.compose_pane.refusal)
        return False

    def leave_conversation(self) -> None:
        """Give the focus back to the list, and on a narrow screen the space too."""
        if self.is_reading:
            self.remove_class("-reading")
            self.threads.focus()
            self.show_key_hints()

    async def show_view(self, view: View) -> None:
        """Show another list from its beginning.

        Args:
            view: Filter and order of the list.
        """
        await self.triage.end_round()
        self.remove_class("-reading")
        self.threads.focus()
        self.show_key_hints()
        await self.list_pane.show_view(view)
        await self.pane.show_conversation(self.threads.current_row)

    async def go_to_conversation(self, conversation: Conversation, *, at: int = 0) -> None:
        """Move the cursor to a conversation and open it.

        Args:
            conversation: Conversation to open; another list is shown if this one lacks it.
            at: Id of the message to scroll to; 0 for the newest.
        """
        await self.triage.end_round()
        view = self.threads.view
        # A conversation does not show whether it has a draft, so `belongs` cannot decide that view.
        if view.drafts_of or not is_in_view(conversation, view):
            await self.list_pane.show_view(View(state=conversation.state))
        await self.keep_in_list(conversation, at=at)
        self.add_class("-reading")
        self.show_key_hints()
        await self.read_marker.open_conversation(self.pane.conversation)

    async def open_current(self) -> None:
        """Open the conversation under the cursor, or the one that is in use, and mark it read."""
        stays = self.triage.is_on or self.is_composer_focused
        self.set_classes({"-reading", *self.classes} - {"-contact"})
        self.show_key_hints()
        await self.pane.show_conversation(
            self.pane.conversation if stays else self.threads.current_row
        )
        await self.read_marker.open_conversation(self.pane.conversation)

    @report_store_errors
    async def _mark_visible_read(self) -> None:
        """Mark the open conversation read."""
        await self.read_marker.mark_read()

    @on(ComposePane.Sent)
    @report_store_errors
    async def _finish_sending(self, event: ComposePane.Sent) -> None:
        """Finish after a message was queued: mark read, close, advance triage, count down."""
        shown, closed = self.pane.conversation, ""
        if shown is not None and shown.id == event.message.conversation_id:
            await self.read_marker.open_conversation(shown)
        if event.close:
            closed = await self.actions.close_after_sending(event.message)
            self.threads.focus()
        await self.triage.advance_if_handled()
        self.countdown.start(event.message, self.app_context.clock.now(), self.app_context.zone)
        if closed:
            self.show_status(closed)
        self.record_undo()

    async def finish_action(self, text: str) -> None:
        """Refresh the selection, advance triage and show the result of a stored action.

        Args:
            text: Result for the agent, shown in place of the key hints.
        """
        if self.threads.marked:
            # An action can remove rows from the list; only those that remain stay selected.
            await self.threads.prune_marks()
            self.show_key_hints()
        await self.triage.advance_if_handled()
        self.show_status(text)
        self.record_undo()

    @on(Composer.Left)
    def _return_to_list(self) -> None:
        """Move the focus from the composer to the list; the draft stays."""
        self.set_focus(None if self.triage.is_on else self.threads)
        self.show_key_hints()

    @on(Composer.Pressed)
    async def _run_composer_command(self, event: Composer.Pressed) -> None:
        """Run the command of a key that was pressed in the composer."""
        await self.action_run(event.command_id)

    # Commands -------------------------------------------------------------------------------

    @report_store_errors
    async def action_run(self, command_id: str) -> None:
        """Run a command: keys, palette and two-key commands all come through here.

        Args:
            command_id: Id in the registry.
        """
        self.keys.begin_command()
        newest_undo = self.actions.newest_undo
        try:
            if command_id in _CONVERSATION_COMMANDS:
                await self._show_current()  # the key can arrive before the delayed preview
            if command_id not in _UNDO_COMMANDS:
                self._undo_guard.drop_question()
            await HANDLERS[command_id](self)
        except Exception as error:
            if command_id in OPENS_TEXT_FIELD:
                what = one_line(str(error), 120) if isinstance(error, StoreError) else "an error"
                self.refuse_typing(what)
            raise
        if self.actions.newest_undo is not newest_undo and command_id not in _UNDO_COMMANDS:
            self.record_undo()

    def refuse_typing(self, reason: str) -> None:
        """Show why no text field opens, and ignore what is typed on.

        Args:
            reason: One line.
        """
        self.show_status(reason)
        self.key_guard.start(reason, self.app_context.clock.monotonic())

    @report_store_errors
    async def action_prefix(self) -> None:
        """Show which keys can follow the prefix key, and wait for one."""
        self.keys.begin_command()
        await ask_second_key(self)
