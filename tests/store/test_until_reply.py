"""Messages that go out only while the customer stays silent."""

import pytest

from tests.store.builders import ACCOUNT, MIA, TOM, answer, conversation_with, message, reply
from tests.store.truth import assert_true_to_the_rows
from tui.clock import HOUR, MINUTE, ManualClock
from tui.domain.message import Message
from tui.domain.status import Status
from tui.store.settling import SendRecord
from tui.store.store import Store


async def _planned(store: Store, clock: ManualClock, *, until_reply: bool = True) -> Message:
    """A message that the desk holds back for an hour."""
    at = clock.now() + HOUR
    new = answer(scheduled_at=at, hold_until=at, cancel_on_reply=until_reply)
    return await store.intents.queue_message(new)


async def test_an_answer_takes_back_what_waits_on_the_desk(
    store: Store, clock: ManualClock
) -> None:
    planned = await _planned(store, clock)
    clock.advance(60)
    await store.ingest.store_events(ACCOUNT, [reply("No need any more")])
    kept = await message(store, planned.id)
    assert (kept.status, kept.reason) == (
        Status.CANCELLED,
        "The customer wrote first: not sent, as was chosen",
    )
    assert (await conversation_with(store)).waiting_since == clock.now()
    clock.advance(HOUR)
    assert await store.outbox.claim_due_messages("a", ACCOUNT, 10) == []
    await assert_true_to_the_rows(store)


@pytest.mark.parametrize(("until_reply", "party"), [(False, MIA), (True, TOM)])
async def test_it_stays_when_not_so_chosen_or_when_someone_else_writes(
    store: Store, clock: ManualClock, until_reply: bool, party: str
) -> None:
    planned = await _planned(store, clock, until_reply=until_reply)
    await store.ingest.store_events(ACCOUNT, [reply(party=party)])
    assert (await message(store, planned.id)).status is Status.QUEUED
    clock.advance(2 * HOUR)
    assert [one.message.id for one in await store.outbox.claim_due_messages("a", ACCOUNT, 10)] == [
        planned.id
    ]


async def test_an_answer_asks_the_provider_to_take_it_back(
    store: Store, clock: ManualClock
) -> None:
    new = answer(scheduled_at=clock.now() + HOUR, cancel_on_reply=True)
    planned = await store.intents.queue_message(new)
    await store.outbox.claim_due_messages("a", ACCOUNT, 10)
    await store.outbox.settle_message(planned.id, SendRecord(Status.SCHEDULED, "p-1"))
    assert await store.outbox.list_cancel_requests(ACCOUNT) == []
    await store.ingest.store_events(ACCOUNT, [reply()])
    assert [found.id for found in await store.outbox.list_cancel_requests(ACCOUNT)] == [planned.id]
    await store.outbox.record_cancelled(planned.id)
    assert (await message(store, planned.id)).status is Status.CANCELLED
    assert (await conversation_with(store)).waiting_since is not None
    await assert_true_to_the_rows(store)


async def test_an_answer_while_it_is_handed_over_is_not_missed(
    store: Store, clock: ManualClock
) -> None:
    new = answer(scheduled_at=clock.now() + HOUR, cancel_on_reply=True)
    planned = await store.intents.queue_message(new)
    await store.outbox.claim_due_messages("a", ACCOUNT, 10)
    await store.ingest.store_events(ACCOUNT, [reply()])
    await store.outbox.settle_message(planned.id, SendRecord(Status.SCHEDULED, "p-1"))
    assert [found.id for found in await store.outbox.list_cancel_requests(ACCOUNT)] == [planned.id]


async def test_an_answer_before_the_second_try_is_not_missed(
    store: Store, clock: ManualClock
) -> None:
    new = answer(scheduled_at=clock.now() + HOUR, cancel_on_reply=True)
    planned = await store.intents.queue_message(new)
    await store.outbox.claim_due_messages("a", ACCOUNT, 10)
    await store.ingest.store_events(ACCOUNT, [reply()])
    await store.outbox.requeue_messages("a", [(planned.id, clock.now() + MINUTE, "waits")])
    clock.advance(120)
    assert await store.outbox.claim_due_messages("a", ACCOUNT, 10) == []
    assert (await message(store, planned.id)).status is Status.CANCELLED


async def test_who_waits_goes_on_waiting_after_a_cancelled_answer(
    store: Store, clock: ManualClock
) -> None:
    await store.ingest.store_events(ACCOUNT, [reply()])
    asked_at = clock.now()
    clock.advance(60)
    planned = await store.intents.queue_message(answer(scheduled_at=clock.now() + HOUR))
    await store.outbox.claim_due_messages("a", ACCOUNT, 10)
    await store.outbox.settle_message(planned.id, SendRecord(Status.SCHEDULED, "p-1"))
    await store.outbox.record_cancelled(planned.id)
    assert (await conversation_with(store)).waiting_since == asked_at
