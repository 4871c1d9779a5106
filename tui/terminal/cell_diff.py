"""Send a terminal only the cells that change.

Textual writes every cell of each region that is repainted: a typed character costs the line it
stands in, a scrolled list the whole list, and over an SSH link those bytes are what the agent
waits for. Here the cells last written are remembered, and of each update only those that differ
are sent (`cell_output` writes them). Lines that have only moved are moved by the terminal, if they
have its whole width.

Text with wide or joining characters, about whose width terminals disagree, is remembered as a
whole only: when any of it changes, all of its strip is written as Textual would. The same holds
for links. After a resize, a pause or a change of screens no cell is known, and an unknown cell is
always written.
"""

import functools
from collections.abc import Iterable, Iterator, Sequence

from rich.cells import get_character_cell_size
from rich.color import ColorSystem
from rich.console import Console
from textual.geometry import Size
from textual.strip import Strip

from tui.terminal.cell_output import CellOutput, Piece, Place
from tui.terminal.cell_styles import CellStyle, find_color_system, get_blank_style, to_cell_style
from tui.terminal.private_api import PlacedStrip, ScreenUpdate, has_strips, iterate_strips

_MAX_BRIDGED_CELLS = 3
"""Unchanged cells that are cheaper to write again than to jump over."""
_SCROLLS = (1, 2, 3, 4, -1, -2, -3, -4)
"""Lines by which a list moves up with one key; negative for down."""
_LEAST_MOVED_LINES = 4
"""Lines that have to move for a scroll to be worth its sequence."""
_PlainCell = tuple[str, CellStyle]
_Cell = _PlainCell | tuple[str, int]
"""A character with its style; or the sequence of a whole strip and the cell's place in it."""
_Row = list[_Cell | None]


class TerminalCells:
    """The cells shown on the terminal, as far as known."""

    def __init__(self, *, xterm_like: bool = False) -> None:
        """Create the cells; none is known yet.

        Args:
            xterm_like: Whether the terminal erases and scrolls as xterm does.
        """
        self._xterm_like = xterm_like
        self._size = Size(0, 0)
        self._rows: list[_Row] = []
        self._screen: object = None
        self._output = CellOutput(0, xterm_like=xterm_like)

    def forget_cells(self) -> None:
        """Forget all cells, so that the next update is written as a whole."""
        self._size = Size(0, 0)

    def diff_update(
        self,
        update: ScreenUpdate,
        size: Size,
        screen: object,
        console: Console,
        cursor: Place | None = None,
    ) -> str:
        """Return the sequence that brings an update to the terminal, and record it as written.

        Args:
            update: Update of Textual's compositor.
            size: Size of the terminal in cells.
            screen: Screen that is shown; another screen makes all cells unknown.
            console: Console with the colour system of the terminal.
            cursor: Column and line where the cursor is seen; None if it is not.
        """
        if not has_strips(update):
            self.forget_cells()
            return update.render_segments(console)
        if size != self._size or screen is not self._screen:
            self._size, self._screen = size, screen
            self._rows = [[None] * size.width for _ in range(size.height)]
            self._output = CellOutput(size.width, xterm_like=self._xterm_like)
        return self.diff_strips(iterate_strips(update), console, cursor)

    def diff_strips(
        self, strips: Iterable[PlacedStrip], console: Console, cursor: Place | None = None
    ) -> str:
        """Return the sequence that brings strips to the terminal, and record them as written.

        Args:
            strips: Strips with their places.
            console: Console with the colour system of the terminal.
            cursor: Column and line where the cursor is seen; None if it is not.
        """
        wanted, outside = self._collect_rows(strips, console)
        if self._xterm_like:
            self._scroll_rows(wanted)
        pieces = outside
        for y, row in sorted(wanted.items()):
            if row != self._rows[y]:
                pieces += _find_changes(self._rows[y], row, y)
                self._rows[y] = row
        if pieces or cursor is not None:
            self._output.write_pieces(pieces, cursor)
        return self._output.take_output()

    def _collect_rows(
        self, strips: Iterable[PlacedStrip], console: Console
    ) -> tuple[dict[int, _Row], list[Piece]]:
        """Return the lines as they have to be, and strips that reach over the edge."""
        system = find_color_system(console)
        rows: dict[int, _Row] = {}
        outside: list[Piece] = []
        for x, y, strip in strips:
            if not 0 <= y < len(self._rows) or x + strip.cell_length > self._size.width:
                outside.append(Piece(y, x, strip.render(console), None))
                continue
            if (row := rows.get(y)) is None:
                row = rows[y] = self._rows[y].copy()
            row[x : x + strip.cell_length] = _split_cells(strip, system) or _keep_whole(
                strip, console
            )
        return rows, outside

    def _scroll_rows(self, wanted: dict[int, _Row]) -> None:
        """Let the terminal move the lines that are wanted elsewhere, if that saves enough of them.

        Args:
            wanted: Lines of the update as they have to be; only these may change.
        """
        if len(wanted) <= _LEAST_MOVED_LINES:
            return
        found = [self._find_moved_lines(wanted, by) for by in _SCROLLS]
        moved, by = max(zip(found, _SCROLLS, strict=True), key=lambda one: len(one[0]))
        if len(moved) < _LEAST_MOVED_LINES:
            return
        top, bottom = min(moved) + min(by, 0), max(moved) + max(by, 0)
        self._output.scroll_lines(top, bottom, by)
        fresh: list[_Row] = [[None] * self._size.width for _ in range(abs(by))]
        lines = self._rows[top : bottom + 1]
        self._rows[top : bottom + 1] = [*lines[by:], *fresh] if by > 0 else [*fresh, *lines[:by]]

    def _find_moved_lines(self, wanted: dict[int, _Row], by: int) -> range:
        """Return the most lines in a row that are on the screen, but so many lines lower."""
        best = range(0)
        begin = 0
        for y in sorted(wanted):
            is_moved = (
                y + by in wanted
                and wanted[y] != self._rows[y]
                and wanted[y] == self._rows[y + by]
                and None not in wanted[y]
            )
            if not is_moved:
                begin = y + 1
            elif y + 1 - begin > len(best) and all(n in wanted for n in range(begin, y)):
                best = range(begin, y + 1)
        return best


