"""A screen that paints at its own pace, and paints at once all that one key has set off."""

import asyncio
from typing import Generic

from textual.screen import Screen, ScreenResultType
from textual.timer import Timer

_FRAME_SECONDS = 1 / 120
"""Seconds between two frames; opening a conversation takes less than Textual's 1/60 s."""
_LOOP_TURNS = 4
"""Turns of the event loop to wait, so that all effects of one key get into one frame."""


class PacedScreen(Screen[ScreenResultType], Generic[ScreenResultType]):
    """Screen with its own frame rate; replaces the timer with which Textual paints."""

    _frame_timer: Timer | None = None

    @property
    def _update_timer(self) -> Timer:
        """Return the timer that Textual runs while there is something to paint."""
        if self._frame_timer is None:
            self._frame_timer = self.set_interval(_FRAME_SECONDS, self._paint_frame, pause=True)
        return self._frame_timer

    async def _paint_frame(self) -> None:
        """Paint everything that has changed in one frame."""
        # Widgets react to one another in later turns; waiting for them avoids half-updated frames.
        for _ in range(_LOOP_TURNS):
            await asyncio.sleep(0)
        self._on_timer_update()
