"""Test that every command ends with one line and an exit code, and never with a traceback."""

import argparse
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from tests.interrupts import restore_interrupts
from tui.cli import main
from tui.cli.errors import CommandError
from tui.settings.errors import SettingsError

Run = Callable[[argparse.Namespace], int]


@pytest.fixture
def install_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[Run], None]:
    """Return a function that replaces the command `threads`, in an own home."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    def install(run: Run) -> None:
        module = ModuleType("tui.cli.threads")
        module.__dict__["run"] = run
        monkeypatch.setitem(sys.modules, "tui.cli.threads", module)

    return install


def make_failing_command(error: BaseException) -> Run:
    """Return a command that ends with this error."""

    def run(arguments: argparse.Namespace) -> int:
        raise error

    return run


def test_the_exit_code_of_the_command_is_passed_on(install_command: Callable[[Run], None]) -> None:
    install_command(lambda arguments: 1)
    assert main(["threads"]) == 1


def test_a_command_gets_its_arguments(install_command: Callable[[Run], None]) -> None:
    seen: list[argparse.Namespace] = []

    def run(arguments: argparse.Namespace) -> int:
        seen.append(arguments)
        return 0

    install_command(run)
    assert main(["--config", "a.toml", "threads", "--limit", "3"]) == 0
    assert seen[0].config == Path("a.toml")
    assert seen[0].limit == 3
    assert seen[0].json is False


def test_a_command_error_is_one_line_and_its_code(
    install_command: Callable[[Run], None], capsys: pytest.CaptureFixture[str]
) -> None:
    install_command(make_failing_command(CommandError("no conversation with +61491570156", 1)))
    assert main(["threads"]) == 1
    assert capsys.readouterr() == ("", "smsdesk: no conversation with +61491570156\n")


def test_outside_text_in_an_error_cannot_control_the_terminal(
    install_command: Callable[[Run], None], capsys: pytest.CaptureFixture[str]
) -> None:
    install_command(make_failing_command(CommandError("bad \x1b]0;x\x07 and\nlines \udcff")))
    assert main(["threads"]) == 1
    assert capsys.readouterr().err == "smsdesk: bad ␛]0;x␇ and⏎lines \ufffd\n"


def test_wrong_settings_are_a_usage_error_with_a_line_each(
    install_command: Callable[[Run], None], capsys: pytest.CaptureFixture[str]
) -> None:
    install_command(make_failing_command(SettingsError(["a: is missing", "b: must be text"])))
    assert main(["threads"]) == 2
    assert capsys.readouterr().err == "smsdesk: a: is missing\nsmsdesk: b: must be text\n"


def test_an_internal_error_is_one_line_that_names_the_log(
    install_command: Callable[[Run], None], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    install_command(make_failing_command(ZeroDivisionError("in front of +61491570156")))
    assert main(["threads"]) == 70
    log = tmp_path / "smsdesk" / "smsdesk.log"
    assert capsys.readouterr().err == (
        f"smsdesk: something unexpected happened (ZeroDivisionError); the details are in {log}\n"
    )
    (entry,) = map(json.loads, log.read_text().splitlines())
    assert "ZeroDivisionError: in front of +6149157…56" in entry["exception"]


def test_an_internal_error_is_one_line_even_without_a_log(
    install_command: Callable[[Run], None],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/dev/null")
    install_command(make_failing_command(ZeroDivisionError()))
    assert main(["threads"]) == 70
    assert capsys.readouterr().err == (
        "smsdesk: something unexpected happened (ZeroDivisionError), and its details cannot be "
        "written to /dev/null/smsdesk/smsdesk.log (Not a directory)\n"
    )


def test_an_interrupt_is_quiet(
    install_command: Callable[[Run], None], capsys: pytest.CaptureFixture[str]
) -> None:
    install_command(make_failing_command(KeyboardInterrupt()))
    assert main(["threads"]) == 130
    assert capsys.readouterr() == ("", "")


def test_a_command_with_a_failing_import_is_not_reported_as_missing(
    install_command: Callable[[Run], None], capsys: pytest.CaptureFixture[str]
) -> None:
    install_command(
        make_failing_command(ModuleNotFoundError("No module named 'absent'", name="absent"))
    )
    assert main(["threads"]) == 70
    assert "ModuleNotFoundError" in capsys.readouterr().err


def test_a_command_without_a_module_is_reported_as_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def absent(name: str) -> ModuleType:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    monkeypatch.setattr("importlib.import_module", absent)
    assert main(["doctor"]) == 2
    assert capsys.readouterr().err == "smsdesk: doctor is not available in this build\n"


def test_a_closed_output_pipe_is_no_error() -> None:
    code = (
        "import sys, types\nfrom tui.cli import main\n"
        "def run(arguments):\n    print('row\\n' * 100_000)\n    return 0\n"
        "sys.modules['tui.cli.threads'] = module = types.ModuleType('tui.cli.threads')\n"
        "module.run = run\nsys.exit(main(['threads']))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout and process.stderr
    process.stdout.close()
    with process.stderr as stderr:
        assert stderr.read() == b""
    assert process.wait() == 141


def test_the_package_can_be_run_and_passes_its_code_on(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tui", "thread"],
        env={**os.environ, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == (
        'smsdesk: there is no command "thread"; did you mean threads?; see smsdesk --help\n'
    )


def test_a_real_interrupt_ends_the_process_quietly() -> None:
    code = (
        "import sys, time, types\nfrom tui.cli import main\n"
        "def run(arguments):\n    print('ready', flush=True)\n    time.sleep(60)\n"
        "sys.modules['tui.cli.threads'] = module = types.ModuleType('tui.cli.threads')\n"
        "module.run = run\nsys.exit(main(['threads']))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=restore_interrupts,
    )
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGINT)
    assert process.communicate() == ("", "")
    assert process.returncode == 130


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has a disk that is always full")
@pytest.mark.parametrize("command", ["doctor", "--plain"])
def test_a_full_output_device_is_one_line(tmp_path: Path, command: str) -> None:
    with open("/dev/full", "w") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "tui", command],
            env={**os.environ, "HOME": str(tmp_path), "SMSDESK_DATABASE": str(tmp_path / "i.db")},
            stdin=subprocess.DEVNULL,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (ran.returncode, ran.stderr.count("\n")) == (1, 1)
    assert "No space left on device; make room" in ran.stderr
