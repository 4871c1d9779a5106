"""Provide the reference: a minimal list of two-line rows on Textual's line API."""

from rich.segment import Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

ROWS = 100_000
_PLAIN = Style.parse("#d8dee9 on #12161c")
_CURRENT = Style.parse("#ffffff on #1f4a6b")
_DIM = Style.parse("#8a93a3 on #12161c")


class Rows(ScrollView, can_focus=True):
    """Show rows that are computed when they are drawn."""

    BINDINGS = [("j", "move(1)"), ("k", "move(-1)")]  # noqa: RUF012 (as Textual has it)

    def __init__(self) -> None:
        """Create the list with the cursor on the first row."""
        super().__init__()
        self.cursor = 0

    def on_mount(self) -> None:
        """Set the length of the list."""
        self.virtual_size = Size(self.size.width, ROWS * 2)

    def action_move(self, by: int) -> None:
        """Move the cursor and repaint both rows, or all rows when the list scrolls."""
        old, self.cursor = self.cursor, max(0, min(self.cursor + by, ROWS - 1))
        height, top = self.size.height, self.scroll_offset.y
        if self.cursor * 2 + 2 > top + height:
            self.scroll_to(y=self.cursor * 2 + 2 - height, animate=False)
        elif self.cursor * 2 < top:
            self.scroll_to(y=self.cursor * 2, animate=False)
        for place in (old, self.cursor):
            self.refresh(Region(0, place * 2 - self.scroll_offset.y, self.size.width, 2))

    def render_line(self, y: int) -> Strip:
        """Return a title or a preview."""
        row, line = divmod(y + self.scroll_offset.y, 2)
        width = self.size.width
        text = f" ● Customer {row:07d}" if line == 0 else "    the last thing that was said"
        style = _CURRENT if row == self.cursor else (_DIM if line else _PLAIN)
        age = " 12m " if line == 0 else " ✓✓ "
        parts = [Segment(text.ljust(width - len(age)), style), Segment(age, style)]
        return Strip(parts).adjust_cell_length(width, style)


class Prototype(App[None]):
    """Show only the list."""

    def compose(self) -> ComposeResult:
        """Yield the list."""
        yield Rows()


if __name__ == "__main__":
    Prototype().run()
