"""What customers write becomes messages: once, in order, with the list kept true."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import OpenStore
from tests.store.builders import ACCOUNT, MIA, TOM, answer, conversation_with, message, reply
from tests.store.temporary import temporary_store
from tests.store.truth import assert_true_to_the_rows
from tui.clock import HOUR, MINUTE, ManualClock
from tui.domain.conversation import State
from tui.domain.events import Event
from tui.domain.message import Attachment, Direction
from tui.store.ingest import StoredCounts
from tui.store.messages import NEWEST
from tui.store.store import Store


async def test_a_text_begins_a_conversation_that_waits(store: Store, clock: ManualClock) -> None:
    assert await store.ingest.store_events(ACCOUNT, [reply("Where is my order?")]) == StoredCounts(
        new=1
    )
    conversation = await conversation_with(store)
    assert conversation.state is State.OPEN
    assert (conversation.unread, conversation.waiting_since) == (1, clock.now())
    assert conversation.preview == "Where is my order?"
    assert conversation.account == ACCOUNT
    assert conversation.own == "+61491570157"
    assert conversation.last_direction is Direction.IN
    counts = await store.conversations.get_counts()
    assert (counts.open, counts.waiting, counts.unread) == (1, 1, 1)


async def test_one_customer_has_one_thread_however_the_number_is_written(store: Store) -> None:
    written = [MIA, MIA.removeprefix("+"), "0061491570006", "+61 491 570 006"]
    await store.ingest.store_events(ACCOUNT, [reply(party=party) for party in written])
    assert (await conversation_with(store)).unread == 4
    assert (await store.conversations.get_counts()).open == 1


async def test_the_same_event_is_known_the_second_time_for_ever(
    store: Store, open_store: OpenStore
) -> None:
    page = [reply("one", id="e1"), reply("two", id="e2")]
    await store.ingest.store_events(ACCOUNT, page)
    other = await open_store(owner="b")
    assert await other.ingest.store_events(ACCOUNT, [*page, *page]) == StoredCounts(known=4)
    assert await other.ingest.store_events("another account", page) == StoredCounts(new=2)
    assert (await conversation_with(store)).unread == 4


@given(st.data())
async def test_any_delivery_1_to_5_times_in_any_order_shows_each_text_once(
    data: st.DataObject,
) -> None:
    async with temporary_store() as store:
        texts: list[Event] = [reply(f"text {n}", id=f"e{n}") for n in range(6)]
        times = data.draw(st.lists(st.integers(1, 5), min_size=6, max_size=6))
        deliveries = [text for text, n in zip(texts, times, strict=True) for _ in range(n)]
        shuffled = data.draw(st.permutations(deliveries))
        cuts = sorted(data.draw(st.lists(st.integers(0, len(shuffled)), max_size=3)))
        for start, end in itertools.pairwise([0, *cuts, len(shuffled)]):
            await store.ingest.store_events(ACCOUNT, shuffled[start:end])
        conversation = await conversation_with(store)
        shown = await store.messages.list_before(conversation.id, NEWEST, 100)
        assert sorted(m.body for m in shown) == [f"text {n}" for n in range(6)]
        assert conversation.unread == 6
        await assert_true_to_the_rows(store)


async def test_texts_of_the_same_second_stay_in_the_order_they_came(
    store: Store, clock: ManualClock
) -> None:
    page = [reply(f"{n}", received_at=clock.now()) for n in range(50)]
    await store.ingest.store_events(ACCOUNT, page)
    conversation = await conversation_with(store)
    shown = await store.messages.list_before(conversation.id, NEWEST, 100)
    assert [m.body for m in shown] == [str(n) for n in range(50)]


async def test_a_text_that_comes_late_stands_behind_what_was_seen(
    store: Store, clock: ManualClock
) -> None:
    await store.ingest.store_events(ACCOUNT, [reply("first", received_at=clock.now())])
    seen = (await conversation_with(store)).last_id
    late = clock.now() - HOUR
    await store.ingest.store_events(ACCOUNT, [reply("late", received_at=late)])
    conversation = await conversation_with(store)
    assert conversation.last_id > seen
    assert conversation.preview == "late"
    assert conversation.waiting_since == late
    assert conversation.last_at == clock.now()
    assert (await message(store, conversation.last_id)).at == late


@pytest.mark.parametrize("ahead", [6 * MINUTE, 10 * 365 * 24 * HOUR])
async def test_a_providers_clock_that_is_ahead_is_not_believed(
    store: Store, clock: ManualClock, ahead: int
) -> None:
    await store.ingest.store_events(ACCOUNT, [reply(received_at=clock.now() + ahead)])
    assert (await conversation_with(store)).last_at == clock.now()


async def test_a_text_opens_a_closed_and_a_snoozed_conversation(
    store: Store, clock: ManualClock
) -> None:
    await store.ingest.store_events(ACCOUNT, [reply(), reply(party=TOM)])
    mia, tom = await conversation_with(store), await conversation_with(store, TOM)
    await store.triage.close_conversations([mia.id], "ana")
    await store.triage.snooze_conversations([tom.id], "ana", clock.now() + HOUR)
    await store.ingest.store_events(ACCOUNT, [reply("Again"), reply("Again", party=TOM)])
    for party in (MIA, TOM):
        conversation = await conversation_with(store, party)
        assert conversation.state is State.OPEN
        assert conversation.snoozed_until is None
        assert conversation.waiting_since is not None
    await assert_true_to_the_rows(store)


async def test_who_writes_twice_waits_since_the_first_text(
    store: Store, clock: ManualClock
) -> None:
    began = clock.now()
    await store.ingest.store_events(ACCOUNT, [reply()])
    clock.advance(60)
    await store.ingest.store_events(ACCOUNT, [reply()])
    assert (await conversation_with(store)).waiting_since == began
    await store.intents.queue_message(answer())
    assert (await conversation_with(store)).waiting_since is None


async def test_an_answer_goes_out_through_what_the_customer_last_used(store: Store) -> None:
    await store.ingest.store_events("au", [reply(own="+61491570157")])
    await store.ingest.store_events("eu", [reply(own="+447700900100")])
    await store.ingest.store_events("eu", [reply(own="")])
    conversation = await conversation_with(store)
    assert (conversation.account, conversation.own) == ("eu", "+447700900100")


async def test_files_that_come_with_a_text_are_kept(store: Store) -> None:
    files = (Attachment("cat.jpg", "image/jpeg", b"\xff\xd8"), Attachment("b", "text/plain", b""))
    await store.ingest.store_events(ACCOUNT, [reply("Look", attachments=files, subject="My cat")])
    received = await message(store, (await conversation_with(store)).last_id)
    assert (received.attachments, received.subject) == (2, "My cat")
    infos = await store.messages.list_attachments(received.id)
    assert [(info.name, info.size) for info in infos] == [("cat.jpg", 2), ("b", 0)]
    assert await store.messages.get_attachment_data(infos[0].id) == b"\xff\xd8"
    assert await store.messages.get_attachment_data(0) == b""
    assert [m.id for m in await store.messages.search_text("cat")] == [received.id]


async def test_the_raw_payload_stands_in_the_history_of_the_message(store: Store) -> None:
    await store.ingest.store_events(ACCOUNT, [reply(raw='{"as": "it came"}')])
    history = await store.messages.list_events((await conversation_with(store)).last_id)
    assert [(entry.kind, entry.raw) for entry in history] == [("reply", '{"as": "it came"}')]
