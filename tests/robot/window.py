"""Run one inbox on a terminal of its own and see what an agent sees there."""

import asyncio
import codecs
import contextlib
import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator, Mapping, Sequence

from tests.ui.terminal import ROOT, Emulator, take_terminal
from tests.waiting import wait_until
from tui.domain.record_type import record

_UNKNOWN_SEQUENCE = re.compile(rb"\x1b\[[<>=?][0-9;:]*[ $]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
"""Sequences that the emulator below would print: private modes, titles, the clipboard."""
_UNFINISHED_SEQUENCE = re.compile(rb"\x1b(?:\[[0-9;:<>=?$ ]*|\][^\x07\x1b]*\x1b?)?\Z")
_NUMBER = re.compile(r"\+\d+(?: \d+)+")
_ROUTE = re.compile(r"^[│├]─ .* ─+[│┤]")


@record
class Sight:
    """What an agent can read on the screen at one moment."""

    lines: tuple[str, ...]
    shown: str
    """Number of the customer whose conversation is shown, as `+` and digits; "" for none."""
    draft: str
    """Words in the composer, separated by single spaces; "" if no composer is visible."""
    is_writing: bool
    """Whether the key hints are those of the composer."""

    @property
    def text(self) -> str:
        """Return the whole screen."""
        return "\n".join(self.lines)


def read_sight(lines: Sequence[str]) -> Sight:
    """Return what the lines of a screen show.

    Args:
        lines: Lines of the terminal, all of the same width.
    """
    left = max(0, lines[1].find("╮╭") + 1, lines[1].find("┐┌") + 1)
    pane = [line[left:] for line in lines]
    numbers = _NUMBER.findall(pane[1])
    shown = numbers[-1].replace(" ", "") if numbers else ""
    starts = [place for place, line in enumerate(pane) if _ROUTE.match(line)]
    draft = ""
    if shown and starts:
        rows = [row.strip("│ ") for row in pane[starts[-1] + 1 : -2]]
        draft = " ".join(" ".join(rows).split())
    hints = lines[-1]
    return Sight(tuple(lines), shown, draft, "Enter Send" in hints or "Enter Save" in hints)


class Window:
    """An inbox that runs as a program of its own on a terminal."""

    def __init__(self, environ: Mapping[str, str], size: tuple[int, int]) -> None:
        """Create a window that is not open.

        Args:
            environ: Environment of the program, with its settings.
            size: Columns and lines of the terminal.
        """
        self._environ = environ
        self._screen = Emulator(*size)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._unfinished = b""
        self._master = -1
        self.size = size
        self.received = 0
        """Bytes that the inbox has written."""
        self.process: subprocess.Popen[bytes] | None = None

    def open(self) -> None:
        """Start the inbox."""
        self._screen.reset()
        self._unfinished = b""
        self._master, terminal = pty.openpty()
        self.resize(self.size)
        os.set_blocking(self._master, False)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tui"],
            cwd=ROOT,
            env=self._environ,
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
            start_new_session=True,
            preexec_fn=take_terminal,
        )
        os.close(terminal)
        asyncio.get_running_loop().add_reader(self._master, self._read)

    def resize(self, size: tuple[int, int]) -> None:
        """Give the terminal another size.

        Args:
            size: Columns and lines.
        """
        self.size = size
        width, height = size
        self._screen.resize(height, width)
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def _read(self) -> None:
        """Draw what the inbox has written."""
        try:
            data = os.read(self._master, 65_536)
        except BlockingIOError:
            return
        except OSError:  # Linux raises it when the last writer has closed
            data = b""
        if not data:
            asyncio.get_running_loop().remove_reader(self._master)
            return
        self.received += len(data)
        data = self._unfinished + data
        rest = _UNFINISHED_SEQUENCE.search(data)
        end = rest.start() if rest is not None else len(data)
        self._unfinished = data[end:]
        self._screen.feed(self._decoder.decode(_UNKNOWN_SEQUENCE.sub(b"", data[:end])))

    def press(self, keys: bytes) -> None:
        """Send keys in one packet.

        Args:
            keys: Bytes as a terminal sends them.
        """
        with contextlib.suppress(OSError):  # the inbox has just ended
            os.write(self._master, keys)

    def look(self) -> Sight:
        """Return what is on the screen now."""
        return read_sight(self._screen.display)

    async def wait_for(self, condition: Callable[[Sight], bool], timeout: float) -> Sight | None:
        """Return the screen as soon as it fulfils a condition; None if it did not in time.

        Args:
            condition: Whether a screen is the one that is waited for.
            timeout: Seconds to wait at most.
        """

        def find_sight() -> Sight | None:
            sight = self.look()
            return sight if condition(sight) or self.exit_code is not None else None

        try:
            return await wait_until(find_sight, timeout)
        except AssertionError:
            return None

    @property
    def exit_code(self) -> int | None:
        """Return the exit code of the inbox; None while it runs."""
        return self.process.poll() if self.process is not None else None

    @contextlib.contextmanager
    def stopped(self) -> Iterator[None]:
        """Stop the inbox where it is, and let it go on at the end."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    async def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End the inbox and close its terminal.

        Args:
            how: Signal that ends it.

        Raises:
            AssertionError: The signal did not end it, or it ended with an error.
        """
        if self.process is None:
            return
        self.process.send_signal(how)
        try:
            await wait_until(lambda: self.process is None or self.process.poll() is not None, 20)
            # 128 and the signal once it is handled; before that the signal itself.
            assert self.exit_code in (128 + how, -how), f"exit code {self.exit_code}"
        finally:
            self.process.kill()
            self.process.wait()
            asyncio.get_running_loop().remove_reader(self._master)
            os.close(self._master)
            self.process = None
