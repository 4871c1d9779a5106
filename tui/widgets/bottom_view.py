"""Show lines of which the last stands at the bottom until the agent scrolls."""

from abc import abstractmethod

from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.strip import Strip

from tui.domain.record_type import record
from tui.widgets.status_messages import StoreReader
from tui.widgets.styled import StyledWidget


@record
class ViewLine:
    """One line of a view, and the message it belongs to (0 for headings between messages)."""

    strip: Strip
    message_id: int


class BottomView(StoreReader, StyledWidget):
    """Draw the lines that are on the screen; a subclass lays them out."""

    lines: list[ViewLine]
    """All lines, including those above and below the screen."""
    lines_below = 0
    """How many lines lie below the screen; 0 while the view follows new messages."""

    @property
    @abstractmethod
    def background_style(self) -> Style:
        """Return the style of the background under the lines."""

    @property
    def lines_above(self) -> int:
        """Return how many lines lie above the screen; negative if the lines do not fill it."""
        return len(self.lines) - self.lines_below - self.size.height

    def set_lines(self, lines: list[ViewLine]) -> None:
        """Replace the lines without painting them.

        Args:
            lines: All lines, from top to bottom.
        """
        self.lines = lines
        self._set_lines_below(self.lines_below)

    def _set_lines_below(self, below: int) -> None:
        """Set how many lines lie below the screen, as far as there are lines."""
        self.lines_below = max(0, min(below, len(self.lines) - self.size.height))

    async def scroll_lines(self, lines: int) -> None:
        """Scroll up or down by lines.

        Args:
            lines: Lines to scroll; positive for up.
        """
        self._set_lines_below(self.lines_below + lines)
        self.refresh()

    async def scroll_pages(self, pages: int) -> None:
        """Scroll by screens, with two lines of the old one still visible.

        Args:
            pages: Screens to scroll; positive for up.
        """
        await self.scroll_lines(pages * max(1, self.size.height - 2))

    def repaint_changed(self, old: list[ViewLine]) -> None:
        """Repaint the lines that differ from the old ones; all if their number has changed.

        Args:
            old: Lines that are on the screen.
        """
        new, width = self.lines, self.size.width
        if len(new) != len(old):
            self.refresh()
            return
        first = max(0, self.lines_above)
        for y in range(min(self.size.height, len(new) - first)):
            if new[first + y].strip != old[first + y].strip:
                self.refresh(Region(0, y, width, 1))

    def find_lines(self, message_id: int) -> tuple[int, int] | None:
        """Return the first and the last line of a message; None if it is not shown."""
        places = [n for n, line in enumerate(self.lines) if line.message_id == message_id]
        return (places[0], places[-1]) if places else None

    def find_bottom_anchor(self) -> tuple[int, int] | None:
        """Return the lowest message on the screen and how many of its lines lie below that."""
        bottom = len(self.lines) - self.lines_below
        for line in reversed(self.lines[:bottom]):
            place = self.find_lines(line.message_id) if line.message_id else None
            if place is not None:
                return line.message_id, place[1] + 1 - bottom
        return None

    def scroll_to_anchor(self, anchor: tuple[int, int]) -> None:
        """Scroll so that a message stands where it stood before lines were added.

        Args:
            anchor: Message, and how many of its lines lay below the screen.
        """
        place = self.find_lines(anchor[0])
        if place is not None:
            self._set_lines_below(len(self.lines) - 1 - place[1] + anchor[1])
            self.refresh()

    def scroll_to_message(self, message_id: int, above: int = 0) -> None:
        """Scroll to a message by as few lines as possible.

        Args:
            message_id: Message to show.
            above: Lines above it that have to be shown, too.
        """
        place = self.find_lines(message_id)
        if place is None:
            return
        below_last = len(self.lines) - 1 - place[1]
        below_first = len(self.lines) - max(0, place[0] - above) - self.size.height
        self.lines_below = max(0, max(min(self.lines_below, below_last), below_first))
        self.refresh()

    def draw_line(self, y: int, size: Size) -> Strip:
        """Return one line of the screen; lines that do not fill it begin at its top."""
        place = max(0, len(self.lines) - self.lines_below - size.height) + y
        if place < len(self.lines):
            return self.lines[place].strip
        return Strip.blank(size.width, self.background_style)

    async def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll up with the wheel."""
        event.stop()
        await self.scroll_lines(3)

    async def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll down with the wheel."""
        event.stop()
        await self.scroll_lines(-3)
