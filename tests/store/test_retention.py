"""Test the deletion of old messages: what goes, what stays, and that the counters follow."""

import random
from typing import Any

import pytest

from tests.conftest import OpenStore
from tests.store.builders import (
    ACCOUNT,
    MIA,
    TOM,
    get_conversation,
    make_outgoing,
    make_receipt,
    make_reply,
    store_sent,
)
from tests.store.consistency import check_counters_and_summaries
from tui.clock import DAY, SECOND, ManualClock
from tui.domain.arrivals import Arrival, Channel, HeldReason
from tui.domain.bulk_text import BulkRecipient, BulkText, RecipientState
from tui.domain.events import Cause
from tui.domain.message import Attachment
from tui.domain.phone import parse_address
from tui.domain.status import Status
from tui.store.connections import Connection
from tui.store.event_rows import SendRecord
from tui.store.store import Store

KEPT_DAYS = 30


async def count_rows(store: Store, table: str, condition: str = "true") -> int:
    """Return the number of rows of a table that meet a condition."""
    query = f"select count(*) from {table} where {condition}"

    def count(connection: Connection) -> int:
        return int(connection.execute(query).fetchone()[0])

    return await store.database.read(count)


async def prune(store: Store, days: int = KEPT_DAYS) -> int:
    """Delete everything that is old enough."""
    return await store.retention.prune(days, "ana")


async def receive(store: Store, text: str, party: str = MIA, **fields: Any) -> None:
    """Store a customer's text."""
    await store.ingest.store_events(ACCOUNT, [make_reply(text, party, **fields)])


def age(clock: ManualClock, days: float) -> None:
    """Let days pass."""
    clock.advance(days * DAY / SECOND)


async def test_old_messages_go_with_all_that_holds_their_texts(
    store: Store, clock: ManualClock
) -> None:
    picture = Attachment("cat.jpg", "image/jpeg", b"x" * 100)
    await receive(store, "an old question", attachments=(picture,))
    mia = await get_conversation(store)
    await store_sent(store, body="an old answer")
    await store.ingest.store_events(ACCOUNT, [make_receipt(Status.DELIVERED, "p-1")])
    await store.messages.add_note(mia.id, "ana", "an old note @tom", ["tom"])
    await store.consent.record_decision(mia.id, "ana", opted_out=True, evidence="said old words")
    age(clock, 40)
    await receive(store, "a new question")
    assert await prune(store) == 3
    found = await store.messages.list_before(mia.id, 1 << 62, 10)
    assert [message.body for message in found] == ["a new question"]
    assert await count_rows(store, "attachments") == 0
    assert await count_rows(store, "events") == 1
    assert await count_rows(store, "mentions") == 0
    assert await store.messages.search_text("old") == []
    assert len(await store.messages.search_text("new")) == 1
    assert (await get_conversation(store)).opted_out
    await check_counters_and_summaries(store)


async def test_an_emptied_conversation_goes_and_its_contact_and_opt_out_stay(
    store: Store, clock: ManualClock
) -> None:
    await receive(store, "Hello")
    mia = await get_conversation(store)
    await store.contacts.rename_contact(mia.id, "Mia", "a note", "ana")
    await store.consent.record_decision(mia.id, "ana", opted_out=True, evidence="by phone")
    await store.triage.set_label([mia.id], "ana", "vip", on=True)
    await store.drafts.save_draft(mia.id, "ana", "half a draft", began_at=clock.now())
    age(clock, 31)
    assert await prune(store) == 1
    assert await store.conversations.find_by_address(parse_address(MIA)) is None
    for table in ("drafts", "conversation_labels", "conversations", "messages"):
        assert await count_rows(store, table) == 0
    assert await count_rows(store, "contacts") == 1
    decision = await store.consent.get_consent(MIA)
    assert decision is not None and decision.opted_out
    await check_counters_and_summaries(store)
    await receive(store, "Hello again")
    again = await get_conversation(store)
    assert again.opted_out and again.name == "Mia"
    await check_counters_and_summaries(store)


