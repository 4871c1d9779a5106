"""Test that an inbox ends in good order when its terminal vanishes, even if SIGHUP is ignored."""

import os
import pty
import subprocess
import sys
from errno import EIO
from io import StringIO
from pathlib import Path

import pytest

from tests.ui.terminal import ROOT
from tui.terminal.streams import TerminalDecoder, TerminalGone, TerminalWriter

_IGNORE_HANGUP = ("sh", "-c", "trap '' HUP; exec \"$@\"", "sh")
"""Command that runs a program with SIGHUP ignored."""


@pytest.mark.timeout(60)
def test_an_inbox_ends_with_its_terminal(tmp_path: Path) -> None:
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [
            *_IGNORE_HANGUP,
            sys.executable,
            "-m",
            "tests.ui.inbox_process",
            str(tmp_path / "inbox.db"),
        ],
        cwd=ROOT,
        env={**os.environ, "TERM": "xterm-256color", "PYTHONUTF8": "1"},
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    )
    os.close(slave)
    try:
        written = b""
        while b"Chloe" not in written:
            written += os.read(master, 65_536)
        os.close(master)
        assert process.wait(timeout=40) == 0
    finally:
        process.kill()
        process.wait()


def test_an_empty_read_is_the_end_of_a_terminal_only() -> None:
    decoder = TerminalDecoder()
    assert decoder.decode(b"\xc4") + decoder.decode(b"\x85\xff") == "ą\ufffd"
    assert decoder.decode(b"", final=True) == ""
    with pytest.raises(TerminalGone):
        decoder.decode(b"")


class BrokenTerminal(StringIO):
    """Refuse all output, as a terminal that has vanished."""

    def write(self, text: str) -> int:
        """Fail as the operating system does."""
        raise OSError(EIO, "Input/output error")


@pytest.mark.timeout(20)
def test_the_writer_ends_when_the_terminal_takes_nothing() -> None:
    writer = TerminalWriter(BrokenTerminal())
    writer.start()
    for _ in range(200):
        writer.write("a picture")
    writer.stop()
    assert not writer.is_alive()
