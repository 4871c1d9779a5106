"""Test that sending only changed cells leaves the terminal as if all had been written."""

import io
import re

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import LayoutUpdate
from textual.geometry import Region, Size
from textual.strip import Strip

from tui.terminal.cell_diff import TerminalCells

SIZE = Size(24, 4)
WHOLE = Region(0, 0, SIZE.width, SIZE.height)
CONSOLE = Console(file=io.StringIO(), force_terminal=True, color_system="truecolor")
STYLES = [
    Style.parse(words)
    for words in (
        *("red on black", "blue on black", "red on white", "bold red on black", "none"),
        *("underline red on black", "reverse", "#123456 on #654321 link https://example.org"),
    )
]
_TOKEN = re.compile(r"\x1b\[([\d;]*)([A-Za-z])|\x1b\]8;[^\x1b]*\x1b\\|(\n)|(.)", re.DOTALL)

texts = st.text(st.sampled_from("ab  ─●✓界😀é"), max_size=10)
strips = st.lists(st.builds(Segment, texts, st.sampled_from(STYLES)), max_size=5).map(
    lambda segments: Strip(segments).adjust_cell_length(SIZE.width, STYLES[0])
)
updates = st.lists(
    st.lists(strips, min_size=SIZE.height, max_size=SIZE.height), min_size=1, max_size=5
)


class Terminal:
    """Simulate as much of a terminal as an update needs: a cursor, a style and cells."""

    def __init__(self) -> None:
        """Create an empty terminal."""
        self.cells: dict[tuple[int, int], tuple[str, str]] = {}
        self.style: dict[str, str] = {}
        self._x = self._y = 0

    def feed(self, sequence: str) -> None:
        """Run a sequence of characters and control codes."""
        for codes, final, line_feed, character in _TOKEN.findall(sequence):
            if final == "H":
                self._y, self._x = (int(code) - 1 for code in codes.split(";"))
            elif final == "C":
                self._x += int(codes)
            elif final == "m":
                self._apply_style(codes.split(";"))
            elif character and not line_feed:
                self._write_character(character)

    def _apply_style(self, codes: list[str]) -> None:
        """Change the style of the characters that follow."""
        while codes:
            code = codes.pop(0)
            if code in ("", "0"):
                self.style.clear()
            elif code in ("38", "48"):
                self.style[code] = ";".join(codes[:4])
                del codes[:4]
            elif code[0] in "34" and len(code) == 2:
                self.style[{"3": "38", "4": "48"}[code[0]]] = code[1]
            else:
                self.style[code] = code

    def _write_character(self, character: str) -> None:
        """Write a character; for a blank, only the visible part of the style counts."""
        visible_style = {key: value for key, value in self.style.items() if value != "9"}
        if character == " " and not visible_style.keys() - {"38", "48"}:
            visible_style.pop("38", None)
        width = cell_len(character)
        self.cells[self._x, self._y] = (character, str(sorted(visible_style.items())))
        for offset in range(1, width):
            self.cells[self._x + offset, self._y] = ("", "")
        self._x += width


def make_update(lines: list[Strip]) -> LayoutUpdate:
    """Return an update that paints all lines at once."""
    return LayoutUpdate([[line] for line in lines], WHOLE)


@given(updates)
def test_after_every_update_the_terminal_shows_the_whole_picture(
    frames: list[list[Strip]],
) -> None:
    picture, complete, reduced = TerminalCells(), Terminal(), Terminal()
    for frame in frames:
        complete.feed(make_update(frame).render_segments(CONSOLE))
        reduced.feed(picture.diff_update(make_update(frame), SIZE, None, CONSOLE))
        assert reduced.cells == complete.cells
        assert not reduced.style


@given(strips)
def test_unchanged_cells_are_not_written_again(line: Strip) -> None:
    picture = TerminalCells()
    frame = make_update([line] * SIZE.height)
    assert picture.diff_update(frame, SIZE, None, CONSOLE)
    assert picture.diff_update(frame, SIZE, None, CONSOLE) == ""


def make_text_update(text: str) -> LayoutUpdate:
    """Return an update with the same text in every line."""
    return make_update([Strip([Segment(text.ljust(SIZE.width), STYLES[0])])] * SIZE.height)


def test_one_changed_character_writes_position_colours_and_itself() -> None:
    picture = TerminalCells()
    picture.diff_update(make_text_update("hello"), SIZE, None, CONSOLE)
    changed = picture.diff_update(make_text_update("hallo"), SIZE, None, CONSOLE)
    assert changed.count("a") == SIZE.height
    assert "h" not in changed
    assert len(changed) < 20 * SIZE.height


def test_all_is_written_again_after_a_new_size_screen_or_on_request() -> None:
    picture = TerminalCells()
    first = picture.diff_update(make_text_update("hello"), SIZE, "one", CONSOLE)
    assert picture.diff_update(make_text_update("hello"), SIZE, "two", CONSOLE) == first
    assert picture.diff_update(make_text_update("hello"), Size(30, 4), "two", CONSOLE) == first
    picture.forget_cells()
    assert picture.diff_update(make_text_update("hello"), Size(30, 4), "two", CONSOLE) == first


def test_a_strip_with_a_wide_character_is_written_whole_or_not_at_all() -> None:
    picture = TerminalCells()
    picture.diff_update(make_text_update("a界b"), SIZE, None, CONSOLE)
    changed = picture.diff_update(make_text_update("a界c"), SIZE, None, CONSOLE)
    assert changed.count("a界c") == SIZE.height
