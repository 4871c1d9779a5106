"""The outbox: queued, claimed, settled; taken back, tried again, resolved by hand."""

import pytest

from tests.conftest import OpenStore
from tests.store.builders import ACCOUNT, MIA, answer, conversation_with, message, receipt, reply
from tests.store.truth import assert_true_to_the_rows
from tui.clock import HOUR, MINUTE, ManualClock
from tui.domain.message import Format
from tui.domain.status import Status
from tui.store.audit import read_audit_trail
from tui.store.errors import OptedOut, StaleReply, StoreError
from tui.store.settling import SendRecord
from tui.store.store import Store


async def claimed_ids(store: Store, owner: str = "a", limit: int = 100) -> list[int]:
    """Claim, and name what was claimed."""
    return [c.message.id for c in await store.outbox.claim_due_messages(owner, ACCOUNT, limit)]


async def test_a_queued_message_is_on_disk_as_it_was_asked_for(
    store: Store, clock: ManualClock
) -> None:
    new = answer(
        "Hi \ud83d",
        sender="+61491570157",
        scheduled_at=clock.now() + HOUR,
        format=Format.MMS,
        subject="Photo",
        media=("https://example.com/a.jpg",),
    )
    queued = await store.intents.queue_message(new)
    assert queued == await message(store, queued.id)
    assert (queued.status, queued.body, queued.agent) == (Status.QUEUED, "Hi \ufffd", "ana")
    assert (queued.format, queued.subject, queued.media) == (Format.MMS, "Photo", new.media)
    assert queued.scheduled_at == clock.now() + HOUR
    conversation = await conversation_with(store)
    assert (conversation.last_id, conversation.last_status) == (queued.id, Status.QUEUED)


async def test_a_message_is_claimed_once_and_in_the_order_written(
    store: Store, open_store: OpenStore
) -> None:
    other = await open_store(owner="b")
    queued = [(await store.intents.queue_message(answer(f"{n}"))).id for n in range(5)]
    assert await claimed_ids(store, limit=3) == queued[:3]
    assert await claimed_ids(other, "b") == queued[3:]
    assert await claimed_ids(store) == []
    first = await message(store, queued[0])
    assert (first.status, first.attempts) == (Status.SENDING, 1)


async def test_a_claim_tells_where_to_send(store: Store) -> None:
    await store.intents.queue_message(answer(to=MIA))
    await store.intents.queue_message(answer(to="12345"))
    claimed = await store.outbox.claim_due_messages("a", ACCOUNT, 10)
    assert [c.to for c in claimed] == [MIA, "12345"]


async def test_a_message_is_held_for_as_long_as_it_can_be_taken_back(
    store: Store, clock: ManualClock
) -> None:
    held = await store.intents.queue_message(answer(hold_until=clock.now() + 5_000))
    assert await store.outbox.get_next_due_time(ACCOUNT) == clock.now() + 5_000
    assert await claimed_ids(store) == []
    clock.advance(5)
    assert await claimed_ids(store) == [held.id]
    assert await store.outbox.get_next_due_time(ACCOUNT) is None


async def test_another_accounts_messages_are_left_alone(store: Store) -> None:
    await store.intents.queue_message(answer())
    assert await store.outbox.claim_due_messages("a", "other", 10) == []


async def test_a_message_taken_back_was_never_sent_and_the_customer_waits_again(
    store: Store, clock: ManualClock
) -> None:
    began = clock.now()
    await store.ingest.store_events(ACCOUNT, [reply()])
    clock.advance(60)
    queued = await store.intents.queue_message(answer())
    assert (await conversation_with(store)).waiting_since is None
    assert await store.intents.cancel_queued(queued.id, "ana")
    assert await claimed_ids(store) == []
    conversation = await conversation_with(store)
    assert conversation.last_status is Status.CANCELLED
    assert conversation.waiting_since == began
    deeds = await read_audit_trail(store.database, conversation.id)
    assert [(d.action, d.agent, d.message_id) for d in deeds] == [
        ("take back", "ana", queued.id),
        ("send", "ana", queued.id),
    ]
    await assert_true_to_the_rows(store)


async def test_what_has_left_the_desk_cannot_be_taken_back(store: Store) -> None:
    queued = await store.intents.queue_message(answer())
    await claimed_ids(store)
    assert not await store.intents.cancel_queued(queued.id, "ana")
    assert (await message(store, queued.id)).status is Status.SENDING


async def test_a_message_that_was_not_sent_goes_back_into_the_queue(
    store: Store, clock: ManualClock
) -> None:
    queued = await store.intents.queue_message(answer())
    await claimed_ids(store)
    at = clock.now() + MINUTE
    await store.outbox.requeue_messages("b", [(queued.id, at, "not mine to give back")])
    assert (await message(store, queued.id)).status is Status.SENDING
    await store.outbox.requeue_messages("a", [(queued.id, at, "Out of credit")])
    found = await message(store, queued.id)
    assert (found.status, found.reason) == (Status.QUEUED, "Out of credit")
    assert await claimed_ids(store) == []
    await store.outbox.skip_retry_delay(ACCOUNT)
    assert await claimed_ids(store) == [queued.id]


