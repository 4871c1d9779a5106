"""A made-up history: as many as asked, true in itself, and of people who do not exist."""

import itertools
import random

import pytest

from tests.store.builders import answer, conversation_with
from tests.store.truth import assert_true_to_the_rows
from tui.clock import ManualClock
from tui.domain.conversation import State, View
from tui.domain.phone import AddressKind, parse_address
from tui.store.conversations import FIRST_POSITION
from tui.store.sample_data import write_sample_data
from tui.store.sample_source import SampleSource, generate_numbers
from tui.store.store import Store


async def count(store: Store, table: str) -> int:
    """Rows in a table."""
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
    assert await count(store, "conversations") == threads
    assert await count(store, "messages") == expected
    await assert_true_to_the_rows(store)
    newest = await store.database.read(
        lambda c: c.execute("select coalesce(max(at), 0) from messages").fetchone()[0]
    )
    assert newest <= now


async def test_filling_twice_adds_and_tells_its_progress(store: Store, clock: ManualClock) -> None:
    told: list[tuple[int, int]] = []
    for seed in (1, 2):
        await write_sample_data(
            store,
            threads=2_000,
            messages=25_000,
            now=clock.now(),
            rng=random.Random(seed),
            progress=lambda done, total: told.append((done, total)),
        )
    assert await count(store, "conversations") == 4_000
    assert told[1::2] == [(25_000, 25_000)] * 2
    await assert_true_to_the_rows(store)


async def test_a_history_has_all_sorts_of_conversations_and_can_be_worked_with(
    store: Store, clock: ManualClock
) -> None:
    names = itertools.cycle(["Łucja", ""])
    rng = random.Random(5)
    made_up = SampleSource(names=names, accounts=(("demo", "+12025550144"),))
    await write_sample_data(
        store, threads=3_000, messages=20_000, now=clock.now(), rng=rng, source=made_up
    )
    counts = await store.conversations.get_counts()
    assert min(counts.open, counts.waiting, counts.unread, counts.snoozed, counts.closed) > 0
    (waiting,) = await store.conversations.list_after(View(), FIRST_POSITION, 1)
    await store.intents.queue_message(answer(to=waiting.party), seen_upto=waiting.last_id)
    assert (await conversation_with(store, waiting.party)).waiting_since is None
    found = await store.conversations.list_after(
        View(State.CLOSED, text="lucja"), FIRST_POSITION, 5
    )
    assert [c.name for c in found] == ["Łucja"] * 5
    assert await store.messages.search_text("order")
    await assert_true_to_the_rows(store)


def test_made_up_numbers_are_valid_unique_and_nobodys() -> None:
    some = list(itertools.islice(generate_numbers(), 20_000))
    assert len(set(some)) == len(some)
    for number in some[::97]:
        address = parse_address(number)
        assert (address.kind, address.conversation_key) == (AddressKind.NUMBER, number)
        assert "55501" in number or number.startswith("+8835100")
