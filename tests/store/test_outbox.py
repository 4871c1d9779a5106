"""Test the outbox: queue, claim and settle; cancel, retry and resolve."""

import pytest

from tests.conftest import OpenStore
from tests.store.builders import (
    ACCOUNT,
    MIA,
    get_conversation,
    get_message,
    make_outgoing,
    make_receipt,
    make_reply,
)
from tests.store.consistency import check_counters_and_summaries
from tui.clock import HOUR, MINUTE, ManualClock
from tui.domain.message import Format
from tui.domain.status import Status
from tui.store.audit import read_audit_trail
from tui.store.errors import OptedOut, StaleReply, StoreError
from tui.store.event_rows import SendRecord
from tui.store.store import Store


async def claim_ids(store: Store, owner: str = "a", limit: int = 100) -> list[int]:
    """Claim messages and return their ids."""
    return [c.message.id for c in await store.outbox.claim_due_messages(owner, ACCOUNT, limit)]


async def test_a_queued_message_is_stored_as_requested(store: Store, clock: ManualClock) -> None:
    new = make_outgoing(
        "Hi \ud83d",
        sender="+61491570157",
        scheduled_at=clock.now() + HOUR,
        format=Format.MMS,
        subject="Photo",
        media=("https://example.com/a.jpg",),
    )
    queued = await store.intents.queue_message(new)
    assert queued == await get_message(store, queued.id)
    assert (queued.status, queued.body, queued.agent) == (Status.QUEUED, "Hi \ufffd", "ana")
    assert (queued.format, queued.subject, queued.media) == (Format.MMS, "Photo", new.media)
    assert queued.scheduled_at == clock.now() + HOUR
    conversation = await get_conversation(store)
    assert (conversation.last_id, conversation.last_status) == (queued.id, Status.QUEUED)


async def test_messages_are_claimed_once_and_in_order(store: Store, open_store: OpenStore) -> None:
    other = await open_store(owner="b")
    queued = [(await store.intents.queue_message(make_outgoing(f"{n}"))).id for n in range(5)]
    assert await claim_ids(store, limit=3) == queued[:3]
    assert await claim_ids(other, "b") == queued[3:]
    assert await claim_ids(store) == []
    first = await get_message(store, queued[0])
    assert (first.status, first.attempts) == (Status.SENDING, 1)


async def test_a_claim_contains_the_destination(store: Store) -> None:
    await store.intents.queue_message(make_outgoing(to=MIA))
    await store.intents.queue_message(make_outgoing(to="12345"))
    claimed = await store.outbox.claim_due_messages("a", ACCOUNT, 10)
    assert [c.to for c in claimed] == [MIA, "12345"]


async def test_a_message_is_held_during_the_grace_period(store: Store, clock: ManualClock) -> None:
    held = await store.intents.queue_message(make_outgoing(hold_until=clock.now() + 5_000))
    assert await store.outbox.get_next_due_time(ACCOUNT) == clock.now() + 5_000
    assert await claim_ids(store) == []
    clock.advance(5)
    assert await claim_ids(store) == [held.id]
    assert await store.outbox.get_next_due_time(ACCOUNT) is None


async def test_messages_of_another_account_are_not_claimed(store: Store) -> None:
    await store.intents.queue_message(make_outgoing())
    assert await store.outbox.claim_due_messages("a", "other", 10) == []


async def test_a_cancelled_message_is_not_sent_and_the_customer_waits_again(
    store: Store, clock: ManualClock
) -> None:
    began = clock.now()
    await store.ingest.store_events(ACCOUNT, [make_reply()])
    clock.advance(60)
    queued = await store.intents.queue_message(make_outgoing())
    assert (await get_conversation(store)).waiting_since is None
    assert await store.intents.cancel_queued(queued.id, "ana")
    assert await claim_ids(store) == []
    conversation = await get_conversation(store)
    assert conversation.last_status is Status.CANCELLED
    assert conversation.waiting_since == began
    entries = await read_audit_trail(store.database, conversation.id)
    assert [(d.action, d.agent, d.message_id) for d in entries] == [
        ("take back", "ana", queued.id),
        ("send", "ana", queued.id),
    ]
    await check_counters_and_summaries(store)


async def test_a_sent_message_cannot_be_cancelled(store: Store) -> None:
    queued = await store.intents.queue_message(make_outgoing())
    await claim_ids(store)
    assert not await store.intents.cancel_queued(queued.id, "ana")
    assert (await get_message(store, queued.id)).status is Status.SENDING


async def test_an_unsent_message_returns_to_the_queue(store: Store, clock: ManualClock) -> None:
    queued = await store.intents.queue_message(make_outgoing())
    await claim_ids(store)
    at = clock.now() + MINUTE
    await store.outbox.requeue_messages("b", [(queued.id, at, "not mine to give back")])
    assert (await get_message(store, queued.id)).status is Status.SENDING
    await store.outbox.requeue_messages("a", [(queued.id, at, "Out of credit")])
    found = await get_message(store, queued.id)
    assert (found.status, found.reason) == (Status.QUEUED, "Out of credit")
    assert await claim_ids(store) == []
    await store.outbox.skip_retry_delay(ACCOUNT)
    assert await claim_ids(store) == [queued.id]


