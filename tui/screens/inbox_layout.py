"""The parts of the main screen: conversations at the left, the open one at the right.

What they do together is in `tui.screens.inbox`.
"""

from __future__ import annotations

from textual import getters
from textual.app import ComposeResult
from textual.containers import Horizontal

from tui.commands import Scope
from tui.desk import key_hints
from tui.desk.actions import ConversationActions
from tui.desk.context import AppContext
from tui.desk.read_marker import ReadMarker
from tui.domain.conversation import Conversation
from tui.screens.base import PacedScreen
from tui.screens.triage_mode import TriageMode
from tui.store.store import Store
from tui.terminal.private_api import replace_bindings
from tui.widgets.bindings import make_bindings
from tui.widgets.compose_pane import ComposePane
from tui.widgets.composer import Composer
from tui.widgets.contact_panel import ContactPanel
from tui.widgets.conversation_pane import ConversationPane
from tui.widgets.key_bar import KeyBar
from tui.widgets.list_pane import FilterLine, ListPane
from tui.widgets.message_view import MessageView
from tui.widgets.status_line import StatusLine
from tui.widgets.thread_list import ThreadList

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
        agent = app_context.agent
        self.read_marker = ReadMarker(store, agent, self._get_visible_position)
        self.triage = TriageMode(self, store, agent, self.read_marker, self.show_key_hints)
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
        with Horizontal(id="desk"):
            yield ListPane(self.store, app_context)
            yield ConversationPane(self.store, app_context, self.actions)
            yield ContactPanel(self.store, app_context)
        yield KeyBar()

    @property
    def is_composer_focused(self) -> bool:
        """Return whether the composer has the focus."""
        return isinstance(self.focused, Composer)

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
    def current_conversation(self) -> Conversation | None:
        """Return the conversation that commands act on.

        The one under the cursor; in triage, or while the list is empty, the one that is open.
        """
        if self.triage.is_on or (self.is_reading and not self.threads.rows):
            return self.pane.conversation
        return self.threads.current_row

    async def load_targets(self) -> list[Conversation]:
        """Return the selected conversations or the current one, read from the store."""
        ids = sorted(self.threads.marked) or [
            row.id for row in (self.current_conversation,) if row is not None
        ]
        found = [await self.store.conversations.get(conversation_id) for conversation_id in ids]
        return [conversation for conversation in found if conversation is not None]

    def _get_visible_position(self) -> tuple[Conversation | None, int, int]:
        """Return the conversation that the agent sees, its newest message and last arrival there.

        The conversation is None while the terminal does not have the focus.
        """
        return (
            self.pane.conversation if self.app.app_focus else None,
            *self.message_view.position,
        )

    def show_status(self, text: str) -> None:
        """Show a text in place of the key hints for a while.

        Args:
            text: One line; empty shows the key hints again.
        """
        self.keys.show_status(text)

    def show_key_hints(self) -> None:
        """Show the keys that matter in the current state."""
        state = key_hints.HintState(
            is_writing=self.is_composer_focused,
            is_note=self.is_composer_focused and self.composer.note,
            is_filtering=self.focused is self.filter,
            is_triage=self.triage.is_on,
            is_open=self.pane.conversation is not None,
            selected=len(self.threads.marked),
        )
        self.keys.show_keys(key_hints.choose_hints(self.app_context.commands, state))

    def on_descendant_focus(self) -> None:
        """Update the key hints, which differ in the composer."""
        self.show_key_hints()
