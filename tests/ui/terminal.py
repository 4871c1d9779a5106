"""A real pseudo-terminal: runs a program on it, types, and reads every byte that is written."""

import contextlib
import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import threading
import time
import unicodedata
from codecs import getincrementaldecoder
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
_SEQUENCE = re.compile(
    r"\x1b\[(?P<csi>[0-?]*[ -/]*[@-~])"
    r"|\x1b\](?P<osc>[^\x07\x1b]*)(?:\x07|\x1b\\)"
    r"|\x1b(?P<string>[PX^_][^\x1b]*)\x1b\\"
    r"|\x1b(?P<other>[ -/]*[0-~])"
)
_JOINERS = "\u200c\u200d"


class Terminal:
    """A program on a terminal of its own."""

    def __init__(self, arguments: Sequence[str], size: tuple[int, int], home: Path) -> None:
        """Start Python with these arguments, with a home directory of its own."""
        self._written = bytearray()
        self._waited_for = 0
        self._writing = threading.Lock()
        self._master, slave = pty.openpty()
        width, height = size
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=_environment(home),
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        """Collect what is written until the terminal is gone."""
        with contextlib.suppress(OSError):  # what Linux raises when the last writer has closed
            while chunk := os.read(self._master, 65_536):
                with self._writing:
                    self._written += chunk

    @property
    def _bytes(self) -> bytes:
        """Everything written so far."""
        with self._writing:
            return bytes(self._written)

    @property
    def output(self) -> str:
        """Everything written so far, but for half a character; raises where it is not UTF-8."""
        return getincrementaldecoder("utf-8")().decode(self._bytes)

    def type(self, keys: bytes) -> None:
        """Send what a keyboard sends."""
        os.write(self._master, keys)

    def shows(self, words: str, timeout: float = 60.0) -> None:
        """Wait until these words are written, after those that were waited for before."""
        wanted = words.encode()
        end = time.monotonic() + timeout
        while (found := self._bytes.find(wanted, self._waited_for)) < 0:
            assert time.monotonic() < end, f"{words!r} was not written; the end: {self.tail()}"
            time.sleep(0.01)
        self._waited_for = found + len(wanted)

    def tail(self) -> str:
        """The end of the output, for the words of a failure."""
        return repr(self._bytes[-2_000:])

    def wait(self, timeout: float = 60.0) -> int:
        """Wait for the program's end; its exit code."""
        code = self.process.wait(timeout)
        self._reader.join(timeout)
        return code

    def close(self) -> None:
        """Leave nothing running."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reader.join()
        os.close(self._master)


@contextlib.contextmanager
def terminal(arguments: Sequence[str], size: tuple[int, int], home: Path) -> Iterator[Terminal]:
    """A program on a terminal, ended in any case."""
    opened = Terminal(arguments, size, home)
    try:
        yield opened
    finally:
        opened.close()


def _environment(home: Path) -> dict[str, str]:
    """What a plain SSH session has, so that every machine paints the same."""
    kept = {name: os.environ[name] for name in ("PATH", "VIRTUAL_ENV") if name in os.environ}
    return {
        **kept,
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
    }


def plain(output: str) -> str:
    """The output without its control sequences."""
    return _SEQUENCE.sub("", output)


def shapes(output: str) -> set[str]:
    """The kinds of control sequences in an output; only where and in which colour is left out."""
    found = set()
    for match in _SEQUENCE.finditer(output):
        kind, value = match.lastgroup or "", match[match.lastgroup or 0]
        if kind == "csi" and value[-1] in "CHm":
            value = value[-1]
        if kind == "osc":
            value = value.split(";")[0]
        found.add(f"{kind} {value}")
    return found


def copied(output: str) -> list[str]:
    """What was sent to the clipboard (OSC 52), still encoded."""
    commands = (m["osc"] for m in _SEQUENCE.finditer(output) if m["osc"])
    return [command.split(";")[2] for command in commands if command.startswith("52;")]


def harmful(text: str) -> set[str]:
    """The signs in a text that a terminal would obey, or that hide or turn other signs."""
    return {
        f"U+{ord(sign):04X}"
        for sign in set(text) - set("\r\n" + _JOINERS)
        if unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co")
    }
