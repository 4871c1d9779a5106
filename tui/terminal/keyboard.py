"""What a terminal sends, mended before Textual reads it.

Textual 8.2 ends a bracketed paste at the first ESC within it and takes the rest for keys, so that
a text copied from a customer could press Enter. It drops the Alt of Alt+Enter as most terminals
send it (ESC CR), which would send a message in place of breaking its line. And one byte that is
not UTF-8 ends it, while a terminal that has vanished does not.
"""

import sys
from collections.abc import Iterable

from textual._xterm_parser import XTermParser
from textual.driver import Driver
from textual.events import Key
from textual.message import Message

from tui.terminal.hangup import Decoder, Writer

_ESCAPE = "\x1b"
_SHOWN_ESCAPE = "\u241b"
_PASTE_BEGINS = "\x1b[200~"
_PASTE_ENDS = "\x1b[201~"
_ALT_ENTER = "\x1b\r"


class Keyboard(XTermParser):
    """Textual's reading of keys, fed with what cannot mislead it."""

    def __init__(self, debug: bool = False) -> None:
        """Nothing is being pasted."""
        self._pasting = False
        self._recent = ""
        """The last few signs outside a paste: the begin of one may come in pieces."""
        self._held = ""
        """What may become the end of a paste."""
        super().__init__(debug)

    def feed(self, data: str) -> Iterable[Message]:
        """The events of some input; an empty text is its end."""
        mended = "".join(map(self._mended, data))
        return () if data and not mended else super().feed(mended)

    def _mended(self, sign: str) -> str:
        """What to pass on for one more sign."""
        if self._pasting:
            return self._pasted(sign)
        self._recent = (self._recent + sign)[-len(_PASTE_BEGINS) :]
        self._pasting = self._recent == _PASTE_BEGINS
        return sign

    def _pasted(self, sign: str) -> str:
        """Within a paste ESC is made visible, unless it begins the end."""
        self._held += sign
        if self._held == _PASTE_ENDS:
            self._pasting, self._recent, self._held = False, "", ""
            return _PASTE_ENDS
        if _PASTE_ENDS.startswith(self._held):
            return ""
        passed, self._held = self._held, ""
        if sign == _ESCAPE:
            passed, self._held = passed[:-1], sign
        return passed.replace(_ESCAPE, _SHOWN_ESCAPE)

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[Key]:
        """Alt+Enter is a key of its own."""
        if sequence == _ALT_ENTER:
            return (Key("alt+enter", None),)
        return super()._sequence_to_key_events(sequence, alt)


def mended(driver: type[Driver]) -> type[Driver]:
    """The driver, from now on reading its terminal through `Keyboard`; others are left alone."""
    module = vars(sys.modules[driver.__module__])
    if "XTermParser" in module and "getincrementaldecoder" in module:
        module["XTermParser"] = Keyboard
        module["getincrementaldecoder"] = _decoder_of
        module["WriterThread"] = Writer
    return driver


def _decoder_of(encoding: str) -> type[Decoder]:
    """Terminals send UTF-8."""
    return Decoder
