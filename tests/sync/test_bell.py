"""Sleeping until a time or a ring."""

import asyncio

from tests.waiting import wait_until
from tui.clock import ManualClock
from tui.sync.loop import WakeSignal


async def test_a_ring_wakes_the_sleeper_before_its_time(clock: ManualClock) -> None:
    bell = WakeSignal(clock)
    sleep = asyncio.create_task(bell.sleep_until_woken(3600))
    await asyncio.sleep(0)
    bell.wake_sleeper()
    assert await sleep


async def test_a_ring_while_nobody_sleeps_is_heard_once(clock: ManualClock) -> None:
    bell = WakeSignal(clock)
    bell.wake_sleeper()
    bell.wake_sleeper()
    assert await bell.sleep_until_woken(None)
    again = asyncio.create_task(bell.sleep_until_woken(5))
    await asyncio.sleep(0)
    assert not again.done()
    again.cancel()


async def test_the_sleeper_wakes_by_itself_when_its_time_has_come(clock: ManualClock) -> None:
    sleep = asyncio.create_task(WakeSignal(clock).sleep_until_woken(5))

    async def woken() -> bool:
        clock.advance(1)
        return sleep.done()

    await wait_until(woken)
    assert not sleep.result()
