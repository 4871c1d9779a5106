"""Test payloads under a known id: repeated, richer, poorer, or of another message."""

import random
from pathlib import Path

import pytest

from tests.store.builders import ACCOUNT, MIA, TOM, get_conversation, make_outgoing, make_reply
from tests.store.consistency import check_counters_and_summaries
from tui.clock import DAY, HOUR, MINUTE, ManualClock
from tui.domain.conversation import State
from tui.domain.events import CopyKind, OptOut, Reply
from tui.domain.file_names import name_attachments, summarize_message
from tui.domain.message import Attachment, Message
from tui.domain.phone import parse_address
from tui.startup.wiring import create_consent_judge
from tui.store.ingest import StoredCounts
from tui.store.messages import NEWEST
from tui.store.store import Store

CAT = Attachment("cat.jpg", "image/jpeg", b"\xff\xd8cat")
DOG = Attachment("dog.jpg", "image/jpeg", b"\xff\xd8dog")


async def receive(store: Store, *replies: Reply) -> StoredCounts:
    """Store a page."""
    return await store.ingest.store_events(ACCOUNT, replies)


async def list_messages(store: Store, party: str = MIA) -> list[Message]:
    """Return the messages of a conversation."""
    conversation = await get_conversation(store, party)
    return await store.messages.list_before(conversation.id, NEWEST, 100)


async def list_copies(store: Store, message: Message) -> list[CopyKind]:
    """Return what the payloads of a message are."""
    return [entry.copy for entry in await store.messages.list_events(message.id)]


async def count_conversations(store: Store) -> int:
    """Return how many conversations there are."""
    return int(
        await store.database.read(
            lambda c: c.execute("select count(*) from conversations").fetchone()[0]
        )
    )


OTHERS = [
    make_reply("Other words", id="1001"),
    make_reply("Hello", TOM, id="1001"),
    make_reply("Other words", TOM, id="1001", attachments=(CAT,)),
    make_reply("Hello", id="1001", own="+447700900100"),
    make_reply("", id="1001", attachments=(CAT,)),
]


@pytest.mark.parametrize("other", OTHERS, ids=range(5))
async def test_another_payload_under_a_known_id_is_a_message_of_its_own(
    store: Store, other: Reply
) -> None:
    first = make_reply("Hello", id="1001")
    assert await receive(store, first) == StoredCounts(new=1)
    assert await receive(store, other) == StoredCounts(new=1)
    assert await receive(store, first, other, other, first) == StoredCounts(known=4)
    parties = {parse_address(reply.party).conversation_key for reply in (first, other)}
    messages = [message for party in parties for message in await list_messages(store, party)]
    assert sorted(message.body for message in messages) == sorted([first.text, other.text])
    for message in messages:
        assert message.provider_id == "1001"
        assert await list_copies(store, message) == [CopyKind.REUSED]
    assert await count_conversations(store) == len(parties)
    await check_counters_and_summaries(store)


async def test_a_known_payload_creates_no_conversation(store: Store) -> None:
    page = [make_reply("one", id="7"), make_reply("two", TOM, id="7"), make_reply("three", id="7")]
    await receive(store, *page)
    await receive(store, *reversed(page))
    assert await count_conversations(store) == 2
    assert [message.body for message in await list_messages(store)] == ["one", "three"]
    assert [message.body for message in await list_messages(store, TOM)] == ["two"]


async def test_ids_with_the_mark_of_a_copy_are_ids_like_others(store: Store) -> None:
    page = [make_reply(text, id=text) for text in ("7", "7#", "7#1", "7#2#", "7$")]
    assert await receive(store, *page) == StoredCounts(new=5)
    assert await receive(store, *page) == StoredCounts(known=5)


async def test_an_opt_out_of_another_customer_under_a_known_id_counts(store: Store) -> None:
    await receive(store, make_reply(), make_reply(party=TOM))
    events = [OptOut("o1", party, None, f'{{"number": "{party}"}}') for party in (MIA, TOM)]
    assert await store.ingest.store_events(ACCOUNT, events) == StoredCounts(new=2)
    assert (await get_conversation(store)).opted_out
    assert (await get_conversation(store, TOM)).opted_out
    mia = await get_conversation(store)
    await store.consent.record_decision(mia.id, "ana", opted_out=False, evidence="asked for it")
    assert await store.ingest.store_events(ACCOUNT, events) == StoredCounts(known=2)
    assert not (await get_conversation(store)).opted_out


