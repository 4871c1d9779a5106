"""Repair the terminal's input before Textual reads it, and survive a terminal that vanishes.

Textual 8.2 ends a bracketed paste at the first ESC within it and takes the rest for keys, so that
a text copied from a customer could press Enter. It drops the Alt of Alt+Enter as most terminals
send it (ESC CR), which would send a message instead of breaking its line. And one byte that is
not UTF-8 ends it, while a terminal that has vanished does not.

A terminal that is closed while SIGHUP is ignored (nohup, some multiplexers) reads as empty input
for ever, and every write to it fails. Textual 8.2 would read it again without a pause, or wait
for a writer thread that has died.
"""

import contextlib
import sys
from collections.abc import Iterable
from encodings import utf_8

from textual._xterm_parser import XTermParser
from textual.driver import Driver
from textual.drivers._writer_thread import WriterThread
from textual.events import Key
from textual.message import Message


class TerminalGone(Exception):
    """Nothing can be read from the terminal any more."""


class TerminalDecoder(utf_8.IncrementalDecoder):
    """Decode the input of a terminal: invalid bytes are shown, and empty input is its end."""

    def __init__(self) -> None:
        """Create a decoder that replaces invalid bytes."""
        super().__init__(errors="replace")

    def decode(self, input: object, final: bool = False) -> str:
        """Return the text of some bytes.

        Args:
            input: Bytes from the terminal.
            final: Whether this is the last call.

        Raises:
            TerminalGone: There is no input, so the terminal has vanished.
        """
        if not input and not final:
            raise TerminalGone
        return super().decode(input, final)  # type: ignore[arg-type]


class TerminalWriter(WriterThread):
    """Write while there is a terminal; afterwards discard everything, so that no call waits."""

    def run(self) -> None:
        """Run the thread."""
        with contextlib.suppress(OSError):
            super().run()
            return
        # The queue is bounded: without a reader the app would wait in it for ever.
        while self._queue.get() is not None:
            pass


_ESCAPE = "\x1b"
_VISIBLE_ESCAPE = "\u241b"
_PASTE_START = "\x1b[200~"
_PASTE_END = "\x1b[201~"
_ALT_ENTER = "\x1b\r"


class SafeKeyParser(XTermParser):
    """Parse keys like Textual, after removing the input that it would misread."""

    def __init__(self, debug: bool = False) -> None:
        """Create a parser outside of any paste."""
        self._pasting = False
        self._recent = ""
        """The last characters outside a paste, as the start of a paste may arrive in pieces."""
        self._held = ""
        """Characters that may become the end of a paste."""
        super().__init__(debug)

    def feed(self, data: str) -> Iterable[Message]:
        """Return the events of some input.

        Args:
            data: Characters from the terminal; empty at the end of the input.
        """
        safe = "".join(map(self._filter_character, data))
        return () if data and not safe else super().feed(safe)

    def _filter_character(self, character: str) -> str:
        """Return the characters to pass on for one more character."""
        if self._pasting:
            return self._filter_pasted(character)
        self._recent = (self._recent + character)[-len(_PASTE_START) :]
        self._pasting = self._recent == _PASTE_START
        return character

    def _filter_pasted(self, character: str) -> str:
        """Return the characters to pass on within a paste; make an ESC in it visible."""
        self._held += character
        if self._held == _PASTE_END:
            self._pasting, self._recent, self._held = False, "", ""
            return _PASTE_END
        if _PASTE_END.startswith(self._held):
            return ""
        passed, self._held = self._held, ""
        if character == _ESCAPE:
            passed, self._held = passed[:-1], character
        return passed.replace(_ESCAPE, _VISIBLE_ESCAPE)

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[Key]:
        """Return the key events of a sequence; Alt+Enter is a key of its own."""
        if sequence == _ALT_ENTER:
            return (Key("alt+enter", None),)
        return super()._sequence_to_key_events(sequence, alt)


def patch_driver(driver: type[Driver]) -> type[Driver]:
    """Return the driver, patched to use our parser, decoder and writer; leave others unchanged."""
    # Textual has no hook for these classes: the driver looks them up in its own module.
    module = vars(sys.modules[driver.__module__])
    if "XTermParser" in module and "getincrementaldecoder" in module:
        module["XTermParser"] = SafeKeyParser
        module["getincrementaldecoder"] = _get_decoder
        module["WriterThread"] = TerminalWriter
    return driver


def _get_decoder(encoding: str) -> type[TerminalDecoder]:
    """Return our decoder for every encoding, as terminals send UTF-8."""
    return TerminalDecoder
