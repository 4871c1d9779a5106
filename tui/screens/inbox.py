"""The main screen: conversations at the left, the open one with its composer at the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import BindingsMap
from textual.containers import Horizontal
from textual.timer import Timer

from tui.clock import MINUTE
from tui.commands import COMMANDS, Scope, get_first_keys
from tui.desk import composer_hints, key_hints
from tui.desk.actions import ConversationActions
from tui.desk.context import AppContext
from tui.desk.key_guard import KeyGuard
from tui.desk.presence import WAKE_SECONDS, AgentSession
from tui.desk.read_marker import ReadMarker
from tui.desk.undo import Countdown
from tui.domain.change import RELOAD, Change, Subject
from tui.domain.conversation import Conversation, View
from tui.domain.views import is_in_view
from tui.handlers import HANDLERS, general, triage
from tui.screens.base import PacedScreen, report_store_errors
from tui.store.store import Store
from tui.widgets.bindings import make_bindings
from tui.widgets.compose_pane import ComposePane
from tui.widgets.composer import Composer
from tui.widgets.contact_panel import ContactPanel
from tui.widgets.conversation_pane import ConversationPane
from tui.widgets.filter_line import FilterLine
from tui.widgets.key_bar import KeyBar
from tui.widgets.list_pane import ListPane
from tui.widgets.status_line import StatusLine
from tui.widgets.thread_list import ThreadList
from tui.widgets.virtual_list import VirtualList

if TYPE_CHECKING:
    from tui.desk.triage import TriageRound

_PREVIEW_DELAY = 0.06
"""Seconds the cursor must rest before the conversation under it is shown."""
_WIDTH_CLASSES = ((0, "-narrow"), (104, "-wide"), (150, "-full"))
"""CSS classes by the least width in cells."""
_CONVERSATION_COMMANDS = frozenset(c.id for c in COMMANDS if c.scope is Scope.CONVERSATION)
"""Ids of the commands that act on the conversation that is shown."""
_SCOPES = (Scope.CONVERSATIONS, Scope.CONVERSATION, Scope.TRIAGE, Scope.GENERAL)


class InboxScreen(PacedScreen[None]):
    """Route keys to the list, the conversation and the composer."""

    HORIZONTAL_BREAKPOINTS = list(_WIDTH_CLASSES)  # noqa: RUF012 (not a ClassVar in the base class)

    list_pane = getters.query_one("#left", ListPane)
    threads = getters.query_one("#threads", ThreadList)
    pane = getters.query_one("#pane", ConversationPane)
    status = getters.query_one("#status", StatusLine)
    keys = getters.query_one("#keys", KeyBar)
    filter = getters.query_one("#filter", FilterLine)

    def __init__(self, store: Store, app_context: AppContext) -> None:
        """Create the main screen.

        Args:
            store: Store that is read and that receives what the agent does.
            app_context: Agent, accounts, commands and preferences.
        """
        super().__init__()
        self.store: Store = store
        self._current_minute = app_context.clock.now() // MINUTE
        self.app_context: AppContext = app_context
        self.actions = ConversationActions(store, app_context)
        self.triage_round: TriageRound | None = None
        """Round of triage in progress; None outside triage mode."""
        self.key_guard = KeyGuard()
        self.last_pipe_command = app_context.preferences.pipe
        """Shell command suggested the next time a conversation is piped."""
        self.read_marker = ReadMarker(store, app_context.agent, self._get_visible_position)
        self._agent_session = AgentSession(store, app_context.agent)
        self.countdown = Countdown(self.show_status, lambda: self.keys.shown_status, self._find_key)
        self._preview_timer: Timer | None = None
        self._bindings = BindingsMap(make_bindings(app_context.commands, _SCOPES))

    def compose(self) -> ComposeResult:
        """Yield the status line, the panes and the key bar."""
        app_context = self.app_context
        yield StatusLine(
            app_context.accounts,
            app_context.agent,
            app_context.clock,
            ascii=app_context.ascii,
            zone=app_context.zone,
        )
        with Horizontal(id="desk"):
            yield ListPane(self.store, app_context)
            yield ConversationPane(self.store, app_context, self.actions)
            yield ContactPanel(self.store, app_context)
        yield KeyBar()

    async def on_mount(self) -> None:
        """Show the open conversations and start the timers."""
        self.threads.focus()
        await self.list_pane.show_view(View())
        await self._update_counts()
        self.status.update_status(states=await self.store.accounts.get_states())
        self.show_key_hints()
        self.set_interval(1.0, self._update_every_second)
        # Snoozed conversations also return at a desk that runs without a background service.
        self.set_interval(WAKE_SECONDS, self._agent_session.wake_snoozed)
        self.call_after_refresh(self._agent_session.register_agent)
        self.watch(self.app, "app_focus", self._mark_visible_read, init=False)

    # Changes and status ---------------------------------------------------------------------

    async def apply_changes(self, changes: tuple[Change, ...]) -> None:
        """Update the screen after changes in the store.

        Args:
            changes: What changed, in the order of the store.
        """
        await self.list_pane.apply_changes(changes)
        await self.pane.apply_changes(changes)
        self.query_one(ContactPanel).apply_changes(changes)
        self._show_status_if_any(
            await composer_hints.format_mention_notice(self.store, self.app_context.agent, changes)
        )
        if any(c.is_new and self.read_marker.is_open(c.conversation_id) for c in changes):
            await self._mark_visible_read()
        subjects = {change.subject for change in changes}
        if Subject.ACCOUNT in subjects or RELOAD in changes:
            self.status.update_status(states=await self.store.accounts.get_states())
        if Subject.CONVERSATION in subjects or RELOAD in changes:
            await self._update_counts()

    def _show_status_if_any(self, text: str) -> None:
        """Show a status text unless it is empty."""
        if text:
            self.show_status(text)

    def show_status(self, text: str) -> None:
        """Show a text in place of the key hints for a while.

        Args:
            text: One line; empty shows the key hints again.
        """
        self.keys.show_status(text)

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

    # Position and navigation ----------------------------------------------------------------

    @property
    def is_composer_focused(self) -> bool:
        """Return whether the composer has the focus."""
        return isinstance(self.focused, Composer)

    @property
    def is_conversation_full_screen(self) -> bool:
        """Return whether the conversation fills the screen."""
        narrow = self.has_class("-reading") and self.has_class("-narrow")
        return narrow or self.triage_round is not None

    @property
    def current_conversation(self) -> Conversation | None:
        """Return the conversation that commands act on.

        The one under the cursor; in triage, or while the list is empty, the one that is
        open.
        """
        reads_over_empty_list = not self.threads.rows and self.has_class("-reading")
        return (
            self.pane.conversation
            if reads_over_empty_list or self.triage_round
            else self.threads.current_row
        )

    async def load_targets(self) -> list[Conversation]:
        """Return the selected conversations or the current one, read from the store."""
        ids = sorted(self.threads.marked) or [
            row.id for row in (self.current_conversation,) if row is not None
        ]
        found = [await self.store.conversations.get(conversation_id) for conversation_id in ids]
        return [conversation for conversation in found if conversation is not None]

    def _find_key(self, command_id: str) -> str:
        """Return the keys to press for a command.

        In the composer Esc comes first: there a character key types.
        """
        key = get_first_keys(self.app_context.commands)[command_id]
        return f"Esc {key}" if self.is_composer_focused else key

    def show_key_hints(self) -> None:
        """Show the keys that matter in the current state."""
        commands, marked = self.app_context.commands, len(self.threads.marked)
        if self.is_composer_focused and self.pane.compose_pane.composer.note:
            self.keys.show_keys(key_hints.get_note_hints(commands))
        elif self.is_composer_focused:
            self.keys.show_keys(key_hints.get_compose_hints(commands))
        elif self.focused is self.filter:
            self.keys.show_keys(key_hints.get_filter_hints())
        elif self.triage_round is not None and self.pane.conversation is None:
            self.keys.show_keys(key_hints.get_triage_end_hints(commands))
        elif self.triage_round is not None:
            self.keys.show_keys(key_hints.get_triage_hints(commands))
        elif marked:
            self.keys.show_keys(key_hints.get_selection_hints(commands, marked))
        else:
            self.keys.show_keys(key_hints.get_browsing_hints(commands))

    def on_descendant_focus(self) -> None:
        """Update the key hints, which differ in the composer."""
        self.show_key_hints()

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
        await self.open_current()

    @report_store_errors
    async def _show_current(self) -> None:
        """Show the conversation under the cursor, unless the agent writes or triage is on."""
        if self.is_composer_focused or self.triage_round is not None:
            return
        shown, current = self.pane.conversation, self.threads.current_row
        if shown is not None and (current is None or current.id != shown.id):
            self.leave_conversation()
        await self.pane.show_conversation(current)

    def leave_conversation(self) -> None:
        """Give the focus back to the list, and on a narrow screen the space too."""
        if self.has_class("-reading"):
            self.remove_class("-reading")
            self.threads.focus()

    async def show_view(self, view: View) -> None:
        """Show another list from its beginning.

        Args:
            view: Filter and order of the list.
        """
        await triage.leave_triage_mode(self)
        self.remove_class("-reading")
        self.threads.focus()
        await self.list_pane.show_view(view)
        await self.pane.show_conversation(self.threads.current_row)

    async def go_to_conversation(self, conversation: Conversation, *, at: int = 0) -> None:
        """Move the cursor to a conversation and open it.

        Args:
            conversation: Conversation to open; another list is shown if this one lacks it.
            at: Id of the message to scroll to; 0 for the newest.
        """
        await triage.leave_triage_mode(self)
        view = self.threads.view
        # A conversation does not show whether it has a draft, so `belongs` cannot decide that view.
        if view.drafts_of or not is_in_view(conversation, view):
            await self.list_pane.show_view(View(state=conversation.state))
        await self.threads.go_to_row(conversation)
        await self.pane.show_conversation(conversation, at=at)
        self.add_class("-reading")
        await self.read_marker.open_conversation(self.pane.conversation)

    async def open_current(self) -> None:
        """Open the current conversation and mark it read."""
        self.set_classes({"-reading", *self.classes} - {"-contact"})
        await self.pane.show_conversation(self.current_conversation)
        await self.read_marker.open_conversation(self.pane.conversation)

    def _get_visible_position(self) -> tuple[Conversation | None, int]:
        """Return the conversation that the agent sees and its newest visible message id.

        The conversation is None while the terminal does not have the focus.
        """
        return (
            self.pane.conversation if self.app.app_focus else None,
            self.pane.message_view.newest_id,
        )

    @report_store_errors
    async def _mark_visible_read(self) -> None:
        """Mark the open conversation read after a new message or when the focus returns."""
        await self.read_marker.mark_read()

    @on(ComposePane.Sent)
    @report_store_errors
    async def _finish_sending(self, event: ComposePane.Sent) -> None:
        """Finish after a message was queued: mark read, close, advance triage, count down."""
        await self.read_marker.open_conversation(self.pane.conversation)
        closed = ""
        if event.close and self.pane.conversation is not None:
            closed = await self.actions.close_conversations([self.pane.conversation])
            self.threads.focus()
        await triage.advance_if_handled(self)
        self.countdown.start(event.message, self.app_context.clock.now(), self.app_context.zone)
        if closed:
            self.show_status(closed)

    @on(Composer.Left)
    def _return_to_list(self) -> None:
        """Move the focus from the composer to the list; the draft stays."""
        self.set_focus(self.threads if self.triage_round is None else None)
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
        if command_id in _CONVERSATION_COMMANDS:
            await self._show_current()  # the key can arrive before the delayed preview
        await HANDLERS[command_id](self)

    @report_store_errors
    async def action_prefix(self) -> None:
        """Show which keys can follow the prefix key, and wait for one."""
        await general.ask_second_key(self)
