"""Read vCards of the versions 2.1, 3.0 and 4.0, as telephones and address books write them.

The reader works on bytes, because each line can have an encoding of its own, and never gives up:
a line that is no property is passed over, and a card without an end is closed by the next one.
"""

import base64
import binascii
import json
import quopri
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from tui.desk.contact_files.code_pages import find_codec
from tui.desk.contact_files.vcard_values import (
    FIELDS,
    list_fields,
    split_parts,
    strip_escapes,
    unescape,
)
from tui.domain.record_type import record

_TEXT_FIELDS = frozenset({"FN", "N", "NICKNAME", "NOTE", "TEL", *FIELDS})
"""Fields that are read; pictures, sounds and keys are not even decoded."""
_PARTS = re.compile(r'(?:[^";]|"[^"]*"|")+')
_QUOTED_HEAD = re.compile(rb'((?:[^":]|"[^"]*")*):')
_CHARSET = re.compile(
    r"(?:utf|iso|windows|cp|koi|shift|sjis|euc|gb|big5|latin|mac|ks|tis)[\w-]*", re.I
)
_NOT_FOR_TEXTS = frozenset({"FAX", "PAGER", "TELEX", "MODEM", "BBS", "ISDN", "TEXTPHONE"})
_FOR_PEOPLE = frozenset({"CELL", "MOBILE", "VOICE", "TEXT", "IPHONE", "MSG"})
_MOBILE = frozenset({"CELL", "MOBILE", "IPHONE", "TEXT", "MSG"})
_BEGINS = re.compile(rb"\s*BEGIN\s*:\s*VCARD\s*", re.IGNORECASE)
_NEXT = re.compile(rb"(?:[\w-]+\.)?(?:TEL|FN|N|ORG|END)[;:]", re.IGNORECASE)
_ENDS = re.compile(rb"\s*END\s*:\s*VCARD\s*", re.IGNORECASE)


@record
class Card:
    """What is read of one card. All texts are from outside."""

    place: str
    """Where it begins: "line 4", or "card 2" where there are no lines."""
    name: str
    note: str
    numbers: tuple[str, ...]
    """Numbers as they are written, the mobile ones first."""
    has_fax_only: bool = False
    fields: tuple[tuple[str, str], ...] = ()
    """Names and values of own fields."""


@dataclass(slots=True)
class _Property:
    """One line of a card: its parameters and its value, not yet decoded."""

    name: str
    parameters: dict[str, set[str]]
    value: bytes
    text: str = ""


@dataclass(slots=True)
class _RawCard:
    """The lines of a card."""

    place: str
    properties: list[_Property] = field(default_factory=list)


def is_vcard_file(data: bytes) -> bool:
    """Return whether a file has vCards or a jCard, whatever its name."""
    beginning = data[:4_096].lstrip(b"\xef\xbb\xbf \t\r\n")
    return bool(re.search(rb"^\s*BEGIN\s*:\s*VCARD", beginning, re.IGNORECASE | re.MULTILINE)) or (
        beginning[:1] == b"[" and b'"vcard"' in beginning
    )


def read_cards(data: bytes, region: str | None) -> tuple[list[Card], str]:
    """Return the cards of a file, and the code page that was taken, in words.

    Args:
        data: Content in UTF-8 or in any code page; UTF-16 is converted before.
        region: Country code (ISO 3166) of this desk, which helps to find the code page.
    """
    data = data.removeprefix(b"\xef\xbb\xbf")
    if data.lstrip()[:1] == b"[":
        return list(_read_jcards(data)), ""
    raw = list(_split_cards(data.splitlines()))
    code_page = _decode_properties([p for card in raw for p in card.properties], region)
    return [_read_card(card) for card in raw], code_page


