"""Time as an argument: the system's clock for people, a clock that stands still for tests."""

import heapq
import itertools
import time
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import asyncio

SECOND = 1_000
"""Milliseconds in a second: every stored time is whole milliseconds since 1970, UTC."""
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


class Clock(Protocol):
    """What the program asks about time."""

    def now(self) -> int:
        """Milliseconds since 1970, UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that only ever grow, for measuring pauses."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return when `seconds` have passed on this clock."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> int:
        """Milliseconds since 1970, UTC."""
        return time.time_ns() // 1_000_000

    def monotonic(self) -> float:
        """Seconds since some fixed moment."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Sleep in real time."""
        import asyncio  # scripts that never sleep are spared its import

        await asyncio.sleep(seconds)


class ManualClock:
    """A clock that moves only when told to, and wakes the sleepers whose time has come."""

    def __init__(self, now: int = 1_772_611_200_000) -> None:
        """Start at `now`; the default is 4 March 2026, 08:00 UTC."""
        self._start = now
        self._now = now
        self._order = itertools.count()
        self._sleepers: list[tuple[int, int, asyncio.Future[None]]] = []

    def now(self) -> int:
        """Milliseconds since 1970, UTC."""
        return self._now

    def monotonic(self) -> float:
        """Seconds since this clock was made."""
        return (self._now - self._start) / SECOND

    async def sleep(self, seconds: float) -> None:
        """Wait until `advance` has moved the clock far enough."""
        import asyncio

        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        due = self._now + round(seconds * SECOND)
        heapq.heappush(self._sleepers, (due, next(self._order), woken))
        await woken

    @property
    def sleeping(self) -> int:
        """How many wait for this clock to move on."""
        return sum(not woken.done() for _, _, woken in self._sleepers)

    def advance(self, seconds: float) -> None:
        """Move on, waking sleepers in the order of their time."""
        self._now += round(seconds * SECOND)
        while self._sleepers and self._sleepers[0][0] <= self._now:
            _, _, woken = heapq.heappop(self._sleepers)
            if not woken.done():
                woken.set_result(None)
