"""Record which messages an agent has read.

Only an opened conversation counts, and only while it is on the screen and the terminal has the
focus.
"""

from collections.abc import Callable

from tui.domain.conversation import Conversation
from tui.store.store import Store


class ReadMarker:
    """Move the read marker of one agent."""

    def __init__(
        self,
        store: Store,
        agent: str,
        get_shown: Callable[[], tuple[Conversation | None, int, int]],
    ) -> None:
        """Create the marker without an open conversation.

        Args:
            store: Store shared by all agents.
            agent: Name of the agent.
            get_shown: Returns the conversation on the screen, its newest message there and the
                highest `arrival_id` there; no conversation while the agent does not see it.
        """
        self._store = store
        self._agent = agent
        self._get_shown = get_shown
        self._opened_id = 0
        self._has_missed = False
        """Whether something is to be marked read as soon as the agent sees it."""

    async def open_conversation(self, conversation: Conversation | None) -> None:
        """Mark a conversation read that was opened on purpose, not only passed in the list.

        What comes in there later is marked by `mark_read`.

        Args:
            conversation: Conversation that was opened; None for none.
        """
        self._opened_id = conversation.id if conversation is not None else 0
        await self.mark_read()

    async def mark_read(self) -> None:
        """Mark the open conversation read after a new message, now or once the agent sees it."""
        conversation, newest, arrival = self._get_shown()
        self._has_missed = conversation is None
        if conversation is not None and conversation.id == self._opened_id:
            await self._store.conversations.set_read_marker(
                conversation.id, self._agent, newest, arrival
            )

    async def mark_missed_read(self) -> None:
        """Mark read what has come in unseen, when the agent sees the conversation again.

        Without such news nothing changes: the agent may have marked the conversation unread.
        """
        if self._has_missed:
            await self.mark_read()

    def is_open(self, conversation_id: int) -> bool:
        """Return whether this conversation is open."""
        return conversation_id == self._opened_id
