"""Test that a bad item does not block others: it is stored raw as unreadable."""

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.store.builders import (
    ACCOUNT,
    get_conversation,
    get_message,
    make_receipt,
    make_reply,
    store_sent,
)
from tests.store.consistency import check_counters_and_summaries
from tests.store.temporary import temporary_store
from tui.clock import ManualClock
from tui.domain.conversation import View
from tui.domain.events import Event, EventKind, OptOut, Unreadable
from tui.domain.status import Status
from tui.store.conversations import FIRST_POSITION
from tui.store.ingest import StoredCounts
from tui.store.messages import NEWEST
from tui.store.store import Store

GOOD = [make_reply("before", id="good-1"), make_reply("after", id="good-2")]
WRONG: Any = object()

BAD_ITEMS: list[Event] = [
    make_reply(text=WRONG, raw="{}"),
    replace(make_reply(), text=None),  # type: ignore[arg-type]
    replace(make_reply(), text=5),  # type: ignore[arg-type]
    replace(make_reply(), party=None),  # type: ignore[arg-type]
    replace(make_reply(), own=["+61491570157"]),  # type: ignore[arg-type]
    replace(make_reply(), event_id=None),  # type: ignore[arg-type]
    replace(make_reply(), event_id=17),  # type: ignore[arg-type]
    replace(make_reply(), event_id="\ud83d"),
    replace(make_reply(), received_at="yesterday"),  # type: ignore[arg-type]
    replace(make_reply(), received_at=1.5),  # type: ignore[arg-type]
    replace(make_reply(), raw=None),  # type: ignore[arg-type]
    replace(make_reply(), attachments=(WRONG,)),
    replace(make_receipt(Status.DELIVERED), status="bogus"),  # type: ignore[arg-type]
    replace(make_receipt(Status.DELIVERED), code=None),  # type: ignore[arg-type]
    replace(make_receipt(Status.DELIVERED), parts=10**30),
    replace(make_receipt(Status.DELIVERED), price={"amount": 1}),  # type: ignore[arg-type]
    replace(make_receipt(Status.DELIVERED), at="soon"),  # type: ignore[arg-type]
    replace(make_receipt(Status.DELIVERED), provider_id=7),  # type: ignore[arg-type]
    OptOut("o", None, None, "{}"),  # type: ignore[arg-type]
    Unreadable(None, None, None),  # type: ignore[arg-type]
]


@pytest.mark.parametrize("bad", BAD_ITEMS, ids=range(len(BAD_ITEMS)))
async def test_a_bad_item_is_unreadable_and_the_others_are_stored(store: Store, bad: Event) -> None:
    stored = await store.ingest.store_events(ACCOUNT, [GOOD[0], bad, GOOD[1]])
    assert stored == StoredCounts(new=3, unusable=1)
    conversation = await get_conversation(store)
    shown = await store.messages.list_before(conversation.id, NEWEST, 10)
    assert [m.body for m in shown] == ["before", "after"]
    (held,) = await store.held_items.list_held()
    assert held.reason.text
    if isinstance(bad.raw, str):
        assert held.arrival.body.decode() == bad.raw
    await check_counters_and_summaries(store)


TOO_LONG = "".join(map(chr, random.Random(1).choices(range(0x4E00, 0x9FFF), k=6_000)))
"""Text that fits into no index of a server, also compressed: only the server notices that."""


@pytest.mark.only_engine("postgres")
@pytest.mark.parametrize(("size", "place"), [(1, 0), (3, 2), (30, 0), (30, 14), (30, 29)])
@pytest.mark.parametrize(
    "bad",
    [
        make_reply("bad", id=TOO_LONG),
        make_reply("bad", TOO_LONG, id="bad"),
        make_receipt(Status.DELIVERED, TOO_LONG),
    ],
    ids=["id", "sender", "receipt"],
)
async def test_a_row_that_the_server_refuses_does_not_block_the_others(
    store: Store, bad: Event, size: int, place: int
) -> None:
    page: list[Event] = [
        make_reply(f"text {n}", f"+6149157{n:04d}", id=f"good-{n}") for n in range(size)
    ]
    page[place] = bad
    assert await store.ingest.store_events(ACCOUNT, page) == StoredCounts(new=size, unusable=1)
    assert len(await store.conversations.list_after(View(), FIRST_POSITION, 100)) == size - 1
    await check_counters_and_summaries(store)


