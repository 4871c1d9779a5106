"""Test what operators do with the commands: scrape figures, send a test, send alarms by cron."""

import json
import re
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.cli.conftest import Desk, Ran
from tests.store.builders import MIA
from tests.waiting import wait_until
from tui.domain.arrivals import Arrival, Channel, HeldReason
from tui.domain.events import Cause
from tui.store.store import Store

SCRIPT = """
import json, os, sys
with open(sys.argv[1], "a") as file:
    kind, state = os.environ["SMSDESK_ALARM_KIND"], os.environ["SMSDESK_ALARM_STATE"]
    print(json.dumps([kind, state, sys.stdin.read()]), file=file)
"""


@pytest.fixture
def command(desk: Desk) -> str:
    """Return a command, as text of a variable, that writes the alarms to a file."""
    script = desk.home / "notify me.py"
    script.write_text(SCRIPT)
    return f"{sys.executable} '{script}' {desk.home / 'alarms.jsonl'}"


def read_alarms(desk: Desk) -> list[list[str]]:
    """Return kind, state and text of each alarm that reached the command."""
    file = desk.home / "alarms.jsonl"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def find_result(ran: Ran, text: str) -> dict[str, str]:
    """Return the finding whose line contains a text."""
    lines = map(json.loads, ran.stdout.splitlines())
    return next(one for one in lines if text in one["line"])


async def hold_item(store: Store) -> None:
    """Hold an item."""
    arrival = Arrival(Channel.PUSH, f"from={MIA}".encode(), method="POST")
    await store.held_items.hold("support_au", arrival, HeldReason(Cause.UNREADABLE, "no field"))


@contextmanager
def run_sync(desk: Desk, **environ: str) -> Iterator[str]:
    """Run `smsdesk sync` with a listener for the time of the block; yield its address."""
    process = desk.start("sync", "--listen", "127.0.0.1:0", **environ)
    try:
        assert process.stdout is not None
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found, process.communicate()
        yield found[0]
    finally:
        process.terminate()
        process.communicate(timeout=30)


def fetch(url: str, **headers: str) -> tuple[int, str]:
    """Return status and text of an answer."""
    try:
        with urllib.request.urlopen(
            urllib.request.Request(url, headers=headers), timeout=30
        ) as got:
            return got.status, got.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_the_service_serves_figures_of_the_accounts_it_serves(desk: Desk) -> None:
    with run_sync(desk) as url:

        def scrape() -> bool:
            """Return whether the account is served, by the figures."""
            status, text = fetch(f"{url}/metrics")
            assert status == 200 and "sandbox-secret" not in text
            families = {one.name: one for one in text_string_to_metric_families(text)}
            assert families["smsdesk_build_info"].samples
            assert families["process_start_time_seconds"].samples or sys.platform != "linux"
            leases = families["smsdesk_lease_held"].samples
            healths = families["smsdesk_account_health"].samples
            return any(one.value == 1 for one in leases) and any(
                one.value == 1 and one.labels["health"] == "ok" for one in healths
            )

        subprocess_wait(scrape)


def subprocess_wait(condition: object) -> None:
    """Wait for a condition outside of an event loop."""
    import asyncio

    asyncio.run(wait_until(condition))  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("token", "headers", "status"),
    [
        ("t0ken", {"Authorization": "Bearer t0ken"}, 200),
        ("t0ken", {"Authorization": "Bearer other"}, 404),
        ("", {"Authorization": "Bearer "}, 404),
    ],
)
def test_a_token_of_a_file_is_asked_for(
    desk: Desk, token: str, headers: dict[str, str], status: int
) -> None:
    file = desk.home / "token"
    file.write_text(f"{token}\n")
    with run_sync(desk, SMSDESK_METRICS_TOKEN_FILE=str(file)) as url:
        assert fetch(f"{url}/metrics", **headers)[0] == status
        assert fetch(f"{url}/healthz")[0] == 200


def test_figures_can_be_switched_off(desk: Desk) -> None:
    with run_sync(desk, SMSDESK_METRICS="off") as url:
        assert fetch(f"{url}/metrics") == (404, "")


async def test_a_test_alarm_says_what_happened(desk: Desk, store: Store, command: str) -> None:
    ran = desk.run("doctor", "--json", "--notify", SMSDESK_NOTIFY_COMMAND=command)
    assert find_result(ran, "notify_command: the test was delivered")["verdict"] == "good"
    ((kind, state, text),) = read_alarms(desk)
    assert (kind, state) == ("test", "test") and "this is a test" in text
    ran = desk.run("doctor", "--json", "--offline", SMSDESK_NOTIFY_COMMAND=command)
    assert find_result(ran, "the last one was delivered")["verdict"] == "good"
    assert ran.returncode == 0


async def test_a_channel_that_fails_is_bad_until_it_works(
    desk: Desk, store: Store, tmp_path: Path
) -> None:
    url = "http://127.0.0.1:9/hooks/s3cret"
    ran = desk.run("doctor", "--json", "--notify", SMSDESK_NOTIFY_URL=url)
    assert find_result(ran, "notify_url: no connection")["verdict"] == "bad"
    ran = desk.run("doctor", "--json", "--offline", SMSDESK_NOTIFY_URL=url)
    assert "notify_url: the alarm of" in find_result(ran, "failed")["line"]
    assert (ran.returncode, "s3cret" in ran.stdout) == (1, False)
    assert desk.run("doctor", "--offline").returncode == 0


def test_without_a_channel_there_is_nothing_to_test(desk: Desk) -> None:
    ran = desk.run("doctor", "--json", "--notify")
    assert find_result(ran, "nowhere to send")["verdict"] == "bad"
    assert not desk.database.exists()


def test_a_program_that_is_missing_is_bad(desk: Desk) -> None:
    ran = desk.run("doctor", "--json", "--offline", SMSDESK_NOTIFY_COMMAND="no-such-program -b")
    assert find_result(ran, "no-such-program is not there")["verdict"] == "bad"


@pytest.mark.parametrize("option", ["--notify", "--send-alarms", "--selftest"])
def test_nothing_is_sent_offline(desk: Desk, option: str) -> None:
    ran = desk.run("doctor", "--offline", option)
    assert ran.returncode == 2 and f"{option} needs the network" in ran.stderr


async def test_cron_sends_what_no_process_sends_and_is_quiet(
    desk: Desk, store: Store, command: str
) -> None:
    await hold_item(store)
    for _ in range(2):
        ran = desk.run("doctor", "--send-alarms", SMSDESK_NOTIFY_COMMAND=command)
        assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    text = "support_au: 1 held item; see smsdesk held list\n"
    assert read_alarms(desk) == [["held_items", "raised", text]]


async def test_cron_says_that_an_alarm_could_not_be_sent(desk: Desk, store: Store) -> None:
    await hold_item(store)
    ran = desk.run("doctor", "--send-alarms", SMSDESK_NOTIFY_COMMAND="/bin/false")
    assert ran.returncode == 1
    assert "BAD   alarms" in ran.stdout and "/bin/false ended with code 1" in ran.stdout


async def test_an_address_in_the_clear_is_refused(desk: Desk, store: Store) -> None:
    url = "http://hooks.example.com/s3cret"
    ran = desk.run("threads", SMSDESK_NOTIFY_URL=url)
    assert (ran.returncode, "s3cret" in ran.stderr) == (2, False)
    assert "notify_url is not encrypted" in ran.stderr
    assert (
        desk.run("threads", SMSDESK_NOTIFY_URL=url, SMSDESK_NOTIFY_ALLOW_HTTP="1").returncode != 2
    )