def _split_cards(lines: Sequence[bytes]) -> Iterator[_RawCard]:
    """Yield the cards of a file with their properties; a card in a card is passed over."""
    card: _RawCard | None = None
    nested = 0
    awaits_agent = False
    for number, line in _unfold_lines(lines):
        if _BEGINS.fullmatch(line):
            if card is not None and (awaits_agent or nested):
                nested += 1
                awaits_agent = False
                continue
            if card is not None:
                yield card
            card = _RawCard(f"line {number}")
        elif _ENDS.fullmatch(line):
            if nested:
                nested -= 1
            elif card is not None:
                yield card
                card = None
        elif card is not None and not nested:
            if not line.strip():
                continue
            found = _parse_property(line)
            # The card of an AGENT stands between the lines of its owner.
            awaits_agent = found is not None and found.name == "AGENT" and not found.value.strip()
            if found is not None and found.name in _TEXT_FIELDS and found.value.strip(b" ;"):
                card.properties.append(found)
    if card is not None:
        yield card


def _unfold_lines(lines: Sequence[bytes]) -> Iterator[tuple[int, bytes]]:
    """Yield each logical line with the number of its first line."""
    index = 0
    while index < len(lines):
        first = index
        parts = [lines[index]]
        head = lines[index].partition(b":")[0].upper()
        is_quoted = b"QUOTED-PRINTABLE" in head
        index += 1
        while index < len(lines):
            line = lines[index]
            if is_quoted and parts[-1].rstrip().endswith(b"=") and not _NEXT.match(line):
                # A soft line break of quoted-printable.
                parts[-1] = parts[-1].rstrip()[:-1]
                parts.append(line)
            elif line[:1] in (b" ", b"\t") and line.strip() and lines[first].strip():
                parts.append(line[1:])
            else:
                break
            index += 1
        yield first + 1, b"".join(parts)


def _parse_property(line: bytes) -> _Property | None:
    """Return the property of a line, or None if it is not one that is read."""
    # Heads are ASCII; what is not belongs to a parameter that is not used.
    head, value = _split_head(line)
    words = _PARTS.findall(head.decode("latin-1")) if b";" in head else [head.decode("latin-1")]
    name = words[0].strip().rpartition(".")[2].upper() if words else ""
    if name not in _TEXT_FIELDS and name != "AGENT":
        return None
    parameters: dict[str, set[str]] = {}
    for word in words[1:]:
        key, equals, values = word.partition("=")
        # Version 2.1 writes the values alone: `TEL;CELL:`.
        key, values = (key, values) if equals else ("TYPE", key)
        found = {v.strip(' "').upper() for v in values.replace('"', "").split(",")}
        parameters.setdefault(key.strip().upper(), set()).update(found)
    return _Property(name, parameters, _decode_transfer(value, parameters))


def _split_head(line: bytes) -> tuple[bytes, bytes]:
    """Return the part before the colon, and the value; a colon in quotation marks is no end."""
    head, _, value = line.partition(b":")
    if head.count(b'"') % 2 and (found := _QUOTED_HEAD.match(line)):
        return found[1], line[found.end() :]
    return head, value


def _decode_transfer(value: bytes, parameters: dict[str, set[str]]) -> bytes:
    """Return a value without quoted-printable or base64."""
    encodings = parameters.get("ENCODING", set()) | parameters.get("TYPE", set())
    if "QUOTED-PRINTABLE" in encodings:
        return quopri.decodestring(value)
    if encodings & {"BASE64", "B"}:
        try:
            return base64.b64decode(value, validate=False)
        except (binascii.Error, ValueError):
            return b""
    return value


def _decode_properties(properties: Sequence[_Property], region: str | None) -> str:
    """Decode all values; return the code page of those that do not declare one."""
    unknown: list[_Property] = []
    for found in properties:
        charset = next(iter(found.parameters.get("CHARSET", ())), "")
        # Many programs write UTF-8 and declare something else; what is in ASCII decides nothing.
        for codec in (charset, "utf-8") if found.value.isascii() else ("utf-8", charset):
            if _CHARSET.fullmatch(codec):
                try:
                    found.text = found.value.decode(codec)
                except (UnicodeError, LookupError):
                    continue
                break
        else:
            unknown.append(found)
    if not unknown:
        return ""
    # The numbers say which country the names are from.
    numbers = [found.value for found in properties if found.name == "TEL"]
    codec, label = find_codec(b"\n".join([b"", *(p.value for p in unknown), *numbers]), region)
    for found in unknown:
        found.text = found.value.decode(codec, "replace")
    return label


