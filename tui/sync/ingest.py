"""Store the events of providers, polled or pushed: first on disk, then confirmed.

All events pass through here, so that none is confirmed that could still be lost.
"""

from collections.abc import Sequence

from tui.domain.events import Event, Receipt, Reply, Unreadable
from tui.store.ingest import StoredCounts
from tui.store.store import Store


async def store_events(store: Store, account: str, events: Sequence[Event]) -> StoredCounts:
    """Store events, all of them or (on an error) none; known events change nothing.

    Args:
        store: Store to write to.
        account: Name of the account that the events belong to.
        events: Events of one page or push.
    """
    return await store.ingest.store_events(account, events) if events else StoredCounts()


def get_confirmable_ids(events: Sequence[Event]) -> list[str]:
    """Return the ids of a page that the provider expects to be confirmed, each once.

    Args:
        events: Events that are stored already.
    """
    ids = (event.event_id for event in events if _is_confirmable(event))
    return list(dict.fromkeys(ids))


def _is_confirmable(event: Event) -> bool:
    """Return whether an event's id is the provider's own."""
    match event:
        case Reply() | Receipt():
            return True
        case Unreadable():
            return event.can_confirm
        case _:
            return False
