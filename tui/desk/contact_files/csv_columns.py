"""Decide which columns of a CSV file hold numbers, names and notes.

The headings say it, else the numbers do, else the agent: `UnclearColumnsError` has what is needed
to ask.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from tui.desk.contact_files.csv_rows import CsvRow
from tui.desk.contact_files.headings import (
    HEADING_ROWS,
    KNOWN_HEADINGS,
    NUMBER_FIELDS,
    Field,
    classify_heading,
    count_headings,
)
from tui.desk.contact_files.number_cells import clean_cell
from tui.domain.person import make_field_name
from tui.domain.record_type import record

_SAMPLE = 100
"""Rows that columns without a heading are judged by."""
_PREVIEW = 3
_MAX_NAMED = 8
"""Headings that an error names."""
_MOST = 0.5
HasNumber = Callable[[str], bool]


class ContactFileError(Exception):
    """Raised when no contacts can be read from a file.

    The text gives the reason on one line and may contain outside text.
    """


@record
class Columns:
    """Indices of the columns."""

    numbers: tuple[int, ...] = ()
    """Numbers of a person, the best to send a text to first."""
    names: tuple[tuple[int, ...], ...] = ()
    """Alternatives, the best first: the first with a text is the name."""
    notes: tuple[int, ...] = ()
    heading: int = -1
    """Index of the row with the headings; -1 if there is none."""
    dial_codes: tuple[int, ...] = ()
    """Country or area codes, each of the numbers in the column after it."""
    fields: tuple[tuple[int, str], ...] = ()
    """Columns that are kept as own fields of the contact, with the names of the fields."""


@record
class ColumnPreview:
    """One column for the question which column is what. All texts are from outside."""

    heading: str
    """Empty if the file has no heading."""
    samples: tuple[str, ...]
    role: str = ""
    """What it was taken for: "number", "name", "note" or nothing."""


@dataclass
class UnclearColumnsError(ContactFileError):
    """Raised when the columns are not understood; the agent can choose them."""

    problem: str
    columns: tuple[ColumnPreview, ...] = ()
    heading: int = -1
    """Index of the row with the headings; -1 if there is none."""

    def __str__(self) -> str:
        """Return the reason on one line."""
        return self.problem


def find_columns(rows: Sequence[CsvRow], has_number: HasNumber) -> Columns:
    """Return the columns of a file by its headings, or else by what is in them.

    Args:
        rows: Rows of the file that are not blank.
        has_number: Whether a cell has a phone number.

    Raises:
        UnclearColumnsError: The headings are not understood.
    """
    if not rows:
        return Columns()
    heading = _find_heading(rows, has_number)
    if heading is None:
        return _find_by_content(rows, has_number)
    cells = rows[heading].cells
    columns = _assign_fields([classify_heading(clean_cell(cell)) for cell in cells], heading)
    others = [i for i, cell in enumerate(cells) if cell.strip() and i not in columns.numbers]
    if others and not columns.names and not columns.notes:
        raise UnclearColumnsError(
            explain_headings("No column for the name", cells),
            preview_columns(rows, columns),
            heading,
        )
    return columns


def name_fields(
    rows: Sequence[CsvRow], columns: Columns, chosen: Iterable[int] | None = None
) -> tuple[tuple[int, str], ...]:
    """Return which columns become own fields of a contact, with the names of the fields.

    Args:
        rows: Rows of the file that are not blank.
        columns: Columns of numbers, names and notes.
        chosen: Columns to keep; None for all that are nothing else. Without headings there are
            no names, and so no fields.
    """
    if columns.heading < 0:
        return ()
    best_names = columns.names[0] if columns.names else ()
    taken = {*columns.numbers, *best_names, *columns.notes, *columns.dial_codes}
    named: dict[str, int] = {}
    for index, heading in enumerate(rows[columns.heading].cells):
        if index in taken if chosen is None else index not in chosen:
            continue
        if name := make_field_name(clean_cell(heading), named):
            named[name] = index
    return tuple((index, name) for name, index in named.items())


def preview_columns(rows: Sequence[CsvRow], columns: Columns) -> tuple[ColumnPreview, ...]:
    """Return every column with its heading and its first texts.

    Args:
        rows: Rows of the file that are not blank.
        columns: What is known about the columns.
    """
    heading = rows[columns.heading].cells if columns.heading >= 0 else ()
    sample = [row.cells for row in rows[columns.heading + 1 :][:_SAMPLE] if not row.problem]
    width = max((len(cells) for cells in (heading, *sample)), default=0)
    roles = {index: "number" for index in columns.numbers}
    roles |= {index: "note" for index in columns.notes}
    # Only the best alternative: the agent sees what one name is made of.
    roles |= {index: "name" for index in (columns.names[0] if columns.names else ())}
    previews = []
    for index in range(width):
        texts = (cells[index].strip() for cells in sample if index < len(cells))
        samples = tuple(islice((text for text in texts if text), _PREVIEW))
        title = heading[index].strip() if index < len(heading) else ""
        previews.append(ColumnPreview(title, samples, roles.get(index, "")))
    return tuple(previews)


def _find_heading(rows: Sequence[CsvRow], has_number: HasNumber) -> int | None:
    """Return the index of the row whose headings name a number, or None."""
    best: tuple[int, int] | None = None
    for index, row in enumerate(rows[:HEADING_ROWS]):
        if any(has_number(cell) for cell in row.cells):
            # Below the first contact there is no heading, only names such as "Phone House".
            break
        titles = [clean_cell(cell) for cell in row.cells]
        fields = {classify_heading(title) for title in titles}
        if fields.intersection((*NUMBER_FIELDS, Field.WEAK_NUMBER)):
            best = max(best or (0, 0), (count_headings(titles), -index))
    return -best[1] if best and best[0] else None


def _assign_fields(fields: Sequence[Field], heading: int) -> Columns:
    """Return the columns for the fields of the headings."""

    def list_columns(*wanted: Field) -> tuple[int, ...]:
        """Return the columns of these fields, in the order of the fields."""
        return tuple(i for f in wanted for i, present in enumerate(fields) if present is f)

    first, last = list_columns(Field.FIRST_NAME)[:1], list_columns(Field.LAST_NAME)
    middle, generic = list_columns(Field.MIDDLE_NAME)[:1], list_columns(Field.NAME)[:1]
    full = list_columns(Field.FULL_NAME)[:1]
    # "Name" is the last name beside a first name, and the first name beside a last name.
    if generic and bool(first) != bool(last) and not full:
        first, last = first or generic, last or generic
        generic = ()
    alternatives = [full, generic, (*first, *middle, *last)]
    # Other programs leave the one name empty for a organization.
    alternatives += [(i,) for i in list_columns(Field.NICKNAME, Field.ORGANIZATION)]
    return Columns(
        list_columns(*NUMBER_FIELDS) or list_columns(Field.WEAK_NUMBER)[:1],
        tuple(names for names in alternatives if names),
        list_columns(Field.NOTE)[:1],
        heading,
        list_columns(Field.DIAL_CODE),
    )


def _find_by_content(rows: Sequence[CsvRow], has_number: HasNumber) -> Columns:
    """Return the columns of a file without a heading that is understood.

    Raises:
        UnclearColumnsError: There is a heading, but not in known words.
    """
    sample = [row.cells for row in rows[:_SAMPLE] if not row.problem]
    width = max((len(cells) for cells in sample), default=0)
    counts = [_count(sample, index, has_number) for index in range(width)]
    if not any(counts):
        counts = [_count(sample, index, _is_short_code) for index in range(width)]
    present = [_count(sample, index, _is_text) for index in range(width)]
    if not any(counts):
        heading = next((i for i, row in enumerate(rows) if sum(map(_is_text, row.cells)) > 1), 0)
        raise UnclearColumnsError(
            explain_headings("No column for the number", rows[heading].cells),
            preview_columns(rows, Columns(heading=heading)),
            heading,
        )
    best = max(range(width), key=lambda index: (counts[index], -index))
    numbers = tuple(i for i in range(width) if counts[i] and counts[i] >= _MOST * present[i])
    numbers = (best, *(i for i in numbers if i != best))
    titled = _find_unknown_heading(rows, numbers, has_number)
    below = [row.cells for row in rows[(titled or 0) + 1 :][:_SAMPLE] if not row.problem]
    names = [i for i in range(width) if i not in numbers]
    columns = _guess_names(sample if titled is None else below, numbers, names)
    if titled is not None:
        known = Columns(columns.numbers, columns.names, columns.notes, titled)
        raise UnclearColumnsError(
            explain_headings("Unclear columns", rows[titled].cells),
            preview_columns(rows, known),
            titled,
        )
    return columns


def _guess_names(
    sample: Sequence[Sequence[str]], numbers: tuple[int, ...], others: Sequence[int]
) -> Columns:
    """Return the columns of a file without a heading: the first text is the name."""
    words = [i for i in others if any(any(c.isalpha() for c in r[i]) for r in sample if i < len(r))]
    before = [i for i in words if i < numbers[0]]
    # Two columns of single words before the number are the first and the last name.
    is_split = len(before) == 2 and all(
        len(row[i].split()) <= 1 for row in sample for i in before if i < len(row)
    )
    name = tuple(before) if is_split else tuple(words[:1])
    return Columns(numbers, (name,) if name else (), tuple(i for i in words if i not in name)[:1])


def _find_unknown_heading(
    rows: Sequence[CsvRow], numbers: Sequence[int], has_number: HasNumber
) -> int | None:
    """Return the index of a heading in unknown words above the first number, or None."""
    for index, row in enumerate(rows[:HEADING_ROWS]):
        if has_any_number(row, numbers, has_number):
            return None
        if sum(_is_text(cell) for cell in row.cells) > 1 and _is_title(row, numbers[0]):
            return index
    return None


def explain_headings(problem: str, cells: Iterable[str]) -> str:
    """Return an error that names the headings of the file and the known ones."""
    titles = [clean_cell(cell) for cell in cells]
    unknown = [t for t in titles if t and classify_heading(t) is Field.UNKNOWN] or titles
    named = ", ".join(f'"{title[:40]}"' for title in unknown[:_MAX_NAMED] if title)
    more = ", …" if len(unknown) > _MAX_NAMED else ""
    return (
        f"{problem} (not understood: {named}{more}); known headings are {KNOWN_HEADINGS},"
        " and the same in many languages"
    )


def _count(sample: Iterable[Sequence[str]], index: int, is_wanted: HasNumber) -> int:
    """Return in how many rows a column has what is wanted."""
    return sum(index < len(cells) and is_wanted(cells[index]) for cells in sample)


def has_any_number(row: CsvRow, numbers: Iterable[int], has_number: HasNumber) -> bool:
    """Return whether a row has a number in one of these columns."""
    return any(index < len(row.cells) and has_number(row.cells[index]) for index in numbers)


def _is_title(row: CsvRow, index: int) -> bool:
    """Return whether a cell can be the heading of a column of numbers."""
    text = row.cells[index].strip() if index < len(row.cells) else ""
    return bool(text) and sum(char.isdigit() for char in text) < 3 and text != "-"


def _is_short_code(text: str) -> bool:
    """Return whether a cell can be a short code."""
    return text.strip().isdecimal() and len(text.strip()) in range(3, 9)


def _is_text(text: str) -> bool:
    """Return whether a cell is not blank."""
    return bool(text.strip())
