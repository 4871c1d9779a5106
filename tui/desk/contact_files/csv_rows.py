"""Cut CSV text into rows, each with its line, whatever a spreadsheet or a person did to it.

Unlike the reader of the standard library this one never gives up: a row with a wrong quotation
mark is a row with a problem, and reading goes on in the next line.
"""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from tui.desk.contact_files.headings import HEADING_ROWS, count_headings
from tui.domain.record_type import record

DELIMITERS = ",;\t|"
_SEPARATOR_LINE = re.compile(r"\s*\"?sep=(.)\"?[\s,;]*", re.IGNORECASE)
_NUMBER = re.compile(r"\s*[\"'=]*\s*\+?[0-9][0-9\s().\-/\u00a0]{4,18}[0-9]\s*\"?\s*")
_SAMPLE = 200
"""Rows that the delimiter is judged by."""
_MAX_FIELD_LINES = 1_000
"""Lines of a quoted field; a longer one is a quotation mark that was never closed."""


@record
class CsvRow:
    """One row of the file. All cells are text from outside."""

    line: int
    """Number of its first line, from 1."""
    cells: tuple[str, ...]
    problem: str = ""
    """Why the row cannot be read; empty if it can."""
    advice: str = ""

    @property
    def is_blank(self) -> bool:
        """Return whether the row has no text at all."""
        return not self.problem and not any(cell.strip(f"{DELIMITERS} ") for cell in self.cells)


class _BadQuoteError(Exception):
    """A quotation mark stands where none can stand."""


def read_rows(text: str) -> list[CsvRow]:
    """Return the rows of a CSV text that are not blank.

    The delimiter is the one that a first line `sep=;` names, or the one that makes most
    sense of the first rows.
    """
    lines = re.split(r"\r\n|\n|\r", text)
    first = 0
    delimiter = ""
    if named := _SEPARATOR_LINE.fullmatch(lines[0]):
        first, delimiter = 1, named[1]
    elif lines[0].strip().casefold() in ("sep=", '"sep='):
        first, delimiter = 1, "\t"
    delimiter = delimiter or _detect_delimiter(lines)
    return [row for row in _split_rows(lines, delimiter, first) if not row.is_blank]


def _detect_delimiter(lines: list[str]) -> str:
    """Return the delimiter that gives most headings, numbers and rows of the same width."""

    def rate_delimiter(delimiter: str) -> tuple[int, float, float, int]:
        """Return how well the first rows can be read with a delimiter."""
        every = (r for r in _split_rows(lines, delimiter, 0) if not (r.is_blank or r.problem))
        rows = list(islice(every, _SAMPLE))
        headings = max((count_headings(row.cells) for row in rows[:HEADING_ROWS]), default=0)
        numbers = sum(any(_NUMBER.fullmatch(cell) for cell in row.cells) for row in rows)
        widths = Counter(len(row.cells) for row in rows)
        width = max(widths, key=lambda width: (width > 1, widths[width], width), default=0)
        usual = widths[width] if width > 1 else 0
        return headings, numbers / max(1, len(rows)), usual / max(1, len(rows)), width

    return max(DELIMITERS, key=rate_delimiter)


def _split_rows(lines: list[str], delimiter: str, first: int) -> Iterator[CsvRow]:
    """Yield the rows from a line on.

    Args:
        lines: Lines of the file without their ends.
        delimiter: One character between two cells.
        first: Index of the first line to read.
    """
    index, width = first, 0
    while index < len(lines):
        line = lines[index]
        if '"' not in line:
            row, after = CsvRow(index + 1, tuple(line.split(delimiter))), index + 1
        else:
            row, after = _read_quoted_row(lines, index, delimiter, width)
        if width < 2 and not row.problem:
            width = len(row.cells)
        yield row
        index = after


def _read_quoted_row(
    lines: list[str], index: int, delimiter: str, width: int
) -> tuple[CsvRow, int]:
    """Return a row with quotation marks, and the index of the line after it."""
    try:
        cells, after = _read_cells(lines, index, delimiter)
        first = lines[index]
        # A quotation mark that was forgotten swallows rows up to the next one.
        if after > index + 1 and len(cells) < width and delimiter in first[first.rfind('"') :]:
            raise _BadQuoteError
    except _BadQuoteError:
        problem = "a quotation mark in the wrong place"
        advice = 'inside a text in quotation marks it is written twice ("")'
        cells = lines[index].replace('"', "").split(delimiter)
        # What follows is read as rows of their own: only this one is lost.
        return CsvRow(index + 1, tuple(cells), problem, advice), index + 1
    return CsvRow(index + 1, tuple(cells)), after


def _read_cells(lines: list[str], index: int, delimiter: str) -> tuple[list[str], int]:
    """Return the cells of the row that begins in a line, and the index of the line after it.

    Raises:
        _BadQuoteError: A quotation mark is not closed, or text follows a closed one.
    """
    cells: list[str] = []
    line, position = lines[index], 0
    while True:
        start = position
        while start < len(line) and line[start] == " ":
            start += 1
        if line[start : start + 1] != '"':
            end = line.find(delimiter, position)
            cells.append(line[position:] if end < 0 else line[position:end])
            if end < 0:
                return cells, index + 1
            position = end + 1
            continue
        text, index, position = _read_quoted_text(lines, index, start + 1)
        line = lines[index]
        cells.append(text)
        while position < len(line) and line[position] == " " != delimiter:
            position += 1
        if position == len(line):
            return cells, index + 1
        if line[position] != delimiter:
            raise _BadQuoteError
        position += 1


def _read_quoted_text(lines: list[str], index: int, position: int) -> tuple[str, int, int]:
    """Return a quoted text, and the line and the position behind its closing mark.

    Args:
        lines: Lines of the file.
        index: Line of the opening mark.
        position: Position behind the opening mark.
    """
    pieces: list[str] = []
    last = min(len(lines), index + _MAX_FIELD_LINES)
    while True:
        line = lines[index]
        end = line.find('"', position)
        if end < 0:
            pieces += [line[position:], "\n"]
            index, position = index + 1, 0
            if index == last:
                raise _BadQuoteError
        elif line[end + 1 : end + 2] == '"':
            pieces.append(line[position : end + 1])
            position = end + 2
        else:
            pieces.append(line[position:end])
            return "".join(pieces), index, end + 1
