"""Test that storing pages of events costs hardly more than its SQL statements alone."""

import random
import time
from pathlib import Path
from statistics import median

import pytest

from tests.bench.store.recording import (
    create_plain_store,
    create_raw_database,
    create_recorded_store,
    replay_statements,
)
from tests.store.builders import ACCOUNT, make_receipt, make_reply
from tui.clock import ManualClock
from tui.domain.events import Event
from tui.domain.status import Status
from tui.store.sample_data import write_sample_data
from tui.store.sample_source import SampleSource
from tui.store.store import Store

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]

PAGES, SIZE, ROUNDS = 40, 100, 5
FLOOR = 0.7
RAW = '{"messageId": "%d", "content": "%s", "sourceNumber": "%s", "format": "SMS"}'


def make_replies() -> list[list[Event]]:
    """Return pages of messages from three thousand customers."""
    rng = random.Random(3)
    pages: list[list[Event]] = []
    for page in range(PAGES):
        events: list[Event] = []
        for place in range(SIZE):
            number = page * SIZE + place
            party, text = f"+6140{rng.randrange(3000):07d}", f"Hello, where is my order {number}?"
            raw = RAW % (number, text, party)
            events.append(make_reply(text, party, id=f"r-{number}", raw=raw))
        pages.append(events)
    return pages


async def make_receipts(store: Store) -> list[list[Event]]:
    """Return pages of receipts for messages that exist."""
    query = "select provider_id from messages where direction = 'out' limit :limit"
    found = await store.database.read(
        lambda c: c.execute(query, {"limit": PAGES * SIZE}).fetchall()
    )
    assert len(found) == PAGES * SIZE
    events: list[Event] = [
        make_receipt(Status.FAILED, row[0], id=f"x-{n}", raw=RAW % (n, "", ""))
        for n, row in enumerate(found)
    ]
    return [events[start : start + SIZE] for start in range(0, len(events), SIZE)]


async def measure_seconds(store: Store, pages: list[list[Event]]) -> float:
    """Return how long the store takes to store the pages."""
    began = time.perf_counter()
    for page in pages:
        await store.ingest.store_events(ACCOUNT, page)
    return time.perf_counter() - began


async def test_replies_are_stored_at_seven_tenths_of_raw_speed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages, ratios = make_replies(), []
    for number in range(ROUNDS):
        async with create_recorded_store(tmp_path / f"rec{number}.db", monkeypatch) as (store, log):
            await measure_seconds(store, pages)
            statements = list(log)
        async with create_plain_store(tmp_path / f"ours{number}.db") as store:
            ours = await measure_seconds(store, pages)
        with create_raw_database(tmp_path / f"raw{number}.db") as connection:
            raw = replay_statements(connection, statements)
        ratios.append(raw / ours)
    print(f"\nreplies: {median(ratios):.2f} of raw, {PAGES * SIZE / ours:.0f}/s")
    assert median(ratios) >= FLOOR


async def test_receipts_are_stored_at_seven_tenths_of_raw_speed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: ManualClock
) -> None:
    ratios = []
    for number in range(ROUNDS):
        path = tmp_path / f"{number}.db"
        async with create_plain_store(path) as store:
            rng, messages = random.Random(2), PAGES * SIZE * 3
            made_up = SampleSource(accounts=((ACCOUNT, "+61491570157"),))
            await write_sample_data(
                store,
                threads=1_000,
                messages=messages,
                now=clock.now(),
                rng=rng,
                source=made_up,
            )
            pages = await make_receipts(store)
        copies = [tmp_path / f"{number}-{name}.db" for name in ("rec", "raw")]
        for copy in copies:
            copy.write_bytes(path.read_bytes())
        async with create_recorded_store(copies[0], monkeypatch) as (store, log):
            await measure_seconds(store, pages)
            statements = list(log)
        async with create_plain_store(path) as store:
            ours = await measure_seconds(store, pages)
        with create_raw_database(copies[1]) as connection:
            raw = replay_statements(connection, statements)
        ratios.append(raw / ours)
    print(f"\nreceipts: {median(ratios):.2f} of raw, {PAGES * SIZE / ours:.0f}/s")
    assert median(ratios) >= FLOOR
