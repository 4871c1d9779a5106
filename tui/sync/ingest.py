"""The one door for what providers tell, polled or pushed: on disk first, then to be confirmed."""

from collections.abc import Sequence

from tui.domain.events import Event, Receipt, Reply, Unreadable
from tui.store.ingest import Stored
from tui.store.store import Store


async def take_in(store: Store, account: str, events: Sequence[Event]) -> Stored:
    """Put events on disk, all or (on an error) none; what is known already changes nothing."""
    return await store.ingest.store(account, events) if events else Stored()


def to_confirm(events: Sequence[Event]) -> list[str]:
    """The ids of a page that the provider waits to hear of, each once, once they are on disk."""
    ids = (event.event_id for event in events if _is_confirmed(event))
    return list(dict.fromkeys(ids))


def _is_confirmed(event: Event) -> bool:
    """Whether an event's id is the provider's own."""
    match event:
        case Reply() | Receipt():
            return True
        case Unreadable():
            return event.confirm
        case _:
            return False
