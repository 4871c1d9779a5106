"""Send a terminal only the cells that change.

Textual writes every cell of each region that is repainted: a typed character costs the line it
stands in, a scrolled list the whole list, and over an SSH link those bytes are what the agent
waits for. Here the cells last written are remembered, and of each update only those that differ
are sent.

Text with wide or joining characters, about whose width terminals disagree, is remembered as a
whole only: when any of it changes, all of its strip is written as Textual would. The same holds
for links. After a resize, a pause or a change of screens no cell is known, and an unknown cell is
always written.
"""

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.cells import get_character_cell_size
from rich.color import ColorSystem
from rich.console import COLOR_SYSTEMS, Console
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip

from tui.terminal.private_api import PlacedStrip, ScreenUpdate, has_strips, iterate_strips

_MAX_BRIDGED_CELLS = 4
"""Unchanged cells that are cheaper to write again than to jump over."""


@dataclass(frozen=True, slots=True)
class _CellStyle:
    """Colours and attributes of a cell, as parameters of SGR."""

    foreground: str
    background: str
    attributes: str
    """Bold, underlined and the like."""


_PlainCell = tuple[str, _CellStyle]
_Cell = _PlainCell | tuple[str, int]
"""A character with its style; or the sequence of a whole strip and the cell's place in it."""

_DEFAULT_STYLE = _CellStyle("39", "49", "")


class TerminalCells:
    """The cells shown on the terminal, as far as known."""

    def __init__(self) -> None:
        """Create the cells; none is known yet."""
        self._size = Size(0, 0)
        self._rows: list[list[_Cell | None]] = []
        self._screen: object = None

    def forget_cells(self) -> None:
        """Forget all cells, so that the next update is written as a whole."""
        self._size = Size(0, 0)

    def diff_update(
        self, update: ScreenUpdate, size: Size, screen: object, console: Console
    ) -> str:
        """Return the sequence that brings an update to the terminal, and record it as written.

        Args:
            update: Update of Textual's compositor.
            size: Size of the terminal in cells.
            screen: Screen that is shown; another screen makes all cells unknown.
            console: Console with the colour system of the terminal.
        """
        if not has_strips(update):
            self.forget_cells()
            return update.render_segments(console)
        if size != self._size or screen is not self._screen:
            self._size, self._screen = size, screen
            self._rows = [[None] * size.width for _ in range(size.height)]
        return self.diff_strips(iterate_strips(update), console)

    def diff_strips(self, strips: Iterable[PlacedStrip], console: Console) -> str:
        """Return the sequence that brings strips to the terminal, and record them as written.

        Args:
            strips: Strips with their places.
            console: Console with the colour system of the terminal.
        """
        writer = _CellWriter()
        for x, y, strip in strips:
            if not 0 <= y < len(self._rows) or x + strip.cell_length > self._size.width:
                writer.write_sequence(x, y, strip.render(console))
            else:
                self._write_strip(writer, x, y, strip, console)
        return writer.finish_output()

    def _write_strip(
        self, writer: "_CellWriter", x: int, y: int, strip: Strip, console: Console
    ) -> None:
        """Write the changed cells of one strip."""
        row, end = self._rows[y], x + strip.cell_length
        cells = _split_cells(strip, _find_color_system(console))
        if cells is not None:
            _write_changed_cells(writer, row, cells, x, y)
            return
        sequence = strip.render(console)
        whole: list[_Cell | None] = [(sequence, place) for place in range(strip.cell_length)]
        if row[x:end] != whole:
            row[x:end] = whole
            writer.write_sequence(x, y, sequence)


class _CellWriter:
    """Collect what is written, and track the cursor's place and the current style."""

    def __init__(self) -> None:
        """Create a writer at an unknown place, in the terminal's default style."""
        self._parts: list[str] = []
        self._style = _DEFAULT_STYLE
        self._position = (-1, -1)

    def write_sequence(self, x: int, y: int, sequence: str) -> None:
        """Write a complete sequence that ends in the default style.

        Args:
            x: Column of the first cell.
            y: Line on the terminal.
            sequence: Sequence to write.
        """
        self._parts.append(f"{self._reset_style()}\x1b[{y + 1};{x + 1}H{sequence}")
        self._position = (-1, -1)

    def write_cells(self, x: int, y: int, cells: Iterable[_PlainCell]) -> None:
        """Write cells from a place on.

        Args:
            x: Column of the first cell.
            y: Line on the terminal.
            cells: Characters with their styles.
        """
        parts = self._parts
        parts.append(self._move_cursor(x, y))
        style = self._style
        for character, wanted in cells:
            if wanted is not style and (character != " " or not _is_same_blank(style, wanted)):
                parts.append(_style_change(style, wanted))
                style = wanted
            parts.append(character)
            x += 1
        self._style = style
        self._position = (x, y)

    def finish_output(self) -> str:
        """Return everything written, ending in the default style."""
        return "".join([*self._parts, self._reset_style()])

    def _move_cursor(self, x: int, y: int) -> str:
        """Return the sequence that moves the cursor to a place; empty if it is there."""
        # Only forward on a known line: after the last column terminals disagree about the cursor.
        at_x, at_y = self._position
        if at_y == y and 0 <= at_x <= x:
            return f"\x1b[{x - at_x}C" if x > at_x else ""
        return f"\x1b[{y + 1};{x + 1}H"

    def _reset_style(self) -> str:
        """Return the sequence that restores the default style; empty if it is set."""
        old, self._style = self._style, _DEFAULT_STYLE
        return "\x1b[0m" if old is not _DEFAULT_STYLE else ""


