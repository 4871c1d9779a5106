"""Test that only one agent at a time holds the compose lock of a conversation."""

import asyncio

from tests.conftest import OpenStore
from tests.store.builders import MIA, get_conversation, make_reply
from tui.clock import SECOND, ManualClock
from tui.store.presence import LOCK_TIMEOUT_MS
from tui.store.store import Store


async def begin_conversation(store: Store) -> int:
    """Return the id of a conversation with one message."""
    await store.ingest.store_events("support", [make_reply()])
    return (await get_conversation(store, MIA)).id


async def test_a_compose_lock_is_held_by_one_agent(open_store: OpenStore) -> None:
    mia, bo = await open_store(owner="a"), await open_store(owner="b", seed=2)
    thread = await begin_conversation(mia)
    assert await mia.compose_locks.acquire_lock(thread, "mia") == ""
    assert await bo.compose_locks.acquire_lock(thread, "bo") == "mia"
    assert await bo.compose_locks.get_holder(thread) == "mia"
    assert await mia.compose_locks.get_holder(thread) == ""


async def test_a_released_compose_lock_is_free(open_store: OpenStore) -> None:
    mia, bo = await open_store(owner="a"), await open_store(owner="b", seed=2)
    thread = await begin_conversation(mia)
    await mia.compose_locks.acquire_lock(thread, "mia")
    await bo.compose_locks.release_lock(thread)
    assert await bo.compose_locks.acquire_lock(thread, "bo") == "mia", (
        "only its holder can give it back"
    )
    await mia.compose_locks.release_lock(thread)
    assert await bo.compose_locks.acquire_lock(thread, "bo") == ""


async def test_a_compose_lock_can_be_taken_over(open_store: OpenStore) -> None:
    mia, bo = await open_store(owner="a"), await open_store(owner="b", seed=2)
    thread = await begin_conversation(mia)
    await mia.compose_locks.acquire_lock(thread, "mia")
    assert await mia.compose_locks.renew_lock(thread)
    assert await bo.compose_locks.acquire_lock(thread, "bo", force=True) == ""
    assert not await mia.compose_locks.renew_lock(thread)
    assert await mia.compose_locks.acquire_lock(thread, "mia") == "bo"


async def test_a_compose_lock_without_heartbeat_expires(
    open_store: OpenStore, clock: ManualClock
) -> None:
    mia, bo = await open_store(owner="a"), await open_store(owner="b", seed=2)
    thread = await begin_conversation(mia)
    await mia.compose_locks.acquire_lock(thread, "mia")
    clock.advance(LOCK_TIMEOUT_MS / SECOND - 1)
    await mia.compose_locks.renew_lock(thread)
    clock.advance(2)
    assert await bo.compose_locks.acquire_lock(thread, "bo") == "mia", "it was kept in time"
    clock.advance(LOCK_TIMEOUT_MS / SECOND)
    assert await bo.compose_locks.get_holder(thread) == ""
    assert await bo.compose_locks.acquire_lock(thread, "bo") == ""


async def test_one_agent_may_write_on_two_screens(open_store: OpenStore) -> None:
    desk, laptop = await open_store(owner="a"), await open_store(owner="b", seed=2)
    thread = await begin_conversation(desk)
    await desk.compose_locks.acquire_lock(thread, "mia")
    assert await laptop.compose_locks.acquire_lock(thread, "mia") == ""


async def test_closing_a_store_releases_its_compose_locks(open_store: OpenStore) -> None:
    mia, bo = await open_store(owner="a"), await open_store(owner="b", seed=2)
    thread = await begin_conversation(mia)
    await mia.compose_locks.acquire_lock(thread, "mia")
    await mia.compose_locks.release_all_locks()
    assert await bo.compose_locks.acquire_lock(thread, "bo") == ""


async def test_one_of_many_simultaneous_requests_gets_the_compose_lock(
    open_store: OpenStore,
) -> None:
    stores = [await open_store(owner=f"p{n}", seed=n) for n in range(4)]
    thread = await begin_conversation(stores[0])
    for _ in range(25):
        held = await asyncio.gather(
            *(
                store.compose_locks.acquire_lock(thread, f"agent {n}")
                for n, store in enumerate(stores)
            )
        )
        assert held.count("") == 1
        winner = held.index("")
        assert {name for name in held if name} == {f"agent {winner}"}
        await stores[winner].compose_locks.release_lock(thread)
