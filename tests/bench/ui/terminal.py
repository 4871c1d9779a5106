"""Run a program in a pseudo-terminal and measure its output, its delay and its cost."""

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
from pathlib import Path
from types import TracebackType
from typing import Self

from tui.domain.record_type import record

COLUMNS, LINES = 160, 48
_ESCAPES = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()].|[=>78])")
_ALL_THREADS = 2
"""Kind of a processor clock in Linux: what the scheduler counted for all threads of a process."""
_REPO = Path(__file__).parents[3]
_END_SECONDS = 5.0
"""Seconds after which a program that does not end is killed."""


@record
class Burst:
    """Hold the output that a program wrote in response to something."""

    data: bytes
    first: float
    """Seconds from the key to the first byte; 0 if there was no output."""
    last: float
    """Seconds from the key to the last byte, when the screen is complete."""
    largest: float = 0.0
    """Seconds from the key to the end of the largest single write."""
    begin: int = 0
    """Where `data` begins in all that the program has written."""

    @property
    def milliseconds(self) -> float:
        """Return the time from the key to the complete screen."""
        return self.last * 1_000

    @property
    def place(self) -> tuple[int, int]:
        """Return where `data` begins and ends in all that the program has written."""
        return self.begin, self.begin + len(self.data)


def _take_terminal() -> None:
    """Make the standard input of this new session its terminal."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class Program:
    """Run a program in a pseudo-terminal; use it with `with`."""

    def __init__(
        self,
        command: Sequence[str],
        environ: Mapping[str, str] | None = None,
        *,
        opens_tty: bool = False,
    ) -> None:
        """Keep the `command`, which runs in the root of the repository.

        Args:
            command: Program with its arguments.
            environ: Variables besides those of this process.
            opens_tty: Whether it opens `/dev/tty`, so that the terminal has to be its own.
        """
        self._command, self._opens_tty = command, opens_tty
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
        """Everything that the program has written."""
        self.arrivals: list[tuple[float, int]] = []
        """Moment of each read, and the length of `written` after it."""

    def __enter__(self) -> Self:
        """Start the program."""
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
            preexec_fn=_take_terminal if self._opens_tty else None,
        )
        os.close(slave)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the program in order, so that what it keeps is there at the next start."""
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._master)

    def wait_until_readable(self, text: str, timeout: float = 30.0) -> float:
        """Return the seconds from exec until `text` was on the screen."""
        wanted = text.encode()
        end = self.started + timeout
        while (now := time.perf_counter()) < end:
            if self._read_available(end - now) and wanted in _ESCAPES.sub(b"", self.written):
                return time.perf_counter() - self.started
        raise AssertionError(
            f"{text!r} did not appear: {_ESCAPES.sub(b'', self.written)[-2000:]!r}"
        )

    def wait_until_quiet(self, quiet: float = 0.5, timeout: float = 20.0) -> None:
        """Wait until nothing has been written for a while."""
        end = time.perf_counter() + timeout
        while time.perf_counter() < end and self._read_available(quiet):
            pass

    def press(self, keys: str, quiet: float = 0.03, timeout: float = 5.0) -> Burst:
        """Press keys; return the output up to `quiet` seconds of silence."""
        begun = time.perf_counter()
        os.write(self._master, keys.encode())
        return self._read_burst(begun, quiet, timeout)

    def press_and_watch(self, keys: str, seconds: float) -> Burst:
        """Press keys; return all output of a period, whatever pauses are in it."""
        place, reads = len(self.written), len(self.arrivals)
        begun = self.send(keys)
        data = self.watch(seconds)
        moments = [moment - begun for moment, _ in self.arrivals[reads:]] or [0.0]
        return Burst(data, moments[0], moments[-1], begin=place)

    def read_response(self, begun: float, quiet: float = 0.03, timeout: float = 5.0) -> Burst:
        """Return the output after a moment (of `time.perf_counter`), up to a silence."""
        return self._read_burst(begun, quiet, timeout)

    def press_until(self, keys: str, written: bytes, rest: float = 0.0) -> Burst:
        """Press keys; return the output until these bytes, then wait until it settles."""
        begun = time.perf_counter()
        os.write(self._master, keys.encode())
        burst = self.read_until(begun, written)
        self.watch(rest)
        return burst

    def read_until(self, begun: float, written: bytes, timeout: float = 5.0) -> Burst:
        """Return the output since a moment until these bytes came."""
        place = len(self.written)
        end = begun + timeout
        while (left := end - time.perf_counter()) > 0:
            self._read_available(left)
            if written in _ESCAPES.sub(b"", self.written[place:]):
                break
        last = time.perf_counter() - begun
        return Burst(bytes(self.written[place:]), last, last, begin=place)

    def drain(self) -> None:
        """Read all output until the program ends."""
        with contextlib.suppress(OSError, ValueError):  # the program may end during the read
            while self._process.poll() is None:
                self._read_available(0.5)
                self.written.clear()

    def watch(self, seconds: float) -> bytes:
        """Return the output of a period."""
        end = time.perf_counter() + seconds
        begin = len(self.written)
        while (left := end - time.perf_counter()) > 0:
            self._read_available(left)
        return bytes(self.written[begin:])

    def read_cpu_seconds(self) -> float:
        """Return the processor time used so far, in seconds."""
        clock = (~self._process.pid << 3) | _ALL_THREADS
        return time.clock_gettime(clock)

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal to the program."""
        self._process.send_signal(number)

    def send(self, keys: str) -> float:
        """Press keys without waiting; return the moment."""
        moment = time.perf_counter()
        os.write(self._master, keys.encode())
        return moment

    def count_wakeups(self) -> int:
        """Return how often any of the threads has gone to sleep so far."""
        return sum(
            int(line.split()[1])
            for task in Path(f"/proc/{self._process.pid}/task").iterdir()
            for line in (task / "status").read_text().splitlines()
            if line.startswith("voluntary_ctxt_switches")
        )

    def read_peak_memory(self) -> float:
        """Return the peak memory so far, in MB."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return next(int(s.split()[1]) for s in status.splitlines() if s.startswith("VmHWM")) / 1024

    def _read_burst(self, begun: float, quiet: float, timeout: float) -> Burst:
        """Read until a silence; times count from `begun`."""
        place = len(self.written)
        first = last = largest = 0.0
        patience, known, most = timeout, place, 0
        while self._read_available(patience):
            last = time.perf_counter() - begun
            first = first or last
            if len(self.written) - known > most:
                most, largest = len(self.written) - known, last
            patience, known = quiet, len(self.written)
        return Burst(bytes(self.written[place:]), first, last, largest, place)

    def _read_available(self, patience: float) -> bool:
        """Read the available output, waiting for it; return whether there was any."""
        if not select.select([self._master], [], [], max(0.0, patience))[0]:
            return False
        try:
            data = os.read(self._master, 1 << 20)
        except OSError:
            return False
        self.written += data
        self.arrivals.append((time.perf_counter(), len(self.written)))
        return bool(data)
