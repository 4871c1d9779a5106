"""The app in a browser: what a server such as textual-serve reads from it, and sends to it.

The server starts the program with pipes and `TEXTUAL_DRIVER`, and reads packets: a byte for the
kind, four for the size, the payload. Here the test is the server, and draws what it would show.
"""

import contextlib
import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Desk, read_error_line
from tests.ui.terminal import draw_screen

ROOT = Path(__file__).parents[2]
DRIVER = "textual.drivers.web_driver:WebDriver"
SIZE = (100, 30)
_SECONDS = 60.0


class Browser:
    """A browser and its server, with one running program."""

    def __init__(self, arguments: list[str], environ: Mapping[str, str]) -> None:
        """Start a command of smsdesk."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tui", *arguments],
            cwd=ROOT,
            env={
                **environ,
                "TEXTUAL_DRIVER": DRIVER,
                "TEXTUAL_COLOR_SYSTEM": "truecolor",
                "COLUMNS": str(SIZE[0]),
                "ROWS": str(SIZE[1]),
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.prelude = b""
        self.data = b""
        self.meta: list[dict[str, Any]] = []
        self.rest = b""
        """What is no packet: there must not be any."""
        self.errors = b""
        self._threads = [
            threading.Thread(target=run, daemon=True)
            for run in (self._read_packets, self._read_errors)
        ]
        for thread in self._threads:
            thread.start()

    def _read_packets(self) -> None:
        """Read as textual-serve does."""
        output = self.process.stdout
        assert output is not None
        self.prelude = output.readline()
        while kind := output.read(1):
            size = output.read(4)
            payload = output.read(int.from_bytes(size, "big")) if kind in b"DMP" else b""
            if kind == b"D":
                self.data += payload
            elif kind == b"M":
                self.meta.append(json.loads(payload))
            else:
                self.rest += kind + size + output.read()

    def _read_errors(self) -> None:
        """Read what is for the server's log."""
        assert self.process.stderr is not None
        self.errors = self.process.stderr.read()

    def _send(self, kind: bytes, payload: bytes) -> None:
        """Send one packet to the program."""
        assert self.process.stdin is not None
        self.process.stdin.write(kind + len(payload).to_bytes(4, "big") + payload)
        self.process.stdin.flush()

    def type(self, keys: str) -> None:
        """Send what the browser's keyboard sends."""
        self._send(b"D", keys.encode())

    def send_meta(self, **values: object) -> None:
        """Send an event of the browser."""
        self._send(b"M", json.dumps(values).encode())

    def sees(self, text: str) -> None:
        """Wait until a text is on the screen."""
        end = time.monotonic() + _SECONDS
        while not any(text in line for line in self.picture):
            assert time.monotonic() < end and self.process.poll() is None, (
                f"{text!r} is not on the screen: {self.picture} {self.errors!r}"
            )
            time.sleep(0.05)

    @property
    def picture(self) -> list[str]:
        """Return the lines that the browser shows."""
        shown = self.data.decode("utf-8", "ignore")
        return list(draw_screen(shown, SIZE).display)

    def wait(self) -> int:
        """Wait for the end of the program and return its exit code."""
        code = self.process.wait(_SECONDS)
        for thread in self._threads:
            thread.join(_SECONDS)
        return code


@contextlib.contextmanager
def open_browser(desk: Desk, *arguments: str, **environ: str) -> Iterator[Browser]:
    """Yield a browser with a program, which is ended afterwards."""
    browser = Browser(list(arguments), {**desk.environ, **environ})
    try:
        yield browser
    finally:
        browser.process.kill()
        browser.wait()
        for pipe in (browser.process.stdin, browser.process.stdout, browser.process.stderr):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()


@pytest.fixture
def filled(desk: Desk) -> Desk:
    """Return an inbox with one conversation."""
    assert desk.run("send", "--to", "+61491570156", "--text", "See you at ten").returncode == 0
    return desk


@pytest.mark.parametrize("term", ["", "dumb", "linux", "xterm-256color"])
def test_the_inbox_runs_in_a_browser(filled: Desk, term: str) -> None:
    with open_browser(filled, TERM=term) as browser:
        browser.sees("See you at ten")
        assert browser.prelude == b"__GANGLION__\n"
        assert any("╭" in line for line in browser.picture)
        browser.type("\r")
        browser.sees("mia ·")
        browser.send_meta(type="resize", width=100, height=24)
        browser.type("r")
        browser.type("Grüße, ")
        browser.type("Ana 👋")
        browser.sees("Grüße, Ana")
        browser.send_meta(type="quit")
        assert browser.wait() == 0
        assert browser.meta[-1] == {"type": "exit"}
        assert (browser.rest, browser.errors) == (b"", b"")


def test_what_was_typed_is_kept_when_the_page_is_closed(filled: Desk) -> None:
    for ending in ("quit", "signal"):
        with open_browser(filled) as browser:
            browser.sees("See you at ten")
            browser.type("\r")
            browser.sees("mia ·")
            browser.type("r")
            browser.type(f"kept {ending} ")
            browser.sees(f"kept {ending}")
            if ending == "quit":
                browser.send_meta(type="quit")
            else:
                browser.process.send_signal(signal.SIGTERM)
            browser.wait()
            assert (browser.rest, browser.errors) == (b"", b"")
    with open_browser(filled) as browser:
        browser.sees("See you at ten")
        browser.type("\r")
        browser.sees("kept")


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ("one\x1b\rtwo", "two"),  # Alt+Enter, as xterm.js sends it
        ("\x1b[200~one\rtwo\x1b[201~", "two"),
        ("\x1b[200~one\x1b\rtwo\x1b[201~", "two"),  # an ESC in what was copied
        ("one\rtwo\rthree", "three"),  # pasted by a program that does not mark it
    ],
)
def test_no_line_break_in_a_text_sends_it(filled: Desk, keys: str, line: str) -> None:
    with open_browser(filled) as browser:
        browser.sees("See you at ten")
        browser.type("\r")
        browser.sees("mia ·")
        browser.type("r")
        browser.sees("Enter Send")
        browser.type(keys)
        browser.sees(f"│ {line} ")
        browser.send_meta(type="quit")
        browser.wait()
    messages = filled.read_objects("messages", "+61491570156")
    assert [message["text"] for message in messages] == ["See you at ten"]


@pytest.mark.parametrize("key", ["\x1a", "\x1b[21~"])
def test_no_program_of_the_server_takes_the_page(filled: Desk, key: str) -> None:
    with open_browser(filled) as browser:
        browser.sees("See you at ten")
        browser.type(key)
        browser.type("\r")
        browser.sees("mia ·")
        assert browser.rest == b""


@pytest.mark.parametrize(
    "name",
    ["nowhere.at.all:Driver", "os:path", "textual.driver:nothing", "WebDriver", ":", "..x:y"],
)
def test_a_driver_that_does_not_exist_is_one_line(filled: Desk, name: str) -> None:
    ran = filled.run(TEXTUAL_DRIVER=name)
    assert ran.returncode == 2
    assert "TEXTUAL_DRIVER" in read_error_line(ran)


def test_the_terminals_own_driver_still_needs_a_terminal(filled: Desk) -> None:
    for name in ("", "textual.drivers.linux_driver:LinuxDriver"):
        ran = filled.run(TEXTUAL_DRIVER=name)
        assert (ran.returncode, ran.stdout) == (2, "")
        assert "no terminal here" in ran.stderr
