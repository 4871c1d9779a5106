"""Understand the headings of CSV files: which column holds a number, a name or a note.

A heading is cut into words, so that `Mobile Phone`, `mobile_phone`, `MobilePhone` and
`Phone 1 - Value` are read by the same rules. Numbers are found by parts of words, because many
languages join them ("Mobiltelefonnummer"); names are whole words, because short ones occur
everywhere.
"""

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files

from tui.domain.text import fold_text

KNOWN_HEADINGS = "Phone, Mobile, Name, First name, Last name, Organization, Note"
"""Headings for error messages; the same in other languages are known, too."""
HEADING_ROWS = 30
"""Rows, with text in them, at the beginning of a file that may be its heading."""
_LONGEST = 200
"""Characters of a heading; a longer cell is no heading."""
_DIGITS = re.compile(r"[0-9](?:[\s().\-/]?[0-9]){4}")
"""More digits than a heading has."""


class Field(StrEnum):
    """What a column holds."""

    MOBILE = "mobile"
    NUMBER = "number"
    OTHER_NUMBER = "other number"
    """Number at home, at work, or of another kind."""
    WEAK_NUMBER = "address"
    """Holds a number unless another column does: "Number", "To", "Address"."""
    DIAL_CODE = "dial_code"
    """Country or area code of the numbers in the next column."""
    FULL_NAME = "full_name"
    FIRST_NAME = "first_name"
    MIDDLE_NAME = "middle_name"
    LAST_NAME = "last_name"
    NAME = "name"
    """Full, first or last name, depending on the other columns."""
    NICKNAME = "nickname"
    ORGANIZATION = "organization"
    NOTE = "note"
    OTHER = "other"
    """Understood, and not needed: an e-mail address, the kind of a number."""
    UNKNOWN = "unknown"


NUMBER_FIELDS = (Field.MOBILE, Field.NUMBER, Field.OTHER_NUMBER)
"""Fields of phone numbers, the best to send a text to first."""
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def _load_words() -> dict[str, frozenset[str]]:
    """Return the lists of words of `heading_words.toml`, folded."""
    text = files(__package__).joinpath("heading_words.toml").read_text(encoding="utf-8")
    lists = tomllib.loads(text)
    return {name: frozenset(fold_text(words).split()) for name, words in lists.items()}


_WORDS = _load_words()
_NAME_FIELDS = (
    *(Field.FIRST_NAME, Field.MIDDLE_NAME, Field.LAST_NAME, Field.FULL_NAME, Field.NAME),
    *(Field.NICKNAME, Field.NOTE),
)


@lru_cache(maxsize=4096)
def classify_heading(heading: str) -> Field:
    """Return what the column below a heading holds.

    Args:
        heading: Text of the cell, in any language, case and spelling.
    """
    words = _split_heading(heading)
    if not words:
        return Field.UNKNOWN
    joined = "".join(words)
    if fold_text("".join(filter(str.isalnum, heading))) in _WORDS["number_names"]:
        return Field.NUMBER
    of_phone = [w for w in words if not (_has_word([w], "phone") or _has_word([w], "mobile"))]
    if "".join(of_phone) in _WORDS["dial_code"]:
        return Field.DIAL_CODE
    if _has_part(joined, _WORDS["ignored_parts"]):
        return Field.OTHER
    named = _find_name_field(words)
    if named is not None and not (_has_word(words, "mobile") or _has_word(words, "phone")):
        return named
    number = _find_number_field(words)
    if number is not None or not _WORDS["ignored_words"].isdisjoint(words):
        return number or Field.OTHER
    return Field.WEAK_NUMBER if joined in _WORDS["weak_words"] else Field.UNKNOWN


def _split_heading(heading: str) -> list[str]:
    """Return the folded words of a heading, without "with country code" and the like."""
    text = _CAMEL.sub(" ", heading.replace("’", "'"))
    # The vowels of Thai and Hindi are marks inside of words.
    spaced = "".join(char if unicodedata.category(char)[0] in "LM" else " " for char in text)
    words = [fold_text(word) for word in spaced.split()]
    ends = (i for i, word in enumerate(words) if i and word in _WORDS["introductions"])
    return words[: next(ends, len(words))]


