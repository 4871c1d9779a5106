"""Test that sending only changed cells leaves the terminal as if all had been written."""

import io
import random
import re

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import LayoutUpdate
from textual.geometry import Region, Size
from textual.strip import Strip

from tui.terminal.cell_diff import TerminalCells
from tui.terminal.desktop_notifications import detect_terminal

SIZE = Size(24, 8)
WHOLE = Region(0, 0, SIZE.width, SIZE.height)
CONSOLE = Console(file=io.StringIO(), force_terminal=True, color_system="truecolor")
STYLES = [
    Style.parse(words)
    for words in (
        *("red on black", "blue on black", "red on white", "bold red on black", "none"),
        *("underline red on black", "reverse", "#123456 on #654321 link https://example.org"),
        *("#123456 on #654321", "#654321 on #123456", "bold #654321 on #123456", "strike red"),
    )
]

_SCROLL = re.compile(r"\x1b\[(\d+)([ST])")
_STEPS = 2_000

texts = st.text(st.sampled_from("ab  ─●✓界😀é"), max_size=10)
strips = st.lists(st.builds(Segment, texts, st.sampled_from(STYLES)), max_size=5).map(
    lambda segments: Strip(segments).adjust_cell_length(SIZE.width, STYLES[0])
)
pictures = st.lists(strips, min_size=SIZE.height, max_size=SIZE.height)
cursors = st.none() | st.tuples(st.integers(0, SIZE.width - 1), st.integers(0, SIZE.height - 1))


class Emulator(pyte.Screen):
    """Terminal that also scrolls on request, which pyte does not."""

    def __init__(self) -> None:
        """Create an empty terminal."""
        super().__init__(SIZE.width, SIZE.height)
        self._stream = pyte.Stream(self)

    def feed(self, sequence: str) -> None:
        """Run a sequence of characters and control codes."""
        text, *rest = _SCROLL.split(sequence)
        self._stream.feed(text)
        for count, direction, following in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
            self._scroll(int(count), down=direction == "T")
            self._stream.feed(following)

    def _scroll(self, lines: int, *, down: bool) -> None:
        """Move the lines of the region."""
        cursor = self.cursor.x, self.cursor.y
        self.cursor.y = self.margins.top if self.margins else 0
        (self.insert_lines if down else self.delete_lines)(lines)
        self.cursor.x, self.cursor.y = cursor

    def show(self) -> list[list[object]]:
        """Return what is seen of each cell."""
        return [
            [_describe_look(self.buffer[y][x]) for x in range(self.columns)]
            for y in range(self.lines)
        ]


def _describe_look(cell: pyte.screens.Char) -> object:
    """Return what is seen of a cell: blanks have no foreground, a reversal is another colour."""
    colours = (cell.bg, cell.fg) if cell.reverse else (cell.fg, cell.bg)
    lines = (cell.underscore, cell.strikethrough)
    if cell.data == " " and not any(lines):
        return (" ", colours[1])
    return (cell.data, *colours, cell.bold, cell.italics, *lines)


def make_update(lines: list[Strip]) -> LayoutUpdate:
    """Return an update that paints all lines at once."""
    return LayoutUpdate([[line] for line in lines], WHOLE)


def repaint(lines: list[Strip]) -> Emulator:
    """Return a terminal on which all lines have been written as Textual writes them."""
    terminal = Emulator()
    terminal.feed(make_update(lines).render_segments(CONSOLE))
    return terminal


@given(st.lists(st.tuples(pictures, cursors), min_size=1, max_size=4), st.booleans())
def test_after_every_update_the_terminal_shows_the_whole_picture(
    frames: list[tuple[list[Strip], tuple[int, int] | None]], xterm_like: bool
) -> None:
    cells, terminal = TerminalCells(xterm_like=xterm_like), Emulator()
    for lines, cursor in frames:
        terminal.feed(cells.diff_update(make_update(lines), SIZE, None, CONSOLE, cursor))
        assert terminal.show() == repaint(lines).show()
        if cursor is not None:
            assert (terminal.cursor.x, terminal.cursor.y) == cursor


class Painter:
    """Change a picture as an inbox does: type, move a list, open and close a box."""

    def __init__(self, rng: random.Random) -> None:
        """Begin with an empty picture."""
        self._rng = rng
        self.lines = [self._make_line() for _ in range(SIZE.height)]

    def take_step(self) -> None:
        """Change the picture in one of the ways."""
        change = self._rng.choice((self._type, self._type, self._scroll, self._cover))
        change()

    def _make_line(self) -> Strip:
        """Return a random line."""
        rng = self._rng
        segments = [
            Segment("".join(rng.choices("abc  ─●✓界é", k=rng.randrange(9))), rng.choice(STYLES))
            for _ in range(rng.randrange(5))
        ]
        return Strip(segments).adjust_cell_length(SIZE.width, rng.choice(STYLES))

    def _type(self) -> None:
        """Replace a part of a line."""
        y, x = self._rng.randrange(SIZE.height), self._rng.randrange(SIZE.width)
        end = self._rng.randrange(x, SIZE.width) + 1
        line = self.lines[y]
        parts = (line.crop(0, x), self._make_line().crop(x, end), line.crop(end, SIZE.width))
        self.lines[y] = Strip.join(parts).adjust_cell_length(SIZE.width)

    def _scroll(self) -> None:
        """Move some lines up or down."""
        top = self._rng.randrange(SIZE.height - 1)
        bottom = self._rng.randrange(top + 1, SIZE.height) + 1
        by = self._rng.randrange(1, 5)
        moved = self.lines[top:bottom]
        fresh = [self._make_line() for _ in range(min(by, len(moved)))]
        both = self._rng.choice(([*moved[by:], *fresh], [*fresh, *moved[:-by]]))
        self.lines[top:bottom] = both

    def _cover(self) -> None:
        """Put a box of other colours over some lines."""
        style = self._rng.choice(STYLES)
        top = self._rng.randrange(SIZE.height)
        for y in range(top, self._rng.randrange(top, SIZE.height) + 1):
            parts = (self.lines[y].crop(0, 5), Strip.blank(12, style), self.lines[y].crop(17, 24))
            self.lines[y] = Strip.join(parts).adjust_cell_length(SIZE.width)


