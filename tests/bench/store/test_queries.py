"""Test that queries behind a key press stay fast with a million messages."""

import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.bench.store.recording import create_plain_store
from tests.store.builders import ACCOUNT, make_outgoing, make_receipt
from tui.clock import ManualClock
from tui.domain.conversation import Conversation, Order, State, View
from tui.domain.status import Status
from tui.store.conversations import FIRST_POSITION, get_position
from tui.store.event_rows import SendRecord
from tui.store.messages import NEWEST
from tui.store.sample_data import write_sample_data
from tui.store.sample_source import SampleSource
from tui.store.store import Store

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]

THREADS, MESSAGES, CALLS = 100_000, 1_000_000, 300
KEY_MS, SEARCH_MS = 2.0, 15.0
LISTS = [
    View(),
    View(order=Order.NEWEST),
    View(State.CLOSED),
    View(State.CLOSED, order=Order.NEWEST),
    View(None),
    View(None, order=Order.NEWEST),
    View(assignee="mia"),
    View(starred=True),
    View(failed=True),
]


@pytest.fixture(scope="module")
async def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Create a file with that many conversations and messages."""
    path = tmp_path_factory.mktemp("big") / "inbox.db"
    async with create_plain_store(path) as store:
        await write_sample_data(
            store,
            threads=THREADS,
            messages=MESSAGES,
            now=ManualClock().now(),
            rng=random.Random(2),
            source=SampleSource(accounts=((ACCOUNT, "+61491570157"),)),
        )
    return path


@pytest.fixture
async def big_store(path: Path) -> AsyncIterator[Store]:
    """Return the open store of this file."""
    async with create_plain_store(path) as store:
        yield store


async def measure_p95(name: str, call: Callable[[], Awaitable[object]]) -> float:
    """Return the time within which 95 of 100 calls finish, in milliseconds."""
    await call()
    taken: list[float] = []
    for _ in range(CALLS):
        began = time.perf_counter()
        await call()
        taken.append((time.perf_counter() - began) * 1000)
    taken.sort()
    middle, late = taken[CALLS // 2], taken[CALLS * 95 // 100]
    print(f"\n{name}: p50 {middle:.2f} ms, p95 {late:.2f} ms", end="")
    return late


@pytest.mark.parametrize("view", LISTS, ids=str)
async def test_a_page_of_a_list_is_fast(big_store: Store, view: View) -> None:
    places: list[Conversation] = []

    async def page() -> None:
        key = get_position(places[-1], view) if places else FIRST_POSITION
        places[:] = await big_store.conversations.list_after(view, key, 50)

    assert await measure_p95(f"50 threads of {view.state}", page) <= KEY_MS


async def test_a_page_of_a_conversation_and_one_message_are_fast(big_store: Store) -> None:
    rng = random.Random(3)
    threads = await _read_column(
        big_store, "select id from conversations order by last_id limit 5000"
    )
    messages = await _read_column(
        big_store, "select id from messages where direction = 'out' limit 5000"
    )

    async def page() -> None:
        await big_store.messages.list_before(rng.choice(threads), NEWEST, 50)

    async def row() -> None:
        await big_store.messages.get(rng.choice(messages))

    async def thread() -> None:
        await big_store.conversations.get(rng.choice(threads))

    for name, call in (("page", page), ("message", row), ("conversation", thread)):
        assert await measure_p95(name, call) <= KEY_MS
    assert await measure_p95("counters", big_store.conversations.get_counts) <= KEY_MS


@pytest.mark.parametrize("words", ["ord", "or", "invoice wrong", "zamow", "10044", "xyzzy"])
async def test_searching_while_typing_is_fast(big_store: Store, words: str) -> None:
    async def search() -> None:
        await big_store.messages.search_text(words, limit=20)

    assert await measure_p95(f"search {words!r}", search) <= SEARCH_MS


STATES = [State.OPEN, State.CLOSED, None]


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("text", ["ain", "dvorak", "555", "xyzzy"])
async def test_filtering_a_list_while_typing_is_fast(
    big_store: Store, text: str, state: State | None
) -> None:
    async def window() -> None:
        await big_store.conversations.list_after(View(state, text=text), FIRST_POSITION, 50)

    assert await measure_p95(f"filter {text!r} in {state}", window) <= SEARCH_MS


async def test_sending_and_storing_a_receipt_are_fast(big_store: Store) -> None:
    parties = await _read_column(
        big_store, "select party from conversations order by last_id desc limit 1000"
    )
    number = 0

    async def send() -> None:
        nonlocal number
        number += 1
        queued = await big_store.intents.queue_message(make_outgoing(to=parties[number]))
        await big_store.outbox.claim_due_messages("a", ACCOUNT, 10)
        await big_store.outbox.settle_message(
            queued.id, SendRecord(Status.ACCEPTED, f"new-{number}")
        )

    async def store_receipt() -> None:
        nonlocal number
        number -= 1
        await big_store.ingest.store_events(
            ACCOUNT, [make_receipt(Status.DELIVERED, f"new-{number}")]
        )

    assert await measure_p95("queue, claim, settle", send) <= 3 * 10
    assert await measure_p95("a receipt", store_receipt) <= 10


async def _read_column(store: Store, query: str) -> list[Any]:
    """Return the first column of a query."""
    return [row[0] for row in await store.database.read(lambda c: c.execute(query).fetchall())]