async def test_what_waits_was_maybe_sent_or_is_starred_stays(
    store: Store, clock: ManualClock
) -> None:
    planned = clock.now() + 90 * DAY
    queued = await store.intents.queue_message(
        make_outgoing("planned", scheduled_at=planned, hold_until=planned)
    )
    maybe = await store.intents.queue_message(make_outgoing("maybe", "+61491570158"))
    await store.outbox.claim_due_messages("a", ACCOUNT, 100)
    await store.outbox.settle_message(maybe.id, SendRecord(Status.UNCERTAIN))
    await receive(store, "starred", TOM)
    tom = await get_conversation(store, TOM)
    await store.triage.set_star([tom.id], "ana", on=True)
    await receive(store, "old", "+61491570159")
    age(clock, 60)
    plan = await store.retention.measure(KEPT_DAYS)
    assert (plan.total.messages, plan.starred, plan.unfinished) == (1, 1, 2)
    assert await prune(store) == 1
    kept = {message.id for message in await store.messages.get_many([queued.id, maybe.id])}
    assert kept == {queued.id, maybe.id}
    assert (await get_conversation(store, TOM)).preview == "starred"
    await store.triage.set_star([tom.id], "ana", on=False)
    assert await prune(store) == 1
    await check_counters_and_summaries(store)


async def test_a_receipt_is_waited_for_thirty_days(store: Store, clock: ManualClock) -> None:
    await store_sent(store, body="no receipt yet")
    age(clock, 10)
    assert await prune(store, 5) == 0
    age(clock, 21)
    assert await prune(store, 5) == 1


async def test_the_dry_run_says_what_is_deleted_then(store: Store, clock: ManualClock) -> None:
    picture = Attachment("cat.jpg", "image/jpeg", b"x" * 100)
    await receive(store, "12345", attachments=(picture,))
    age(clock, 31)
    await receive(store, "1234567", TOM)
    age(clock, 31)
    await receive(store, "new")
    newest = (await get_conversation(store)).last_at
    plan = await store.retention.measure(KEPT_DAYS)
    found = {
        name: (len(month.conversations), month.messages, month.files, month.bytes)
        for name, month in plan.months.items()
    }
    assert found == {"2026-03": (1, 1, 1, 105), "2026-04": (1, 1, 0, 7)}
    assert plan.oldest_kept == newest
    assert await prune(store) == plan.total.messages
    assert not (await store.retention.measure(KEPT_DAYS)).months


async def test_a_round_is_small_and_goes_on_where_the_last_one_ended(
    store: Store, clock: ManualClock
) -> None:
    for _ in range(3):
        await store.ingest.store_events(ACCOUNT, [make_reply("old") for _ in range(100)])
    age(clock, 31)
    assert await store.retention.run_round(0) == 0
    deleted = [await store.retention.run_round(KEPT_DAYS) for _ in range(5)]
    assert deleted == [100, 100, 100, 0, 0]
    await receive(store, "new")
    age(clock, 31)
    assert await store.retention.run_round(KEPT_DAYS) == 1
    await check_counters_and_summaries(store)


async def test_raw_payloads_and_held_items_go_as_well(store: Store, clock: ManualClock) -> None:
    reason = HeldReason(Cause.UNREADABLE, "unreadable")
    await store.held_items.hold(ACCOUNT, Arrival(Channel.PUSH, b"secret words"), reason)
    await store.ingest.store_events(ACCOUNT, [make_receipt(Status.DELIVERED, "unknown")])
    age(clock, 31)
    assert (await store.retention.measure(KEPT_DAYS)).payloads == 1
    await prune(store)
    assert await count_rows(store, "arrivals") == 0
    assert await count_rows(store, "events") == 0


