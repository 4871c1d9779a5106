"""Classify characters for the tokeniser: one sign for each, so that a regex can read a text.

| class | characters |
| --- | --- |
| `w` `d` | alphabetic characters and digits |
| `a` | characters of Arabic and Hebrew, which write the article together with the word |
| `h` `y` | characters of a large script without blanks (Han), of a small one (Thai) |
| `e` `t` `r` | emoji, what continues it, half of a flag |
| `#` `k` | what can stand on a keycap, and its mark |
| blank `'` `-` `/` `.` `,` `(` `)` `+` | what stands between the parts of words and numbers |
| `|` | everything else |
"""

import re
import unicodedata

_SMALL_SCRIPTS = (
    *(range(0x0E00, 0x10A0), range(0x1780, 0x1800), range(0x1950, 0x1AB0), range(0x1B00, 0x1B80)),
    *(range(0x3040, 0x3130), range(0x31A0, 0x31C0), range(0x31F0, 0x3200), range(0xA980, 0xAAE0)),
    range(0x1B000, 0x1B170),
)
"""Alphabets without blanks: Thai, Lao, Tibetan, Burmese, Khmer, Javanese, Kana, …"""
_LARGE_SCRIPTS = (
    *(range(0x1100, 0x1200), range(0x3005, 0x303C), range(0x3400, 0xA490), range(0xAC00, 0xD800)),
    *(range(0xF900, 0xFB00), range(0x17000, 0x18D90)),
)
"""Thousands of characters without blanks: Han, Hangul, Yi, Tangut."""
_REPLACEMENTS = "\ufffc\ufffd"
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


_KEYCAP = re.compile("[d#]k")


class _Classes(dict[int, str]):
    """Cache of the class of each folded character."""

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
        return _classify_alphabetic(code, category)
    if 0xE0020 <= code < 0xE0080:
        return "t"
    if 0x1F1E6 <= code < 0x1F200:
        return "r"
    if (
        category in ("So", "Sm") and code >= 0x2190 and char not in _REPLACEMENTS
    ) or code in _NEWER_EMOJI:
        return "e"
    return {"Pd": "-", "Zs": " "}.get(category, "|")


def _classify_alphabetic(code: int, category: str) -> str:
    """Return the class of a character of a word, a mark or a digit."""
    if category == "Nd":
        return "d"
    if any(code in script for script in _SMALL_SCRIPTS):
        return "y"
    if code in _HAN_PLANES or any(code in script for script in _LARGE_SCRIPTS):
        return "h"
    return "a" if any(code in script for script in _ARTICLE_SCRIPTS) else "w"


_classes = _Classes()


def classify(folded: str) -> str:
    """Return the class of each character of a folded text."""
    classes = folded.translate(_classes)
    # A keycap is a digit with a mark that makes an emoji of it.
    return _KEYCAP.sub("et", classes) if "k" in classes else classes


def is_part_of_word(code: int) -> bool:
    """Return whether a folded character belongs to a word or number, by its code point."""
    return _classes[code].isalpha()
