"""The texts that were handed over at this desk and have not left yet."""

from tui.domain.message import Message
from tui.domain.status import Status
from tui.store.store import Store

_UNSENT = frozenset({Status.QUEUED, Status.SENDING})


class UnsentMessages:
    """Count the submitted messages that have not been sent yet.

    After the agent quits there may be no process left that sends them.
    """

    def __init__(self, store: Store) -> None:
        """Create an empty collection."""
        self._store = store
        self._ids: set[int] = set()

    def add(self, message: Message) -> None:
        """Add a submitted message unless it is scheduled for later."""
        if message.scheduled_at is None:
            self._ids.add(message.id)

    async def count_unsent(self) -> int:
        """Return how many of the messages have not been sent yet."""
        found = await self._store.messages.get_many(self._ids)
        # What has been sent never returns to the queue, so it need not be read again.
        self._ids = {message.id for message in found if message.status in _UNSENT}
        return len(self._ids)


def format_unsent(count: int) -> str:
    """Return the warning on leaving: "1 text is still being sent", or "" for none.

    Args:
        count: Number of messages that have not been sent.
    """
    if not count:
        return ""
    return f"{'1 text is' if count == 1 else f'{count} texts are'} still being sent"
