"""The texts that were handed over at this desk and have not left yet."""

from tui.domain.message import Message
from tui.domain.status import Status
from tui.store.store import Store

_NOT_GONE = frozenset({Status.QUEUED, Status.SENDING})


class InFlight:
    """Counts them: who leaves now may leave nobody who sends them."""

    def __init__(self, store: Store) -> None:
        """Nothing was handed over."""
        self._store = store
        self._ids: set[int] = set()

    def add(self, message: Message) -> None:
        """A text was handed over; one that waits for its time is in nobody's way."""
        if message.scheduled_at is None:
            self._ids.add(message.id)

    async def count(self) -> int:
        """How many have not left."""
        found = await self._store.messages.these(self._ids)
        self._ids = {message.id for message in found if message.status in _NOT_GONE}
        return len(self._ids)


def in_flight_words(count: int) -> str:
    """For whoever leaves: "1 text is still being sent"; empty for none."""
    if not count:
        return ""
    return f"{'1 text is' if count == 1 else f'{count} texts are'} still being sent"
