"""Replace our own characters by ASCII on the way to the screen, for terminals that lack them.

Texts and lines are written with their proper characters. Where ASCII is wanted, it takes their
place as the last step before the terminal, cell for cell, so that nothing moves. Texts of
customers keep their characters, as far as the terminal has them: they pass the filter as
stand-ins, private or unassigned code points, which no text contains after `to_printable`.

What a badge or a mark looks like in ASCII is decided in `desk/badges.py` alone; the table here adds
only lines, arrows and punctuation. `tests/ui/test_ascii_badges.py` compares all screens with it.
"""

import re
from collections.abc import Mapping

from rich.cells import cell_len, set_cell_size

from tui.desk.badges import list_symbols

_ELLIPSIS = "…"
_LINE_BREAK = "⏎"
"""Stands for the end of a line in a text on one line; always ours, never a customer's."""


def _list_badge_characters() -> Mapping[str, str]:
    """Return the ASCII of each single character of the badge table, in as many cells."""
    return {
        symbol.shape: set_cell_size(symbol.ascii_shape, cell_len(symbol.shape))
        for symbol in list_symbols()
        if len(symbol.shape) == 1 and not symbol.shape.isascii() and symbol.shape != _ELLIPSIS
    }


_ASCII = {
    **{chr(code): "+" for code in range(0x2500, 0x2580)},
    **{chr(code): " " for code in range(0x2580, 0x25A0)},
    **dict.fromkeys("═╌╍┄┅┈┉", "-"),
    **dict.fromkeys("║╎╏┆┇┊┋", "|"),
    **dict.fromkeys("·–—─━", "-"),
    **dict.fromkeys("▌▶→", ">"),
    **dict.fromkeys("│┃", "|"),
    **dict.fromkeys("“”", '"'),
    "←": "<",
    "↑": "^",
    "↓": "v",
    "×": "x",
    _ELLIPSIS: ".",
    **_list_badge_characters(),  # last: the badge table decides
}
_FIRST_STAND_INS = {1: 0xE000, 2: 0x3F000}
"""First stand-in by the cells that it takes, which must be those of the character it stands for."""
_STAND_INS = {
    sign: chr(_FIRST_STAND_INS[cell_len(sign)] + place) for place, sign in enumerate(_ASCII)
}

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
