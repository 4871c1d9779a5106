"""A person of the address book: name, note, numbers and own fields, and how a search reads them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import field
from operator import add

from tui.domain.folding import fold_text
from tui.domain.phone import parse_address
from tui.domain.record_type import record
from tui.domain.templates import (
    BUILT_IN_FIELDS,
    CustomField,
    InvalidCannedReplyError,
    validate_field,
)
from tui.domain.views import normalize_filter

_LONGEST_FIELD_NAME = 31
_NO_WORD = re.compile(r"\W+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_MAX_TERMS = 4
"""Words of a search that are compared in the database."""
_SEPARATORS = frozenset("()-./")
_GRAM_SIZE = 3
"""Characters of the longest piece of a name or number that the index of a file has."""
NEW_MARK = "\ue0ff"
"""Word in the index of a file of people with a number that has no conversation."""
_COMPARED_END = 8
"""Characters at the end of a longer typed word whose pieces are looked up: numbers begin alike."""
_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
_STAND_INS = 0xE000
"""First of the private characters that stand for ASCII punctuation, which an index leaves out."""


@record
class Person:
    """A contact. All texts are from outside."""

    id: int
    """0 for a person that is not stored yet."""
    name: str
    note: str = ""
    numbers: tuple[str, ...] = ()
    """Conversation keys of the numbers, the main one first."""
    fields: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Values of the own fields by name."""


@record
class ChangedPerson:
    """A contact after a change, and what the change met in the store."""

    person: Person
    replaced: Person | None = None
    """Contact as it was stored just before; None if there was none."""
    overwritten: tuple[str, ...] = ()
    """What had been changed meanwhile, and was changed again: "name", "note" or "{order}"."""


def apply_change(before: Person, wanted: Person, stored: Person) -> ChangedPerson:
    """Change a stored contact as an agent has changed an older copy of it.

    What the agent left alone stays as it is stored, so two agents can edit one contact.

    Args:
        before: Contact as the agent saw it.
        wanted: Contact as the agent left it.
        stored: Contact as it is now.
    """
    overwritten: list[str] = []

    def choose(label: str, old: str, new: str, current: str) -> str:
        if new == old:
            return current
        if current not in (old, new):
            overwritten.append(label)
        return new

    name = choose("name", before.name, wanted.name, stored.name)
    note = choose("note", before.note, wanted.note, stored.note)
    sources = (before.fields, wanted.fields, stored.fields)
    fields = {
        key: choose(f"{{{key}}}", *(values.get(key, "") for values in sources))
        for key in sorted({key for values in sources for key in values})
    }
    numbers = wanted.numbers
    if stored.numbers != before.numbers:
        removed = set(before.numbers) - set(wanted.numbers)
        added = [number for number in wanted.numbers if number not in before.numbers]
        numbers = tuple(dict.fromkeys(n for n in (*stored.numbers, *added) if n not in removed))
    kept = {key: value for key, value in fields.items() if value}
    changed = Person(stored.id, name, note, numbers or stored.numbers, kept)
    return ChangedPerson(changed, stored, tuple(overwritten))


@record
class FoundNumber:
    """One number of a person that a search has found. All texts are from outside."""

    person: int
    name: str
    party: str
    """Conversation key of the number."""
    folded: str = field(default="", compare=False, repr=False)
    """What the search looks through, from `fold_contact`."""

    @property
    def address(self) -> str:
        """Return the number as it is written to."""
        parsed = parse_address(self.party)
        return parsed.e164 or parsed.raw


@record
class PersonHit:
    """A person that a search in everything has found."""

    person: Person
    party: str
    """Conversation key of the number that was found, or that has the newest conversation."""
    conversation_id: int = 0
    """Conversation with this number; 0 for none."""
    last_at: int = 0
    """Time of its last message, ms UTC."""
    field: str = ""
    """Name of the own field that was found; empty if it was the name or a number."""


def fold_contact(name: str, party: str) -> str:
    """Return the text of a number that the search for people looks through.

    Args:
        name: Name of the person.
        party: Conversation key of the number.
    """
    return f"{' '.join(fold_text(name).split())} {fold_text(party)}".lstrip()


def split_search(typed: str) -> tuple[str, ...]:
    """Return the parts that a found name and number must contain, the longest first.

    A number may be typed in any notation: in groups, with 00 or with the zero of its country.
    """
    folded = normalize_filter(" ".join(typed.split()))
    words = [
        "".join(c for c in word if c not in _SEPARATORS) if _is_digits(word) else word
        for word in folded.split()
    ]
    longest = sorted(dict.fromkeys(filter(None, words)), key=lambda word: -len(word))
    return tuple(longest[:_MAX_TERMS])


