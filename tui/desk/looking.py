"""What an agent has read: what was opened, and only while the terminal has the focus."""

from collections.abc import Callable

from tui.domain.conversation import Conversation
from tui.store.store import Store


class Looking:
    """Marks conversations read for one agent."""

    def __init__(
        self, store: Store, agent: str, shown: Callable[[], tuple[Conversation | None, int]]
    ) -> None:
        """`shown` tells the conversation on the screen and its newest message there.

        It tells no conversation while the terminal is behind others.
        """
        self._store = store
        self._agent = agent
        self._shown = shown
        self._opened = 0

    async def open(self, conversation: Conversation | None) -> None:
        """What is shown was opened, not only passed by: it is read, and what comes in there."""
        self._opened = conversation.id if conversation is not None else 0
        await self.again()

    async def again(self) -> None:
        """Something came in, or the terminal has the focus again."""
        conversation, newest = self._shown()
        if conversation is not None and conversation.id == self._opened:
            await self._store.triage.read(conversation.id, self._agent, newest)

    def is_at(self, conversation_id: int) -> bool:
        """Whether this conversation is open."""
        return conversation_id == self._opened
