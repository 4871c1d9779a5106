"""Test a sleep until a time or a wake signal."""

import asyncio

from tests.waiting import wait_until
from tui.clock import ManualClock
from tui.sync.loop import WakeSignal


async def test_a_signal_ends_the_sleep_early(clock: ManualClock) -> None:
    signal = WakeSignal(clock)
    sleep = asyncio.create_task(signal.sleep_until_woken(3600))
    await asyncio.sleep(0)
    signal.wake_sleeper()
    assert await sleep


async def test_a_signal_before_the_sleep_ends_one_sleep(clock: ManualClock) -> None:
    signal = WakeSignal(clock)
    signal.wake_sleeper()
    signal.wake_sleeper()
    assert await signal.sleep_until_woken(None)
    again = asyncio.create_task(signal.sleep_until_woken(5))
    await asyncio.sleep(0)
    assert not again.done()
    again.cancel()


async def test_the_sleep_ends_at_its_time(clock: ManualClock) -> None:
    sleep = asyncio.create_task(WakeSignal(clock).sleep_until_woken(5))

    async def woken() -> bool:
        clock.advance(1)
        return sleep.done()

    await wait_until(woken)
    assert not sleep.result()
