"""Count the parts of an SMS, find the characters that make it longer, and replace some of them.

Providers differ in details, and the number that a provider reports wins: ours is an estimate
until then. Parts are filled as a handset does: an escape pair, a surrogate pair or a grapheme
is never split across two of them.

The GSM 7-bit alphabet is that of 3GPP TS 23.038. One curly apostrophe makes an SMS of 160
characters one of 70. So typographic marks are replaced by plain ones of the same meaning, but
alphabetic characters of any script stay as they are, because a name without its accents is another
name.
"""

import functools
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from functools import cache

from tui.domain.record_type import record

_DEFAULT_LANGUAGE = 0
_EXTENDED_SEPTETS = 2
"""Septets of a character from the extension table: the escape and the character itself."""


@cache
def map_septets() -> Mapping[str, int]:
    """Return the septets (1 or 2) that each character of the default alphabet takes."""
    from gsmcodecs.charmaps import GSMCHARMAPS

    tables = GSMCHARMAPS[_DEFAULT_LANGUAGE]
    extended = {chr(code): _EXTENDED_SEPTETS for code in tables["singleShift"]["encode"]}
    return extended | {chr(code): 1 for code in tables["locking"]["encode"]}


@cache
def _list_alphabet() -> frozenset[str]:
    """Return all characters of the alphabet, including the extension table."""
    return frozenset(map_septets())


def is_gsm(text: str) -> bool:
    """Return whether the default alphabet can encode all of `text`."""
    return _list_alphabet().issuperset(text)


_CONTROL_NAMES = {"\t": "tab", "\0": "null", "\x1b": "escape", "\x7f": "delete"}
_LAST_OF_BMP = "\uffff"


class Encoding(StrEnum):
    """Alphabet of a message: 7-bit septets, or 16-bit units for everything else."""

    GSM7 = "GSM-7"
    UCS2 = "UCS-2"

    @property
    def single_limit(self) -> int:
        """Return the units that fit into a message of one part."""
        return 160 if self is Encoding.GSM7 else 70

    @property
    def part_limit(self) -> int:
        """Return the units that fit into each part of a longer message."""
        return 153 if self is Encoding.GSM7 else 67


@record
class SmsPart:
    """Content of one part."""

    text: str
    units: int
    """Septets in GSM-7, UTF-16 units in UCS-2."""


@record
class NonGsmCharacter:
    """A character outside GSM-7, which makes every part shorter."""

    index: int
    """Position in the composed (NFC) text."""
    char: str

    @property
    def name(self) -> str:
        """Return its Unicode name in lower case: "right single quotation mark"."""
        name = _CONTROL_NAMES.get(self.char, "") or unicodedata.name(self.char, "")
        return name.lower() or f"U+{ord(self.char):04X}"


@record
class SmsCount:
    """Length of one message as SMS."""

    encoding: Encoding
    parts: tuple[SmsPart, ...]
    """Empty for the empty text: there is nothing to send."""
    units: int
    """Units of the whole text, without the unused ends of parts."""
    per_part: int
    """Units that fit into each part at the present length."""
    units_left: int
    """Units still free in the last part."""
    non_gsm: tuple[NonGsmCharacter, ...]
    """Characters that make it UCS-2, in order of appearance; empty for GSM-7."""

    @property
    def text(self) -> str:
        """Return the composed (NFC) text that was counted."""
        return "".join(part.text for part in self.parts)


@functools.lru_cache(maxsize=8)  # the composer counts the same text for several hints
def count_parts(text: str) -> SmsCount:
    """Return how `text`, composed to NFC first, is sent as SMS. Never raises."""
    composed = unicodedata.normalize("NFC", text)
    if is_gsm(composed):
        return _count_atoms(Encoding.GSM7, _split_septets(composed), ())
    whole = _join_surrogates(composed)
    return _count_atoms(Encoding.UCS2, _split_graphemes(whole), _find_non_gsm(whole))


def _count_atoms(
    encoding: Encoding, atoms: Iterable[tuple[str, int]], forcing: tuple[NonGsmCharacter, ...]
) -> SmsCount:
    """Return the count of a text given as indivisible pieces with their units."""
    atoms = list(atoms)
    units = sum(size for _, size in atoms)
    # Each part of a longer message loses room to the header that joins the parts.
    limit = encoding.single_limit if units <= encoding.single_limit else encoding.part_limit
    parts = tuple(_fill_parts(atoms, limit))
    left = limit - parts[-1].units if parts else limit
    return SmsCount(encoding, parts, units, limit, left, forcing)


def _fill_parts(atoms: list[tuple[str, int]], limit: int) -> Iterator[SmsPart]:
    """Yield parts of at most `limit` units, each as full as the pieces allow."""
    pieces: list[str] = []
    units = 0
    for piece, size in _split_long_atoms(atoms, limit):
        if units + size > limit:
            yield SmsPart("".join(pieces), units)
            pieces, units = [], 0
        pieces.append(piece)
        units += size
    if pieces:
        yield SmsPart("".join(pieces), units)


