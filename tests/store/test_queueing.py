"""Test messages that are sent only if the customer does not reply before."""

import pytest

from tests.store.builders import (
    ACCOUNT,
    MIA,
    TOM,
    get_conversation,
    get_message,
    make_outgoing,
    make_reply,
)
from tests.store.consistency import check_counters_and_summaries
from tui.clock import HOUR, MINUTE, ManualClock
from tui.domain.message import Message, SendOptions
from tui.domain.status import Status
from tui.store.event_rows import SendRecord
from tui.store.store import Store


async def _queue_planned(store: Store, clock: ManualClock, *, until_reply: bool = True) -> Message:
    """Queue a message that is held back for an hour."""
    at = clock.now() + HOUR
    new = make_outgoing(scheduled_at=at, hold_until=at, cancel_on_reply=until_reply)
    return await store.intents.queue_message(new)


async def test_the_list_knows_the_rule_that_wrote_the_last_message(
    store: Store, clock: ManualClock
) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply(), make_reply(party=TOM)])
    clock.advance(60)
    await store.intents.queue_message(make_outgoing("We are closed", agent="", rule="night"))
    mia, tom = await get_conversation(store), await get_conversation(store, TOM)
    assert (mia.last_rule, tom.last_rule) == ("night", "")
    await check_counters_and_summaries(store)
    note = await store.messages.add_note(mia.id, "ana", "call back", [])
    assert (await get_conversation(store)).last_rule == ""
    await store.messages.withdraw_note(note, "ana")
    assert (await get_conversation(store)).last_rule == "night"
    merge = await store.merges.merge_conversations(tom.id, mia.id, "ana")
    assert (await get_conversation(store)).last_rule == "night"
    await store.merges.undo_merge(merge, "ana")
    assert (await get_conversation(store, TOM)).last_rule == ""
    assert (await get_conversation(store)).last_rule == "night"
    await store.intents.queue_message(make_outgoing("An agent answers"))
    assert (await get_conversation(store)).last_rule == ""
    await check_counters_and_summaries(store)


async def test_a_reply_cancels_a_message_held_back_locally(
    store: Store, clock: ManualClock
) -> None:
    planned = await _queue_planned(store, clock)
    clock.advance(60)
    await store.ingest.store_events(ACCOUNT, [make_reply("No need any more")])
    kept = await get_message(store, planned.id)
    assert (kept.status, kept.reason) == (
        Status.CANCELLED,
        "The customer wrote first: not sent, as was chosen",
    )
    assert (await get_conversation(store)).waiting_since == clock.now()
    clock.advance(HOUR)
    assert await store.outbox.claim_due_messages("a", ACCOUNT, 10) == []
    await check_counters_and_summaries(store)


@pytest.mark.parametrize(("until_reply", "party"), [(False, MIA), (True, TOM)])
async def test_the_message_stays_without_the_option_or_if_another_customer_writes(
    store: Store, clock: ManualClock, until_reply: bool, party: str
) -> None:
    planned = await _queue_planned(store, clock, until_reply=until_reply)
    await store.ingest.store_events(ACCOUNT, [make_reply(party=party)])
    assert (await get_message(store, planned.id)).status is Status.QUEUED
    clock.advance(2 * HOUR)
    assert [one.message.id for one in await store.outbox.claim_due_messages("a", ACCOUNT, 10)] == [
        planned.id
    ]


async def test_a_reply_requests_the_cancel_at_the_provider(
    store: Store, clock: ManualClock
) -> None:
    new = make_outgoing(scheduled_at=clock.now() + HOUR, cancel_on_reply=True)
    planned = await store.intents.queue_message(new)
    await store.outbox.claim_due_messages("a", ACCOUNT, 10)
    await store.outbox.settle_message(planned.id, SendRecord(Status.SCHEDULED, "p-1"))
    assert await store.outbox.list_cancel_requests(ACCOUNT) == []
    await store.ingest.store_events(ACCOUNT, [make_reply()])
    assert [found.id for found in await store.outbox.list_cancel_requests(ACCOUNT)] == [planned.id]
    await store.outbox.record_cancelled(planned.id)
    assert (await get_message(store, planned.id)).status is Status.CANCELLED
    assert (await get_conversation(store)).waiting_since is not None
    await check_counters_and_summaries(store)


async def test_a_reply_during_the_send_is_not_missed(store: Store, clock: ManualClock) -> None:
    new = make_outgoing(scheduled_at=clock.now() + HOUR, cancel_on_reply=True)
    planned = await store.intents.queue_message(new)
    await store.outbox.claim_due_messages("a", ACCOUNT, 10)
    await store.ingest.store_events(ACCOUNT, [make_reply()])
    await store.outbox.settle_message(planned.id, SendRecord(Status.SCHEDULED, "p-1"))
    assert [found.id for found in await store.outbox.list_cancel_requests(ACCOUNT)] == [planned.id]


async def test_a_reply_before_the_second_attempt_is_not_missed(
    store: Store, clock: ManualClock
) -> None:
    new = make_outgoing(scheduled_at=clock.now() + HOUR, cancel_on_reply=True)
    planned = await store.intents.queue_message(new)
    await store.outbox.claim_due_messages("a", ACCOUNT, 10)
    await store.ingest.store_events(ACCOUNT, [make_reply()])
    await store.outbox.requeue_messages("a", [(planned.id, clock.now() + MINUTE, "waits")])
    clock.advance(120)
    assert await store.outbox.claim_due_messages("a", ACCOUNT, 10) == []
    assert (await get_message(store, planned.id)).status is Status.CANCELLED


async def test_a_customer_still_waits_after_a_cancelled_reply(
    store: Store, clock: ManualClock
) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply()])
    asked_at = clock.now()
    clock.advance(60)
    planned = await store.intents.queue_message(make_outgoing(scheduled_at=clock.now() + HOUR))
    await store.outbox.claim_due_messages("a", ACCOUNT, 10)
    await store.outbox.settle_message(planned.id, SendRecord(Status.SCHEDULED, "p-1"))
    await store.outbox.record_cancelled(planned.id)
    assert (await get_conversation(store)).waiting_since == asked_at


@pytest.mark.parametrize(
    "options",
    [
        SendOptions(),
        SendOptions(valid_for=HOUR),
        SendOptions(metadata=(("ticket", "T-1042"), ("note", "a=b"))),
        SendOptions(valid_for=HOUR, metadata=(("ticket", "\u0105"),)),
    ],
)
async def test_options_of_a_message_are_kept(store: Store, options: SendOptions) -> None:
    media = ("https://shop.test/a.png",)
    queued = await store.intents.queue_message(make_outgoing(media=media, options=options))
    kept = await get_message(store, queued.id)
    assert (kept.options, kept.media) == (options, media)
    (claimed,) = await store.outbox.claim_due_messages("a", ACCOUNT, 100)
    assert claimed.message.options == options


async def test_hostile_metadata_is_stored_repaired(store: Store) -> None:
    options = SendOptions(metadata=(("a\ud83d", "b\0"),))
    queued = await store.intents.queue_message(make_outgoing(options=options))
    assert (await get_message(store, queued.id)).options.metadata == (("a\ufffd", "b\ufffd"),)
