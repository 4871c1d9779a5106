"""Restart tasks after unexpected errors, and let work finish when sync stops.

This is the only place where an unexpected error is caught: it is reported, then the task is
started again.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from tui.clock import Clock
from tui.sync.backoff import pause_after_failure

_LONGEST_PAUSE = 60.0
_STABLE_AFTER = 300.0
"""After running for so many seconds, earlier failures no longer count."""


async def run_supervised(
    run: Callable[[], Awaitable[None]],
    report_failure: Callable[[Exception, float], Awaitable[None]],
    clock: Clock,
    rng: random.Random,
) -> None:
    """Run a task again whenever it fails, after a growing pause.

    Args:
        run: Task to run; its normal return ends the supervision.
        report_failure: Receives the error and the pause in seconds; must not raise.
        clock: Source of the current time.
        rng: Source of the jitter.
    """
    failures = 0
    while True:
        started_at = clock.monotonic()
        try:
            await run()
            return
        except Exception as error:
            failures = 1 if clock.monotonic() - started_at > _STABLE_AFTER else failures + 1
            pause = pause_after_failure(failures, rng, longest=_LONGEST_PAUSE)
            await report_failure(error, pause)
        await clock.sleep(pause)


async def run_until(work: Coroutine[Any, Any, None], end: Coroutine[Any, Any, None]) -> None:
    """Run `work` until it or `end` returns, then wait until both have ended.

    Raises what `work` raised.

    Args:
        work: Task to run.
        end: Task whose return cancels `work`.
    """
    tasks = (asyncio.ensure_future(work), asyncio.ensure_future(end))
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    if not tasks[0].cancelled():
        tasks[0].result()


T = TypeVar("T")


async def finish_on_cancel(work: Coroutine[Any, Any, T], grace: Callable[[], float]) -> T:
    """Run work; when cancelled, give it time to finish before it is cancelled too.

    Args:
        work: Work that should not be interrupted.
        grace: Returns the seconds to wait, at the time of the cancellation.
    """
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task], timeout=grace())
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        raise
