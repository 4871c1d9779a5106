"""Read the bytes of the terminal as text, and write to it, also when it has vanished.

Textual 8.2 ends at one byte that is not UTF-8. A terminal that is closed while SIGHUP is ignored
(nohup, some multiplexers) reads as empty input for ever, and every write to it fails: Textual would
read it again without a pause, or wait for a writer thread that has died.
"""

import contextlib
import fcntl
import os
import select
import sys
import termios
import threading
import time
from encodings import utf_8

from textual.drivers._writer_thread import WriterThread

from tui.terminal.bursts import GAP_SECONDS


class TerminalGone(Exception):
    """Nothing can be read from the terminal any more."""


_COLLECT_SECONDS, _COLLECT_BYTES = 0.25, 1 << 16
"""Limits of what is collected as one burst; a longer one continues in the next."""


_IS_READING = threading.Event()
"""Set while characters were read whose keys are not passed on yet; a process has one keyboard."""


def has_keys_on_the_way() -> bool:
    """Return whether keys were typed that are not read, or read and not passed to the app."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        keyboard = sys.__stdin__.fileno()  # type: ignore[union-attr]
        # Not select, by which a terminal that has vanished can always be read.
        if any(fcntl.ioctl(keyboard, termios.FIONREAD, bytes(4))):
            return True
    return _IS_READING.is_set()


def finish_reading() -> None:
    """Record that the keys of all characters that were read are passed on."""
    _IS_READING.clear()


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
        _IS_READING.set()
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
