"""Repair the terminal's input before Textual reads it, and survive a terminal that vanishes.

Textual 8.2 ends a bracketed paste at the first ESC within it and takes the rest for keys, so that
a text copied from a customer could press Enter. It drops the Alt of Alt+Enter as most terminals
send it (ESC CR), which would send a message instead of breaking its line. It reads "Esc z" in one
packet as z, "Esc 1" as "¡", and types the rest of a sequence that it does not know. And one byte
that is not UTF-8 ends it, while a terminal that has vanished does not.

Here the input is cut into complete pieces first: sequences, pastes, Esc with a key, and bursts of
text (`tui.terminal.bursts` says what those mean). Only complete sequences reach Textual's parser.

A terminal that is closed while SIGHUP is ignored (nohup, some multiplexers) reads as empty input
for ever, and every write to it fails. Textual 8.2 would read it again without a pause, or wait
for a writer thread that has died.
"""

import contextlib
import os
import re
import select
import time
from collections.abc import Callable, Iterable, Iterator
from encodings import utf_8

from textual import constants
from textual._xterm_parser import XTermParser
from textual.drivers._writer_thread import WriterThread
from textual.events import Key
from textual.message import Message

from tui.terminal import bursts
from tui.terminal.bursts import GAP_SECONDS, PASTE_SECONDS, Burst, EscapedKey, is_long_paste


class TerminalGone(Exception):
    """Nothing can be read from the terminal any more."""


_COLLECT_SECONDS, _COLLECT_BYTES = 0.25, 1 << 16
"""Limits of what is collected as one burst; a longer one continues in the next."""


class TerminalDecoder(utf_8.IncrementalDecoder):
    """Decode the input of a terminal: bursts whole, invalid bytes shown, empty input as its end."""

    def __init__(self, fileno: int | None = None) -> None:
        """Create a decoder that replaces invalid bytes.

        Args:
            fileno: File from which the rest of a burst is read; None for none.
        """
        super().__init__(errors="replace")
        self._fileno = fileno
        self._read_at = 0.0

    def decode(self, input: object, final: bool = False) -> str:
        """Return the text of some bytes, and of those that follow them at once.

        Args:
            input: Bytes from the terminal.
            final: Whether this is the last call.

        Raises:
            TerminalGone: There is no input, so the terminal has vanished.
        """
        if not input and not final:
            raise TerminalGone
        if self._fileno is not None and not final and isinstance(input, bytes):
            input = self._collect_burst(input, self._fileno)
        return super().decode(input, final)  # type: ignore[arg-type]

    def _collect_burst(self, data: bytes, fileno: int) -> bytes:
        """Return the bytes with the rest of their burst, if they are text that came at once.

        A single key is never delayed.
        """
        began_at = time.monotonic()
        is_near = began_at - self._read_at < GAP_SECONDS
        if not data.startswith(b"\x1b") and (is_near or len(data) > 1):
            end = began_at + _COLLECT_SECONDS
            while len(data) < _COLLECT_BYTES and time.monotonic() < end:
                if not select.select([fileno], [], [], GAP_SECONDS)[0]:
                    break
                try:
                    more = os.read(fileno, 4096)
                except OSError:
                    break  # the next read of the driver reports it
                if not more:
                    break
                data += more
        self._read_at = time.monotonic()
        return data


class TerminalWriter(WriterThread):
    """Write while there is a terminal; afterwards discard everything, so that no call waits."""

    def run(self) -> None:
        """Run the thread."""
        with contextlib.suppress(OSError):
            super().run()
            return
        # What is left in the buffer would fail again at the end of the program.
        with contextlib.suppress(OSError), open(os.devnull, "wb") as discarded:
            os.dup2(discarded.fileno(), self._file.fileno())
        # The queue is bounded: without a reader the app would wait in it for ever.
        while self._queue.get() is not None:
            pass


_ESCAPE = "\x1b"
_VISIBLE_ESCAPE = "\u241b"
_PASTE_START = "\x1b[200~"
_PASTE_END = "\x1b[201~"
_FOCUS_IN = "\x1b[I"
_SEQUENCE_SECONDS = 0.3
"""Seconds to wait for the rest of a sequence; no person types the beginning of one."""
_FIRST_SECONDS = 0.1
"""Seconds after the start within which the first input was waiting already."""

_TOKEN = re.compile(
    r"(?P<sequence>\x1b\[(?:\[[A-E]|M[^\x1b]{3}|(?!M|\[)[0-?]*[ -/]*[@-~])|\x1bO[ -~])"
    r"|(?P<incomplete>\x1b(?:\[(?:\[|M[^\x1b]{0,2}|[0-?]*[ -/]*)|O)?\Z)"
    r"|(?P<escape>\x1b(?=\x1b))"
    r"|\x1b(?P<escaped>[^\x1b])"
    r"|(?P<text>[^\x1b\x03\x08\x7f]+)"
    r"|(?P<key>.)",
    re.DOTALL,
)
"""Pieces of the input. Ctrl+C and Backspace are never part of a text."""


