"""Provide the time as an argument: a system clock for use, a manual clock for tests."""

import heapq
import itertools
import re
import time
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import asyncio

SECOND = 1_000
"""Milliseconds in a second; every stored time is in whole milliseconds since 1970, UTC."""
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
CLOCK_TOLERANCE_MS = 2 * SECOND
"""Difference between clocks (ms) that counts as none: corrections over the network are smaller."""
_DURATION = re.compile(
    r"(?:(\d{1,3})\s*d(?:ays?)?)?\s*(?:(\d{1,4})\s*h(?:ours?)?)?"
    r"\s*(?:(\d{1,5})\s*m(?:in(?:utes?)?)?)?",
    re.ASCII,
)


def parse_duration(text: str) -> int:
    """Return a duration such as `30m`, `2 hours` or `1d 12h` in milliseconds.

    Raises:
        ValueError: The text is no duration of at least a minute.
    """
    found = _DURATION.fullmatch(text.strip().lower())
    numbers = [int(number or 0) for number in found.groups()] if found else []
    total = sum(n * unit for n, unit in zip(numbers, (DAY, HOUR, MINUTE), strict=False))
    if not total:
        raise ValueError("must be a duration such as 30m, 2h or 1d 12h")
    return total


def get_latest_believable(now: int) -> int:
    """Return the latest stored time (ms UTC) that can have been written by now.

    A clock can be set back: after a loss of power, in a restored snapshot, by its correction over
    the network. What was written "later" is then no proof that a process lives, and a pause that
    began "later" is over. Every lease, claim, hold, pause and heartbeat asks here; only the times
    that a person chose (a schedule, a snooze) hold whatever the clock does.

    Args:
        now: Current time (ms UTC).
    """
    return now + CLOCK_TOLERANCE_MS


def is_recent(at: int, now: int, timeout_ms: int) -> bool:
    """Return whether a heartbeat is younger than its timeout, and not in the future.

    Args:
        at: Time of the heartbeat (ms UTC).
        now: Current time (ms UTC).
        timeout_ms: Age (ms) from which it proves nothing.
    """
    return now - timeout_ms <= at <= get_latest_believable(now)


def is_pending(until: int, now: int, length_ms: int) -> bool:
    """Return whether a pause goes on: its end is ahead, but not further than its own length.

    Args:
        until: End of the pause (ms UTC).
        now: Current time (ms UTC).
        length_ms: Length of the whole pause (ms).
    """
    return now < until <= get_latest_believable(now) + length_ms


class Clock(Protocol):
    """Describe the clock that the program uses."""

    def now(self) -> int:
        """Return the time in milliseconds since 1970, UTC."""
        ...

    def monotonic(self) -> float:
        """Return a time in seconds that never goes back, for measuring pauses."""
        ...

    def follow(self, now: int) -> None:
        """Go on from the time of a server that several hosts share.

        Args:
            now: Time of the server at this moment, in ms UTC.
        """
        ...

    async def sleep(self, seconds: float) -> None:
        """Return when the given time has passed on this clock.

        Args:
            seconds: Time to wait.
        """
        ...


class SystemClock:
    """Read the computer's own clock, corrected by that of a server if there is one."""

    def __init__(self) -> None:
        """Create a clock that is not corrected."""
        self._correction = 0

    def now(self) -> int:
        """Return the time in milliseconds since 1970, UTC."""
        return time.time_ns() // 1_000_000 + self._correction

    def follow(self, now: int) -> None:
        """Go on from the time of a server.

        Args:
            now: Time of the server at this moment, in ms UTC.
        """
        self._correction += now - self.now()

    def monotonic(self) -> float:
        """Return the seconds since some fixed moment."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Sleep in real time.

        Args:
            seconds: Time to wait.
        """
        import asyncio  # late: scripts that never sleep start faster without it

        await asyncio.sleep(seconds)


class ManualClock:
    """Stand still until a test advances it, and then wake the sleepers that are due."""

    def __init__(self, now: int = 1_772_611_200_000) -> None:
        """Create a clock that shows `now`.

        Args:
            now: Milliseconds since 1970, UTC; the default is 4 March 2026, 08:00 UTC.
        """
        self._start = now
        self._now = now
        self._order = itertools.count()
        self._sleepers: list[tuple[int, int, asyncio.Future[None]]] = []

    def now(self) -> int:
        """Return the time in milliseconds since 1970, UTC."""
        return self._now

    def monotonic(self) -> float:
        """Return the seconds since this clock was created."""
        return (self._now - self._start) / SECOND

    def follow(self, now: int) -> None:
        """Ignore the time of a server: only a test moves this clock.

        Args:
            now: Time of the server.
        """

    async def sleep(self, seconds: float) -> None:
        """Wait until `advance` has moved the clock far enough.

        Args:
            seconds: Time to wait on this clock.
        """
        import asyncio

        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        due = self._now + round(seconds * SECOND)
        heapq.heappush(self._sleepers, (due, next(self._order), woken))
        await woken

    def set_wall_clock(self, seconds: float) -> None:
        """Set the time of day forward or back, which ends no sleep and measures no pause.

        Args:
            seconds: Time to set it forward; negative to set it back.
        """
        change = round(seconds * SECOND)
        self._start += change
        self._now += change
        self._sleepers = [(due + change, number, woken) for due, number, woken in self._sleepers]

    @property
    def sleeper_count(self) -> int:
        """Return how many tasks wait for this clock."""
        return sum(not woken.done() for _, _, woken in self._sleepers)

    def advance(self, seconds: float) -> None:
        """Move the clock forward and wake sleepers in the order of their time.

        Args:
            seconds: Time to move forward.
        """
        self._now += round(seconds * SECOND)
        while self._sleepers and self._sleepers[0][0] <= self._now:
            _, _, woken = heapq.heappop(self._sleepers)
            if not woken.done():
                woken.set_result(None)