COMPLETED = {
    "a picture": (make_reply("Look", id="1"), make_reply("Look", id="1", attachments=(CAT,))),
    "a second picture": (
        make_reply("Look", id="1", attachments=(CAT,)),
        make_reply("Look", id="1", attachments=(CAT, DOG)),
    ),
    "a picture without content": (
        make_reply("Look", id="1", attachments=(Attachment("cat.jpg", "image/jpeg", b""),)),
        make_reply("Look", id="1", attachments=(CAT,)),
    ),
    "only a picture": (make_reply("", id="1"), make_reply("", id="1", attachments=(CAT,))),
    "a cut text": (make_reply("AT", id="1"), make_reply("AT&T is late", id="1")),
    "a mark": (make_reply("J\ufffdrgen", id="1"), make_reply("Jürgen", id="1")),
    "a charset": (make_reply("JÃ¼rgen", id="1"), make_reply("Jürgen", id="1")),
    "no text": (make_reply("", id="1"), make_reply("Jürgen", id="1")),
    "a subject": (make_reply("Hi", id="1"), make_reply("Hi", id="1", subject="Holiday")),
}


@pytest.mark.parametrize(("poor", "rich"), COMPLETED.values(), ids=COMPLETED)
@pytest.mark.parametrize("together", [True, False])
async def test_a_richer_copy_completes_the_message(
    store: Store, clock: ManualClock, poor: Reply, rich: Reply, together: bool
) -> None:
    if together:
        assert await receive(store, poor, rich) == StoredCounts(new=1, known=1)
    else:
        await receive(store, poor)
        clock.advance(20 * 60)
        assert await receive(store, rich) == StoredCounts(known=1)
    (message,) = await list_messages(store)
    assert (message.body, message.subject) == (rich.text, rich.subject)
    found = await store.messages.list_attachments(message.id)
    data = [await store.messages.get_attachment_data(file.id) for file in found]
    assert data == [attachment.data for attachment in rich.attachments]
    entries = await store.messages.list_events(message.id)
    assert [entry.copy for entry in entries] == [CopyKind.FIRST, CopyKind.COMPLETED]
    assert [entry.raw for entry in entries] == [poor.raw, rich.raw]
    row = await get_conversation(store)
    files = name_attachments(rich.attachments)
    assert (row.preview, row.unread) == (summarize_message(rich.text, rich.subject, files), 1)
    for word in f"{rich.subject} {rich.text}".split():
        assert len(await store.messages.search_text(word)) == 1
    assert await receive(store, poor, rich) == StoredCounts(known=2)
    assert len(await store.messages.list_events(message.id)) == 2
    await check_counters_and_summaries(store)


@pytest.mark.parametrize(("poor", "rich"), COMPLETED.values(), ids=COMPLETED)
async def test_a_poorer_copy_changes_nothing(store: Store, poor: Reply, rich: Reply) -> None:
    await receive(store, rich)
    before = await list_messages(store)
    assert await receive(store, poor) == StoredCounts(known=1)
    assert await list_messages(store) == before
    assert await list_copies(store, before[0]) == [CopyKind.FIRST, CopyKind.REPEATED]


async def test_words_of_a_misread_text_are_not_found_any_more(store: Store) -> None:
    await receive(store, make_reply("JÃ¼rgen", id="1"))
    await receive(store, make_reply("Jürgen", id="1"))
    assert await store.messages.search_text("JÃ¼rgen") == []
    assert len(await store.messages.search_text("Jürgen")) == 1


async def test_the_second_message_of_an_id_is_completed_too(store: Store) -> None:
    await receive(store, make_reply("Hello", id="1"), make_reply("AT", TOM, id="1"))
    await receive(store, make_reply("AT&T is late", TOM, id="1"))
    assert [message.body for message in await list_messages(store, TOM)] == ["AT&T is late"]
    assert [message.body for message in await list_messages(store)] == ["Hello"]


async def test_more_to_read_is_unread_again(store: Store, clock: ManualClock) -> None:
    await receive(store, make_reply("AT", id="1", received_at=clock.now()))
    row = await get_conversation(store)
    await store.conversations.set_read_marker(row.id, "ana", row.last_id)
    await store.intents.queue_message(make_outgoing("AT?"))
    await store.triage.close_conversations([row.id], "ana")
    asked = clock.now()
    clock.advance(60)
    await receive(store, make_reply("AT&T is late", id="1", received_at=asked))
    row = await get_conversation(store)
    assert (row.state, row.unread, row.preview) == (State.OPEN, 1, "AT?")
    marker = await store.conversations.get_read_marker(row.id, "ana")
    assert (await list_messages(store))[0].arrival_id > marker
    assert row.waiting_since == asked
    await check_counters_and_summaries(store)


