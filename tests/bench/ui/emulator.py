"""Replay what a program wrote in an emulated terminal, to see which cells changed and when."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pyte

from tests.bench.ui.terminal import COLUMNS, LINES

_PRIVATE = re.compile(rb"\x1b\[[<=>?][0-9;:]*[ -/]*[@-~]|\x1b\[[0-9]* q|\x1bP.*?\x1b\\", re.DOTALL)
"""Sequences that change no cell and that the emulator would take for others."""
_EXTRA = re.compile(rb"\x1b\[(\d*)([STb])")
"""Sequences that the emulator lacks: scroll up and down, and repeat the last character."""

Snapshot = list[list[object]]


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of the screen; the ends are not part of it."""

    left: int = 0
    right: int = COLUMNS
    top: int = 0
    bottom: int = LINES


WHOLE = Area()


class Emulator:
    """Show the output of a program as cells."""

    def __init__(self) -> None:
        """Create an empty screen."""
        self.screen = pyte.Screen(COLUMNS, LINES)
        self._stream = pyte.ByteStream(self.screen)
        self._unfinished = b""

    def feed(self, data: bytes) -> None:
        """Run a piece of the output, which may end within a sequence.

        Args:
            data: The next bytes of the output.
        """
        data = self._unfinished + data
        begin = data.rfind(b"\x1b", max(0, len(data) - 64))
        is_cut = begin >= 0 and not re.match(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|[^\[P])", data[begin:])
        self._unfinished = data[begin:] if is_cut else b""
        text = _PRIVATE.sub(b"", data[:begin] if is_cut else data)
        first, *rest = _EXTRA.split(text)
        self._stream.feed(first)
        for count, kind, following in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
            self._run_extra(int(count or 1), kind)
            self._stream.feed(following)

    def read_lines(self, area: Area = WHOLE) -> list[str]:
        """Return the text of each line within an area."""
        lines = self.screen.display[area.top : area.bottom]
        return [line[area.left : area.right] for line in lines]

    def read_background(self, x: int, y: int) -> str:
        """Return the colour behind a cell."""
        cell = self.screen.buffer[y][x]
        return str(cell.fg if cell.reverse else cell.bg)

    def take_snapshot(self, area: Area = WHOLE) -> Snapshot:
        """Return every cell of an area with its look."""
        rows, columns = range(area.top, area.bottom), range(area.left, area.right)
        return [[self.screen.buffer[y][x] for x in columns] for y in rows]

    def _run_extra(self, count: int, kind: bytes) -> None:
        """Scroll the region, or repeat the character before the cursor."""
        screen, cursor = self.screen, self.screen.cursor
        if kind == b"b":
            before = screen.buffer[cursor.y][max(0, cursor.x - 1)].data
            screen.draw(before * count)
            return
        place = cursor.x, cursor.y
        cursor.y = screen.margins.top if screen.margins else 0
        (screen.insert_lines if kind == b"T" else screen.delete_lines)(count)
        cursor.x, cursor.y = place


def count_changed_cells(written: bytes, places: Sequence[tuple[int, int]]) -> list[int]:
    """Return how many cells each piece of the output changed.

    Args:
        written: Whole output of a program from its start.
        places: Begin and end of each piece in it, in order.
    """
    emulator, done, found = Emulator(), 0, []
    for begin, end in places:
        emulator.feed(written[done:begin])
        before = emulator.take_snapshot()
        emulator.feed(written[begin:end])
        after, done = emulator.take_snapshot(), end
        found.append(
            sum(
                old != new
                for row, now in zip(before, after, strict=True)
                for old, new in zip(row, now, strict=True)
            )
        )
    return found


def find_moment(
    written: bytes,
    arrivals: Sequence[tuple[float, int]],
    is_reached: Callable[[Emulator], bool],
) -> float | None:
    """Return when the screen first fulfilled a condition, or None if it never did.

    Args:
        written: Whole output of a program from its start.
        arrivals: Moment of each read, and the length of the output after it.
        is_reached: Called after each read.
    """
    emulator, done = Emulator(), 0
    for moment, end in arrivals:
        emulator.feed(written[done:end])
        done = end
        if is_reached(emulator):
            return moment
    return None


def find_last_change(
    written: bytes, arrivals: Sequence[tuple[float, int]], begin: int, end: int, area: Area
) -> float | None:
    """Return when a piece of the output last changed an area, or None if it did not.

    Args:
        written: Whole output of a program from its start.
        arrivals: Moment of each read, and the length of the output after it.
        begin: Where the piece begins.
        end: Where it ends.
        area: Part of the screen that is looked at.
    """
    return find_last_changes(written, arrivals, [(begin, end)], area)[0]


def find_last_changes(
    written: bytes,
    arrivals: Sequence[tuple[float, int]],
    places: Sequence[tuple[int, int]],
    area: Area,
) -> list[float | None]:
    """Return when each piece of the output last changed an area, None where it did not.

    Args:
        written: Whole output of a program from its start.
        arrivals: Moment of each read, and the length of the output after it.
        places: Begin and end of each piece, in order.
        area: Part of the screen that is looked at.
    """
    emulator, done, found = Emulator(), 0, []
    for begin, end in places:
        emulator.feed(written[done:begin])
        known, done, last = emulator.take_snapshot(area), begin, None
        for moment, length in arrivals:
            if begin < length <= end:
                emulator.feed(written[done:length])
                done, now = length, emulator.take_snapshot(area)
                known, last = now, (moment if now != known else last)
        found.append(last)
    return found