async def test_a_page_of_bad_items_alone_is_stored(store: Store) -> None:
    bad: list[Event] = [replace(item, event_id=f"bad-{n}") for n, item in enumerate(BAD_ITEMS)]
    stored = await store.ingest.store_events(ACCOUNT, bad)
    assert stored.new == len(bad)
    assert await store.ingest.store_events(ACCOUNT, bad) == StoredCounts(
        known=len(bad), unusable=stored.unusable
    )


async def test_a_bad_item_for_a_message_does_not_change_its_status(store: Store) -> None:
    mine = await store_sent(store, "p-1")
    bad = replace(make_receipt(Status.FAILED, "p-1"), parts=10**30)
    await store.ingest.store_events(ACCOUNT, [bad, make_receipt(Status.DELIVERED, "p-1")])
    found = await get_message(store, mine.id)
    assert (found.status, found.contradicted) == (Status.DELIVERED, False)


@pytest.mark.parametrize("at", [10**30, -(10**30), 2**63, 2**63 - 1, -(2**63), -1, 0])
async def test_an_impossible_time_invalidates_neither_message_nor_receipt(
    store: Store, clock: ManualClock, at: int
) -> None:
    mine = await store_sent(store, "p-1")
    page: list[Event] = [
        make_reply("hi", received_at=at),
        make_receipt(Status.DELIVERED, "p-1", at=at),
    ]
    assert await store.ingest.store_events(ACCOUNT, page) == StoredCounts(new=2)
    assert (await get_message(store, mine.id)).status_at == clock.now()
    last = await get_message(store, (await get_conversation(store)).last_id)
    assert (last.body, last.at) == ("hi", clock.now())


async def test_surrogates_and_nul_are_repaired_in_every_field(store: Store) -> None:
    nasty = "a\ud83db\0c\x1b[31m"
    repaired = "a\ufffdb\ufffdc\x1b[31m"
    item = make_reply(nasty, party=f"Shop{nasty}", own=nasty, raw=nasty, subject=nasty)
    assert await store.ingest.store_events(ACCOUNT, [item]) == StoredCounts(new=1)
    (conversation,) = await store.conversations.list_after(View(), FIRST_POSITION, 10)
    assert conversation.address == f"Shop{repaired}"
    assert conversation.preview == repaired
    text = await get_message(store, conversation.last_id)
    assert (text.body, text.subject) == (repaired, repaired)
    assert [e.raw for e in await store.messages.list_events(text.id)] == [repaired]


async def test_a_text_of_a_megabyte_is_cut_visibly_and_stored_whole(store: Store) -> None:
    text = "x" * 1_000_000
    await store.ingest.store_events(ACCOUNT, [make_reply(text, raw=text), *GOOD])
    conversation = await get_conversation(store)
    first = (await store.messages.list_before(conversation.id, NEWEST, 10))[0]
    assert first.body.startswith("x" * 20_000)
    assert first.body.endswith("… (980000 more characters)")
    (entry,) = await store.messages.list_events(first.id)
    assert entry.raw == text
    assert conversation.unread == 3


async def test_an_unreadable_item_is_kept_with_its_problem(
    store: Store, clock: ManualClock
) -> None:
    item = Unreadable("e-1", "no sender", '{"text": "hm"}')
    assert await store.ingest.store_events(ACCOUNT, [item]) == StoredCounts(new=1, unusable=1)
    (held,) = await store.held_items.list_held()
    assert (held.account, held.arrival.tail, held.reason.text) == (ACCOUNT, "e-1", "no sender")
    assert (held.arrival.body, held.received_at) == (b'{"text": "hm"}', clock.now())


JUNK = st.one_of(
    st.none(), st.integers(), st.floats(), st.text(), st.binary(), st.lists(st.text(max_size=3))
)


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "field": st.sampled_from(
                    ["event_id", "party", "text", "received_at", "raw", "own", "subject"]
                ),
                "junk": JUNK,
            }
        ),
        max_size=6,
    )
)
async def test_any_junk_in_any_field_does_not_block_good_messages(
    items: list[dict[str, Any]],
) -> None:
    page: list[Event] = [replace(make_reply(), **{item["field"]: item["junk"]}) for item in items]
    async with temporary_store() as store:
        await store.ingest.store_events(ACCOUNT, [GOOD[0], *page, GOOD[1]])
        found = await store.messages.search_text("before")
        assert "good-1" in {m.provider_id for m in found}
        assert "good-2" in {m.provider_id for m in await store.messages.search_text("after")}
        kept = await store.database.read(
            lambda c: [tuple(row) for row in c.execute("select kind from events").fetchall()]
        )
        assert {kind for (kind,) in kept} == {EventKind.REPLY}
        await check_counters_and_summaries(store)