async def test_a_claim_of_a_dead_process_becomes_uncertain_and_is_never_resent(
    store: Store, clock: ManualClock
) -> None:
    queued = await store.intents.queue_message(make_outgoing())
    await store.leases.record_heartbeat("ana", "desk")
    await claim_ids(store)
    assert await store.outbox.settle_abandoned_claims(clock.now()) == 0
    clock.advance(11)
    assert await store.outbox.settle_abandoned_claims(clock.now() - 10_000) == 1
    found = await get_message(store, queued.id)
    assert found.status is Status.UNCERTAIN
    assert found.reason
    assert await claim_ids(store) == []
    assert (await store.conversations.get_counts()).failed == 1
    await check_counters_and_summaries(store)


async def test_a_late_result_of_a_process_presumed_dead_is_accepted(store: Store) -> None:
    queued = await store.intents.queue_message(make_outgoing())
    await claim_ids(store)
    await store.outbox.settle_abandoned_claims(0)
    await store.outbox.settle_message(queued.id, SendRecord(Status.ACCEPTED, "p-1"))
    assert (await get_message(store, queued.id)).status is Status.ACCEPTED
    await store.outbox.settle_message(queued.id, SendRecord(Status.UNCERTAIN))
    assert (await get_message(store, queued.id)).status is Status.ACCEPTED
    assert len(await store.messages.list_events(queued.id)) == 3
    await check_counters_and_summaries(store)


@pytest.mark.parametrize(("went_out", "end"), [(True, Status.ACCEPTED), (False, Status.FAILED)])
async def test_an_agent_resolves_an_uncertain_message(
    store: Store, went_out: bool, end: Status
) -> None:
    queued = await store.intents.queue_message(make_outgoing())
    await claim_ids(store)
    await store.outbox.settle_message(queued.id, SendRecord(Status.UNCERTAIN))
    assert await store.intents.resolve_uncertain(queued.id, "ana", went_out=went_out)
    found = await get_message(store, queued.id)
    assert (found.status, found.handled) == (end, True)
    assert (await store.conversations.get_counts()).failed == 0
    await check_counters_and_summaries(store)


async def test_an_agent_cannot_resolve_a_message_after_a_receipt(store: Store) -> None:
    queued = await store.intents.queue_message(make_outgoing())
    await claim_ids(store)
    await store.outbox.settle_message(queued.id, SendRecord(Status.ACCEPTED, "p-1"))
    assert not await store.intents.resolve_uncertain(queued.id, "ana", went_out=False)
    assert (await get_message(store, queued.id)).status is Status.ACCEPTED


async def test_a_resolved_failure_is_not_counted(store: Store) -> None:
    queued = await store.intents.queue_message(make_outgoing())
    await claim_ids(store)
    await store.outbox.settle_message(queued.id, SendRecord(Status.REJECTED, reason="Bad number"))
    conversation = await get_conversation(store)
    assert conversation.failed == 1
    assert [m.id for m in await store.messages.list_failed(conversation.id)] == [queued.id]
    await store.intents.set_handled(queued.id, "mia")
    await store.intents.set_handled(queued.id, "mia")
    assert (await get_conversation(store)).failed == 0
    assert await store.messages.list_failed(conversation.id) == []
    with pytest.raises(StoreError):
        await store.intents.set_handled(1, "mia")


async def test_a_failed_message_is_retried_once(store: Store) -> None:
    failed = await store.intents.queue_message(make_outgoing())
    await claim_ids(store)
    await store.outbox.settle_message(failed.id, SendRecord(Status.FAILED))
    again = await store.intents.queue_message(make_outgoing(retry_of=failed.id))
    assert again.retry_of == failed.id
    assert (await get_message(store, failed.id)).handled
    with pytest.raises(StaleReply):
        await store.intents.queue_message(make_outgoing(retry_of=failed.id))
    assert (await get_conversation(store)).last_id == again.id
    await check_counters_and_summaries(store)


async def test_a_reply_is_refused_if_a_newer_message_was_not_seen(
    store: Store, clock: ManualClock
) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply("One")])
    seen = (await get_conversation(store)).last_id
    late = make_reply("Two", received_at=clock.now() - HOUR)
    await store.ingest.store_events(ACCOUNT, [late])
    with pytest.raises(StaleReply):
        await store.intents.queue_message(make_outgoing(), seen_upto=seen)
    conversation = await get_conversation(store)
    assert conversation.unread == 2
    await store.intents.queue_message(make_outgoing(), seen_upto=conversation.last_arrival)
    await check_counters_and_summaries(store)


