"""Hold the state of a line-mode session: the list, the open conversation, what was shown last."""

from collections.abc import Awaitable, Callable

from tui.commands import get_line_keys
from tui.desk import format
from tui.desk.actions import ConversationActions
from tui.desk.compose import ComposeState
from tui.desk.context import AppContext
from tui.desk.presence import Presence
from tui.desk.submit import Submitter
from tui.desk.undo import format_submitted
from tui.desk.undo_stack import UndoGuard
from tui.domain.conversation import Conversation, View
from tui.domain.message import Message
from tui.domain.record_type import record
from tui.domain.text import one_line
from tui.plain.dialog import Dialog
from tui.store.conversations import FIRST_POSITION, ListPosition
from tui.store.messages import NEWEST
from tui.store.store import Store

_LINE_KEYS = get_line_keys()
PLAIN_KEYS = _LINE_KEYS | {"copy_text": _LINE_KEYS["reply"], "take_over": _LINE_KEYS["reply"]}
"""What to type by the id of a command; writing a reply stands in for two that only a screen has."""


@record
class ListedItem:
    """Target of a number in the list."""

    conversation_id: int
    message_id: int = 0
    """Message to show up to; 0 for the newest."""
    party: str = ""
    """Conversation key of a number that has no conversation yet; empty else."""


class PlainSession:
    """State of one agent's line-mode session."""

    def __init__(self, store: Store, context: AppContext, dialog: Dialog) -> None:
        """Create a session without a list and without an open conversation.

        Args:
            store: Open store.
            context: Settings and services of this agent.
            dialog: Dialog with the agent.
        """
        self.store = store
        self.context = context
        self.dialog = dialog
        self.actions = ConversationActions(store, context)
        self.undo_guard = UndoGuard()
        self.compose = ComposeState(store, context, self._announce_problem, repeats_key=False)
        self.presence = Presence(store, context.agent, context.clock, self._announce_lock_holder)
        self.submit = Submitter(context, self.actions, self.compose, self.presence, PLAIN_KEYS)
        self.view = View()
        self.list_end: ListPosition = FIRST_POSITION
        """Sort key of the last listed conversation."""
        self.listed_items: list[ListedItem] = []
        self.conversation: Conversation | None = None
        self.oldest_shown = NEWEST
        """Oldest message that was shown."""
        self.newest_shown = 0
        """Newest message of the open conversation that was shown."""
        self.seen_upto = 0
        """Highest `arrival_id` of the messages of the open conversation that were shown."""
        self.shown_status: dict[int, str] = {}
        """Status shown last for each message that this agent sent."""
        self.has_ended = False
        """Whether the agent has quit."""
        self.last_active_id = 0
        """Conversation with the latest incoming message or mention."""
        self._lock_holder = ""

    @property
    def current(self) -> Conversation:
        """Return the open conversation; only for commands that need one."""
        assert self.conversation is not None
        return self.conversation

    @property
    def shown_id(self) -> int:
        """Return the id of the open conversation; 0 for none."""
        return self.conversation.id if self.conversation is not None else 0

    @property
    def location(self) -> str:
        """Return where the agent is, for the prompt."""
        return (
            one_line(format.format_title(self.conversation), 30)
            if self.conversation is not None
            else "List"
        )

    def enter_conversation(self, row: Conversation) -> None:
        """Make a conversation the open one."""
        self.conversation, self.oldest_shown = row, NEWEST
        self.newest_shown = self.seen_upto = 0
        self.presence.set_conversation(row.id)

    def leave_conversation(self) -> None:
        """Leave the open conversation."""
        self.conversation = None
        self.presence.set_conversation(0)

    async def refresh_conversation(self) -> Conversation:
        """Read the open conversation again and return it; it may be part of another one now."""
        old = self.current
        self.conversation = await self.store.conversations.get(old.id) or old
        if self.current.id != old.id:
            self.presence.set_conversation(self.current.id)
            title = one_line(format.format_title(self.current), 30)
            self.dialog.announce_line(f"* This conversation is part of the one with {title} now.")
        return self.current

    def report_sent(
        self,
        message: Message,
        *,
        closed: str = "",
        also: str = "reopens",
        is_undo_registered: bool = False,
    ) -> None:
        """Show how long a message can be cancelled, and follow its status from now on.

        Args:
            message: Message that was queued.
            closed: What confirms that the conversation was closed too; empty if it was not.
            also: What undo does then besides cancelling.
            is_undo_registered: Whether undo knows the message already.
        """
        if not is_undo_registered:
            self.actions.outgoing.register_send_undo(message)
        self.shown_status[message.id] = ""
        self.newest_shown = max(self.newest_shown, message.id)
        self.seen_upto = max(self.seen_upto, message.arrival_id)
        now, zone = self.context.clock.now(), self.context.zone
        text = format_submitted(
            message, now, zone, PLAIN_KEYS.__getitem__, closed=closed, also=also
        )
        self.dialog.write_line(f"{text}.")

    def _announce_problem(self, text: str) -> None:
        """Show a problem that occurred in the background."""
        self.dialog.announce_line(f"* {one_line(text, 300)}")

    def _announce_lock_holder(self) -> None:
        """Show that a colleague has begun to write here."""
        holder, self._lock_holder = self._lock_holder, self.presence.holder
        if self.presence.holder and self.presence.holder != holder:
            self.dialog.announce_line(
                f"* {one_line(self.presence.holder, 20)} is writing here now."
            )


LineHandler = Callable[[PlainSession, str], Awaitable[None]]
"""Function that runs one command; it is called with the session and the rest of the line."""
LINE_HANDLERS: dict[str, LineHandler] = {}
"""Functions by command id, filled by `line_handler` as the modules of this package load."""


def line_handler(command_id: str) -> Callable[[LineHandler], LineHandler]:
    """Return a decorator that makes a function run a command in line mode.

    Args:
        command_id: Id in the registry, where the command has words.
    """

    def register_handler(handler: LineHandler) -> LineHandler:
        """Register the function; a command cannot have two."""
        if command_id in LINE_HANDLERS:
            raise ValueError(f"{command_id} has two line handlers")
        LINE_HANDLERS[command_id] = handler
        return handler

    return register_handler
