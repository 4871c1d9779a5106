"""Push the cases to `smsdesk sync --listen`, directly or behind nginx, and see how each ends."""

import contextlib
import http.client
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.pushes.cases import HOOK_SECRET, INBOUND_SECRET, PASSWORD, Ending, PushCase
from tests.pushes.requests import RSA_PUBLIC_KEY

ROOT = Path(__file__).parents[2]
_SECONDS = 20.0
_NGINX_RECIPE = ROOT / "tui" / "docs" / "operating.md"
_DOCUMENTED_ADDRESS = "http://127.0.0.1:8780"

_ACCOUNTS = {
    "messageport": {"PROVIDER": "messageport"},
    "smartswitch": {"PROVIDER": "smartswitch"},
    "serwersms": {"PROVIDER": "serwersms"},
    "messente": {"PROVIDER": "messente", "INBOUND_SECRET": INBOUND_SECRET},
    "messagemedia": {"PROVIDER": "messagemedia"},
    "signed": {"PROVIDER": "messagemedia", "SIGNATURE_KEY": RSA_PUBLIC_KEY},
}


@dataclass(frozen=True)
class PushResult:
    """How a push ended."""

    case: PushCase
    status: int
    """HTTP status; 0 if there was no answer."""
    ending: str
    """What it ended as; empty if it left no trace."""
    detail: str
    """The text of the message, or why it was held or refused."""

    @property
    def is_right(self) -> bool:
        """Return whether it ended as the case says."""
        expected = self.case.text or self.case.reason
        return self.ending == self.case.ending and (not expected or self.detail == expected)


@dataclass(frozen=True)
class Listener:
    """A running listener and its database."""

    host: str
    port: int
    database: Path


