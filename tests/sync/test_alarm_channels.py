"""Test that alarms reach a real program and a real web server, and that neither can do harm."""

import asyncio
import contextlib
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.waiting import wait_until
from tui.sync.alarm_channels import COMMAND, URL, AlarmChannels, AlarmState, Notification
from tui.sync.listener_server import run_listener

NOTICE = Notification("held_items", "mm", "mm: 2 held items\nżółć", AlarmState.RAISED, 1_000)
ENVIRON = {
    "PATH": os.environ["PATH"],
    "LANG": "C.UTF-8",
    "SMSDESK_ACCOUNTS__MM__API_SECRET": "hidden",
}


@dataclass
class WebServer:
    """A server that records what is posted."""

    statuses: list[int] = field(default_factory=lambda: [200])
    """Status of each answer; the last one is repeated."""
    bodies: list[Any] = field(default_factory=list)
    url: str = ""

    async def answer(self, request: Request) -> Response:
        """Record the body and answer with the next status."""
        self.bodies.append((request.url.query, await request.json()))
        status = self.statuses[min(len(self.bodies), len(self.statuses)) - 1]
        return Response(status_code=status, headers={"Location": "/elsewhere"})


@contextlib.asynccontextmanager
async def run_web_server(*statuses: int) -> AsyncIterator[WebServer]:
    """Run a server on a port of its own."""
    server = WebServer(list(statuses) or [200])
    app = Starlette(routes=[Route("/{path:path}", server.answer, methods=["GET", "POST"])])
    async with run_listener(app, "127.0.0.1", 0) as url:
        server.url = f"{url}/alarms"
        yield server


def make_command(folder: Path, script: str) -> list[str]:
    """Return a command that runs a script of Python."""
    file = folder / "notify.py"
    file.write_text(script)
    return [sys.executable, str(file), str(folder / "out.json"), "two words", "$HOME;`id`"]


RECORD = """
import json, os, sys
alarm = {k: v for k, v in os.environ.items() if k.startswith("SMSDESK")}
found = {"argv": sys.argv[2:], "stdin": sys.stdin.read(), "alarm": alarm}
found["lang"] = os.environ["LANG"]
open(sys.argv[1], "w").write(json.dumps(found))
"""


async def test_a_program_gets_text_and_variables_without_a_shell(tmp_path: Path) -> None:
    channels = AlarmChannels(make_command(tmp_path, RECORD), environ=ENVIRON)
    assert await channels.send_notification(NOTICE) == {COMMAND: ""}
    assert json.loads((tmp_path / "out.json").read_text()) == {
        "argv": ["two words", "$HOME;`id`"],
        "stdin": f"{NOTICE.text}\n",
        "alarm": {
            "SMSDESK_ALARM_KIND": "held_items",
            "SMSDESK_ALARM_ACCOUNT": "mm",
            "SMSDESK_ALARM_TEXT": NOTICE.text,
            "SMSDESK_ALARM_STATE": "raised",
        },
        "lang": "C.UTF-8",
    }


@pytest.mark.parametrize(
    ("script", "problem"),
    [
        ("import sys; sys.exit(3)", "ended with code 3"),
        (
            "print('first', flush=True); import sys; sys.exit('no \\x1b[31mroute\\n')",
            "ended with code 1: no ␛[31mroute",
        ),
        ("import os; os.kill(os.getpid(), 9)", "ended with signal 9"),
        ("print('x' * 5_000_000); raise SystemExit(2)", "ended with code 2: …xxx"),
        ("import sys; sys.stdin.close()", ""),
    ],
)
async def test_how_a_program_failed_is_one_line(tmp_path: Path, script: str, problem: str) -> None:
    channels = AlarmChannels(make_command(tmp_path, script), environ=ENVIRON)
    line = (await channels.send_notification(NOTICE))[COMMAND]
    assert problem in line and bool(line) is bool(problem)
    assert "\n" not in line and "\x1b" not in line and len(line) <= 300


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        (["/no/such/program"], "/no/such/program cannot be run (No such file or directory)"),
        (["/"], "/ cannot be run (Permission denied)"),
        (["/proc/self/status"], "/proc/self/status cannot be run (Permission denied)"),
    ],
)
async def test_a_program_that_cannot_be_run_is_named(command: Sequence[str], problem: str) -> None:
    channels = AlarmChannels(command, environ=ENVIRON)
    assert await channels.send_notification(NOTICE) == {COMMAND: problem}


