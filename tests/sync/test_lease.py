"""Who serves an account: one process at a time, and another within seconds when it dies."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.conftest import OpenStore
from tests.waiting import wait_until
from tui.clock import ManualClock
from tui.store.errors import Busy
from tui.store.store import Store
from tui.sync.context import discard_log
from tui.sync.lease import CHECKPOINT, Leasehold, ProcessIdentity


def leasehold(store: Store, clock: ManualClock, kind: str = "desk") -> Leasehold:
    """A process that wants one account."""
    identity = ProcessIdentity("ann", kind)
    return Leasehold(store.leases, clock, random.Random(1), discard_log, ["mm"], identity)


@contextlib.asynccontextmanager
async def alive(process: Leasehold) -> AsyncIterator[None]:
    """The process lives for the time of the block, then dies without a word."""
    task = asyncio.create_task(process.run_forever())
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def passes(clock: ManualClock, until: Any, seconds: float, processes: int = 1) -> float:
    """Let time pass until something is true; how many seconds it took.

    It passes only while all of the processes sleep: none is late because the disk is slow.
    """
    began = clock.monotonic()

    async def become() -> bool:
        if until():
            return True
        assert clock.monotonic() - began <= seconds, "too late"
        if clock.sleeper_count >= processes:
            clock.advance(0.25)
        return False

    await wait_until(become)
    return clock.monotonic() - began


async def test_the_first_process_serves_and_the_second_watches(
    open_store: OpenStore, clock: ManualClock
) -> None:
    one = leasehold(await open_store(owner="one"), clock)
    two = leasehold(await open_store(owner="two"), clock)
    assert await one.send_heartbeat() == {"mm", CHECKPOINT}
    assert await two.send_heartbeat() == frozenset()


async def test_another_takes_over_within_seconds_when_the_holder_dies(
    open_store: OpenStore, clock: ManualClock
) -> None:
    one = leasehold(await open_store(owner="one"), clock)
    two = leasehold(await open_store(owner="two"), clock)
    async with alive(one):
        await wait_until(lambda: one.held)
    async with alive(two):
        took = await passes(clock, lambda: "mm" in two.held, 11.0)
    assert took >= 5.0


async def test_a_holder_that_lives_keeps_what_it_holds(
    open_store: OpenStore, clock: ManualClock
) -> None:
    one = leasehold(await open_store(owner="one"), clock)
    two = leasehold(await open_store(owner="two"), clock)
    async with alive(one), alive(two):
        await wait_until(lambda: one.held or two.held)
        holder, other = (one, two) if one.held else (two, one)
        await passes(clock, lambda: clock.monotonic() > 60, 61, processes=2)
        assert holder.held
        assert not other.held


async def test_a_service_takes_over_from_a_desk_and_the_desk_stops(
    open_store: OpenStore, clock: ManualClock
) -> None:
    desk = leasehold(await open_store(owner="desk"), clock)
    service = leasehold(await open_store(owner="service"), clock, "service")
    async with alive(desk):
        await wait_until(lambda: desk.held)
        async with alive(service):
            await wait_until(lambda: service.held == {"mm", CHECKPOINT})
            await passes(clock, lambda: not desk.held, 3.0, processes=2)
            await passes(clock, lambda: clock.monotonic() > 60, 61, processes=2)
            assert not desk.held
        await passes(clock, lambda: desk.held, 11.0)


async def test_a_renewal_that_fails_ends_the_serving_at_once(
    store: Store, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = leasehold(store, clock)

    async def locked(*values: object, **options: object) -> frozenset[str]:
        raise Busy("locked")

    async with alive(process):
        await wait_until(lambda: process.held)
        with monkeypatch.context() as patched:
            patched.setattr(store.leases, "renew_leases", locked)
            await passes(clock, lambda: not process.held, 3.0)
        await passes(clock, lambda: process.held, 1.0)


async def test_who_leaves_in_good_order_is_replaced_at_once(
    open_store: OpenStore, clock: ManualClock
) -> None:
    first = await open_store(owner="one")
    one, two = leasehold(first, clock), leasehold(await open_store(owner="two"), clock)
    await one.send_heartbeat()
    await first.leases.end_process()
    assert await two.send_heartbeat() == {"mm", CHECKPOINT}


async def test_who_has_just_beaten_renews_in_time_and_not_at_once(
    store: Store, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    process, beats = leasehold(store, clock), []
    beat = process.send_heartbeat

    async def counted() -> frozenset[str]:
        beats.append(clock.monotonic())
        return await beat()

    monkeypatch.setattr(process, "send_heartbeat", counted)
    await process.send_heartbeat()
    task = asyncio.create_task(process.continue_forever())
    await wait_until(lambda: clock.sleeper_count)
    assert len(beats) == 1
    await passes(clock, lambda: len(beats) == 2, 4.0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
