"""Test the event log: each change once, in order, whole or not at all, on both engines."""

import asyncio
import json
import random
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import OpenStore
from tests.store.builders import (
    ACCOUNT,
    MIA,
    TOM,
    get_conversation,
    get_message,
    make_outgoing,
    make_receipt,
    make_reply,
    store_sent,
)
from tests.waiting import wait_until
from tui.clock import DAY, ManualClock
from tui.domain.arrivals import Arrival, Channel, HeldReason
from tui.domain.change import JournalKind
from tui.domain.database import Database
from tui.domain.events import Cause
from tui.domain.inbox_events import JournalEntry, event_to_json
from tui.domain.message import Direction
from tui.domain.phone import parse_address
from tui.domain.status import Status
from tui.store.errors import EventsGoneError
from tui.store.journal import DAYS_KEPT, queue_hook
from tui.store.store import Store

READS_ALL = 100_000


async def read_all(store: Store, after: int = 0) -> list[JournalEntry]:
    """Return all events."""
    return await store.journal.list_entries(after, READS_ALL)


async def read_json(store: Store, after: int) -> list[dict[str, Any]]:
    """Return all events after one as JSON."""
    return [event_to_json(one) for one in await store.journal.list_happenings(after, READS_ALL)]


async def test_a_reply_is_an_event_with_its_message_and_conversation(store: Store) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply("Hello")])
    first, second = await read_json(store, 0)
    assert (first["id"], first["kind"], first["before"]) == (1, "reply", None)
    assert (first["message"]["text"], first["conversation"]["number"]) == ("Hello", MIA)
    assert (second["kind"], second["change"], second["message"]) == ("conversation", {}, None)


async def test_every_step_of_a_message_is_one_event(store: Store, clock: ManualClock) -> None:
    message = await store_sent(store)
    await store.ingest.store_events(ACCOUNT, [make_receipt(Status.SUBMITTED, "p-1")])
    await store.ingest.store_events(ACCOUNT, [make_receipt(Status.DELIVERED, "p-1")])
    await store.ingest.store_events(ACCOUNT, [make_receipt(Status.SUBMITTED, "p-1")])  # too late
    steps = [e for e in await read_all(store) if e.message_id == message.id]
    assert [e.kind.value for e in steps] == ["queued", *["status"] * 4]
    assert [e.detail["status"] for e in steps[1:]] == [
        "sending",
        "accepted",
        "submitted",
        "delivered",
    ]
    assert steps[0].agent == "ana"
    await check_chains(store)


async def test_every_way_a_status_changes_is_an_event(store: Store, clock: ManualClock) -> None:
    intents, outbox = store.intents, store.outbox
    cancelled = await intents.queue_message(make_outgoing("a"))
    assert await intents.cancel_queued(cancelled.id, "ana")
    again = await intents.queue_message(make_outgoing("b"))
    await outbox.claim_due_messages("a", ACCOUNT, 9)
    await outbox.requeue_messages("a", [(again.id, 0, "busy")])
    await outbox.claim_due_messages("gone", ACCOUNT, 9)
    clock.advance(60)
    assert await outbox.settle_abandoned_claims(clock.now()) == 1
    assert await intents.resolve_uncertain(again.id, "ana", went_out=True)
    assert await intents.reopen_resolved([again.id], "ana") == [again.id]
    assert await intents.resolve_uncertain(again.id, "ana", went_out=False)
    queued = await intents.queue_message(make_outgoing("c"))
    thread = await get_conversation(store)
    await store.consent.record_decision(thread.id, "ana", opted_out=True, evidence="by phone")
    assert (await get_message(store, queued.id)).status is Status.REJECTED
    assert {e.detail["status"] for e in await read_all(store) if e.kind == "status"} == {
        *("cancelled", "sending", "queued", "uncertain", "accepted", "failed", "rejected")
    }
    await check_chains(store)


async def check_chains(store: Store) -> None:
    """Check that the steps of each message follow each other, up to its status of now."""
    latest: dict[int, str] = {}
    for entry in await read_all(store):
        if entry.kind is JournalKind.QUEUED:
            latest[entry.message_id] = "queued"
        elif entry.kind is JournalKind.STATUS:
            assert entry.detail["before"] == latest[entry.message_id]
            latest[entry.message_id] = entry.detail["status"]
    for message_id, status in latest.items():
        assert (await get_message(store, message_id)).status == status


