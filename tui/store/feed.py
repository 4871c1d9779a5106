"""Publish changes made by this process and by every other one on the same database.

Each change has the next number of one counter; a watcher reads the changes above the last
number it has seen. The engine says when there may be some.
"""

import asyncio
import functools
from collections.abc import AsyncGenerator, Sequence

from tui.domain.change import RELOAD, Change, Subject
from tui.store.connections import Row
from tui.store.engine import Engine
from tui.store.errors import Unreachable
from tui.store.queries import queries

_BATCH_INTERVAL = 1 / 30
"""Seconds between two batches: a higher rate makes no visible difference."""
_MAX_CHANGES = 2_000
"""Number of changes from which it is cheaper to read everything again."""
_RETRY_SECONDS, _LONGEST_RETRY_SECONDS = 0.5, 3.0
CHANGES_KEPT = 50_000
"""Number of changes that are kept for processes that are behind."""


class Feed:
    """Changes of one database, as they happen."""

    def __init__(self, database: Engine) -> None:
        """Create the feed; nothing is watched before `watch_changes`."""
        self._database = database
        self._sql = queries("desk")
        self._wakeups: set[asyncio.Event] = set()
        """What wakes each watcher."""
        self._commit_watch: asyncio.Task[None] | None = None
        """Watches for commits of other processes, for all watchers; None while there is none."""
        database.add_commit_callback(self._wake_watchers)

    async def watch_changes(
        self, *, after: int | None = None
    ) -> AsyncGenerator[tuple[Change, ...], None]:
        """Yield batches of changes forever, each thing once per batch.

        There can be any number of watchers. While a server is away this waits, and then yields
        `RELOAD`.

        Args:
            after: Number of the last change seen (see `get_last_number`); None starts now.

        Raises:
            StoreError: The database cannot be read any more.
        """
        wakeup = asyncio.Event()
        self._wakeups.add(wakeup)
        seen, failures = after, 0
        try:
            while True:
                try:
                    last = await self.get_last_number()
                    if failures or (seen is not None and seen > last):
                        # What was read while the server was away may have failed, and a standby
                        # that has taken over may lack the newest changes.
                        seen, failures = last, 0
                        yield (RELOAD,)
                    seen = last if seen is None else seen
                    wakeup.set()
                    watch = self._start_commit_watch()
                    while not watch.done():
                        await wakeup.wait()
                        wakeup.clear()
                        seen, changes = await self._read_changes(seen)
                        if changes:
                            yield changes
                            await asyncio.sleep(_BATCH_INTERVAL)
                    watch.result()
                except Unreachable:
                    failures += 1
                    await asyncio.sleep(min(_RETRY_SECONDS * failures, _LONGEST_RETRY_SECONDS))
        finally:
            self._wakeups.discard(wakeup)
            await self._end_commit_watch()

    async def get_last_number(self) -> int:
        """Return the number of the newest change."""
        return int(await self._database.read(self._sql.last_change))

    async def prune_changes(self, keep: int = CHANGES_KEPT) -> None:
        """Delete all but the newest changes.

        A watcher that is further behind must reload.

        Args:
            keep: Number of changes to keep.
        """
        query = functools.partial(self._sql.prune_changes, keep=max(keep, 1))
        await self._database.write(lambda t: query(t.connection))

    def _wake_watchers(self) -> None:
        """Wake all watchers, because this process has written."""
        for wakeup in self._wakeups:
            wakeup.set()

    async def _read_changes(self, seen: int) -> tuple[int, tuple[Change, ...]]:
        """Return the new last number and the changes above `seen`.

        The changes are `RELOAD` if there are too many or if some were pruned.
        """
        query = functools.partial(self._sql.changes_after, seq=seen, limit=_MAX_CHANGES)
        found = await self._database.read(query)
        if not found:
            return seen, ()
        # A gap at the beginning means that changes were pruned.
        if found[0]["seq"] > seen + 1 or len(found) == _MAX_CHANGES:
            return await self.get_last_number(), (RELOAD,)
        return found[-1]["seq"], _merge_changes(found)

    def _start_commit_watch(self) -> asyncio.Task[None]:
        """Return the task that watches for commits of other processes, started if it is not."""
        if self._commit_watch is None or self._commit_watch.done():
            self._commit_watch = asyncio.create_task(
                self._database.watch_commits(self._wake_watchers), name="feed: look"
            )
            # Wakes the watchers, so that an error of this task is raised there.
            self._commit_watch.add_done_callback(lambda task: self._wake_watchers())
        return self._commit_watch

    async def _end_commit_watch(self) -> None:
        """End the task if there is no watcher any more."""
        if self._commit_watch is not None and not self._wakeups:
            watch, self._commit_watch = self._commit_watch, None
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)


def _merge_changes(found: Sequence[Row]) -> tuple[Change, ...]:
    """Return the rows as changes, each thing once."""
    merged: dict[tuple[str, int, int], bool] = {}
    for row in found:
        key = (row["subject"], row["id"], row["conversation_id"])
        merged[key] = merged.get(key, False) or bool(row["new"])
    return tuple(Change(Subject(k[0]), k[1], k[2], new) for k, new in merged.items())
