"""The parts of the main screen: conversations at the left, the open one at the right.

What they do together is in `tui.screens.inbox`.
"""

from __future__ import annotations

from textual import events, getters
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from tui.command_types import Scope
from tui.commands import index_by_id
from tui.desk import key_hints
from tui.desk.actions import ConversationActions
from tui.desk.context import AppContext
from tui.desk.read_marker import ReadMarker
from tui.desk.undo_stack import UNDO_HINTS, UndoEntry, UndoGuard
from tui.domain.conversation import Conversation
from tui.domain.database import ServerDatabase
from tui.screens.base import PacedScreen
from tui.screens.triage_mode import TriageMode
from tui.store.store import Store
from tui.terminal.private_api import replace_bindings
from tui.widgets.bindings import get_reachable_keys, make_bindings
from tui.widgets.compose_pane import ComposePane
from tui.widgets.composer import Composer
from tui.widgets.contact_panel import ContactPanel
from tui.widgets.conversation_pane import ConversationPane
from tui.widgets.key_bar import KeyBar
from tui.widgets.list_pane import FilterLine, ListPane
from tui.widgets.message_view import MessageView
from tui.widgets.status_line import StatusLine
from tui.widgets.thread_list import ThreadList
from tui.widgets.trouble_line import OutageLine, TroubleLine

_WIDTH_CLASSES = ((0, "-narrow"), (104, "-wide"), (150, "-full"))
"""CSS classes by the least width in cells."""


