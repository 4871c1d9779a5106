"""Read contacts from the files that address books export: CSV, vCard and jCard.

A row or a card that cannot be used never refuses the file: it is named with its line.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tui.desk.contact_files.column_choice import ColumnChoice, choose_columns
from tui.desk.contact_files.csv_columns import (
    ColumnPreview,
    Columns,
    ContactFileError,
    find_columns,
    preview_columns,
)
from tui.desk.contact_files.csv_rows import CsvRow, read_rows
from tui.desk.contact_files.number_cells import (
    NumberCell,
    NumberProblem,
    clean_cell,
    read_numbers,
    read_numbers_after,
)
from tui.desk.contact_files.text_decoding import Decoded, decode_text
from tui.desk.contact_files.vcards import is_vcard_file, read_cards
from tui.domain.text import format_count
from tui.store.contacts import Contact

_MAX_FILE_BYTES = 64 * 1024 * 1024
_CARD_SUFFIXES = (".vcf", ".vcard", ".jcf", ".jcard")
_OTHER_FORMATS = {
    b"PK\x03\x04": "an Excel, Numbers or OpenDocument workbook",
    b"\xd0\xcf\x11\xe0": "an Excel workbook or an Outlook file",
    b"%PDF": "a PDF document",
    b"\x1f\x8b": "a compressed file",
    b"SQLite format 3": "a database",
    b"!BDN": "an Outlook data file",
    b"<": "a web page or XML",
}
"""Beginnings of files that people try in place of an export."""
_DATE = re.compile(r"\s*(?:\d{4}([-/.])\d{1,2}\1\d{1,2}|\d{1,2}([-/.])\d{1,2}\2\d{4})\b(?!-)")
_REPORT_EVERY = 1_000
"""Rows between two reports of progress."""
Progress = Callable[[int, int], object]
"""Takes the rows that are read, and how many there are."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row, a card or a number that was not taken. Texts are from outside."""

    place: str
    """Where it stands: "line 4", or "card 2"."""
    reason: str
    detail: str = ""
    """What stands there and what to do about it; not in the summary."""

    def __str__(self) -> str:
        """Return place, reason and detail on one line."""
        return f"{self.place}: {self.reason}{f': {self.detail}' if self.detail else ''}"


@dataclass(slots=True)
class ReadContacts:
    """What was read of a file."""

    contacts: list[Contact] = field(default_factory=list)
    """One for each number; several of one person have the same name."""
    rows: int = 0
    """Rows or cards that gave contacts."""
    skipped: list[Skipped] = field(default_factory=list)
    """Rows or cards that gave none."""
    left_out: list[Skipped] = field(default_factory=list)
    """Numbers of rows that have another, valid number."""
    code_page: str = ""
    """Encoding that was taken, if the file does not say it itself."""

    @property
    def summary(self) -> str:
        """Return what was not taken and how the file was read, to follow "3 contacts imported"."""
        parts = []
        for found, noun in ((self.skipped, "row"), (self.left_out, "number")):
            if found:
                more = f"; {len(found) - 1} more" if len(found) > 1 else ""
                done = "skipped" if noun == "row" else "left out"
                first = f"{found[0].place}: {found[0].reason}"
                parts.append(f"{format_count(len(found), noun)} {done} ({first}{more})")
        if self.code_page:
            parts.append(f"read as {self.code_page}")
        return "".join(f", {part}" for part in parts)

    @property
    def details(self) -> list[str]:
        """Return a line for each row and number that was not taken, in the order of the file."""
        return [str(found) for found in (*self.skipped, *self.left_out)]


def read_contacts(
    path: Path,
    *,
    region: str | None = None,
    choice: ColumnChoice | None = None,
    progress: Progress | None = None,
) -> ReadContacts:
    """Return the contacts of a file that can receive a message, and why others cannot.

    Args:
        path: The file; its content decides between vCard and CSV.
        region: Country code (ISO 3166) for numbers without one, or None.
        choice: Columns of a CSV file that the agent named, or None.
        progress: Called now and then while numbers are read.

    Raises:
        UnclearColumnsError: The headings are not understood: the agent has to name the columns.
        ContactFileError: The file cannot be read.
    """
    progress = progress or _ignore_progress
    data, decoded = _read_decoded(path, region)
    if is_vcard_file(data):
        if choice is not None:
            raise ContactFileError(f"{path} is a vCard file: it has no columns to choose")
        read = _read_vcards(data, region, progress)
        if decoded.is_wide:
            read.code_page = read.code_page or decoded.code_page
        return read
    if path.suffix.casefold() in _CARD_SUFFIXES and data.strip():
        raise ContactFileError(f"{path} is not a vCard file: it has no line BEGIN:VCARD")
    return _read_csv(decoded, region, choice, progress)


def list_columns(path: Path, region: str | None) -> tuple[ColumnPreview, ...]:
    """Return the columns of a CSV file with what they were taken for; nothing for vCards.

    Args:
        path: The file.
        region: Country code (ISO 3166) for numbers without one, or None.

    Raises:
        UnclearColumnsError: The headings are not understood; the error has the columns, too.
        ContactFileError: The file cannot be read.
    """
    data, decoded = _read_decoded(path, region)
    if is_vcard_file(data):
        return ()
    rows = read_rows(decoded.text)
    return preview_columns(rows, find_columns(rows, partial(_has_number, region=region)))


