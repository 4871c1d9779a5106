"""Test the presence of an agent among colleagues, and that leaving removes every trace of it."""

import asyncio

import pytest

from tests.conftest import OpenStore
from tests.store.builders import MIA, TOM, get_conversation, make_reply
from tests.waiting import wait_until
from tui.clock import ManualClock
from tui.desk.presence import Presence, format_colleagues
from tui.store.presence import LOCK_TIMEOUT_MS, Colleague
from tui.store.store import Store


async def add_two_conversations(store: Store) -> tuple[int, int]:
    """Store a text of each of two customers; return the ids of their conversations."""
    await store.ingest.store_events("au", [make_reply(party=MIA), make_reply(party=TOM)])
    return (await get_conversation(store, MIA)).id, (await get_conversation(store, TOM)).id


def create_presence(store: Store, agent: str, clock: ManualClock) -> Presence:
    """Return the presence of an agent without a screen."""
    return Presence(store, agent, clock, lambda: None)


@pytest.mark.parametrize(
    ("colleagues", "expected"),
    [
        ((), ""),
        ((Colleague("bo", False),), "bo is here"),
        ((Colleague("bo", True),), "bo is typing"),
        ((Colleague("bo", False), Colleague("mia", True)), "mia is typing"),
        ((Colleague("bo", False), Colleague("mia", False)), "bo and mia are here"),
        (tuple(Colleague(name, False) for name in "abc"), "a and 2 others are here"),
        ((Colleague("b\x1b[2Jo", False),), "b␛[2Jo is here"),
    ],
)
def test_colleagues_are_described_by_what_they_do(
    colleagues: tuple[Colleague, ...], expected: str
) -> None:
    assert format_colleagues(colleagues) == expected


async def test_the_lock_is_released_when_another_conversation_is_opened(
    open_store: OpenStore, clock: ManualClock
) -> None:
    store, other = await open_store(owner="a"), await open_store(owner="b", seed=2)
    first, second = await add_two_conversations(store)
    mia = create_presence(store, "mia", clock)
    mia.set_conversation(first)
    assert await mia.acquire_compose_lock() == ""
    mia.set_conversation(second)
    assert await mia.acquire_compose_lock() == ""

    async def is_released() -> bool:
        return await other.compose_locks.get_holder(first) == ""

    await wait_until(is_released)
    assert await other.compose_locks.get_holder(second) == "mia"
    await mia.remove_presence()
    assert await other.compose_locks.get_holder(second) == ""
    assert await other.presence.list_colleagues(second) == []


async def test_the_lock_is_held_as_long_as_the_agent_writes(
    open_store: OpenStore, clock: ManualClock
) -> None:
    store, other = await open_store(owner="a"), await open_store(owner="b", seed=2)
    thread, _ = await add_two_conversations(store)
    mia = create_presence(store, "mia", clock)
    mia.set_conversation(thread)
    await mia.acquire_compose_lock()
    for _ in range(4):
        clock.advance(LOCK_TIMEOUT_MS / 2_000)
        mia.heartbeat()
        assert mia._publish_task is not None
        await mia._publish_task
    assert await other.compose_locks.get_holder(thread) == "mia"
    await mia.remove_presence()


async def test_an_agent_who_pressed_no_key_for_long_is_not_typing(
    open_store: OpenStore, clock: ManualClock
) -> None:
    store, other = await open_store(owner="a"), await open_store(owner="b", seed=2)
    thread, _ = await add_two_conversations(store)
    mia = create_presence(store, "mia", clock)
    mia.set_conversation(thread)
    mia.record_key_press()

    async def find_typing() -> list[Colleague]:
        return [c for c in await other.presence.list_colleagues(thread) if c.typing]

    await wait_until(find_typing)
    clock.advance(11)
    mia.heartbeat()

    async def is_idle() -> bool:
        return await other.presence.list_colleagues(thread) == [Colleague("mia", False)]

    await wait_until(is_idle)
    await mia.remove_presence()


async def test_the_same_agent_at_another_screen_is_no_colleague(
    open_store: OpenStore, clock: ManualClock
) -> None:
    store, other = await open_store(owner="a"), await open_store(owner="b", seed=2)
    thread, _ = await add_two_conversations(store)
    await other.presence.announce_presence("mia", thread, typing=True)
    await other.compose_locks.acquire_lock(thread, "mia")
    mia = create_presence(store, "mia", clock)
    mia.set_conversation(thread)
    await mia.refresh_colleagues()
    assert (list(mia.colleagues), mia.holder) == ([], "")
    await mia.remove_presence()


