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


class Decoder(utf_8.IncrementalDecoder):
    """Decodes what a terminal sends: odd bytes are shown, and nothing at all is its end."""

    def __init__(self) -> None:
        """At the beginning of a text."""
        super().__init__(errors="replace")

    def decode(self, input: object, final: bool = False) -> str:
        """The text of some bytes; raises `TerminalGone` where a terminal that is there has some."""
        if not input and not final:
            raise TerminalGone
        return super().decode(input, final)  # type: ignore[arg-type]


class Writer(WriterThread):
    """Writes as long as there is a terminal, and then takes what comes: nobody waits for it."""

    def run(self) -> None:
        """Run the thread."""
        with contextlib.suppress(OSError):
            super().run()
            return
        while self._queue.get() is not None:
            pass
