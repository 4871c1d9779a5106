"""Test `smsdesk --plain` as a process."""

import os
import subprocess
import sys
from pathlib import Path

from tests.cli.conftest import Desk, Sandbox
from tests.ui.terminal import open_terminal


def run_plain(
    home: Path, typed: str, *arguments: str, **environ: str
) -> "subprocess.CompletedProcess[str]":
    """Run line mode with piped lines as input."""
    return subprocess.run(
        [sys.executable, "-m", "tui", *arguments, "--plain"],
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "HOME": str(home), "PYTHONUTF8": "1", **environ},
    )


def test_an_empty_inbox_is_shown_and_left(tmp_path: Path) -> None:
    done = run_plain(tmp_path, "l\nq\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert "0 open, 0 waiting, 0 failed." in done.stdout
    assert done.stdout.endswith("Goodbye.\n")


def test_the_end_of_the_input_ends_the_session(tmp_path: Path) -> None:
    assert run_plain(tmp_path, "").returncode == 0


def test_no_line_moves_the_cursor(tmp_path: Path) -> None:
    done = run_plain(tmp_path, "1\nb\nq\n", "demo")
    assert done.returncode == 0
    assert "\x1b" not in done.stdout and "\r" not in done.stdout
    assert "Conversation with" in done.stdout


def test_a_terminal_without_unicode_gets_question_marks(tmp_path: Path) -> None:
    done = run_plain(tmp_path, "q\n", "demo", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert done.returncode == 0 and done.stdout.isascii()


def test_a_piped_reply_is_sent_through_the_provider(desk: Desk, sandbox: Sandbox) -> None:
    sandbox.post_control(
        "inbound", provider="messagemedia", text="Open today?", **{"from": "+61491570156"}
    )
    assert desk.run("sync", "--once").returncode == 0
    typed = "1\nr\nYes, until six.\n.\ny\nq\n"
    ran = desk.run("--plain", input=typed, SMSDESK_GRACE_SECONDS="0")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "Open today?" in ran.stdout and "Send? y sends" in ran.stdout
    desk.run("sync", "--once")
    (message,) = desk.read_objects("messages", "+61491570156")[1:]
    assert (message["text"], message["agent"]) == ("Yes, until six.", "mia")
    assert [accepted["text"] for accepted in sandbox.accepted] == ["Yes, until six."]


def test_triage_works_through_a_pipe(desk: Desk, sandbox: Sandbox) -> None:
    for number in ("+61491570156", "+61491570157"):
        sandbox.post_control("inbound", provider="messagemedia", text="Hello?", **{"from": number})
    assert desk.run("sync", "--once").returncode == 0
    lines = ["c +61491570156", "# vip", "a mia", "p Calls back at five", "h 2h"]
    lines += ["c +61491570157", "k Ana", "s", "! said so on the phone", "r Hello", "e", "z", "q"]
    ran = desk.run("--plain", input="\n".join(lines))
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "OPTED OUT: nothing can be sent" in ran.stdout
    assert "Undone: closed Ana." in ran.stdout
    threads = {thread["number"]: thread for thread in desk.read_objects("threads")}
    first, second = threads["+61491570156"], threads["+61491570157"]
    assert (first["state"], first["labels"], first["assignee"]) == ("snoozed", ["vip"], "mia")
    assert (second["state"], second["name"], second["opted_out"]) == ("closed", "Ana", True)
    assert desk.read_objects("messages", "+61491570156")[-1]["text"] == "Calls back at five"


def test_a_reply_cut_off_by_the_end_of_the_pipe_is_a_draft(desk: Desk, sandbox: Sandbox) -> None:
    sandbox.post_control(
        "inbound", provider="messagemedia", text="Open today?", **{"from": "+61491570156"}
    )
    assert desk.run("sync", "--once").returncode == 0
    assert desk.run("--plain", input="1\nr\nYes, un").returncode == 0
    again = desk.run("--plain", input="1\nr\nn\n!\nq\n")
    assert "Your draft here:\nYes, un\n" in again.stdout


def test_a_notice_on_a_terminal_keeps_the_prompt_as_the_last_line(tmp_path: Path) -> None:
    arguments = ["-m", "tui", "demo", "--plain"]
    with open_terminal(arguments, (80, 24), tmp_path) as opened:
        opened.shows("List? ")
        opened.type(b"half")
        opened.shows("(w opens it)\r\nList? ")
        opened.type(b"\x15w\r")
        opened.shows("Conversation with")
        opened.type(b"1\r")
        opened.shows("Conversation with Camille")
        opened.type(b"r On my way\r")
        opened.shows("Send? y sends")
        opened.type(b"y\r")
        opened.shows("z cancels")
        opened.type(b"z\r")
        opened.shows("Cancelled: not sent")
        opened.type(b"q\r")
        assert opened.wait() == 0


def test_a_dumb_terminal_gets_line_mode(tmp_path: Path) -> None:
    program = (
        "import os; os.environ['TERM'] = 'dumb'; import tui.cli; raise SystemExit(tui.cli.main())"
    )
    with open_terminal(["-c", program], (80, 24), tmp_path) as opened:
        opened.shows("List? ")
        opened.type(b"\x04")
        assert opened.wait() == 0
        assert "\x1b" not in opened.output
