"""Measure an inbox on a server, side by side with one in a file."""

import asyncio
import contextlib
import functools
import time
from collections.abc import Awaitable, Callable, Iterator
from statistics import median

from tests.bench.server.claims import measure_claims, measure_races
from tests.bench.server.delaying_proxy import delay_server
from tests.bench.server.inboxes import Inboxes, open_inbox
from tests.store.builders import ACCOUNT, make_reply
from tui.domain.conversation import View
from tui.domain.database import ServerDatabase
from tui.store.conversations import FIRST_POSITION
from tui.store.messages import NEWEST
from tui.store.postgres.server_connection import ServerConnection
from tui.store.store import Store

_PAGES, _SIZE = 12, 100
_CALLS = 300
_LATENCY_MS = 20.0
_CLAIMS, _KILLS, _RACES = 10_000, 12, 1_000
_WORDS = {"common": "or", "usual": "invoice wrong", "rare": "10044", "none": "xyzzy"}


async def measure_pages(inboxes: Inboxes) -> None:
    """100 replies: at most 1 x SQLite's page row by row; 400 ms at 20 ms latency."""
    for name, database in inboxes.list_empty().items():
        _print_times(name, await _store_pages(database))
    server = inboxes.create_database("bench_far")
    async with open_inbox(server):
        pass
    with delay_server(inboxes.address, _LATENCY_MS) as address:
        far = ServerDatabase(_rename(address, "bench_far"), "bench_far")
        times = await _store_pages(far)
    _print_times(f"PostgreSQL, {_LATENCY_MS:.0f} ms away", times, goal=400.0)


async def measure_reads(inboxes: Inboxes) -> None:
    """What a key press reads: p95 at most 2 x SQLite, one round trip each."""
    found: dict[str, dict[str, float]] = {}
    for name, database in (await inboxes.fill_big()).items():
        async with open_inbox(database) as store:
            for what, call in (await _list_reads(store)).items():
                with _count_trips() as trips:
                    await call()
                p95 = await _measure_p95(call)
                found.setdefault(what, {})[name] = p95
                found[what]["trips"] = trips[0]
    for what, times in found.items():
        near, far = times["SQLite"], times["PostgreSQL"]
        print(
            f"  {what:24} SQLite {near:6.2f} ms   PostgreSQL {far:6.2f} ms   {far / near:4.1f} x"
            f"   {times['trips']:.0f} round trip(s)   goal 2.0 x"
        )


async def measure_news(inboxes: Inboxes) -> None:
    """A commit is seen by another host: p95 at most 60 ms."""
    database = inboxes.create_database("bench_news")
    async with open_inbox(database, "a") as writer, open_inbox(database, "b") as watcher:
        seen = asyncio.Event()

        async def watch() -> None:
            async for _ in watcher.feed.watch_changes():
                seen.set()

        watching = asyncio.create_task(watch())
        await asyncio.sleep(0.2)
        times = []
        for number in range(_CALLS):
            seen.clear()
            await writer.ingest.store_events(ACCOUNT, [make_reply(f"{number}", id=f"n{number}")])
            committed = time.perf_counter()
            await seen.wait()
            times.append(1_000 * (time.perf_counter() - committed))
            await asyncio.sleep(0.05)  # a batch of changes ends
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
    _print_times("seen after the commit", times, goal=60.0)


async def measure_search(inboxes: Inboxes) -> None:
    """Searches for common, rare and no words: worst at most 35 ms."""
    for name, database in (await inboxes.fill_big()).items():
        async with open_inbox(database) as store:
            for kind, words in _WORDS.items():
                search = functools.partial(store.messages.search_text, words, limit=20)
                count = len(await search())
                p95 = await _measure_p95(search, calls=60)
                print(f"  {name:12} {kind:8} {words!r:16} {count:3} found   p95 {p95:7.2f} ms")


async def measure_hosts(inboxes: Inboxes) -> None:
    """Hosts with wrong clocks claim, die and race: 0 sent twice, 0 lost."""
    claims, races = (inboxes.create_database(f"bench_{name}") for name in ("claims", "races"))
    log = inboxes.folder / "sent"
    print("  claims", await measure_claims(claims.address, log, _CLAIMS, kills=_KILLS))
    print("  races ", await measure_races(races.address, _RACES))


async def _store_pages(database: object) -> list[float]:
    """Return the times of storing pages of replies, in milliseconds."""
    times = []
    async with open_inbox(database) as store:  # type: ignore[arg-type]
        for page in range(_PAGES):
            replies = [
                make_reply(f"text {page}", f"+6149157{n:04d}", id=f"{page}-{n}")
                for n in range(_SIZE)
            ]
            began = time.perf_counter()
            await store.ingest.store_events(ACCOUNT, replies, "AU")
            times.append(1_000 * (time.perf_counter() - began))
    return times[2:]


async def _list_reads(store: Store) -> dict[str, Callable[[], Awaitable[object]]]:
    """Return what a key press reads, by its name."""
    window = functools.partial(store.conversations.list_after, View(), FIRST_POSITION, 50)
    first = (await window())[0]
    return {
        "window of 50": window,
        "open a conversation": functools.partial(store.messages.list_before, first.id, NEWEST, 50),
        "one row": functools.partial(store.conversations.get, first.id),
        "counters": store.conversations.get_counts,
    }


async def _measure_p95(call: Callable[[], Awaitable[object]], calls: int = _CALLS) -> float:
    """Return the time within which 95 of 100 calls finish, in milliseconds."""
    for _ in range(10):
        await call()
    times = []
    for _ in range(calls):
        began = time.perf_counter()
        await call()
        times.append(1_000 * (time.perf_counter() - began))
    return sorted(times)[calls * 95 // 100]


@contextlib.contextmanager
def _count_trips() -> Iterator[list[int]]:
    """Count the statements that are sent to the server during the block."""
    trips = [0]
    execute = ServerConnection.execute

    def count(self: ServerConnection, *arguments: object) -> object:
        trips[0] += 1
        return execute(self, *arguments)  # type: ignore[arg-type]

    ServerConnection.execute = count  # type: ignore[method-assign,assignment]
    try:
        yield trips
    finally:
        ServerConnection.execute = execute  # type: ignore[method-assign]


def _rename(address: str, name: str) -> str:
    """Return the address of another database on the same server."""
    return f"{address.rpartition('/')[0]}/{name}"


def _print_times(name: str, times: list[float], goal: float | None = None) -> None:
    """Print median and p95 of times in milliseconds."""
    late = sorted(times)[len(times) * 95 // 100]
    end = f"   goal {goal:.0f} ms" if goal is not None else ""
    print(f"  {name:24} p50 {median(times):7.2f} ms   p95 {late:7.2f} ms{end}")