@pytest.mark.parametrize("seed", range(3))
async def test_counters_agree_whatever_is_deleted(
    open_store: OpenStore, clock: ManualClock, seed: int
) -> None:
    store, rng = await open_store(), random.Random(seed)
    parties = [MIA, TOM, "+61491570158"]
    for number in range(40):
        party = rng.choice(parties)
        if rng.random() < 0.6:
            await receive(store, f"text {number}", party)
        else:
            sent = await store_sent(store, f"p-{number}", body=f"answer {number}", to=party)
            status = rng.choice([Status.DELIVERED, Status.FAILED, None])
            if status:
                event = make_receipt(status, sent.provider_id)
                await store.ingest.store_events(ACCOUNT, [event])
        if rng.random() < 0.2:
            row = await get_conversation(store, party)
            await store.triage.close_conversations([row.id], "ana")
        age(clock, rng.random() * 5)
        if number % 10 == 9:
            await prune(store, rng.randrange(5, 60))
            await check_counters_and_summaries(store)


async def test_texts_to_many_go_by_age_and_keep_whom_they_wait_for(
    store: Store, clock: ManualClock
) -> None:
    await receive(store, "long ago")
    old = [BulkRecipient(MIA, MIA, account=ACCOUNT, state=RecipientState.LEFT_OUT, reason="x")]
    await store.bulk_texts.start(BulkText("ana", "old", 60, 0), old)
    age(clock, 40)
    waiting = [BulkRecipient(MIA, MIA, account=ACCOUNT, body="soon", seen_upto=1 << 62)]
    await store.bulk_texts.start(BulkText("ana", "new", 60, clock.now() + DAY), waiting)
    assert await prune(store) == 1
    assert await store.conversations.find_by_address(parse_address(MIA)) is not None
    assert [one.body for one in await store.bulk_texts.list_newest(9)] == ["new"]
    assert await count_rows(store, "bulk_recipients") == 1


async def test_the_events_of_an_empty_conversation_stay(store: Store, clock: ManualClock) -> None:
    await receive(store, "long ago")
    age(clock, 40)
    mia = await get_conversation(store)
    await store.triage.set_label([mia.id], "ana", "late", on=True)
    newest = await store.journal.get_last_id()
    assert await prune(store) == 1
    assert await store.conversations.find_by_address(parse_address(MIA)) is None
    assert await store.journal.get_last_id() >= newest


async def test_old_drafts_and_texts_to_many_go_also_where_a_conversation_goes_on(
    store: Store, clock: ManualClock
) -> None:
    await receive(store, "Hello")
    await receive(store, "Hello", TOM)
    mia, tom = await get_conversation(store), await get_conversation(store, TOM)
    later = clock.now() + 90 * DAY
    await store.drafts.save_draft(mia.id, "ana", "old", began_at=clock.now())
    await store.drafts.save_draft(mia.id, "tom", "planned", began_at=clock.now(), send_at=later)
    await store.drafts.save_note_draft(tom.id, "ana", "old note")
    left_out = BulkRecipient(MIA, MIA, mia.id, state=RecipientState.LEFT_OUT)
    done = await store.bulk_texts.start(BulkText("ana", "Old news", 60, clock.now()), [left_out])
    waiting = BulkRecipient(TOM, TOM, tom.id, ACCOUNT, body="Waits", send_at=later)
    running = await store.bulk_texts.start(BulkText("ana", "Later", 60, later), [waiting])
    age(clock, 40)
    await receive(store, "Still here")
    await receive(store, "Still here", TOM)
    await store.drafts.save_draft(tom.id, "ana", "new", began_at=clock.now())
    await prune(store)
    assert await store.drafts.get_draft(mia.id, "ana") is None
    planned = await store.drafts.get_draft(mia.id, "tom")
    assert planned is not None and planned.body == "planned"
    assert await store.drafts.get_note_draft(tom.id, "ana") == ""
    assert [one.body for one in await store.drafts.list_drafts("ana")] == ["new"]
    assert await store.bulk_texts.get(done.id) is None
    assert [one.id for one in await store.bulk_texts.list_newest(10)] == [running.id]
    assert await count_rows(store, "bulk_recipients") == 1
    await check_counters_and_summaries(store)
