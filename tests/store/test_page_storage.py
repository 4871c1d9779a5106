"""Test that a page stored set by set leaves the same rows as its events stored one by one."""

import random
import re
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.store.builders import ACCOUNT, MIA, TOM, make_receipt, make_reply, store_sent
from tests.store.consistency import check_counters_and_summaries
from tests.store.counting import count_statements
from tests.store.page_events import BAD_FIELDS, FixedBits, fill_inbox, make_page
from tests.store.temporary import temporary_store
from tui.clock import ManualClock
from tui.domain.events import Event, Reply
from tui.domain.status import Status
from tui.startup.wiring import create_consent_judge
from tui.store.connections import Connection
from tui.store.ingest import StoredCounts
from tui.store.queries import queries
from tui.store.store import Store

Tables = dict[str, list[tuple[Any, ...]]]
SIZE = 100
MOST_STATEMENTS = 40
_TABLES = (
    "select name from sqlite_schema where type = 'table'"
    " and name not like 'sqlite_%' and name not like '%fts%'"
)
_FOUND = "select rowid from messages_fts where messages_fts match :word order by rowid"


def read_tables(connection: Connection) -> Tables:
    """Return every row of every table, and what the search finds."""
    names = [name for (name,) in connection.execute(_TABLES).fetchall()]
    tables = {
        name: [tuple(row) for row in connection.execute(f"select * from {name}").fetchall()]
        for name in names
    }
    tables["counters"] = sorted(row for row in tables["counters"] if row[1])
    # A page publishes each thing once, its events one by one each time.
    tables["changes"] = sorted({row[1:4] for row in tables["changes"]})
    # A page writes what changes of a conversation once, behind what happens to messages.
    tables["journal"] = [row[1:] for row in tables["journal"] if row[4]]
    for word in ("hello*", "stop", "more", "x*", "cat"):
        found = connection.execute(_FOUND, {"word": word}).fetchall()
        tables[f"search {word}"] = [tuple(row) for row in found]
    return tables


async def store_pages(
    rng: random.Random, sizes: Sequence[int], region: str, *, one_by_one: bool
) -> tuple[Tables, list[StoredCounts]]:
    """Store pages of events; return all tables and how much of each page was new."""
    clock = ManualClock()
    judge, counts = create_consent_judge({}), []
    async with temporary_store(clock, rng=FixedBits(), classify=judge) as store:
        references = await fill_inbox(store)
        for size in sizes:
            page = make_page(rng, references, clock.now(), size)
            parts = [[event] for event in page] if one_by_one else [page]
            stored = [await store.ingest.store_events(ACCOUNT, part, region) for part in parts]
            totals = [(one.new, one.known, one.unusable) for one in stored]
            counts.append(StoredCounts(*map(sum, zip(*totals, strict=True))))
            clock.advance(rng.choice((0.001, 1, 700)))
        await check_counters_and_summaries(store)
        return await store.database.read(read_tables), counts


@settings(max_examples=60)
@given(st.integers(0, 2**32), st.lists(st.integers(1, 40), min_size=1, max_size=3), st.data())
async def test_a_page_leaves_the_same_rows_as_its_events_one_by_one(
    seed: int, sizes: list[int], data: st.DataObject
) -> None:
    region = data.draw(st.sampled_from(["", "AU", "AR"]))
    whole = await store_pages(random.Random(seed), sizes, region, one_by_one=False)
    single = await store_pages(random.Random(seed), sizes, region, one_by_one=True)
    assert whole[1] == single[1]
    for name, rows in single[0].items():
        assert whole[0][name] == rows, name


@pytest.mark.parametrize("place", [0, 1, 49, 99])
@pytest.mark.parametrize("count", [1, 3])
async def test_bad_items_of_a_page_are_held_alone_and_the_others_keep_their_order(
    place: int, count: int
) -> None:
    page: list[Event] = [make_reply(f"{n}", id=f"e{n}") for n in range(SIZE)]
    for number, (name, value) in enumerate(BAD_FIELDS[3 : 3 + count]):
        values = {"event_id": f"bad-{number}", "party": MIA, "text": "", "received_at": None}
        page.insert(place, Reply(**{**values, "raw": "{}", name: value}))
    async with temporary_store() as store:
        counts = await store.ingest.store_events(ACCOUNT, page)
        assert counts == StoredCounts(new=SIZE + count, unusable=count)
        query = "select body from messages order by id"
        bodies = await store.database.read(lambda c: c.execute(query).fetchall())
        assert [row[0] for row in bodies] == [f"{n}" for n in range(SIZE)]
        await check_counters_and_summaries(store)


