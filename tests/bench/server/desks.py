"""Simulate many desks and services on one server, and print what they cost.

Run `python -m tests.bench.server.desks [--desks 50] [--services 3] [--seconds 120]`. A desk is an
open store with an agent who reads, types and answers as people do; a service claims, settles and
stores replies and receipts. Nothing is drawn and no provider is called.
"""

import argparse
import asyncio
import contextlib
import functools
import json
import os
import random
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import psycopg

from tests.bench.server.inboxes import open_inboxes
from tests.store.builders import ACCOUNT, make_outgoing, make_receipt, make_reply
from tui.clock import SystemClock
from tui.domain.change import Subject
from tui.domain.conversation import Conversation, View
from tui.domain.database import ServerDatabase
from tui.domain.status import Status
from tui.store.conversations import FIRST_POSITION
from tui.store.event_rows import SendRecord
from tui.store.messages import NEWEST
from tui.store.postgres.server_connection import ServerConnection
from tui.store.store import Store

CUSTOMERS = 2_000
_DESKS_OF_A_PROCESS = 10
_HEARTBEAT_SECONDS = 2.0
_KEYSTROKES, _SAVE_SECONDS = 12, 0.8
"""Draft savings while an answer is typed, and the time between two."""
_REPLY_SECONDS = 1.5
"""Time between two pages of replies of a service."""


class Timings:
    """Times of the calls of one process, by their names."""

    def __init__(self) -> None:
        """Create the timings; statements are counted from now on."""
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self.statements = 0
        for name in ("execute", "executemany", "run_script"):
            setattr(ServerConnection, name, self._count(getattr(ServerConnection, name)))

    async def measure(self, name: str, call: Awaitable[Any]) -> Any:
        """Return the result of a call and keep its duration.

        Args:
            name: Name of the call.
            call: The call.
        """
        began = time.perf_counter()
        result = await call
        self.seconds[name].append(time.perf_counter() - began)
        return result

    def _count(self, method: Callable[..., Any]) -> Callable[..., Any]:
        """Return a method that counts its calls."""

        @functools.wraps(method)
        def counted(*arguments: Any) -> Any:
            self.statements += 1
            return method(*arguments)

        return counted


class Desk:
    """An agent at work."""

    def __init__(self, store: Store, agent: str, rng: random.Random, timings: Timings) -> None:
        """Create the desk of one agent.

        Args:
            store: Open store of the desk.
            agent: Name of the agent.
            rng: Source of what the agent does.
            timings: Timings of the process.
        """
        self._store = store
        self._agent = agent
        self._rng = rng
        self._measure = timings.measure
        self._open: Conversation | None = None

    async def work(self) -> None:
        """Read the list, open a conversation, read it, and answer every second one."""
        await asyncio.sleep(self._rng.uniform(0, 5))
        while True:
            store = self._store
            page = store.conversations.list_after(View(), FIRST_POSITION, 50)
            window = await self._measure("window of 50", page)
            await self._measure("counters", store.conversations.get_counts())
            if window:
                await self._handle(self._rng.choice(window))
            await asyncio.sleep(self._rng.expovariate(1 / 8))

    async def _handle(self, conversation: Conversation) -> None:
        """Open a conversation, read it, and perhaps answer."""
        store, agent, here = self._store, self._agent, conversation.id
        self._open = conversation
        opened = store.messages.list_before(here, NEWEST, 50)
        messages = await self._measure("open a conversation", opened)
        await self._measure("colleagues", store.presence.list_colleagues(here))
        if messages:
            marker = store.conversations.set_read_marker(here, agent, messages[-1].arrival_id)
            await self._measure("read marker", marker)
        await asyncio.sleep(self._rng.uniform(2, 6))
        if self._rng.random() < 0.5:
            await self._answer(conversation)

    async def _answer(self, conversation: Conversation) -> None:
        """Take the compose lock, type, and send."""
        store, agent, here = self._store, self._agent, conversation.id
        lock = store.compose_locks.acquire_lock(here, agent)
        if await self._measure("compose lock", lock):
            return
        began = SystemClock().now()
        for length in range(1, _KEYSTROKES):
            text = "We are on it, thanks " * length
            saving = store.drafts.save_draft(here, agent, text, began_at=began)
            await self._measure("save a draft", saving)
            await asyncio.sleep(_SAVE_SECONDS)
        message = make_outgoing("We are on it, thanks", conversation.address, agent=agent)
        await self._measure("send", store.intents.queue_message(message))
        await self._measure("release the lock", store.compose_locks.release_lock(here))

    async def stay_alive(self) -> None:
        """Send heartbeats, and read again what has changed."""
        store, agent = self._store, self._agent
        while True:
            beat = store.leases.renew_leases(agent, "desk", (), duration_ms=0, preferred=False)
            await self._measure("heartbeat", beat)
            if self._open is not None:
                here = store.presence.announce_presence(agent, self._open.id, typing=False)
                await self._measure("presence", here)
            await asyncio.sleep(_HEARTBEAT_SECONDS)

    async def follow_changes(self) -> None:
        """Read each row that has changed, and the window if there was one, as the list does."""
        store = self._store
        async for changes in store.feed.watch_changes():
            found = {c.id for c in changes if c.subject is Subject.CONVERSATION}
            for identity in found:
                reading = store.conversations.get(identity)
                await self._measure("row that has changed", reading)
            if found:
                page = store.conversations.list_after(View(), FIRST_POSITION, 50)
                await self._measure("window of 50", page)


