"""Our own signs in plain ASCII, on the way to the screen, for terminals that have no others.

Words and lines are written with the signs they should have. Where the desk is to be plain, ASCII is
put in their place as the last thing before the terminal, cell for cell, so that nothing
moves. What customers wrote keeps its signs, as far as the terminal has them: it passes the filter
under stand-ins, which no text can hold that was made printable.
"""

import re

_CUT = "…"
_BREAK = "⏎"
"""Stands for the end of a line in a text on one line: ours, wherever it stands."""
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
    _CUT: ".",
}
_FIRST_STAND_IN = 0xE000
_STAND_INS = {sign: chr(_FIRST_STAND_IN + place) for place, sign in enumerate(_ASCII)}

_plain = str.maketrans({**_ASCII, _BREAK: "/", **{s: sign for sign, s in _STAND_INS.items()}})
_sparing = str.maketrans(_STAND_INS)
_cut = re.compile(f"[ -~]{_CUT}")


def plain(text: str) -> str:
    """The text with our signs in ASCII, in as many cells; what was spared as it was."""
    return text if text.isascii() else _cut.sub("..", text).translate(_plain)


def spared(text: str) -> str:
    """A text from outside, so that `plain` leaves every sign in it as it is."""
    return text if text.isascii() else text.translate(_sparing)
