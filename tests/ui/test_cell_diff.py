"""Test that sending only changed cells leaves the terminal as if all had been written."""

import io
import random

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

from tests.ui.terminal import Emulator
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

_STEPS = 400

texts = st.text(st.sampled_from("ab  ─●✓界😀é"), max_size=10)
strips = st.lists(st.builds(Segment, texts, st.sampled_from(STYLES), st.none()), max_size=5).map(
    lambda segments: Strip(segments).adjust_cell_length(SIZE.width, STYLES[0])
)
pictures = st.lists(strips, min_size=SIZE.height, max_size=SIZE.height)
cursors = st.none() | st.tuples(st.integers(0, SIZE.width - 1), st.integers(0, SIZE.height - 1))


def show(terminal: Emulator) -> list[list[object]]:
    """Return what is seen of each cell."""
    return [
        [_describe_look(terminal.buffer[y][x]) for x in range(terminal.columns)]
        for y in range(terminal.lines)
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
    terminal = Emulator(*SIZE)
    terminal.feed(make_update(lines).render_segments(CONSOLE))
    return terminal


@given(st.lists(st.tuples(pictures, cursors), min_size=1, max_size=4), st.booleans())
def test_after_every_update_the_terminal_shows_the_whole_picture(
    frames: list[tuple[list[Strip], tuple[int, int] | None]], xterm_like: bool
) -> None:
    cells, terminal = TerminalCells(xterm_like=xterm_like), Emulator(*SIZE)
    for lines, cursor in frames:
        terminal.feed(cells.diff_update(make_update(lines), SIZE, None, CONSOLE, cursor))
        assert show(terminal) == show(repaint(lines))
        if cursor is not None:
            assert (terminal.cursor.x, terminal.cursor.y) == cursor


_SPLIT = 11
"""Column where the right pane begins."""
_OTHER_PROGRAM = (
    "\x1b[31;44mother words\r\n\x1b[3;5r\x1b[4m",
    "\x1b[2J\x1b[H\x1b[1;7mprompt$ ",
    "\x1b[5;9Hmessage from root\x1b[0;32m",
)
"""What others write to the terminal: words, colours that stay, a region that scrolls."""
_BETWEEN_FRAMES = ("\a", "\x1b]2;title\a", "\x1b]52;c;YQ==\a", "\x1b]9;smsdesk: new\a")
"""What the app writes between two frames: bell, title, clipboard, notification."""


class Painter:
    """Change a picture of two panes as an inbox does, and update a part of it or all."""

    def __init__(self, rng: random.Random, xterm_like: bool) -> None:
        """Begin with a random picture."""
        self._rng = rng
        self._cells = TerminalCells(xterm_like=xterm_like)
        self._resize(SIZE)
        self._write_update(range(2), range(self.size.height))

    def take_step(self) -> None:
        """Change the picture in one of the ways, and write what that takes."""
        rng = self._rng
        if rng.random() < 0.02:
            self._resize(Size(rng.randrange(16, 40), rng.randrange(3, 14)))
            self._write_update(range(2), range(self.size.height))
        elif rng.random() < 0.03:
            self.terminal.feed(rng.choice(_OTHER_PROGRAM))
            self._cells.forget_cells()
            self._write_update(range(2), range(self.size.height))
        else:
            self.terminal.feed(rng.choice(("", "", *_BETWEEN_FRAMES)))
            panes = rng.choice((range(2), range(1), range(1, 2)))
            change = rng.choice((self._type, self._type, self._scroll, self._cover))
            lines = change(panes)
            # Parts that have not changed may be in an update too.
            self._write_update(panes, rng.choice((lines, range(self.size.height))))

    def make_whole_update(self) -> LayoutUpdate:
        """Return an update that paints the whole picture."""
        return self._make_update(range(2), range(self.size.height))

    def _resize(self, size: Size) -> None:
        """Begin a new picture on a terminal of another size, which shows remains."""
        self.size = size
        self.terminal = Emulator(size.width, size.height)
        self.terminal.feed("\x1b[35;45mremains of the old size")
        self._cells.forget_cells()  # the size may be the same again
        self._widths = (_SPLIT, size.width - _SPLIT)
        self.lines = [[self._make_strip(0), self._make_strip(1)] for _ in range(size.height)]

    def _make_update(self, panes: range, lines: range) -> LayoutUpdate:
        """Return an update of some panes of some lines."""
        x = _SPLIT * panes.start
        region = Region(x, lines.start, sum(self._widths[n] for n in panes), len(lines))
        return LayoutUpdate([[self.lines[y][n] for n in panes] for y in lines], region)

    def _write_update(self, panes: range, lines: range) -> None:
        """Write an update to the terminal; the cursor is then where it is seen."""
        rng = self._rng
        place = (rng.randrange(self.size.width), rng.randrange(self.size.height))
        cursor = rng.choice((None, place))
        update = self._make_update(panes, lines)
        self.terminal.feed(self._cells.diff_update(update, self.size, None, CONSOLE, cursor))
        if cursor is not None:
            assert (self.terminal.cursor.x, self.terminal.cursor.y) == cursor

    def _make_strip(self, pane: int) -> Strip:
        """Return a random line of a pane."""
        rng = self._rng
        segments = [
            Segment("".join(rng.choices("abc  ─●✓界é😀", k=rng.randrange(9))), rng.choice(STYLES))
            for _ in range(rng.randrange(5))
        ]
        return Strip(segments).adjust_cell_length(self._widths[pane], rng.choice(STYLES))

    def _type(self, panes: range) -> range:
        """Replace a part of a line; return which lines have changed."""
        rng = self._rng
        y, pane = rng.randrange(self.size.height), rng.choice(panes)
        width, line = self._widths[pane], self.lines[y][pane]
        x = rng.randrange(width)
        end = rng.randrange(x, width) + 1
        parts = (line.crop(0, x), self._make_strip(pane).crop(x, end), line.crop(end, width))
        self.lines[y][pane] = Strip.join(parts).adjust_cell_length(width)
        return range(y, y + 1)

    def _scroll(self, panes: range) -> range:
        """Move some lines up or down; return which have changed."""
        rng = self._rng
        top = rng.randrange(self.size.height - 1)
        bottom = rng.randrange(top + 1, self.size.height) + 1
        by, is_up = rng.randrange(1, 5), rng.random() < 0.5
        for pane in panes:
            moved = [line[pane] for line in self.lines[top:bottom]]
            fresh = [self._make_strip(pane) for _ in range(min(by, len(moved)))]
            both = [*moved[by:], *fresh] if is_up else [*fresh, *moved[:-by]]
            for line, strip in zip(self.lines[top:bottom], both, strict=True):
                line[pane] = strip
        return range(top, bottom)

    def _cover(self, panes: range) -> range:
        """Put a box of another colour over some lines; return which have changed."""
        rng, style = self._rng, self._rng.choice(STYLES)
        top = rng.randrange(self.size.height)
        lines = range(top, rng.randrange(top, self.size.height) + 1)
        for y in lines:
            for pane in panes:
                line, width = self.lines[y][pane], self._widths[pane]
                parts = (line.crop(0, 2), Strip.blank(width - 4, style), line.crop(width - 2))
                self.lines[y][pane] = Strip.join(parts).adjust_cell_length(width)
        return lines


@pytest.mark.parametrize("xterm_like", [True, False])
@pytest.mark.parametrize(
    "steps", [_STEPS, pytest.param(10_000, marks=[pytest.mark.slow, pytest.mark.timeout(900)])]
)
def test_each_frame_of_a_long_day_shows_what_a_full_repaint_shows(
    steps: int, xterm_like: bool
) -> None:
    painter = Painter(random.Random(f"{steps} {xterm_like}"), xterm_like)
    for step in range(steps):
        painter.take_step()
        whole = Emulator(*painter.size)
        whole.feed(painter.make_whole_update().render_segments(CONSOLE))
        assert show(painter.terminal) == show(whole), f"step {step}"


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


def test_blanks_are_not_erased_while_colours_are_reversed() -> None:
    cells, terminal = TerminalCells(xterm_like=True), Emulator(*SIZE)
    for text, style in (("hello", STYLES[8]), ("hallo", STYLES[9]), ("", STYLES[9])):
        update = make_text_update(text, style)
        terminal.feed(cells.diff_update(update, SIZE, None, CONSOLE))
        assert show(terminal) == show(repaint([next(iter(line)) for line in update.strips]))


def test_cells_that_are_not_known_are_not_moved() -> None:
    cells, terminal = TerminalCells(xterm_like=True), Emulator(*SIZE)
    terminal.feed(cells.diff_update(make_list_update(100), SIZE, None, CONSOLE))
    terminal.feed("\x1b[2J")
    cells.forget_cells()
    half = Region(0, 0, SIZE.width // 2, SIZE.height)
    for first in (100, 101):
        lines = [next(iter(line)) for line in make_list_update(first).strips]
        update = LayoutUpdate([[line.crop(0, half.width)] for line in lines], half)
        moved = cells.diff_update(update, SIZE, None, CONSOLE)
    assert "S" not in moved


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