@contextlib.contextmanager
def run_listener(folder: Path) -> Iterator[Listener]:
    """Run `smsdesk sync --listen` with an account of every provider.

    Args:
        folder: Empty folder for the inbox.
    """
    environ = {
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "SMSDESK_AGENT": "mia",
        "SMSDESK_DATABASE": str(folder / "inbox.db"),
    }
    for name, fields in _ACCOUNTS.items():
        common = {
            "API_KEY": "user",
            "API_SECRET": PASSWORD,
            "BASE_URL": "http://127.0.0.1:9",
            "HOOK_SECRET": HOOK_SECRET,
        }
        for key, value in {**common, **fields}.items():
            environ[f"SMSDESK_ACCOUNTS__{name.upper()}__{key}"] = value
    command = [sys.executable, "-m", "tui", "sync", "--listen", "127.0.0.1:0"]
    process = subprocess.Popen(command, env=environ, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        address = process.stdout.readline().rsplit("/", 1)[-1].strip()
        host, _, port = address.partition(":")
        yield Listener(host, int(port), folder / "inbox.db")
    finally:
        process.terminate()
        process.communicate(timeout=_SECONDS)


def has_nginx() -> bool:
    """Return whether nginx is installed."""
    return _find_nginx() is not None


def _find_nginx() -> str | None:
    """Return the path of nginx, which is often outside of a user's PATH."""
    return shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


def read_recipe() -> str:
    """Return the recipe for nginx from the documentation."""
    text = _NGINX_RECIPE.read_text(encoding="utf-8")
    return text.split("```nginx\n", 1)[1].split("```", 1)[0]


@contextlib.contextmanager
def run_nginx(folder: Path, listener: Listener, recipe: str = "") -> Iterator[Listener]:
    """Run nginx with the documented recipe before a listener; yield its address.

    Args:
        folder: Folder for the configuration and the logs.
        listener: Listener behind the proxy.
        recipe: Recipe to use in place of the documented one.
    """
    program = _find_nginx()
    assert program is not None
    port = _find_free_port()
    used = (recipe or read_recipe()).replace(
        _DOCUMENTED_ADDRESS, f"http://{listener.host}:{listener.port}"
    )
    temporary = "\n".join(
        f"{kind}_temp_path {folder}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config = folder / "nginx.conf"
    config.write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;\n"
        "events {}\n"
        f"http {{ access_log off; {temporary}\n"
        f"server {{ listen 127.0.0.1:{port}; server_name sms.example.com;\n{used}\n}} }}\n"
    )
    process = subprocess.Popen([program, "-e", f"{folder}/early.log", "-c", str(config)])
    try:
        _wait_for_port(port)
        yield Listener("127.0.0.1", port, listener.database)
    finally:
        process.terminate()
        process.wait(timeout=_SECONDS)


def push_cases(listener: Listener, cases: Sequence[PushCase]) -> Iterator[PushResult]:
    """Push the cases one after another and yield how each ended.

    Args:
        listener: Address to push to, and the database behind it.
        cases: Cases in their order.
    """
    with closing(sqlite3.connect(listener.database)) as connection:
        for case in cases:
            before = _read_traces(connection)
            status = _send(listener, case)
            ending, detail = _wait_for_trace(connection, before, _is_expected_late(case))
            yield PushResult(case, status, ending, detail)


Traces = dict[str, tuple[int, str]]


def _read_traces(connection: sqlite3.Connection) -> Traces:
    """Return how many things of each kind are stored, with the newest of each."""
    queries = {
        Ending.MESSAGE: "select count(*), (select m.body from messages m join events e"
        " on e.message_id = m.id order by e.id desc limit 1) from messages where direction = 'in'",
        Ending.RECEIPT: "select count(*), '' from events where kind = 'receipt'",
        Ending.HELD: "select count(*), (select cause from arrivals where cause <> ''"
        " order by id desc limit 1) from arrivals where cause <> ''",
        Ending.REFUSED: "select coalesce(sum(count), 0), (select refusal from refusals"
        " order by last_at desc, rowid desc limit 1) from refusals",
        Ending.KNOWN: "select coalesce(sum(repeats), 0), '' from arrivals",
    }
    return {name: connection.execute(sql).fetchone() for name, sql in queries.items()}


def _is_expected_late(case: PushCase) -> bool:
    """Return whether the trace is written after the answer: refusals are counted in batches."""
    return case.ending is Ending.REFUSED


def _wait_for_trace(
    connection: sqlite3.Connection, before: Traces, is_late: bool
) -> tuple[str, str]:
    """Return the first kind of trace that was added, and its detail."""
    deadline = time.monotonic() + (_SECONDS if is_late else 2.0)
    while time.monotonic() < deadline:
        after = _read_traces(connection)
        for name, (count, detail) in after.items():
            if count > before[name][0]:
                return name, detail or ""
        time.sleep(0.02)
    return "", ""


def _send(listener: Listener, case: PushCase) -> int:
    """Send the request of a case; return the HTTP status, or 0 if there was no answer."""
    request = case.request
    headers = dict(request.headers)
    if request.content_type:
        headers["Content-Type"] = request.content_type
    connection = http.client.HTTPConnection(listener.host, listener.port, timeout=_SECONDS)
    try:
        connection.putrequest(request.method, case.path, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        if request.method != "GET" or request.body:
            connection.putheader("Content-Length", str(len(request.body)))
        body = request.body[: len(request.body) // 2] if case.is_cut else request.body
        connection.endheaders()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.send(body)
        return 0 if case.is_cut else connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def _find_free_port() -> int:
    """Return a port that no program uses now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait_for_port(port: int) -> None:
    """Wait until a server accepts connections."""
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise AssertionError(f"nothing listens on port {port}")


@contextlib.contextmanager
def open_listener(*, behind_nginx: bool) -> Iterator[Listener]:
    """Run a listener in a temporary folder, perhaps with nginx before it.

    Args:
        behind_nginx: Whether the pushes go through nginx.
    """
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="smsdesk-pushes-")))
        listener = stack.enter_context(run_listener(folder))
        if behind_nginx:
            listener = stack.enter_context(run_nginx(folder, listener))
        yield listener
