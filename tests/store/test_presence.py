"""Test presence: who reads a conversation, who types, who has left."""

from tests.conftest import OpenStore
from tests.store.builders import MIA, get_conversation, make_reply
from tui.clock import ManualClock
from tui.domain.change import Subject
from tui.store.presence import Colleague
from tui.store.store import Store


async def list_presence_changes(store: Store, after: int) -> list[int]:
    """Return the conversations whose presence has changed since then."""
    if await store.feed.get_last_number() == after:
        return []
    async for changes in store.feed.watch_changes(after=after):
        return sorted(c.conversation_id for c in changes if c.subject is Subject.PRESENCE)
    raise AssertionError("the feed ended")


async def test_a_colleague_is_listed_until_they_leave(open_store: OpenStore) -> None:
    mia, bo = await open_store(owner="a"), await open_store(owner="b", seed=2)
    await bo.presence.announce_presence("bo", 7, typing=True)
    assert await mia.presence.list_colleagues(7) == [Colleague("bo", True)]
    await bo.presence.clear_presence()
    assert await mia.presence.list_colleagues(7) == []


async def test_a_colleague_without_heartbeat_expires(
    open_store: OpenStore, clock: ManualClock
) -> None:
    mia, bo = await open_store(owner="a"), await open_store(owner="b", seed=2)
    await bo.presence.announce_presence("bo", 7, typing=False)
    clock.advance(21)
    assert await mia.presence.list_colleagues(7) == []


async def test_watchers_get_only_changes_of_presence(store: Store) -> None:
    seen = await store.feed.get_last_number()
    await store.presence.announce_presence("bo", 7, typing=False)
    assert await list_presence_changes(store, seen) == [7]
    seen = await store.feed.get_last_number()
    await store.presence.announce_presence("bo", 7, typing=False)
    assert await list_presence_changes(store, seen) == []
    await store.presence.announce_presence("bo", 8, typing=False)
    assert await list_presence_changes(store, seen) == [7, 8]
    seen = await store.feed.get_last_number()
    await store.presence.clear_presence()
    assert await list_presence_changes(store, seen) == [8]


async def test_a_conversation_is_claimed_by_one_agent_only(open_store: OpenStore) -> None:
    mia, bo = await open_store(owner="a"), await open_store(owner="b", seed=2)
    await mia.ingest.store_events("support", [make_reply()])
    thread = (await get_conversation(mia, MIA)).id
    assert await mia.triage.claim_conversation(thread, "mia")
    assert not await bo.triage.claim_conversation(thread, "bo")
    assert (await get_conversation(bo, MIA)).assignee == "mia"