@pytest.mark.parametrize("xterm_like", [True, False])
@pytest.mark.parametrize(
    "steps", [_STEPS, pytest.param(10 * _STEPS, marks=[pytest.mark.slow, pytest.mark.timeout(900)])]
)
def test_a_long_day_of_small_changes_leaves_no_trace(steps: int, xterm_like: bool) -> None:
    rng = random.Random(f"{steps} {xterm_like}")
    painter, terminal = Painter(rng), Emulator()
    cells = TerminalCells(xterm_like=xterm_like)
    for step in range(steps):
        painter.take_step()
        cursor = rng.choice((None, (rng.randrange(SIZE.width), rng.randrange(SIZE.height))))
        terminal.feed(cells.diff_update(make_update(painter.lines), SIZE, None, CONSOLE, cursor))
        assert terminal.show() == repaint(painter.lines).show(), f"step {step}"


@given(strips)
def test_unchanged_cells_are_not_written_again(line: Strip) -> None:
    cells = TerminalCells()
    frame = make_update([line] * SIZE.height)
    assert cells.diff_update(frame, SIZE, None, CONSOLE)
    assert cells.diff_update(frame, SIZE, None, CONSOLE) == ""


def make_text_update(text: str, style: Style = STYLES[0]) -> LayoutUpdate:
    """Return an update with the same text in every line."""
    return make_update([Strip([Segment(text.ljust(SIZE.width), style)])] * SIZE.height)


def test_one_changed_character_writes_position_and_itself() -> None:
    cells = TerminalCells()
    cells.diff_update(make_text_update("hello"), SIZE, None, CONSOLE)
    changed = cells.diff_update(make_text_update("hallo"), SIZE, None, CONSOLE)
    assert changed.count("a") == SIZE.height
    assert "h" not in changed
    assert len(changed) <= len("\x1b[1;2Ha") * SIZE.height


def test_a_style_that_is_set_is_not_set_again() -> None:
    cells = TerminalCells()
    cells.diff_update(make_text_update("hello", STYLES[-2]), SIZE, None, CONSOLE)
    changed = cells.diff_update(make_text_update("hallo", STYLES[-2]), SIZE, None, CONSOLE)
    assert "m" not in changed


def test_colours_that_are_exchanged_are_written_as_a_reversal() -> None:
    cells = TerminalCells()
    cells.diff_update(make_text_update("hello", STYLES[8]), SIZE, None, CONSOLE)
    assert (
        cells.diff_update(make_text_update("hello", STYLES[9]), SIZE, None, CONSOLE).count("\x1b[")
        < 2 * SIZE.height
    )


def make_list_update(first: int) -> LayoutUpdate:
    """Return an update with numbered rows."""
    rows = [f"row {first + n} of many".ljust(SIZE.width) for n in range(SIZE.height)]
    return make_update([Strip([Segment(row, STYLES[0])]) for row in rows])


def test_lines_that_move_are_moved_by_a_terminal_that_can() -> None:
    cells, others = TerminalCells(xterm_like=True), TerminalCells()
    for one in (cells, others):
        one.diff_update(make_list_update(100), SIZE, None, CONSOLE)
    moved = cells.diff_update(make_list_update(102), SIZE, None, CONSOLE)
    assert moved.startswith(f"\x1b[1;{SIZE.height}r\x1b[2S\x1b[r")
    assert moved.count("row") == 2
    assert "S" not in others.diff_update(make_list_update(102), SIZE, None, CONSOLE)


@pytest.mark.parametrize(
    ("term", "expected"),
    [("xterm-256color", True), ("tmux-256color", True), ("screen-256color", False), ("", False)],
)
def test_only_known_terminals_erase_and_scroll_by_themselves(term: str, expected: bool) -> None:
    assert detect_terminal({"TERM": term}).is_xterm_like is expected


def test_all_is_written_again_after_a_new_size_screen_or_on_request() -> None:
    cells = TerminalCells()
    first = cells.diff_update(make_text_update("hello"), SIZE, "one", CONSOLE)
    assert cells.diff_update(make_text_update("hello"), SIZE, "two", CONSOLE) == first
    assert cells.diff_update(make_text_update("hello"), Size(30, 8), "two", CONSOLE) == first
    cells.forget_cells()
    assert cells.diff_update(make_text_update("hello"), Size(30, 8), "two", CONSOLE) == first


def test_a_strip_with_a_wide_character_is_written_whole_or_not_at_all() -> None:
    cells = TerminalCells()
    cells.diff_update(make_text_update("a界b"), SIZE, None, CONSOLE)
    changed = cells.diff_update(make_text_update("a界c"), SIZE, None, CONSOLE)
    assert changed.count("a界c") == SIZE.height
