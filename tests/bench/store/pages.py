"""Measure time and statements of a page of events: `python -m tests.bench.store.pages`.

A statement that runs for many rows counts once as a call, and once for each row as a run.
"""

import asyncio
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from tests.store.builders import ACCOUNT, make_outgoing, make_receipt, make_reply
from tests.store.counting import count_statements
from tui.clock import ManualClock
from tui.domain.events import Event
from tui.domain.rule_text import parse_rules
from tui.domain.status import Status
from tui.store.connections import Connection
from tui.store.event_rows import SendRecord
from tui.store.sqlite.file_connection import FileConnection
from tui.store.store import Store

SIZE, PAGES, CUSTOMERS = 100, 20, 3_000
RAW = '{"messageId": "%d", "content": "%s", "sourceNumber": "%s", "format": "SMS"}'
MakePage = Callable[[int], Sequence[Event]]


def make_text(number: int, party: str) -> Event:
    """Return a text with an id of its own."""
    text = f"Hello, where is my order {number}?"
    return make_reply(text, party, id=f"r-{number}", raw=RAW % (number, text, party))


async def send_messages(store: Store, parties: Sequence[str], count: int) -> None:
    """Store messages that the provider has accepted."""
    for number in range(count):
        await store.intents.queue_message(make_outgoing(to=parties[number % len(parties)]))
    sent = 0
    while claimed := await store.outbox.claim_due_messages("a", ACCOUNT, 100):
        outcomes = [
            (one.message.id, SendRecord(Status.ACCEPTED, f"p-{sent + place}"))
            for place, one in enumerate(claimed)
        ]
        await store.outbox.settle_messages(outcomes)
        sent += len(claimed)


async def measure_pages(name: str, store: Store, clock: ManualClock, make: MakePage) -> None:
    """Store pages and print the median time, the calls and the runs of statements."""
    times, runs = [], 0

    def count_run(sql: str) -> None:
        nonlocal runs
        runs += not sql.startswith("--")

    for number in range(PAGES):
        page = make(number)
        clock.advance(1)
        began = time.perf_counter()
        await store.ingest.store_events(ACCOUNT, page, "AU")
        times.append(time.perf_counter() - began)
    await store.database.write(lambda t: _trace(t.connection, count_run))
    calls = await count_statements(store, make(PAGES))
    await store.database.write(lambda t: _trace(t.connection, None))
    print(f"{name:32} {1_000 * median(times):7.2f} ms {calls:5} calls {runs:6} runs")


def _trace(connection: Connection, callback: Callable[[str], None] | None) -> None:
    """Let SQLite call a function for every statement that it runs."""
    assert isinstance(connection, FileConnection)
    connection.set_trace_callback(callback)


async def measure_all() -> None:
    """Measure pages of every ordinary kind."""
    rng, clock = random.Random(3), ManualClock()
    parties = [f"+6140{rng.randrange(10**7):07d}" for _ in range(CUSTOMERS)]

    def make_texts(first: int, choose: Callable[[int], str]) -> MakePage:
        return lambda page: [
            make_text(n, choose(n)) for n in range(first + page * SIZE, first + (page + 1) * SIZE)
        ]

    def make_receipts(page: int) -> Sequence[Event]:
        numbers = range(page * SIZE, (page + 1) * SIZE)
        return [make_receipt(Status.DELIVERED, f"p-{n}", id=f"x-{n}") for n in numbers]

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "inbox.db"
        async with Store(path, clock=clock, rng=random.Random(1), owner="a") as store:
            page = [make_text(-1 - n, party) for n, party in enumerate(parties)]
            await store.ingest.store_events(ACCOUNT, page, "AU")
            await send_messages(store, parties, (PAGES + 1) * SIZE)
            known = make_texts(0, lambda n: parties[n % CUSTOMERS])
            await measure_pages(
                "100 replies, new customers", store, clock, make_texts(10**6, _number)
            )
            await measure_pages("100 replies, known customers", store, clock, known)
            await measure_pages("100 replies once more", store, clock, known)
            await measure_pages("100 receipts", store, clock, make_receipts)
            await measure_pages("100 receipts once more", store, clock, make_receipts)
            single = make_texts(2 * 10**6, lambda n: parties[n % CUSTOMERS])
            await measure_pages("1 reply", store, clock, lambda page: single(page)[:1])
            others = make_texts(3 * 10**6, lambda n: parties[n % CUSTOMERS])
            await measure_pages("100 replies, no rule", store, clock, others)
            await switch_rules_on(store, clock, 50)
            ruled = make_texts(4 * 10**6, lambda n: parties[n % CUSTOMERS])
            await measure_pages("100 replies, 50 rules", store, clock, ruled)


async def switch_rules_on(store: Store, clock: ManualClock, count: int) -> None:
    """Save rules and switch them on."""
    text = "".join(
        f'[[rule]]\nname = "r{n}"\nwhen = ["words order, w{n}"]\nthen = ["label l{n}"]\n'
        for n in range(count)
    )
    for rule in parse_rules(text, clock.now(), None):
        await store.rules.save_rule(rule, "ana")
        await store.rules.switch_rule(rule.name, "ana", on=True)


def _number(number: int) -> str:
    """Return the number of a customer who has not written yet."""
    return f"+6141{number:07d}"


if __name__ == "__main__":
    asyncio.run(measure_all())