def _split_long_atoms(atoms: list[tuple[str, int]], limit: int) -> Iterator[tuple[str, int]]:
    """Yield the pieces; split one that is longer than a whole part into its characters."""
    for piece, size in atoms:
        if size <= limit:
            yield piece, size
        else:
            yield from ((char, _count_utf16_units(char)) for char in piece)


def _split_septets(text: str) -> Iterator[tuple[str, int]]:
    """Yield each character with its septets: in GSM-7 no grapheme is longer than that."""
    sizes = map_septets()
    return ((char, sizes[char]) for char in text)


def _split_graphemes(text: str) -> Iterator[tuple[str, int]]:
    """Yield each grapheme with its UTF-16 units; CR LF counts as two."""
    from wcwidth import iter_graphemes

    for grapheme in iter_graphemes(text):
        if grapheme == "\r\n":
            yield from (("\r", 1), ("\n", 1))
        else:
            yield grapheme, _count_utf16_units(grapheme)


def _count_utf16_units(text: str) -> int:
    """Return the length of `text` in UTF-16 units."""
    return len(text) + sum(char > _LAST_OF_BMP for char in text)


def _join_surrogates(text: str) -> str:
    """Return `text` with surrogate pairs, which no part may split, as single characters."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def _find_non_gsm(text: str) -> tuple[NonGsmCharacter, ...]:
    """Return the characters of `text` outside GSM-7."""
    sizes = map_septets()
    return tuple(
        NonGsmCharacter(index, char) for index, char in enumerate(text) if char not in sizes
    )


_MARKS = {
    "'": "‘’‚‛′‵‹›❛❜`´＇｀",
    '"': "“”„‟″‶«»❝❞〝〞〟＂",
    "-": "‐‑‒–—―−⁃•‣◦∙·▪▸●",
    "...": "…",
    "..": "‥",
    ".": "․",
    "/": "⁄∕",
    "\n": "\u2028\u2029\x85\v",
    " ": "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u202f\u205f\u3000",
    "": "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063"
    "\u2064\u2066\u2067\u2068\u2069\ufeff",
}
_FULL_WIDTH = range(0xFF01, 0xFF5F)
_FULL_WIDTH_OFFSET = 0xFEE0

PLAIN_MARKS = {chr(code): chr(code - _FULL_WIDTH_OFFSET) for code in _FULL_WIDTH} | {
    mark: plain for plain, marks in _MARKS.items() for mark in marks
}
"""Plain form of each mark that can be replaced."""


def list_non_gsm(counted: SmsCount) -> list[str]:
    """Return the characters that make a text UCS-2, each once, in order of appearance."""
    return list(dict.fromkeys(forcing.char for forcing in counted.non_gsm))


def list_remaining(counted: SmsCount) -> list[str]:
    """Return those of the characters that have no plain form, and so would remain."""
    return [char for char in list_non_gsm(counted) if char not in PLAIN_MARKS]


@record
class MarkChange:
    """One mark and its plain form."""

    index: int
    """Position of the mark in the composed (NFC) text."""
    mark: str
    plain: str
    """Empty for a mark that is left out."""


@record
class GsmReplacement:
    """The same message in GSM-7, suggested to the agent."""

    text: str
    changes: tuple[MarkChange, ...]
    before: SmsCount
    after: SmsCount

    @property
    def parts_saved(self) -> int:
        """Return how many fewer SMS parts it takes."""
        return len(self.before.parts) - len(self.after.parts)


def to_gsm(text: str) -> GsmReplacement | None:
    """Return `text` with plain marks, or None if it is GSM-7 already or cannot become so."""
    original = unicodedata.normalize("NFC", text)
    before = count_parts(original)
    # A single character left outside GSM-7 would make the whole replacement pointless.
    if list_remaining(before) or not before.non_gsm:
        return None
    changes = tuple(
        MarkChange(forcing.index, forcing.char, PLAIN_MARKS[forcing.char])
        for forcing in before.non_gsm
    )
    plain = original.translate({ord(change.mark): change.plain for change in changes})
    return GsmReplacement(plain, changes, before, count_parts(plain))


_BARE_ALPHABETIC = str.maketrans(
    {"ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ħ": "h", "Ħ": "H", "ı": "i", "œ": "oe", "Œ": "OE"}
    | {"ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ŋ": "n", "Ŋ": "N", "ẞ": "SS"}
)


def simplify_text(text: str) -> str:
    """Return a text as a provider that replaces characters outside GSM-7 may send it.

    Marks become plain and accents that GSM-7 lacks are left out; what has no similar character
    stays. Providers do not publish their tables: this is an estimate.
    """
    return "".join(map(_simplify_character, unicodedata.normalize("NFC", text)))


def _simplify_character(char: str) -> str:
    """Return the similar character of GSM-7, or the character itself if there is none."""
    if is_gsm(char):
        return char
    plain = PLAIN_MARKS.get(char, char.translate(_BARE_ALPHABETIC))
    decomposed = unicodedata.normalize("NFKD", plain)
    bare = "".join(part for part in decomposed if not unicodedata.combining(part))
    return bare if is_gsm(bare) else char
