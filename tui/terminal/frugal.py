"""Send a terminal only the cells that change.

Textual writes every cell of each region that is repainted: a typed character costs the line it
stands in, a scrolled list the whole list, and over an SSH link those bytes are the wait. Here the
cells last written are remembered, and of each update only those that differ are sent.

Text with wide or joining characters, about whose width terminals disagree, is known as a whole
only: when any of it changes, all of its strip is written as Textual would. So are links. After a
resize, a pause or a change of screens nothing is known, and what is not known is always written.
"""

import functools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich.cells import get_character_cell_size
from rich.color import ColorSystem
from rich.console import Console
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.geometry import Size
from textual.strip import Strip

_BRIDGE = 4
"""So many unchanged cells are cheaper written again than jumped over."""


@dataclass(frozen=True, slots=True)
class _Pen:
    """How a cell is coloured, as parameters of SGR."""

    ink: str
    paper: str
    manner: str
    """Bold, underlined and the like."""


_PlainCell = tuple[str, _Pen]
_Cell = _PlainCell | tuple[str, int]
"""A character and its pen; or all of a strip's sequence and the cell's place in it."""
Placed = tuple[int, int, Strip]
"""A strip and the column and line where it begins."""

_INKLESS = _Pen("39", "49", "")


class Picture:
    """What is on the terminal, as far as known."""

    def __init__(self) -> None:
        """Nothing is known."""
        self._size = Size(0, 0)
        self._rows: list[list[_Cell | None]] = []
        self._screen: object = None

    def forget(self) -> None:
        """Nothing is known any more: whatever comes next is written whole."""
        self._size = Size(0, 0)

    def take(self, update: CompositorUpdate, size: Size, screen: object, console: Console) -> str:
        """What to write so that an update is on a terminal of this size; it counts as written."""
        if not isinstance(update, LayoutUpdate | ChopsUpdate):
            self.forget()
            return update.render_segments(console)
        if size != self._size or screen is not self._screen:
            self._size, self._screen = size, screen
            self._rows = [[None] * size.width for _ in range(size.height)]
        return self.difference(_placed(update), console)

    def difference(self, strips: Iterable[Placed], console: Console) -> str:
        """What to write so that these strips are on the terminal; they count as written."""
        writer = _Writer()
        for x, y, strip in strips:
            if not 0 <= y < len(self._rows) or x + strip.cell_length > self._size.width:
                writer.raw(x, y, strip.render(console))
            else:
                self._write(writer, x, y, strip, console)
        return writer.finish()

    def _write(self, writer: "_Writer", x: int, y: int, strip: Strip, console: Console) -> None:
        """Write what differs of one strip."""
        row, end = self._rows[y], x + strip.cell_length
        cells = _cells(strip, console._color_system or ColorSystem.TRUECOLOR)
        if cells is not None:
            _write_changes(writer, row, cells, x, y)
            return
        sequence = strip.render(console)
        whole: list[_Cell | None] = [(sequence, place) for place in range(strip.cell_length)]
        if row[x:end] != whole:
            row[x:end] = whole
            writer.raw(x, y, sequence)


class Ready(CompositorUpdate):
    """An update that is a sequence already."""

    def __init__(self, sequence: str) -> None:
        """`sequence` is what is written."""
        self._sequence = sequence

    def render_segments(self, console: Console) -> str:
        """The sequence."""
        return self._sequence


class _Writer:
    """Collects what is written, and knows the cursor's place and the pen in between."""

    def __init__(self) -> None:
        """The cursor is anywhere, the pen is the terminal's own."""
        self._parts: list[str] = []
        self._pen = _INKLESS
        self._at = (-1, -1)

    def raw(self, x: int, y: int, sequence: str) -> None:
        """Write what is ready for the terminal and ends with its own pen put down."""
        self._parts.append(f"{self._lift()}\x1b[{y + 1};{x + 1}H{sequence}")
        self._at = (-1, -1)

    def cells(self, x: int, y: int, cells: Iterable[_PlainCell]) -> None:
        """Write cells."""
        parts = self._parts
        parts.append(self._move(x, y))
        pen = self._pen
        for character, wanted in cells:
            if wanted is not pen and (character != " " or not _same_blank(pen, wanted)):
                parts.append(_change(pen, wanted))
                pen = wanted
            parts.append(character)
            x += 1
        self._pen = pen
        self._at = (x, y)

    def finish(self) -> str:
        """All of it, the pen put down."""
        return "".join([*self._parts, self._lift()])

    def _move(self, x: int, y: int) -> str:
        """Bring the cursor there; behind the last column no terminal's cursor can be trusted."""
        at_x, at_y = self._at
        if at_y == y and 0 <= at_x <= x:
            return f"\x1b[{x - at_x}C" if x > at_x else ""
        return f"\x1b[{y + 1};{x + 1}H"

    def _lift(self) -> str:
        """Put the pen down, if one is held."""
        held, self._pen = self._pen, _INKLESS
        return "\x1b[0m" if held is not _INKLESS else ""


