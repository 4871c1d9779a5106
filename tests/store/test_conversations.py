"""Test that pages by key, forward and backward, equal the whole list sorted in memory."""

import functools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.store.builders import ACCOUNT, MIA, TOM, get_conversation, make_outgoing, make_reply
from tests.store.temporary import temporary_store
from tui.clock import ManualClock
from tui.domain.conversation import Conversation, Order, State, View
from tui.domain.phone import parse_address
from tui.domain.views import is_in_view
from tui.store.conversations import FIRST_POSITION, LAST_POSITION, ListPosition, get_position
from tui.store.customer_addresses import fold_for_filter
from tui.store.store import Store

VIEWS = [
    View(),
    View(order=Order.NEWEST),
    View(State.CLOSED),
    View(State.CLOSED, order=Order.NEWEST),
    View(State.SNOOZED),
    View(None),
    View(None, order=Order.NEWEST),
    View(None, text="NOVÁ"),
    View(None, label="vip"),
    View(assignee=""),
    View(assignee="mia"),
    View(label="vip"),
    View(State.CLOSED, label="vip"),
    View(starred=True),
    View(failed=True),
    View(drafts_of="mia"),
    View(text="nov"),
    View(State.CLOSED, text="NOVÁ", order=Order.NEWEST),
    View(starred=True, text="00"),
    View(text="%"),
]
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "state": st.sampled_from(State),
            "rank": st.integers(0, 4),
            "last_at": st.integers(0, 4),
            "assignee": st.sampled_from(["", "mia"]),
            "starred": st.booleans(),
            "failed": st.integers(0, 1),
            "name": st.sampled_from(["", "Nováková", "100%"]),
            "vip": st.booleans(),
            "draft": st.booleans(),
        }
    ),
    max_size=14,
)
_DRAFT = "conversation_id, agent, body, began_at, updated_at"
INSERT = (
    "insert into conversations (id, party, address, name, folded, state, assignee, starred, failed,"
    " last_at, rank, labels) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


async def insert_conversations(store: Store, rows: list[dict[str, Any]]) -> None:
    """Insert conversations with these values."""

    def work(transaction: Any) -> None:
        for identity, row in enumerate(rows, start=1):
            address = f"+4470090{identity:05d}"
            name = row["name"]
            values = (
                *(identity, address, address, name, fold_for_filter(name, address), row["state"]),
                *(row["assignee"], row["starred"], row["failed"], row["last_at"]),
                *(row["rank"], "vip" if row["vip"] else ""),
            )
            connection = transaction.connection
            connection.execute(INSERT, values)
            if row["vip"]:
                connection.execute("insert into conversation_labels values ('vip', ?)", (identity,))
            if row["draft"]:
                draft = f"insert into drafts ({_DRAFT}) values (?, 'mia', 'hm', 0, 0)"
                connection.execute(draft, (identity,))

    await store.database.write(work)


async def read_all_pages(store: Store, view: View, size: int, *, down: bool) -> list[Conversation]:
    """Return the whole view, read page by page from one end."""
    found: list[Conversation] = []
    key = FIRST_POSITION if down else LAST_POSITION
    while True:
        if down:
            page = await store.conversations.list_after(view, key, size)
            found += page
        else:
            page = await store.conversations.list_before(view, key, size)
            found = page + found
        assert len(page) <= size
        if not page:
            return found
        key = get_position(page[-1] if down else page[0], view)


@given(rows=ROWS, size=st.integers(1, 5))
async def test_pages_in_both_directions_equal_the_sorted_list(
    rows: list[dict[str, Any]], size: int
) -> None:
    async with temporary_store() as store:
        await insert_conversations(store, rows)
        found = [await store.conversations.get(n) for n in range(1, len(rows) + 1)]
        everything = [c for c in found if c is not None]
        for view in VIEWS:
            drafted = {n for n, row in enumerate(rows, start=1) if row["draft"]}
            shown = [
                c
                for c in everything
                if is_in_view(c, view) and (not view.drafts_of or c.id in drafted)
            ]
            expected = sorted(shown, key=functools.partial(_get_sort_key, view=view))
            assert await read_all_pages(store, view, size, down=True) == expected
            assert await read_all_pages(store, view, size, down=False) == expected
            if view.label or view.drafts_of:
                assert await store.conversations.count_conversations(view) == len(shown)


def _get_sort_key(conversation: Conversation, view: View) -> tuple[int, int]:
    """Return the sort key of a conversation in the view."""
    key = get_position(conversation, view)
    return key.sort, key.id


async def test_next_waiting_wraps_around(store: Store, clock: ManualClock) -> None:
    parties = [MIA, TOM, "+447700900001"]
    for party in parties:
        await store.ingest.store_events(ACCOUNT, [make_reply(party=party)])
        clock.advance(60)
    mia, tom, sue = [await get_conversation(store, party) for party in parties]
    assert await store.conversations.find_next_waiting(None) == mia
    assert await store.conversations.find_next_waiting(mia) == tom
    assert await store.conversations.find_next_waiting(sue) == mia
    assert await store.conversations.find_previous_waiting(mia) == sue
    await store.intents.queue_message(make_outgoing(to=TOM))
    assert await store.conversations.find_next_waiting(mia) == sue
    await store.triage.close_conversations([mia.id, sue.id], "ana")
    assert await store.conversations.find_next_waiting(mia) is None


async def test_beginning_a_conversation_twice_creates_one(store: Store) -> None:
    first = await store.conversations.get_or_create(parse_address(MIA), ACCOUNT)
    again = await store.conversations.get_or_create(parse_address("0061491570006"), "other")
    assert again == first
    assert first == await store.conversations.get(first.id)
    assert (await store.conversations.get_counts()).open == 1
    assert await store.conversations.get(1) is None


async def test_messages_are_paged_in_both_directions_without_gaps(
    store: Store, clock: ManualClock
) -> None:
    for n in range(23):
        await store.ingest.store_events(ACCOUNT, [make_reply(f"{n}")])
        clock.advance(1)
    thread = (await get_conversation(store)).id
    up: list[str] = []
    before = 1 << 62
    while page := await store.messages.list_before(thread, before, 5):
        up = [m.body for m in page] + up
        before = page[0].id
    down: list[str] = []
    after = 0
    while page := await store.messages.list_after(thread, after, 4):
        down += [m.body for m in page]
        after = page[-1].id
    assert up == down == [str(n) for n in range(23)]


@pytest.mark.parametrize("text", ["%", "_", "\\", "'", '"', "*", "x' or 1=1 --"])
async def test_the_filter_takes_special_characters_literally(store: Store, text: str) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply()])
    assert await store.conversations.list_after(View(text=text), FIRST_POSITION, 10) == []
    named = (await get_conversation(store)).id
    await store.contacts.rename_contact(named, f"a{text}b", "", "ana")
    assert len(await store.conversations.list_after(View(text=text), FIRST_POSITION, 10)) == 1


