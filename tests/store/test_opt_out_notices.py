"""Test notices of opt-outs that contain the customer's words: one message, in every order."""

import itertools

import pytest

from tests.conftest import OpenStore
from tests.store.builders import ACCOUNT, MIA, get_conversation, make_outgoing, make_reply
from tests.store.consistency import check_counters_and_summaries
from tui.clock import HOUR, MINUTE, ManualClock
from tui.domain.events import Event, OptOut
from tui.domain.message import Direction, Message
from tui.domain.phone import parse_address
from tui.startup.wiring import create_consent_judge
from tui.store.errors import OptedOut
from tui.store.messages import NEWEST
from tui.store.store import Store

MORE = "STOP - but please call me about my refund"


@pytest.fixture
async def notice_store(open_store: OpenStore) -> Store:
    """Return an inbox that understands stop words."""
    return await open_store(classify=create_consent_judge({}))


def make_notice(text: str, at: int | None = None, id: str = "n1", own: str = "") -> OptOut:
    """Return a notice with what Mia wrote."""
    return OptOut(id, MIA, at, "{}", text=text, own=own)


async def list_texts(store: Store) -> list[Message]:
    """Return what Mia wrote, oldest first; the counters must agree with it."""
    await check_counters_and_summaries(store)
    conversation = await get_conversation(store)
    found = await store.messages.list_before(conversation.id, NEWEST, 100)
    return [message for message in found if message.direction is Direction.IN]


@pytest.mark.parametrize("text", ["STOP", MORE, "Отписаться", "x" * 30_000])
async def test_the_words_of_a_notice_are_a_message_of_the_locked_conversation(
    notice_store: Store, clock: ManualClock, text: str
) -> None:
    at = clock.now() - MINUTE
    await notice_store.ingest.store_events(ACCOUNT, [make_notice(text, at, own="+61400000001")])
    (message,) = await list_texts(notice_store)
    assert message.body[:20_000] == text[:20_000]
    assert (message.at, message.provider_id) == (at, "")
    conversation = await get_conversation(notice_store)
    assert (conversation.opted_out, conversation.unread, conversation.own) == (
        True,
        1,
        "+61400000001",
    )
    assert conversation.preview == text[:160]
    consent = await notice_store.consent.get_consent(MIA)
    assert consent is not None
    assert (consent.message_id, consent.evidence) == (message.id, text[:500])
    assert [e.kind for e in await notice_store.messages.list_events(message.id)] == ["opt_out"]
    assert await notice_store.messages.search_text(text.split()[0][:10])


async def test_words_beyond_the_keyword_wait_for_an_answer_once_the_lock_is_lifted(
    notice_store: Store,
) -> None:
    await notice_store.ingest.store_events(ACCOUNT, [make_notice(MORE)])
    locked = await get_conversation(notice_store)
    assert locked.waiting_since is None
    await notice_store.consent.record_decision(
        locked.id, "ana", opted_out=False, evidence="called her"
    )
    assert (await get_conversation(notice_store)).waiting_since is not None
    await check_counters_and_summaries(notice_store)


async def test_a_mere_stop_word_waits_for_no_answer(notice_store: Store) -> None:
    await notice_store.ingest.store_events(ACCOUNT, [make_notice("stop.")])
    conversation = await get_conversation(notice_store)
    await notice_store.consent.record_decision(
        conversation.id, "ana", opted_out=False, evidence="called her"
    )
    assert (await get_conversation(notice_store)).waiting_since is None


@pytest.mark.parametrize("text", ["STOP", MORE, "退订"])
@pytest.mark.parametrize("order", itertools.permutations(range(4)))
async def test_a_text_and_its_notice_are_one_message_in_every_order(
    notice_store: Store, clock: ManualClock, order: tuple[int, ...], text: str
) -> None:
    at = clock.now() - 2 * MINUTE
    reply, notice = make_reply(text, id="r1", received_at=at), make_notice(f" {text}\n", at + 900)
    reports: list[Event] = [reply, notice, reply, notice]
    for place in order:
        await notice_store.ingest.store_events(ACCOUNT, [reports[place]])
    (message,) = await list_texts(notice_store)
    assert message.provider_id == "r1"
    kinds = [entry.kind for entry in await notice_store.messages.list_events(message.id)]
    assert sorted(kinds) == ["opt_out", "reply"]
    conversation = await get_conversation(notice_store)
    assert (conversation.opted_out, conversation.unread) == (True, 1)


async def test_the_same_word_on_another_day_is_another_message(
    notice_store: Store, clock: ManualClock
) -> None:
    await notice_store.ingest.store_events(ACCOUNT, [make_notice("STOP", clock.now())])
    clock.advance(3_600)
    later = make_reply("STOP", id="r2", received_at=clock.now())
    await notice_store.ingest.store_events(ACCOUNT, [later])
    assert [m.provider_id for m in await list_texts(notice_store)] == ["", "r2"]


async def test_two_texts_with_the_same_word_stay_two(
    notice_store: Store, clock: ManualClock
) -> None:
    at = clock.now() - HOUR
    texts = [make_reply("STOP", id=f"r{n}", received_at=at + n * 1_000) for n in (1, 2)]
    await notice_store.ingest.store_events(ACCOUNT, [*texts, make_notice("STOP", at)])
    assert [m.provider_id for m in await list_texts(notice_store)] == ["r1", "r2"]


async def test_a_notice_without_words_makes_no_message(notice_store: Store) -> None:
    await notice_store.ingest.store_events(ACCOUNT, [make_reply("Hello"), make_notice(" \n")])
    assert [message.body for message in await list_texts(notice_store)] == ["Hello"]
    assert (await get_conversation(notice_store)).opted_out


async def test_a_notice_without_words_locks_a_number_without_a_conversation(
    notice_store: Store,
) -> None:
    stored = await notice_store.ingest.store_events(ACCOUNT, [make_notice("")])
    assert stored.new == 1
    assert await notice_store.conversations.find_by_address(parse_address(MIA)) is None
    with pytest.raises(OptedOut):
        await notice_store.intents.queue_message(make_outgoing())
    assert await notice_store.conversations.find_by_address(parse_address(MIA)) is None
    await notice_store.ingest.store_events(ACCOUNT, [make_notice(""), make_reply("Hello")])
    assert [message.body for message in await list_texts(notice_store)] == ["Hello"]
    conversation = await get_conversation(notice_store)
    assert conversation.opted_out
    await notice_store.consent.record_decision(
        conversation.id, "mia", opted_out=False, evidence="asked for it"
    )
    await notice_store.ingest.store_events(ACCOUNT, [make_notice(""), make_reply("Again")])
    assert not (await get_conversation(notice_store)).opted_out


async def test_the_lock_of_a_national_number_holds_once_its_country_is_known(
    notice_store: Store,
) -> None:
    notice = OptOut("n1", "0491570156", None, "{}")
    await notice_store.ingest.store_events(ACCOUNT, [notice])
    reply = make_reply("Hello", party="0491570156")
    await notice_store.ingest.store_events(ACCOUNT, [reply], "AU")
    conversation = await get_conversation(notice_store, "+61491570156")
    assert conversation.opted_out
    await notice_store.consent.record_decision(
        conversation.id, "mia", opted_out=False, evidence="asked for it"
    )
    again = make_reply("Again", party="0491570156", id="r2")
    await notice_store.ingest.store_events(ACCOUNT, [again], "AU")
    assert not (await get_conversation(notice_store, "+61491570156")).opted_out
