"""Reads contacts from the files that address books write: CSV with or without a heading, vCard."""

import csv
import io
import itertools
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from tui.domain.fold import fold
from tui.domain.phone import AddressKind, parse_address
from tui.store.contacts import Contact

_LARGEST = 256 * 1024 * 1024
_NUMBER = (
    *("number", "phone", "phone number", "mobile", "mobile phone", "tel", "telephone", "msisdn"),
    *("phone 1 - value", "telefon", "numer", "address"),
)
_NAME = ("name", "full name", "display name", "customer", "contact", "nazwa", "file as")
_FIRST = ("first name", "given name", "imie", "vorname")
_LAST = ("last name", "family name", "surname", "nazwisko", "nachname")
_NOTE = ("note", "notes", "comment", "remark", "uwagi", "notiz")
_REACHABLE = frozenset({AddressKind.NUMBER, AddressKind.SHORT_CODE})


class BadContacts(Exception):
    """The file gives no contacts; the text says why on one line, and holds outside text."""


def read_contacts(path: Path) -> list[Contact]:
    """The contacts of a file, by its ending; raises `BadContacts` for one that cannot be read."""
    text = _text(path)
    if path.suffix.casefold() in (".vcf", ".vcard"):
        return list(_vcards(text, path))
    try:
        return list(_rows(text))
    except csv.Error as error:
        raise BadContacts(f"{path} is not CSV ({error})") from None


def sorted_out(
    contacts: Iterable[Contact], region: str | None
) -> tuple[list[Contact], list[Contact]]:
    """Those that can be written to, and those that cannot."""
    usable: list[Contact] = []
    skipped: list[Contact] = []
    for contact in contacts:
        kind = parse_address(contact.address, region).kind
        (usable if kind in _REACHABLE else skipped).append(contact)
    return usable, skipped


def _text(path: Path) -> str:
    """The text of a file in UTF-8."""
    try:
        if path.stat().st_size > _LARGEST:
            raise BadContacts(f"{path} is too large; split it")
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise BadContacts(f"cannot read {path} ({error.strerror})") from None
    except UnicodeDecodeError:
        raise BadContacts(f"{path} is not in UTF-8; save it as UTF-8") from None


def _rows(text: str) -> Iterator[Contact]:
    """The contacts of a CSV file; without a heading: number, name, note."""
    rows: Iterator[list[str]] = csv.reader(
        io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True
    )
    heading = next(rows, [])
    places = _places(heading)
    if places is None:
        places = {"number": [0], "name": [1], "note": [2]}
        rows = itertools.chain([heading], rows)
    for row in rows:
        if any(cell.strip() for cell in row):
            yield Contact(
                _cells(row, places["number"]),
                _cells(row, places["name"]),
                _cells(row, places["note"]),
            )


def _delimiter(text: str) -> str:
    """What stands between the cells, by the first line."""
    first = text.partition("\n")[0]
    return max(",;\t", key=first.count)


def _places(heading: Sequence[str]) -> dict[str, list[int]] | None:
    """Which columns hold what; None when this is no heading."""
    names = [fold(cell.strip()) for cell in heading]
    number = _first(names, _NUMBER)
    if not number:
        return None
    name = _first(names, _NAME) or _first(names, _FIRST) + _first(names, _LAST)
    return {"number": number, "name": name, "note": _first(names, _NOTE)}


def _first(names: Sequence[str], known: Iterable[str]) -> list[int]:
    """The place of the first column with one of these names, as a list of one or none."""
    return next(([names.index(name)] for name in known if name in names), [])


def _cells(row: Sequence[str], places: Iterable[int]) -> str:
    """What stands at these places of a row, as far as it goes."""
    return " ".join(row[place].strip() for place in places if place < len(row)).strip()


def _vcards(text: str, path: Path) -> Iterator[Contact]:
    """The contacts of a vCard file: one for each number of each card."""
    try:
        import vobject
    except ModuleNotFoundError:
        line = "vCard files need one more package: pip install 'smsdesk[vcard]'"
        raise BadContacts(line) from None
    try:
        for card in vobject.readComponents(text):
            yield from _of_card(card.contents)
    except (vobject.base.VObjectError, ValueError, AttributeError) as error:
        line = f"{path} is not a vCard file ({type(error).__name__})"
        raise BadContacts(line) from None


def _of_card(contents: dict[str, list[object]]) -> Iterator[Contact]:
    """One contact for each number of a card, or one without a number."""
    name = _value(contents, "fn") or _value(contents, "n")
    note = _value(contents, "note")
    for line in contents.get("tel", [None]):
        number = str(getattr(line, "value", "") or "").removeprefix("tel:")
        yield Contact(number, name, note)


def _value(contents: dict[str, list[object]], field: str) -> str:
    """The first value of a card's field; empty for none."""
    lines = contents.get(field, [])
    return " ".join(str(getattr(lines[0], "value", "")).split()) if lines else ""