def test_the_first_and_last_keys_are_outside_every_list() -> None:
    assert FIRST_POSITION.sort < -(10**14) < 10**14 < LAST_POSITION.sort
    assert ListPosition(0, 0) == ListPosition(0, 0)


async def begin(store: Store) -> Conversation:
    """Return a conversation that an agent has only begun."""
    return await store.conversations.get_or_create(parse_address(TOM), ACCOUNT, is_begun=True)


@pytest.mark.parametrize("use", ["nothing", "draft", "note_draft", "text", "reply", "assignee"])
async def test_a_begun_conversation_is_open_once_it_is_used(store: Store, use: str) -> None:
    begun = await begin(store)
    assert begun.state is State.OPEN
    if use == "draft":
        await store.drafts.save_draft(begun.id, "ana", "We", began_at=0)
    elif use == "note_draft":
        await store.drafts.save_note_draft(begun.id, "ana", "VIP")
    elif use == "text":
        await store.intents.queue_message(make_outgoing("Hello", TOM))
    elif use == "reply":
        await store.ingest.store_events(ACCOUNT, [make_reply(party=TOM)])
    elif use == "assignee":
        await store.triage.assign_conversations([begun.id], "ana", "tom")
    is_used = use != "nothing"
    shown = await store.conversations.list_after(View(), FIRST_POSITION, 9)
    assert [row.id for row in shown] == ([begun.id] if is_used else [])
    counts = await store.conversations.get_counts()
    assert (counts.open, counts.closed) == (int(is_used), int(not is_used))


async def test_a_known_conversation_is_begun_as_it_is(store: Store) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply(party=TOM)])
    assert (await begin(store)).state is State.OPEN
    await store.triage.close_conversations([(await begin(store)).id], "ana")
    assert (await begin(store)).state is State.CLOSED
    assert (await get_conversation(store, TOM)).state is State.CLOSED
