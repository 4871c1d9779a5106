"""Replace typographic marks that GSM-7 lacks with plain ones of the same meaning.

One curly apostrophe makes an SMS of 160 characters one of 70. Only marks are replaced; alphabetic
characters of any script stay as they are, because a name without its accents is another name.
"""

import unicodedata
from dataclasses import dataclass

from tui.domain.sms import SmsCount, count_parts

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


@dataclass(frozen=True, slots=True)
class MarkChange:
    """One mark and its plain form."""

    index: int
    """Position of the mark in the composed (NFC) text."""
    mark: str
    plain: str
    """Empty for a mark that is left out."""


@dataclass(frozen=True, slots=True)
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
    if any(forcing.char not in PLAIN_MARKS for forcing in before.non_gsm) or not before.non_gsm:
        return None
    changes = tuple(
        MarkChange(forcing.index, forcing.char, PLAIN_MARKS[forcing.char])
        for forcing in before.non_gsm
    )
    plain = original.translate({ord(change.mark): change.plain for change in changes})
    return GsmReplacement(plain, changes, before, count_parts(plain))