def _read_decoded(path: Path, region: str | None) -> tuple[bytes, Decoded]:
    """Return the content of a file, as bytes whose ASCII characters are one each, and as text."""
    data = _read_bytes(path)
    decoded = decode_text(data, region)
    if decoded.is_wide:
        # Lines of a vCard differ in their encoding, unless all of it is in one of two bytes.
        data = decoded.text.encode(errors="replace")
    return data, decoded


def _read_bytes(path: Path) -> bytes:
    """Return the content of a file that can be a list of contacts."""
    try:
        if path.stat().st_size > _MAX_FILE_BYTES:
            raise ContactFileError(f"{path} is too large (over 64 MB): split it")
        data = path.read_bytes()
    except OSError as error:
        raise ContactFileError(f"cannot read {path} ({error.strerror})") from None
    for beginning, what in _OTHER_FORMATS.items():
        if data.lstrip().startswith(beginning):
            raise ContactFileError(f"{path} is {what}: export it as CSV (UTF-8) or vCard")
    return data


def _read_csv(
    decoded: Decoded, region: str | None, choice: ColumnChoice | None, progress: Progress
) -> ReadContacts:
    """Return the contacts of a CSV file."""
    rows = read_rows(decoded.text)
    has_number = partial(_has_number, region=region)
    columns = choose_columns(rows, choice, has_number) if choice else find_columns(rows, has_number)
    found = ReadContacts(code_page=decoded.code_page)
    content = rows[columns.heading + 1 :]
    for done, row in enumerate(content, 1):
        place = f"line {row.line}"
        if row.problem:
            found.skipped.append(Skipped(place, row.problem, row.advice))
        else:
            cells = _read_cells(row, columns, region)
            _add_person(found, place, cells, _read_name(row, columns), _read_note(row, columns))
        if done % _REPORT_EVERY == 0 or done == len(content):
            progress(done, len(content))
    return found


def _read_cells(row: CsvRow, columns: Columns, region: str | None) -> list[NumberCell]:
    """Return the numbers of each cell that can have some."""
    only_code = columns.dial_codes[0] if len(columns.numbers) == 1 and columns.dial_codes else -1
    found = []
    for index in columns.numbers:
        code = index - 1 if index - 1 in columns.dial_codes else only_code
        text, start = (_pick(row, (i,)) if i >= 0 else [] for i in (index, code))
        found += [read_numbers_after("".join(start), cell, region) for cell in text]
    return found


def _read_vcards(data: bytes, region: str | None, progress: Progress) -> ReadContacts:
    """Return the contacts of a vCard file."""
    cards, code_page = read_cards(data, region)
    found = ReadContacts(code_page=code_page)
    for done, card in enumerate(cards, 1):
        cells = [read_numbers(number, region) for number in card.numbers]
        if card.has_fax_only:
            cells = [NumberCell(problems=(NumberProblem("only a fax number"),))]
        _add_person(found, card.place, cells, card.name, card.note)
        if done % _REPORT_EVERY == 0 or done == len(cards):
            progress(done, len(cards))
    return found


def _add_person(
    found: ReadContacts, place: str, cells: Sequence[NumberCell], name: str, note: str
) -> None:
    """Add a contact for each number of a person, or say why there is none."""
    numbers = list(dict.fromkeys(number for cell in cells for number in cell.numbers))
    problems = [problem for cell in cells for problem in cell.problems]
    if any(number[0] == "+" for number in numbers):
        # Beside a phone number, few digits are the end of another one rather than a short code.
        problems += [
            NumberProblem("no valid number", f'"{n}" (too short)') for n in numbers if n[0] != "+"
        ]
        numbers = [number for number in numbers if number[0] == "+"]
    if not numbers:
        problem = problems[0] if problems else NumberProblem("no number")
        detail = ", ".join(text for text in (problem.detail, name) if text)
        found.skipped.append(Skipped(place, problem.reason, detail))
        return
    found.rows += 1
    found.contacts += [Contact(number, name, note) for number in numbers]
    found.left_out += [Skipped(place, problem.reason, problem.detail) for problem in problems]


def _has_number(text: str, region: str | None) -> bool:
    """Return whether a cell has a phone number, or what would be one with a country code."""
    if len(text) < 6 or not any(char.isdecimal() for char in text) or _DATE.match(text):
        return False
    digits = sum(char.isdecimal() for char in text)
    if 6 <= digits <= 15 and digits * 2 > len(text) and not any(c.isalpha() for c in text):
        return True
    return any(number[0] == "+" for number in read_numbers(text, region).numbers)


def _pick(row: CsvRow, columns: tuple[int, ...]) -> list[str]:
    """Return the texts of the given columns of a row; short rows are accepted."""
    return [row.cells[column] for column in columns if column < len(row.cells)]


def _read_name(row: CsvRow, columns: Columns) -> str:
    """Return the name: the best of the alternatives that is not empty."""
    for names in columns.names:
        parts = [" ".join(clean_cell(text).split()) for text in _pick(row, names)]
        name = _join_parts([part for part in parts if part])
        if name:
            return name
    return ""


def _join_parts(parts: list[str]) -> str:
    """Return first and last name in one text; Chinese and Japanese names begin with the last."""
    if len(parts) == 2 and all("\u2e80" <= char <= "\ud7a3" for part in parts for char in part):
        return parts[1] + parts[0]
    return " ".join(parts)


def _read_note(row: CsvRow, columns: Columns) -> str:
    """Return the note of a row."""
    return " ".join(clean_cell(text) for text in _pick(row, columns.notes)).strip()


def _ignore_progress(done: int, total: int) -> None:
    """Report nothing."""