async def serve(store: Store, owner: str, rng: random.Random, timings: Timings) -> None:
    """Do the work of a service: replies in, texts out, receipts in."""
    number, sent, measure = 0, list[str](), timings.measure
    while True:
        number += 1
        size = rng.randint(1, 6)
        page: list[Any] = [
            make_reply("Where is it?", _choose_customer(rng), id=f"{owner}-{number}-{n}")
            for n in range(size)
        ]
        page += [make_receipt(Status.DELIVERED, name, id=f"{owner}-{name}") for name in sent]
        sent.clear()
        await measure("store a page", store.ingest.store_events(ACCOUNT, page, "AU"))
        claim = store.outbox.claim_due_messages(owner, ACCOUNT, 20)
        claimed = await measure("claim", claim)
        if claimed:
            sent += [f"p{one.message.id}" for one in claimed]
            records = [
                (one.message.id, SendRecord(Status.SUBMITTED, f"p{one.message.id}"))
                for one in claimed
            ]
            await measure("settle", store.outbox.settle_messages(records))
        await asyncio.sleep(rng.expovariate(1 / _REPLY_SECONDS))


@contextlib.asynccontextmanager
async def run_tasks(*works: Awaitable[None]) -> AsyncIterator[None]:
    """Run work in the background during the block; an error of it ends the simulation."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        yield
        for task in tasks:
            if task.done():
                task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def run_process(address: str, kind: str, count: int, seconds: float, seed: int) -> None:
    """Run some desks or services for a while, and print what they did as JSON."""
    timings, rng = Timings(), random.Random(seed)
    async with contextlib.AsyncExitStack() as stack:
        for number in range(count):
            name = f"{kind}-{seed}-{number}"
            store = Store(
                ServerDatabase(address, "bench"),
                clock=SystemClock(),
                rng=random.Random(name),
                owner=name,
            )
            await stack.enter_async_context(store)
            if kind == "desk":
                desk = Desk(store, name, rng, timings)
                works = [desk.work(), desk.stay_alive(), desk.follow_changes()]
            else:
                works = [serve(store, name, rng, timings)]
            await stack.enter_async_context(run_tasks(*works))
        await asyncio.sleep(seconds)
    times = os.times()
    found = {"cpu": times.user + times.system, "statements": timings.statements}
    print(json.dumps({**found, "kind": kind, "calls": timings.seconds}))


def simulate(desks: int, services: int, seconds: float) -> None:
    """Run all processes and print what was measured."""
    with open_inboxes(0) as inboxes:
        database = inboxes.create_database("bench_desks")
        asyncio.run(_begin_conversations(database))
        works = [("desk", count) for count in _split(desks, _DESKS_OF_A_PROCESS)]
        works += [("service", 1)] * services
        processes = [
            subprocess.Popen(
                [
                    *(sys.executable, "-m", "tests.bench.server.desks", "--run"),
                    *(database.address, kind, str(count), str(seconds), str(seed)),
                ],
                stdout=subprocess.PIPE,
            )
            for seed, (kind, count) in enumerate(works)
        ]
        connections = _watch_connections(database, seconds)
        results = [json.loads(process.communicate()[0]) for process in processes]
    _print_results(results, desks, services, seconds, connections)


async def _begin_conversations(database: ServerDatabase) -> None:
    """Write one text of each customer, so that there is something to read."""
    rng, clock = random.Random(1), SystemClock()
    async with Store(database, clock=clock, rng=rng, owner="first") as store:
        for begin in range(0, CUSTOMERS, 500):
            page = [
                make_reply("Hello", f"+61491{n:06d}", id=f"first-{n}")
                for n in range(begin, begin + 500)
            ]
            await store.ingest.store_events(ACCOUNT, page, "AU")


def _watch_connections(database: ServerDatabase, seconds: float) -> int:
    """Return the most connections of the simulation, seen every half second."""
    most = 0
    sql = "select count(*) from pg_stat_activity where datname = current_database()"
    with psycopg.connect(database.address, autocommit=True) as connection:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            row = connection.execute(sql).fetchone()
            most = max(most, int(row[0]) - 1 if row else 0)
            time.sleep(0.5)
    return most


def _print_results(
    results: list[dict[str, Any]], desks: int, services: int, seconds: float, connections: int
) -> None:
    """Print the calls, and what each desk and service costs."""
    calls: dict[str, list[float]] = defaultdict(list)
    cpu: dict[str, float] = defaultdict(float)
    for result in results:
        cpu[result["kind"]] += result["cpu"]
        for name, times in result["calls"].items():
            calls[name] += times
    print(f"{'call':24} {'number':>8} {'p50 ms':>8} {'p95 ms':>8} {'worst':>8}")
    for name, times in sorted(calls.items()):
        times.sort()
        late = 1_000 * times[len(times) * 95 // 100]
        middle, worst = 1_000 * times[len(times) // 2], 1_000 * times[-1]
        print(f"{name:24} {len(times):8,} {middle:8.2f} {late:8.2f} {worst:8.1f}")
    statements = sum(result["statements"] for result in results)
    print(f"{statements / seconds:,.0f} statements a second, {connections} connections at most")
    for kind, count in (("desk", desks), ("service", services)):
        if count:
            print(f"CPU of a {kind}: {100 * cpu[kind] / count / seconds:.2f} % of a core")


def _split(count: int, size: int) -> list[int]:
    """Return the sizes of the groups that make up a number."""
    return [min(size, count - begin) for begin in range(0, count, size)]


def _choose_customer(rng: random.Random) -> str:
    """Return the number of one of the customers."""
    return f"+61491{rng.randrange(CUSTOMERS):06d}"


def main() -> None:
    """Run the simulation, or one process of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--desks", type=int, default=50)
    parser.add_argument("--services", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--run", nargs=5, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.run:
        address, kind, count, seconds, seed = arguments.run
        asyncio.run(run_process(address, kind, int(count), float(seconds), int(seed)))
    else:
        simulate(arguments.desks, arguments.services, arguments.seconds)


if __name__ == "__main__":
    main()
