"""Describe the programs that are measured: ours, and those that are a floor."""

import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tests.bench.ui import stores
from tests.bench.ui.terminal import Program

_SETTLED = 0.6
KEY_BAR = "Triage"
"""Text of the key bar, which the first picture does not have."""
NO_PROVIDER = "http://127.0.0.1:9"
"""Nothing answers there, so an account retries."""


@dataclass(frozen=True, slots=True)
class MeasuredProgram:
    """Describe a program to measure and the text that shows that it is ready."""

    module: str
    readable: str
    arguments: tuple[str, ...] = ()
    environ: Mapping[str, str] | None = None
    command: tuple[str, ...] = ()
    """Program with its options, if it is not a module of Python."""
    keys: Mapping[str, str] | None = None
    """Keys that differ from ours: what it is for, and what to press."""

    def create_program(self) -> Program:
        """Return the program for use with `with`."""
        command = self.command or (sys.executable, "-m", self.module, *self.arguments)
        return Program(command, self.environ, opens_tty=bool(self.command))

    def get_key(self, purpose: str, usual: str) -> str:
        """Return the key for a purpose.

        Args:
            purpose: What the key does.
            usual: Key of ours.
        """
        return (self.keys or {}).get(purpose, usual)

    @contextlib.contextmanager
    def run_settled(self, seconds: float = _SETTLED) -> Iterator[Program]:
        """Run the program during the block, from when it has started and is idle.

        Args:
            seconds: How long it writes nothing until it counts as idle.
        """
        with self.create_program() as program:
            program.wait_until_readable(self.readable)
            program.wait_until_quiet(seconds)
            yield program


BARE = MeasuredProgram("tests.bench.ui.bare", "readable")
PROTOTYPE = MeasuredProgram("tests.bench.ui.prototype", "Customer 0000003")


def inbox_program(path: Path) -> MeasuredProgram:
    """Return the inbox screen on a file, without settings, sync or provider.

    Args:
        path: File of the inbox.
    """
    title = stores.read_first_title(path)
    return MeasuredProgram("tests.bench.ui.inbox", title, (str(path),))


def command_program(path: Path, url: str = NO_PROVIDER) -> MeasuredProgram:
    """Return the command `smsdesk` on a file, with one account and its service.

    Args:
        path: File of the inbox.
        url: Address of a sandbox; without one the account retries.
    """
    environ = {
        "HOME": str(path.with_suffix("")),  # the settings are cached there, for one inbox
        "SMSDESK_DATABASE": str(path),
        "SMSDESK_ACCOUNTS__DEMO__PROVIDER": "messagemedia",
        "SMSDESK_ACCOUNTS__DEMO__API_KEY": "sandbox",
        "SMSDESK_ACCOUNTS__DEMO__API_SECRET": "sandbox-secret",
        "SMSDESK_ACCOUNTS__DEMO__BASE_URL": f"{url}/messagemedia",
    }
    return MeasuredProgram("tui", stores.read_first_title(path), environ=environ)


def desk_program(path: Path, url: str = NO_PROVIDER) -> MeasuredProgram:
    """Return the same command, ready only when the real screen is drawn.

    Args:
        path: File of the inbox.
        url: Address of a sandbox; without one the account retries.
    """
    return replace(command_program(path, url), readable=KEY_BAR)


def demo_program() -> MeasuredProgram:
    """Return the demo with a new inbox."""
    environ = {"HOME": str(Path(tempfile.gettempdir()) / "smsdesk-bench" / "demo")}
    return MeasuredProgram("tui", KEY_BAR, ("demo",), environ)


@contextlib.contextmanager
def run_sandbox() -> Iterator[str]:
    """Run the emulator of the providers during the block and yield its address."""
    command = [sys.executable, "-m", "tui", "sandbox", "--port", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3]
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()
