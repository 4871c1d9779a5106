"""News of changes, from this process and every other one on the same file.

Each change has the next number of one counter; a watcher asks for what is above the number it has
seen. That it is time to ask shows in the log file beside the database: a look at its size and time
costs microseconds and wakes nobody. Should that look ever miss a commit, `PRAGMA data_version`,
asked once a second, does not.
"""

import asyncio
import contextlib
import functools
import os
from collections.abc import AsyncGenerator, AsyncIterator

from tui.domain.change import RELOAD, Change, Subject
from tui.store.database import Database
from tui.store.queries import queries

_LOOK = 0.03
"""Seconds between two looks at the log file."""
_TRUTH = 1.0
"""Seconds between two questions for the data version."""
_PAGE = 2_000
"""More changes than this at once, and reading everything again is cheaper."""


class Feed:
    """The changes of one database, as they happen."""

    def __init__(self, database: Database) -> None:
        """Start from the present; nothing is watched before `watch`."""
        self._database = database
        self._sql = queries("desk")
        self._log = f"{database.path}-wal"
        self._seen = 0
        self._asked = asyncio.Event()
        self._signature: tuple[int, int] | None = None
        database.on_commit(self._asked.set)

    async def watch(self) -> AsyncGenerator[tuple[Change, ...], None]:
        """Batches of changes, each thing once a batch, for ever."""
        self._seen = await self._database.read(self._sql.last_change)
        async with self._looking():
            while True:
                await self._asked.wait()
                self._asked.clear()
                changes = await self._news()
                if changes:
                    yield changes

    async def last(self) -> int:
        """The number of the newest change."""
        return int(await self._database.read(self._sql.last_change))

    async def prune(self, keep: int = 50_000) -> None:
        """Forget all but the newest changes; whoever is further behind is told to reload."""
        query = functools.partial(self._sql.prune_changes, keep=keep)
        await self._database.write(lambda t: query(t.connection))

    async def _news(self) -> tuple[Change, ...]:
        """What is above the number seen; `RELOAD` when that is too much or was pruned."""
        query = functools.partial(self._sql.changes_after, seq=self._seen, limit=_PAGE)
        found = await self._database.read(query)
        if not found:
            return ()
        missed = found[0]["seq"] > self._seen + 1 and self._seen > 0
        if missed or len(found) == _PAGE:
            self._seen = await self.last()
            return (RELOAD,)
        self._seen = found[-1]["seq"]
        merged: dict[tuple[str, int, int], bool] = {}
        for row in found:
            key = (row["subject"], row["id"], row["conversation_id"])
            merged[key] = merged.get(key, False) or bool(row["new"])
        return tuple(Change(Subject(k[0]), k[1], k[2], new) for k, new in merged.items())

    @contextlib.asynccontextmanager
    async def _looking(self) -> AsyncIterator[None]:
        """Look at the log file now and then, and ask for the truth more rarely."""
        looking = asyncio.create_task(self._look(), name="feed: look")
        asking = asyncio.create_task(self._ask(), name="feed: ask")
        try:
            yield
        finally:
            for task in (looking, asking):
                task.cancel()
            await asyncio.gather(looking, asking, return_exceptions=True)

    async def _look(self) -> None:
        """Compare the log file's size and time."""
        while True:
            signature = self._sign()
            if signature != self._signature:
                self._signature = signature
                self._asked.set()
            await asyncio.sleep(_LOOK)

    def _sign(self) -> tuple[int, int] | None:
        """The log file's size and time; None while there is no log."""
        try:
            status = os.stat(self._log)
        except OSError:
            return None
        return status.st_size, status.st_mtime_ns

    async def _ask(self) -> None:
        """Ask SQLite itself whether another process has written."""
        known = 0
        while True:
            version = await self._database.read(
                lambda c: int(c.execute("pragma data_version").fetchone()[0])
            )
            if version != known:
                known = version
                self._asked.set()
            await asyncio.sleep(_TRUTH)