async def test_a_corrected_character_is_not_unread_again(store: Store) -> None:
    await receive(store, make_reply("J\ufffdrgen", id="1"))
    row = await get_conversation(store)
    await store.conversations.set_read_marker(row.id, "ana", row.last_id)
    await receive(store, make_reply("Jürgen", id="1"))
    assert (await get_conversation(store)).unread == 0


@pytest.mark.parametrize("wrong", [None, 0, 946_684_800_000])
async def test_a_text_moves_to_its_right_time(
    store: Store, clock: ManualClock, wrong: int | None
) -> None:
    began = clock.now()
    clock.advance(720)
    await receive(store, make_reply("second", received_at=clock.now() - 5 * MINUTE))
    await receive(store, make_reply("first", id="1", received_at=wrong, attachments=(CAT,)))
    row = await get_conversation(store)
    assert row.preview == "first"
    await store.conversations.set_read_marker(row.id, "ana", row.last_id)
    rich = make_reply("first", id="1", received_at=began, attachments=(CAT,))
    assert await receive(store, rich) == StoredCounts(known=1)
    shown = await list_messages(store)
    assert [message.body for message in shown] == ["first", "second"]
    assert (shown[0].at, shown[0].arrived_at) == (began, clock.now())
    assert await list_copies(store, shown[0]) == [CopyKind.FIRST, CopyKind.COMPLETED]
    assert len(await store.messages.list_attachments(shown[0].id)) == 1
    assert [m.id for m in await store.messages.search_text("first")] == [shown[0].id]
    row = await get_conversation(store)
    assert (row.preview, row.last_at, row.unread) == ("second", shown[1].at, 0)
    await check_counters_and_summaries(store)


async def test_our_address_is_completed(store: Store) -> None:
    await receive(store, make_reply(id="1", own=""))
    assert await receive(store, make_reply(id="1", own="+61491570157")) == StoredCounts(known=1)
    assert (await get_conversation(store)).own == "+61491570157"
    (message,) = await list_messages(store)
    assert await list_copies(store, message) == [CopyKind.FIRST, CopyKind.COMPLETED]


async def test_events_of_an_earlier_version_are_recognized(store: Store) -> None:
    reply = make_reply("Hello", id="1", received_at=None)
    await receive(store, reply)
    await store.database.write(
        lambda t: t.connection.execute("update events set own = null, digest = ''")
    )
    assert await receive(store, reply) == StoredCounts(known=1)
    assert await receive(store, make_reply("Other", id="1")) == StoredCounts(new=1)
    assert [message.body for message in await list_messages(store)] == ["Hello", "Other"]


# Consent ------------------------------------------------------------------------------------


@pytest.fixture
async def judging_store(tmp_path: Path, clock: ManualClock) -> Store:
    """Return a store that classifies texts as the program does."""
    judge = create_consent_judge({})
    path = tmp_path / "judged.db"
    return Store(path, clock=clock, rng=random.Random(1), owner="a", classify=judge)


@pytest.mark.parametrize(("poor", "rich"), [("", "STOP"), ("STOP", "STOP & SHOP is late")])
async def test_the_stricter_verdict_on_two_copies_holds(
    judging_store: Store, poor: str, rich: str
) -> None:
    async with judging_store as store:
        await receive(store, make_reply(poor, id="1"))
        await receive(store, make_reply(rich, id="1"))
        row = await get_conversation(store)
        assert row.opted_out
        assert row.waiting_since is None
        await check_counters_and_summaries(store)


async def test_an_opt_in_that_was_only_the_beginning_is_reversed(
    judging_store: Store, clock: ManualClock
) -> None:
    async with judging_store as store:
        await receive(store, make_reply("STOP", received_at=clock.now() - HOUR))
        await receive(store, make_reply("START", id="1", received_at=clock.now()))
        assert not (await get_conversation(store)).opted_out
        await receive(store, make_reply("START & why?", id="1", received_at=clock.now()))
        assert (await get_conversation(store)).opted_out
        assert (await get_conversation(store)).waiting_since is None


async def test_a_completed_text_does_not_opt_in(judging_store: Store, clock: ManualClock) -> None:
    async with judging_store as store:
        await receive(store, make_reply("STOP", received_at=clock.now() - DAY))
        await receive(store, make_reply("", id="1"))
        await receive(store, make_reply("START", id="1"))
        assert (await get_conversation(store)).opted_out
