"""Normalise case and accents, so that a search for "lodz" finds "Łódź".

Indexed text and search text must go through the same `fold_text`, otherwise they never match.
"""

import re
import unicodedata

_TRANSLITERATIONS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "þ": "th"}
)
"""Characters that do not decompose into a base and a mark but are typed without one."""
_DROPPED_CATEGORIES = frozenset({"Mn", "Me", "Cf", "Cs", "Cc"})
_WORD = re.compile(r"[^\W_]+")
_WORD_LIMIT = 24
_WORD_LENGTH_LIMIT = 64
_EMPTY_QUERY = '""'


def fold_text(text: str) -> str:
    """Return `text` in lower case without accents, ligatures or invisible characters.

    Line breaks and tabs become blanks. Idempotent.
    """
    if text.isascii() and text.isprintable():
        return text.lower()
    spaced = re.sub(r"[\t\n\v\f\r\x1c-\x1f\x85]", " ", text)
    plain = unicodedata.normalize("NFKD", spaced).casefold()
    # Case folding can produce characters that decompose again.
    plain = unicodedata.normalize("NFKD", plain).translate(_TRANSLITERATIONS)
    return "".join(
        c for c in plain if " " <= c < "\x7f" or unicodedata.category(c) not in _DROPPED_CATEGORIES
    )


def split_words(text: str) -> list[str]:
    """Return the folded words of `text`: runs of alphabetic characters and digits only."""
    return _WORD.findall(fold_text(text))


def to_fts_query(text: str) -> str:
    """Return typed text as an FTS5 query: each word must occur, whole or as a prefix.

    Never raises and never makes a query that FTS5 rejects; without a word it finds nothing.
    The index must hold `fold_text(text)`.
    """
    terms = [f'"{word[:_WORD_LENGTH_LIMIT]}"*' for word in split_words(text)[:_WORD_LIMIT]]
    return " AND ".join(terms) or _EMPTY_QUERY
