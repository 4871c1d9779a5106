"""Wake a sleeping task before its time."""

import asyncio

from tui.clock import Clock


class WakeSignal:
    """Wake one sleeper from any number of places; a signal without a sleeper is not lost."""

    def __init__(self, clock: Clock) -> None:
        """Create the signal, not set."""
        self._clock = clock
        self._wake_event = asyncio.Event()

    def wake_sleeper(self) -> None:
        """Wake the sleeper now, or as soon as it sleeps."""
        self._wake_event.set()

    def clear_signal(self) -> None:
        """Forget a signal that no sleeper has received yet."""
        self._wake_event.clear()

    async def sleep_until_woken(self, seconds: float | None) -> bool:
        """Sleep, and return whether the signal ended the sleep.

        Args:
            seconds: Longest sleep; None to sleep until the signal.
        """
        if seconds is None:
            await self._wake_event.wait()
        elif not self._wake_event.is_set():
            await self._wait_for_either(max(0.0, seconds))
        was_woken = self._wake_event.is_set()
        self._wake_event.clear()
        return was_woken

    async def _wait_for_either(self, seconds: float) -> None:
        """Wait for the signal or for the time."""
        waits = (
            asyncio.create_task(self._wake_event.wait()),
            asyncio.create_task(self._clock.sleep(seconds)),
        )
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
