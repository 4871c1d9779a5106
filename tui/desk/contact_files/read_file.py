"""Read contacts from the files that address books export: CSV, vCard and jCard.

A row or a card that cannot be used never refuses the file: it is named with its line.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from tui.desk.contact_files.column_choice import ColumnChoice, choose_columns
from tui.desk.contact_files.csv_columns import (
    ColumnPreview,
    Columns,
    ContactFileError,
    find_columns,
    name_fields,
    preview_columns,
)
from tui.desk.contact_files.csv_rows import CsvRow, read_rows
from tui.desk.contact_files.found_contacts import (
    ReadContacts,
    Skipped,
    add_person,
    check_fields,
)
from tui.desk.contact_files.number_cells import (
    NumberCell,
    NumberProblem,
    clean_cell,
    read_numbers,
    read_numbers_after,
)
from tui.desk.contact_files.own_export import is_own_export, read_own_export
from tui.desk.contact_files.text_decoding import Decoded, decode_text
from tui.desk.contact_files.vcards import is_vcard_file, read_cards

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
NO_FIELDS = ColumnChoice(fields=())
"""Choice that keeps no column as a field, and finds all else as usual."""
_REPORT_EVERY = 1_000
"""Rows between two reports of progress."""
Progress = Callable[[int, int], object]
"""Takes the rows that are read, and how many there are."""


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
        if choice is not None and choice != NO_FIELDS:
            raise ContactFileError(f"{path} is a vCard file: it has no columns to choose")
        read = _read_vcards(data, region, progress, has_fields=choice is None)
        if decoded.is_wide:
            read.code_page = read.code_page or decoded.code_page
        return read
    if path.suffix.casefold() in _CARD_SUFFIXES and data.strip():
        raise ContactFileError(f"{path} is not a vCard file: it has no line BEGIN:VCARD")
    if choice is None and is_own_export(decoded.text):
        return _read_own_export(decoded.text, progress)
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
    if choice is None:
        columns = replace(columns, fields=name_fields(rows, columns))
    found = ReadContacts(code_page=decoded.code_page)
    content = rows[columns.heading + 1 :]
    for done, row in enumerate(content, 1):
        place = f"line {row.line}"
        if row.problem:
            found.skipped.append(Skipped(place, row.problem, row.advice))
        else:
            cells = _read_cells(row, columns, region)
            person = _read_name(row, columns), _read_note(row, columns)
            add_person(found, place, cells, *person, _read_fields(row, columns))
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


def _read_vcards(
    data: bytes, region: str | None, progress: Progress, *, has_fields: bool
) -> ReadContacts:
    """Return the contacts of a vCard file."""
    cards, code_page = read_cards(data, region)
    found = ReadContacts(code_page=code_page)
    for done, card in enumerate(cards, 1):
        cells = [read_numbers(number, region) for number in card.numbers]
        if card.has_fax_only:
            cells = [NumberCell(problems=(NumberProblem("only a fax number"),))]
        fields = card.fields if has_fields else ()
        add_person(found, card.place, cells, card.name, card.note, fields)
        if done % _REPORT_EVERY == 0 or done == len(cards):
            progress(done, len(cards))
    return found


def _read_fields(row: CsvRow, columns: Columns) -> list[tuple[str, str]]:
    """Return the own fields of a row that are not empty."""
    found = [(name, "".join(_pick(row, (index,)))) for index, name in columns.fields]
    return [(name, text) for name, cell in found if (text := clean_cell(cell)).strip()]


def _read_own_export(text: str, progress: Progress) -> ReadContacts:
    """Return the contacts of a file that smsdesk has exported."""
    found = ReadContacts()
    for line, contacts in read_own_export(text):
        if contacts:
            first, *others = contacts
            fields = check_fields(found, f"line {line}", first.fields)
            found.contacts += [replace(first, fields=fields), *others]
            found.rows += 1
        else:
            found.skipped.append(Skipped(f"line {line}", "no number"))
    progress(found.rows, found.rows)
    return found


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
