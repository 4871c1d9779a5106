"""Test search: without accents, by prefix, newest first, and safe from injected syntax."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.store.builders import ACCOUNT, TOM, get_conversation, make_outgoing, make_reply
from tests.store.temporary import temporary_store
from tui.clock import ManualClock
from tui.domain.tokens import split_words
from tui.store.store import Store


async def find_texts(store: Store, text: str) -> list[str]:
    """Return the texts found."""
    return [message.body for message in await store.messages.search_text(text)]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("Zażółć gęślą jaźń", "zazolc gesla jazn"),
        ("Łódź", "lodz"),
        ("Straße", "STRASSE"),
        ("Où est mon colis ?", "ou colis"),
        ("Order 10-42", "42"),
        ("ﬁne", "fine"),
        ("Привет, мир", "прив"),
        ("こんにちは", "こんにちは"),
        ("İstanbul", "istanbul"),
        ("cafe\u0301", "café"),
    ],
)
async def test_words_are_found_without_case_and_accents(store: Store, body: str, text: str) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply("something else"), make_reply(body)])
    assert await find_texts(store, text) == [body]


@given(st.text(max_size=40), st.text(max_size=12))
async def test_no_text_breaks_the_search(body: str, text: str) -> None:
    async with temporary_store() as store:
        await store.ingest.store_events(ACCOUNT, [make_reply(body)])
        hits = await store.messages.search_text(text)
        said = split_words(body)
        asked = split_words(text)
        if asked and all(any(w.startswith(a) for w in said) for a in asked) and body.isascii():
            assert len(hits) == 1
        if not asked:
            assert hits == []


@pytest.mark.parametrize(
    "text",
    ['"', "a OR b", "NOT a", "body:a", "a*", "NEAR(a b)", "^a", "-a", "a')--", "", "  ", "()"],
)
async def test_search_syntax_is_treated_as_words(store: Store, text: str) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply("nothing of that kind")])
    assert await find_texts(store, text) == []


async def test_results_are_newest_first_and_paged(store: Store, clock: ManualClock) -> None:
    for n in range(5):
        await store.ingest.store_events(ACCOUNT, [make_reply(f"parcel {n}")])
        clock.advance(1)
    first = await store.messages.search_text("parcel", limit=2)
    rest = await store.messages.search_text("parcel", before=first[-1].id, limit=9)
    assert [m.body for m in first + rest] == [f"parcel {n}" for n in (4, 3, 2, 1, 0)]


async def test_a_search_can_be_limited_to_one_conversation(store: Store) -> None:
    await store.ingest.store_events(
        ACCOUNT, [make_reply("parcel mia"), make_reply("parcel tom", TOM)]
    )
    tom = await get_conversation(store, TOM)
    hits = await store.messages.search_text("parcel", conversation_id=tom.id)
    assert [m.body for m in hits] == ["parcel tom"]


async def test_replies_and_notes_are_found_too(store: Store) -> None:
    await store.intents.queue_message(make_outgoing("refund granted"))
    thread = (await get_conversation(store)).id
    await store.messages.add_note(thread, "ana", "refund by hand")
    assert await find_texts(store, "refund") == ["refund by hand", "refund granted"]


async def test_a_cancelled_search_stops_and_does_not_affect_others(store: Store) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply(f"parcel {n}") for n in range(300)])
    for _ in range(20):
        searches = [asyncio.create_task(store.messages.search_text("pa")) for _ in range(4)]
        await asyncio.sleep(0)
        for search in searches[:3]:
            search.cancel()
        results = await asyncio.gather(*searches, return_exceptions=True)
        assert all(isinstance(result, asyncio.CancelledError) for result in results[:3])
        kept = results[3]
        assert isinstance(kept, list)
        assert len(kept) == 50
