"""Split text into the terms of the search index.

Words between blanks are terms as they are. Scripts without blanks (Han, Kana, Thai and others)
become overlapping pieces of two or three characters: a search for a part of a run is then a search
for consecutive pieces. Behind the words stand more terms for what can be written in several ways: a
number in groups as one number, and backwards, so that its last digits are the beginning of a term;
"don't" as "dont"; an Arabic word without its article.

The index and a typed search both come from `split_terms`. A change of what it returns needs a
migration that builds the index again, because the index does not contain the texts.
"""

import re
import sys
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from tui.domain.folding import fold_text

_CODE_LENGTH = 32
"""Characters of a number in several groups that are one term."""
MIN_SUFFIX = 3
"""Characters of a number that find it by its end; fewer would find half of all numbers."""
MIN_PHONE = 6
"""Digits from which a number may be a phone number that is written with another prefix."""
_SMALL_SCRIPTS = (
    *(range(0x0E00, 0x10A0), range(0x1780, 0x1800), range(0x1950, 0x1AB0), range(0x1B00, 0x1B80)),
    *(range(0x3040, 0x3130), range(0x31A0, 0x31C0), range(0x31F0, 0x3200), range(0xA980, 0xAAE0)),
    range(0x1B000, 0x1B170),
)
"""Alphabets written without blanks: Thai, Lao, Tibetan, Burmese, Khmer, Javanese, Kana, …"""
_LARGE_SCRIPTS = (
    *(range(0x1100, 0x1200), range(0x3005, 0x303C), range(0x3400, 0xA490), range(0xAC00, 0xD800)),
    *(range(0xF900, 0xFB00), range(0x17000, 0x18D90)),
)
"""Thousands of characters written without blanks: Han, Hangul, Yi, Tangut."""
_HAN_PLANES = range(0x20000, 0x40000)
_ARTICLE_SCRIPTS = (range(0x0590, 0x0600), range(0x0600, 0x0780), range(0x08A0, 0x0900))
"""Hebrew and Arabic, which write the article and short words together with the next word."""
_NEWER_EMOJI = range(0x1F000, 0x1FC00)
_NAMED_CLASSES = (
    {"'": "'", "`": "'", "\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u05f3": "'", "\u05f4": "'"}
    | {"\u00b7": "'", "\u2032": "'", "_": "-", "&": "-", "\u2212": "-", "\\": "/", "\u2044": "/"}
    | {char: char for char in "-/.,()+ "}
    | {"#": "#", "*": "#", "\u20e3": "k", "\u00a9": "e", "\u00ae": "e"}
)


class _Classes(dict[int, str]):
    """Cache of the class of each folded character: one letter, so that a regex can read it.

    w letter, d digit, a letter that may follow an article, h and y letter of a large or small
    script without blanks, e emoji, t tag and r half of a flag, k keycap; the punctuation of
    numbers and words is its own class; "|" is everything else.
    """

    def __missing__(self, code: int) -> str:
        """Compute and store the class of one code point."""
        found = self[code] = _classify_character(chr(code))
        return found


def _classify_character(char: str) -> str:
    """Return the class of one folded character."""
    if char in _NAMED_CLASSES:
        return _NAMED_CLASSES[char]
    code, category = ord(char), unicodedata.category(char)
    if category[0] in "LMN" or code in _HAN_PLANES:
        return _classify_letter(code, category)
    if 0xE0020 <= code < 0xE0080:
        return "t"
    if 0x1F1E6 <= code < 0x1F200:
        return "r"
    if (category in ("So", "Sm") and code >= 0x2190) or code in _NEWER_EMOJI:
        return "e"
    return {"Pd": "-", "Zs": " "}.get(category, "|")


def _classify_letter(code: int, category: str) -> str:
    """Return the class of a letter, mark or digit."""
    if category == "Nd":
        return "d"
    if any(code in script for script in _SMALL_SCRIPTS):
        return "y"
    if code in _HAN_PLANES or any(code in script for script in _LARGE_SCRIPTS):
        return "h"
    return "a" if any(code in script for script in _ARTICLE_SCRIPTS) else "w"


