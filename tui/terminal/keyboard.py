"""Repair the terminal's input before Textual parses it.

Textual 8.2 ends a bracketed paste at the first ESC within it and takes the rest for keys, so that
a text copied from a customer could press Enter. It drops the Alt of Alt+Enter as most terminals
send it (ESC CR), which would send a message instead of breaking its line. It reads "Esc z" in one
packet as z, "Esc 1" as "¡", and types the rest of a sequence that it does not know.

Here the input is cut into complete pieces first: sequences, pastes, Esc with a key, and bursts of
text (`tui.terminal.bursts` says what those mean). Only complete sequences reach Textual's parser.
"""

import re
import time
from collections.abc import Callable, Iterable, Iterator

from textual import constants
from textual._xterm_parser import XTermParser
from textual.events import Key
from textual.message import Message

from tui.terminal import bursts
from tui.terminal.bursts import PASTE_SECONDS, Burst, EscapedKey, is_long_paste
from tui.terminal.streams import finish_reading

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
        self._partial, self._partial_until = "", 0.0
        """Beginning of a sequence, and the moment until which its rest may arrive."""
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
        """Return the events of what has waited long enough for its rest.

        The driver calls this after it has passed on all that it has read.
        """
        finish_reading()
        return [*self._release_partial(), *super().tick()]

    def _release_partial(self) -> list[Message]:
        """Return the keys of a beginning that did not become a sequence in time."""
        if not self._partial or self._get_time() < self._partial_until:
            return []
        partial, self._partial = self._partial, ""
        if partial == _ESCAPE:
            return [Key("escape", _ESCAPE)]
        # The beginning of a longer sequence was not typed: it is no key.
        return (
            [EscapedKey(key) for key in self._parse_keys(partial[1:])] if len(partial) == 2 else []
        )

    def _parse_pieces(self, data: str) -> Iterator[Message]:
        """Yield the events of some input, and keep an incomplete piece at its end."""
        self._partial, at = "", 0
        begins_packet = not self._pasting
        if not self._pasting and bursts.has_pasted_escape(data):
            data = data.replace(_ESCAPE, _VISIBLE_ESCAPE)
        while at < len(data):
            if self._pasting:
                passed, at = self._filter_paste(data, at)
                yield from super().feed(passed) if passed else ()
                begins_packet = False
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
                    self._partial, self._partial_until = piece, self._get_time() + wait
                case "sequence":
                    yield from self._parse_sequence(piece)
                case "escape":
                    yield Key("escape", _ESCAPE)
                case "escaped":
                    yield from self._parse_escaped(piece)
                case "text":
                    yield self._parse_text(piece, begins_packet=begins_packet)
                    begins_packet = False
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

    def _parse_text(self, text: str, *, begins_packet: bool) -> Message:
        """Return the event of text that arrived at once: a key, or a burst.

        Args:
            text: Characters as they arrived.
            begins_packet: Whether no text was before it in the same packet.
        """
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
            begins_packet=begins_packet,
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