async def test_what_is_done_to_a_conversation_says_what_it_was_and_who_did_it(
    store: Store, clock: ManualClock
) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply()])
    thread = await get_conversation(store)
    start, until = await store.journal.get_last_id(), clock.now() + DAY
    await store.triage.assign_conversations([thread.id], "ana", "tom")
    await store.triage.set_labels([thread.id], "ana", {"vip": True, "late": True})
    await store.triage.set_star([thread.id], "tom", True)
    before = await store.triage.snooze_conversations([thread.id], "tom", until)
    await store.triage.undo_changes(before, "tom")
    await store.triage.close_conversations([thread.id], "ana")
    await store.triage.close_conversations([thread.id], "ana")  # nothing is new
    await store.ingest.store_events(ACCOUNT, [make_reply("Again")])
    found = [one for one in await read_json(store, start) if one["kind"] == "conversation"]
    snoozed = {"state": "snoozed", "snoozed_until": "2026-03-05T08:00:00.000Z"}
    assert [(one["agent"], one["change"], one["before"]) for one in found] == [
        ("ana", {"assignee": "tom"}, {"assignee": ""}),
        ("ana", {"labels": ["late", "vip"]}, {"labels": []}),
        ("tom", {"starred": True}, {"starred": False}),
        ("tom", snoozed, {"state": "open", "snoozed_until": None}),
        ("tom", {"state": "open", "snoozed_until": None}, snoozed),
        ("ana", {"state": "closed"}, {"state": "open"}),
        ("", {"state": "open"}, {"state": "closed"}),
    ]


async def test_notes_opt_outs_held_items_and_merges_are_events(store: Store) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply(), make_reply("Hi", TOM)])
    mia, tom = await get_conversation(store), await get_conversation(store, TOM)
    start = await store.journal.get_last_id()
    note = await store.messages.add_note(mia.id, "ana", "Call her")
    assert await store.messages.withdraw_note(note, "ana")
    await store.consent.record_decision(mia.id, "ana", opted_out=True, evidence="by phone")
    await store.consent.record_decision(mia.id, "ana", opted_out=False, evidence="by phone")
    reason = HeldReason(Cause.UNREADABLE, "not JSON")
    await store.held_items.hold(ACCOUNT, Arrival(Channel.PUSH, body=b"{"), reason)
    merge = await store.merges.merge_conversations(mia.id, tom.id, "ana")
    assert await store.merges.undo_merge(merge, "ana")
    found = [(e.kind.value, dict(e.detail)) for e in await read_all(store, start)]
    assert [kind for kind, _ in found if kind != "conversation"] == [
        *("note", "note_withdrawn", "opt_out", "opt_out", "held", "merged", "separated")
    ]
    details = dict(found[2:])
    assert details["held"] == {"account": ACCOUNT, "cause": "unreadable"}
    assert details["merged"] == {"merged": str(tom.id)}


async def test_an_event_of_a_merged_conversation_shows_the_one_it_is_part_of(store: Store) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply(), make_reply("Hi", TOM)])
    mia, tom = await get_conversation(store), await get_conversation(store, TOM)
    await store.merges.merge_conversations(mia.id, tom.id, "ana")
    found = await read_json(store, 0)
    assert {one["conversation"]["id"] for one in found} == {str(mia.id)}


async def test_an_event_contains_no_text_of_a_customer(store: Store) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply("Secret words")])
    thread = await get_conversation(store)
    await store.messages.add_note(thread.id, "ana", "Secret note")
    await store.intents.queue_message(make_outgoing("Secret answer"))
    await store.consent.record_decision(thread.id, "ana", opted_out=True, evidence="Secret")
    rows = await store.database.read(lambda c: c.execute("select * from journal").fetchall())
    assert "Secret" not in repr([tuple(row) for row in rows])


async def test_a_transaction_that_fails_leaves_neither_events_nor_holes(store: Store) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply()])
    before = await store.journal.get_last_id()

    def fail(transaction: Any) -> None:
        transaction.record_event(JournalKind.REPLY, 1, 1)
        transaction.flush(0)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await store.database.write(fail)
    await store.ingest.store_events(ACCOUNT, [make_reply("Next")])
    assert [e.id for e in await read_all(store, before)] == [before + 1]


async def test_a_named_hook_is_an_event_that_wakes_watchers(store: Store) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply()])
    thread = await get_conversation(store)
    before, number = await store.journal.get_last_id(), await store.feed.get_last_number()
    event = {"rule": "vip"}
    await store.database.write(
        lambda t: queue_hook(t, "crm", event, conversation_id=thread.id, message_id=thread.last_id)
    )
    (found,) = await read_json(store, before)
    assert (found["kind"], found["change"]) == ("hook", {"rule": "vip", "hook": "crm"})
    assert found["message"]["text"] == "Hello"
    assert await store.feed.get_last_number() == number + 1


async def test_old_events_are_deleted_and_who_needs_them_is_refused(
    store: Store, clock: ManualClock
) -> None:
    for n in range(3):
        await store.ingest.store_events(ACCOUNT, [make_reply(f"{n}")])
    old = await store.journal.get_last_id()
    clock.advance((DAYS_KEPT * DAY + 1) / 1000)
    await store.upkeep.prune()
    assert [e.id for e in await read_all(store)] == [old]  # the ids go on from the newest
    await store.ingest.store_events(ACCOUNT, [make_reply("new")])
    assert [e.id for e in await read_all(store, old)] == [old + 1]
    assert [e.id for e in await read_all(store)] == [old, old + 1]
    with pytest.raises(EventsGoneError, match=f"those after 1 are gone: the oldest is {old}"):
        await read_all(store, 1)


