"""Test the stored heartbeats of listeners: by any process, any host, and clocks that differ."""

import pytest

from tests.conftest import OpenStore
from tui.clock import HOUR, MINUTE, SECOND, ManualClock
from tui.domain.account import LISTENER_TIMEOUT_MS, ListenerState
from tui.domain.change import Change, Subject
from tui.store.reader import InboxReader
from tui.store.store import Store


async def beat(store: Store, *accounts: str, host: str = "srv", kind: str = "service") -> None:
    """Record one heartbeat of the listener of this store's process."""
    await store.listeners.record_heartbeat(
        accounts or ("mp",), host=host, agent="mia", kind=kind, address="http://127.0.0.1:8780"
    )


async def read_listener(store: Store, account: str = "mp") -> ListenerState | None:
    """Return the listener of an account as this store sees it."""
    state = (await store.accounts.get_states()).get(account)
    return state.listener if state else None


async def is_alive(store: Store, clock: ManualClock) -> bool:
    """Return whether this store sees a living listener."""
    listener = await read_listener(store)
    return listener is not None and listener.is_alive(clock.now())


async def test_another_process_sees_who_listens_where_and_since_when(
    open_store: OpenStore, clock: ManualClock
) -> None:
    listener, desk = await open_store(owner="sync"), await open_store(owner="desk", seed=2)
    since = clock.now()
    await beat(listener, "mp", "sw")
    clock.advance(3)
    await beat(listener, "mp", "sw")
    for account in ("mp", "sw"):
        assert await read_listener(desk, account) == ListenerState(
            "srv", "mia", "service", "http://127.0.0.1:8780", since, clock.now()
        )
    assert await read_listener(desk, "other") is None


async def test_a_listener_without_heartbeats_is_dead_within_fifteen_seconds(
    open_store: OpenStore, clock: ManualClock
) -> None:
    listener, desk = await open_store(owner="sync"), await open_store(owner="desk", seed=2)
    await beat(listener)
    died = clock.now()
    alive_for = 0
    while await is_alive(desk, clock):
        clock.advance(1)
        alive_for += 1
    assert 9 <= alive_for <= 15
    found = await read_listener(desk)
    assert found is not None and found.seen_at == died


async def test_an_orderly_end_is_seen_at_once(open_store: OpenStore, clock: ManualClock) -> None:
    listener, desk = await open_store(owner="sync"), await open_store(owner="desk", seed=2)
    await beat(listener)
    clock.advance(2)
    await listener.listeners.end_listening()
    assert not await is_alive(desk, clock)
    found = await read_listener(desk)
    assert found is not None and found.seen_at == clock.now()
    clock.advance(60)
    await beat(listener)
    again = await read_listener(desk)
    assert again is not None and again.since == clock.now() and again.is_alive(clock.now())


async def test_one_living_listener_of_several_is_enough(
    open_store: OpenStore, clock: ManualClock
) -> None:
    first, second = await open_store(owner="first"), await open_store(owner="second", seed=2)
    await beat(first, host="one")
    await beat(second, host="two")
    for _ in range(10):
        clock.advance(3)
        await beat(first, host="one")
    found = await read_listener(second)
    assert found is not None and (found.host, found.is_alive(clock.now())) == ("one", True)
    await first.listeners.end_listening()
    assert not await is_alive(second, clock)


async def test_a_new_listener_forgets_the_dead_ones(
    open_store: OpenStore, clock: ManualClock
) -> None:
    for number in range(5):
        store = await open_store(owner=f"life {number}", seed=number)
        await beat(store)
        clock.advance(60)
    rows = await store.database.read(
        lambda c: c.execute("select count(*) from listeners").fetchone()[0]
    )
    assert rows == 1


@pytest.mark.parametrize("ahead", [-2 * HOUR, -MINUTE, -8 * SECOND, 8 * SECOND, MINUTE, 2 * HOUR])
async def test_a_listener_whose_clock_differs_lives_and_dies_in_time(
    open_store: OpenStore, clock: ManualClock, ahead: int
) -> None:
    other_clock = ManualClock(clock.now() + ahead)
    listener = await open_store(owner="far", clock=other_clock)
    desk = await open_store(owner="desk", seed=2)
    for turn in range(20):
        await beat(listener)
        alive = await is_alive(desk, clock)
        # The first look has only the stored time to go by.
        assert alive or turn == 0
        for moving in (clock, other_clock):
            moving.advance(3)
    seconds = 0
    while await is_alive(desk, clock):
        clock.advance(1)
        seconds += 1
    assert seconds <= 15


async def test_only_the_begin_and_the_end_wake_other_processes(
    open_store: OpenStore, clock: ManualClock
) -> None:
    store = await open_store()
    before = await store.feed.get_last_number()
    await beat(store)
    begun = await store.feed.get_last_number()
    for _ in range(5):
        clock.advance(3)
        await beat(store)
    assert (begun, await store.feed.get_last_number()) == (before + 1, before + 1)
    await store.listeners.end_listening()
    _, changes = await store.feed._read_changes(begun)
    assert changes == (Change(Subject.ACCOUNT, 0, 0, False),)


async def test_a_reader_without_a_store_sees_the_same(store: Store, clock: ManualClock) -> None:
    await beat(store)
    await store.accounts.record_push("mp")
    with InboxReader(store.location) as reader:
        states = reader.get_account_states(clock)
        assert states == await store.accounts.get_states()
        assert states["mp"].push_at == clock.now()
        clock.advance(LISTENER_TIMEOUT_MS / SECOND + 1)
        listener = reader.get_account_states(clock)["mp"].listener
        assert listener is not None and not listener.is_alive(clock.now())


async def test_a_repeated_push_counts_as_heard_but_not_as_an_event(
    store: Store, clock: ManualClock
) -> None:
    await store.accounts.record_push("mp")
    first = clock.now()
    clock.advance(60)
    await store.accounts.record_push("mp", is_new=False)
    state = (await store.accounts.get_states())["mp"]
    assert (state.event_at, state.push_at) == (first, clock.now())


async def test_a_self_test_is_found_by_its_nonce_and_forgotten_after_a_week(
    store: Store, clock: ManualClock
) -> None:
    await store.listeners.record_probe("mp", "abc1")
    await store.listeners.record_probe("mp", "abc1")
    assert await store.listeners.find_probe("abc1") == "mp"
    assert await store.listeners.find_probe("abc2") == ""
    clock.advance(8 * 86_400)
    await store.listeners.record_probe("mp", "abc3")
    assert await store.listeners.find_probe("abc1") == ""
