"""Count the parts of an SMS, and find the characters that make it longer.

Providers differ in details, and the number that a provider reports wins: ours is an estimate
until then. Parts are filled as a handset does: an escape pair, a surrogate pair or a grapheme
is never split across two of them.

The GSM 7-bit alphabet is that of 3GPP TS 23.038.
"""

import functools
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

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


@dataclass(frozen=True, slots=True)
class SmsPart:
    """Content of one part."""

    text: str
    units: int
    """Septets in GSM-7, UTF-16 units in UCS-2."""


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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
