"""The one boundary at which an error that nobody foresaw is caught: told, then started again."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from tui.clock import Clock
from tui.sync.backoff import after_failure

_LONGEST = 60.0
_CALM = 300.0
"""After running so many seconds, an earlier failure no longer counts."""


async def supervised(
    run: Callable[[], Awaitable[None]],
    failed: Callable[[Exception, float], Awaitable[None]],
    clock: Clock,
    rng: random.Random,
) -> None:
    """Run `run` again whenever it fails, after a pause that grows.

    `failed` is told the error and the pause (seconds), and must not raise.
    """
    failures = 0
    while True:
        began = clock.monotonic()
        try:
            await run()
            return
        except Exception as error:
            failures = 1 if clock.monotonic() - began > _CALM else failures + 1
            pause = after_failure(failures, rng, longest=_LONGEST)
            await failed(error, pause)
        await clock.sleep(pause)


async def run_until(work: Coroutine[Any, Any, None], end: Coroutine[Any, Any, None]) -> None:
    """Run `work` until it ends or `end` does, then see that both have ended.

    Raises what `work` raised.
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