async def test_a_claim_whose_holder_died_becomes_uncertain_and_is_never_resent(
    store: Store, clock: ManualClock
) -> None:
    queued = await store.intents.queue_message(answer())
    await store.leases.record_heartbeat("ana", "desk")
    await claimed_ids(store)
    assert await store.outbox.settle_abandoned_claims(clock.now()) == 0
    clock.advance(11)
    assert await store.outbox.settle_abandoned_claims(clock.now() - 10_000) == 1
    found = await message(store, queued.id)
    assert found.status is Status.UNCERTAIN
    assert found.reason
    assert await claimed_ids(store) == []
    assert (await store.conversations.get_counts()).failed == 1
    await assert_true_to_the_rows(store)


async def test_the_late_answer_of_a_process_thought_dead_still_counts(store: Store) -> None:
    queued = await store.intents.queue_message(answer())
    await claimed_ids(store)
    await store.outbox.settle_abandoned_claims(0)
    await store.outbox.settle_message(queued.id, SendRecord(Status.ACCEPTED, "p-1"))
    assert (await message(store, queued.id)).status is Status.ACCEPTED
    await store.outbox.settle_message(queued.id, SendRecord(Status.UNCERTAIN))
    assert (await message(store, queued.id)).status is Status.ACCEPTED
    assert len(await store.messages.list_events(queued.id)) == 3
    await assert_true_to_the_rows(store)


@pytest.mark.parametrize(("went_out", "end"), [(True, Status.ACCEPTED), (False, Status.FAILED)])
async def test_an_agent_says_what_became_of_an_uncertain_message(
    store: Store, went_out: bool, end: Status
) -> None:
    queued = await store.intents.queue_message(answer())
    await claimed_ids(store)
    await store.outbox.settle_message(queued.id, SendRecord(Status.UNCERTAIN))
    assert await store.intents.resolve_uncertain(queued.id, "ana", went_out=went_out)
    found = await message(store, queued.id)
    assert (found.status, found.handled) == (end, True)
    assert (await store.conversations.get_counts()).failed == 0
    await assert_true_to_the_rows(store)


async def test_an_agents_word_comes_too_late_once_the_provider_has_spoken(store: Store) -> None:
    queued = await store.intents.queue_message(answer())
    await claimed_ids(store)
    await store.outbox.settle_message(queued.id, SendRecord(Status.ACCEPTED, "p-1"))
    assert not await store.intents.resolve_uncertain(queued.id, "ana", went_out=False)
    assert (await message(store, queued.id)).status is Status.ACCEPTED


async def test_a_failure_that_was_dealt_with_counts_no_more(store: Store) -> None:
    queued = await store.intents.queue_message(answer())
    await claimed_ids(store)
    await store.outbox.settle_message(queued.id, SendRecord(Status.REJECTED, reason="Bad number"))
    conversation = await conversation_with(store)
    assert conversation.failed == 1
    assert [m.id for m in await store.messages.list_failed(conversation.id)] == [queued.id]
    await store.intents.set_handled(queued.id, "mia")
    await store.intents.set_handled(queued.id, "mia")
    assert (await conversation_with(store)).failed == 0
    assert await store.messages.list_failed(conversation.id) == []
    with pytest.raises(StoreError):
        await store.intents.set_handled(1, "mia")


async def test_a_failed_message_is_sent_again_once(store: Store) -> None:
    failed = await store.intents.queue_message(answer())
    await claimed_ids(store)
    await store.outbox.settle_message(failed.id, SendRecord(Status.FAILED))
    again = await store.intents.queue_message(answer(retry_of=failed.id))
    assert again.retry_of == failed.id
    assert (await message(store, failed.id)).handled
    with pytest.raises(StaleReply):
        await store.intents.queue_message(answer(retry_of=failed.id))
    assert (await conversation_with(store)).last_id == again.id
    await assert_true_to_the_rows(store)


async def test_no_answer_crosses_a_question_that_was_not_seen(
    store: Store, clock: ManualClock
) -> None:
    await store.ingest.store_events(ACCOUNT, [reply("One")])
    seen = (await conversation_with(store)).last_id
    late = reply("Two", received_at=clock.now() - HOUR)
    await store.ingest.store_events(ACCOUNT, [late])
    with pytest.raises(StaleReply):
        await store.intents.queue_message(answer(), seen_upto=seen)
    conversation = await conversation_with(store)
    assert conversation.preview == "Two"
    await store.intents.queue_message(answer(), seen_upto=conversation.last_id)
    await assert_true_to_the_rows(store)