_classes = _Classes()
_GRAM_SIZES = {"y": 3}
"""Characters of a piece by the class of its first; all others have two."""
WORD_PATTERN = r"[wda]+"
EMOJI_PATTERN = r"(?:rr|[er]t*)+"
RUN_PATTERN = r"[wda]*[hy][hywda]*"
"""Letters without blanks, with the words and numbers that are written together with them."""
_PIECE = re.compile(
    r"(?P<word>(?>[wda]+)(?![hy]))"
    rf"|(?P<run>{RUN_PATTERN})|(?P<emoji>{EMOJI_PATTERN})"
)
_GROUP = r"[wa]*d[wda]*"
_BETWEEN_GROUPS = r"(?: - | ?\(|\)[ \-]?|[ .\-/,'])"
CODE_PATTERN = rf"(?<![wda]){_GROUP}(?:{_BETWEEN_GROUPS}{_GROUP})*(?![wda])"
"""A number, or a code with digits, in one or more groups."""
_CODE = re.compile(CODE_PATTERN)
_JOINED = re.compile(r"(?<![wda])[wda]++(?:['\-][wda]++)+")
_DOTTED = re.compile(r"(?<![wda])[wa](?:\.[wa])+(?![wda])")
_LETTERS = re.compile(WORD_PATTERN)
_KEYCAP = re.compile("[d#]k")
_EMOJI_UNIT = re.compile(EMOJI_PATTERN.removesuffix("+"))
_RUN = re.compile(RUN_PATTERN)
_RUN_WITH_WORD = re.compile("[hy][wda]|[wda][hy]")
_BORDER = re.compile(r"(?<=[wa])(?=d)|(?<=d)(?=[wa])")
_NOT_WORDS = re.compile("[hyertk]")
_SPECIAL = re.compile(r"[hyertkda]|w['\-]w|(?<!w)w\.w(?!w)")
"""Anything that needs more terms than its words."""
_KEYCAP_BASES = str.maketrans("#*", "＃＊")
"""The index would take these two for blanks."""
_COUNTRY_CODE = re.compile(
    r"1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3}"
)  # of ITU-T E.164


Term = tuple[str, int, int, bool]
"""Term with its begin and end in the folded text, and whether it is a piece of a run."""


class Code(NamedTuple):
    """Number, or code with digits, in its groups."""

    groups: tuple[Term, ...]
    is_international: bool
    """Whether it begins with a plus sign."""

    @property
    def joined(self) -> str:
        """Return the number without anything between its groups."""
        return "".join(text for text, *_ in self.groups)


def classify(folded: str) -> str:
    """Return the class of each character of a folded text."""
    classes = folded.translate(_classes)
    # A keycap is a digit with a mark that makes an emoji of it.
    return _KEYCAP.sub("et", classes) if "k" in classes else classes


def split_terms(folded: str) -> tuple[list[Term], list[Term]]:
    """Return the terms of a folded text in their order, and what else finds it.

    Args:
        folded: Text from `fold_text`.
    """
    classes = classify(folded)
    return _list_terms(folded, classes), _list_other_terms(folded, classes)


def _list_terms(folded: str, classes: str) -> list[Term]:
    """Return the words, pieces of runs and emoji of a text in their order."""
    terms: list[Term] = []
    for found in _PIECE.finditer(classes):
        begin, end = found.span()
        if found.lastgroup == "word":
            terms.append((folded[begin:end], begin, end, False))
        elif found.lastgroup == "run":
            terms += split_run(folded, classes, begin, end)
        else:
            units = _find_parts(_EMOJI_UNIT, folded, classes, begin, end)
            terms += [_rename(unit, unit[0].translate(_KEYCAP_BASES)) for unit in units]
    return terms


def _list_other_terms(folded: str, classes: str) -> list[Term]:
    """Return the terms for what can be written in another way."""
    extra: list[Term] = []
    if "d" in classes:
        for found in _CODE.finditer(classes):
            extra += _list_code_terms(folded, classes, *found.span())
    if "a" in classes:
        for word in _find_parts(_LETTERS, folded, classes):
            extra += [_rename(word, stem) for stem in list_stems(word[0])]
    if _RUN_WITH_WORD.search(classes):
        for found in _RUN.finditer(classes):
            extra += _find_parts(_LETTERS, folded, classes, *found.span())
    if "'" in classes or "-" in classes:
        for found in _JOINED.finditer(classes):
            extra += _join_words(folded, classes, *found.span())
    if "." in classes:
        for found in _DOTTED.finditer(classes):
            extra += _join_words(folded, classes, *found.span())
    return extra


def _rename(term: Term, text: str) -> Term:
    """Return another term at the same place."""
    return (text, *term[1:])


def _find_parts(
    pattern: re.Pattern[str], folded: str, classes: str, begin: int = 0, end: int = sys.maxsize
) -> list[Term]:
    """Return the parts of a text whose classes match a pattern."""
    return [
        (folded[part.start() : part.end()], *part.span(), False)
        for part in pattern.finditer(classes, begin, end)
    ]


def split_run(folded: str, classes: str, begin: int, end: int) -> list[Term]:
    """Return the overlapping pieces of a run without blanks, one for each of its characters.

    The last ones are shorter: so pieces of two runs are never consecutive, and every character
    is the beginning of a piece.

    Args:
        folded: Folded text.
        classes: Class of each of its characters.
        begin: Where the run begins.
        end: Where the run ends.
    """
    run, kinds = folded[begin:end], set(classes[begin:end])
    if len(kinds) == 1:
        size = _GRAM_SIZES.get(kinds.pop(), 2)
        pieces = [run[place : place + size] for place in range(len(run))]
    else:
        sizes = [_GRAM_SIZES.get(kind, 2) for kind in classes[begin:end]]
        pieces = [run[place : place + size] for place, size in enumerate(sizes)]
    return [(piece, place, place + len(piece), True) for place, piece in enumerate(pieces, begin)]


