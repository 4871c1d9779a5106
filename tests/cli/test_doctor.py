"""Test `smsdesk doctor`: it finds problems, names the fix, and shows no secret."""

import asyncio
import json
import os
import random
import re
import socket
import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Desk, Ran
from tests.conftest import OpenStore
from tests.contexts import make_context
from tests.store.builders import get_path
from tests.waiting import wait_until
from tui.clock import HOUR, ManualClock, SystemClock
from tui.desk.format import format_account_health
from tui.doctor import checks, provider_checks
from tui.domain.account import Account, Health
from tui.domain.arrivals import Arrival, Channel, Refusal
from tui.domain.events import Cause, Reply, Unreadable
from tui.providers.catalog import CATALOG
from tui.sandbox.app import create_app
from tui.sandbox.server import run_server
from tui.screens.accounts import format_accounts
from tui.settings.cache import read_preferences
from tui.settings.models import Settings
from tui.store.account_watch import Alarms
from tui.store.engine import Transaction
from tui.store.store import Store
from tui.sync.listener import create_listener
from tui.sync.listener_server import run_listener


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
    await store.database.tend(at_once=True)
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


async def test_two_programs_that_checkpoint_are_noted(desk: Desk, store: Store) -> None:
    assert "replication" not in read_findings(desk.run("doctor", "--offline", "--json"))
    with closing(sqlite3.connect(desk.database)) as connection:
        connection.execute("create table _litestream_seq (id integer primary key, seq integer)")
    found = read_findings(desk.run("doctor", "--offline", "--json"))["replication"]
    assert (found["verdict"], "own_checkpoints = false" in found["fix"]) == ("note", True)
    alone = desk.run("doctor", "--offline", "--json", SMSDESK_OWN_CHECKPOINTS="false")
    assert "replication" not in read_findings(alone)


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


async def test_a_push_only_account_with_an_address_gets_no_note_about_the_service() -> None:
    account = {"provider": "smartswitch", "api_key": "key", "api_secret": "secret"}
    account |= {"base_url": "http://127.0.0.1:9", "hook_secret": "sandbox-hook"}
    made = Settings({"accounts": {"sw": account}})
    found = await provider_checks.check_accounts(made, SystemClock(), random.Random(1))
    assert [one.verdict for one in found] == ["bad"]  # the connection; heartbeats show the rest


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


PUSHED = {
    "SMSDESK_ACCOUNTS__MP__PROVIDER": "messageport",
    "SMSDESK_ACCOUNTS__MP__API_KEY": "key",
    "SMSDESK_ACCOUNTS__MP__API_SECRET": "the-api-secret",
    "SMSDESK_ACCOUNTS__MP__HOOK_SECRET": "q7Rk2mXw9ZtB4nLs",
}


def list_findings(ran: Ran, subject: str) -> list[dict[str, Any]]:
    """Return every finding about a subject."""
    return [
        found for found in map(json.loads, ran.stdout.splitlines()) if found["subject"] == subject
    ]


async def beat(store: Store, host: str) -> None:
    """Record a heartbeat of a listener."""
    await store.listeners.record_heartbeat(
        ["mp"], host=host, agent="ops", kind="service", address="http://10.0.0.2:8780"
    )


async def test_a_push_only_account_without_a_living_listener_is_bad(
    bare: Desk, open_store: OpenStore
) -> None:
    store = await open_store(clock=SystemClock())
    never = list_findings(bare.run("doctor", "--offline", "--json", **PUSHED), "account mp")
    assert [one["verdict"] for one in never] == ["bad"]
    assert never[0]["line"].startswith("No listener, no push heard yet: replies and receipts")
    assert "smsdesk sync --listen" in never[0]["fix"]
    await beat(store, os.uname().nodename)
    await store.accounts.record_push("mp")
    alive = list_findings(bare.run("doctor", "--offline", "--json", **PUSHED), "account mp")
    assert [one["verdict"] for one in alive] == ["good"]
    assert "listens at http://10.0.0.2:8780 since" in alive[0]["line"]
    assert "last push heard" in alive[0]["line"]
    await store.listeners.end_listening()
    ended = list_findings(bare.run("doctor", "--offline", "--json", **PUSHED), "account mp")
    assert [one["verdict"] for one in ended] == ["bad"]
    assert re.match(r"No listener since \d\d:\d\d, last push heard", ended[0]["line"])


