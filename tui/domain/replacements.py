"""Typographic marks that GSM-7 lacks, and the plain ones that say the same.

One curly apostrophe makes an SMS of 160 characters one of 70. Only marks are replaced; letters of
any script stay as they are, for a name without its accents is another name.
"""

import unicodedata
from dataclasses import dataclass

from tui.domain.sms import Count, count

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

PLAIN = {chr(code): chr(code - _FULL_WIDTH_OFFSET) for code in _FULL_WIDTH} | {
    mark: plain for plain, marks in _MARKS.items() for mark in marks
}
"""The plain form of each mark that is ever replaced."""


@dataclass(frozen=True, slots=True)
class Change:
    """One mark and what stands for it."""

    index: int
    """Where the mark stands in the composed (NFC) text."""
    mark: str
    plain: str
    """Empty for a mark that is simply left out."""


@dataclass(frozen=True, slots=True)
class Replacement:
    """An offer to the agent: the same message in GSM-7."""

    text: str
    changes: tuple[Change, ...]
    before: Count
    after: Count

    @property
    def parts_saved(self) -> int:
        """How many SMS fewer it takes."""
        return len(self.before.parts) - len(self.after.parts)


def to_gsm(text: str) -> Replacement | None:
    """Return `text` with plain marks, or None when it is GSM-7 already or would not become so."""
    composed = unicodedata.normalize("NFC", text)
    before = count(composed)
    if any(forcing.char not in PLAIN for forcing in before.forcing) or not before.forcing:
        return None
    changes = tuple(
        Change(forcing.index, forcing.char, PLAIN[forcing.char]) for forcing in before.forcing
    )
    plain = composed.translate({ord(change.mark): change.plain for change in changes})
    return Replacement(plain, changes, before, count(plain))
