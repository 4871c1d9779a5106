"""How long a text is as an SMS: its alphabet, its parts, and which characters make it costly.

Providers differ at the margin, and the number that a provider reports wins: ours is an estimate
until then. Parts are filled as a handset would: an escape pair, a surrogate pair or a grapheme
never lies across two of them.
"""

import functools
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from tui.domain.gsm import is_gsm, septets

_UNNAMED = {"\t": "tab", "\0": "null", "\x1b": "escape", "\x7f": "delete"}
_LAST_OF_BMP = "\uffff"


class Encoding(StrEnum):
    """The alphabet of a message: 7-bit septets, or 16-bit units for everything else."""

    GSM7 = "GSM-7"
    UCS2 = "UCS-2"

    @property
    def alone(self) -> int:
        """Units that fit when the message is one SMS."""
        return 160 if self is Encoding.GSM7 else 70

    @property
    def joined(self) -> int:
        """Units that fit into each part of a longer message."""
        return 153 if self is Encoding.GSM7 else 67


@dataclass(frozen=True, slots=True)
class Part:
    """What travels in one SMS."""

    text: str
    units: int
    """Septets in GSM-7, UTF-16 units in UCS-2."""


@dataclass(frozen=True, slots=True)
class Forcing:
    """A character that GSM-7 does not have, and so makes every part shorter."""

    index: int
    """Where it stands in the composed (NFC) text."""
    char: str

    @property
    def name(self) -> str:
        """Its Unicode name in small letters: "right single quotation mark"."""
        known = _UNNAMED.get(self.char, "") or unicodedata.name(self.char, "")
        return known.lower() or f"U+{ord(self.char):04X}"


@dataclass(frozen=True, slots=True)
class Count:
    """The length of one message as SMS."""

    encoding: Encoding
    parts: tuple[Part, ...]
    """None for the empty text: there is nothing to send."""
    units: int
    """Units of the whole text, without what is left over at the ends of parts."""
    per_part: int
    """Units that fit into each of the parts as they are now."""
    left: int
    """Units that are still free in the last part."""
    forcing: tuple[Forcing, ...]
    """What makes it UCS-2, in order of appearance; empty for GSM-7."""

    @property
    def text(self) -> str:
        """The composed (NFC) text that was counted."""
        return "".join(part.text for part in self.parts)


@functools.lru_cache(maxsize=8)  # a text that is being typed is counted for several words on it
def count(text: str) -> Count:
    """Return how `text`, composed to NFC first, travels as SMS. Never raises."""
    composed = unicodedata.normalize("NFC", text)
    if is_gsm(composed):
        return _counted(Encoding.GSM7, _septet_atoms(composed), ())
    joined = _with_pairs_joined(composed)
    return _counted(Encoding.UCS2, _utf16_atoms(joined), _forcing(joined))


def _counted(
    encoding: Encoding, atoms: Iterable[tuple[str, int]], forcing: tuple[Forcing, ...]
) -> Count:
    """Return the count of a text given as its indivisible pieces with their units."""
    atoms = list(atoms)
    units = sum(size for _, size in atoms)
    limit = encoding.alone if units <= encoding.alone else encoding.joined
    parts = tuple(_filled(atoms, limit))
    left = limit - parts[-1].units if parts else limit
    return Count(encoding, parts, units, limit, left, forcing)


def _filled(atoms: list[tuple[str, int]], limit: int) -> Iterator[Part]:
    """Yield parts of at most `limit` units, each as full as the pieces allow."""
    held: list[str] = []
    units = 0
    for piece, size in _small_enough(atoms, limit):
        if units + size > limit:
            yield Part("".join(held), units)
            held, units = [], 0
        held.append(piece)
        units += size
    if held:
        yield Part("".join(held), units)


def _small_enough(atoms: list[tuple[str, int]], limit: int) -> Iterator[tuple[str, int]]:
    """Yield the pieces; one that is longer than a whole part comes as its single characters."""
    for piece, size in atoms:
        if size <= limit:
            yield piece, size
        else:
            yield from ((char, _utf16_units(char)) for char in piece)


def _septet_atoms(text: str) -> Iterator[tuple[str, int]]:
    """Yield each character with its septets: in GSM-7 no grapheme is longer than that."""
    sizes = septets()
    return ((char, sizes[char]) for char in text)


def _utf16_atoms(text: str) -> Iterator[tuple[str, int]]:
    """Yield each grapheme with its UTF-16 units; CR LF counts as two."""
    from wcwidth import iter_graphemes

    for grapheme in iter_graphemes(text):
        if grapheme == "\r\n":
            yield from (("\r", 1), ("\n", 1))
        else:
            yield grapheme, _utf16_units(grapheme)


def _utf16_units(text: str) -> int:
    """Return the length of `text` in UTF-16 units."""
    return len(text) + sum(char > _LAST_OF_BMP for char in text)


def _with_pairs_joined(text: str) -> str:
    """Return `text` with surrogate pairs, which no part may split, as single characters."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def _forcing(text: str) -> tuple[Forcing, ...]:
    """Return the characters of `text` outside GSM-7."""
    sizes = septets()
    return tuple(Forcing(index, char) for index, char in enumerate(text) if char not in sizes)