class InboxLayout(PacedScreen[None]):
    """Lay out the parts, and know which conversation commands are about."""

    HORIZONTAL_BREAKPOINTS = list(_WIDTH_CLASSES)  # noqa: RUF012 (not a ClassVar in the base class)

    list_pane = getters.query_one("#left", ListPane)
    threads = getters.query_one("#threads", ThreadList)
    pane = getters.query_one("#pane", ConversationPane)
    message_view = getters.query_one("#messages", MessageView)
    compose_pane = getters.query_one("#compose", ComposePane)
    composer = getters.query_one("#composer", Composer)
    contact_panel = getters.query_one("#contact", ContactPanel)
    status = getters.query_one("#status", StatusLine)
    keys = getters.query_one("#keys", KeyBar)
    filter = getters.query_one("#filter", FilterLine)

    def __init__(self, store: Store, app_context: AppContext) -> None:
        """Create the screen.

        Args:
            store: Store that is read and that receives what the agent does.
            app_context: Agent, accounts, commands and preferences.
        """
        super().__init__()
        self.store: Store = store
        self.app_context: AppContext = app_context
        self.actions = ConversationActions(store, app_context)
        self._undo_guard = UndoGuard()
        self._undo_question = ""
        self._undo_keys = index_by_id(app_context.commands)["undo"].keys
        self._counted_undo: UndoEntry | None = None
        """The sending that the countdown is about."""
        self.read_marker = ReadMarker(store, app_context.agent, self._get_visible_position)
        self.triage = TriageMode(self, store, app_context, self.read_marker, self.show_key_hints)
        bound_scopes = set(Scope) - {Scope.COMPOSE}
        replace_bindings(self, make_bindings(app_context.commands, bound_scopes))

    def compose(self) -> ComposeResult:
        """Yield the status line, the panes and the key bar."""
        # Textual sets the class of the width with the second frame, in which the list would jump.
        width = self.app.size.width
        self.add_class([name for least, name in _WIDTH_CLASSES if width >= least][-1])
        app_context = self.app_context
        yield StatusLine(
            app_context.accounts,
            app_context.agent,
            app_context.clock,
            ascii=app_context.ascii,
            zone=app_context.zone,
        )
        if app_context.banner:
            yield Static(Content(app_context.banner), id="banner")
        with Horizontal(id="desk"):
            yield ListPane(self.store, app_context)
            yield ConversationPane(
                self.store, app_context, self.actions, lambda: self.is_conversation_visible
            )
            yield ContactPanel(self.store, app_context)
        if isinstance(self.store.location, ServerDatabase):
            yield OutageLine(self.store, app_context)
        yield KeyBar()

    @property
    def is_composer_focused(self) -> bool:
        """Return whether the composer has the focus."""
        return isinstance(self.focused, Composer)

    @property
    def is_typing(self) -> bool:
        """Return whether a text field has the focus."""
        return self.is_composer_focused or self.focused is self.filter

    @property
    def is_reading(self) -> bool:
        """Return whether a conversation was opened from the list."""
        return self.has_class("-reading")

    @property
    def is_conversation_full_screen(self) -> bool:
        """Return whether the conversation fills the screen."""
        narrow = self.is_reading and self.has_class("-narrow")
        return narrow or self.triage.is_on

    @property
    def is_conversation_in_use(self) -> bool:
        """Return whether the agent works in one conversation, and not with the list."""
        return self.triage.is_on or self.is_reading or self.is_composer_focused

    @property
    def is_conversation_visible(self) -> bool:
        """Return whether the conversation in the pane has a place on the screen.

        Only then colleagues see the agent there, and its texts become read unless a dialog
        covers them.
        """
        if self.has_class("-contact") and not self.has_class("-full") and not self.triage.is_on:
            return False  # the panel about the customer stands in the place of the conversation
        return self.is_conversation_in_use or not self.has_class("-narrow")

    @property
    def current_conversation(self) -> Conversation | None:
        """Return the conversation that commands act on.

        The one that is open, also after it has left the list; else the one under the cursor.
        """
        return self.pane.conversation if self.is_conversation_in_use else self.threads.current_row

    async def load_targets(self) -> list[Conversation]:
        """Return what a command acts on, read from the store.

        The open conversation; in the list the selected ones, or the one under the cursor.
        """
        selected = () if self.is_conversation_in_use else sorted(self.threads.marked)
        ids = selected or [row.id for row in (self.current_conversation,) if row is not None]
        found = [await self.store.conversations.get(conversation_id) for conversation_id in ids]
        return [conversation for conversation in found if conversation is not None]

    async def keep_in_list(self, conversation: Conversation, *, at: int = 0) -> None:
        """Move the cursor to a conversation and show it, also if the list has lost it.

        Args:
            conversation: Conversation to show.
            at: Id of the message to scroll to; 0 for the newest.
        """
        await self.threads.go_to_row(conversation)
        await self.pane.show_conversation(conversation, at=at)
        await self.show_departure()

    async def show_departure(self) -> None:
        """Show above the conversation why it is no longer in the list, or not to be answered."""
        if self.triage.is_on:
            self.pane.show_departure(await self.triage.describe_departure())
        else:
            self.pane.show_departure(self.threads.departure_reason)

    def _get_visible_position(self) -> tuple[Conversation | None, int, int]:
        """Return the conversation that the agent sees, its newest message and last arrival there.

        The conversation is None while it is not visible or the terminal does not have the focus.
        """
        is_seen = self.app.app_focus and self.is_active and self.is_conversation_visible
        return self.pane.conversation if is_seen else None, *self.message_view.position

    @property
    def shown_status(self) -> str:
        """Return the text shown in place of the key hints; empty for none."""
        return self.keys.shown_status

    def show_status(self, text: str, *, seconds: float | None = None) -> None:
        """Show a text in place of the key hints for a while.

        Args:
            text: One line; empty shows the key hints again.
            seconds: How long to show it; None for the usual time.
        """
        self.keys.show_status(text, seconds)

    # Undo -----------------------------------------------------------------------------------

    def can_undo_at_once(self, entry: UndoEntry) -> bool:
        """Return whether the agent sees what undo would change, or has confirmed it."""
        status, shown_id = self.keys.shown_status, self._shown_id
        is_asked = bool(self._undo_question) and status == self._undo_question
        if is_asked and self._undo_guard.is_confirmed(entry, shown_id):
            return True
        is_counted = self.keys.has_countdown and self._counted_undo is entry
        is_offered = is_counted or any(hint in status for hint in UNDO_HINTS)
        return self._undo_guard.is_in_sight(entry, shown_id, is_offered=is_offered)

    def ask_undo(self, entry: UndoEntry, question: str) -> None:
        """Show what undo would do; pressed again, it does it.

        Args:
            entry: The action that would be undone.
            question: What would be done, with the key.
        """
        self._undo_guard.record_question(entry, self._shown_id)
        self._undo_question = question
        self.show_status(question)

    def record_undo(self) -> None:
        """Record that the agent sees the confirmation of the newest action."""
        self._undo_guard.record_action(self.actions.newest_undo, self._shown_id)

    def on_key(self, event: events.Key) -> None:
        """Drop the question before undo when another key is pressed."""
        if event.key not in self._undo_keys:
            self._undo_guard.drop_question()

    @property
    def _shown_id(self) -> int:
        """Return the id of the conversation that is shown; 0 for none."""
        return self.pane.conversation.id if self.pane.conversation is not None else 0

    def show_key_hints(self) -> None:
        """Show the keys that matter in the current state."""
        self.keys.show_keys(key_hints.choose_hints(self.app_context.commands, self.hint_state))

    @property
    def hint_state(self) -> key_hints.HintState:
        """Return what the agent is doing."""
        shown = self.pane.conversation
        return key_hints.HintState(
            is_writing=self.is_composer_focused,
            is_note=self.is_composer_focused and self.composer.note,
            is_suggested=self.compose_pane.has_suggestion,
            is_filtering=self.focused is self.filter,
            finds_people=self.list_pane.has_only_people(self.filter.value),
            is_triage=self.triage.is_on,
            is_open=shown is not None,
            is_reading=self.is_reading,
            is_failed=self.threads.view.failed
            and (not self.is_reading or (shown is not None and bool(shown.failed))),
            selected=0 if self.is_conversation_in_use else len(self.threads.marked),
        )

    def on_descendant_focus(self) -> None:
        """Name the keys that work from where the agent is, which differ in the composer."""
        if self.is_typing:
            # "Only in triage" and the like is about where the agent was, and may be false here.
            self.keys.drop_old_status(keep_unread=True)
        self.show_key_hints()
        is_writing = self.is_composer_focused
        keys = get_reachable_keys(self.app_context.commands, is_writing=is_writing)
        for panel in self.query(ContactPanel):
            panel.name_keys(keys)
        for line in self.query(TroubleLine):
            line.name_keys(keys)