class SafeKeyParser(XTermParser):
    """Parse keys like Textual, after cutting the input into pieces that it does not misread."""

    def __init__(self, debug: bool = False, get_time: Callable[[], float] = time.monotonic) -> None:
        """Create a parser outside of any paste.

        Args:
            debug: Whether Textual logs what it parses.
            get_time: Returns the time in seconds of a steady clock.
        """
        self._get_time = get_time
        self._pasting = False
        self._held = ""
        """Characters that may become the end of a paste."""
        self._partial, self._partial_at, self._partial_until = "", 0.0, 0.0
        """Beginning of a sequence, when it arrived, and until when its rest may arrive."""
        self._is_first = True
        self._first_until = get_time() + _FIRST_SECONDS
        self._paste_until = 0.0
        """Moment until which the next piece of an unmarked paste may arrive."""
        self._ends_with_break = False
        """Whether the last piece of it ended with a line break."""
        super().__init__(debug)

    def feed(self, data: str) -> Iterable[Message]:
        """Return the events of some input.

        Args:
            data: Characters from the terminal; empty at the end of the input.
        """
        if not data:
            return super().feed(data)
        self._is_first = self._is_first and self._get_time() < self._first_until
        if self._is_first:
            # Before the app ran, the terminal turned the CR of Enter into LF.
            data = data if _ESCAPE in data else data.replace("\n", "\r")
        events = [*self._release_partial(), *self._parse_pieces(self._partial + data)]
        self._is_first = False
        return events

    def tick(self) -> Iterable[Message]:
        """Return the events of what has waited long enough for its rest."""
        return [*self._release_partial(), *super().tick()]

    def _release_partial(self) -> list[Message]:
        """Return the keys of a beginning that did not become a sequence in time."""
        if not self._partial or self._get_time() < self._partial_until:
            return []
        partial, self._partial = self._partial, ""
        # The beginning of a longer sequence was not typed: it is no key.
        typed = self._parse_keys(partial[1:]) if len(partial) == 2 else []
        keys = [Key("escape", _ESCAPE)] if partial == _ESCAPE else [EscapedKey(k) for k in typed]
        for key in keys:
            key.time = self._partial_at
        return [*keys]

    def _parse_pieces(self, data: str) -> Iterator[Message]:
        """Yield the events of some input, and keep an incomplete piece at its end."""
        self._partial, at = "", 0
        if not self._pasting and bursts.has_pasted_escape(data):
            data = data.replace(_ESCAPE, _VISIBLE_ESCAPE)
        while at < len(data):
            if self._pasting:
                passed, at = self._filter_paste(data, at)
                yield from super().feed(passed) if passed else ()
                continue
            match = _TOKEN.match(data, at)
            assert match is not None  # the last alternative takes any character
            kind, piece, at = match.lastgroup, match[0], match.end()
            if kind == "sequence" and piece[1] == "O" and not self._parse_keys(piece):
                kind, piece, at = "escaped", piece[:2], at - 1  # Esc and a capital O
            match kind:
                case "incomplete":
                    is_key = piece in (_ESCAPE, "\x1bO")
                    wait = constants.ESCAPE_DELAY if is_key else _SEQUENCE_SECONDS
                    self._partial, self._partial_at = piece, self._get_time()
                    self._partial_until = self._partial_at + wait
                case "sequence":
                    yield from self._parse_sequence(piece)
                case "escape":
                    yield Key("escape", _ESCAPE)
                case "escaped":
                    yield from self._parse_escaped(piece)
                case "text":
                    yield self._parse_text(piece)
                case _:
                    yield from self._parse_keys(piece)

    def _parse_sequence(self, sequence: str) -> list[Message]:
        """Return the events of a complete sequence; none if Textual does not know it."""
        self._pasting = sequence == _PASTE_START
        events = list(super().feed(sequence))
        if not events and not self._pasting:
            # Textual waits for more characters of what it does not know, and would type them.
            list(super().feed(_FOCUS_IN))
        return events

    def _parse_escaped(self, piece: str) -> Iterable[Message]:
        """Return the events of ESC and one character."""
        known = self._parse_keys(piece) if piece[1] < " " or piece[1] == "\x7f" else []
        return known or [EscapedKey(key) for key in self._parse_keys(piece[1:])]

    def _parse_text(self, text: str) -> Message:
        """Return the event of text that arrived at once: a key, or a burst."""
        now = self._get_time()
        follows = now < self._paste_until and (len(text) > 1 or text in "\r\n")
        if len(text) == 1 and not follows:
            key, *_ = [*self._parse_keys(text), Key("ignore", None)]
            return key
        burst = Burst(
            text,
            self._parse_keys,
            follows_paste=follows,
            break_before=follows and self._ends_with_break,
            is_first=self._is_first,
        )
        if follows or is_long_paste(text):
            self._paste_until, self._ends_with_break = now + PASTE_SECONDS, burst.ends_with_enter
        return burst

    def _parse_keys(self, text: str) -> list[Key]:
        """Return the keys of a sequence, or of each character of a text."""
        pieces = [text] if text.startswith(_ESCAPE) else text
        return [key for piece in pieces for key in self._sequence_to_key_events(piece)]

    def _filter_paste(self, data: str, at: int) -> tuple[str, int]:
        """Return the characters to pass on of a paste, and the index after them.

        Args:
            data: Input.
            at: Index from which on it is part of a paste.
        """
        passed = []
        while self._pasting and at < len(data):
            passed.append(self._filter_pasted(data[at]))
            at += 1
        return "".join(passed), at

    def _filter_pasted(self, character: str) -> str:
        """Return the characters to pass on within a paste; make an ESC in it visible."""
        self._held += character
        if self._held == _PASTE_END:
            self._pasting, self._held = False, ""
            return _PASTE_END
        if _PASTE_END.startswith(self._held):
            return ""
        passed, self._held = self._held, ""
        if character == _ESCAPE:
            passed, self._held = passed[:-1], character
        return passed.replace(_ESCAPE, _VISIBLE_ESCAPE)

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[Key]:
        """Return the key events of a sequence; Alt+Enter is a key of its own."""
        if sequence == "\x1b\r":
            return (Key("alt+enter", None),)
        return super()._sequence_to_key_events(sequence, alt)
