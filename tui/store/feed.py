"""News of changes, from this process and every other one on the same file.

Each change has the next number of one counter; a watcher asks for what is above the number it has
seen. Whether it is time to ask, `PRAGMA data_version` knows. That costs a hop to the reader's
thread, so it is asked only when the log file beside the database has just been written to, and
every ten seconds all the same, should that ever be missed.
"""

import asyncio
import contextlib
import functools
import sqlite3
from collections.abc import AsyncGenerator, AsyncIterator, Sequence

from tui.domain.change import RELOAD, Change, Subject
from tui.store.database import Database
from tui.store.queries import queries

_COMMIT = 0.004
"""Seconds from a commit's first writing to its end, as a rule."""
_PATIENCE = (0.01, 0.02, 0.05, 0.2, 1.0, 10.0)
"""Seconds until the next question when nothing more is written: at first for a commit that is
slow to reach the disk, at last in case that a writing was never told of."""
_FRAME = 1 / 30
"""Seconds between two batches: more often, nobody could see a difference."""
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
                        await asyncio.sleep(_FRAME)
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
        from tui.store import log_watch

        watch = log_watch.watch(f"{self._database.path}-wal")
        known = step = 0
        try:
            while True:
                version = await self._database.read(_data_version)
                if version != known:
                    known = version
                    bell.set()
                if await watch.written(_PATIENCE[step]):
                    step = 0
                    await asyncio.sleep(_COMMIT)
                else:
                    step = min(step + 1, len(_PATIENCE) - 1)
        finally:
            watch.close()


def _data_version(connection: sqlite3.Connection) -> int:
    """A number that changes when another connection has committed."""
    return int(connection.execute("pragma data_version").fetchone()[0])


def _merged(found: Sequence[sqlite3.Row]) -> tuple[Change, ...]:
    """The rows as changes, each thing once."""
    merged: dict[tuple[str, int, int], bool] = {}
    for row in found:
        key = (row["subject"], row["id"], row["conversation_id"])
        merged[key] = merged.get(key, False) or bool(row["new"])
    return tuple(Change(Subject(k[0]), k[1], k[2], new) for k, new in merged.items())
