"""Words without case and accents, so that a search for "lodz" finds "Łódź".

What is indexed and what is asked go through the same `fold`; only then can they meet.
"""

import re
import unicodedata

_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "þ": "th"}
)
"""Letters that are not a base with a mark, though people type them without."""
_DROPPED = frozenset({"Mn", "Me", "Cf", "Cs", "Cc"})
_WORD = re.compile(r"[^\W_]+")
_MOST_WORDS = 24
_LONGEST_WORD = 64
_FINDS_NOTHING = '""'


def fold(text: str) -> str:
    """Return `text` in lower case without accents, ligatures or invisible characters.

    Line breaks and tabs become blanks. Idempotent.
    """
    if text.isascii() and text.isprintable():
        return text.lower()
    spaced = re.sub(r"[\t\n\v\f\r\x1c-\x1f\x85]", " ", text)
    plain = unicodedata.normalize("NFKD", spaced).casefold()
    plain = unicodedata.normalize("NFKD", plain).translate(_LETTERS)
    return "".join(c for c in plain if " " <= c < "\x7f" or unicodedata.category(c) not in _DROPPED)


def words(text: str) -> list[str]:
    """Return the folded words of `text`: runs of letters and digits, nothing else."""
    return _WORD.findall(fold(text))


def search_query(text: str) -> str:
    """Return what a person typed as an FTS5 query: every word must be there, whole or begun.

    Never raises and never makes a query that FTS5 refuses; without a word it finds nothing.
    The index must hold `fold(text)`.
    """
    asked = [f'"{word[:_LONGEST_WORD]}"*' for word in words(text)[:_MOST_WORDS]]
    return " AND ".join(asked) or _FINDS_NOTHING