def _read_card(card: _RawCard) -> Card:
    """Return the name, the note and the numbers of a card."""

    def get_first(name: str) -> str:
        """Return the first value of a property that is not blank."""
        texts = (unescape(p.text) for p in card.properties if p.name == name)
        return next((text for text in texts if text), "")

    names = [_join_name(p.text) for p in card.properties if p.name == "N"]
    units = [u for p in card.properties if p.name == "ORG" for u in split_parts(p.text)]
    firm = next((unit for unit in units if unit), "")
    shown, known = get_first("FN"), [*names, get_first("NICKNAME"), firm]
    # Telephones show the number of a contact that was saved without a full name.
    choices = [shown, *known] if any(map(str.isalpha, shown)) else [*known, shown]
    name = next((text for text in choices if text), "")
    phones = [p for p in card.properties if p.name == "TEL"]
    usable = [p for p in phones if _takes_texts(p)]
    usable.sort(key=lambda p: not p.parameters.get("TYPE", set()) & _MOBILE)
    numbers = tuple(_read_telephone(p) for p in usable)
    fields = list_fields((p.name, p.text) for p in card.properties)
    has_fax_only = bool(phones) and not usable
    return Card(card.place, name, get_first("NOTE"), numbers, has_fax_only, fields)


def _takes_texts(phone: _Property) -> bool:
    """Return whether a number is more than a fax or a pager."""
    types = phone.parameters.get("TYPE", set())
    return not types & _NOT_FOR_TEXTS or bool(types & _FOR_PEOPLE)


def _read_telephone(phone: _Property) -> str:
    """Return a number without what belongs to its URI."""
    text = strip_escapes(phone.text)
    scheme, colon, rest = text.partition(":")
    if not colon or scheme.casefold() not in ("tel", "sms", "callto"):
        return text
    number, *parameters = unquote(rest).split(";")
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip().casefold() == "phone-context" and value.strip().startswith("+"):
            return f"{value.strip()}{number}" if not number.startswith("+") else number
    return number


def _join_name(text: str) -> str:
    """Return "given additional family" of the five parts of a name."""
    family, given, additional = [*split_parts(text), "", ""][:3]
    return " ".join(part for part in (given, additional, family) if part)


def _read_jcards(data: bytes) -> Iterator[Card]:
    """Yield the cards of a JSON file (RFC 7095); nothing if it is not one."""
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        return
    cards = [content] if content[:1] == ["vcard"] else content
    for number, card in enumerate(cards, 1):
        raw = _RawCard(f"card {number}")
        if isinstance(card, list) and card[:1] == ["vcard"] and isinstance(card[-1], list):
            raw.properties += [p for item in card[-1] if (p := _parse_json_property(item))]
        yield _read_card(raw)


def _parse_json_property(item: Any) -> _Property | None:
    """Return one property of a jCard: name, parameters, type, value."""
    if not isinstance(item, list) or len(item) < 4 or not isinstance(item[0], str):
        return None
    name = item[0].upper()
    parameters = item[1] if isinstance(item[1], dict) else {}
    kinds = parameters.get("type", ())
    types = {str(t).upper() for t in ([kinds] if isinstance(kinds, str) else list(kinds))}
    value = item[3]
    parts = (
        [p if isinstance(p, str) else " ".join(map(str, p)) for p in value]
        if isinstance(value, list)
        else [str(value)]
    )
    text = ";".join(part.replace("\\", "\\\\").replace(";", "\\;") for part in parts)
    if name == "TEL":
        text = str(value)
    return _Property(name, {"TYPE": types}, b"", text) if name in _TEXT_FIELDS else None
