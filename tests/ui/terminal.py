"""Run a program on a real pseudo-terminal, type, and read every byte that it writes."""

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
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyte

from tests.interrupts import restore_interrupts
from tui.terminal.bursts import PASTE_SECONDS

ROOT = Path(__file__).parents[2]
_SEQUENCE = re.compile(
    r"\x1b\[(?P<csi>[0-?]*[ -/]*[@-~])"
    r"|\x1b\](?P<osc>[^\x07\x1b]*)(?:\x07|\x1b\\)"
    r"|\x1b(?P<string>[PX^_][^\x1b]*)\x1b\\"
    r"|\x1b(?P<other>[ -/]*[0-~])"
)
_PAINTING = re.compile(r"[\d;]*[CDHSTXmr]|[78]")
"""Moves, colours, erased blanks, scrolled lines, and the cursor saved and restored."""
_JOINERS = "\u200c\u200d"


class Terminal:
    """Run a program on a terminal of its own."""

    def __init__(
        self,
        arguments: Sequence[str],
        size: tuple[int, int],
        home: Path,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        """Start Python with these arguments.

        Args:
            arguments: Arguments of Python.
            size: Columns and lines of the terminal.
            home: Home directory of the program.
            environ: Variables that differ from those of a plain SSH session.
        """
        self._written = bytearray()
        self._waited_for = 0
        self._writing = threading.Lock()
        self._master, slave = pty.openpty()
        self._size = size
        self._set_size(slave, size)
        self.first_attributes = termios.tcgetattr(self._master)
        """Line settings of the terminal before the program."""
        self.process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env={**_make_environment(home), **(environ or {})},
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            preexec_fn=take_terminal,
        )
        os.close(slave)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        """Collect the output until the terminal is gone."""
        with contextlib.suppress(OSError):  # Linux raises it when the last writer has closed
            while chunk := os.read(self._master, 65_536):
                with self._writing:
                    self._written += chunk

    @staticmethod
    def _set_size(terminal: int, size: tuple[int, int]) -> None:
        """Set the columns and lines of a terminal."""
        width, height = size
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def resize(self, size: tuple[int, int]) -> None:
        """Change the columns and lines, which sends SIGWINCH."""
        self._size = size
        self._set_size(self._master, size)

    @property
    def attributes(self) -> list[Any]:
        """Return the line settings of the terminal as they are now."""
        return termios.tcgetattr(self._master)

    def set_attributes(self, attributes: list[Any]) -> None:
        """Change the line settings, as another program does."""
        termios.tcsetattr(self._master, termios.TCSANOW, attributes)

    def inject(self, output: str) -> None:
        """Add to the output what another program writes."""
        with self._writing:
            self._written += output.encode()

    def until(self, condition: Callable[[], bool], what: str, timeout: float = 60.0) -> None:
        """Wait for a condition.

        Args:
            condition: Condition to wait for.
            what: Its name, for the message of a failure.
            timeout: Seconds after which the test fails.
        """
        end = time.monotonic() + timeout
        while not condition():
            assert time.monotonic() < end, f"not so: {what}; the end: {self.tail()}"
            time.sleep(0.01)

    @property
    def _bytes(self) -> bytes:
        """Return everything written so far."""
        with self._writing:
            return bytes(self._written)

    @property
    def output(self) -> str:
        """Return everything written so far, without half a character; raise if it is not UTF-8."""
        return getincrementaldecoder("utf-8")().decode(self._bytes)

    def type(self, keys: bytes) -> None:
        """Send what a keyboard sends."""
        os.write(self._master, keys)

    def type_line(self, text: str) -> None:
        """Type a text at once, and Enter when it can no longer be a part of that burst."""
        self.type(text.encode())
        self.sees(text[-8:])
        time.sleep(PASTE_SECONDS + 0.1)
        self.type(b"\r")

    def shows(self, text: str, timeout: float = 60.0) -> None:
        """Wait until this text is written, after the texts that were waited for before.

        Args:
            text: Text to wait for.
            timeout: Seconds after which the test fails.
        """
        wanted = text.encode()
        end = time.monotonic() + timeout
        while (found := self._bytes.find(wanted, self._waited_for)) < 0:
            assert time.monotonic() < end, f"{text!r} was not written; the end: {self.tail()}"
            time.sleep(0.01)
        self._waited_for = found + len(wanted)

    @property
    def picture(self) -> list[str]:
        """Return the lines that are on the screen now."""
        return list(draw_screen(self.output, self._size).display)

    def sees(self, text: str, timeout: float = 30.0) -> None:
        """Wait until a text is on the screen.

        Args:
            text: Text to wait for, within one line.
            timeout: Seconds after which the test fails.
        """
        end = time.monotonic() + timeout
        while not any(text in line for line in self.picture):
            assert time.monotonic() < end, f"{text!r} is not on the screen: {self.picture}"
            time.sleep(0.02)

    def tail(self) -> str:
        """Return the end of the output, for the message of a failure."""
        return repr(self._bytes[-2_000:])

    def wait(self, timeout: float = 60.0) -> int:
        """Wait for the end of the program and return its exit code.

        Args:
            timeout: Seconds to wait at most.
        """
        code = self.process.wait(timeout)
        self._reader.join(timeout)
        return code

    def close(self) -> None:
        """End the program and close the terminal."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reader.join()
        os.close(self._master)


def take_terminal() -> None:
    """Make standard input the terminal of this session, as a shell does for its programs.

    Run this in a child process before its program. Without it no new size is reported to it.
    """
    restore_interrupts()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


@contextlib.contextmanager
def open_terminal(
    arguments: Sequence[str],
    size: tuple[int, int],
    home: Path,
    environ: Mapping[str, str] | None = None,
) -> Iterator[Terminal]:
    """Run a program on a terminal, and end it in any case.

    Args:
        arguments: Arguments of Python.
        size: Columns and lines of the terminal.
        home: Home directory of the program.
        environ: Variables that differ from those of a plain SSH session.
    """
    opened = Terminal(arguments, size, home, environ)
    try:
        yield opened
    finally:
        opened.close()


def _make_environment(home: Path) -> dict[str, str]:
    """Return the environment of a plain SSH session, so that every machine paints the same."""
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


_UNKNOWN_TO_EMULATOR = re.compile(r"\x1b\[[<>=?][0-9;]*(?:u|\$p)|\x1b\[[0-9;]+t")


_SCROLL = re.compile(r"\x1b\[(\d+)([ST])")


class Emulator(pyte.Screen):
    """Terminal that also scrolls on request, which pyte does not."""

    def __init__(self, columns: int, lines: int) -> None:
        """Create an empty terminal.

        Args:
            columns: Its width.
            lines: Its height.
        """
        super().__init__(columns, lines)
        self._stream = pyte.Stream(self)

    def feed(self, sequence: str) -> None:
        """Run a sequence of characters and control codes."""
        text, *rest = _SCROLL.split(_UNKNOWN_TO_EMULATOR.sub("", sequence))
        self._stream.feed(text)
        for count, direction, following in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
            self._scroll(int(count), down=direction == "T")
            self._stream.feed(following)

    def erase_characters(self, count: int | None = None) -> None:
        """Erase characters as xterm does, where only the background of the style counts.

        Args:
            count: Number of characters.
        """
        attributes = self.cursor.attrs
        self.cursor.attrs = self.default_char._replace(bg=attributes.bg)
        super().erase_characters(count)
        self.cursor.attrs = attributes

    def _scroll(self, lines: int, *, down: bool) -> None:
        """Move the lines of the region."""
        cursor = self.cursor.x, self.cursor.y
        self.cursor.y = self.margins.top if self.margins else 0
        (self.insert_lines if down else self.delete_lines)(lines)
        self.cursor.x, self.cursor.y = cursor


def draw_screen(output: str, size: tuple[int, int]) -> Emulator:
    """Return the screen that an emulator of a terminal shows after an output.

    Args:
        output: Everything that a program wrote.
        size: Columns and lines.
    """
    screen = Emulator(*size)
    screen.feed(output)
    return screen


def strip_sequences(output: str) -> str:
    """Return the output without its control sequences."""
    return _SEQUENCE.sub("", output)


def list_sequence_kinds(output: str) -> set[str]:
    """Return the kinds of control sequences in an output, but not those that paint any frame."""
    found = set()
    for match in _SEQUENCE.finditer(output):
        kind, value = match.lastgroup or "", match[match.lastgroup or 0]
        if kind in ("csi", "other") and _PAINTING.fullmatch(value):
            continue
        if kind == "osc":
            value = value.split(";")[0]
        found.add(f"{kind} {value}")
    return found


def list_clipboard_writes(output: str) -> list[str]:
    """Return what was sent to the clipboard (OSC 52), still encoded."""
    commands = (m["osc"] for m in _SEQUENCE.finditer(output) if m["osc"])
    return [command.split(";")[2] for command in commands if command.startswith("52;")]


def find_harmful_characters(text: str) -> set[str]:
    """Return the characters that a terminal would obey, or that hide or reorder others."""
    return {
        f"U+{ord(char):04X}"
        for char in set(text) - set("\r\n" + _JOINERS)
        if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co")
    }


_MODE = re.compile(r"\x1b\[\?(?P<modes>[0-9;]+)(?P<set>[hl])|\x1b\[(?P<keyboard>[<>])[0-9]*u")
_USUALLY_ON = {"7": True, "25": True}
"""Line wrap and the cursor, which are on in a terminal that nothing has changed."""


def list_changed_modes(output: str) -> set[str]:
    """Return the modes that an output leaves changed; "keyboard" for the kitty protocol."""
    modes: dict[str, bool] = {}
    keyboard = 0
    for match in _MODE.finditer(output):
        if match["keyboard"]:
            keyboard += 1 if match["keyboard"] == ">" else -1
        for mode in (match["modes"] or "").split(";"):
            modes[mode] = match["set"] == "h"
    changed = {mode for mode, on in modes.items() if mode and on != _USUALLY_ON.get(mode, False)}
    return changed | ({"keyboard"} if keyboard else set())
