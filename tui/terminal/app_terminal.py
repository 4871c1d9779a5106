"""Provide the app's side of the terminal: ASCII output, the title, stopping and ending.

What is written to the terminal, and when it belongs to another program, is decided in the driver
(`driver.SteadyDriver`).
"""

import asyncio
import contextlib

from rich.segment import Segment
from textual import events
from textual.color import Color
from textual.filter import LineFilter
from textual.geometry import Size

from tui.terminal.ascii_text import to_ascii
from tui.terminal.desktop_notifications import RESTORE_TITLE, SAVE_TITLE
from tui.terminal.key_queue import OneKeyAtATime
from tui.terminal.modes import MODES
from tui.terminal.streams import has_keys_on_the_way

_LAST_KEYS_SECONDS = 1.5
"""Seconds in which keys that were typed have to be processed."""
_KEY_TRAVEL_SECONDS = 0.05
"""Seconds that a key needs from one place to the next between terminal and app, with a margin."""
_QUIET_LOOKS = 2
"""Looks in a row that have to find no key on its way."""


class AsciiFilter(LineFilter):
    """Replace our characters by ASCII, in the output of every widget."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments with their characters in ASCII.

        Args:
            segments: Segments of a line.
            background: Colour under the line; not used.
        """
        return [segment._replace(text=to_ascii(segment.text)) for segment in segments]


class TerminalGuest(OneKeyAtATime):
    """App that shares its terminal with a shell and other programs."""

    _end_task: asyncio.Task[None] | None = None
    _last_size: Size | None = None
    """Size that the terminal has announced last; None before the first time, as the app starts."""

    # Hooks for the app ----------------------------------------------------------------------

    @property
    def can_set_title(self) -> bool:
        """Return whether the terminal has a title that can be restored."""
        return False

    def show_title_again(self) -> None:
        """Show our title, after another program had the terminal."""

    # Cells ----------------------------------------------------------------------------------

    def on_resize(self, event: events.Resize) -> None:
        """Repaint all cells, as terminals mix up their contents when their size changes.

        Args:
            event: New size; the old one if it has changed back meanwhile.
        """
        self.forget_cells()
        if event.size == self._last_size and self.is_running:
            self.refresh(layout=True)  # Textual does so for another size only
        self._last_size = event.size

    def on_app_focus(self) -> None:
        """Forget all cells, as other programs may have written to the terminal meanwhile."""
        self.forget_cells()

    # Title and end --------------------------------------------------------------------------

    def follow_terminal(self) -> None:
        """Begin to save and restore the title; call this once the app is mounted."""
        self._save_title()
        self.app_suspend_signal.subscribe(self, lambda _: self._restore_title())
        self.app_resume_signal.subscribe(self, lambda _: self._take_back())

    def _take_back(self) -> None:
        """Show everything again after another program had the terminal."""
        self._save_title()
        self.show_title_again()
        self.forget_cells()
        self.refresh(layout=True)

    def _save_title(self) -> None:
        """Let the terminal remember its title until `_restore_title`."""
        if self.can_set_title and not MODES.title_sequence:
            self.write_to_terminal(SAVE_TITLE)
            MODES.title_sequence = RESTORE_TITLE

    def on_unmount(self) -> None:
        """Restore the title at the end."""
        self._restore_title()

    def _restore_title(self) -> None:
        """Restore the title that the terminal had before."""
        self.write_to_terminal(MODES.title_sequence)
        MODES.title_sequence = ""

    def begin_end(self) -> None:
        """End the app without a question, because a signal requests it."""
        self._end_task = asyncio.create_task(self._end_in_order(), name="end")

    async def _end_in_order(self) -> None:
        """Take the terminal back from other programs, process the last keys, and end the app."""
        from tui.terminal.external_programs import end_program

        await end_program()
        # What was typed just before the signal is still on its way here.
        await self.wait_for_keys()
        self.exit()

    async def wait_for_keys(self) -> None:
        """Wait until every key that was typed so far has acted, or `_LAST_KEYS_SECONDS`."""
        quiet = 0
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LAST_KEYS_SECONDS):
                while quiet < _QUIET_LOOKS:
                    await asyncio.sleep(_KEY_TRAVEL_SECONDS)
                    is_busy = self.is_busy_with_keys or self.message_queue_size > 0
                    is_typed = not self.is_headless and has_keys_on_the_way()
                    quiet = 0 if is_busy or is_typed else quiet + 1
