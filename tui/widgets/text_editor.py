"""Edit text by graphemes: what a reader sees as one character is moved over and deleted as one.

Textual 8.2 edits by code points. There Backspace leaves half a flag, the cursor stops within a
family of emoji, and a long word is wrapped between a character and its marks.
"""

import functools
import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text
from textual import events
from textual.widgets import TextArea
from textual.widgets.text_area import EditResult, Location, Selection

from tui.domain.typed_text import clean_typed_text, is_tag
from tui.terminal.private_api import replace_text_measures

_TAB = "\t"
_BLACK_FLAG = "\U0001f3f4"


def split_graphemes(text: str) -> Iterator[str]:
    """Return the graphemes of a text, in order."""
    if text.isascii():
        return iter(text)
    # Imported late: most texts are plain ASCII and return above.
    from wcwidth import iter_graphemes

    return iter_graphemes(text)


@functools.lru_cache(maxsize=16)  # one picture asks for the same lines again and again
def list_boundaries(text: str) -> tuple[int, ...]:
    """Return every index at which a grapheme of a text begins, and its length."""
    return (0, *itertools.accumulate(map(len, split_graphemes(text))))


def snap_backward(text: str, index: int) -> int:
    """Return the last boundary of graphemes at or before an index.

    Args:
        text: Text without line breaks.
        index: Index in the text.
    """
    boundaries = list_boundaries(text)
    return boundaries[bisect_right(boundaries, max(0, index)) - 1]


def snap_forward(text: str, index: int) -> int:
    """Return the first boundary of graphemes at or after an index.

    Args:
        text: Text without line breaks.
        index: Index in the text.
    """
    boundaries = list_boundaries(text)
    return boundaries[min(bisect_left(boundaries, index), len(boundaries) - 1)]


def _measure_graphemes(text: str, tab_size: int) -> Iterator[tuple[str, int]]:
    """Yield each grapheme with its width in cells; a tab reaches to the next tab stop."""
    used = 0
    for grapheme in split_graphemes(text):
        width = tab_size - used % tab_size if grapheme == _TAB else cell_len(grapheme)
        used += width
        yield grapheme, width


def find_wrap_offsets(
    text: str,
    width: int,
    tab_size: int,
    fold: bool = True,
    precomputed_tab_sections: object = None,
) -> list[int]:
    """Return the indices at which a line is wrapped: before words, else between graphemes.

    Args:
        text: Line to wrap.
        width: Cells that a line has.
        tab_size: Cells between two tab stops.
        fold: Whether to wrap a word that is wider than a line.
        precomputed_tab_sections: Not used; a parameter of the function that this one replaces.
    """
    offsets: list[int] = []
    used = start = 0
    for word in _split_words(_measure_graphemes(text, max(1, min(tab_size, width)))):
        size = sum(cells for _, cells in word)
        if used + size <= width:
            used += size
        elif size <= width or not fold:
            offsets += [start] if start else []
            used = size
        else:
            offsets += [start] if start else []
            used, index = 0, start
            for grapheme, cells in word:
                if used + cells > width and index > start:
                    offsets.append(index)
                    used = 0
                used += cells
                index += len(grapheme)
        start += sum(len(grapheme) for grapheme, _ in word)
    return offsets


def _split_words(measured: Iterator[tuple[str, int]]) -> Iterator[list[tuple[str, int]]]:
    """Yield the words of a line, each with the blanks that follow it."""
    word: list[tuple[str, int]] = []
    for grapheme, cells in measured:
        if word and word[-1][0].isspace() and not grapheme.isspace():
            yield word
            word = []
        word.append((grapheme, cells))
    if word:
        yield word


def find_column(line: str, cell: int, tab_size: int) -> int:
    """Return the index of the grapheme that covers a cell of a line; its length if none does.

    Args:
        line: Line without wrapping.
        cell: Cell, from 0.
        tab_size: Cells between two tab stops.
    """
    used = index = 0
    for grapheme, cells in _measure_graphemes(line, tab_size):
        used += cells
        if used > cell:
            return index
        index += len(grapheme)
    return index


class _GraphemeText(Text):
    """Line in which a style never begins or ends within a grapheme, which would tear it apart."""

    def stylize(self, style: str | Style, start: int = 0, end: int | None = None) -> None:
        """Apply a style to whole graphemes.

        Args:
            style: Style to apply.
            start: Index of the first character.
            end: Index after the last character; None for the end of the line.
        """
        end = len(self) if end is None else end
        super().stylize(style, snap_backward(self.plain, start), snap_forward(self.plain, end))


