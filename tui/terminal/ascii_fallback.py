"""Replace our own characters by ASCII in the output of every widget."""

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from tui.terminal.ascii_text import to_ascii


class AsciiFilter(LineFilter):
    """Replace our characters by ASCII, in the output of every widget."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments with their characters in ASCII.

        Args:
            segments: Segments of a line.
            background: Colour under the line; not used.
        """
        return [segment._replace(text=to_ascii(segment.text)) for segment in segments]
