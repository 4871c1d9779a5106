"""A screen that paints at its own pace, and paints at once all that one key has set off."""

import asyncio
from typing import Generic

from textual.screen import Screen, ScreenResultType
from textual.timer import Timer

_FRAME = 1 / 120
"""Seconds between two paintings: Textual's sixtieth is longer than a conversation takes to open."""
_TURNS = 4
"""Turns of the loop in which whatever a key sets off, widget by widget, gets into one picture."""


class PacedScreen(Screen[ScreenResultType], Generic[ScreenResultType]):
    """Replaces the timer that Textual paints by."""

    _frames: Timer | None = None

    @property
    def _update_timer(self) -> Timer:
        """Textual's own, which runs while there is something to paint, at this screen's pace."""
        if self._frames is None:
            self._frames = self.set_interval(_FRAME, self._paint, pause=True)
        return self._frames

    async def _paint(self) -> None:
        """Paint what has changed, all of it at once."""
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        self._on_timer_update()
