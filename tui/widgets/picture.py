"""Draw a picture in half blocks: two pixels in each cell, on every terminal with colours."""

from typing import TYPE_CHECKING

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from tui.terminal.pictures import to_half_blocks

if TYPE_CHECKING:
    from PIL.Image import Image


class HalfBlocks(Widget):
    """Draw a picture as large as fits, in the middle."""

    def __init__(self, picture: "Image") -> None:
        """Create the widget of a picture.

        Args:
            picture: Picture in RGB.
        """
        super().__init__()
        self._picture = picture
        self._strips: list[Strip] = []

    def on_resize(self) -> None:
        """Draw the picture again for the new size."""
        width, height = self.size
        if not width or not height:
            return
        rows = to_half_blocks(self._picture, width, height)
        left = (width - len(rows[0])) // 2
        self._strips = [
            Strip(
                [Segment(" " * left, self.rich_style), *(_draw_cell(*pair) for pair in row)]
            ).simplify()
            for row in rows
        ]
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return one line of the screen."""
        line = y - (self.size.height - len(self._strips)) // 2
        if 0 <= line < len(self._strips):
            return self._strips[line].adjust_cell_length(self.size.width, self.rich_style)
        return Strip.blank(self.size.width, self.rich_style)


def _draw_cell(upper: tuple[int, int, int], lower: tuple[int, int, int]) -> Segment:
    """Draw two pixels, one above the other."""
    return Segment("▀", Style(color=Color.from_rgb(*upper), bgcolor=Color.from_rgb(*lower)))
