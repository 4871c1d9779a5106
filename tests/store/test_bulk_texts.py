"""Test texts to many people: each gets at most one, at a pace, with every check at its moment."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from tests.contexts import make_context
from tests.store.builders import (
    ACCOUNT,
    MIA,
    TOM,
    get_conversation,
    make_outgoing,
    make_reply,
)
from tui.clock import DAY, HOUR, ManualClock
from tui.desk.bulk_feeder import SAME_PERSON, WROTE_SINCE, BulkFeeder
from tui.desk.bulk_plan import BulkOptions, BulkPlan, create_bulk, list_targets, plan_bulk
from tui.desk.same_text import SAME_TEXT
from tui.domain.account import Account
from tui.domain.bulk_text import (
    BulkRecipient,
    BulkState,
    BulkText,
    NightChoice,
    Outcome,
    RecipientState,
)
from tui.domain.change import JournalKind
from tui.domain.conversation import View
from tui.domain.phone import parse_address
from tui.domain.status import Status
from tui.providers.catalog import get_capabilities
from tui.store.bulk_feed import UNSERVED
from tui.store.conversations import FIRST_POSITION
from tui.store.event_rows import SendRecord
from tui.store.sent_texts import PlannedText
from tui.store.store import Store

FAST = 6_000
OTHER = "other"
CAPABILITIES = get_capabilities("messagemedia", {})
ACCOUNTS = (
    Account(ACCOUNT, "messagemedia", capabilities=CAPABILITIES),
    Account(OTHER, "messagemedia", capabilities=CAPABILITIES),
)


async def write_in(store: Store, count: int) -> list[str]:
    """Store one text of each of many customers; return their numbers."""
    numbers = [f"+614915{n:05}" for n in range(count)]
    replies = [make_reply("Hello", number) for number in numbers]
    await store.ingest.store_events(ACCOUNT, replies)
    return numbers


async def make_plan(
    store: Store, clock: ManualClock, text: str = "We are closed", **choices: Any
) -> BulkPlan:
    """Plan a text to every conversation."""
    context = make_context(clock, accounts=ACCOUNTS, **choices.pop("settings", {}))
    rows = await store.conversations.list_after(View(state=None), FIRST_POSITION, 10_000)
    targets = list_targets(sorted(rows, key=lambda row: row.party), ACCOUNTS)
    options = BulkOptions(**choices)
    return await plan_bulk(
        store, context.preferences, targets, text, options, clock.now(), context.zone
    )


async def start(
    store: Store, clock: ManualClock, text: str = "We are closed", pace: int = FAST, **choices: Any
) -> BulkText:
    """Start a text to every conversation."""
    plan = await make_plan(store, clock, text, **choices)
    return await store.bulk_texts.start(*create_bulk(plan, "ana", pace=pace, starts_at=clock.now()))


def make_feeder(store: Store, clock: ManualClock, quiet_hours: Any = None) -> BulkFeeder:
    """Return the feeder of a process."""
    return BulkFeeder(store, clock, ACCOUNTS, quiet_hours)


async def feed_all(store: Store, clock: ManualClock, feeder: BulkFeeder) -> None:
    """Feed and send until no one waits any more."""
    while (pause := await feeder.run_round(ACCOUNT)) is not None:
        await send_all(store)
        clock.advance(pause)
    await send_all(store)


async def send_all(store: Store, status: Status = Status.ACCEPTED) -> list[str]:
    """Send everything that is due; return the recipients."""
    claimed = await store.outbox.claim_due_messages("a", ACCOUNT, 1_000)
    results = [(one.message.id, SendRecord(status, f"p-{one.message.id}")) for one in claimed]
    await store.outbox.settle_messages(results)
    return [one.to for one in claimed]


async def list_reasons(store: Store, bulk: BulkText) -> dict[str, str]:
    """Return why recipients were left out, by address."""
    listed = await store.bulk_texts.list_recipients(bulk.id)
    return {one.address: one.reason for one in listed if one.outcome is Outcome.LEFT_OUT}


async def count_outcomes(store: Store, bulk: BulkText) -> Counter[Outcome]:
    """Return how many recipients have each outcome."""
    return (await store.bulk_texts.count_outcomes([bulk.id]))[bulk.id]


async def count_texts(store: Store, numbers: Sequence[str], body: str) -> Counter[str]:
    """Return how many messages with this text each number has."""
    counts: Counter[str] = Counter()
    for number in numbers:
        row = await get_conversation(store, number)
        texts = await store.messages.list_before(row.id, 1 << 62, 50)
        counts[number] = sum(one.body == body for one in texts)
    return counts


async def test_each_gets_one_text_in_order_and_it_is_done(store: Store, clock: ManualClock) -> None:
    numbers = await write_in(store, 12)
    bulk = await start(store, clock)
    await feed_all(store, clock, make_feeder(store, clock))
    assert set((await count_texts(store, numbers, "We are closed")).values()) == {1}
    listed = await store.bulk_texts.list_recipients(bulk.id)
    assert [one.address for one in listed] == numbers
    current = await store.bulk_texts.get(bulk.id)
    assert current is not None and current.state is BulkState.DONE
    assert await count_outcomes(store, bulk) == {Outcome.SENT: 12}
    assert all(one.body == "" for one in listed), "the text is kept in the message alone"


async def test_two_processes_that_feed_at_once_queue_none_twice(
    store: Store, open_store: Any, clock: ManualClock
) -> None:
    numbers = await write_in(store, 30)
    await start(store, clock)
    other = await open_store(owner="b", seed=2)
    feeders = [make_feeder(store, clock), make_feeder(other, clock)]
    for _ in range(10):
        await asyncio.gather(*(feeder.run_round(ACCOUNT) for feeder in feeders))
        clock.advance(1)
    assert set((await count_texts(store, numbers, "We are closed")).values()) == {1}


async def test_two_desks_that_start_the_same_text_send_it_once(
    store: Store, clock: ManualClock
) -> None:
    numbers = await write_in(store, 5)
    first, second = await start(store, clock), await start(store, clock, " we are  CLOSED")
    await feed_all(store, clock, make_feeder(store, clock))
    assert await count_outcomes(store, first) == {Outcome.SENT: 5}
    assert await list_reasons(store, second) == dict.fromkeys(numbers, SAME_TEXT)


async def test_who_opts_out_or_writes_meanwhile_is_left_out(
    store: Store, clock: ManualClock
) -> None:
    numbers = await write_in(store, 4)
    bulk = await start(store, clock)
    row = await get_conversation(store, numbers[1])
    await store.consent.record_decision(row.id, "ana", opted_out=True, evidence="")
    await store.ingest.store_events(ACCOUNT, [make_reply("One more thing", numbers[2])])
    await feed_all(store, clock, make_feeder(store, clock))
    assert await list_reasons(store, bulk) == {
        numbers[1]: "opted out",
        numbers[2]: WROTE_SINCE,
    }
    assert await count_outcomes(store, bulk) == {Outcome.SENT: 2, Outcome.LEFT_OUT: 2}


async def test_one_person_with_two_numbers_that_were_merged_gets_one(
    store: Store, clock: ManualClock
) -> None:
    numbers = await write_in(store, 3)
    clock.advance(1)
    await store.ingest.store_events(ACCOUNT, [make_reply("It is me", numbers[0])])
    bulk = await start(store, clock, "Hello {number}")
    kept, gone = [await get_conversation(store, number) for number in numbers[:2]]
    await store.merges.merge_conversations(kept.id, gone.id, "ana")
    await feed_all(store, clock, make_feeder(store, clock))
    assert await list_reasons(store, bulk) == {numbers[1]: SAME_PERSON}


async def test_an_account_that_is_gone_leaves_out_with_the_reason(
    store: Store, clock: ManualClock
) -> None:
    numbers = await write_in(store, 1)
    bulk = await start(store, clock)
    feeder = BulkFeeder(store, clock, (), None)
    await feed_all(store, clock, feeder)
    assert await list_reasons(store, bulk) == {numbers[0]: "without an account"}


async def test_who_waits_for_an_account_that_is_not_served_is_left_out_after_a_day(
    store: Store, clock: ManualClock
) -> None:
    numbers = await write_in(store, 9)
    bulk, feed = await start(store, clock, pace=60), store.bulk_feed
    await make_feeder(store, clock).run_round(ACCOUNT)  # only some are queued
    await store.leases.acquire_lease(ACCOUNT, duration_ms=10_000, preferred=True)
    clock.advance((DAY - HOUR) / 1_000)
    assert await feed.leave_out_unserved(()) == 0
    await store.leases.acquire_lease(ACCOUNT, duration_ms=10_000, preferred=True)
    clock.advance((DAY - HOUR) / 1_000)
    assert await feed.leave_out_unserved(()) == 0, "it was served a moment ago"
    clock.advance(2 * HOUR / 1_000)
    assert await feed.leave_out_unserved((ACCOUNT,)) == 0, "it is served now"
    assert await feed.leave_out_unserved(()) > 0
    reasons = await list_reasons(store, bulk)
    assert set(reasons) < set(numbers) and set(reasons.values()) == {UNSERVED}
    current = await store.bulk_texts.get(bulk.id)
    assert current is not None and current.state is BulkState.DONE
    assert (await count_outcomes(store, bulk))[Outcome.WAITING] == 0
    assert await feed.leave_out_unserved(()) == 0


async def test_a_paused_text_waits_for_its_account_as_long_as_it_is_paused(
    store: Store, clock: ManualClock
) -> None:
    await write_in(store, 2)
    bulk = await start(store, clock)
    await store.bulk_texts.set_paused(bulk.id, "ana", paused=True)
    clock.advance(3 * DAY / 1_000)
    assert await store.bulk_feed.leave_out_unserved(()) == 0
    assert await count_outcomes(store, bulk) == {Outcome.WAITING: 2}


async def test_a_pause_acts_at_once_and_resuming_goes_on(store: Store, clock: ManualClock) -> None:
    await write_in(store, 9)
    bulk, feeder = await start(store, clock, pace=60), make_feeder(store, clock)
    await feeder.run_round(ACCOUNT)
    assert await store.bulk_texts.set_paused(bulk.id, "bob", paused=True)
    assert not await store.bulk_texts.set_paused(bulk.id, "bob", paused=True)
    clock.advance(60)
    assert await feeder.run_round(ACCOUNT) is None
    assert (await count_outcomes(store, bulk))[Outcome.WAITING] == 4
    assert await store.bulk_texts.set_paused(bulk.id, "bob", paused=False)
    await feed_all(store, clock, feeder)
    assert await count_outcomes(store, bulk) == {Outcome.SENT: 9}


async def test_cancelling_takes_back_what_is_queued_and_nothing_goes_on(
    store: Store, clock: ManualClock
) -> None:
    numbers = await write_in(store, 9)
    bulk, feeder = await start(store, clock, pace=60), make_feeder(store, clock)
    await feeder.run_round(ACCOUNT)
    (claimed,) = await store.outbox.claim_due_messages("a", ACCOUNT, 1)
    assert await store.bulk_texts.cancel(bulk.id, "bob") == 8
    assert await store.bulk_texts.cancel(bulk.id, "bob") is None
    assert not await store.bulk_texts.set_paused(bulk.id, "bob", paused=False)
    clock.advance(60)
    assert await feeder.run_round(ACCOUNT) is None
    await store.outbox.settle_message(claimed.message.id, SendRecord(Status.ACCEPTED, "p-1"))
    assert await send_all(store) == []
    assert await count_outcomes(store, bulk) == {Outcome.SENT: 1, Outcome.CANCELLED: 8}
    # Those who waited for an answer wait again.
    number = next(one for one in numbers[:5] if one != claimed.to)
    waiting = await get_conversation(store, number)
    assert waiting.waiting_since is not None


async def test_a_cancelled_text_has_answered_nothing_and_programs_that_follow_learn_of_it(
    store: Store, clock: ManualClock
) -> None:
    await write_in(store, 9)
    bulk, feeder = await start(store, clock, pace=60), make_feeder(store, clock)
    await feeder.run_round(ACCOUNT)
    assert len(await store.answer_targets.list_answers(0, 1 << 60)) == 5
    last = await store.journal.get_last_id()
    await store.bulk_texts.cancel(bulk.id, "bob")
    assert await store.answer_targets.list_answers(0, 1 << 60) == []
    happened = await store.journal.list_entries(last)
    statuses = [one.detail["status"] for one in happened if one.kind is JournalKind.STATUS]
    assert statuses == [Status.CANCELLED] * 5


async def test_nothing_is_queued_before_the_grace_period_is_over(
    store: Store, clock: ManualClock
) -> None:
    await write_in(store, 2)
    plan = await make_plan(store, clock)
    bulk = await store.bulk_texts.start(
        *create_bulk(plan, "ana", pace=60, starts_at=clock.now() + 5_000)
    )
    feeder = make_feeder(store, clock)
    assert await feeder.run_round(ACCOUNT) == 5.0
    assert await count_outcomes(store, bulk) == {Outcome.WAITING: 2}
    clock.advance(5)
    await feed_all(store, clock, feeder)
    assert await count_outcomes(store, bulk) == {Outcome.SENT: 2}


async def test_no_more_than_the_pace_goes_out_through_one_account(
    store: Store, clock: ManualClock
) -> None:
    await write_in(store, 200)
    bulk, feeder = await start(store, clock, pace=60), make_feeder(store, clock)
    sent, end = 0, clock.monotonic() + 60
    while clock.monotonic() < end:
        pause = await feeder.run_round(ACCOUNT)
        sent += len(await send_all(store))
        assert pause is not None
        clock.advance(pause)
    assert 55 <= sent <= 65
    assert (await count_outcomes(store, bulk))[Outcome.WAITING] == 200 - sent


async def test_a_reply_is_never_behind_many_of_them(store: Store, clock: ManualClock) -> None:
    await write_in(store, 200)
    await store.ingest.store_events(ACCOUNT, [make_reply("Help", MIA)])
    await start(store, clock, pace=60)
    feeder = make_feeder(store, clock)
    # The provider is slow: nothing is sent for minutes.
    for _ in range(20):
        await feeder.run_round(ACCOUNT)
        clock.advance(10)
    reply = await store.intents.queue_message(make_outgoing("On my way", MIA))
    for _ in range(20):
        await feeder.run_round(ACCOUNT)
        clock.advance(10)
    sent = [one.message.id for one in await store.outbox.claim_due_messages("a", ACCOUNT, 1_000)]
    assert sent.index(reply.id) <= 5
    assert len(sent) == 6


async def test_people_in_quiet_hours_get_it_later_or_not_as_was_chosen(
    store: Store, clock: ManualClock
) -> None:
    numbers = await write_in(store, 2)  # it is 19:00 in Sydney
    quiet: dict[str, Any] = {"settings": {"quiet_hours": (18, 7)}}
    later = await start(store, clock, "later", night=NightChoice.LATER, **quiet)
    left = await start(store, clock, "left", night=NightChoice.LEAVE_OUT, **quiet)
    anyway = await start(store, clock, "anyway", night=NightChoice.ANYWAY, **quiet)
    feeder = make_feeder(store, clock, (18, 7))
    await feeder.run_round(ACCOUNT)
    clock.advance(HOUR / 1000)
    await feeder.run_round(ACCOUNT)
    assert (await count_outcomes(store, later)) == {Outcome.WAITING: 2}
    assert await list_reasons(store, left) == dict.fromkeys(numbers, "in quiet hours")
    assert (await count_outcomes(store, anyway)) == {Outcome.SENDING: 2}
    await send_all(store)
    clock.advance(12 * HOUR / 1000)
    await feed_all(store, clock, feeder)
    assert (await count_outcomes(store, later)) == {Outcome.SENT: 2}


async def test_who_falls_into_quiet_hours_meanwhile_waits_for_the_morning(
    store: Store, clock: ManualClock
) -> None:
    await write_in(store, 1)
    bulk = await start(store, clock, settings={"quiet_hours": (20, 7)})
    clock.advance(2 * HOUR / 1000)
    feeder = make_feeder(store, clock, (20, 7))
    await feeder.run_round(ACCOUNT)
    (one,) = await store.bulk_texts.list_recipients(bulk.id)
    assert one.state is RecipientState.WAITING and one.send_at > clock.now()
    clock.advance(12 * HOUR / 1000)
    await feed_all(store, clock, feeder)
    assert await count_outcomes(store, bulk) == {Outcome.SENT: 1}


async def test_a_clock_that_was_set_back_does_not_stop_the_pace(
    store: Store, clock: ManualClock
) -> None:
    await write_in(store, 8)
    bulk = await start(store, clock, pace=60)
    clock.advance(10 * HOUR / 1000)
    await make_feeder(store, clock).run_round(ACCOUNT)
    await send_all(store)
    clock.set_wall_clock(-9 * HOUR / 1000)
    await make_feeder(store, clock).run_round(ACCOUNT)
    clock.advance(60)
    await feed_all(store, clock, make_feeder(store, clock))
    assert await count_outcomes(store, bulk) == {Outcome.SENT: 8}


async def test_a_failed_text_that_is_sent_again_counts_for_its_person(
    store: Store, clock: ManualClock
) -> None:
    numbers = await write_in(store, 1)
    bulk, feeder = await start(store, clock), make_feeder(store, clock)
    await feeder.run_round(ACCOUNT)
    await send_all(store, Status.FAILED)
    assert await count_outcomes(store, bulk) == {Outcome.FAILED: 1}
    (one,) = await store.bulk_texts.list_recipients(bulk.id)
    again = make_outgoing("We are closed", numbers[0], retry_of=one.message_id)
    await store.intents.queue_message(again)
    await send_all(store)
    assert await count_outcomes(store, bulk) == {Outcome.SENT: 1}


async def test_a_number_without_a_conversation_gets_one(store: Store, clock: ManualClock) -> None:
    party = parse_address(TOM).conversation_key
    recipient = BulkRecipient(party, TOM, account=ACCOUNT, body="Hello")
    bulk = BulkText("ana", "Hello", FAST, clock.now())
    bulk = await store.bulk_texts.start(bulk, [recipient, recipient])
    await feed_all(store, clock, make_feeder(store, clock))
    (listed,) = await store.bulk_texts.list_recipients(bulk.id)
    assert listed.conversation_id == (await get_conversation(store, TOM)).id
    assert listed.outcome is Outcome.SENT


# The same text ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "planned", "is_same"),
    [
        ("Your order is ready", "Your order is ready", True),
        ("Your order is ready", "  your ORDER\nis ready ", True),
        ("Café", "Cafe\u0301", True),
        ("Straße", "STRASSE", True),
        ("Your order is ready", "Your order is ready!", False),
        ("Your order 12 is ready", "Your order 13 is ready", False),
    ],
)
async def test_texts_are_the_same_whatever_their_blanks_and_case(
    store: Store, clock: ManualClock, sent: str, planned: str, is_same: bool
) -> None:
    message = await store.intents.queue_message(make_outgoing(sent))
    text = PlannedText(message.conversation_id, planned, clock.now())
    found = await store.sent_texts.find_same(text)
    assert (found is not None and found.id == message.id) is is_same


@pytest.mark.parametrize(
    ("status", "counts"),
    [
        (Status.ACCEPTED, True),
        (Status.UNCERTAIN, True),
        (Status.DELIVERED, True),
        (Status.FAILED, False),
        (Status.REJECTED, False),
        (Status.EXPIRED, False),
        (Status.CANCELLED, False),
    ],
)
async def test_what_failed_or_was_cancelled_does_not_count(
    store: Store, clock: ManualClock, status: Status, counts: bool
) -> None:
    message = await store.intents.queue_message(make_outgoing("Hello"))
    if status is Status.CANCELLED:
        await store.intents.cancel_queued(message.id, "ana")
    else:
        await send_all(store, status)
    text = PlannedText(message.conversation_id, "Hello", clock.now())
    assert (await store.sent_texts.find_same(text) is not None) is counts


@pytest.mark.parametrize(
    ("sent_at", "send_at", "counts"),
    [
        (None, 0, True),
        (None, DAY - 1, True),
        (None, DAY, False),
        (3 * DAY, 0, False),
        (3 * DAY, 2 * DAY, False),
        (3 * DAY, 2 * DAY + 1, True),
        (3 * DAY, 4 * DAY - 1, True),
        (HOUR, 0, True),
    ],
)
async def test_the_times_of_sending_count_not_those_of_writing(
    store: Store, clock: ManualClock, sent_at: int | None, send_at: int, counts: bool
) -> None:
    now = clock.now()
    planned = now + sent_at if sent_at is not None else None
    message = await store.intents.queue_message(make_outgoing("Hello", scheduled_at=planned))
    text = PlannedText(message.conversation_id, "Hello", now + send_at)
    assert (await store.sent_texts.find_same(text) is not None) is counts


async def test_notes_replies_pings_and_the_message_to_retry_do_not_count(
    store: Store, clock: ManualClock
) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply("Hello")])
    row = await get_conversation(store)
    await store.messages.add_note(row.id, "ana", "Hello")
    assert await store.sent_texts.find_same(PlannedText(row.id, "Hello", clock.now())) is None
    sent = await store.intents.queue_message(make_outgoing("Hello"))
    retry = PlannedText(row.id, "Hello", clock.now(), retry_of=sent.id)
    assert await store.sent_texts.find_same(retry) is None
    picture = PlannedText(row.id, "Hello", clock.now(), media=("https://x.example/a.png",))
    assert await store.sent_texts.find_same(picture) is None
