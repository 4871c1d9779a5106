"""Write the address book as CSV, and read such a file back without any loss.

`smsdesk contacts export` marks its file by the first heading. Other programs can read the file,
too: the headings of names, notes and numbers are common ones, and a field stands in braces.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from tui.domain.person import Person
from tui.domain.text import from_cell, to_cell
from tui.store.contacts import Contact

_NAME, _NOTE, _PHONE = "{name}", "Note", "Phone "
MARK = f"{_NAME},{_NOTE},{_PHONE}1"
"""How the file begins."""


def format_export(people: Sequence[Person]) -> Iterator[str]:
    """Yield the lines of the file.

    Args:
        people: All contacts.
    """
    width = max((len(person.numbers) for person in people), default=1)
    fields = sorted({name for person in people for name in person.fields})
    phones = [f"{_PHONE}{number}" for number in range(1, max(1, width) + 1)]
    yield _format_row([_NAME, _NOTE, *phones, *(f"{{{name}}}" for name in fields)])
    for person in people:
        numbers = [*person.numbers, *[""] * (len(phones) - len(person.numbers))]
        values = [person.fields.get(name, "") for name in fields]
        yield _format_row(map(to_cell, [person.name, person.note, *numbers, *values]))


def is_own_export(text: str) -> bool:
    """Return whether a text is a file of `format_export`."""
    return text.removeprefix("\ufeff").startswith(MARK)


def read_own_export(text: str) -> Iterator[tuple[int, list[Contact]]]:
    """Yield line and numbers of each person, exactly as they were exported."""
    rows = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=False)
    headings = next(rows)
    line = rows.line_num + 1
    for row in rows:
        cells = dict(zip(headings, map(from_cell, row), strict=False))
        numbers = [cell for name, cell in cells.items() if name.startswith(_PHONE) and cell]
        fields = tuple(
            (name[1:-1], cell)
            for name, cell in cells.items()
            if name != _NAME and name[:1] == "{" and name[-1:] == "}" and cell
        )
        name, note = cells.get(_NAME, ""), cells.get(_NOTE, "")
        yield line, [make_contact(number, name, note, fields, numbers) for number in numbers]
        line = rows.line_num + 1


def make_contact(
    number: str,
    name: str,
    note: str,
    fields: tuple[tuple[str, str], ...],
    numbers: Sequence[str],
) -> Contact:
    """Return one number of a person; what is said about the person goes with the first.

    Args:
        number: The number.
        name: Name of the person.
        note: Note about the person.
        fields: Own fields of the person.
        numbers: All numbers of the person.
    """
    if number == numbers[0]:
        return Contact(number, name, note, fields)
    return Contact(number, name, note, beside=numbers[0])


def _format_row(cells: Iterable[str]) -> str:
    """Return one row of CSV without its line end."""
    buffer = io.StringIO()
    csv.writer(buffer).writerow(list(cells))
    return buffer.getvalue().removesuffix("\r\n")
