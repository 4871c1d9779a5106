"""`smsdesk --plain`, as a process."""

import os
import subprocess
import sys
from pathlib import Path


def plain(
    home: Path, typed: str, *arguments: str, **environ: str
) -> "subprocess.CompletedProcess[str]":
    """Run it on piped lines."""
    return subprocess.run(
        [sys.executable, "-m", "tui", *arguments, "--plain"],
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "HOME": str(home), "PYTHONUTF8": "1", **environ},
    )


def test_an_empty_desk_is_read_and_left(tmp_path: Path) -> None:
    done = plain(tmp_path, "l\nq\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert "0 open, 0 waiting, 0 failed." in done.stdout
    assert done.stdout.endswith("Goodbye.\n")


def test_the_end_of_the_input_is_the_end(tmp_path: Path) -> None:
    assert plain(tmp_path, "").returncode == 0


def test_no_line_moves_the_cursor(tmp_path: Path) -> None:
    done = plain(tmp_path, "1\nb\nq\n", "demo")
    assert done.returncode == 0
    assert "\x1b" not in done.stdout and "\r" not in done.stdout
    assert "Conversation with" in done.stdout


def test_a_terminal_without_unicode_gets_question_marks(tmp_path: Path) -> None:
    done = plain(tmp_path, "q\n", "demo", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert done.returncode == 0 and done.stdout.isascii()
