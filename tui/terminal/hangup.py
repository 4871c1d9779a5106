"""The end of an inbox whose terminal has vanished.

A terminal that is closed while nobody hears SIGHUP (nohup, some multiplexers) is read for ever as
nothing, and every write to it fails. Textual 8.2 would ask it again without a rest, or wait for a
writer that has died.
"""

import contextlib
from encodings import utf_8

from textual.drivers._writer_thread import WriterThread


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