def _write_changed_cells(
    writer: _CellWriter, row: list[_Cell | None], cells: Sequence[_PlainCell], x: int, y: int
) -> None:
    """Write the runs of cells that differ from the row, and record them in it."""
    end = len(cells)
    if row[x : x + end] == cells:
        return
    changed = [n for n in range(end) if not _looks_same(row[x + n], cells[n])]
    row[x : x + end] = cells
    begin = 0
    for place, n in enumerate(changed):
        last = place + 1 == len(changed)
        if last or changed[place + 1] - n > _MAX_BRIDGED_CELLS:
            first = changed[begin]
            writer.write_cells(x + first, y, cells[first : n + 1])
            begin = place + 1


def _looks_same(old: _Cell | None, new: _PlainCell) -> bool:
    """Return whether two cells look the same."""
    if old is None or old[0] != new[0]:
        return False
    style = old[1]
    if style is new[1] or isinstance(style, int):
        return style is new[1]
    return new[0] == " " and _is_same_blank(style, new[1])


def _is_same_blank(one: _CellStyle, other: _CellStyle) -> bool:
    """Return whether a blank looks the same in two styles; it has no foreground."""
    return one.background == other.background and not one.attributes and not other.attributes


@functools.lru_cache(maxsize=4096)
def _style_change(current: _CellStyle, wanted: _CellStyle) -> str:
    """Return the sequence that changes one style into another."""
    if current.attributes != wanted.attributes:
        codes = ["0", wanted.attributes, wanted.foreground, wanted.background]
    else:
        codes = [
            wanted.foreground if wanted.foreground != current.foreground else "",
            wanted.background if wanted.background != current.background else "",
        ]
    return f"\x1b[{';'.join(code for code in codes if code)}m"


@functools.lru_cache(maxsize=4096)
def _to_cell_style(style: Style | None, system: ColorSystem) -> _CellStyle | None:
    """Return the cell style of a style; None for a link, which cannot be expressed by it."""
    if style is None or not style:
        return _DEFAULT_STYLE
    if style.link:
        return None
    # Rich names the attributes only in a rendered text: ESC [ 1;4 m x ESC [0m.
    rendered = style.without_color.render("x", color_system=system)
    attributes = rendered.partition("x")[0].removeprefix("\x1b[").removesuffix("m")
    foreground = style.color.downgrade(system).get_ansi_codes() if style.color else ("39",)
    background = style.bgcolor.downgrade(system).get_ansi_codes(False) if style.bgcolor else ("49",)
    return _unique_style(";".join(foreground), ";".join(background), attributes)


@functools.cache
def _unique_style(foreground: str, background: str, attributes: str) -> _CellStyle:
    """Return the one cell style of each look, so that styles can be compared by identity."""
    return (
        _DEFAULT_STYLE
        if (foreground, background, attributes) == ("39", "49", "")
        else _CellStyle(foreground, background, attributes)
    )


def _find_color_system(console: Console) -> ColorSystem:
    """Return the colour system of the terminal; all colours if it is unknown."""
    return COLOR_SYSTEMS[console.color_system or "truecolor"]


@functools.lru_cache(maxsize=8192)
def _is_single_width(text: str) -> bool:
    """Return whether every character takes exactly one cell on any terminal."""
    return text.isprintable() and (
        text.isascii() or all(get_character_cell_size(character) == 1 for character in text)
    )


def _split_cells(strip: Strip, system: ColorSystem) -> list[_PlainCell] | None:
    """Return the strip as cells; None if its widths are uncertain or it has links or controls."""
    cells: list[_PlainCell] = []
    for text, style, control in strip:
        cell_style = _to_cell_style(style, system)
        if cell_style is None or control or not _is_single_width(text):
            return None
        cells += [(character, cell_style) for character in text]
    return cells
