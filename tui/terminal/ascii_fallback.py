"""Replace our own characters by ASCII on the way to the screen, for terminals that lack them.

Texts and lines are written with their proper characters. Where ASCII is wanted, it takes their
place as the last step before the terminal, cell for cell, so that nothing moves. Texts of
customers keep their characters, as far as the terminal has them: they pass the filter as
stand-ins from the private use area, which no text contains after `printable`.
"""

import re

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_ELLIPSIS = "…"
_LINE_BREAK = "⏎"
"""Stands for the end of a line in a text on one line; always ours, never a customer's."""
_ASCII = {
    **{chr(code): "+" for code in range(0x2500, 0x2580)},
    **{chr(code): " " for code in range(0x2580, 0x25A0)},
    **dict.fromkeys("═╌╍┄┅┈┉", "-"),
    **dict.fromkeys("║╎╏┆┇┊┋", "|"),
    **dict.fromkeys("·–—─━", "-"),
    **dict.fromkeys("↑⊘", "^"),
    **dict.fromkeys("→↗▌▶", ">"),
    **dict.fromkeys("●★▣", "*"),
    **dict.fromkeys("↓✓", "v"),
    **dict.fromkeys("×✗", "x"),
    **dict.fromkeys("│┃", "|"),
    **dict.fromkeys("“”", '"'),
    "←": "<",
    "○": "o",
    "◐": "~",
    "✎": "/",
    _ELLIPSIS: ".",
}
_FIRST_STAND_IN = 0xE000
_STAND_INS = {sign: chr(_FIRST_STAND_IN + place) for place, sign in enumerate(_ASCII)}

_ASCII_TABLE = str.maketrans(
    {**_ASCII, _LINE_BREAK: "/", **{s: sign for sign, s in _STAND_INS.items()}}
)
_PROTECTING_TABLE = str.maketrans(_STAND_INS)
_ELLIPSIS_PATTERN = re.compile(f"[ -~]{_ELLIPSIS}")


def to_ascii(text: str) -> str:
    """Return the text with our characters in ASCII, in as many cells.

    Protected texts get their own characters back.

    Args:
        text: Text on its way to the screen.
    """
    return text if text.isascii() else _ELLIPSIS_PATTERN.sub("..", text).translate(_ASCII_TABLE)


def protect_text(text: str) -> str:
    """Return an outside text in a form whose characters `to_ascii` leaves unchanged.

    Args:
        text: Text of a customer, made printable.
    """
    return text if text.isascii() else text.translate(_PROTECTING_TABLE)


class AsciiFilter(LineFilter):
    """Replace our characters by ASCII, in the output of every widget."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments with their characters in ASCII.

        Args:
            segments: Segments of a line.
            background: Colour under the line; not used.
        """
        return [segment._replace(text=to_ascii(segment.text)) for segment in segments]
