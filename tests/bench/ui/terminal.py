"""A program behind a pseudo-terminal, watched from outside: what it writes, when, at what cost."""

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import tempfile
import termios
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

COLUMNS, LINES = 160, 48
_ESCAPES = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()].|[=>78])")
_TICKS = os.sysconf("SC_CLK_TCK")
_REPO = Path(__file__).parents[3]


@dataclass(frozen=True, slots=True)
class Burst:
    """What a program wrote in answer to something."""

    data: bytes
    first: float
    """Seconds from the question to the first byte; 0 when nothing came."""
    last: float
    """Seconds from the question to the last byte: the picture is whole."""
    largest: float = 0.0
    """Seconds from the question to the end of the largest piece written at once."""

    @property
    def milliseconds(self) -> float:
        """From the question to the whole picture."""
        return self.last * 1_000


class Program:
    """A program that believes it runs in a terminal; to be used with `with`."""

    def __init__(self, command: Sequence[str], environ: Mapping[str, str] | None = None) -> None:
        """`command` is run in the repository's root."""
        self._command = command
        self._environ = {
            **os.environ,
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "PYTHONPATH": str(_REPO),
            "PYTHONDONTWRITEBYTECODE": "",
            "PYTHONPYCACHEPREFIX": str(Path(tempfile.gettempdir()) / "smsdesk-bench-pycache"),
            **(environ or {}),
        }
        self.written = bytearray()
        """All that it ever wrote."""

    def __enter__(self) -> Self:
        """Start it."""
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        self.started = time.perf_counter()
        self._process = subprocess.Popen(
            self._command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=_REPO,
            env=self._environ,
            start_new_session=True,
        )
        os.close(slave)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop it."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        os.close(self._master)

    def until_readable(self, text: str, timeout: float = 30.0) -> float:
        """Seconds from exec until `text` was on the screen."""
        wanted = text.encode()
        end = self.started + timeout
        while (now := time.perf_counter()) < end:
            if self._read(end - now) and wanted in _ESCAPES.sub(b"", self.written):
                return time.perf_counter() - self.started
        raise AssertionError(
            f"{text!r} did not appear: {_ESCAPES.sub(b'', self.written)[-2000:]!r}"
        )

    def until_quiet(self, quiet: float = 0.5, timeout: float = 20.0) -> None:
        """Wait until nothing was written for a while."""
        end = time.perf_counter() + timeout
        while time.perf_counter() < end and self._read(quiet):
            pass

    def press(self, keys: str, quiet: float = 0.03, timeout: float = 5.0) -> Burst:
        """Press keys; what was written until `quiet` seconds of silence."""
        begun = time.perf_counter()
        os.write(self._master, keys.encode())
        return self._burst(begun, quiet, timeout)

    def answer(self, begun: float, quiet: float = 0.03, timeout: float = 5.0) -> Burst:
        """What is written after a moment (of `time.perf_counter`), until silence."""
        return self._burst(begun, quiet, timeout)

    def press_until(self, keys: str, written: bytes, rest: float = 0.0) -> Burst:
        """Press keys; what was written until these bytes came, then let it rest."""
        begun = time.perf_counter()
        os.write(self._master, keys.encode())
        burst = self.until_written(begun, written)
        self.watch(rest)
        return burst

    def until_written(self, begun: float, written: bytes, timeout: float = 5.0) -> Burst:
        """What was written since a moment until these bytes came."""
        place = len(self.written)
        end = begun + timeout
        while (left := end - time.perf_counter()) > 0:
            self._read(left)
            if written in _ESCAPES.sub(b"", self.written[place:]):
                break
        last = time.perf_counter() - begun
        return Burst(bytes(self.written[place:]), last, last)

    def drain(self) -> None:
        """Read all that it writes until it ends."""
        with contextlib.suppress(OSError, ValueError):  # it ends under the reader's hands
            while self._process.poll() is None:
                self._read(0.5)
                self.written.clear()

    def watch(self, seconds: float) -> bytes:
        """What is written in a time."""
        end = time.perf_counter() + seconds
        begin = len(self.written)
        while (left := end - time.perf_counter()) > 0:
            self._read(left)
        return bytes(self.written[begin:])

    def cpu(self) -> float:
        """Seconds of processor time used so far."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def wakeups(self) -> int:
        """How often any of its threads went to sleep so far."""
        return sum(
            int(line.split()[1])
            for task in Path(f"/proc/{self._process.pid}/task").iterdir()
            for line in (task / "status").read_text().splitlines()
            if line.startswith("voluntary_ctxt_switches")
        )

    def peak_mb(self) -> float:
        """The most memory it ever held."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return next(int(s.split()[1]) for s in status.splitlines() if s.startswith("VmHWM")) / 1024

    def _burst(self, begun: float, quiet: float, timeout: float) -> Burst:
        """Read until silence; the clock runs from `begun`."""
        place = len(self.written)
        first = last = largest = 0.0
        patience, known, most = timeout, place, 0
        while self._read(patience):
            last = time.perf_counter() - begun
            first = first or last
            if len(self.written) - known > most:
                most, largest = len(self.written) - known, last
            patience, known = quiet, len(self.written)
        return Burst(bytes(self.written[place:]), first, last, largest)

    def _read(self, patience: float) -> bool:
        """Read what is there, waiting for it; whether anything came."""
        if not select.select([self._master], [], [], max(0.0, patience))[0]:
            return False
        try:
            data = os.read(self._master, 1 << 20)
        except OSError:
            return False
        self.written += data
        return bool(data)