def count_headings(cells: Sequence[str]) -> int:
    """Return how many cells are understood as headings; 0 for a row of contacts."""
    if any(len(cell) > _LONGEST or _DIGITS.search(cell) for cell in cells):
        return 0
    return sum(classify_heading(cell) is not Field.UNKNOWN for cell in cells)


def _find_number_field(words: list[str]) -> Field | None:
    """Return which kind of number a heading announces, or None."""
    others = set(words) - _WORDS["number_words"]
    is_number = len(others) < len(set(words)) and others <= _WORDS["number_companions"]
    is_mobile = _has_word(words, "mobile")
    if _WORDS["ignored_words"].intersection(words) and not (is_number or others <= {"sms", "text"}):
        return None
    if is_mobile:
        return Field.MOBILE
    if _has_word(words, "phone"):
        is_elsewhere = not _WORDS["other_places"].isdisjoint(words)
        return Field.OTHER_NUMBER if is_elsewhere else Field.NUMBER
    if is_number:
        # "No." and "Number" alone often count the rows.
        return Field.NUMBER if others else Field.WEAK_NUMBER
    return None


def _find_name_field(words: list[str]) -> Field | None:
    """Return which part of a name, or which note, a heading announces, or None."""
    kept = [word for word in words if word not in _WORDS["fillers"]] or words
    keys = ["".join(words), "".join(kept)]
    if len(kept) == 2 and kept[1] in ("first", "last", "full"):
        # "Name (First)".
        keys.append(kept[1] + kept[0])
    for key in keys:
        for field in _NAME_FIELDS:
            if key in _WORDS[field]:
                return field
    if (personal := _find_name_of_person(words)) is not None:
        return personal
    is_ignored = not _WORDS["ignored_words"].isdisjoint(words)
    if words == ["account", "name"] or _has_word(kept, "organization"):
        return (
            Field.ORGANIZATION
            if len(kept) <= 2 and (not is_ignored or "account" in words)
            else None
        )
    return None


def _find_name_of_person(words: list[str]) -> Field | None:
    """Return the field of "Name of customer", "Kundenname", "Nom Prénom" or "Patient", or None."""
    idle = _WORDS["fillers"] | _WORDS["joining_words"] | _WORDS["person_words"]
    kept = [_strip_person(word) for word in words if word not in idle]
    if not kept and not _WORDS["person_words"].isdisjoint(words):
        # "Member" alone may be a mark: it is the name only if no other column is.
        return Field.NAME if len(words) > 1 else Field.ORGANIZATION
    fields = [next((f for f in _NAME_FIELDS if word in _WORDS[f]), None) for word in kept]
    return fields[0] if len(fields) == 1 else _join_fields(fields)


def _strip_person(word: str) -> str:
    """Return "name" of "kundenname", a word that is not such a compound as it is."""
    for person in _WORDS["person_words"]:
        end = word.removeprefix(person)
        if end != word and end.removeprefix("s") in _WORDS["name_endings"]:
            return "name"
    return word


def _join_fields(fields: Sequence[Field | None]) -> Field | None:
    """Return the field of a column with several parts of a name, or None if it has others."""
    parts = {Field.FIRST_NAME, Field.MIDDLE_NAME, Field.LAST_NAME, Field.NAME}
    return Field.FULL_NAME if fields and parts.issuperset(fields) else None


def _has_word(words: list[str], subject: str) -> bool:
    """Return whether a heading has a word of a subject, or a part of one.

    Args:
        words: Folded words of the heading.
        subject: Begin of the names of its two lists: "mobile", "phone", "organization".
    """
    return not _WORDS[f"{subject}_words"].isdisjoint(words) or _has_part(
        "".join(words), _WORDS[f"{subject}_parts"]
    )


def _has_part(word: str, parts: frozenset[str]) -> bool:
    """Return whether a word contains one of these parts."""
    return any(part in word for part in parts)
