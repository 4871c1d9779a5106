"""Test the sample data: as many rows as requested, consistent, with fictional people."""

import itertools
import random

import pytest

from tests.store.builders import get_conversation, make_outgoing
from tests.store.consistency import check_counters_and_summaries
from tui.clock import ManualClock
from tui.domain.conversation import State, View
from tui.domain.phone import AddressKind, parse_address
from tui.store import sample_data
from tui.store.conversations import FIRST_POSITION
from tui.store.sample_data import write_sample_data
from tui.store.sample_source import SampleSource, generate_numbers
from tui.store.store import Store


async def count_rows(store: Store, table: str) -> int:
    """Return the number of rows in a table."""
    found = await store.database.read(
        lambda c: c.execute(f"select count(*) from {table}").fetchone()[0]
    )
    return int(found)


@pytest.mark.parametrize(
    ("threads", "messages", "expected"),
    [(1, 1, 1), (1, 700, 700), (300, 2_500, 2_500), (50, 10, 50), (0, 0, 0)],
)
async def test_there_are_as_many_as_asked_for_and_they_add_up(
    store: Store, clock: ManualClock, threads: int, messages: int, expected: int
) -> None:
    now, rng = clock.now(), random.Random(5)
    await write_sample_data(store, threads=threads, messages=messages, now=now, rng=rng)
    assert await count_rows(store, "conversations") == threads
    assert await count_rows(store, "messages") == expected
    await check_counters_and_summaries(store)
    newest = await store.database.read(
        lambda c: c.execute("select coalesce(max(at), 0) from messages").fetchone()[0]
    )
    assert newest <= now


async def test_filling_twice_adds_and_reports_its_progress(
    store: Store, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sample_data, "_BATCH", 2_000)
    reported: list[tuple[int, int]] = []
    for seed in (1, 2):
        await write_sample_data(
            store,
            threads=200,
            messages=2_500,
            now=clock.now(),
            rng=random.Random(seed),
            progress=lambda done, total: reported.append((done, total)),
        )
    assert await count_rows(store, "conversations") == 400
    assert reported == [(2_000, 2_500), (2_500, 2_500)] * 2
    await check_counters_and_summaries(store)


async def test_the_sample_has_all_sorts_of_conversations_and_is_usable(
    store: Store, clock: ManualClock
) -> None:
    names = itertools.cycle(["Łucja", ""])
    rng = random.Random(5)
    made_up = SampleSource(names=names, accounts=(("demo", "+12025550144"),))
    await write_sample_data(
        store, threads=1_000, messages=6_000, now=clock.now(), rng=rng, source=made_up
    )
    counts = await store.conversations.get_counts()
    assert min(counts.open, counts.waiting, counts.unread, counts.snoozed, counts.closed) > 0
    (waiting,) = await store.conversations.list_after(View(), FIRST_POSITION, 1)
    await store.intents.queue_message(make_outgoing(to=waiting.party), seen_upto=waiting.last_id)
    assert (await get_conversation(store, waiting.party)).waiting_since is None
    found = await store.conversations.list_after(
        View(State.CLOSED, text="lucja"), FIRST_POSITION, 5
    )
    assert [c.name for c in found] == ["Łucja"] * 5
    assert await store.messages.search_text("order")
    await check_counters_and_summaries(store)


def test_sample_numbers_are_valid_unique_and_fictional() -> None:
    some = list(itertools.islice(generate_numbers(), 20_000))
    assert len(set(some)) == len(some)
    for number in some[::97]:
        address = parse_address(number)
        assert (address.kind, address.conversation_key) == (AddressKind.NUMBER, number)
        assert "55501" in number or number.startswith("+8835100")
