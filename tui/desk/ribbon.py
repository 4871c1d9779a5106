"""How a text reads as SMS, in the words that stand around the composer.

Lengths are estimates until the provider reports its own; what costs is named and can be mended.
"""

import unicodedata
from collections.abc import Iterator

from tui.desk.replying import Route
from tui.domain.gsm import is_gsm
from tui.domain.message import Enclosed
from tui.domain.replacements import Replacement, to_gsm
from tui.domain.sms import Count, Encoding, count
from tui.domain.templates import blanks
from tui.domain.text import one_line

_MOST_SIGNS = 4
_MOST_CHANGES = 3
_WHOLE = 160
_SPOKEN = {" ": "blank", "": "nothing", "\n": "new line"}


def length_words(counted: Count, *, whole: bool = False) -> str:
    """The length for people: "24/70 · 1 part · Unicode ą"; empty for the empty text.

    `whole`: the provider counts in whole multiples of 160 (MessagePort, credits).
    """
    if not counted.parts:
        return ""
    if whole and counted.encoding is Encoding.GSM7:
        parts, used, room = -(-counted.units // _WHOLE), counted.units, _WHOLE
        used -= (parts - 1) * _WHOLE
    else:
        parts, room = len(counted.parts), counted.per_part
        used = room - counted.left
    words = [f"{used}/{room}", f"{parts} part{'s' if parts > 1 else ''}"]
    if counted.forcing:
        signs = list(dict.fromkeys(forcing.char for forcing in counted.forcing))
        words.append(f"Unicode {one_line(' '.join(signs[:_MOST_SIGNS]), 16)}")
    return " · ".join(words)


def hint_words(text: str, enclosed: Enclosed, route: Route | None, key: str) -> str:
    """What to know before sending: what is open, what goes along, what makes it long.

    `key` replaces the signs that cost.
    """
    hints = [one_line(f"{blank.sign} is not filled in", 40) for blank in blanks(text)[:1]]
    if enclosed:
        hints.append(enclosed_words(enclosed))
    counted = count(text)
    if counted.forcing:
        hints.append(_cost_words(counted, to_gsm(text), key))
        if route is not None and route.rewrites:
            hints.append(route.rewrites)
    return " · ".join(hints)


def enclosed_words(enclosed: Enclosed) -> str:
    """Pictures and subject of an MMS."""
    number = len(enclosed.media)
    words = [f"MMS: {number} picture{'s' if number != 1 else ''}"]
    if enclosed.subject:
        words.append(f'"{one_line(enclosed.subject, 24)}"')
    return " ".join(words)


def _cost_words(counted: Count, replacement: Replacement | None, key: str) -> str:
    """Which sign makes it Unicode, and what replacing it saves."""
    if replacement is None:
        first = counted.forcing[0]
        return f"{one_line(first.char, 4)} ({_short(first.name)}) makes it Unicode"
    return f"{key} {change_words(replacement)}{saved_words(replacement)}"


def _short(name: str) -> str:
    """A letter's name without what everybody sees: "a with ogonek"."""
    return name.replace("latin small letter ", "").replace("latin capital letter ", "capital ")


def change_words(replacement: Replacement) -> str:
    """The difference a replacement makes: "’→' …→..."."""
    pairs = dict.fromkeys((change.mark, change.plain) for change in replacement.changes)
    shown = [f"{_sign(mark)}→{_SPOKEN.get(plain, plain)}" for mark, plain in pairs]
    more = f" +{len(shown) - _MOST_CHANGES}" if len(shown) > _MOST_CHANGES else ""
    return " ".join(shown[:_MOST_CHANGES]) + more


def saved_words(replacement: Replacement) -> str:
    """How much shorter it gets, with a blank before; empty when it takes as many parts."""
    saved = replacement.parts_saved
    if saved <= 0:
        return " makes room"
    return f" saves {saved} part{'s' if saved > 1 else ''}"


def _sign(mark: str) -> str:
    """A mark, by its code when it cannot be seen."""
    shown = one_line(mark, 2).strip()
    return shown or f"U+{ord(mark):04X}"


def costly(line: str) -> Iterator[tuple[int, int]]:
    """Where in a line the characters stand that force Unicode: (begin, end) of each."""
    if line.isascii() and is_gsm(line):
        return
    from wcwidth import iter_graphemes

    place = 0
    for grapheme in iter_graphemes(line):
        if not is_gsm(unicodedata.normalize("NFC", grapheme)):
            yield place, place + len(grapheme)
        place += len(grapheme)


def open_fields(line: str) -> Iterator[tuple[int, int]]:
    """Where in a line the fields stand that nobody has filled."""
    for blank in blanks(line):
        yield blank.start, blank.end
