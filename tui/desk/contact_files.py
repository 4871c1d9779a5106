"""Read contacts from the files that address books export: CSV and vCard.

A CSV file may have a heading or not.
"""

import csv
import io
import itertools
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from tui.domain.phone import AddressKind, parse_address
from tui.domain.text import fold_text
from tui.store.contacts import Contact

_MAX_FILE_BYTES = 256 * 1024 * 1024
# Column names as common address books export them (Google, Outlook; English, Polish, German).
# They are compared after `fold`, so case and accents do not matter.
_NUMBER_HEADINGS = (
    *("number", "phone", "phone number", "mobile", "mobile phone", "tel", "telephone", "msisdn"),
    *("phone 1 - value", "telefon", "numer", "address"),
)
_NAME_HEADINGS = ("name", "full name", "display name", "customer", "contact", "nazwa", "file as")
_FIRST_NAME_HEADINGS = ("first name", "given name", "imie", "vorname")
_LAST_NAME_HEADINGS = ("last name", "family name", "surname", "nazwisko", "nachname")
_NOTE_HEADINGS = ("note", "notes", "comment", "remark", "uwagi", "notiz")
_REACHABLE_KINDS = frozenset({AddressKind.NUMBER, AddressKind.SHORT_CODE})


class ContactFileError(Exception):
    """Raised when no contacts can be read from a file.

    The text gives the reason on one line and may contain outside text.
    """


def read_contacts(path: Path) -> list[Contact]:
    """Return the contacts of a file.

    Args:
        path: The file; its suffix decides between vCard (.vcf, .vcard) and CSV.

    Raises:
        ContactFileError: The file cannot be read.
    """
    text = _read_utf8(path)
    if path.suffix.casefold() in (".vcf", ".vcard"):
        return list(_parse_vcards(text, path))
    try:
        return list(_parse_csv(text))
    except csv.Error as error:
        raise ContactFileError(f"{path} is not CSV ({error})") from None


def split_reachable(
    contacts: Iterable[Contact], region: str | None
) -> tuple[list[Contact], list[Contact]]:
    """Split contacts into those that can receive a message and those that cannot.

    Args:
        contacts: Contacts as they were read from a file.
        region: Country code (ISO 3166) for numbers without one, or None.
    """
    usable: list[Contact] = []
    skipped: list[Contact] = []
    for contact in contacts:
        kind = parse_address(contact.address, region).kind
        (usable if kind in _REACHABLE_KINDS else skipped).append(contact)
    return usable, skipped


def _read_utf8(path: Path) -> str:
    """Return the text of a UTF-8 file, with or without a byte order mark."""
    try:
        if path.stat().st_size > _MAX_FILE_BYTES:
            raise ContactFileError(f"{path} is too large; split it")
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise ContactFileError(f"cannot read {path} ({error.strerror})") from None
    except UnicodeDecodeError:
        raise ContactFileError(f"{path} is not in UTF-8; save it as UTF-8") from None


def _parse_csv(text: str) -> Iterator[Contact]:
    """Yield the contacts of a CSV file; without a heading the columns are number, name, note."""
    rows: Iterator[list[str]] = csv.reader(
        io.StringIO(text, newline=""), delimiter=_detect_delimiter(text), strict=True
    )
    heading = next(rows, [])
    columns = _find_columns(heading)
    # No heading: the first row is a contact, too.
    if columns is None:
        columns = {"number": [0], "name": [1], "note": [2]}
        rows = itertools.chain([heading], rows)
    for row in rows:
        if any(cell.strip() for cell in row):
            yield Contact(
                _join_cells(row, columns["number"]),
                _join_cells(row, columns["name"]),
                _join_cells(row, columns["note"]),
            )


def _detect_delimiter(text: str) -> str:
    """Return the delimiter that occurs most often in the first line."""
    first = text.partition("\n")[0]
    return max(",;\t", key=first.count)


def _find_columns(heading: Sequence[str]) -> dict[str, list[int]] | None:
    """Return the column indices of number, name and note, or None if this is no heading."""
    names = [fold_text(cell.strip()) for cell in heading]
    number = _find_column(names, _NUMBER_HEADINGS)
    if not number:
        return None
    name = _find_column(names, _NAME_HEADINGS) or _find_column(
        names, _FIRST_NAME_HEADINGS
    ) + _find_column(names, _LAST_NAME_HEADINGS)
    return {"number": number, "name": name, "note": _find_column(names, _NOTE_HEADINGS)}


def _find_column(names: Sequence[str], known: Iterable[str]) -> list[int]:
    """Return the index of the first column with a known name, as a list of one or none."""
    return next(([names.index(name)] for name in known if name in names), [])


def _join_cells(row: Sequence[str], columns: Iterable[int]) -> str:
    """Return the text of the given columns of a row; short rows are accepted."""
    return " ".join(row[column].strip() for column in columns if column < len(row)).strip()


def _parse_vcards(text: str, path: Path) -> Iterator[Contact]:
    """Yield the contacts of a vCard file: one for each number of each card."""
    try:
        import vobject
    except ModuleNotFoundError:
        problem = "vCard files need one more package: pip install 'smsdesk[vcard]'"
        raise ContactFileError(problem) from None
    try:
        for card in vobject.readComponents(text):
            yield from _parse_card(card.contents)
    except (vobject.base.VObjectError, ValueError, AttributeError) as error:
        problem = f"{path} is not a vCard file ({type(error).__name__})"
        raise ContactFileError(problem) from None


def _parse_card(contents: dict[str, list[object]]) -> Iterator[Contact]:
    """Yield one contact for each number of a card, or one without a number."""
    name = _get_field(contents, "fn") or _get_field(contents, "n")
    note = _get_field(contents, "note")
    for line in contents.get("tel", [None]):
        number = str(getattr(line, "value", "") or "").removeprefix("tel:")
        yield Contact(number, name, note)


def _get_field(contents: dict[str, list[object]], field: str) -> str:
    """Return the first value of a card's field, or "" if the card has none."""
    lines = contents.get(field, [])
    return " ".join(str(getattr(lines[0], "value", "")).split()) if lines else ""
