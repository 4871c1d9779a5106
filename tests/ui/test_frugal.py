"""What is sent cell by cell must leave the terminal as if all had been written."""

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
    """As much of a terminal as an update needs: a cursor, a pen, and cells."""

    def __init__(self) -> None:
        """Nothing was ever written."""
        self.cells: dict[tuple[int, int], tuple[str, str]] = {}
        self.pen: dict[str, str] = {}
        self._x = self._y = 0

    def feed(self, sequence: str) -> None:
        """Do what the sequence says."""
        for codes, letter, line_feed, character in _TOKEN.findall(sequence):
            if letter == "H":
                self._y, self._x = (int(code) - 1 for code in codes.split(";"))
            elif letter == "C":
                self._x += int(codes)
            elif letter == "m":
                self._take_up(codes.split(";"))
            elif character and not line_feed:
                self._put(character)

    def _take_up(self, codes: list[str]) -> None:
        """Change the pen."""
        while codes:
            code = codes.pop(0)
            if code in ("", "0"):
                self.pen.clear()
            elif code in ("38", "48"):
                self.pen[code] = ";".join(codes[:4])
                del codes[:4]
            elif code[0] in "34" and len(code) == 2:
                self.pen[{"3": "38", "4": "48"}[code[0]]] = code[1]
            else:
                self.pen[code] = code

    def _put(self, character: str) -> None:
        """Write a character; of a blank only what can be seen of the pen counts."""
        pen = {key: value for key, value in self.pen.items() if value != "9"}
        if character == " " and not pen.keys() - {"38", "48"}:
            pen.pop("38", None)
        width = cell_len(character)
        self.cells[self._x, self._y] = (character, str(sorted(pen.items())))
        for place in range(1, width):
            self.cells[self._x + place, self._y] = ("", "")
        self._x += width


def update(lines: list[Strip]) -> LayoutUpdate:
    """All lines at once."""
    return LayoutUpdate([[line] for line in lines], WHOLE)


@given(updates)
def test_after_every_update_the_terminal_shows_what_textual_would_have_shown(
    frames: list[list[Strip]],
) -> None:
    picture, plain, spared = TerminalCells(), Terminal(), Terminal()
    for frame in frames:
        plain.feed(update(frame).render_segments(CONSOLE))
        spared.feed(picture.diff_update(update(frame), SIZE, None, CONSOLE))
        assert spared.cells == plain.cells
        assert not spared.pen


@given(strips)
def test_what_is_there_already_is_not_written_again(line: Strip) -> None:
    picture = TerminalCells()
    frame = update([line] * SIZE.height)
    assert picture.diff_update(frame, SIZE, None, CONSOLE)
    assert picture.diff_update(frame, SIZE, None, CONSOLE) == ""


def lines(text: str) -> LayoutUpdate:
    """The same text in every line."""
    return update([Strip([Segment(text.ljust(SIZE.width), STYLES[0])])] * SIZE.height)


def test_one_changed_character_costs_its_place_its_colours_and_itself() -> None:
    picture = TerminalCells()
    picture.diff_update(lines("hello"), SIZE, None, CONSOLE)
    changed = picture.diff_update(lines("hallo"), SIZE, None, CONSOLE)
    assert changed.count("a") == SIZE.height
    assert "h" not in changed
    assert len(changed) < 20 * SIZE.height


def test_everything_is_written_again_after_a_change_of_size_or_screen_or_when_told() -> None:
    picture = TerminalCells()
    first = picture.diff_update(lines("hello"), SIZE, "one", CONSOLE)
    assert picture.diff_update(lines("hello"), SIZE, "two", CONSOLE) == first
    assert picture.diff_update(lines("hello"), Size(30, 4), "two", CONSOLE) == first
    picture.forget_cells()
    assert picture.diff_update(lines("hello"), Size(30, 4), "two", CONSOLE) == first


def test_a_strip_with_a_wide_character_is_written_whole_or_not_at_all() -> None:
    picture = TerminalCells()
    picture.diff_update(lines("a界b"), SIZE, None, CONSOLE)
    changed = picture.diff_update(lines("a界c"), SIZE, None, CONSOLE)
    assert changed.count("a界c") == SIZE.height
