"""Describe the look of cells as parameters of SGR, and change one look into another cheaply.

A colour takes up to nineteen bytes, so an attribute is switched on or off by its own code, and two
exchanged colours are written as a reversal.
"""

import functools

from rich.color import ColorSystem
from rich.console import COLOR_SYSTEMS, Console
from rich.style import Style

from tui.domain.record_type import record

_SWITCH_OFF = {
    **{"1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "6": "25", "7": "27", "8": "28"},
    **{"9": "29", "21": "24", "51": "54", "52": "54", "53": "55"},
}
"""Codes that end an attribute."""
_INVISIBLE_ON_BLANKS = frozenset({"1", "2", "3"})
"""Bold, dim and italic, which do not change how a blank looks."""
_REVERSE = "7"
_ANY_COLOUR = ""
"""Foreground of a blank, which has none."""


@record(eq=False)
class CellStyle:
    """Colours and attributes of a cell, as parameters of SGR; `make_style` makes one of each."""

    foreground: str
    background: str
    attributes: tuple[str, ...]
    """Codes for bold, underlined and the like."""

    @property
    def shows_blanks(self) -> bool:
        """Return whether a blank in this style differs from its bare background."""
        return not _INVISIBLE_ON_BLANKS.issuperset(self.attributes)


@functools.cache
def make_style(foreground: str, background: str, attributes: tuple[str, ...]) -> CellStyle:
    """Return the one style of a look, so that styles can be compared by identity.

    Args:
        foreground: Parameters of its colour; "39" for the terminal's own.
        background: Parameters of its colour; "49" for the terminal's own.
        attributes: Codes of its attributes.
    """
    return CellStyle(foreground, background, attributes)


DEFAULT_STYLE = make_style("39", "49", ())


@functools.lru_cache(maxsize=4096)
def to_cell_style(style: Style | None, system: ColorSystem) -> CellStyle | None:
    """Return the cell style of a style; None for a link, which cannot be expressed by it."""
    if style is None or not style:
        return DEFAULT_STYLE
    if style.link:
        return None
    # Rich names the attributes only in a rendered text: ESC [ 1;4 m x ESC [0m.
    rendered = style.without_color.render("x", color_system=system)
    codes = rendered.partition("x")[0].removeprefix("\x1b[").removesuffix("m")
    foreground = style.color.downgrade(system).get_ansi_codes() if style.color else ("39",)
    background = style.bgcolor.downgrade(system).get_ansi_codes(False) if style.bgcolor else ("49",)
    attributes = tuple(code for code in codes.split(";") if code)
    return make_style(";".join(foreground), ";".join(background), attributes)


@functools.cache
def get_blank_style(style: CellStyle) -> CellStyle:
    """Return the style that all blanks share which look like a blank in this style."""
    if style.shows_blanks:
        return style
    return make_style(_ANY_COLOUR, style.background, ())


@functools.lru_cache(maxsize=4096)
def change_style(current: CellStyle, wanted: CellStyle) -> tuple[str, CellStyle]:
    """Return the shortest sequence that changes the style, and the style that is set then.

    That one can have the colours of a blank, which are free, or be the reversal of what is wanted.

    Args:
        current: Style that the terminal writes in.
        wanted: Style of the next cells.
    """
    is_blank = wanted.foreground == _ANY_COLOUR
    if is_blank:
        kept = tuple(code for code in current.attributes if code in _INVISIBLE_ON_BLANKS)
        wanted = make_style(current.foreground, wanted.background, kept)
    if wanted is current:
        return "", current
    found = [(_join_codes(_list_changes(current, wanted)), wanted)]
    if wanted.attributes:
        whole = ["0", *wanted.attributes, wanted.foreground, wanted.background]
        found.append((_join_codes(whole), wanted))
    if wanted is DEFAULT_STYLE:
        found.append((_join_codes(["0"]), wanted))
    if _is_exchanged(current, wanted, is_blank=is_blank):
        attributes = (*wanted.attributes, _REVERSE)
        reversed_style = make_style(current.foreground, current.background, attributes)
        codes = _list_changes(current, reversed_style)
        found.append((_join_codes(codes), reversed_style))
    return min(found, key=lambda one: len(one[0]))


def _is_exchanged(current: CellStyle, wanted: CellStyle, *, is_blank: bool) -> bool:
    """Return whether two styles have each other's colours, out of 256 or more; a blank has one."""
    return (
        _REVERSE not in wanted.attributes
        and current.foreground[:2] == wanted.foreground[:2] == "38"
        and current.background[:2] == wanted.background[:2] == "48"
        and current.foreground[1:] == wanted.background[1:]
        and (is_blank or current.background[1:] == wanted.foreground[1:])
    )


def _list_changes(current: CellStyle, wanted: CellStyle) -> list[str]:
    """Return the codes for what differs."""
    ended = {
        _SWITCH_OFF.get(code, "0") for code in current.attributes if code not in wanted.attributes
    }
    if "0" in ended:
        return ["0", *wanted.attributes, wanted.foreground, wanted.background]
    # What ends bold ends dim as well, so that it may have to begin again.
    begun = [
        code
        for code in wanted.attributes
        if code not in current.attributes or _SWITCH_OFF.get(code) in ended
    ]
    colours = [
        wanted.foreground if wanted.foreground != current.foreground else "",
        wanted.background if wanted.background != current.background else "",
    ]
    return [*sorted(ended), *begun, *colours]


def _join_codes(codes: list[str]) -> str:
    """Return the sequence with these codes; empty without any."""
    given = ";".join(code for code in codes if code)
    return f"\x1b[{given}m" if given else ""


def find_color_system(console: Console) -> ColorSystem:
    """Return the colour system of the terminal; all colours if it is unknown."""
    return COLOR_SYSTEMS[console.color_system or "truecolor"]
