"""Happenings with a time: a heap that a clock works off, so tests move time instead of sleeping."""

import asyncio
import heapq
import itertools
from collections.abc import Callable

Happening = Callable[[int], None]
"""Called once with the time it was due, milliseconds UTC."""


class Agenda:
    """What is still to happen, soonest first; equal times in the order they were written down."""

    def __init__(self) -> None:
        """Start empty."""
        self._order = itertools.count()
        self._heap: list[tuple[int, int, Happening]] = []
        self.changed = asyncio.Event()
        """Set when something was written down, for whoever sleeps until the next happening."""

    def at(self, due: int, happening: Happening) -> None:
        """Write down a happening for a time in milliseconds UTC."""
        heapq.heappush(self._heap, (due, next(self._order), happening))
        self.changed.set()

    def next_due(self) -> int | None:
        """When the next happening is due, or None if nothing is written down."""
        return self._heap[0][0] if self._heap else None

    def run_due(self, now: int) -> int:
        """Let everything happen that is due by `now`, each with its own time; tell how many."""
        done = 0
        while self._heap and self._heap[0][0] <= now:
            due, _, happening = heapq.heappop(self._heap)
            happening(due)
            done += 1
        return done
