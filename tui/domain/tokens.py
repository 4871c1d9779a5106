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
from collections.abc import Iterator

from tui.domain.char_classes import classify, is_part_of_word
from tui.domain.codes import (
    CODE_LENGTH,
    CODE_PATTERN,
    WORD,
    Term,
    find_parts,
    list_code_terms,
    replace_text,
)
from tui.domain.folding import fold_text

_GRAM_SIZES = {"y": 3}
"""Characters of a piece by the class of its first; all others have two."""
WORD_PATTERN = r"[wda]+"
EMOJI_PATTERN = r"(?:rr|[er]t*)+"
RUN_PATTERN = r"(?<![wda])[wda]*+[hy][hywda]*"
"""A script without blanks, with the words and numbers that are written together with them."""
_PIECE = re.compile(
    r"(?P<word>(?>[wda]+)(?![hy]))"
    rf"|(?P<run>{RUN_PATTERN})|(?P<emoji>{EMOJI_PATTERN})"
)
_CODE = re.compile(CODE_PATTERN)
_JOINED = re.compile(r"(?<![wda])[wda]++(?:['\-][wda]++)+")
_DOTTED = re.compile(r"(?<![wda])[wa](?:\.[wa])+(?![wda])")
_EMOJI_UNIT = re.compile(EMOJI_PATTERN.removesuffix("+"))
_RUN = re.compile(RUN_PATTERN)
_RUN_WITH_WORD = re.compile("[hy][wda]|[wda][hy]")
_NOT_WORDS = re.compile("[hyertk]")
_SPECIAL = re.compile(r"[hyertkda]|w['\-]w|(?<!w)w\.w(?!w)")
"""Anything that needs more terms than its words."""
_KEYCAP_BASES = str.maketrans("#*", "＃＊")
"""The index would take these two for blanks."""


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
            units = find_parts(_EMOJI_UNIT, folded, classes, begin, end)
            terms += [replace_text(unit, unit[0].translate(_KEYCAP_BASES)) for unit in units]
    return terms


def _list_other_terms(folded: str, classes: str) -> list[Term]:
    """Return the terms for what can be written in another way."""
    extra: list[Term] = []
    if "d" in classes:
        for found in _CODE.finditer(classes):
            extra += list_code_terms(folded, classes, *found.span())
    if "a" in classes:
        for word in find_parts(WORD, folded, classes):
            extra += [replace_text(word, stem) for stem in list_stems(word[0])]
    if _RUN_WITH_WORD.search(classes):
        for found in _RUN.finditer(classes):
            extra += find_parts(WORD, folded, classes, *found.span())
    if "'" in classes or "-" in classes:
        for found in _JOINED.finditer(classes):
            extra += _join_words(folded, classes, *found.span())
    if "." in classes:
        for found in _DOTTED.finditer(classes):
            extra += _join_words(folded, classes, *found.span())
    return extra


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


def _join_words(folded: str, classes: str, start: int, stop: int) -> Iterator[Term]:
    """Yield words with an apostrophe or hyphen, or an abbreviation with points, as one word."""
    parts = find_parts(WORD, folded, classes, start, stop)
    texts = [text for text, *_ in parts]
    for index, (_, begin, *_) in enumerate(parts[:-1]):
        yield "".join(texts[index : index + CODE_LENGTH])[:CODE_LENGTH], begin, stop, False


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
        shown = self[code] = chr(code) if is_part_of_word(code) else " "
        return shown


_spaced_words = _SpacedWords()


def split_words(text: str) -> list[str]:
    """Return the folded words of `text`: runs of alphabetic characters and digits, and of emoji."""
    folded = fold_text(text)
    return [folded[slice(*found.span())] for found in _PIECE.finditer(classify(folded))]
