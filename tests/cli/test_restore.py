"""Test `smsdesk restore`: the question, the report, and one line for everything that is refused."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Desk, read_error_line
from tests.ui.terminal import Terminal


def count_threads(desk: Desk) -> int:
    """Return the number of conversations of the inbox."""
    return len(desk.read_objects("threads"))


@pytest.fixture
def copy(desk: Desk, tmp_path: Path) -> Path:
    """Return a backup with one queued message; the inbox has one conversation more."""
    desk.run("send", "--to", "+61491570156", "--text", "Hello")
    copy = tmp_path / "copy of monday.db"
    assert desk.run("backup", str(copy)).returncode == 0
    desk.run("send", "--to", "+61491570157", "--text", "Hello again")
    assert count_threads(desk) == 2
    return copy


def test_restore_says_what_it_did_and_how_to_go_back(desk: Desk, copy: Path) -> None:
    ran = desk.run("restore", str(copy), "--yes")
    assert (ran.returncode, ran.stderr) == (0, "")
    first, queue, kept, back = ran.stdout.splitlines()
    assert first.startswith(f"restored {copy}: 1 conversation, 1 message, the newest of ")
    assert queue.startswith("1 message was not sent yet")
    assert kept.startswith(f"the inbox before is kept in {desk.home}/inbox-before-restore-")
    assert count_threads(desk) == 1
    again = subprocess.run(
        ["sh", "-c", f"smsdesk() {{ '{sys.executable}' -m tui \"$@\"; }}; {back[12:]} --yes"],
        env=dict(desk.environ),
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (again.returncode, again.stderr) == (0, "")
    assert count_threads(desk) == 2


def test_without_a_terminal_the_question_is_refused(desk: Desk, copy: Path) -> None:
    ran = desk.run("restore", str(copy))
    assert ran.returncode == 2
    assert "--yes" in read_error_line(ran)
    assert count_threads(desk) == 2


@pytest.mark.parametrize(("answer", "threads"), [("n", 2), ("", 2), ("y", 1), ("YES", 1)])
def test_the_question_is_asked_on_a_terminal(
    desk: Desk, copy: Path, answer: str, threads: int
) -> None:
    arguments = ["-m", "tui", "restore", str(copy)]
    terminal = Terminal(arguments, (100, 24), desk.home, desk.environ)
    try:
        terminal.shows("[y/N]")
        terminal.type(f"{answer}\r".encode())
        code = terminal.process.wait(timeout=60)
    finally:
        terminal.close()
    assert code == (0 if threads == 1 else 1)
    assert count_threads(desk) == threads


def test_a_running_service_is_named(desk: Desk, copy: Path) -> None:
    with desk.start("sync") as service:
        assert service.stdout is not None
        lines = [service.stdout.readline(), service.stdout.readline()]
        ran = desk.run("restore", str(copy), "--yes")
        service.terminate()
        service.communicate(timeout=60)
    assert lines[1] == "support_au: ok\n"
    assert ran.returncode == 1
    assert f"in use by the service (process {service.pid})" in read_error_line(ran)
    assert count_threads(desk) == 2
    assert desk.run("restore", str(copy), "--yes").returncode == 0


@pytest.mark.parametrize("name", ["nowhere.db", ".", "", "inbox.db", "text", "/dev/null"])
def test_what_cannot_be_restored_is_one_line(desk: Desk, copy: Path, name: str) -> None:
    (desk.home / "text").write_text("no database")
    ran = desk.run("restore", str(desk.home / name), "--yes")
    assert ran.returncode == 2
    read_error_line(ran)
    assert count_threads(desk) == 2
