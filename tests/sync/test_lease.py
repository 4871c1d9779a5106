"""Test that one process at a time syncs an account, and another soon after it dies."""

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
from tui.store.leases import CHECKPOINT
from tui.store.store import Store
from tui.sync.context import discard_log
from tui.sync.lease import Leasehold, ProcessIdentity


def create_keeper(store: Store, clock: ManualClock, kind: str = "desk") -> Leasehold:
    """Return the lease keeper of a process that wants one account."""
    identity = ProcessIdentity("ann", kind)
    return Leasehold(store.leases, clock, random.Random(1), discard_log, ["mm"], identity)


@contextlib.asynccontextmanager
async def run_process(process: Leasehold) -> AsyncIterator[None]:
    """Run the process for the time of the block, then end it without a release."""
    task = asyncio.create_task(process.run_forever())
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def measure_time(clock: ManualClock, until: Any, seconds: float, processes: int = 1) -> float:
    """Let time pass until a condition is true and return the seconds.

    Time passes only while all processes sleep, so that a slow disk delays none of them.
    """
    began = clock.monotonic()

    async def check() -> bool:
        if until():
            return True
        assert clock.monotonic() - began <= seconds, "too late"
        if clock.sleeper_count >= processes:
            clock.advance(0.25)
        return False

    await wait_until(check)
    return clock.monotonic() - began


async def test_the_first_process_syncs_and_the_second_waits(
    open_store: OpenStore, clock: ManualClock
) -> None:
    one = create_keeper(await open_store(owner="one"), clock)
    two = create_keeper(await open_store(owner="two"), clock)
    assert await one.send_heartbeat() == {"mm", CHECKPOINT}
    assert await two.send_heartbeat() == frozenset()


async def test_another_process_takes_over_within_seconds_after_a_death(
    open_store: OpenStore, clock: ManualClock
) -> None:
    one = create_keeper(await open_store(owner="one"), clock)
    two = create_keeper(await open_store(owner="two"), clock)
    async with run_process(one):
        await wait_until(lambda: one.held)
    async with run_process(two):
        took = await measure_time(clock, lambda: "mm" in two.held, 11.0)
    assert took >= 5.0


async def test_a_live_holder_keeps_the_lease(open_store: OpenStore, clock: ManualClock) -> None:
    one = create_keeper(await open_store(owner="one"), clock)
    two = create_keeper(await open_store(owner="two"), clock)
    async with run_process(one), run_process(two):
        await wait_until(lambda: one.held or two.held)
        holder, other = (one, two) if one.held else (two, one)
        await measure_time(clock, lambda: clock.monotonic() > 60, 61, processes=2)
        assert holder.held
        assert not other.held


async def test_a_service_takes_over_from_an_inbox_process(
    open_store: OpenStore, clock: ManualClock
) -> None:
    desk = create_keeper(await open_store(owner="desk"), clock)
    service = create_keeper(await open_store(owner="service"), clock, "service")
    async with run_process(desk):
        await wait_until(lambda: desk.held)
        async with run_process(service):
            await wait_until(lambda: service.held == {"mm", CHECKPOINT})
            await measure_time(clock, lambda: not desk.held, 3.0, processes=2)
            await measure_time(clock, lambda: clock.monotonic() > 60, 61, processes=2)
            assert not desk.held
        await measure_time(clock, lambda: desk.held, 11.0)


async def test_a_failed_renewal_ends_sync_at_once(
    store: Store, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = create_keeper(store, clock)

    async def locked(*values: object, **options: object) -> frozenset[str]:
        raise Busy("locked")

    async with run_process(process):
        await wait_until(lambda: process.held)
        with monkeypatch.context() as patched:
            patched.setattr(store.leases, "renew_leases", locked)
            await measure_time(clock, lambda: not process.held, 3.0)
        await measure_time(clock, lambda: process.held, 1.0)


async def test_a_released_lease_is_taken_over_at_once(
    open_store: OpenStore, clock: ManualClock
) -> None:
    first = await open_store(owner="one")
    one, two = create_keeper(first, clock), create_keeper(await open_store(owner="two"), clock)
    await one.send_heartbeat()
    await first.leases.end_process()
    assert await two.send_heartbeat() == {"mm", CHECKPOINT}


async def test_a_fresh_lease_is_renewed_in_time_and_not_at_once(
    store: Store, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    process, beats = create_keeper(store, clock), []
    beat = process.send_heartbeat

    async def counted() -> frozenset[str]:
        beats.append(clock.monotonic())
        return await beat()

    monkeypatch.setattr(process, "send_heartbeat", counted)
    await process.send_heartbeat()
    task = asyncio.create_task(process.continue_forever())
    await wait_until(lambda: clock.sleeper_count)
    assert len(beats) == 1
    await measure_time(clock, lambda: len(beats) == 2, 4.0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_every_heartbeat_reports_life_until_one_hangs(
    open_store: OpenStore, clock: ManualClock
) -> None:
    store = await open_store(owner="one")
    reports: list[float] = []
    identity = ProcessIdentity("ann", "service")
    process = Leasehold(
        *(store.leases, clock, random.Random(1), discard_log, ["mm"], identity),
        report_alive=lambda: reports.append(clock.monotonic()),
    )
    async with run_process(process):
        await measure_time(clock, lambda: len(reports) >= 4, 12.0)
        await wait_until(lambda: clock.sleeper_count == 1)
        hung = asyncio.Event()
        refused = asyncio.Event()

        async def renew_never(*_: object, **__: object) -> frozenset[str]:
            """Hang as a writer thread does whose disk never answers."""
            refused.set()
            await hung.wait()
            return frozenset()

        store.leases.renew_leases = renew_never  # type: ignore[method-assign]
        await measure_time(clock, refused.is_set, 4.0)
        count = len(reports)
        clock.advance(120.0)
        await asyncio.sleep(0)
        assert len(reports) == count
        hung.set()
        await wait_until(lambda: len(reports) > count)


async def test_a_database_that_refuses_is_not_a_hung_process(
    open_store: OpenStore, clock: ManualClock
) -> None:
    store = await open_store(owner="one")
    reports: list[float] = []

    async def refuse(*_: object, **__: object) -> frozenset[str]:
        """Refuse as a locked database does."""
        raise Busy("locked")

    store.leases.renew_leases = refuse  # type: ignore[method-assign]
    process = Leasehold(
        *(store.leases, clock, random.Random(1), discard_log, ["mm"]),
        ProcessIdentity("ann", "service"),
        report_alive=lambda: reports.append(clock.monotonic()),
    )
    async with run_process(process):
        await measure_time(clock, lambda: len(reports) >= 3, 6.0)
        asked = asyncio.create_task(process.wait_until_asked())
        await asyncio.sleep(0)
        assert not asked.done()
        asked.cancel()
