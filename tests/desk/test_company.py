"""An agent among colleagues: where she is said, and what she leaves behind: nothing."""

import pytest

from tests.conftest import OpenStore
from tests.store.builders import MIA, TOM, conversation_with, reply
from tests.waiting import wait_until
from tui.clock import ManualClock
from tui.desk.presence import Presence, format_colleagues
from tui.store.presence import LOCK_TIMEOUT_MS, Colleague
from tui.store.store import Store


async def two_threads(store: Store) -> tuple[int, int]:
    """Two conversations."""
    await store.ingest.store_events("au", [reply(party=MIA), reply(party=TOM)])
    return (await conversation_with(store, MIA)).id, (await conversation_with(store, TOM)).id


def company(store: Store, agent: str, clock: ManualClock) -> Presence:
    """An agent whose screen nobody draws."""
    return Presence(store, agent, clock, lambda: None)


@pytest.mark.parametrize(
    ("colleagues", "words"),
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
def test_colleagues_are_named_in_words(colleagues: tuple[Colleague, ...], words: str) -> None:
    assert format_colleagues(colleagues) == words


async def test_a_pen_is_given_back_when_another_conversation_is_opened(
    open_store: OpenStore, clock: ManualClock
) -> None:
    store, other = await open_store(owner="a"), await open_store(owner="b", seed=2)
    first, second = await two_threads(store)
    mia = company(store, "mia", clock)
    mia.set_conversation(first)
    assert await mia.acquire_compose_lock() == ""
    mia.set_conversation(second)
    assert await mia.acquire_compose_lock() == ""

    async def free() -> bool:
        return await other.compose_locks.get_holder(first) == ""

    await wait_until(free)
    assert await other.compose_locks.get_holder(second) == "mia"
    await mia.remove_presence()
    assert await other.compose_locks.get_holder(second) == ""
    assert await other.presence.list_colleagues(second) == []


async def test_a_pen_is_kept_as_long_as_the_agent_writes(
    open_store: OpenStore, clock: ManualClock
) -> None:
    store, other = await open_store(owner="a"), await open_store(owner="b", seed=2)
    thread, _ = await two_threads(store)
    mia = company(store, "mia", clock)
    mia.set_conversation(thread)
    await mia.acquire_compose_lock()
    for _ in range(4):
        clock.advance(LOCK_TIMEOUT_MS / 2_000)
        mia.heartbeat()
        assert mia._publish_task is not None
        await mia._publish_task
    assert await other.compose_locks.get_holder(thread) == "mia"
    await mia.remove_presence()


async def test_who_pressed_no_key_for_long_is_not_typing(
    open_store: OpenStore, clock: ManualClock
) -> None:
    store, other = await open_store(owner="a"), await open_store(owner="b", seed=2)
    thread, _ = await two_threads(store)
    mia = company(store, "mia", clock)
    mia.set_conversation(thread)
    mia.record_key_press()

    async def typing() -> list[Colleague]:
        return [c for c in await other.presence.list_colleagues(thread) if c.typing]

    await wait_until(typing)
    clock.advance(11)
    mia.heartbeat()

    async def idle() -> bool:
        return await other.presence.list_colleagues(thread) == [Colleague("mia", False)]

    await wait_until(idle)
    await mia.remove_presence()


async def test_the_same_agent_at_another_screen_is_no_colleague(
    open_store: OpenStore, clock: ManualClock
) -> None:
    store, other = await open_store(owner="a"), await open_store(owner="b", seed=2)
    thread, _ = await two_threads(store)
    await other.presence.announce_presence("mia", thread, typing=True)
    await other.compose_locks.acquire_lock(thread, "mia")
    mia = company(store, "mia", clock)
    mia.set_conversation(thread)
    await mia.refresh_colleagues()
    assert (list(mia.colleagues), mia.holder) == ([], "")
    await mia.remove_presence()


async def test_a_pen_that_was_taken_over_is_seen_to_be_gone(
    open_store: OpenStore, clock: ManualClock
) -> None:
    store, other = await open_store(owner="a"), await open_store(owner="b", seed=2)
    thread, _ = await two_threads(store)
    mia, bo = company(store, "mia", clock), company(other, "bo", clock)
    mia.set_conversation(thread)
    bo.set_conversation(thread)
    await mia.acquire_compose_lock()
    assert await bo.acquire_compose_lock() == "mia"
    assert await bo.acquire_compose_lock(force=True) == ""
    await mia.refresh_colleagues()
    assert mia.holder == "bo"
    await mia.release_compose_lock()
    await mia.remove_presence()
    assert await store.compose_locks.get_holder(thread) == "bo", "only its holder gives a pen back"
    await bo.remove_presence()
