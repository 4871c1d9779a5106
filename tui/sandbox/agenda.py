"""Schedule callbacks in a heap that a clock drives, so that tests advance time without sleeping."""

import asyncio
import heapq
import itertools
from collections.abc import Callable

DueCallback = Callable[[int], None]
"""Called once with the time at which it was due, in milliseconds UTC."""


class Agenda:
    """Scheduled callbacks, earliest first; equal times run in the order of scheduling."""

    def __init__(self) -> None:
        """Create an empty agenda."""
        self._order = itertools.count()
        self._heap: list[tuple[int, int, DueCallback]] = []
        self.changed = asyncio.Event()
        """Set when a callback is scheduled; wakes the task that waits for the next one."""

    def schedule_callback(self, due: int, callback: DueCallback) -> None:
        """Schedule a callback.

        Args:
            due: Time in milliseconds UTC.
            callback: Called once with `due`.
        """
        # The counter breaks ties: comparing callbacks in the heap would raise TypeError.
        heapq.heappush(self._heap, (due, next(self._order), callback))
        self.changed.set()

    def get_next_due(self) -> int | None:
        """Return when the next callback is due (milliseconds UTC), or None if there is none."""
        return self._heap[0][0] if self._heap else None

    def run_due(self, now: int) -> int:
        """Run every callback that is due, each with its own time, and return how many ran.

        Args:
            now: Current time in milliseconds UTC.
        """
        count = 0
        while self._heap and self._heap[0][0] <= now:
            due, _, callback = heapq.heappop(self._heap)
            callback(due)
            count += 1
        return count
