"""Read a CSV file by the columns that an agent chose, by heading or position."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice

from tui.desk.contact_files.csv_columns import (
    Columns,
    ContactFileError,
    HasNumber,
    UnclearColumnsError,
    explain_headings,
    find_columns,
    has_any_number,
    name_fields,
    preview_columns,
)
from tui.desk.contact_files.csv_rows import CsvRow
from tui.desk.contact_files.headings import HEADING_ROWS
from tui.desk.contact_files.number_cells import clean_cell
from tui.domain.record_type import record
from tui.domain.text import fold_text

_SAMPLE = 100
"""Rows that the number of columns is counted in."""


ColumnName = str | int
"""Heading of a column, or its position from 1."""


@record
class ColumnChoice:
    """Columns as the agent chose them; None leaves what is found as usual."""

    numbers: tuple[ColumnName, ...] | None = None
    names: tuple[ColumnName, ...] | None = None
    """Joined with a blank, in this order."""
    notes: tuple[ColumnName, ...] | None = None
    fields: tuple[ColumnName, ...] | None = None
    """Columns that are kept as own fields; None for all others, an empty one for none."""


def choose_columns(rows: Sequence[CsvRow], choice: ColumnChoice, has_number: HasNumber) -> Columns:
    """Return the columns that the agent chose; the others are found as usual.

    Args:
        rows: Rows of the file that are not blank.
        choice: Headings or positions.
        has_number: Whether a cell has a phone number.

    Raises:
        UnclearColumnsError: The column of numbers or names is neither chosen nor found.
        ContactFileError: A column does not exist.
    """
    try:
        found = find_columns(rows, has_number)
    except UnclearColumnsError as problem:
        found = Columns(heading=problem.heading)
    chosen = (choice.numbers, choice.names, choice.notes, choice.fields)
    named = [name for names in chosen for name in names or ()]
    heading = _find_heading(rows, named, found.heading)
    cells = rows[max(heading, 0)].cells if rows else ()
    width = max((len(row.cells) for row in islice(rows, _SAMPLE)), default=0)
    numbers, names, notes, fields = (
        None if part is None else tuple(_find_column(name, cells, width) for name in part)
        for part in chosen
    )
    numbers = found.numbers if numbers is None else numbers
    if heading >= 0 and has_any_number(rows[heading], numbers, has_number):
        # A file without a heading begins with a contact.
        heading = -1
    taken = {*numbers, *(names or ()), *(notes or ())}
    columns = Columns(
        numbers,
        tuple(n for n in found.names if not taken & set(n)) if names is None else (names,),
        tuple(note for note in found.notes if note not in taken) if notes is None else notes,
        heading,
        tuple(code for code in found.dial_codes if code not in taken),
    )
    missing = (
        "number" if not numbers else "name" if not columns.names and width > len(taken) else ""
    )
    if missing:
        problem_text = explain_headings(f"No column for the {missing}", cells)
        raise UnclearColumnsError(problem_text, preview_columns(rows, columns), heading)
    return replace(columns, fields=name_fields(rows, columns, fields))


def _find_heading(rows: Sequence[CsvRow], named: Iterable[ColumnName], found: int) -> int:
    """Return the index of the first row that has a chosen heading; else the one that was found."""
    wanted = {_fold_heading(name) for name in named if isinstance(name, str)}
    for index, row in enumerate(rows[:HEADING_ROWS] if wanted else ()):
        if wanted & {_fold_heading(cell) for cell in row.cells}:
            return index
    return found


def _find_column(name: ColumnName, cells: Sequence[str], width: int) -> int:
    """Return the index of a column that the agent named.

    Raises:
        ContactFileError: There is no such column.
    """
    position = name
    if isinstance(name, str):
        for index, cell in enumerate(cells):
            if _fold_heading(cell) == _fold_heading(name):
                return index
        position = int(name) if name.isdecimal() and len(name) < 6 else 0
    if isinstance(position, int) and 1 <= position <= width:
        return position - 1
    known = ", ".join(f'"{cell.strip()[:40]}"' for cell in cells if cell.strip())
    raise ContactFileError(f'No column "{name}": the columns 1 to {width} begin with {known}')


def _fold_heading(text: str) -> str:
    """Return a heading as it is compared."""
    return " ".join(fold_text(clean_cell(text)).split())
