"""A bell that wakes a sleeper before its time."""

import asyncio

from tui.clock import Clock


class Bell:
    """One sleeper, any number of ringers; a ring while nobody sleeps is not lost."""

    def __init__(self, clock: Clock) -> None:
        """Silent at first."""
        self._clock = clock
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake the sleeper, now or as soon as it lies down."""
        self._rung.set()

    def hush(self) -> None:
        """Forget a ring that nobody has heard yet."""
        self._rung.clear()

    async def sleep(self, seconds: float | None) -> bool:
        """Sleep so long (None: until it rings); whether the bell ended it."""
        if seconds is None:
            await self._rung.wait()
        elif not self._rung.is_set():
            await self._first_of(max(0.0, seconds))
        rung = self._rung.is_set()
        self._rung.clear()
        return rung

    async def _first_of(self, seconds: float) -> None:
        """Wait for the bell or the time."""
        waits = (
            asyncio.create_task(self._rung.wait()),
            asyncio.create_task(self._clock.sleep(seconds)),
        )
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
