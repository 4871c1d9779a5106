"""Wait for conditions; tests never pause for a fixed time."""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, overload

T = TypeVar("T")

_PAUSE = 0.005
_TURNS = 20
"""Turns of the event loop to look at first, as most of what is waited for is one of them away."""


@overload
async def wait_until(
    condition: Callable[[], Awaitable[T | None]],
    timeout: float = 30.0,
    what: str = "",
) -> T: ...


@overload
async def wait_until(
    condition: Callable[[], T | None], timeout: float = 30.0, what: str = ""
) -> T: ...


async def wait_until(condition: Callable[[], Any], timeout: float = 30.0, what: str = "") -> Any:
    """Return the result of a condition, plain or async, as soon as it is true.

    Args:
        condition: Function to call again and again.
        timeout: Seconds after which the wait fails.
        what: Name of the condition for the message of the failure.

    Raises:
        AssertionError: The condition was not true in time.
    """
    end = time.monotonic() + timeout
    for turn in itertools.count():
        found = condition()
        result = await found if isinstance(found, Awaitable) else found
        if result:
            return result
        if time.monotonic() > end:
            raise AssertionError(f"not within {timeout} s: {what or condition}")
        await asyncio.sleep(_PAUSE if turn > _TURNS else 0)