async def test_pushes_with_a_wrong_secret_in_their_address_are_bad(
    bare: Desk, open_store: OpenStore
) -> None:
    store = await open_store(clock=SystemClock())
    await store.accounts.save_health("mp", Health.OK, ok_at=SystemClock().now())
    await beat(store, os.uname().nodename)
    await asyncio.sleep(0.01)
    await store.held_items.count_refusals({("mp", Refusal.WRONG_SECRET): 3})
    ran = bare.run("doctor", "--offline", "--json", **PUSHED)
    bad, good = list_findings(ran, "account mp")
    assert (bad["verdict"], good["verdict"]) == ("bad", "good")
    assert bad["line"].startswith("Wrong address: pushes with a wrong secret in it are refused")
    assert "enter the address at the provider again" in bad["fix"]


async def test_settings_that_are_newer_than_the_listener_are_named(
    bare: Desk, open_store: OpenStore, tmp_path: Path
) -> None:
    store = await open_store(clock=SystemClock())
    await beat(store, os.uname().nodename)
    path = tmp_path / "newer.toml"
    path.write_text("grace_seconds = 0\n")
    path.chmod(0o600)
    for offset, is_named in ((60, True), (-60, False)):
        moment = time.time() + offset
        os.utime(path, (moment, moment))
        ran = bare.run("doctor", "--offline", "--json", "--config", str(path), **PUSHED)
        found = [one for one in list_findings(ran, "service") if "older settings" in one["line"]]
        assert [one["verdict"] for one in found] == (["note"] if is_named else [])


async def test_a_listener_of_a_host_with_another_clock_is_waited_for(
    bare: Desk, open_store: OpenStore
) -> None:
    now = SystemClock().now()
    store = await open_store(clock=ManualClock(now - 60_000), owner="far")
    await beat(store, "another-host")

    async def beat_on() -> None:
        clock = store.listeners._clock
        assert isinstance(clock, ManualClock)
        while True:
            await asyncio.sleep(0.2)
            clock.advance(0.2)
            await beat(store, "another-host")

    task = asyncio.create_task(beat_on())
    ran = await asyncio.to_thread(bare.run, "doctor", "--offline", "--json", **PUSHED)
    task.cancel()
    assert [one["verdict"] for one in list_findings(ran, "account mp")] == ["good"]


async def test_an_account_without_credit_is_bad_and_an_alarm_is_a_note(
    bare: Desk, open_store: OpenStore
) -> None:
    store = await open_store(clock=SystemClock())
    await beat(store, os.uname().nodename)
    await store.credit_waits.start_wait("mp", "cannot pay", SystemClock().now())
    await store.alarm_figures.save_alarms("mp", Alarms(SystemClock().now() - 7_200_000, 4, 5, 1))
    found = list_findings(bare.run("doctor", "--offline", "--json", **PUSHED), "account mp")
    assert [one["verdict"] for one in found] == ["bad", "note", "note", "good"]
    assert (
        found[0]["line"].startswith("No credit since") and "top the account up" in found[0]["fix"]
    )
    assert found[1]["line"].startswith("4 messages wait for their receipt longer than usual")
    assert found[2]["line"].startswith("No reply for 2h, which is unusually long")


def test_the_addresses_for_the_provider_are_printed_whole(bare: Desk) -> None:
    environ = {**PUSHED, "SMSDESK_PUBLIC_URL": "https://sms.example.com/desk"}
    address = "https://sms.example.com/desk/hooks/mp/q7Rk2mXw9ZtB4nLs"
    ran = bare.run("doctor", "--offline", **environ)
    for part in ("reply", "receipt"):
        assert f"  {address}/{part}" in ran.stdout.splitlines()
    assert "the-api-secret" not in ran.stdout
    found = list_findings(bare.run("doctor", "--offline", "--json", **environ), "address mp")
    assert [
        f"{address}/{part}" in one["details"]
        for part, one in zip(("reply", "receipt"), found, strict=True)
    ] == [True, True]