def make_numbers(size: int) -> list[str]:
    """Return the numbers of different customers."""
    return [f"+6149157{n:04d}" for n in range(size)]


async def test_a_page_of_replies_needs_few_statements(store: Store) -> None:
    for text in ("first", "second"):
        page = [make_reply(text, party, party_name="Anna") for party in make_numbers(SIZE)]
        assert await count_statements(store, page) <= MOST_STATEMENTS
    several = [make_reply(f"{n}", party) for party in make_numbers(20) for n in range(5)]
    assert await count_statements(store, several) <= MOST_STATEMENTS
    assert await count_statements(store, several) <= MOST_STATEMENTS
    national = [make_reply("Hi", f"0{party[3:]}") for party in make_numbers(SIZE)]
    assert await count_statements(store, national) <= MOST_STATEMENTS
    await check_counters_and_summaries(store)


async def test_a_page_of_late_texts_needs_few_statements(store: Store, clock: ManualClock) -> None:
    parties = make_numbers(SIZE)
    await store.ingest.store_events(ACCOUNT, [make_reply(party=party) for party in parties], "AU")
    times = [clock.now() - 60_000 * n for n in range(SIZE)]
    late = [make_reply(party=p, received_at=at) for p, at in zip(parties, times, strict=True)]
    assert await count_statements(store, late) <= MOST_STATEMENTS
    await check_counters_and_summaries(store)


async def test_a_page_of_receipts_needs_few_statements(store: Store) -> None:
    for number, party in enumerate(make_numbers(SIZE)):
        await store_sent(store, f"p-{number}", to=party)
    for status in (Status.SUBMITTED, Status.DELIVERED, Status.FAILED):
        page = [make_receipt(status, f"p-{n}") for n in range(SIZE)]
        assert await count_statements(store, page) <= MOST_STATEMENTS
        assert await count_statements(store, page) <= MOST_STATEMENTS
    unknown = [make_receipt(Status.DELIVERED, f"early-{n}") for n in range(SIZE)]
    assert await count_statements(store, unknown) <= MOST_STATEMENTS
    await check_counters_and_summaries(store)


async def test_a_contradiction_stays_whatever_else_the_page_writes(store: Store) -> None:
    for number in range(3):
        await store_sent(store, f"p-{number}")
    await store.ingest.store_events(ACCOUNT, [make_receipt(Status.DELIVERED, "p-0")])
    contradicted, delivered = Status.FAILED, Status.DELIVERED
    steps = [("p-2", delivered), ("p-0", contradicted), ("p-1", delivered), ("p-1", contradicted)]
    page = [make_receipt(status, provider_id) for provider_id, status in steps]
    await store.ingest.store_events(ACCOUNT, page)
    query = "select status, contradicted from messages where direction = 'out' order by id"
    found = await store.database.read(lambda c: c.execute(query).fetchall())
    assert [tuple(row) for row in found] == [("delivered", wrong) for wrong in (1, 1, 0)]


async def test_a_page_that_is_interrupted_by_rare_events_is_stored_as_if_it_were_not(
    store: Store,
) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply("Hello", id="e0")])
    rare = [
        make_reply("Hello & more", id="e0"),
        make_reply("Something else", id="e0"),
        make_reply("STOP", opted_out=True),
    ]
    page = [make_reply(f"{n}") for n in range(5)] + rare + [make_reply("end", TOM)]
    assert (await store.ingest.store_events(ACCOUNT, page)).new == 8
    query = "select body from messages order by coalesce(arrival, id), id"
    bodies = [row[0] for row in await store.database.read(lambda c: c.execute(query).fetchall())]
    assert sorted(bodies) == sorted(["Hello & more", *"01234", "Something else", "STOP", "end"])
    await check_counters_and_summaries(store)


async def test_a_new_conversation_has_every_column(store: Store) -> None:
    found = await store.database.read(lambda c: queries("conversations").columns(c))
    written = re.findall(r":(\w+)", queries("conversations").insert.args[0])
    assert sorted(written) == sorted(row["name"] for row in found)
