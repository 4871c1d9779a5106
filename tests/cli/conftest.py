"""A desk set up by environment variables alone, on a sandbox of its own; commands as processes."""

import contextlib
import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.interrupts import hearing

ROOT = Path(__file__).parents[2]
Ran = subprocess.CompletedProcess[str]


@dataclass(frozen=True)
class Sandbox:
    """A running `smsdesk sandbox`."""

    url: str

    def tell(self, control: str, **body: object) -> None:
        """Use one of its controls: inbound, faults, receipts."""
        data = json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}/_sandbox/{control}", data, headers)
        with urllib.request.urlopen(request, timeout=60):
            pass

    @property
    def accepted(self) -> list[dict[str, Any]]:
        """Every message that MessageMedia's emulator has ever accepted."""
        return list(self._state["accepted"])

    @property
    def replies(self) -> dict[str, list[str]]:
        """Ids of MessageMedia's replies, waiting and confirmed."""
        return dict(self._state["replies"])

    @property
    def _state(self) -> dict[str, Any]:
        """The truth about MessageMedia."""
        with urllib.request.urlopen(f"{self.url}/_sandbox/state", timeout=60) as answer:
            return dict(json.load(answer)["messagemedia"])


@dataclass(frozen=True)
class Desk:
    """A desk in a directory of its own."""

    home: Path
    environ: Mapping[str, str] = field(repr=False)

    @property
    def database(self) -> Path:
        """The inbox file."""
        return self.home / "inbox.db"

    def run(self, *arguments: str, input: str | None = None, **environ: str) -> Ran:
        """Run a command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "tui", *arguments],
            env={**self.environ, **environ},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            input=input,
            timeout=100,
        )

    def start(self, *arguments: str, **environ: str) -> subprocess.Popen[str]:
        """Start a command that runs until it is stopped."""
        return subprocess.Popen(
            [sys.executable, "-m", "tui", *arguments],
            env={**self.environ, **environ},
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=hearing,
        )

    def objects(self, *arguments: str) -> list[dict[str, Any]]:
        """The JSON lines that a command prints."""
        ran = self.run(*arguments, "--json")
        assert (ran.returncode, ran.stderr) == (0, "")
        assert ran.stdout.isascii()
        return [json.loads(line) for line in ran.stdout.splitlines()]


def one_line(ran: Ran) -> str:
    """The single line on stderr of a command that could not do what was asked."""
    assert ran.stdout == ""
    assert ran.stderr.startswith("smsdesk: ")
    assert ran.stderr.count("\n") == 1
    return ran.stderr.removeprefix("smsdesk: ").rstrip("\n")


@contextlib.contextmanager
def running_sandbox(*options: str) -> Iterator[Sandbox]:
    """A sandbox on a port of its own, for the time of the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tui", "sandbox", "--port", "0", *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield Sandbox(process.stdout.readline().strip())
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox that does not push."""
    with running_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def bare(tmp_path: Path) -> Desk:
    """A desk without any account."""
    environ = {
        "HOME": str(tmp_path),
        "LOGNAME": "mia",
        "LANG": "C.UTF-8",
        "PYTHONWARNINGS": "error",
        "SMSDESK_DATABASE": str(tmp_path / "inbox.db"),
    }
    return Desk(tmp_path, environ)


@pytest.fixture
def desk(bare: Desk, sandbox: Sandbox) -> Desk:
    """A desk with the account `support_au` on the sandbox."""
    account = "SMSDESK_ACCOUNTS__SUPPORT_AU__"
    return Desk(
        bare.home,
        {
            **bare.environ,
            f"{account}PROVIDER": "messagemedia",
            f"{account}API_KEY": "sandbox",
            f"{account}API_SECRET": "sandbox-secret",
            f"{account}BASE_URL": f"{sandbox.url}/messagemedia",
            "SMSDESK_POLL_MIN_SECONDS": "0.3",
            "SMSDESK_POLL_MAX_SECONDS": "0.5",
        },
    )
