"""Test a sleep until a time or a wake signal."""

import asyncio

from tests.waiting import wait_until
from tui.clock import ManualClock
from tui.store.errors import Unreachable
from tui.sync.account_health import AccountHealth
from tui.sync.context import RoundResult, SyncContext
from tui.sync.loop import TaskLoop, WakeSignal


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


async def test_what_changes_after_a_loop_was_begun_anew_is_seen_in_spite_of_the_pause_before(
    context: SyncContext,
) -> None:
    rounds = 0

    async def work() -> RoundResult:
        nonlocal rounds
        rounds += 1
        if rounds == 1:
            raise Unreachable("away")
        if rounds == 2:
            loop.wake()  # too late for what this round has already looked for
        return RoundResult(None)

    loop = TaskLoop(
        "sending",
        work,
        AccountHealth(context.store.accounts, context.clock, "mm", "here"),
        context,
    )
    await loop.run_once()
    # The lease was lost and has come back, long before the pause after the failure is over.
    running = asyncio.create_task(loop.run_forever())
    await wait_until(lambda: rounds == 3)
    loop.wake()
    await wait_until(lambda: rounds == 4)
    running.cancel()
