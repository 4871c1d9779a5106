"""An inbox whose terminal has vanished ends in good order, also where nobody hears SIGHUP."""

import os
import pty
import subprocess
import sys
from errno import EIO
from io import StringIO
from pathlib import Path

import pytest

from tests.ui.terminal import ROOT
from tui.terminal.keyboard import TerminalDecoder, TerminalGone, TerminalWriter

_DEAF = ("sh", "-c", "trap '' HUP; exec \"$@\"", "sh")
"""Runs a program that does not hear SIGHUP."""


@pytest.mark.timeout(60)
def test_an_inbox_ends_with_its_terminal(tmp_path: Path) -> None:
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [*_DEAF, sys.executable, "-m", "tests.ui.sitting", str(tmp_path / "inbox.db")],
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


def test_nothing_to_read_is_the_end_of_a_terminal_but_not_of_a_text() -> None:
    decoder = TerminalDecoder()
    assert decoder.decode(b"\xc4") + decoder.decode(b"\x85\xff") == "ą\ufffd"
    assert decoder.decode(b"", final=True) == ""
    with pytest.raises(TerminalGone):
        decoder.decode(b"")


class Gone(StringIO):
    """A terminal that takes nothing."""

    def write(self, text: str) -> int:
        """Fail as the operating system does."""
        raise OSError(EIO, "Input/output error")


@pytest.mark.timeout(20)
def test_nobody_waits_for_a_terminal_that_takes_nothing() -> None:
    writer = TerminalWriter(Gone())
    writer.start()
    for _ in range(200):
        writer.write("a picture")
    writer.stop()
    assert not writer.is_alive()
