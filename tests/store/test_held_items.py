"""Test that what arrives and cannot be used is kept, bounded, taken in once, and dismissed."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from tests.store.builders import ACCOUNT, make_reply
from tests.store.consistency import check_counters_and_summaries
from tui.clock import DAY, ManualClock
from tui.domain.arrivals import Arrival, ArrivalState, Channel, HeldReason, Refusal
from tui.domain.events import Cause, Event, Unreadable
from tui.store import arrival_rows
from tui.store.sqlite.file_connection import FileConnection
from tui.store.sqlite.migrations import apply_migrations
from tui.store.store import Store

BODY = b"text=caf\xe9&from=\x00"
BAD = Unreadable("", "The number is missing", "", can_confirm=False)


def make_push(body: bytes = BODY, **fields: object) -> Arrival:
    """Return a pushed request."""
    values = {"method": "POST", "headers": {"content-type": "text/plain"}, **fields}
    return Arrival(Channel.PUSH, body, **values)  # type: ignore[arg-type]


async def hold(store: Store, body: bytes = BODY, *more: Event) -> None:
    """Store a push that cannot be read, perhaps beside other events."""
    await store.ingest.store_events(ACCOUNT, [BAD, *more], arrival=make_push(body))


async def list_texts(store: Store) -> list[str]:
    """Return every stored text."""
    found = await store.database.read(
        lambda c: c.execute("select body from messages order by id").fetchall()
    )
    return [row[0] for row in found]


async def test_the_bytes_of_a_push_are_kept_as_they_came(store: Store, clock: ManualClock) -> None:
    await hold(store)
    (item,) = await store.held_items.list_held()
    assert item.arrival == make_push()
    assert (item.account, item.reason) == (
        ACCOUNT,
        HeldReason(Cause.UNREADABLE, "The number is missing"),
    )
    assert (item.received_at, item.size, item.repeats) == (clock.now(), len(BODY), 0)


async def test_a_push_that_was_read_is_kept_too_but_not_held(store: Store) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply()], arrival=make_push())
    assert await store.held_items.list_held() == []
    (row,) = await store.database.read(
        lambda c: c.execute("select body, state from arrivals").fetchall()
    )
    assert (row["body"], row["state"]) == (BODY, "read")


async def test_the_same_push_again_is_counted_and_not_held_twice(
    store: Store, clock: ManualClock
) -> None:
    await hold(store)
    clock.advance(60)
    await hold(store)
    (item,) = await store.held_items.list_held()
    assert (item.repeats, item.last_at - item.received_at) == (1, 60_000)


async def test_the_readable_part_of_a_push_is_stored_at_once(store: Store) -> None:
    await hold(store, BODY, make_reply("Hello"))
    assert await list_texts(store) == ["Hello"]
    assert len(await store.held_items.list_held()) == 1
    await check_counters_and_summaries(store)


async def test_a_retry_takes_an_item_in_once(store: Store, clock: ManualClock) -> None:
    await hold(store)
    (item,) = await store.held_items.list_held()
    reply = make_reply("Hello", id="r-1")
    for _ in range(2):
        await store.ingest.store_retry(item, [reply], "ana")
    assert await list_texts(store) == ["Hello"]
    assert await store.held_items.list_held() == []
    taken = await store.held_items.get(item.id)
    assert taken is not None
    assert (taken.state, taken.done_by, taken.done_at) == (
        ArrivalState.RETAKEN,
        "ana",
        clock.now(),
    )
    assert taken.reason == item.reason
    await check_counters_and_summaries(store)


async def test_a_retry_with_older_settings_leaves_what_was_taken_in(store: Store) -> None:
    await hold(store)
    (item,) = await store.held_items.list_held()
    await store.ingest.store_retry(item, [make_reply()], "mia")
    await store.ingest.store_retry(item, [BAD], "ana")
    taken = await store.held_items.get(item.id)
    assert taken is not None
    assert (taken.state, taken.done_by) == (ArrivalState.RETAKEN, "mia")


async def test_an_unsuccessful_retry_leaves_what_was_dismissed(store: Store) -> None:
    await hold(store)
    (item,) = await store.held_items.list_held()
    await store.held_items.dismiss([item.id], "mia")
    await store.ingest.store_retry(item, [BAD], "ana")
    assert await store.held_items.list_held() == []
    await store.ingest.store_retry(item, [make_reply()], "ana")
    taken = await store.held_items.get(item.id)
    assert taken is not None
    assert taken.state is ArrivalState.RETAKEN


async def test_an_item_that_still_cannot_be_read_stays_with_its_new_reason(store: Store) -> None:
    await hold(store)
    (item,) = await store.held_items.list_held()
    worse = replace(BAD, problem="The signature is wrong", cause=Cause.SIGNATURE)
    await store.ingest.store_retry(item, [worse], "ana")
    (held,) = await store.held_items.list_held()
    assert (held.id, held.reason) == (
        item.id,
        HeldReason(Cause.SIGNATURE, "The signature is wrong"),
    )
    assert held.repeats == 0


async def test_a_retry_that_fails_does_not_hold_again_what_a_colleague_dismissed(
    store: Store,
) -> None:
    await hold(store)
    (item,) = await store.held_items.list_held()
    await store.held_items.dismiss([item.id], "bo")
    await store.ingest.store_retry(item, [BAD], "ana")
    assert await store.held_items.list_held() == []
    done = await store.held_items.get(item.id)
    assert done is not None and (done.state, done.done_by) == (ArrivalState.DISMISSED, "bo")


async def test_a_retry_that_fails_does_not_hold_again_what_a_colleague_took_in(
    store: Store,
) -> None:
    await hold(store)
    (item,) = await store.held_items.list_held()
    await store.ingest.store_retry(item, [make_reply("Hello")], "bo")
    await store.ingest.store_retry(item, [BAD], "ana")
    assert await store.held_items.list_held() == []
    done = await store.held_items.get(item.id)
    assert done is not None and (done.state, done.done_by) == (ArrivalState.RETAKEN, "bo")


async def test_the_provider_that_sends_it_again_after_the_fix_takes_it_in(store: Store) -> None:
    await hold(store)
    await store.ingest.store_events(ACCOUNT, [make_reply("Hello")], arrival=make_push())
    assert await store.held_items.list_held() == []
    assert await list_texts(store) == ["Hello"]


async def test_a_read_push_that_comes_again_unreadable_is_not_held(store: Store) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply("Hello")], arrival=make_push())
    await hold(store)
    assert await store.held_items.list_held() == []


async def test_dismissing_leaves_a_record_and_can_be_undone(store: Store) -> None:
    await hold(store)
    (item,) = await store.held_items.list_held()
    assert await store.held_items.dismiss([item.id], "ana") == 1
    assert await store.held_items.dismiss([item.id], "ben") == 0
    dismissed = await store.held_items.get(item.id)
    assert dismissed is not None
    assert (dismissed.state, dismissed.done_by) == (ArrivalState.DISMISSED, "ana")
    audit = await store.database.read(
        lambda c: c.execute("select agent, action, detail from audit").fetchall()
    )
    assert [tuple(row) for row in audit] == [
        ("ana", "dismissed a held item", f"{ACCOUNT}: The number is missing")
    ]
    await hold(store)  # the provider sends it again: it stays dismissed
    assert await store.held_items.list_held() == []
    await store.held_items.restore([item.id])
    assert len(await store.held_items.list_held()) == 1


async def test_too_many_items_push_the_oldest_out_with_a_record(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrival_rows, "MOST_HELD", 3)
    for number in range(5):
        await hold(store, b"%d" % number)
    assert [item.arrival.body for item in await store.held_items.list_held()] == [b"4", b"3", b"2"]
    gone = await store.database.read(
        lambda c: c.execute(
            "select body, reason from arrivals where state = 'dismissed'"
        ).fetchall()
    )
    assert [tuple(row) for row in gone] == [
        (b"", "The number is missing (dismissed: too many were held)")
    ] * 2


async def test_an_item_that_the_quota_dismissed_is_held_again_when_it_comes_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrival_rows, "MOST_HELD", 2)
    for body in (b"0", b"1", b"2"):
        await hold(store, body)
    await hold(store, b"0")
    held = await store.held_items.list_held()
    assert [item.arrival.body for item in held] == [b"0", b"2"]
    assert [item.reason.text for item in held] == [BAD.problem] * 2


async def test_an_item_that_an_agent_dismissed_stays_so_when_it_comes_again(store: Store) -> None:
    await hold(store)
    (item,) = await store.held_items.list_held()
    await store.held_items.dismiss([item.id], "mia")
    await hold(store)
    assert await store.held_items.list_held() == []


async def test_dismissed_bodies_make_room_before_held_ones_do(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrival_rows, "MOST_HELD_BYTES", 100)
    await hold(store, b"a" * 40)
    await hold(store, b"b" * 40)
    newest = (await store.held_items.list_held())[0]
    await store.held_items.dismiss([newest.id], "ana")
    await hold(store, b"c" * 40)
    kept = [item.arrival.body[:1] for item in await store.held_items.list_held()]
    assert kept == [b"c", b"a"]
    dismissed = await store.held_items.get(newest.id)
    assert dismissed is not None and dismissed.arrival.body == b""


async def test_one_account_does_not_push_out_the_items_of_another(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrival_rows, "MOST_HELD", 1)
    await store.ingest.store_events("other", [BAD], arrival=make_push())
    await hold(store, b"1")
    await hold(store, b"2")
    assert [item.account for item in await store.held_items.list_held()] == [ACCOUNT, "other"]


async def test_items_are_counted_by_account_and_reason(store: Store) -> None:
    for number in range(3):
        await hold(store, b"%d" % number)
    wrong = replace(BAD, problem="The signature is wrong", cause=Cause.SIGNATURE)
    await store.ingest.store_events("other", [wrong], arrival=make_push())
    groups = await store.held_items.summarize()
    assert [(g.account, g.count, g.reason.cause) for g in groups] == [
        ("other", 1, Cause.SIGNATURE),
        (ACCOUNT, 3, Cause.UNREADABLE),
    ]
    states = await store.accounts.get_states()
    assert {name: state.held for name, state in states.items()} == {ACCOUNT: 3, "other": 1}


async def test_refusals_are_added_up(store: Store, clock: ManualClock) -> None:
    wrong, unknown = (ACCOUNT, Refusal.WRONG_SECRET), ("", Refusal.UNKNOWN_ACCOUNT)
    await store.held_items.count_refusals({wrong: 2, unknown: 1})
    clock.advance(5)
    await store.held_items.count_refusals({wrong: 40})
    found = await store.held_items.list_refusals()
    assert [(f.account, f.refusal, f.count) for f in found] == [
        ("", Refusal.UNKNOWN_ACCOUNT, 1),
        (ACCOUNT, Refusal.WRONG_SECRET, 42),
    ]
    assert found[1].last_at == clock.now()


async def test_what_was_read_or_done_is_deleted_after_a_while(
    store: Store, clock: ManualClock
) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply()], arrival=make_push(b"read"))
    await hold(store, b"dismissed")
    await hold(store, b"held")
    held = await store.held_items.list_held()
    await store.held_items.dismiss([held[1].id], "ana")
    assert await store.held_items.prune() == 0
    await store.ingest.store_events(ACCOUNT, [make_reply()], arrival=make_push(b"x" * 100_000))
    clock.advance(2 * DAY / 1000)
    assert await store.held_items.prune() == 1
    clock.advance(15 * DAY / 1000)
    assert await store.held_items.prune() == 1
    clock.advance(90 * DAY / 1000)
    assert await store.held_items.prune() == 1
    assert [item.arrival.body for item in await store.held_items.list_held()] == [b"held"]


async def test_everything_old_is_deleted_at_once_however_much_it_is(
    store: Store, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.store.held_items._PRUNED_AT_ONCE", 2)
    for number in range(5):
        push = make_push(f"read {number}".encode())
        await store.ingest.store_events(ACCOUNT, [make_reply(id=f"r-{number}")], arrival=push)
    clock.advance(15 * DAY / 1000)
    assert await store.held_items.prune() == 5


def test_items_that_an_earlier_version_could_not_read_are_held_now(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "old.db", isolation_level=None, factory=FileConnection)
    apply_migrations(connection, upto=12)
    connection.execute(
        "insert into events (account, kind, event_id, received_at, problem, raw)"
        " values ('support', 'unreadable', 'e1', 1000, 'no sender', '{\"text\": \"hé\"}')"
    )
    apply_migrations(connection)
    rows = connection.execute("select account, state, cause, reason, body, size from arrivals")
    body = '{"text": "hé"}'.encode()
    assert rows.fetchall() == [("support", "held", "unreadable", "no sender", body, len(body))]
    assert connection.execute("select count(*) from events").fetchone() == (0,)
    connection.close()