def test_a_long_template_is_printed_on_one_line(bare: Desk) -> None:
    name = "SMSDESK_ACCOUNTS__MP__PROVIDER"
    environ = {**PUSHED, name: "messagemedia", "SMSDESK_PUBLIC_URL": "https://sms.example.com"}
    lines = bare.run("doctor", "--offline", **environ).stdout.splitlines()
    (template,) = [line.strip() for line in lines if line.strip().startswith("{")]
    assert template == CATALOG["messagemedia"].panel[0].body


def test_what_is_missing_for_an_address_is_named(bare: Desk) -> None:
    without = {name: value for name, value in PUSHED.items() if "HOOK" not in name}
    found = list_findings(bare.run("doctor", "--offline", "--json", **without), "address mp")
    assert found[0]["verdict"] == "note"
    assert "hook_secret" in found[0]["fix"] and "public_url" in found[0]["fix"]


def test_a_polled_account_has_no_address(desk: Desk) -> None:
    ran = desk.run("doctor", "--offline", "--json")
    assert not [name for name in read_findings(ran) if name.startswith("address")]


def test_a_self_test_needs_the_network(bare: Desk) -> None:
    ran = bare.run("doctor", "--offline", "--selftest")
    assert ran.returncode == 2
    assert "--selftest needs the network" in ran.stderr


