"""Test `smsdesk doctor`: it finds problems, names the fix, and shows no secret."""

import json
import random
import socket
import sqlite3
from contextlib import closing
from typing import Any

import pytest

from tests.cli.conftest import Desk, Ran
from tests.conftest import OpenStore
from tui.clock import ManualClock, SystemClock
from tui.doctor import checks, provider_checks
from tui.domain.events import Unreadable
from tui.sandbox.app import create_app
from tui.sandbox.server import run_server
from tui.settings.models import Settings
from tui.store.database import Transaction
from tui.store.store import Store
from tui.sync.listener import create_listener, run_listener


def read_findings(ran: Ran) -> dict[str, dict[str, Any]]:
    """Return the findings by subject."""
    return {found["subject"]: found for found in map(json.loads, ran.stdout.splitlines())}


async def test_a_healthy_installation_has_no_finding(desk: Desk, store: Store) -> None:
    ran = desk.run("doctor", "--json")
    found = read_findings(ran)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert found["database"]["verdict"] == "good"
    assert found["file mode"]["line"] == "600"
    assert found["account support_au"]["verdict"] == "good"
    assert found["clock"]["verdict"] == "good"
    assert "sandbox-secret" not in ran.stdout


async def test_people_see_a_verdict_and_the_fix_below(desk: Desk, store: Store) -> None:
    desk.database.chmod(0o644)
    ran = desk.run("doctor", "--offline")
    assert ran.returncode == 1
    assert f"-> chmod 600 {desk.database}" in ran.stdout
    assert any(line.startswith("BAD   file mode") for line in ran.stdout.splitlines())


def test_refused_credentials_are_bad_and_stay_secret(desk: Desk) -> None:
    secret = "not-the-right-one"
    ran = desk.run("doctor", "--json", SMSDESK_ACCOUNTS__SUPPORT_AU__API_SECRET=secret)
    found = read_findings(ran)["account support_au"]
    assert ran.returncode == 1
    assert found["verdict"] == "bad"
    assert found["fix"] == "correct the account's key and secret in the settings"
    assert secret not in ran.stdout


def test_a_provider_out_of_reach_is_bad(desk: Desk) -> None:
    url = "http://127.0.0.1:9/messagemedia"
    ran = desk.run("doctor", "--json", SMSDESK_ACCOUNTS__SUPPORT_AU__BASE_URL=url)
    found = read_findings(ran)
    assert ran.returncode == 1
    assert "Cannot reach" in found["account support_au"]["line"]
    assert "base_url" in found["account support_au"]["fix"]
    assert found["clock"]["line"] == "no provider reported its time"


def test_offline_sends_no_request(desk: Desk) -> None:
    url = "http://127.0.0.1:9/messagemedia"
    ran = desk.run("doctor", "--offline", "--json", SMSDESK_ACCOUNTS__SUPPORT_AU__BASE_URL=url)
    assert ran.returncode == 0
    assert "account support_au" not in read_findings(ran)


def test_wrong_settings_are_reported_and_the_rest_is_still_checked(desk: Desk) -> None:
    ran = desk.run("doctor", "--json", SMSDESK_THEME="mauve")
    assert ran.returncode == 1
    assert "SMSDESK_THEME" in read_findings(ran)["settings"]["line"]
    assert read_findings(ran)["python"]["verdict"] == "good"


def test_an_unknown_country_is_bad(desk: Desk) -> None:
    ran = desk.run("doctor", "--offline", "--json", SMSDESK_DEFAULT_REGION="ZZ")
    assert ran.returncode == 1
    assert read_findings(ran)["settings"]["line"] == 'default_region: there is no country "ZZ"'
    ran = desk.run("doctor", "--offline", "--json", SMSDESK_DEFAULT_REGION="PL")
    assert (ran.returncode, read_findings(ran)["settings"]["verdict"]) == (0, "good")


def test_without_accounts_the_report_explains_how_to_begin(bare: Desk) -> None:
    ran = bare.run("doctor", "--json")
    assert ran.returncode == 1
    assert "smsdesk demo" in read_findings(ran)["accounts"]["fix"]


def test_a_file_that_is_no_inbox_is_bad(desk: Desk) -> None:
    desk.database.write_bytes(b"no database at all " * 200)
    desk.database.chmod(0o600)
    found = read_findings(desk.run("doctor", "--offline", "--json"))["database"]
    assert found["verdict"] == "bad"
    assert "is not a database" in found["line"]


async def test_a_damaged_inbox_is_bad(desk: Desk, open_store: OpenStore) -> None:
    store = await open_store()
    await store.database.write(_create_table)
    await store.database.checkpoint()
    await store.database.close()
    with closing(sqlite3.connect(desk.database)) as connection:
        page = connection.execute(
            "select rootpage from sqlite_master where name = 'messages_by_conversation'"
        ).fetchone()[0]
    with desk.database.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 4096)
    ran = desk.run("doctor", "--offline", "--json")
    assert ran.returncode == 1
    assert read_findings(ran)["database"]["verdict"] == "bad"


def _create_table(transaction: Transaction) -> None:
    """Create a table, so that the file is written at all."""
    transaction.adjust_counter("open", 1)


