"""Test that the terminal is given back and the draft kept, however the inbox ends or stops."""

import contextlib
import os
import shutil
import signal
import sqlite3
import stat
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ui.job_shell import PROMPT, STOPPED
from tests.ui.terminal import Terminal, list_changed_modes, open_terminal
from tui.terminal.bursts import PASTE_SECONDS

SIZE = (100, 30)
ENDS = (signal.SIGHUP, signal.SIGTERM, signal.SIGQUIT, signal.SIGINT)
LINE_ENDS = ENDS[:3]
"""The same for line mode, where Ctrl+C is a key of the terminal."""
START_MARKS = ("\x1b[?1049h", "\x1b[?1004h", "Commands")
"""What the inbox writes as it starts: at its first picture, as it takes the keys, when it is up."""
DRAFT = "half a reply to you"
ACCOUNT = "SMSDESK_ACCOUNTS__AU__"


@pytest.fixture
def home(tmp_path: Path, history: Path) -> Path:
    """Return a home with the day's history and an account that cannot be reached."""
    shutil.copy(history, tmp_path / "inbox.db")
    return tmp_path


def make_environ(home: Path, **changed: str) -> dict[str, str]:
    """Return the settings of Mia's inbox."""
    return {
        "LOGNAME": "mia",
        "SMSDESK_DATABASE": str(home / "inbox.db"),
        f"{ACCOUNT}PROVIDER": "messagemedia",
        f"{ACCOUNT}API_KEY": "key",
        f"{ACCOUNT}API_SECRET": "secret",
        f"{ACCOUNT}BASE_URL": "http://127.0.0.1:9",
        **changed,
    }


@contextlib.contextmanager
def open_inbox(home: Path, *arguments: str, **changed: str) -> Iterator[Terminal]:
    """Run `smsdesk` on a terminal of its own."""
    command = ["-m", "tui", *arguments]
    with open_terminal(command, SIZE, home, make_environ(home, **changed)) as opened:
        yield opened


def begin_reply(inbox: Terminal, text: str = DRAFT) -> None:
    """Begin a reply in the first conversation."""
    inbox.sees("Commands")
    inbox.type(b"r")
    inbox.sees("Enter Send")
    inbox.type(text.encode())


def read_drafts(home: Path) -> list[str]:
    """Return the stored drafts."""
    with contextlib.closing(sqlite3.connect(home / "inbox.db")) as connection:
        return [row[0] for row in connection.execute("select body from drafts")]


def count_traces(home: Path) -> dict[str, int]:
    """Return how many leases, locks and the like are left, by the table with their owners."""
    with contextlib.closing(sqlite3.connect(home / "inbox.db")) as connection:
        owned = connection.execute(
            "select tables.name from sqlite_master as tables, pragma_table_info(tables.name) as c"
            " where c.name = 'owner' and tables.type = 'table'"
        )
        return {
            name: connection.execute(f"select count(*) from {name}").fetchone()[0]
            for (name,) in owned.fetchall()
        }


def check_given_back(inbox: Terminal, code: int) -> None:
    """Check the exit code, and that the terminal is as it was."""
    assert inbox.wait() == code, inbox.tail()
    assert list_changed_modes(inbox.output) == set(), inbox.tail()
    assert inbox.attributes == inbox.first_attributes
    assert "Traceback" not in inbox.output


@pytest.mark.parametrize("number", ENDS)
def test_a_signal_gives_the_terminal_back_and_keeps_all_that_was_typed(
    home: Path, number: signal.Signals
) -> None:
    with open_inbox(home) as inbox:
        begin_reply(inbox)
        inbox.process.send_signal(number)
        check_given_back(inbox, 128 + number)
    assert read_drafts(home) == [DRAFT]
    assert not any(count_traces(home).values())


def test_a_second_signal_ends_at_once(home: Path) -> None:
    with open_inbox(home) as inbox:
        begin_reply(inbox)
        inbox.sees(DRAFT)
        with lock_database(home):
            check_second_signal(inbox)


def check_second_signal(inbox: Terminal) -> None:
    """Check that a second signal does not wait for a database that is locked."""
    if inbox.process.poll() is None:
        inbox.process.send_signal(signal.SIGTERM)
        inbox.process.send_signal(signal.SIGHUP)
        # Signals that arrive together are handled in the order of their numbers.
        assert inbox.wait() in (128 + signal.SIGTERM, 128 + signal.SIGHUP)
        check_given_back(inbox, inbox.process.returncode)


@contextlib.contextmanager
def lock_database(home: Path) -> Iterator[None]:
    """Let no other process write while the block runs."""
    with contextlib.closing(sqlite3.connect(home / "inbox.db", isolation_level=None)) as lock:
        lock.execute("begin immediate")
        yield


