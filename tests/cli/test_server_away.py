"""Test commands and the service while the database server is away."""

import functools
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import psycopg
import pytest

from tests.cli.conftest import Desk, Sandbox, read_error_line
from tests.database_server import find_free_port
from tests.shared_server import SharedServer
from tests.store.cutting_proxy import CuttingProxy
from tests.waiting import wait_until

pytestmark = pytest.mark.slow

_PASSWORD = "word-that-is-secret"


@pytest.fixture
def proxy(database_server: SharedServer) -> Iterator[CuttingProxy]:
    with CuttingProxy(database_server.get_empty_inbox("away")) as proxy:
        yield proxy


@pytest.mark.parametrize("command", [("sync", "--once"), ("threads",), ("search", "x")])
def test_a_command_fails_in_one_line_and_may_be_tried_again(
    desk: Desk, command: tuple[str, ...]
) -> None:
    address = f"postgresql://desk@127.0.0.1:{find_free_port()}/desk"
    ran = desk.run(*command, SMSDESK_DATABASE=address, SMSDESK_DATABASE_PASSWORD=_PASSWORD)
    line = read_error_line(ran)
    assert "cannot be reached" in line and _PASSWORD not in line
    assert ran.returncode == 1  # not 2, with which a service manager would give up


async def test_a_service_waits_for_the_server_and_survives_it(
    desk: Desk, sandbox: Sandbox, proxy: CuttingProxy
) -> None:
    with psycopg.connect(proxy.direct.address) as connection:
        info = connection.info
        address = f"postgresql://{info.user}@127.0.0.1:{proxy.port}/{info.dbname}"
    proxy.close()
    environ = {"SMSDESK_DATABASE": address, "SMSDESK_DATABASE_PASSWORD": _PASSWORD}
    with desk.start("sync", **environ) as service:
        assert service.stdout is not None and service.stderr is not None
        lines, errors = _collect(service.stdout), _collect(service.stderr)
        await wait_until(lambda: bool(errors))
        assert "cannot be reached" in errors[0] and errors[0].endswith(": waiting\n")
        proxy.open_again()
        await wait_until(lambda: any("support_au: ok" in line for line in lines))
        for text in ("first", "second"):
            proxy.close()
            customer = {"from": "+61491570156", "text": text}
            sandbox.post_control("inbound", provider="messagemedia", **customer)
            await wait_until(functools.partial(_has_refused, proxy, proxy.refused + 8))
            proxy.open_again()
            await wait_until(functools.partial(_is_stored, proxy, text))
        again = "database server: answers again, after "
        await wait_until(lambda: any(line.startswith(again) for line in lines))
        assert any("it is tried again until it answers" in line for line in lines)
        service.send_signal(signal.SIGTERM)
        assert service.wait(60) == 128 + signal.SIGTERM
    assert len(errors) == 1
    logs = _read_logs(desk.home)
    assert any("leases not renewed" in log for log in logs)
    written = "".join([*errors, *lines, *logs])
    assert _PASSWORD not in written
    assert "Traceback" not in written


def _collect(stream: IO[str]) -> list[str]:
    """Return a list that a thread fills with the lines of a stream."""
    lines: list[str] = []
    threading.Thread(target=lambda: lines.extend(iter(stream.readline, "")), daemon=True).start()
    return lines


def _has_refused(proxy: CuttingProxy, number: int) -> bool:
    """Return whether so many connections were refused."""
    return proxy.refused >= number


def _is_stored(proxy: CuttingProxy, text: str) -> bool:
    """Return whether a text has arrived in the inbox."""
    with psycopg.connect(proxy.direct.address) as connection:
        found = connection.execute("select 1 from messages where body = %s", [text]).fetchall()
    return bool(found)


def _read_logs(home: Path) -> list[str]:
    """Return what the program has written to its logs."""
    return [path.read_text(errors="replace") for path in home.rglob("*.log*") if path.is_file()]