async def test_unreadable_items_are_counted(desk: Desk, store: Store) -> None:
    await store.ingest.store_events("support_au", [Unreadable("x", "no sender", "{}")])
    found = read_findings(desk.run("doctor", "--offline", "--json"))["held"]
    assert found["verdict"] == "bad"
    assert found["line"] == "support_au: 1 held: no sender"


async def test_it_reports_whether_a_process_syncs(desk: Desk, open_store: OpenStore) -> None:
    idle = read_findings(desk.run("doctor", "--offline", "--json"))
    assert "service" not in idle
    store = await open_store(clock=SystemClock())
    assert (
        "no process polls"
        in read_findings(desk.run("doctor", "--offline", "--json"))["service"]["line"]
    )
    await store.leases.acquire_lease("support_au", duration_ms=60_000, preferred=True)
    served = read_findings(desk.run("doctor", "--offline", "--json"))["service"]
    assert served["verdict"] == "good"


@pytest.mark.parametrize(
    ("version", "verdict"),
    [("3.40.1", "note"), ("3.51.2", "note"), ("3.51.3", "good"), ("3.52.0", "good")],
)
def test_an_sqlite_version_with_the_wal_reset_bug_is_named(version: str, verdict: str) -> None:
    found = checks.check_sqlite(version)
    assert found.verdict == verdict
    assert version in found.line


def make_settings(**values: Any) -> Settings:
    """Return settings with an account whose provider does not exist."""
    account = {
        "provider": "smartswitch",
        "api_key": "key",
        "api_secret": "secret",
        "base_url": "http://127.0.0.1:9",
    }
    return Settings({"accounts": {"sw": account}, **values})


async def test_a_push_only_account_without_a_listener_is_bad() -> None:
    found = await provider_checks.check_accounts(make_settings(), SystemClock(), random.Random(1))
    assert [one.verdict for one in found] == ["bad", "bad"]
    assert "hook_secret" in found[1].fix


async def test_a_push_only_account_with_the_listener_of_the_service_gets_a_note() -> None:
    account = {"provider": "smartswitch", "api_key": "key", "api_secret": "secret"}
    account |= {"base_url": "http://127.0.0.1:9", "hook_secret": "sandbox-hook"}
    made = Settings({"accounts": {"sw": account}})
    found = await provider_checks.check_accounts(made, SystemClock(), random.Random(1))
    assert found[1].verdict == "note"
    assert "while smsdesk sync --listen runs" in found[1].line


async def test_a_wrong_clock_is_bad() -> None:
    clock = ManualClock()
    async with run_server(create_app()) as url:
        account = {"provider": "messagemedia", "api_key": "k", "api_secret": "s", "base_url": url}
        found = await provider_checks.check_clock(Settings({"accounts": {"au": account}}), clock)
    assert found.verdict == "bad"
    assert "behind the provider's" in found.line


async def test_the_address_of_the_listener_is_free_taken_or_ours(store: Store) -> None:
    clock = SystemClock()
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        made = make_settings(listen=f"127.0.0.1:{port}", public_url=f"http://127.0.0.1:{port}")
        taken, _ = await provider_checks.check_listener(made, clock)
    unused, unreachable = await provider_checks.check_listener(made, clock)
    async with run_listener(create_listener(store, []), "127.0.0.1", port):
        ours, public = await provider_checks.check_listener(made, clock)
    assert [one.verdict for one in (taken, unused, unreachable)] == ["bad", "note", "note"]
    assert [one.verdict for one in (ours, public)] == ["good", "good"]


MESSENTE = {
    "SMSDESK_ACCOUNTS__SUPPORT_AU__PROVIDER": "messente",
    "SMSDESK_ACCOUNTS__SUPPORT_AU__HOOK_SECRET": "q7Rk2mXw9ZtB4nLs",
}


def list_lines(ran: Ran) -> list[str]:
    """Return the lines of the findings about the account, with their fixes."""
    found = map(json.loads, ran.stdout.splitlines())
    return [f"{one['verdict']} {one['line']} {one['fix']}" for one in found]


@pytest.mark.parametrize(
    ("changes", "is_bad"),
    [
        ({}, True),
        ({"SMSDESK_ACCOUNTS__SUPPORT_AU__API": "classic"}, True),
        ({"SMSDESK_ACCOUNTS__SUPPORT_AU__HOOK_SECRET": ""}, False),
        (
            {
                "SMSDESK_ACCOUNTS__SUPPORT_AU__HOOK_SECRET": "",
                "SMSDESK_PUBLIC_URL": "https://sms.test",
            },
            True,
        ),
        ({"SMSDESK_ACCOUNTS__SUPPORT_AU__INBOUND_SECRET": "of-the-number"}, False),
        ({"SMSDESK_ACCOUNTS__SUPPORT_AU__PROVIDER": "serwersms"}, False),
    ],
)
def test_a_missing_secret_of_expected_replies_is_bad(
    desk: Desk, changes: dict[str, str], is_bad: bool
) -> None:
    lines = list_lines(desk.run("doctor", "--json", **{**MESSENTE, **changes}))
    bad = [line for line in lines if line.startswith("bad inbound_secret is not set")]
    assert len(bad) == is_bad
    assert not bad or "dashboard, Inbound numbers" in bad[0]
