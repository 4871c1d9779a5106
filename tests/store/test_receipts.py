"""Test receipts in any order, repeated, early, malformed or contradictory."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.store.builders import (
    ACCOUNT,
    get_conversation,
    get_message,
    make_outgoing,
    make_receipt,
    make_reply,
    store_sent,
)
from tests.store.consistency import check_counters_and_summaries
from tests.store.temporary import temporary_store
from tui.clock import HOUR, ManualClock
from tui.domain.ids import to_reference
from tui.domain.status import FINAL_STATUSES, Status, apply_reports
from tui.store.event_rows import SendRecord
from tui.store.ingest import StoredCounts
from tui.store.store import Store

NEWS = [
    Status.ACCEPTED,
    Status.SUBMITTED,
    Status.DELIVERED,
    Status.EXPIRED,
    Status.FAILED,
    Status.REJECTED,
]


@pytest.mark.parametrize("statuses", itertools.combinations(NEWS, 3), ids="-".join)
async def test_every_order_of_receipts_ends_in_the_same_status(
    store: Store, statuses: tuple[Status, ...]
) -> None:
    ends = set()
    for number, order in enumerate(itertools.permutations(statuses)):
        mine = await store_sent(store, f"p-{number}")
        for status in order:
            await store.ingest.store_events(ACCOUNT, [make_receipt(status, f"p-{number}")])
        found = await get_message(store, mine.id)
        ends.add((found.status, found.contradicted))
        assert len(await store.messages.list_events(mine.id)) == 1 + len(order)
    two_ends = len(FINAL_STATUSES.intersection(statuses)) > 1
    assert ends == {(apply_reports(Status.ACCEPTED, statuses), two_ends)}
    await check_counters_and_summaries(store)


@given(st.lists(st.sampled_from(NEWS), max_size=5), st.data())
async def test_the_send_result_may_come_anywhere_among_the_receipts(
    news: list[Status], data: st.DataObject
) -> None:
    async with temporary_store() as store:
        mine = await store.intents.queue_message(make_outgoing())
        await store.outbox.claim_due_messages("a", ACCOUNT, 1)
        receipts = [make_receipt(status, "p-1") for status in news]
        shuffled = data.draw(st.permutations(receipts))
        cut = data.draw(st.integers(0, len(shuffled)))
        await store.ingest.store_events(ACCOUNT, shuffled[:cut])
        await store.outbox.settle_message(mine.id, SendRecord(Status.ACCEPTED, "p-1"))
        await store.ingest.store_events(ACCOUNT, shuffled[cut:] + shuffled[:cut])
        found = await get_message(store, mine.id)
        assert found.status == apply_reports(Status.ACCEPTED, news)
        assert found.contradicted == (len(FINAL_STATUSES.intersection(news)) > 1)
        assert len(await store.messages.list_events(mine.id)) == 1 + len(news)
        await check_counters_and_summaries(store)


async def test_an_early_receipt_is_kept_with_all_its_fields(store: Store) -> None:
    mine = await store.intents.queue_message(make_outgoing())
    await store.outbox.claim_due_messages("a", ACCOUNT, 1)
    early = make_receipt(Status.DELIVERED, "p-1", parts=3, price="0.09 EUR", opted_out=True)
    await store.ingest.store_events(ACCOUNT, [early])
    assert (await get_message(store, mine.id)).status is Status.SENDING
    await store.outbox.settle_message(mine.id, SendRecord(Status.ACCEPTED, "p-1"))
    found = await get_message(store, mine.id)
    assert (found.status, found.parts) == (Status.DELIVERED, 3)
    assert (await get_conversation(store)).opted_out


@pytest.mark.parametrize(
    ("given_id", "came_back"),
    [("ABC-1f", "abc-1F"), ("0012345", "12345"), ("12345", "0012345"), ("x1", " x1 ")],
)
async def test_ids_match_in_other_case_and_with_leading_zeros(
    store: Store, given_id: str, came_back: str
) -> None:
    mine = await store_sent(store, given_id)
    await store.ingest.store_events(ACCOUNT, [make_receipt(Status.DELIVERED, came_back)])
    assert (await get_message(store, mine.id)).status is Status.DELIVERED
    early = await store.intents.queue_message(make_outgoing())
    await store.outbox.claim_due_messages("a", ACCOUNT, 1)
    await store.ingest.store_events(ACCOUNT, [make_receipt(Status.FAILED, came_back + "9")])
    await store.outbox.settle_message(early.id, SendRecord(Status.ACCEPTED, given_id.strip() + "9"))
    found = (await get_message(store, early.id)).status
    assert found is (Status.ACCEPTED if came_back != came_back.strip() else Status.FAILED)


async def test_an_exact_id_has_priority_over_a_similar_one(store: Store) -> None:
    exact, other = await store_sent(store, "0012"), await store_sent(store, "12")
    await store.ingest.store_events(ACCOUNT, [make_receipt(Status.DELIVERED, "0012")])
    assert (await get_message(store, exact.id)).status is Status.DELIVERED
    assert (await get_message(store, other.id)).status is Status.ACCEPTED


async def test_our_reference_finds_a_message_without_provider_id(store: Store) -> None:
    mine = await store.intents.queue_message(make_outgoing())
    await store.outbox.claim_due_messages("a", ACCOUNT, 1)
    await store.outbox.settle_message(mine.id, SendRecord(Status.UNCERTAIN))
    early = make_receipt(Status.FAILED, "p-9")
    late = make_receipt(Status.DELIVERED, "p-9", reference=to_reference(mine.id).upper())
    await store.ingest.store_events(ACCOUNT, [early, late])
    found = await get_message(store, mine.id)
    assert (found.status, found.provider_id) == (Status.DELIVERED, "p-9")
    assert found.contradicted
    assert (await get_conversation(store)).failed == 0


async def test_a_receipt_of_another_account_does_not_match(store: Store) -> None:
    mine = await store_sent(store, "p-1")
    stranger = make_receipt(Status.FAILED, "p-1", reference=to_reference(mine.id))
    assert await store.ingest.store_events("other", [stranger]) == StoredCounts(new=1)
    assert (await get_message(store, mine.id)).status is Status.ACCEPTED


async def test_a_receipt_never_changes_an_incoming_message(store: Store) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply(id="77")])
    text = (await get_conversation(store)).last_id
    page = [
        make_receipt(Status.FAILED, "77"),
        make_receipt(Status.FAILED, reference=to_reference(text)),
    ]
    assert await store.ingest.store_events(ACCOUNT, page) == StoredCounts(new=2)
    assert (await get_message(store, text)).status is None
    assert (await get_conversation(store)).failed == 0


async def test_a_receipt_without_change_is_stored(store: Store) -> None:
    mine = await store_sent(store, "p-1")
    page = [make_receipt(None, "p-1", word="ENROUTE?"), make_receipt(Status.ACCEPTED, "p-1")]
    await store.ingest.store_events(ACCOUNT, page)
    history = await store.messages.list_events(mine.id)
    assert [(e.word, e.is_status_changed) for e in history[1:]] == [
        ("ENROUTE?", False),
        ("accepted", False),
    ]


async def test_reason_and_code_of_the_deciding_receipt_are_stored(
    store: Store, clock: ManualClock
) -> None:
    mine = await store_sent(store, "p-1")
    at = clock.now() - HOUR
    failure = make_receipt(
        Status.FAILED, "p-1", word="UNDELIV", code="27", reason="Switched off", at=at
    )
    await store.ingest.store_events(
        ACCOUNT, [failure, make_receipt(Status.EXPIRED, "p-1", code="99")]
    )
    found = await get_message(store, mine.id)
    assert (found.word, found.code, found.reason) == ("UNDELIV", "27", "Switched off")
    assert found.status_at == at
    assert found.contradicted


async def test_a_failure_is_counted_until_a_late_delivery(store: Store) -> None:
    await store_sent(store, "p-1")
    await store.ingest.store_events(ACCOUNT, [make_receipt(Status.EXPIRED, "p-1")])
    assert (await store.conversations.get_counts()).failed == 1
    await store.ingest.store_events(ACCOUNT, [make_receipt(Status.DELIVERED, "p-1")])
    assert (await store.conversations.get_counts()).failed == 0
    assert (await get_conversation(store)).last_status is Status.DELIVERED


async def test_a_receipt_for_an_unknown_message_is_stored(store: Store) -> None:
    assert await store.ingest.store_events(
        ACCOUNT, [make_receipt(Status.DELIVERED, "?")]
    ) == StoredCounts(new=1)
    kept = await store.database.read(
        lambda c: c.execute("select count(*) from events where message_id is null").fetchone()[0]
    )
    assert kept == 1