async def test_a_self_test_goes_through_the_public_address_into_the_inbox(
    bare: Desk, open_store: OpenStore
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        place = f"127.0.0.1:{free.getsockname()[1]}"
    environ = {**PUSHED, "SMSDESK_PUBLIC_URL": f"http://{place}"}
    with bare.start("sync", "--listen", place, **environ) as service:
        assert service.stdout is not None
        assert service.stdout.readline() == f"listening on http://{place}\n"
        ran = bare.run("doctor", "--selftest", "--json", **environ)
        service.terminate()
        service.communicate(timeout=60)
    assert read_findings(ran)["self-test mp"]["verdict"] == "good"
    down = bare.run("doctor", "--selftest", "--json", **environ)
    assert "is refused" in read_findings(down)["self-test mp"]["line"]
    store = await open_store(clock=SystemClock())
    assert await store.held_items.list_held() == []


async def test_a_killed_listener_is_noticed_by_doctor_and_by_an_open_inbox(
    bare: Desk, open_store: OpenStore
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        place = f"127.0.0.1:{free.getsockname()[1]}"
    with bare.start("sync", "--listen", place, **PUSHED) as service:
        assert service.stdout is not None
        assert service.stdout.readline().startswith("listening on")
        clock = SystemClock()
        store = await open_store(clock=clock)
        served = replace(PUSHED_ACCOUNT, listener=True)

        async def is_marked(wanted: bool) -> bool:
            state = (await store.accounts.get_states()).get("mp")
            dot, text, _ = format_account_health(served, state, clock.now())
            page = format_accounts(
                make_context(clock, accounts=(served,)), {"mp": state} if state else {}
            )
            shown = dot == "▲" and text.startswith("mp no listener since")
            return shown is wanted and ("No listener since" in page.plain) is wanted

        await wait_until(lambda: is_marked(False))
        found = list_findings(bare.run("doctor", "--offline", "--json", **PUSHED), "account mp")
        assert [one["verdict"] for one in found] == ["good"]
        service.kill()
        service.communicate()
    died = clock.monotonic()
    await wait_until(lambda: is_marked(True))
    assert clock.monotonic() - died < 25
    ran = bare.run("doctor", "--offline", "--json", **PUSHED)
    assert ran.returncode == 1
    (dead,) = list_findings(ran, "account mp")
    assert dead["verdict"] == "bad" and dead["line"].startswith("No listener since")


PUSHED_ACCOUNT = Account(
    "mp", "messageport", capabilities=CATALOG["messageport"].capabilities, listener=True
)


def test_f3_names_a_missing_secret_before_anything_is_held(bare: Desk) -> None:
    def list_lines_of_page(**environ: str) -> list[str]:
        """Return the lines of F3 for the accounts of some settings."""
        preferences = read_preferences({**bare.environ, **environ}, None)
        # From the cache too.
        assert read_preferences({**bare.environ, **environ}, None) == preferences
        context = make_context(SystemClock(), accounts=preferences.accounts)
        return format_accounts(context, {}).plain.splitlines()

    account = {
        f"SMSDESK_ACCOUNTS__MO__{name}": value
        for name, value in {
            "PROVIDER": "messente",
            "API_KEY": "user",
            "API_SECRET": "password",
            "HOOK_SECRET": "q7Rk2mXw9ZtB4nLs",
        }.items()
    }
    page = list_lines_of_page(**account)
    place = next(n for n, line in enumerate(page) if "inbound_secret is not set" in line)
    assert "so replies are refused" in page[place]
    assert "dashboard, Inbound numbers" in page[place + 1]
    complete = list_lines_of_page(**account, SMSDESK_ACCOUNTS__MO__INBOUND_SECRET="x")
    assert not any("inbound_secret" in line for line in complete)
    assert not any("is not set" in line for line in list_lines_of_page(**PUSHED))
    del account["SMSDESK_ACCOUNTS__MO__HOOK_SECRET"]
    assert not any("is not set" in line for line in list_lines_of_page(**account))


async def test_what_a_removed_account_holds_is_still_shown(bare: Desk, store: Store) -> None:
    bad = Unreadable("", "It has no number", "", can_confirm=False, cause=Cause.UNREADABLE)
    for account in ("gone", "mp"):
        push = Arrival(Channel.PUSH, account.encode(), method="POST")
        await store.ingest.store_events(account, [bad], arrival=push)
    groups = await store.held_items.summarize()
    for accounts in ((), (PUSHED_ACCOUNT,)):
        context = make_context(SystemClock(), accounts=accounts)
        page = format_accounts(context, {}, groups).plain
        assert "gone  not in the settings any more\n  1 held: It has no number" in page
        assert "add the account to the settings again" in page
        assert page.count("1 held") == 2
    assert [
        json.loads(line)["account"]
        for line in bare.run("held", "list", "--json", **PUSHED).stdout.splitlines()
    ] == ["mp", "gone"]
    ran = bare.run("doctor", "--offline", "--json", **PUSHED)
    found = {one["line"]: one["fix"] for one in list_findings(ran, "held")}
    line = "gone (not in the settings any more): 1 held: It has no number"
    assert found[line].startswith("add the account to the settings again")
    assert "mp: 1 held: It has no number" in found


@pytest.mark.parametrize(("hours", "amount"), [(1, "1h"), (30, "1d"), (24 * 3650, "10y")])
async def test_a_clock_that_was_set_back_is_reported(
    desk: Desk, open_store: OpenStore, hours: int, amount: str
) -> None:
    ahead = ManualClock(SystemClock().now() + hours * HOUR + HOUR // 2)
    store = await open_store(clock=ahead)
    await store.leases.acquire_lease("support_au", duration_ms=8_000, preferred=True)
    findings = read_findings(desk.run("doctor", "--offline", "--json"))
    assert findings["clock set back"]["verdict"] == "bad"
    assert f"set back by {amount} since" in findings["clock set back"]["line"]
    # The lease of the process that died is no proof that anything is fetched or sent.
    assert "no process polls" in findings["service"]["line"]


async def test_what_grows_is_reported_with_rows_and_sizes(
    desk: Desk, open_store: OpenStore
) -> None:
    store = await open_store(clock=SystemClock())
    for number in range(3):
        reply = Reply(f"r{number}", "+61491570156", "Hello", None, "{}")
        await store.ingest.store_events("support_au", [reply])
    copy = get_path(store).with_name(f"{get_path(store).stem}-backup.db")
    copy.write_bytes(b"SQLite format 3\0".ljust(2_000_000))
    copy.with_name(f"{get_path(store).stem}-numbers.csv").write_text("of another program")
    findings = read_findings(desk.run("doctor", "--offline", "--json"))
    assert "messages 3 rows" in findings["growth"]["line"]
    assert findings["backups"]["line"] == f"1 file, 1.9 MB: {copy}"


async def test_a_table_that_nothing_prunes_is_reported(desk: Desk, open_store: OpenStore) -> None:
    store = await open_store(clock=SystemClock())
    await store.database.write(
        lambda t: t.connection.executemany(
            "insert into processes (owner, agent, kind, seen_at) values (:owner, 'mia', 'desk', 0)",
            [{"owner": f"dead {number}"} for number in range(1_001)],
        )
    )
    output = desk.run("doctor", "--offline")
    assert "processes has 1,001 rows, more than 1,000" in output.stdout
