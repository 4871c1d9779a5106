"""Test that customers' messages are stored once, in order, with correct conversation rows."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import OpenStore
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
from tests.store.temporary import temporary_store
from tui.clock import HOUR, MINUTE, ManualClock
from tui.domain.conversation import State
from tui.domain.events import Event
from tui.domain.message import Attachment, Direction
from tui.store.ingest import StoredCounts
from tui.store.messages import NEWEST
from tui.store.store import Store


async def test_a_message_begins_a_waiting_conversation(store: Store, clock: ManualClock) -> None:
    assert await store.ingest.store_events(
        ACCOUNT, [make_reply("Where is my order?")]
    ) == StoredCounts(new=1)
    conversation = await get_conversation(store)
    assert conversation.state is State.OPEN
    assert (conversation.unread, conversation.waiting_since) == (1, clock.now())
    assert conversation.preview == "Where is my order?"
    assert conversation.account == ACCOUNT
    assert conversation.own == "+61491570157"
    assert conversation.last_direction is Direction.IN
    counts = await store.conversations.get_counts()
    assert (counts.open, counts.waiting, counts.unread) == (1, 1, 1)


async def test_one_customer_has_one_conversation_in_every_notation(store: Store) -> None:
    written = [MIA, MIA.removeprefix("+"), "0061491570006", "+61 491 570 006"]
    await store.ingest.store_events(ACCOUNT, [make_reply(party=party) for party in written])
    assert (await get_conversation(store)).unread == 4
    assert (await store.conversations.get_counts()).open == 1


async def test_a_repeated_event_is_always_recognized(store: Store, open_store: OpenStore) -> None:
    page = [make_reply("one", id="e1"), make_reply("two", id="e2")]
    await store.ingest.store_events(ACCOUNT, page)
    other = await open_store(owner="b")
    assert await other.ingest.store_events(ACCOUNT, [*page, *page]) == StoredCounts(known=4)
    assert await other.ingest.store_events("another account", page) == StoredCounts(new=2)
    assert (await get_conversation(store)).unread == 4


@given(st.data())
async def test_events_delivered_1_to_5_times_in_any_order_are_stored_once(
    data: st.DataObject,
) -> None:
    async with temporary_store() as store:
        texts: list[Event] = [make_reply(f"text {n}", id=f"e{n}") for n in range(6)]
        times = data.draw(st.lists(st.integers(1, 5), min_size=6, max_size=6))
        deliveries = [text for text, n in zip(texts, times, strict=True) for _ in range(n)]
        shuffled = data.draw(st.permutations(deliveries))
        cuts = sorted(data.draw(st.lists(st.integers(0, len(shuffled)), max_size=3)))
        for start, end in itertools.pairwise([0, *cuts, len(shuffled)]):
            await store.ingest.store_events(ACCOUNT, shuffled[start:end])
        conversation = await get_conversation(store)
        shown = await store.messages.list_before(conversation.id, NEWEST, 100)
        assert sorted(m.body for m in shown) == [f"text {n}" for n in range(6)]
        assert conversation.unread == 6
        await check_counters_and_summaries(store)


async def test_messages_of_the_same_second_stay_in_order_of_arrival(
    store: Store, clock: ManualClock
) -> None:
    page = [make_reply(f"{n}", received_at=clock.now()) for n in range(50)]
    await store.ingest.store_events(ACCOUNT, page)
    conversation = await get_conversation(store)
    shown = await store.messages.list_before(conversation.id, NEWEST, 100)
    assert [m.body for m in shown] == [str(n) for n in range(50)]


@pytest.mark.parametrize("ahead", [6 * MINUTE, 10 * 365 * 24 * HOUR])
async def test_a_provider_time_in_the_future_is_not_used(
    store: Store, clock: ManualClock, ahead: int
) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply(received_at=clock.now() + ahead)])
    assert (await get_conversation(store)).last_at == clock.now()


async def test_a_message_reopens_a_closed_or_snoozed_conversation(
    store: Store, clock: ManualClock
) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply(), make_reply(party=TOM)])
    mia, tom = await get_conversation(store), await get_conversation(store, TOM)
    await store.triage.close_conversations([mia.id], "ana")
    await store.triage.snooze_conversations([tom.id], "ana", clock.now() + HOUR)
    await store.ingest.store_events(ACCOUNT, [make_reply("Again"), make_reply("Again", party=TOM)])
    for party in (MIA, TOM):
        conversation = await get_conversation(store, party)
        assert conversation.state is State.OPEN
        assert conversation.snoozed_until is None
        assert conversation.waiting_since is not None
    await check_counters_and_summaries(store)


async def test_a_customer_who_writes_twice_waits_since_the_first_message(
    store: Store, clock: ManualClock
) -> None:
    began = clock.now()
    await store.ingest.store_events(ACCOUNT, [make_reply()])
    clock.advance(60)
    await store.ingest.store_events(ACCOUNT, [make_reply()])
    assert (await get_conversation(store)).waiting_since == began
    await store.intents.queue_message(make_outgoing())
    assert (await get_conversation(store)).waiting_since is None


async def test_a_reply_uses_the_account_the_customer_last_used(store: Store) -> None:
    await store.ingest.store_events("au", [make_reply(own="+61491570157")])
    await store.ingest.store_events("eu", [make_reply(own="+447700900100")])
    await store.ingest.store_events("eu", [make_reply(own="")])
    conversation = await get_conversation(store)
    assert (conversation.account, conversation.own) == ("eu", "+447700900100")


async def test_files_of_a_message_are_stored(store: Store) -> None:
    files = (Attachment("cat.jpg", "image/jpeg", b"\xff\xd8"), Attachment("b", "text/plain", b""))
    await store.ingest.store_events(
        ACCOUNT, [make_reply("Look", attachments=files, subject="My cat")]
    )
    received = await get_message(store, (await get_conversation(store)).last_id)
    assert (received.attachments, received.subject) == (2, "My cat")
    infos = await store.messages.list_attachments(received.id)
    assert [(info.name, info.size) for info in infos] == [("cat.jpg", 2), ("b", 0)]
    assert await store.messages.get_attachment_data(infos[0].id) == b"\xff\xd8"
    assert await store.messages.get_attachment_data(0) == b""
    assert [m.id for m in await store.messages.search_text("cat")] == [received.id]


async def test_the_raw_payload_is_in_the_history_of_the_message(store: Store) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply(raw='{"as": "it came"}')])
    history = await store.messages.list_events((await get_conversation(store)).last_id)
    assert [(entry.kind, entry.raw) for entry in history] == [("reply", '{"as": "it came"}')]


async def test_the_address_book_of_a_provider_names_an_unknown_customer(store: Store) -> None:
    long_name = " Anna \n Kowalska\0 " + "x" * 200
    await store.ingest.store_events(ACCOUNT, [make_reply(), make_reply(party_name=long_name)])
    name = (await get_conversation(store)).name
    assert name.startswith("Anna Kowalska\ufffd x") and len(name) == 100
    await check_counters_and_summaries(store)


@pytest.mark.parametrize("name", ["Mia from the shop", ""])
async def test_a_name_that_an_agent_has_set_or_removed_stays(store: Store, name: str) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply(party_name="Anna")])
    conversation = await get_conversation(store)
    assert conversation.name == "Anna"
    await store.contacts.rename_contact(conversation.id, name, "", "mia")
    await store.ingest.store_events(ACCOUNT, [make_reply(party_name="Anna")])
    assert (await get_conversation(store)).name == name


async def test_a_merged_customer_who_gets_a_name_is_found_by_every_number(store: Store) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply(), make_reply(party=TOM)])
    mia, tom = await get_conversation(store), await get_conversation(store, TOM)
    await store.merges.merge_conversations(mia.id, tom.id, "ana")
    await store.ingest.store_events(ACCOUNT, [make_reply(party_name="Anna")])
    folded = await store.database.read(
        lambda c: c.execute("select folded from conversations").fetchone()[0]
    )
    assert folded == f"anna {MIA} {TOM}"


async def test_a_sender_is_not_named_after_itself(store: Store) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply(party="BANK", party_name="Bank")])
    await store.ingest.store_events(ACCOUNT, [make_reply(party_name="")])
    assert (await get_conversation(store, "BANK")).name == ""
    assert (await get_conversation(store)).name == ""
