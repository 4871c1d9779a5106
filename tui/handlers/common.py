"""What all handlers share: the surface of the inbox, how a handler is registered, common steps.

A handler is one short function for one command. It sees the inbox only as `InboxActions`, so that
handlers do not depend on how the screen is built.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from tui.desk.format import format_title
from tui.domain.conversation import Conversation
from tui.domain.text import one_line

if TYPE_CHECKING:
    from textual.app import App
    from textual.worker import Worker

    from tui.desk.actions import ConversationActions
    from tui.desk.context import AppContext
    from tui.desk.key_hints import HintState
    from tui.desk.undo_stack import UndoEntry
    from tui.domain.conversation import View
    from tui.screens.pick import Choice
    from tui.screens.triage_mode import TriageMode
    from tui.store.store import Store
    from tui.widgets.compose_pane import ComposePane
    from tui.widgets.composer import Composer
    from tui.widgets.contact_panel import ContactPanel
    from tui.widgets.conversation_pane import ConversationPane
    from tui.widgets.list_pane import FilterLine
    from tui.widgets.message_view import MessageView
    from tui.widgets.thread_list import ThreadList


class InboxActions(Protocol):
    """What commands can do with the inbox, and the parts that they act on."""

    store: Store
    app_context: AppContext
    actions: ConversationActions
    triage: TriageMode
    last_pipe_command: str
    """Shell command suggested the next time a conversation is piped."""

    # Parts ----------------------------------------------------------------------------------

    @property
    def app(self) -> App[Any]:
        """Return the app, which shows dialogs and has the clipboard and the theme."""

    @property
    def threads(self) -> ThreadList:
        """Return the list of conversations."""

    @property
    def filter(self) -> FilterLine:
        """Return the filter of the list."""

    @property
    def pane(self) -> ConversationPane:
        """Return the pane that shows one conversation."""

    @property
    def message_view(self) -> MessageView:
        """Return the messages of the shown conversation."""

    @property
    def compose_pane(self) -> ComposePane:
        """Return the pane that writes to the shown conversation."""

    @property
    def composer(self) -> Composer:
        """Return the text field of the compose pane."""

    @property
    def contact_panel(self) -> ContactPanel:
        """Return the panel about the customer."""

    # Facts ----------------------------------------------------------------------------------

    @property
    def current_conversation(self) -> Conversation | None:
        """Return the conversation that commands act on."""

    @property
    def hint_state(self) -> HintState:
        """Return what the agent is doing."""

    @property
    def is_composer_focused(self) -> bool:
        """Return whether the composer has the focus."""

    @property
    def is_reading(self) -> bool:
        """Return whether a conversation was opened from the list."""

    @property
    def is_conversation_in_use(self) -> bool:
        """Return whether the agent works in one conversation, and not with the list."""

    @property
    def is_conversation_full_screen(self) -> bool:
        """Return whether the conversation fills the screen."""

    @property
    def shown_status(self) -> str:
        """Return the text shown in place of the key hints; empty for none."""

    # Verbs ----------------------------------------------------------------------------------

    async def load_targets(self) -> list[Conversation]:
        """Return the open conversation, the selected ones or the current one, from the store."""

    async def open_current(self) -> None:
        """Open the current conversation and mark it read."""

    async def keep_in_list(self, conversation: Conversation, *, at: int = 0) -> None:
        """Move the cursor to a conversation and show it, also if the list has lost it.

        Args:
            conversation: Conversation to show.
            at: Id of the message to scroll to; 0 for the newest.
        """

    def can_undo_at_once(self, entry: UndoEntry) -> bool:
        """Return whether the agent sees what undo would change, or has confirmed it."""

    def ask_undo(self, entry: UndoEntry, question: str) -> None:
        """Show what undo would do; pressed again, it does it.

        Args:
            entry: The action that would be undone.
            question: What would be done, with the key.
        """

    def record_undo(self) -> None:
        """Record that the agent sees the confirmation of the newest action."""

    async def go_to_conversation(self, conversation: Conversation, *, at: int = 0) -> None:
        """Move the cursor to a conversation and open it.

        Args:
            conversation: Conversation to open.
            at: Id of the message to scroll to; 0 for the newest.
        """

    def leave_conversation(self) -> None:
        """Give the focus back to the list."""

    async def show_view(self, view: View) -> None:
        """Show another list from its beginning."""

    async def begin_reply(self, *, force: bool = False) -> bool:
        """Begin to write a reply; return False, and show why, if writing is refused.

        Args:
            force: Whether to take the compose lock from a colleague who holds it.
        """

    async def finish_action(self, text: str) -> None:
        """Refresh the selection, advance triage and show the result of a stored action."""

    def show_status(self, text: str) -> None:
        """Show a text in place of the key hints for a while."""

    def refuse_typing(self, reason: str, *named_ids: str) -> None:
        """Show why no text field opens, and ignore what is typed on.

        Args:
            reason: One line.
            *named_ids: Ids of the commands whose keys the reason names.
        """

    def show_key_hints(self) -> None:
        """Show the keys that matter in the current state."""

    async def action_run(self, command_id: str) -> None:
        """Run another command."""

    def run_worker(
        self, work: Coroutine[Any, Any, None], *, group: str, exit_on_error: bool
    ) -> Worker[Any]:
        """Run something that takes a while; the inbox stays usable meanwhile.

        Args:
            work: Coroutine to run.
            group: Name of the kind of work.
            exit_on_error: Whether an error ends the app.
        """


Handler = Callable[[InboxActions], Awaitable[None]]
"""Function that runs one command on the inbox."""
HANDLERS: dict[str, Handler] = {}
"""Handlers by command id, filled by `command_handler` as the modules of this package load."""
H = TypeVar("H", bound=Handler)


def command_handler(command_id: str) -> Callable[[H], H]:
    """Return a decorator that makes a function the handler of a command.

    Args:
        command_id: Id in the registry; its scope names the module of the function.
    """

    def register_handler(handler: H) -> H:
        """Register the handler; a command cannot have two."""
        if command_id in HANDLERS:
            raise ValueError(f"{command_id} has two handlers")
        HANDLERS[command_id] = handler
        return handler

    return register_handler


OPEN_FIRST = "Open a conversation first"
"""Status text of commands that need a conversation."""


def describe_conversations(rows: list[Conversation]) -> str:
    """Return how the title of a dialog names the conversations.

    Args:
        rows: One or more conversations; a single one is named by its title.
    """
    return one_line(format_title(rows[0]), 30) if len(rows) == 1 else f"{len(rows)} conversations"


async def list_label_choices(inbox: InboxActions, ticked: frozenset[str]) -> list[Choice]:
    """Return every label in use with its number of uses, as choices of a picker.

    Args:
        inbox: Inbox whose store has the labels.
        ticked: Labels that have a tick.
    """
    from tui.screens.pick import Choice

    found = await inbox.store.conversations.list_labels()
    return [Choice(name, f"#{name}", str(uses), name in ticked) for name, uses in found]
