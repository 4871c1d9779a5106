"""`smsdesk help` shows the documentation of the installed package."""

import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Desk, read_error_line
from tui.cli import main
from tui.cli.help import show_text

PAGES = sorted(path.stem for path in (ROOT / "tui/docs").glob("*.md"))
Say = Callable[..., str]


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    """Return what a command prints."""

    def run(*arguments: str) -> str:
        assert main(arguments) == 0
        return capsys.readouterr().out

    return run


def test_the_list_names_every_page_with_its_first_sentence(say: Say) -> None:
    listed = say("help")
    assert re.findall(r"^`([\w-]+)` ", listed, re.MULTILINE) == PAGES
    assert "Every command and its keys, on the screen and in line mode." in listed
    assert max(map(len, listed.splitlines())) <= 80


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_shown_as_text(say: Say, page: str) -> None:
    shown = say("help", page)
    title = (ROOT / f"tui/docs/{page}.md").read_text(encoding="utf-8").splitlines()[0]
    assert shown.startswith(title.removeprefix("# "))
    assert "\n<!--" not in shown
    assert "\x1b" not in shown


def test_a_page_ends_with_the_pages_that_it_links_to(say: Say) -> None:
    last = " ".join(say("help", "settings").rpartition("\n\n")[2].split())
    assert last.startswith("See also: `smsdesk help account-settings`, ")
    assert "help settings" not in last


def test_a_topic_may_be_typed_as_the_name_of_its_file(say: Say) -> None:
    assert say("help", "Keys.md") == say("help", "keys")


def test_the_name_of_a_command_shows_its_options(
    say: Say, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = say("help", "send")
    with pytest.raises(SystemExit):
        main(["send", "--help"])
    assert shown == capsys.readouterr().out


def test_the_manual_page_is_printed_as_it_is(say: Say) -> None:
    assert say("help", "--man") == (ROOT / "tui/docs/smsdesk.1").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("topic", "line"),
    [
        ("setings", 'there is no topic "setings"; did you mean settings?; see smsdesk help'),
        ("xyzzy", 'there is no topic "xyzzy"; see smsdesk help'),
        ("../LICENSE", 'there is no topic "../LICENSE"; see smsdesk help'),
        ("a\x1b[2J", 'there is no topic "a␛[2J"; see smsdesk help'),
    ],
)
def test_an_unknown_topic_is_one_line_with_the_nearest_one(
    bare: Desk, topic: str, line: str
) -> None:
    done = bare.run("help", topic)
    assert (done.returncode, read_error_line(done)) == (2, line)


def test_a_terminal_without_unicode_gets_question_marks_and_no_error(bare: Desk) -> None:
    done = bare.run("help", "settings", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert 'api_key = "?"' in done.stdout


def run_on_terminal(*arguments: str, **environ: str) -> tuple[int, str]:
    """Run a command on a terminal of its own and return its exit code and output."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "tui", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TERM": "xterm", **environ},
        stdin=slave,
        stdout=slave,
        stderr=slave,
    )
    os.close(slave)
    output = b""
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:  # Linux reports the end of a terminal as an error
            part = b""
        if not part:
            break
        output += part
    os.close(master)
    return process.wait(), output.decode().replace("\r\n", "\n")


def test_a_terminal_shows_the_page_through_the_chosen_pager(tmp_path: Path) -> None:
    pager = tmp_path / "my pager"
    pager.write_text('#!/bin/sh\necho "paged $1 $LESS"\nhead -n 1\n')
    pager.chmod(0o755)
    code, shown = run_on_terminal("help", "keys", PAGER=f"'{pager}' -x")
    assert (code, shown) == (0, "paged -x FRX\n\x1b[1mKeys\x1b[22m\n")


@pytest.mark.parametrize("pager", ["", "cat", "no-such-program", "'"])
def test_a_terminal_without_a_pager_shows_the_page_at_once(pager: str) -> None:
    code, shown = run_on_terminal("help", "promises", PAGER=pager)
    assert code == 0
    assert shown.startswith("\x1b[1mTwelve\x1b[22m \x1b[1mpromises\x1b[22m\n")
    assert "See also" in shown


def test_a_simple_terminal_gets_no_escape_sequences() -> None:
    code, shown = run_on_terminal("help", "promises", PAGER="", TERM="dumb")
    assert (code, "\x1b" in shown) == (0, False)


def test_without_a_terminal_the_pager_is_not_asked(capsys: pytest.CaptureFixture[str]) -> None:
    show_text("text\n", {"PAGER": "false"})
    assert capsys.readouterr().out == "text\n"
