"""Test that a command which is started as a fork runs as in a Python of its own."""

import subprocess
import sys

import pytest

from tests.cli.conftest import ROOT, Desk, get_starter
from tests.cli.forked_commands import can_fork

ARGUMENTS = [
    ("--version",),
    ("threads", "--nonsense"),
    ("send", "--to", "+61491570156", "--text", "-", "--account", "nope"),
    ("demo", "--plain"),
    ("sandbox", "--port", "none"),
]


@pytest.mark.parametrize("arguments", ARGUMENTS, ids=lambda arguments: arguments[0])
def test_streams_and_exit_code_are_those_of_a_process_of_its_own(
    bare: Desk, arguments: tuple[str, ...]
) -> None:
    text = "q\n"
    alone = subprocess.run(
        [sys.executable, "-m", "tui", *arguments],
        env=bare.environ,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        input=text,
    )
    fork = get_starter().run(arguments, bare.environ, text, timeout=100)
    assert fork.returncode == alone.returncode
    assert fork.stderr == alone.stderr
    assert fork.stdout.splitlines()[:1] == alone.stdout.splitlines()[:1]


def test_a_command_that_is_killed_says_so(bare: Desk) -> None:
    command = get_starter().start(["sandbox", "--port", "0"], bare.environ)
    assert command.stdout.readline().startswith("http://")
    command.kill()
    assert command.wait() == -9


def test_a_command_that_takes_too_long_is_killed(bare: Desk) -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        get_starter().run(["sandbox", "--port", "0"], bare.environ, "", timeout=0.1)


def test_what_python_reads_as_it_starts_needs_a_process_of_its_own(bare: Desk) -> None:
    assert can_fork({**bare.environ, "TZ": "Asia/Tokyo", "SMSDESK_THEME": "light"})
    for name in ("LANG", "PYTHONUTF8", "NO_COLOR", "COVERAGE_PROCESS_START"):
        assert not can_fork({**bare.environ, name: "1"})
