"""Lets work that should not be cut in two come to its end when sync is told to stop."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

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