def read_code(folded: str, classes: str, begin: int, end: int) -> Code:
    """Return the number or code at this place of a text.

    Args:
        folded: Folded text.
        classes: Class of each of its characters.
        begin: Where it begins.
        end: Where it ends.
    """
    groups = tuple(_find_parts(_LETTERS, folded, classes, begin, end))
    return Code(groups, classes[max(begin - 1, 0)] == "+")


def _list_code_terms(folded: str, classes: str, start: int, stop: int) -> Iterator[Term]:
    """Yield the terms that find a number by any of its groups, by its end, and as one number."""
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
            following = "".join(texts[index : index + _CODE_LENGTH])
            yield following[:_CODE_LENGTH], begin, stop, False
        previous = "".join(texts[max(0, index + 1 - _CODE_LENGTH) : index + 1])
        if len(previous) > MIN_SUFFIX:
            yield reverse_code(previous), start, end, False
        if not text.isdecimal():
            yield from _list_inner_terms(groups[index])
    for number in list_national_numbers(code):
        yield number, start, stop, False


def _list_inner_terms(group: Term) -> Iterator[Term]:
    """Yield the terms that find letters and digits behind and before each other: pl in 785pl."""
    text = group[0]
    for border in split_code(text)[1:-1]:
        if len(text) - border > 1:
            yield _rename(group, text[border:])
        if border > MIN_SUFFIX and text[border - 1].isdecimal():
            yield _rename(group, reverse_code(text[:border]))


def split_code(text: str) -> list[int]:
    """Return where the letters and digits of a code begin, and its length."""
    return [0, *(found.start() for found in _BORDER.finditer(classify(text))), len(text)]


def reverse_code(text: str) -> str:
    """Return the term that stands for the end of a number or code.

    Its first character is from a private area, so that it never equals a word or number.
    """
    backwards = text[: -_CODE_LENGTH - 1 : -1]
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


def _join_words(folded: str, classes: str, start: int, stop: int) -> Iterator[Term]:
    """Yield words with an apostrophe or hyphen, or an abbreviation with points, as one word."""
    parts = _find_parts(_LETTERS, folded, classes, start, stop)
    texts = [text for text, *_ in parts]
    for index, (_, begin, *_) in enumerate(parts[:-1]):
        yield "".join(texts[index:])[:_CODE_LENGTH], begin, stop, False


_ARTICLE = re.compile("[وف]?(?:[بكل]?ال|لل)")
_CONJUNCTION = "و"
_HEBREW_PREFIX = re.compile("ו?[הבלכמש]{0,2}")
_MIN_STEM, _MIN_SAFE_STEM = 2, 3


def list_stems(word: str) -> list[str]:
    """Return an Arabic or Hebrew word without what is written together with it, if anything.

    Args:
        word: Folded word.
    """
    if "\u0590" <= word[0] < "\u0600":
        found = _HEBREW_PREFIX.match(word)
        longest = min(found.end() if found else 0, len(word) - _MIN_SAFE_STEM)
        return [word[begin:] for begin in range(1, longest + 1)]
    found = _ARTICLE.match(word)
    if found and len(word) - found.end() >= _MIN_STEM:
        return [word[found.end() :]]
    has_conjunction = word[0] == _CONJUNCTION and len(word) > _MIN_SAFE_STEM
    return [word[1:]] if has_conjunction else []


def strip_article(word: str) -> str:
    """Return an Arabic or Hebrew word without its article; empty if it has none.

    Args:
        word: Folded word.
    """
    found = _ARTICLE.match(word)
    begin = found.end() if found else int(word.startswith("ה"))
    return word[begin:] if begin and len(word) - begin >= _MIN_SAFE_STEM else ""


def to_index_text(text: str) -> str:
    """Return the terms of a text for the index, which separates them at blanks.

    Args:
        text: Text of a message or note.
    """
    folded = fold_text(text)
    classes = classify(folded)
    if _NOT_WORDS.search(classes):
        words = " ".join([term for term, *_ in _list_terms(folded, classes)])
    else:
        words = folded if folded.isascii() else folded.translate(_spaced_words)
    if not _SPECIAL.search(classes):
        return words
    # The same term twice would only cost space.
    other = dict.fromkeys([term for term, *_ in _list_other_terms(folded, classes)])
    return " ".join([words, *other])


class _SpacedWords(dict[int, str]):
    """Cache of each character of a word as it is, and of every other character as a blank."""

    def __missing__(self, code: int) -> str:
        """Compute and store one character."""
        shown = self[code] = chr(code) if _classes[code].isalpha() else " "
        return shown


_spaced_words = _SpacedWords()


def split_words(text: str) -> list[str]:
    """Return the folded words of `text`: runs of letters and digits, and of emoji."""
    folded = fold_text(text)
    return [folded[slice(*found.span())] for found in _PIECE.finditer(classify(folded))]
