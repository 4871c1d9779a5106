"""The main screen: what keys, clicks and changes in the store do to it.

It implements `tui.handlers.common.InboxActions`, through which the commands see it.
"""

from __future__ import annotations

from textual import on
from textual.message import Message as Event

from tui.commands import COMMANDS, get_first_keys, index_by_id
from tui.desk.context import AppContext
from tui.desk.key_guard import OPENS_TEXT_FIELD, KeyGuard, find_named_commands
from tui.desk.outages import explain_failure
from tui.desk.presence import WAKE_SECONDS, AgentSession
from tui.domain.conversation import Conversation, View
from tui.domain.text import one_line
from tui.domain.views import is_in_view
from tui.handlers import find_handler
from tui.screens.base import report_store_errors
from tui.screens.live_inbox import LiveInbox
from tui.store.errors import StoreError, Unreachable
from tui.store.store import Store
from tui.widgets.compose_pane import ComposePane
from tui.widgets.composer import Composer
from tui.widgets.virtual_list import VirtualList

_UNDO_COMMANDS = frozenset({"undo", "unsend"})
_CONVERSATION_COMMANDS = {
    *_UNDO_COMMANDS,
    *(c.id for c in COMMANDS if c.scope.is_about_conversation),
}
"""Ids of the commands that depend on which conversation is shown."""


class InboxScreen(LiveInbox):
    """Route keys to the list, the conversation and the composer."""

    class Complete(Event):
        """The list and its first conversation have been painted."""

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
        self._agent_session = AgentSession(store, app_context.agent)

    async def on_mount(self) -> None:
        """Show the open conversations and start the timers."""
        self.threads.focus()
        await self.list_pane.show_view(View())
        await self.show_current()
        self.call_after_refresh(self.post_message, self.Complete())
        await self.update_counts()
        self.status.update_status(states=await self.store.accounts.get_states())
        self.show_key_hints()
        self.set_interval(1.0, self.update_every_second)
        # For snoozed conversations at a desk that runs without a background service.
        self.set_interval(WAKE_SECONDS, self._agent_session.wake_snoozed)
        self.call_after_refresh(self._agent_session.register_agent)
        self.call_after_refresh(self.follow_views)
        self.watch(self.app, "app_focus", self.mark_missed_read, init=False)

    # Navigation -----------------------------------------------------------------------------

    @on(VirtualList.Chosen)
    @report_store_errors
    async def _open_clicked(self) -> None:
        """Open the conversation that was clicked."""
        self.keys.begin_command()
        await self.open_current()

    @report_store_errors
    async def show_current(self) -> None:
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
            self.key_guard.stop()
            # Not true any more: the agent writes.
            for text in (self.key_guard.reason, self.key_guard.notice):
                self.keys.withdraw_status(text)
            return True
        reason, commands = self.compose_pane.refusal, self.app_context.commands
        self.refuse_typing(reason, *find_named_commands(reason, get_first_keys(commands)))
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
        await self.list_pane.show_view(view)
        self.show_key_hints()
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

    @on(ComposePane.Sent)
    @report_store_errors
    async def _finish_sending(self, event: ComposePane.Sent) -> None:
        """Finish after a message was queued: mark read, close, advance triage, count down."""
        shown, text, is_closed = self.pane.conversation, "", False
        if shown is not None and shown.id == event.message.conversation_id:
            await self.read_marker.open_conversation(shown)
        if event.close:
            text, is_closed = await self.actions.close_after_sending(event.message)
            # At once: the notice names the key that undoes outside the composer.
            self.set_focus(self.threads)
        elif event.done:
            text, is_closed = event.done, True
        await self.triage.advance_if_handled()
        self.keys.drop_old_status()  # "Too late to cancel" about an earlier text, say
        now, zone = self.app_context.clock.now(), self.app_context.zone
        self._counted_undo = self.actions.newest_undo
        closed = text if is_closed else ""
        is_shown = self._shown_id == event.message.conversation_id
        also = "undoes the rest" if event.done else "reopens"
        self.countdown.start(event.message, now, zone, closed=closed, also=also, is_shown=is_shown)
        if text and not is_closed:
            self.show_status(text)
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
        self.threads.acted_ids = frozenset()
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
                await self.show_current()  # the key can arrive before the delayed preview
            if command_id not in _UNDO_COMMANDS:
                self._undo_guard.drop_question()
            if self._has_lost_selection(command_id) or self._has_unseen_merge(command_id):
                return
            await find_handler(command_id)(self)
        except Exception as error:
            if command_id in OPENS_TEXT_FIELD:
                what = one_line(str(error), 120) if isinstance(error, StoreError) else "an error"
                self.refuse_typing(what)
            if isinstance(error, Unreachable):
                key = get_first_keys(self.app_context.commands).get(command_id, "")
                return self.show_status(explain_failure(error, key))
            raise
        if self.actions.newest_undo is newest_undo:
            return
        if command_id not in _UNDO_COMMANDS:
            self.record_undo()
        self.countdown.show_remaining(self.app_context.clock.now())  # with the key that fits now

    def _has_lost_selection(self, command_id: str) -> bool:
        """Return whether a command was for selected rows that are gone, and show that.

        It would act on the row under the cursor instead, which the agent has not selected.
        """
        is_about_rows = command_id in _CONVERSATION_COMMANDS - _UNDO_COMMANDS
        self.threads.acted_ids = self.threads.marked if is_about_rows else frozenset()
        notice, self.lost_selection = self.lost_selection, ""
        is_shown = bool(notice) and self.keys.shown_status == notice
        if not is_shown or not is_about_rows or self.is_conversation_in_use or self.threads.marked:
            return False
        text = f"{notice} · nothing was done: press the key again for the row under the cursor"
        self._refuse_command(command_id, text)
        return True

    def _has_unseen_merge(self, command_id: str) -> bool:
        """Return whether a command was for a conversation before a merge, and show that."""
        if self.threads.marked and not self.is_conversation_in_use:
            return False
        now = self.app_context.clock.monotonic()
        is_refused = self.merge_guard.refuse_command(
            command_id, self._shown_id, self.pressed_at, now, is_writing=self.is_composer_focused
        )
        if is_refused:
            self._refuse_command(command_id, f"{self.merge_guard.notice}: press the key again")
        return is_refused

    def _refuse_command(self, command_id: str, text: str) -> None:
        """Show that a command did nothing; its key pressed again is no part of a text."""
        if command_id in OPENS_TEXT_FIELD:
            self.refuse_typing(text, command_id)
        else:
            self.show_status(text)

    def refuse_typing(self, reason: str, *named_ids: str) -> None:
        """Show why no text field opens, and ignore what is typed on.

        Args:
            reason: One line.
            *named_ids: Ids of the commands whose keys the reason names.
        """
        self.show_status(reason)
        by_id = index_by_id(self.app_context.commands)
        named_keys = [key for one in named_ids for key in by_id[one].keys]
        self.key_guard.start(reason, self.app_context.clock.monotonic(), named_keys)

    @report_store_errors
    async def action_prefix(self) -> None:
        """Show which keys can follow the prefix key, and wait for one."""
        from tui.handlers.second_key import ask_second_key

        self.keys.begin_command()
        await ask_second_key(self)
