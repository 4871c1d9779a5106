"""Lines of which the last stands at the bottom, until somebody scrolls."""

from abc import abstractmethod
from dataclasses import dataclass

from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.strip import Strip

from tui.widgets.say import Reader
from tui.widgets.styled import Styled


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a view, and the message it belongs to (0 for what stands between them)."""

    strip: Strip
    message_id: int


class BottomView(Reader, Styled):
    """Draws the lines that are on the screen; a subclass lays them out."""

    lines: list[Line]
    """All lines, also those above and below the screen."""
    below = 0
    """How many lines lie below the screen: 0 while following what comes in."""

    @property
    @abstractmethod
    def ground(self) -> Style:
        """What the lines stand on."""

    @property
    def above(self) -> int:
        """How many lines lie above the screen; negative where lines do not fill it."""
        return len(self.lines) - self.below - self.size.height

    def put(self, lines: list[Line]) -> None:
        """Take other lines, without painting them."""
        self.lines = lines
        self._stay_at(self.below)

    def _stay_at(self, below: int) -> None:
        """Stand so many lines over the last one, as far as there are lines."""
        self.below = max(0, min(below, len(self.lines) - self.size.height))

    async def scroll_by(self, lines: int) -> None:
        """Scroll up (positive) or down by lines."""
        self._stay_at(self.below + lines)
        self.refresh()

    async def page(self, pages: int) -> None:
        """Scroll by screens, keeping two lines of the old one."""
        await self.scroll_by(pages * max(1, self.size.height - 2))

    def repaint(self, old: list[Line]) -> None:
        """Paint the lines that differ from the old ones; all when there are more or fewer."""
        new, width = self.lines, self.size.width
        if len(new) != len(old):
            self.refresh()
            return
        first = max(0, self.above)
        for y in range(min(self.size.height, len(new) - first)):
            if new[first + y].strip != old[first + y].strip:
                self.refresh(Region(0, y, width, 1))

    def place(self, message_id: int) -> tuple[int, int] | None:
        """The first and the last line of a message."""
        places = [n for n, line in enumerate(self.lines) if line.message_id == message_id]
        return (places[0], places[-1]) if places else None

    def lines_behind(self, message_id: int) -> int:
        """How many lines lie below a message; all when it is not there."""
        place = self.place(message_id)
        return len(self.lines) - 1 - place[1] if place else len(self.lines)

    def bring_into_sight(self, message_id: int) -> None:
        """Scroll to a message, as little as that takes."""
        place = self.place(message_id)
        if place is None:
            return
        below_last = len(self.lines) - 1 - place[1]
        below_first = len(self.lines) - place[0] - self.size.height
        self.below = max(0, max(min(self.below, below_last), below_first))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of the screen; lines that do not fill it begin at its top."""
        place = max(0, self.above) + y
        if place < len(self.lines):
            return self.lines[place].strip
        return Strip.blank(self.size.width, self.ground)

    async def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel scrolls."""
        event.stop()
        await self.scroll_by(3)

    async def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel scrolls."""
        event.stop()
        await self.scroll_by(-3)