def _write_changes(
    writer: _Writer, row: list[_Cell | None], cells: Sequence[_PlainCell], x: int, y: int
) -> None:
    """Write the runs of cells that differ from the row, and take them into it."""
    end = len(cells)
    if row[x : x + end] == cells:
        return
    changed = [n for n in range(end) if not _looks_same(row[x + n], cells[n])]
    row[x : x + end] = cells
    begin = 0
    for place, n in enumerate(changed):
        last = place + 1 == len(changed)
        if last or changed[place + 1] - n > _BRIDGE:
            first = changed[begin]
            writer.cells(x + first, y, cells[first : n + 1])
            begin = place + 1


def _looks_same(old: _Cell | None, new: _PlainCell) -> bool:
    """Whether two cells look the same; a blank has no ink."""
    if old is None or old[0] != new[0]:
        return False
    pen = old[1]
    if pen is new[1] or isinstance(pen, int):
        return pen is new[1]
    return new[0] == " " and _same_blank(pen, new[1])


def _same_blank(one: _Pen, other: _Pen) -> bool:
    """Whether a blank looks the same under two pens."""
    return one.paper == other.paper and not one.manner and not other.manner


@functools.lru_cache(maxsize=4096)
def _change(held: _Pen, wanted: _Pen) -> str:
    """The sequence that turns one pen into another."""
    if held.manner != wanted.manner:
        codes = ["0", wanted.manner, wanted.ink, wanted.paper]
    else:
        codes = [
            wanted.ink if wanted.ink != held.ink else "",
            wanted.paper if wanted.paper != held.paper else "",
        ]
    return f"\x1b[{';'.join(code for code in codes if code)}m"


@functools.lru_cache(maxsize=4096)
def _pen(style: Style | None, system: ColorSystem) -> _Pen | None:
    """The pen of a style; None for a link, which is more than a pen."""
    if style is None or not style:
        return _INKLESS
    if style.link:
        return None
    manner = style.without_color._make_ansi_codes(system)
    ink = style.color.downgrade(system).get_ansi_codes() if style.color else ("39",)
    paper = style.bgcolor.downgrade(system).get_ansi_codes(False) if style.bgcolor else ("49",)
    return _only(";".join(ink), ";".join(paper), manner)


@functools.cache
def _only(ink: str, paper: str, manner: str) -> _Pen:
    """Pens are compared by identity: there is one for each look."""
    return _INKLESS if (ink, paper, manner) == ("39", "49", "") else _Pen(ink, paper, manner)


@functools.lru_cache(maxsize=8192)
def _single(text: str) -> bool:
    """Whether every character takes one cell by itself, on any terminal."""
    return text.isprintable() and (
        text.isascii() or all(get_character_cell_size(character) == 1 for character in text)
    )


def _cells(strip: Strip, system: ColorSystem) -> list[_PlainCell] | None:
    """The strip cell by cell; None when that cannot be said."""
    cells: list[_PlainCell] = []
    for text, style, control in strip:
        pen = _pen(style, system)
        if pen is None or control or not _single(text):
            return None
        cells += [(character, pen) for character in text]
    return cells


def _placed(update: LayoutUpdate | ChopsUpdate) -> Iterator[Placed]:
    """The strips of an update and their places, cut as Textual cuts them."""
    if isinstance(update, LayoutUpdate):
        for y, line in enumerate(update.strips, update.region.y):
            x = update.region.x
            for part in line:
                yield x, y, part
                x += part.cell_length
        return
    for y, x1, x2 in update.spans:
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is None or x > x2 or end <= x1:
                continue
            whole = x1 <= x < x2 and end <= x2
            yield x, y, strip if whole else strip.crop(0, min(end, x2) - x)