def is_alive(process: int) -> bool:
    """Return whether a process runs."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


HANG = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"])
open(sys.argv[1], "w").write(f"{os.getpid()} {child.pid}")
{end}
"""


async def test_a_program_that_hangs_is_killed_with_its_children(tmp_path: Path) -> None:
    command = make_command(tmp_path, HANG.replace("{end}", "time.sleep(300)"))
    channels = AlarmChannels(command, environ=ENVIRON, command_seconds=2)
    line = (await channels.send_notification(NOTICE))[COMMAND]
    assert line.endswith("did not end within 2 s")
    processes = [int(one) for one in (tmp_path / "out.json").read_text().split()]
    await wait_until(lambda: not any(is_alive(one) for one in processes))


async def test_a_child_that_lives_on_delays_nothing(tmp_path: Path) -> None:
    channels = AlarmChannels(make_command(tmp_path, HANG.replace("{end}", "")), environ=ENVIRON)
    began = time.monotonic()
    assert await channels.send_notification(NOTICE) == {COMMAND: ""}
    assert time.monotonic() - began < 20
    child = int((tmp_path / "out.json").read_text().split()[1])
    await wait_until(lambda: not is_alive(child))


async def test_a_program_ends_with_the_sync_that_started_it(tmp_path: Path) -> None:
    command = make_command(tmp_path, HANG.replace("{end}", "time.sleep(300)"))
    sending = asyncio.create_task(AlarmChannels(command, environ=ENVIRON).send_notification(NOTICE))
    file = tmp_path / "out.json"
    await wait_until(lambda: file.exists() and len(file.read_text().split()) == 2)
    sending.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await sending
    processes = [int(one) for one in file.read_text().split()]
    await wait_until(lambda: not any(is_alive(one) for one in processes))


async def test_a_web_server_gets_json(tmp_path: Path) -> None:
    async with run_web_server() as server:
        channels = AlarmChannels(url=f"{server.url}?key=1&x=a%20b", host="desk-1")
        assert await channels.send_notification(NOTICE) == {URL: ""}
    body = {
        "kind": "held_items",
        "account": "mm",
        "text": NOTICE.text,
        "state": "raised",
        "host": "desk-1",
        "at": "1970-01-01T00:00:01+00:00",
    }
    assert server.bodies == [("key=1&x=a%20b", body)]


@pytest.mark.parametrize(
    ("statuses", "tries", "problem"),
    [
        ([204], 1, ""),
        ([500, 200], 2, ""),
        ([429, 200], 2, ""),
        ([503], 2, "HTTP status 503"),
        ([404], 1, "HTTP status 404"),
        ([301], 1, "HTTP status 301"),
        ([403, 200], 1, "HTTP status 403"),
    ],
)
async def test_a_failure_that_may_pass_is_tried_once_more(
    statuses: list[int], tries: int, problem: str
) -> None:
    async with run_web_server(*statuses) as server:
        line = (await AlarmChannels(url=server.url).send_notification(NOTICE))[URL]
    assert problem in line and bool(line) is bool(problem)
    assert len(server.bodies) == tries


async def test_an_address_in_a_file_is_read_each_time(tmp_path: Path) -> None:
    file = tmp_path / "hook"
    channels = AlarmChannels(url=f"file:{file}")
    assert "cannot be read" in (await channels.send_notification(NOTICE))[URL]
    file.write_text("ftp://example.com\n")
    assert "holds no address" in (await channels.send_notification(NOTICE))[URL]
    file.write_text("http://example.com/T0/s3cret\n")
    line = (await channels.send_notification(NOTICE))[URL]
    assert "not encrypted" in line and "s3cret" not in line
    async with run_web_server() as server:
        file.write_text(f"{server.url}\n")
        assert await channels.send_notification(NOTICE) == {URL: ""}
    line = (await channels.send_notification(NOTICE))[URL]
    assert line.startswith("no connection") and server.url not in line


async def test_one_channel_does_not_wait_for_the_other(tmp_path: Path) -> None:
    async with run_web_server() as server:
        channels = AlarmChannels(make_command(tmp_path, RECORD), server.url, environ=ENVIRON)
        assert await channels.send_notification(NOTICE) == {COMMAND: "", URL: ""}
        broken = replace(channels, command=["/no/such/program"])
        lines = await broken.send_notification(NOTICE)
    assert lines[URL] == "" and lines[COMMAND]
    assert len(server.bodies) == 2


def test_no_address_stands_in_the_form_for_logs() -> None:
    assert "s3cret" not in repr(AlarmChannels(url="https://hooks.example.com/s3cret"))