def _is_word(grapheme: str) -> bool:
    """Return whether a grapheme is part of a word."""
    return grapheme[0].isalnum() or grapheme[0] == "_"


def find_word_end(graphemes: Sequence[str]) -> int:
    """Return how many graphemes lead over blanks and the word, or the marks, after them."""
    blanks = list(itertools.takewhile(str.isspace, graphemes))
    rest = graphemes[len(blanks) :]
    run = itertools.takewhile(lambda one: _is_word(one) == _is_word(rest[0]), rest)
    return len(blanks) + len(list(run))


class TextEditor(TextArea):
    """Text area that edits by graphemes and keeps invisible characters as they are typed."""

    def on_mount(self) -> None:
        """Wrap and measure by graphemes."""
        replace_text_measures(find_wrap_offsets, find_column)

    def validate_selection(self, selection: Selection) -> Selection:
        """Return the selection with both ends between graphemes, wherever it comes from."""
        return Selection(*(self._snap_location(place, snap_backward) for place in selection))

    def _snap_location(self, location: Location, snap: Callable[[str, int], int]) -> Location:
        """Return a location between graphemes."""
        row, column = location
        if not 0 <= row < self.document.line_count:
            return location
        line = self.document.get_line(row)
        return (row, column) if line.isascii() else (row, snap(line, column))

    def get_cursor_right_location(self) -> Location:
        """Return where the cursor is after the next grapheme."""
        return self._snap_location(super().get_cursor_right_location(), snap_forward)

    def get_cursor_left_location(self) -> Location:
        """Return where the cursor is before the previous grapheme."""
        return self._snap_location(super().get_cursor_left_location(), snap_backward)

    def get_cursor_word_left_location(self) -> Location:
        """Return where the cursor is one word to the left."""
        row, column = self.cursor_location
        if column == 0:
            return super().get_cursor_word_left_location()
        graphemes = list(split_graphemes(self.document.get_line(row)[:column]))
        passed = find_word_end(graphemes[::-1])
        return row, sum(map(len, graphemes[: len(graphemes) - passed]))

    def get_cursor_word_right_location(self) -> Location:
        """Return where the cursor is one word to the right."""
        row, column = self.cursor_location
        line = self.document.get_line(row)
        if column == len(line):
            return super().get_cursor_word_right_location()
        graphemes = list(split_graphemes(line[column:]))
        return row, column + sum(map(len, graphemes[: find_word_end(graphemes)]))

    def delete(
        self, start: Location, end: Location, *, maintain_selection_offset: bool = True
    ) -> EditResult:
        """Delete a range, with the whole of each grapheme at its ends.

        Args:
            start: One end of the range.
            end: The other end.
            maintain_selection_offset: Whether the selection keeps its place in the text.
        """
        first, last = sorted((start, end))
        return super().delete(
            self._snap_location(first, snap_backward),
            self._snap_location(last, snap_forward),
            maintain_selection_offset=maintain_selection_offset,
        )

    def get_line(self, line_index: int) -> Text:
        """Return a line that is styled by whole graphemes."""
        line = super().get_line(line_index)
        if line.plain.isascii():
            return line
        return _GraphemeText(line.plain, end=line.end, no_wrap=line.no_wrap)

    def on_key(self, event: events.Key) -> None:
        """Type what Textual takes for unprintable: no-break spaces, joiners, format characters."""
        character = event.character or ""
        if event.is_printable or len(character) != 1 or character.isascii():
            return
        is_of_flag = is_tag(character) and self._last_grapheme[:1] == _BLACK_FLAG
        if is_of_flag or clean_typed_text(character) == character:
            event.prevent_default()
            event.stop()
            self.replace(character, *self.selection, maintain_selection_offset=False)

    @property
    def _last_grapheme(self) -> str:
        """Return the grapheme before the cursor; empty at the begin of a line."""
        row, column = self.cursor_location
        return next(reversed(list(split_graphemes(self.document.get_line(row)[:column]))), "")

    def on_paste(self, event: events.Paste) -> None:
        """Insert a paste without control codes."""
        event.prevent_default()
        event.stop()
        self.type_text(event.text)

    def action_paste(self) -> None:
        """Insert what was copied or cut in the app."""
        self.type_text(self.app.clipboard)

    def type_text(self, text: str) -> None:
        """Insert a text at the cursor, in place of the selection.

        Args:
            text: Text that was typed or pasted.
        """
        self.replace(clean_typed_text(text), *self.selection, maintain_selection_offset=False)
