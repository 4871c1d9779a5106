"""Test `smsdesk follow`: resumable, quiet at its end, with one line about what is gone."""

import json
import signal
import subprocess
import sys

import pytest

from tests.cli.conftest import ROOT, Desk, read_error_line
from tests.store.builders import ACCOUNT, make_outgoing, make_reply
from tests.waiting import wait_until
from tui.clock import DAY, ManualClock
from tui.store.store import Store


async def store_replies(store: Store, count: int) -> None:
    """Store some replies, each in a transaction of its own."""
    for n in range(count):
        await store.ingest.store_events(ACCOUNT, [make_reply(f"text {n}")])


async def test_events_are_printed_once_and_resumed_behind_the_last(
    bare: Desk, store: Store
) -> None:
    await store_replies(store, 3)
    await store.intents.queue_message(make_outgoing())
    found = bare.read_objects("follow", "--since", "0", "--once")
    assert [one["id"] for one in found] == list(range(1, len(found) + 1))
    assert [one["kind"] for one in found] == ["reply", "conversation", "reply", "reply", "queued"]
    assert found[0]["message"]["text"] == "text 0"
    rest = bare.read_objects("follow", "--since", "3", "--once", "--kind", "queued")
    assert rest == found[4:]
    assert bare.read_objects("follow", "--once") == []


async def test_new_events_are_printed_as_they_happen(bare: Desk, store: Store) -> None:
    await store_replies(store, 1)
    process = bare.start("follow", "--json", "--since", "0")
    assert process.stdout is not None
    try:
        assert [json.loads(process.stdout.readline())["id"] for _ in range(2)] == [1, 2]
        await store_replies(store, 2)
        lines = [json.loads(process.stdout.readline()) for _ in range(2)]
        assert [(one["id"], one["message"]["text"]) for one in lines] == [
            *((3, "text 0"), (4, "text 1"))
        ]
    finally:
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (130, "")


async def test_it_ends_when_its_reader_has_gone_although_nothing_happens(
    bare: Desk, store: Store
) -> None:
    await store_replies(store, 1)
    process = subprocess.Popen(
        [sys.executable, "-m", "tui", "follow", "--since", "0"],
        env=dict(bare.environ),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    await wait_until(lambda: process.poll() is not None)
    assert (process.returncode, process.stderr.read()) == (141, b"")
    process.stderr.close()


async def test_events_that_are_gone_end_it_with_a_code_of_their_own(
    bare: Desk, store: Store, clock: ManualClock
) -> None:
    await store_replies(store, 2)
    clock.advance(8 * DAY / 1000)
    await store_replies(store, 1)
    await store.journal.prune()
    ran = bare.run("follow", "--since", "1", "--once")
    assert ran.returncode == 4
    assert "events are kept for 7 days, and those after 1 are gone" in read_error_line(ran)
    assert [one["id"] for one in bare.read_objects("follow", "--since", "0", "--once")] == [4]


@pytest.mark.parametrize(
    ("since", "line"),
    [("99", "there is no event 99 yet, the newest is 2"), ("-1", "--since"), ("x", "not the id")],
)
async def test_a_wrong_id_is_refused(bare: Desk, store: Store, since: str, line: str) -> None:
    await store_replies(store, 1)
    ran = bare.run("follow", "--once", "--since", since)
    assert ran.returncode == 2
    assert line in read_error_line(ran)


async def test_a_line_for_people_is_harmless(bare: Desk, store: Store) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply("\x1b[2J\nforged \u202e[red]")])
    first, _ = bare.run("follow", "--since", "0", "--once").stdout.splitlines()
    assert "reply" in first and "forged" in first
    assert first.isprintable()


async def test_hooks_are_listed_and_a_wrong_name_refused(bare: Desk, store: Store) -> None:
    await store_replies(store, 1)
    hooks = '{"reply": ["/bin/true"], "crm": ["/bin/true"]}'
    ran = bare.run("hooks", SMSDESK_HOOKS=hooks)
    assert "hook reply  /bin/true  begins" in ran.stdout
    assert "hook crm  /bin/true  run by rules" in ran.stdout
    await store.event_targets.add_targets(["hook reply"])
    (found,) = bare.read_objects("hooks")
    assert (found["name"], found["configured"], found["position"]) == ("hook reply", False, 2)
    await store_replies(store, 1)
    assert bare.run("hooks", "skip", "hook reply").returncode == 0
    target = await store.event_targets.get_target("hook reply")
    assert target and target.position == 3
    assert bare.run("hooks", "forget", "hook reply").returncode == 0
    ran = bare.run("hooks", "retry", "hook reply")
    assert (ran.returncode, 'there is no "hook reply"' in read_error_line(ran)) == (2, True)
