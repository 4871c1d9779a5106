"""News of changes, from this process and every other one on the same file.

Each change has the next number of one counter; a watcher asks for what is above the number it has
seen. Whether it is time to ask, `PRAGMA data_version` knows. That costs a hop to the reader's
thread, so it is asked often only while the log file beside the database has just been written to,
which a look at its size and time tells for microseconds; and once a second all the same, should
that look ever miss a commit.
"""

import asyncio
import contextlib
import functools
import os
import sqlite3
from collections.abc import AsyncGenerator, AsyncIterator, Sequence

from tui.domain.change import RELOAD, Change, Subject
from tui.store.database import Database
from tui.store.queries import queries

_LOOK = 0.03
"""Seconds between two looks at the log file."""
_TRUTH = 1.0
"""Seconds between two questions for the data version while nothing is written."""
_SETTLING = 2.0
"""Seconds for which a commit may be on its way to the disk after its log was written."""
_PAGE = 2_000
"""More changes than this at once, and reading everything again is cheaper."""


class Feed:
    """The changes of one database, as they happen."""

    def __init__(self, database: Database) -> None:
        """Nothing is watched before `watch`."""
        self._database = database
        self._sql = queries("desk")
        self._bells: set[asyncio.Event] = set()
        database.on_commit(self._ring)

    async def watch(self, *, after: int | None = None) -> AsyncGenerator[tuple[Change, ...], None]:
        """Batches of changes, each thing once a batch, for ever.

        From now on, or from behind the change with number `after` (see `last`). Any number of
        watchers may watch. Raises `StoreError` when the database cannot be read any more.
        """
        bell = asyncio.Event()
        bell.set()
        self._bells.add(bell)
        try:
            seen = await self.last() if after is None else after
            async with self._looking(bell) as looking:
                while not looking.done():
                    await bell.wait()
                    bell.clear()
                    seen, changes = await self._news(seen)
                    if changes:
                        yield changes
                await looking
        finally:
            self._bells.discard(bell)

    async def last(self) -> int:
        """The number of the newest change."""
        return int(await self._database.read(self._sql.last_change))

    async def prune(self, keep: int = 50_000) -> None:
        """Forget all but the newest changes; whoever is further behind is told to reload."""
        query = functools.partial(self._sql.prune_changes, keep=max(keep, 1))
        await self._database.write(lambda t: query(t.connection))

    def _ring(self) -> None:
        """This process has written."""
        for bell in self._bells:
            bell.set()

    async def _news(self, seen: int) -> tuple[int, tuple[Change, ...]]:
        """What is above the number seen, and the number seen now.

        `RELOAD` when that is too much or was pruned.
        """
        query = functools.partial(self._sql.changes_after, seq=seen, limit=_PAGE)
        found = await self._database.read(query)
        if not found:
            return seen, ()
        if found[0]["seq"] > seen + 1 or len(found) == _PAGE:
            return await self.last(), (RELOAD,)
        return found[-1]["seq"], _merged(found)

    @contextlib.asynccontextmanager
    async def _looking(self, bell: asyncio.Event) -> AsyncIterator[asyncio.Task[None]]:
        """Look for other processes' commits meanwhile."""
        looking = asyncio.create_task(self._look(bell), name="feed: look")
        looking.add_done_callback(lambda task: bell.set())
        try:
            yield looking
        finally:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)

    async def _look(self, bell: asyncio.Event) -> None:
        """Ring when another process has committed."""
        now = asyncio.get_running_loop().time
        log = f"{self._database.path}-wal"
        known, signature = 0, None
        settled_at = asked_at = 0.0
        while True:
            written = _signature(log)
            if written != signature:
                signature, settled_at = written, now() + _SETTLING
            if now() < settled_at or now() > asked_at + _TRUTH:
                asked_at = now()
                version = await self._database.read(_data_version)
                if version != known:
                    known = version
                    bell.set()
            await asyncio.sleep(_LOOK)


def _data_version(connection: sqlite3.Connection) -> int:
    """A number that changes when another connection has committed."""
    return int(connection.execute("pragma data_version").fetchone()[0])


def _signature(log: str) -> tuple[int, int] | None:
    """The log file's size and time; None while there is no log."""
    try:
        status = os.stat(log)
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


def _merged(found: Sequence[sqlite3.Row]) -> tuple[Change, ...]:
    """The rows as changes, each thing once."""
    merged: dict[tuple[str, int, int], bool] = {}
    for row in found:
        key = (row["subject"], row["id"], row["conversation_id"])
        merged[key] = merged.get(key, False) or bool(row["new"])
    return tuple(Change(Subject(k[0]), k[1], k[2], new) for k, new in merged.items())