@pytest.mark.parametrize(
    ("number", "written"),
    [
        *((number, mark) for number in (signal.SIGTERM, signal.SIGINT) for mark in START_MARKS),
        (signal.SIGHUP, START_MARKS[0]),
        (signal.SIGQUIT, START_MARKS[1]),
    ],
)
def test_a_signal_during_the_start_gives_the_terminal_back(
    home: Path, number: signal.Signals, written: str
) -> None:
    with open_inbox(home) as inbox:
        inbox.shows(written)
        inbox.process.send_signal(number)
        check_given_back(inbox, 128 + number)
    assert not any(count_traces(home).values())


@pytest.mark.parametrize(
    ("keys", "shown"), [(b"?", "Write an answer"), (b"gn", "Add an account ─"), (b"c", "country")]
)
def test_a_signal_in_a_dialog_gives_the_terminal_back(home: Path, keys: bytes, shown: str) -> None:
    with open_inbox(home) as inbox:
        begin_reply(inbox)
        inbox.sees(DRAFT)
        inbox.type(b"\x1b")
        inbox.sees("Reply")
        time.sleep(PASTE_SECONDS)  # what follows the draft at once is a piece of the same paste
        for key in keys:
            inbox.type(bytes([key]))
        inbox.sees(shown)
        inbox.process.send_signal(signal.SIGTERM)
        check_given_back(inbox, 128 + signal.SIGTERM)
    assert read_drafts(home) == [DRAFT]


@pytest.mark.parametrize("number", ENDS)
def test_a_signal_in_the_first_set_up_gives_the_terminal_back(
    tmp_path: Path, number: signal.Signals
) -> None:
    environ = {"LOGNAME": "mia", "SMSDESK_DATABASE": str(tmp_path / "inbox.db")}
    with open_terminal(["-m", "tui"], SIZE, tmp_path, environ) as inbox:
        inbox.sees("Set up smsdesk")
        inbox.process.send_signal(number)
        check_given_back(inbox, 128 + number)


def write_editor(home: Path, commands: str) -> str:
    """Return an editor that runs these commands of a shell, with the file as $1."""
    editor = home / "editor"
    editor.write_text(f"#!/bin/sh\n{commands}\n")
    editor.chmod(editor.stat().st_mode | stat.S_IXUSR)
    return str(editor)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_what_was_saved_in_an_editor_survives_a_signal(home: Path, number: signal.Signals) -> None:
    editor = write_editor(home, "printf ' and more' >> $1; echo editing; exec sleep 60")
    with open_inbox(home, EDITOR=editor) as inbox:
        begin_reply(inbox)
        inbox.sees(DRAFT)
        inbox.type(b"\x0f")
        inbox.shows("editing")
        inbox.process.send_signal(number)
        check_given_back(inbox, 128 + number)
    assert read_drafts(home) == [f"{DRAFT} and more"]


def test_an_editor_has_the_terminal_as_the_shell_gave_it(home: Path) -> None:
    editor = write_editor(home, 'echo all yours; read line; echo "$line was read"')
    with open_inbox(home, EDITOR=editor) as inbox:
        begin_reply(inbox)
        inbox.sees(DRAFT)
        inbox.type(b"\x0f")
        inbox.shows("all yours")
        assert inbox.attributes == inbox.first_attributes
        assert list_changed_modes(inbox.output) == set()
        os.killpg(inbox.process.pid, signal.SIGINT)  # the editor's, not ours
        inbox.sees("Enter Send")
        inbox.process.send_signal(signal.SIGTERM)
        check_given_back(inbox, 128 + signal.SIGTERM)
    assert read_drafts(home) == [DRAFT]


@pytest.mark.parametrize("key", [signal.SIGINT, signal.SIGQUIT])
def test_keys_that_interrupt_a_command_do_not_end_the_inbox(
    home: Path, key: signal.Signals
) -> None:
    (home / "shown").write_text("begun\n")
    with open_inbox(home) as inbox:
        inbox.sees("Commands")
        inbox.type(b"|")
        inbox.sees("Pipe the conversation to")
        inbox.type_line("ulimit -c 0; exec tail -f ~/shown")
        inbox.shows("begun")
        os.killpg(inbox.process.pid, key)
        inbox.shows("any key goes back to smsdesk")
        inbox.process.send_signal(signal.SIGTERM)  # while it waits for the key
        check_given_back(inbox, 128 + signal.SIGTERM)


# Stopping and continuing ---------------------------------------------------------------------


def stop_and_continue(inbox: Terminal, process: int, number: signal.Signals) -> None:
    """Stop a program from outside, write over its screen, and continue it."""
    os.kill(process, number)
    inbox.until(lambda: read_state(process) == "T", "stopped")
    # What a shell does with the terminal meanwhile.
    inbox.set_attributes(inbox.first_attributes)
    inbox.inject("\x1b[?1049l\x1b[?1003l\x1b[?2004l\x1b[?25h\x1b[2Jother words\r\n")
    os.kill(process, signal.SIGCONT)


def read_state(process: int) -> str:
    """Return the state of a process as the kernel names it."""
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]