def _find_changes(row: _Row, wanted: _Row, y: int) -> Iterator[Piece]:
    """Yield what has to be written to turn one line into another."""
    changed = [n for n, (old, new) in enumerate(zip(row, wanted, strict=True)) if old != new]
    end = 0
    for place, n in enumerate(changed):
        if n < end or (cell := wanted[n]) is None:
            continue
        character, style = cell
        if isinstance(style, int):
            yield Piece(y, n - style, character, None)
            end = _find_strip_end(wanted, n, character)
        else:
            end, style = _find_run_end(wanted, changed[place:], style)
            yield Piece(y, n, "".join([one[0] for one in wanted[n:end] if one]), style)


def _find_run_end(wanted: _Row, changed: Sequence[int], style: CellStyle) -> tuple[int, CellStyle]:
    """Return the column after the cells that are written together, and the style for all of them.

    Args:
        wanted: Cells of the line.
        changed: Columns of the cells to write, from the first of them on.
        style: Style of the first.
    """
    end = changed[0] + 1
    for n in changed[1:]:
        if n - end > _MAX_BRIDGED_CELLS:
            break
        for cell in wanted[end : n + 1]:
            common = _find_common_style(style, cell)
            if common is None:
                return end, style
            style = common
        end = n + 1
    return end, style


def _find_common_style(style: CellStyle, cell: _Cell | None) -> CellStyle | None:
    """Return a style in which cells of another style and this cell look right; None for none."""
    if cell is None or isinstance(other := cell[1], int):
        return None
    if other is style or get_blank_style(style) is other:
        return style
    return other if get_blank_style(other) is style else None


def _find_strip_end(wanted: _Row, n: int, sequence: str) -> int:
    """Return the column after the cells of a whole strip."""
    while n < len(wanted) and (cell := wanted[n]) is not None and cell[0] is sequence:
        n += 1
    return n


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
        cell_style = to_cell_style(style, system)
        if cell_style is None or control or not _is_single_width(text):
            return None
        cells += _make_cells(text, cell_style)
    return cells


def _keep_whole(strip: Strip, console: Console) -> list[tuple[str, int]]:
    """Return the cells of a strip that is written as a whole or not at all."""
    sequence = strip.render(console)
    return [(sequence, place) for place in range(strip.cell_length)]


@functools.lru_cache(maxsize=8192)
def _make_cells(text: str, style: CellStyle) -> Sequence[_PlainCell]:
    """Return the cells of a text; cells that look the same are the same object."""
    blank = _make_cell(" ", get_blank_style(style))
    return [blank if character == " " else _make_cell(character, style) for character in text]


@functools.lru_cache(maxsize=8192)
def _make_cell(text: str, style: CellStyle) -> _PlainCell:
    """Return the cell of a character; kept, as the cached texts would have a cell for each."""
    return (text, style)