async def test_a_message_with_a_future_time_does_not_hide_the_reply(
    store: Store, clock: ManualClock
) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply(received_at=clock.now() + 4 * MINUTE)])
    seen = (await get_conversation(store)).last_id
    first = await store.intents.queue_message(make_outgoing(), seen_upto=seen)
    assert first.id > seen
    with pytest.raises(StaleReply):
        await store.intents.queue_message(make_outgoing(), seen_upto=seen)


async def test_a_refused_reply_stays_a_draft(store: Store, clock: ManualClock) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply()])
    conversation = await get_conversation(store)
    await store.drafts.save_draft(conversation.id, "ana", "We are", began_at=clock.now())
    with pytest.raises(StaleReply):
        await store.intents.queue_message(make_outgoing(), seen_upto=0)
    kept = await store.drafts.get_draft(conversation.id, "ana")
    assert kept is not None
    assert kept.body == "We are"
    await store.intents.queue_message(make_outgoing(), seen_upto=conversation.last_id, draft=kept)
    assert await store.drafts.get_draft(conversation.id, "ana") is None


async def test_messages_to_opted_out_customers_are_neither_queued_nor_claimed(store: Store) -> None:
    queued = await store.intents.queue_message(make_outgoing())
    conversation = await get_conversation(store)
    await store.consent.record_decision(
        conversation.id, "ana", opted_out=True, evidence="on the phone"
    )
    with pytest.raises(OptedOut):
        await store.intents.queue_message(make_outgoing())
    with pytest.raises(OptedOut):
        await store.intents.queue_message(make_outgoing(account="other", retry_of=queued.id))
    assert await claim_ids(store) == []
    found = await get_message(store, queued.id)
    assert (found.status, found.handled) == (Status.REJECTED, False)
    assert "opted out" in found.reason
    await check_counters_and_summaries(store)


async def test_a_refusal_of_an_opted_out_number_records_the_opt_out(store: Store) -> None:
    queued = await store.intents.queue_message(make_outgoing())
    await claim_ids(store)
    refused = SendRecord(Status.REJECTED, reason="Recipient has opted out", opted_out=True)
    await store.outbox.settle_message(queued.id, refused)
    assert (await get_conversation(store)).opted_out
    with pytest.raises(OptedOut):
        await store.intents.queue_message(make_outgoing())


async def test_a_scheduled_message_is_cancelled_on_request(store: Store) -> None:
    queued = await store.intents.queue_message(make_outgoing())
    await claim_ids(store)
    assert not await store.intents.request_cancel(queued.id, "ana")
    await store.outbox.settle_message(queued.id, SendRecord(Status.SCHEDULED, "p-1"))
    assert await store.outbox.list_cancel_requests(ACCOUNT) == []
    assert await store.intents.request_cancel(queued.id, "ana")
    assert [m.id for m in await store.outbox.list_cancel_requests(ACCOUNT)] == [queued.id]
    assert (await get_message(store, queued.id)).cancel_wanted
    await store.outbox.record_cancel_refused(queued.id, "too late")
    assert await store.outbox.list_cancel_requests(ACCOUNT) == []
    assert await store.intents.request_cancel(queued.id, "ana")
    await store.outbox.record_cancelled(queued.id)
    assert (await get_message(store, queued.id)).status is Status.CANCELLED


async def test_an_opt_out_requests_the_cancel_of_scheduled_messages(
    store: Store,
) -> None:
    queued = await store.intents.queue_message(make_outgoing())
    await claim_ids(store)
    await store.outbox.settle_message(queued.id, SendRecord(Status.SCHEDULED, "p-1"))
    await store.ingest.store_events(ACCOUNT, [make_receipt(None, "p-1", opted_out=True)])
    assert [m.id for m in await store.outbox.list_cancel_requests(ACCOUNT)] == [queued.id]


async def test_receipts_are_outstanding_until_a_final_status(
    store: Store, clock: ManualClock
) -> None:
    queued = await store.intents.queue_message(make_outgoing())
    await claim_ids(store)
    assert not await store.outbox.has_pending_receipts(ACCOUNT, 0)
    await store.outbox.settle_message(queued.id, SendRecord(Status.ACCEPTED, "p-1"))
    assert await store.outbox.has_pending_receipts(ACCOUNT, 0)
    assert not await store.outbox.has_pending_receipts(ACCOUNT, clock.now() + 1)
    await store.ingest.store_events(ACCOUNT, [make_receipt(Status.DELIVERED, "p-1")])
    assert not await store.outbox.has_pending_receipts(ACCOUNT, 0)


async def test_an_incoming_message_cannot_be_settled(store: Store) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply()])
    text = (await get_conversation(store)).last_id
    for identity in (text, 1):
        with pytest.raises(StoreError):
            await store.outbox.settle_message(identity, SendRecord(Status.DELIVERED))