@pytest.mark.parametrize("number", [signal.SIGTSTP, signal.SIGSTOP])
def test_a_stopped_inbox_sets_its_modes_and_paints_everything_again(
    home: Path, number: signal.Signals
) -> None:
    with open_inbox(home) as inbox:
        begin_reply(inbox)
        inbox.sees(DRAFT)
        before, modes = inbox.picture, list_changed_modes(inbox.output)
        for _ in range(2):
            stop_and_continue(inbox, inbox.process.pid, number)
            inbox.sees(DRAFT)
            inbox.until(lambda: inbox.picture[2:] == before[2:], "painted again")
            inbox.until(lambda: list_changed_modes(inbox.output) == modes, "modes set again")
        inbox.type(b"!")
        inbox.sees(f"{DRAFT}!")
        inbox.process.send_signal(signal.SIGTERM)
        check_given_back(inbox, 128 + signal.SIGTERM)
    assert read_drafts(home) == [f"{DRAFT}!"]


def test_ctrl_z_goes_back_to_the_shell_and_fg_returns(home: Path) -> None:
    command = ["-m", "tests.ui.job_shell", sys.executable, "-m", "tui"]
    with open_terminal(command, SIZE, home, make_environ(home)) as inbox:
        begin_reply(inbox)
        inbox.sees(DRAFT)
        inbox.type(b"\x1a")  # in the composer it takes back what was typed
        inbox.until(lambda: not any(DRAFT in line for line in inbox.picture), "taken back")
        inbox.type(b"again")
        inbox.sees("again")
        inbox.type(b"\x1b")
        inbox.sees("Reply")
        inbox.type(b"\x1a")
        inbox.shows(f"{STOPPED}\r\n{PROMPT}")
        assert list_changed_modes(inbox.output) == set()
        assert read_drafts(home) == ["again"]
        inbox.resize((SIZE[0], SIZE[1] - 6))
        inbox.type(b"fg\n")
        inbox.until(lambda: "? Help" in inbox.picture[SIZE[1] - 7], "the new size")
        inbox.type(b"q")
        inbox.type(b"q")
        assert inbox.wait() == 0
        assert list_changed_modes(inbox.output) == set()


def test_ctrl_z_without_a_shell_says_so(home: Path) -> None:
    with open_inbox(home) as inbox:
        inbox.sees("Commands")
        inbox.type(b"\x1a")
        inbox.sees("No shell to go back to")


def test_an_inbox_stopped_in_its_editor_continues_there(home: Path) -> None:
    editor = write_editor(home, "echo editing; kill -STOP $$; echo continued; read line")
    with open_inbox(home, EDITOR=editor) as inbox:
        begin_reply(inbox)
        inbox.sees(DRAFT)
        inbox.type(b"\x0f")
        inbox.shows("editing")
        os.kill(inbox.process.pid, signal.SIGTSTP)
        inbox.until(lambda: read_state(inbox.process.pid) == "T", "stopped")
        os.killpg(inbox.process.pid, signal.SIGCONT)
        inbox.shows("continued")
        assert list_changed_modes(inbox.output) == set()
        inbox.type(b"\r")
        inbox.sees("Enter Send")
        inbox.process.send_signal(signal.SIGTERM)
        check_given_back(inbox, 128 + signal.SIGTERM)


# Other ends ----------------------------------------------------------------------------------


def test_the_start_after_a_kill_gives_the_terminal_back_at_its_end(home: Path) -> None:
    with open_inbox(home) as inbox:
        begin_reply(inbox)
        inbox.until(lambda: read_drafts(home) == [DRAFT], "stored")
        inbox.process.kill()
        inbox.wait()
        left_over = inbox.output
    with open_inbox(home) as inbox:
        inbox.sees("Commands")
        inbox.process.send_signal(signal.SIGTERM)
        check_given_back(inbox, 128 + signal.SIGTERM)
        changed = list_changed_modes(left_over + inbox.output)
    # The protocol of the killed one ends with the alternate screen that it was begun on.
    assert changed - {"keyboard"} == set()
    assert read_drafts(home) == [DRAFT]


@pytest.mark.parametrize("number", LINE_ENDS)
def test_line_mode_ends_in_order(home: Path, number: signal.Signals) -> None:
    with open_inbox(home, "--plain") as inbox:
        inbox.shows("List?")
        inbox.type(b"1\n")
        inbox.shows("Conversation with")
        inbox.shows("says all")
        inbox.process.send_signal(number)
        check_given_back(inbox, 128 + number)
    assert not any(count_traces(home).values())


def test_a_signal_that_was_ignored_stays_ignored(home: Path) -> None:
    command = ["-c", IGNORING_HANGUP]
    with open_terminal(command, SIZE, home, make_environ(home)) as inbox:
        inbox.sees("Commands")
        inbox.process.send_signal(signal.SIGHUP)
        inbox.type(b"?")
        inbox.sees("Move down the list")
        inbox.process.send_signal(signal.SIGTERM)
        check_given_back(inbox, 128 + signal.SIGTERM)


IGNORING_HANGUP = """
import os, signal, sys
signal.signal(signal.SIGHUP, signal.SIG_IGN)
os.execv(sys.executable, [sys.executable, "-m", "tui"])
"""