def list_grams(text: str) -> set[str]:
    """Return all pieces of one to three characters of words, as the index of a file has them.

    Args:
        text: Folded words with blanks between them.
    """
    shown = _replace_punctuation(text)
    pairs = list(map(add, shown, shown[1:]))
    grams = {*shown, *pairs, *map(add, pairs, shown[2:])}
    return {gram for gram in grams if " " not in gram}


def format_gram_query(terms: Iterable[str], *, only_new: bool = False) -> str:
    """Return the parts of a search as an FTS5 query for an index of `list_grams`.

    It also finds texts that have these pieces in other places: what is found has to be compared.

    Args:
        terms: Parts of `split_search`.
        only_new: Whether to find only people with a number that has no conversation.
    """
    grams: dict[str, None] = {}
    for term in (*terms, NEW_MARK) if only_new else terms:
        end = _replace_punctuation(term)[-_COMPARED_END:]
        last = max(len(end) - _GRAM_SIZE, 0)
        grams |= dict.fromkeys(end[begin : begin + _GRAM_SIZE] for begin in range(last + 1))
    return " AND ".join(f'"{gram}"' for gram in grams)


def _replace_punctuation(text: str) -> str:
    """Return a text with other characters for its ASCII punctuation, of the same length."""
    return _PUNCTUATION.sub(lambda found: chr(_STAND_INS + ord(found[0])), text)


def rank_found(found: Iterable[FoundNumber], terms: Iterable[str]) -> list[FoundNumber]:
    """Return found numbers in their order, those first in which every part begins a word.

    Args:
        found: Numbers that contain all parts.
        terms: Parts of `split_search`.
    """
    beginnings = [f" {term}" for term in terms]

    def get_place(one: FoundNumber) -> tuple[int, str, str]:
        text = f" {one.folded} {one.party.removeprefix('+')}"
        return sum(beginning not in text for beginning in beginnings), one.folded, one.party

    return sorted(found, key=get_place)


def make_field_name(heading: str, taken: Iterable[str] = ()) -> str:
    """Return the name of a field for the heading of a column; "" for a heading without a word.

    Args:
        heading: Heading such as "Order No." or "{order}"; text from outside.
        taken: Names that other columns have already.
    """
    words = _NO_WORD.sub("_", _CAMEL.sub("_", heading.strip())).strip("_")
    name = re.sub("__+", "_", words).casefold()[:_LONGEST_FIELD_NAME].strip("_")
    if not name:
        return ""
    if name[0].isdigit() or name[0].isnumeric():
        name = f"_{name}"[:_LONGEST_FIELD_NAME]
    if name in BUILT_IN_FIELDS:
        name = f"own_{name}"
    others, base, number = set(taken), name, 2
    while name in others:
        name = f"{base[: _LONGEST_FIELD_NAME - len(str(number)) - 1]}_{number}"
        number += 1
    try:
        return validate_field(name, "x").name
    except InvalidCannedReplyError:
        return ""


def format_fields(fields: Mapping[str, str]) -> str:
    """Return fields as an agent edits them: one line `name = value` each.

    A line break of a value is written as a blank.
    """
    return "\n".join(f"{name} = {' '.join(value.split())}" for name, value in fields.items())


def parse_fields(text: str, before: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the fields of lines `name = value`; a line without a value removes its field.

    Args:
        text: Lines as typed; blank ones are ignored.
        before: Fields as they were: one whose line is unchanged keeps its value, with line breaks.

    Raises:
        InvalidCannedReplyError: A line is no field; the message says why.
    """
    found: dict[str, str] = {}
    for line in filter(str.strip, text.splitlines()):
        name, equals, value = line.partition("=")
        if not equals:
            raise InvalidCannedReplyError(f'"{line.strip()[:40]}" is no field: write name = value')
        key = make_plain_name(name)
        if not value.strip():
            continue
        if key in found:
            raise InvalidCannedReplyError(f"{{{key}}} is there twice: keep one line")
        old = (before or {}).get(key, "")
        is_unchanged = " ".join(old.split()) == " ".join(value.split())
        own = validate_field(key, old if old and is_unchanged else value)
        found[own.name] = own.value
    return found


def make_plain_name(name: str) -> str:
    """Return a typed name of a field in lower case, without braces, its words joined.

    Raises:
        InvalidCannedReplyError: It is no name of a field.
    """
    joined = "_".join(name.strip().removeprefix("{").removesuffix("}").split())
    return validate_field(joined, "x").name


def check_field(name: str, value: str) -> CustomField:
    """Return a field of an import or a command that can be saved.

    Args:
        name: Name of the field.
        value: Value from outside; it is not empty.

    Raises:
        InvalidCannedReplyError: Name or value cannot be saved.
    """
    return validate_field(make_plain_name(name), value)


def _is_digits(word: str) -> bool:
    """Return whether a word of a search is a part of a number."""
    return any(c.isdigit() for c in word) and all(
        c.isdigit() or c in _SEPARATORS or c == "+" for c in word
    )
