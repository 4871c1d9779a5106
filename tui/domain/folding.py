"""Normalise case, accents and ways of writing, so that "lodz" finds "Łódź".

Whatever is compared must go through the same `fold_text` on both sides, otherwise it never matches.
A change here needs a migration that folds again what the database keeps folded: the search index,
`conversations.folded` and `contacts.folded`.
"""

import re
import unicodedata

_TRANSLITERATIONS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "þ": "th"}
    # Arabic: no tatweel, one alef, yeh, heh, kaf and noon, however a keyboard writes them.
    | {"ـ": "", "ٱ": "ا", "ى": "ي", "ی": "ي", "ې": "ي", "ے": "ي", "ة": "ه", "ە": "ه", "ہ": "ه"}
    | {"ھ": "ه", "ۃ": "ه", "ک": "ك", "ڪ": "ك", "ں": "ن"}
    # Hebrew: final forms are the same characters, as the final sigma is.
    | {"ך": "כ", "ם": "מ", "ן": "נ", "ף": "פ", "ץ": "צ", "ँ": "ं"}
    # Katakana is the other way to write Hiragana.
    | {chr(code): chr(code - 0x60) for code in (*range(0x30A1, 0x30F7), 0x30FD, 0x30FE)}
)
"""Characters that do not decompose into a base and a mark but are typed without one."""
_PUNCTUATION_EMOJI = re.compile("[‼⁉]")
"""Emoji that would decompose into mere punctuation."""
_BLANKS = frozenset("\t\n\v\f\r\x1c\x1d\x1e\x1f\x85")
_DROPPED_CATEGORIES = frozenset({"Mn", "Me", "Cf", "Cs", "Cc"})
_VOWEL_MARKS = (
    *(range(0x0900, 0x1100), range(0x1700, 0x1900), range(0x1920, 0x1AB0), range(0x1B00, 0x1CD0)),
    *(range(0x3099, 0x309B), range(0xA800, 0xAC00), range(0x10A00, 0x10A10)),
    range(0x11000, 0x12000),
)
"""Scripts whose marks are vowels and sounds, without which another word remains."""
_NUKTA = 7
"""Combining class of the dot below a character of India, which many leave out."""
_KEYCAP = "\u20e3"
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_FLAG_TAGS = range(0xE0020, 0xE0080)
_MISPLACED_TAGS = re.compile("(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0020-\U000e007f]+")
_THAI_SARA_AM = re.compile("([\u0e4d\u0ecd])([\u0e48-\u0e4b\u0ec8-\u0ecb])(?=[\u0e32\u0eb2])")
"""The vowel am in two halves with the tone between them, which belongs before both."""


class _FoldedForms(dict[int, str]):
    """Cache of the folded form of each character, apart from its neighbours."""

    def __missing__(self, code: int) -> str:
        """Compute and store the folded form of one code point."""
        folded = self[code] = _fold_character(chr(code))
        return folded


_folded_forms = _FoldedForms()


def fold_text(text: str) -> str:
    """Return `text` in lower case without accents, ligatures or invisible characters.

    Marks stay where they are vowels (Thai, Khmer, Hindi) or make another sound (Kana). Digits
    of every script become 0 to 9, Katakana becomes Hiragana, an emoji loses its skin tone. Line
    breaks and tabs become blanks. Idempotent.
    """
    if text.isascii():
        return text.lower() if text.isprintable() else text.translate(_folded_forms)
    plain = unicodedata.normalize("NFKC", _PUNCTUATION_EMOJI.sub(_replace_emoji, text))
    plain = plain.translate(_folded_forms)
    if plain.isascii():
        return plain
    plain = unicodedata.normalize("NFC", plain)
    return _THAI_SARA_AM.sub(r"\2\1", _MISPLACED_TAGS.sub("", plain))


def _replace_emoji(found: re.Match[str]) -> str:
    """Return one or two exclamation and question marks that are emoji in every form."""
    return "❗❗" if found[0] == "‼" else "❗❓"


def _fold_character(char: str) -> str:
    """Return the folded form of one character; empty if a search does not need it."""
    if char in _BLANKS:
        return " "
    plain = unicodedata.normalize("NFKD", char).casefold()
    # Case folding can produce characters that decompose again.
    plain = unicodedata.normalize("NFKD", plain).translate(_TRANSLITERATIONS)
    kept = "".join(c for c in plain if not _is_dropped(c))
    digits = "".join(str(unicodedata.decimal(c, c)) for c in kept)
    return unicodedata.normalize("NFC", digits)


def _is_dropped(char: str) -> bool:
    """Return whether a search ignores a character: marks of accents, and what is invisible."""
    code = ord(char)
    if code in _SKIN_TONES:
        return True
    if unicodedata.category(char) not in _DROPPED_CATEGORIES:
        return False
    if char == _KEYCAP or code in _FLAG_TAGS:
        return False
    is_vowel = any(code in marks for marks in _VOWEL_MARKS)
    return not is_vowel or unicodedata.combining(char) == _NUKTA