async def test_a_time_of_a_clock_that_was_ahead_does_not_keep_events(
    store: Store, clock: ManualClock
) -> None:
    clock.advance(400 * DAY / 1000)
    await store.ingest.store_events(ACCOUNT, [make_reply("ahead")])
    clock.advance(-400 * DAY / 1000)
    await store.ingest.store_events(ACCOUNT, [make_reply("now")])
    await store.journal.prune()
    assert [e.kind for e in await read_all(store)] == [JournalKind.REPLY]


@pytest.fixture
def program(home: Database) -> list[str]:
    """Return the command of a process that works on the inbox of this test."""
    return [sys.executable, "-m", "tests.store.journal_process", format_database(home)]


def format_database(database: Database) -> str:
    """Return a database as an argument."""
    if isinstance(database, Path):
        return json.dumps({"path": str(database)})
    return json.dumps(asdict(database))


@pytest.mark.slow
async def test_a_follower_misses_and_doubles_nothing_when_processes_are_killed(
    open_store: OpenStore, program: list[str]
) -> None:
    store = await open_store(owner="test")
    rng = random.Random(7)
    writers = [await start(program, "write", f"w{n}") for n in range(8)]
    seen: list[int] = []
    for round_number in range(6):
        follower = await start(program, "follow", str(seen[-1] if seen else 0))
        assert follower.stdout is not None
        for _ in range(rng.randrange(20, 200)):
            seen.append(int(await asyncio.wait_for(follower.stdout.readline(), 30)))
        follower.send_signal(signal.SIGKILL)
        await follower.wait()
        victim = writers[round_number]
        victim.send_signal(signal.SIGKILL)
        await victim.wait()
        writers.append(await start(program, "write", f"again{round_number}"))
    for writer in writers:
        if writer.returncode is None:
            writer.send_signal(signal.SIGKILL)
            await writer.wait()
    # A killed process may have left a transaction that the server still ends.
    last = await wait_until_quiet(store)
    follower = await start(program, "follow", str(seen[-1]))
    assert follower.stdout is not None
    while seen[-1] < last:
        seen.append(int(await asyncio.wait_for(follower.stdout.readline(), 30)))
    follower.send_signal(signal.SIGKILL)
    await follower.wait()
    assert seen == list(range(1, last + 1))
    await check_against_messages(store)


async def start(program: list[str], *words: str) -> asyncio.subprocess.Process:
    """Start a process that works on the inbox."""
    return await asyncio.create_subprocess_exec(*program, *words, stdout=asyncio.subprocess.PIPE)


async def wait_until_quiet(store: Store) -> int:
    """Return the id of the newest event once there are no more."""
    known: list[int] = []

    async def has_stayed() -> bool:
        known.append(await store.journal.get_last_id())
        return len(known) > 20 and len(set(known[-20:])) == 1

    await wait_until(has_stayed)
    return known[-1]


async def check_against_messages(store: Store) -> None:
    """Check that each message has exactly one event that it is new."""
    query = "select id, direction from messages"
    rows = await store.database.read(lambda c: c.execute(query).fetchall())
    stored = {(row["id"], Direction(row["direction"])) for row in rows}
    kinds = {JournalKind.REPLY: Direction.IN, JournalKind.NOTE: Direction.NOTE}
    found = [(e.message_id, kinds[e.kind]) for e in await read_all(store) if e.kind in kinds]
    assert len(found) == len(set(found)) > 300
    assert set(found) == stored


async def test_erasing_a_customer_leaves_no_hole_and_no_id_is_used_twice(store: Store) -> None:
    """A program that follows, and a hook, would take a missing id for events that they lost."""
    for n, party in enumerate((MIA, TOM, MIA)):
        await store.ingest.store_events(ACCOUNT, [make_reply(f"{n}", party)])
    before = [entry.id for entry in await store.journal.list_entries(0)]
    await store.forgetting.forget(parse_address(MIA), "ana")
    await store.ingest.store_events(ACCOUNT, [make_reply("after", TOM)])
    entries = await store.journal.list_entries(0, 1_000)
    ids = [entry.id for entry in entries]
    assert ids == list(range(1, len(ids) + 1))
    assert len(ids) > len(before)
    erased = [entry for entry in entries if entry.kind is JournalKind.ERASED]
    assert erased and all(not (e.conversation_id or e.message_id or e.detail) for e in erased)
    for after in ids[:-1]:
        assert (await store.journal.list_entries(after))[0].id == after + 1
