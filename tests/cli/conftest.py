"""Provide an inbox configured by environment variables, a sandbox and commands to run."""

import atexit
import contextlib
import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.cli.forked_commands import INTERPRETER_ENVIRON, CommandStarter, can_fork
from tests.interrupts import restore_interrupts

ROOT = Path(__file__).parents[2]
Ran = subprocess.CompletedProcess[str]


@cache
def get_starter() -> CommandStarter:
    """Return the process that starts commands, which ends with the tests."""
    starter = CommandStarter(ROOT)
    atexit.register(starter.close)
    return starter


@dataclass(frozen=True)
class Sandbox:
    """Describe a running `smsdesk sandbox`."""

    url: str

    def post_control(self, control: str, **body: object) -> None:
        """Call one of the sandbox's controls: inbound, faults, receipts."""
        data = json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}/_sandbox/{control}", data, headers)
        with urllib.request.urlopen(request, timeout=60):
            pass

    def read_json(self, path: str, **headers: str) -> dict[str, Any]:
        """Return the JSON object at a path of the sandbox."""
        request = urllib.request.Request(f"{self.url}{path}", headers=headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return dict(json.load(answer))

    @property
    def accepted(self) -> list[dict[str, Any]]:
        """Return every message that MessageMedia's emulator has accepted."""
        return list(self._state["accepted"])

    @property
    def replies(self) -> dict[str, list[str]]:
        """Return the ids of MessageMedia's replies, waiting and confirmed."""
        return dict(self._state["replies"])

    @property
    def _state(self) -> dict[str, Any]:
        """Return the state of the MessageMedia emulator."""
        with urllib.request.urlopen(f"{self.url}/_sandbox/state", timeout=60) as answer:
            return dict(json.load(answer)["messagemedia"])


@dataclass(frozen=True)
class Desk:
    """Run commands in a home directory of their own."""

    home: Path
    environ: Mapping[str, str] = field(repr=False)

    @property
    def database(self) -> Path:
        """Return the path of the inbox file."""
        return self.home / "inbox.db"

    def run(self, *arguments: str, input: str | None = None, **environ: str) -> Ran:
        """Run a command until it ends."""
        variables = {**self.environ, **environ}
        if can_fork(variables):
            return get_starter().run(arguments, variables, input or "", timeout=100)
        return subprocess.run(
            [sys.executable, "-m", "tui", *arguments],
            env=variables,
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
            preexec_fn=restore_interrupts,
        )

    def read_objects(self, *arguments: str) -> list[dict[str, Any]]:
        """Return the JSON lines that a command prints."""
        ran = self.run(*arguments, "--json")
        assert (ran.returncode, ran.stderr) == (0, "")
        assert ran.stdout.isascii()
        return [json.loads(line) for line in ran.stdout.splitlines()]


def read_error_line(ran: Ran) -> str:
    """Return the single line on stderr of a command that failed."""
    assert ran.stdout == ""
    assert ran.stderr.startswith("smsdesk: ")
    assert ran.stderr.count("\n") == 1
    return ran.stderr.removeprefix("smsdesk: ").rstrip("\n")


@contextlib.contextmanager
def run_sandbox(*options: str) -> Iterator[Sandbox]:
    """Run a sandbox on its own port for the time of the block."""
    process = get_starter().start(["sandbox", "--port", "0", *options], INTERPRETER_ENVIRON)
    try:
        yield Sandbox(process.stdout.readline().strip())
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Return a sandbox that does not push."""
    with run_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def bare(tmp_path: Path) -> Desk:
    """Return a home without any account."""
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
    """Return a home with the account `support_au` on the sandbox."""
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