async def test_an_agent_sees_that_the_lock_was_taken_over(
    open_store: OpenStore, clock: ManualClock
) -> None:
    store, other = await open_store(owner="a"), await open_store(owner="b", seed=2)
    thread, _ = await add_two_conversations(store)
    mia, bo = create_presence(store, "mia", clock), create_presence(other, "bo", clock)
    mia.set_conversation(thread)
    bo.set_conversation(thread)
    await mia.acquire_compose_lock()
    assert await bo.acquire_compose_lock() == "mia"
    assert await bo.acquire_compose_lock(force=True) == ""
    await mia.refresh_colleagues()
    assert mia.holder == "bo"
    await mia.release_compose_lock()
    await mia.remove_presence()
    assert await store.compose_locks.get_holder(thread) == "bo", "only its holder releases a lock"
    await bo.remove_presence()


async def beat(presence: Presence) -> None:
    """Publish the state of an agent once."""
    presence.heartbeat()
    assert presence._publish_task is not None
    await presence._publish_task


@pytest.mark.parametrize("has_text", [False, True])
async def test_only_an_unused_empty_composer_gives_its_lock_back(
    open_store: OpenStore, clock: ManualClock, has_text: bool
) -> None:
    store, other = await open_store(owner="a"), await open_store(owner="b", seed=2)
    thread, _ = await add_two_conversations(store)
    mia = create_presence(store, "mia", clock)
    mia.set_conversation(thread)
    await mia.acquire_compose_lock()
    mia.has_text = has_text
    for _ in range(10):
        clock.advance(8)
        await beat(mia)
    assert await other.compose_locks.get_holder(thread) == ("mia" if has_text else "")
    # The next key takes it again, and only the next key.
    mia.record_key_press()
    await beat(mia)
    assert await other.compose_locks.get_holder(thread) == "mia"
    await mia.remove_presence()


async def test_a_key_does_not_take_the_lock_of_a_colleague_who_writes_by_now(
    open_store: OpenStore, clock: ManualClock
) -> None:
    store, other = await open_store(owner="a"), await open_store(owner="b", seed=2)
    thread, _ = await add_two_conversations(store)
    mia, bo = create_presence(store, "mia", clock), create_presence(other, "bo", clock)
    for presence in (mia, bo):
        presence.set_conversation(thread)
    await mia.acquire_compose_lock()
    clock.advance(61)
    await beat(mia)
    assert await bo.acquire_compose_lock() == ""
    mia.record_key_press()
    await beat(mia)
    assert (mia.holder, await store.compose_locks.get_holder(thread)) == ("bo", "bo")
    await mia.remove_presence()
    await bo.remove_presence()


async def test_leaving_while_the_lock_is_being_acquired_releases_it(
    open_store: OpenStore, clock: ManualClock
) -> None:
    store, other = await open_store(owner="a"), await open_store(owner="b", seed=2)
    thread, _ = await add_two_conversations(store)
    mia = create_presence(store, "mia", clock)
    mia.set_conversation(thread)
    await asyncio.gather(mia.acquire_compose_lock(), mia.release_compose_lock())
    assert await other.compose_locks.get_holder(thread) == ""
    await mia.remove_presence()


@pytest.mark.parametrize("jump", [-3_600.0, -86_400.0, 3_600.0])
async def test_an_agent_who_stopped_typing_is_not_typing_after_the_clock_was_set(
    open_store: OpenStore, clock: ManualClock, jump: float
) -> None:
    store, other = await open_store(owner="a"), await open_store(owner="b", seed=2)
    thread, _ = await add_two_conversations(store)
    mia = create_presence(store, "mia", clock)
    mia.set_conversation(thread)
    mia.record_key_press()
    clock.advance(11)
    clock.set_wall_clock(jump)
    mia.heartbeat()

    async def is_seen() -> bool:
        return await other.presence.list_colleagues(thread) == [Colleague("mia", False)]

    await wait_until(is_seen)
    await mia.remove_presence()
