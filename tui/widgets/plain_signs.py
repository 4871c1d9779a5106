"""The last thing before a terminal that has only ASCII."""

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from tui.terminal.signs import plain


class PlainSigns(LineFilter):
    """Puts ASCII in the place of our signs, whatever widget shows them."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments, the signs in them plain."""
        return [segment._replace(text=plain(segment.text)) for segment in segments]
