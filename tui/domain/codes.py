"""Read numbers and codes in a text, and list the terms that find each of them.

A number is found by its groups, by its beginning, by its end, and with or without anything between
its groups: 0491 570 156 is 0491570156, and +61 491 570 156 too.
"""

import re
import sys
from collections.abc import Iterator
from typing import NamedTuple

from tui.domain.char_classes import classify

CODE_LENGTH = 32
"""Characters of what is joined to one term."""
MIN_SUFFIX = 3
"""Characters of a number that find it by its end; fewer would find half of all numbers."""
MIN_PHONE = 6
"""Digits from which a number may be a phone number that is written with another prefix."""
_GROUP = r"[wa]*d[wda]*"
_BETWEEN_GROUPS = r"(?: - | ?\(|\)[ \-]?|[ .\-/,'])"
CODE_PATTERN = rf"(?<![wda]){_GROUP}(?:{_BETWEEN_GROUPS}{_GROUP})*(?![wda])"
"""A number, or a code with digits, in one or more groups."""
_BORDER = re.compile(r"(?<=[wa])(?=d)|(?<=d)(?=[wa])")
WORD = re.compile("[wda]+")
_COUNTRY_CODE = re.compile(r"1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3}")
"""Country codes of ITU-T E.164."""

Term = tuple[str, int, int, bool]
"""Term with its begin and end in the folded text, and whether it is a piece of a run."""


def replace_text(term: Term, text: str) -> Term:
    """Return another term at the same place.

    Args:
        term: Term of a text.
        text: The other term.
    """
    return (text, *term[1:])


def find_parts(
    pattern: re.Pattern[str], folded: str, classes: str, begin: int = 0, end: int = sys.maxsize
) -> list[Term]:
    """Return the parts of a text whose classes match a pattern.

    Args:
        pattern: Pattern of classes.
        folded: Folded text.
        classes: Class of each of its characters.
        begin: Where to begin.
        end: Where to end.
    """
    return [
        (folded[part.start() : part.end()], *part.span(), False)
        for part in pattern.finditer(classes, begin, end)
    ]


class Code(NamedTuple):
    """Number, or code with digits, in its groups."""

    groups: tuple[Term, ...]
    is_international: bool
    """Whether it begins with a plus sign."""

    @property
    def joined(self) -> str:
        """Return the number without anything between its groups."""
        return "".join(text for text, *_ in self.groups)


def read_code(folded: str, classes: str, begin: int, end: int) -> Code:
    """Return the number or code at this place of a text.

    Args:
        folded: Folded text.
        classes: Class of each of its characters.
        begin: Where it begins.
        end: Where it ends.
    """
    groups = tuple(find_parts(WORD, folded, classes, begin, end))
    return Code(groups, classes[max(begin - 1, 0)] == "+")


def list_code_terms(folded: str, classes: str, start: int, stop: int) -> Iterator[Term]:
    """Yield the terms that find a number by any of its groups, by its end, and as one number.

    Args:
        folded: Folded text.
        classes: Class of each of its characters.
        start: Where the number begins.
        stop: Where it ends.
    """
    whole = folded[start:stop]
    if whole.isdecimal() and whole[:2] != "00" and classes[max(start - 1, 0)] != "+":
        # Most numbers are written in one group.
        if len(whole) > MIN_SUFFIX:
            yield reverse_code(whole), start, stop, False
        return
    code = read_code(folded, classes, start, stop)
    groups, texts = code.groups, [text for text, *_ in code.groups]
    for index, (text, begin, end, _) in enumerate(groups):
        if index + 1 < len(groups):
            following = "".join(texts[index : index + CODE_LENGTH])
            yield following[:CODE_LENGTH], begin, stop, False
        previous = "".join(texts[max(0, index + 1 - CODE_LENGTH) : index + 1])
        if len(previous) > MIN_SUFFIX:
            yield reverse_code(previous), start, end, False
        if not text.isdecimal():
            yield from _list_inner_terms(groups[index])
    for number in list_national_numbers(code):
        yield number, start, stop, False


def _list_inner_terms(group: Term) -> Iterator[Term]:
    """Yield the terms that find the parts of a code: 785 and pl in 785pl."""
    text = group[0]
    for border in split_code(text)[1:-1]:
        if len(text) - border > 1:
            yield replace_text(group, text[border : border + CODE_LENGTH])
        if border > MIN_SUFFIX and text[border - 1].isdecimal():
            yield replace_text(group, reverse_code(text[max(0, border - CODE_LENGTH) : border]))


def split_code(text: str) -> list[int]:
    """Return where each part of a code begins, digits or not, and its length."""
    return [0, *(found.start() for found in _BORDER.finditer(classify(text))), len(text)]


def reverse_code(text: str) -> str:
    """Return the term that stands for the end of a number or code.

    Its first character is from a private area, so that it never equals a word or number.
    """
    backwards = text[: -CODE_LENGTH - 1 : -1]
    return chr(0xE000 + ord(backwards[0]) % 0x1900) + backwards[1:]


def list_national_numbers(code: Code) -> list[str]:
    """Return what is left of an international phone number: without 00, without country code."""
    joined = code.joined
    if not (code.is_international or joined.startswith("00")) or not joined.isdigit():
        return []
    number = joined.removeprefix("00")
    forms = (number, strip_country_code(number))
    return [form for form in forms if form != joined and len(form) >= MIN_PHONE]


def strip_country_code(number: str) -> str:
    """Return the digits behind a country code."""
    country = _COUNTRY_CODE.match(number)
    return number[country.end() :] if country else number