async def test_a_question_stamped_in_the_future_does_not_hide_the_answer(
    store: Store, clock: ManualClock
) -> None:
    await store.ingest.store_events(ACCOUNT, [reply(received_at=clock.now() + 4 * MINUTE)])
    seen = (await conversation_with(store)).last_id
    first = await store.intents.queue_message(answer(), seen_upto=seen)
    assert first.id > seen
    with pytest.raises(StaleReply):
        await store.intents.queue_message(answer(), seen_upto=seen)


async def test_a_refused_answer_stays_a_draft(store: Store, clock: ManualClock) -> None:
    await store.ingest.store_events(ACCOUNT, [reply()])
    conversation = await conversation_with(store)
    await store.drafts.save_draft(conversation.id, "ana", "We are", began_at=clock.now())
    with pytest.raises(StaleReply):
        await store.intents.queue_message(answer(), seen_upto=0)
    kept = await store.drafts.get_draft(conversation.id, "ana")
    assert kept is not None
    assert kept.body == "We are"
    await store.intents.queue_message(answer(), seen_upto=conversation.last_id)
    assert await store.drafts.get_draft(conversation.id, "ana") is None


async def test_who_opted_out_is_neither_queued_nor_claimed(store: Store) -> None:
    queued = await store.intents.queue_message(answer())
    conversation = await conversation_with(store)
    await store.consent.record_decision(
        conversation.id, "ana", opted_out=True, evidence="on the phone"
    )
    with pytest.raises(OptedOut):
        await store.intents.queue_message(answer())
    with pytest.raises(OptedOut):
        await store.intents.queue_message(answer(account="other", retry_of=queued.id))
    assert await claimed_ids(store) == []
    found = await message(store, queued.id)
    assert (found.status, found.handled) == (Status.REJECTED, False)
    assert "opted out" in found.reason
    await assert_true_to_the_rows(store)


async def test_a_provider_that_refuses_an_opted_out_number_locks_it(store: Store) -> None:
    queued = await store.intents.queue_message(answer())
    await claimed_ids(store)
    refused = SendRecord(Status.REJECTED, reason="Recipient has opted out", opted_out=True)
    await store.outbox.settle_message(queued.id, refused)
    assert (await conversation_with(store)).opted_out
    with pytest.raises(OptedOut):
        await store.intents.queue_message(answer())


async def test_a_scheduled_message_is_asked_back_and_taken_back(store: Store) -> None:
    queued = await store.intents.queue_message(answer())
    await claimed_ids(store)
    assert not await store.intents.request_cancel(queued.id, "ana")
    await store.outbox.settle_message(queued.id, SendRecord(Status.SCHEDULED, "p-1"))
    assert await store.outbox.list_cancel_requests(ACCOUNT) == []
    assert await store.intents.request_cancel(queued.id, "ana")
    assert [m.id for m in await store.outbox.list_cancel_requests(ACCOUNT)] == [queued.id]
    assert (await message(store, queued.id)).cancel_wanted
    await store.outbox.record_cancel_refused(queued.id, "too late")
    assert await store.outbox.list_cancel_requests(ACCOUNT) == []
    assert await store.intents.request_cancel(queued.id, "ana")
    await store.outbox.record_cancelled(queued.id)
    assert (await message(store, queued.id)).status is Status.CANCELLED


async def test_a_scheduled_message_to_someone_who_opts_out_is_to_be_taken_back(
    store: Store,
) -> None:
    queued = await store.intents.queue_message(answer())
    await claimed_ids(store)
    await store.outbox.settle_message(queued.id, SendRecord(Status.SCHEDULED, "p-1"))
    await store.ingest.store_events(ACCOUNT, [receipt(None, "p-1", opted_out=True)])
    assert [m.id for m in await store.outbox.list_cancel_requests(ACCOUNT)] == [queued.id]


async def test_receipts_are_outstanding_until_the_end(store: Store, clock: ManualClock) -> None:
    queued = await store.intents.queue_message(answer())
    await claimed_ids(store)
    assert not await store.outbox.has_pending_receipts(ACCOUNT, 0)
    await store.outbox.settle_message(queued.id, SendRecord(Status.ACCEPTED, "p-1"))
    assert await store.outbox.has_pending_receipts(ACCOUNT, 0)
    assert not await store.outbox.has_pending_receipts(ACCOUNT, clock.now() + 1)
    await store.ingest.store_events(ACCOUNT, [receipt(Status.DELIVERED, "p-1")])
    assert not await store.outbox.has_pending_receipts(ACCOUNT, 0)


async def test_a_text_that_came_in_cannot_be_settled(store: Store) -> None:
    await store.ingest.store_events(ACCOUNT, [reply()])
    text = (await conversation_with(store)).last_id
    for identity in (text, 1):
        with pytest.raises(StoreError):
            await store.outbox.settle_message(identity, SendRecord(Status.DELIVERED))
