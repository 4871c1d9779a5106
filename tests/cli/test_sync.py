"""Test `smsdesk sync`: killed at any time, it loses no reply and sends nothing twice."""

import contextlib
import random
import signal
import socket
import sqlite3
import time
from dataclasses import replace
from typing import Any

import pytest

from tests.cli.conftest import Desk, Sandbox, read_error_line, run_sandbox
from tests.waiting import wait_until

CUSTOMERS = tuple(f"+6149157{number:04d}" for number in (156, 157, 158, 159, 110))


def send_from_customer(sandbox: Sandbox, customer: str, text: str) -> None:
    """Let a customer write."""
    sandbox.post_control("inbound", provider="messagemedia", **{"from": customer}, text=text)


def test_once_fetches_sends_and_prints_a_summary(desk: Desk, sandbox: Sandbox) -> None:
    # Else a slow machine receives the receipt of what it has just sent as well.
    sandbox.post_control("receipts", provider="messagemedia", mode="held")
    send_from_customer(sandbox, CUSTOMERS[0], "Hello?")
    desk.run("send", "--to", CUSTOMERS[1], "--text", "Hello!")
    ran = desk.run("sync", "--once")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "sent 1, received 1\n", "")
    texts = {thread["number"]: thread["preview"] for thread in desk.read_objects("threads")}
    assert texts == {CUSTOMERS[0]: "Hello?", CUSTOMERS[1]: "Hello!"}
    assert sandbox.replies["waiting"] == []


def test_once_reports_errors_and_fails(desk: Desk) -> None:
    ran = desk.run("sync", "--once", SMSDESK_ACCOUNTS__SUPPORT_AU__API_SECRET="not-this-one")
    assert ran.returncode == 1
    assert "support_au" in ran.stderr
    assert "not-this-one" not in ran.stderr + ran.stdout


def test_once_reports_each_error_once(desk: Desk) -> None:
    desk.run("send", "--to", CUSTOMERS[1], "--text", "Hello!")
    ran = desk.run("sync", "--once", SMSDESK_ACCOUNTS__SUPPORT_AU__BASE_URL="http://127.0.0.1:9")
    assert ran.returncode == 1
    assert ran.stderr.count("Cannot reach MessageMedia") == ran.stderr.count("\n") == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT])
async def test_a_service_reports_account_health_and_stops_on_a_signal(
    desk: Desk, number: signal.Signals
) -> None:
    with desk.start("sync") as service:
        assert service.stdout is not None
        lines = [service.stdout.readline(), service.stdout.readline()]
        service.send_signal(number)
        rest, errors = service.communicate(timeout=60)
    assert lines == ["serving support_au; Ctrl+C stops\n", "support_au: ok\n"]
    assert rest.endswith("stopping\n")
    assert (service.returncode, errors) == (128 + number, "")
    with contextlib.closing(sqlite3.connect(desk.database)) as connection:
        for table in ("leases", "processes"):
            assert connection.execute(f"select count(*) from {table}").fetchone() == (0,)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_one_round_ends_in_order_at_a_signal(
    desk: Desk, sandbox: Sandbox, number: signal.Signals
) -> None:
    sandbox.post_control("faults", provider="messagemedia", fault="timeout", count=-1)
    with desk.start("sync", "--once") as service:
        wait_for_process(desk)
        service.send_signal(number)
        service.communicate(timeout=60)
    assert service.returncode == 128 + number
    with contextlib.closing(sqlite3.connect(desk.database)) as connection:
        assert connection.execute("select count(*) from leases").fetchone() == (0,)


def wait_for_process(desk: Desk) -> None:
    """Wait until a process serves the account."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with (
            contextlib.suppress(sqlite3.Error),
            contextlib.closing(
                sqlite3.connect(f"file:{desk.database}?mode=ro", uri=True)
            ) as reader,
        ):
            if reader.execute("select count(*) from leases").fetchone() != (0,):
                return
        time.sleep(0.02)
    raise AssertionError("no process serves the account")


async def test_a_killed_service_sends_nothing_twice_and_loses_no_reply(
    desk: Desk, sandbox: Sandbox
) -> None:
    chance = random.Random(7)
    for number in range(12):
        send_from_customer(sandbox, CUSTOMERS[number % len(CUSTOMERS)], f"question {number}")
        desk.run("send", "--to", CUSTOMERS[number % len(CUSTOMERS)], "--text", f"answer {number}")
        if number % 3 == 0:
            with desk.start("sync") as service:
                time.sleep(chance.uniform(0.3, 1.2))
                service.kill()
                service.communicate()
    with desk.start("sync") as service:
        await wait_until(
            lambda: service.poll() is not None or is_all_done(desk, sandbox),
            timeout=60,
            what="all is settled",
        )
        assert service.poll() is None, service.communicate()
        service.terminate()
        service.communicate(timeout=60)
    sent = [message["text"] for message in sandbox.accepted]
    assert len(sent) == len(set(sent))
    lost = {f"answer {number}" for number in range(12)} - set(sent)
    assert lost <= {m["text"] for m in list_messages(desk) if m["status"] == "uncertain"}
    came = sorted(m["text"] for m in list_messages(desk) if m["direction"] == "in")
    assert came == sorted(f"question {number}" for number in range(12))


def list_messages(desk: Desk) -> list[dict[str, Any]]:
    """Return every message of every conversation."""
    numbers = [str(thread["number"]) for thread in desk.read_objects("threads")]
    return [message for number in numbers for message in desk.read_objects("messages", number)]


def is_all_done(desk: Desk, sandbox: Sandbox) -> bool:
    """Return whether every reply is fetched and every message is handed over."""
    at_home = {"queued", "sending"}
    return not sandbox.replies["waiting"] and not any(
        message["status"] in at_home for message in list_messages(desk)
    )


def test_an_address_in_use_is_one_error_line(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        place = f"127.0.0.1:{taken.getsockname()[1]}"
        ran = desk.run("sync", "--listen", place)
    assert ran.returncode == 2
    assert f"Cannot listen on {place}" in read_error_line(ran)


async def test_pushed_messages_are_stored(bare: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        place = f"127.0.0.1:{free.getsockname()[1]}"
    with run_sandbox("--push-to", f"http://{place}") as sandbox:
        desk = replace(bare, environ={**bare.environ, **make_push_only_settings(sandbox)})
        with desk.start("sync", "--listen", place) as service:
            assert service.stdout is not None
            assert service.stdout.readline() == f"listening on http://{place}\n"
            sandbox.post_control(
                "inbound", provider="messageport", text="Hi", **{"from": CUSTOMERS[0]}
            )
            await wait_until(lambda: "Hi" in desk.run("threads").stdout)
            ran = desk.run("send", "--to", CUSTOMERS[0], "--text", "Hello", "--wait")
            service.terminate()
            service.communicate(timeout=60)
    assert ran.stdout.splitlines()[-1].startswith("delivered")


def make_push_only_settings(sandbox: Sandbox) -> dict[str, str]:
    """Return the settings of an account at a provider that only pushes."""
    settings = {
        "PROVIDER": "messageport",
        "API_KEY": "sandbox",
        "API_SECRET": "sandbox-secret",
        "BASE_URL": f"{sandbox.url}/messageport/rest/v1",
        "HOOK_SECRET": "sandbox-hook",
    }
    return {f"SMSDESK_ACCOUNTS__MESSAGEPORT__{name}": value for name, value in settings.items()}


def test_without_accounts_there_is_nothing_to_sync(bare: Desk) -> None:
    ran = bare.run("sync", "--once")
    assert ran.returncode == 2
    assert "no account" in read_error_line(ran)
