"""Publish changes made by this process and by every other one on the same file.

Each change has the next number of one counter; a watcher reads the changes above the last
number it has seen. `PRAGMA data_version` shows whether there are any. That costs a switch
to the reader's thread, so it is read only when the write-ahead log beside the database has
just been written, and every ten seconds in any case, should a write ever be missed.

On Linux the kernel reports writes to the log (inotify), so that an idle process need not
wake up to look; elsewhere the size and time of the file are compared.
"""

import asyncio
import contextlib
import ctypes
import functools
import os
import sqlite3
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from typing import Protocol

from tui.domain.change import RELOAD, Change, Subject
from tui.store.database import Database
from tui.store.queries import queries

_COMMIT_SECONDS = 0.004
"""Usual duration from the first write of a commit to its end, in seconds."""
_CHECK_INTERVALS = (0.01, 0.02, 0.05, 0.2, 1.0, 10.0)
"""Seconds until the next check if nothing more is written.

The first ones cover a commit that is slow to reach the disk, the last one a write that was
never reported.
"""
_BATCH_INTERVAL = 1 / 30
"""Seconds between two batches: a higher rate makes no visible difference."""
_MAX_CHANGES = 2_000
"""Number of changes from which it is cheaper to read everything again."""
CHANGES_KEPT = 50_000
"""Number of changes that are kept for processes that are behind."""


class Feed:
    """Changes of one database, as they happen."""

    def __init__(self, database: Database) -> None:
        """Create the feed; nothing is watched before `watch_changes`."""
        self._database = database
        self._sql = queries("desk")
        self._wakeups: set[asyncio.Event] = set()
        database.add_commit_callback(self._wake_watchers)

    async def watch_changes(
        self, *, after: int | None = None
    ) -> AsyncGenerator[tuple[Change, ...], None]:
        """Yield batches of changes forever, each thing once per batch.

        There can be any number of watchers.

        Args:
            after: Number of the last change seen (see `get_last_number`); None starts now.

        Raises:
            StoreError: The database cannot be read any more.
        """
        wakeup = asyncio.Event()
        wakeup.set()
        self._wakeups.add(wakeup)
        try:
            seen = await self.get_last_number() if after is None else after
            async with self._run_log_watcher(wakeup) as watcher:
                while not watcher.done():
                    await wakeup.wait()
                    wakeup.clear()
                    seen, changes = await self._read_changes(seen)
                    if changes:
                        yield changes
                        await asyncio.sleep(_BATCH_INTERVAL)
                await watcher
        finally:
            self._wakeups.discard(wakeup)

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

    @contextlib.asynccontextmanager
    async def _run_log_watcher(self, wakeup: asyncio.Event) -> AsyncIterator[asyncio.Task[None]]:
        """Run a task that watches for commits of other processes."""
        watcher = asyncio.create_task(self._watch_log(wakeup), name="feed: look")
        # Wakes the watcher, so that an error of this task is raised there.
        watcher.add_done_callback(lambda task: wakeup.set())
        try:
            yield watcher
        finally:
            watcher.cancel()
            await asyncio.gather(watcher, return_exceptions=True)

    async def _watch_log(self, wakeup: asyncio.Event) -> None:
        """Set `wakeup` whenever another process has committed."""
        watch = open_log_watch(f"{self._database.path}-wal")
        known_version = step = 0
        try:
            while True:
                version = await self._database.read(_read_data_version)
                if version != known_version:
                    known_version = version
                    wakeup.set()
                if await watch.wait_for_write(_CHECK_INTERVALS[step]):
                    step = 0
                    # The log is written before the commit is visible.
                    await asyncio.sleep(_COMMIT_SECONDS)
                else:
                    step = min(step + 1, len(_CHECK_INTERVALS) - 1)
        finally:
            watch.close()


def _read_data_version(connection: sqlite3.Connection) -> int:
    """Return a number that changes when another connection has committed."""
    return int(connection.execute("pragma data_version").fetchone()[0])


def _merge_changes(found: Sequence[sqlite3.Row]) -> tuple[Change, ...]:
    """Return the rows as changes, each thing once."""
    merged: dict[tuple[str, int, int], bool] = {}
    for row in found:
        key = (row["subject"], row["id"], row["conversation_id"])
        merged[key] = merged.get(key, False) or bool(row["new"])
    return tuple(Change(Subject(k[0]), k[1], k[2], new) for k, new in merged.items())


_IN_MODIFY = 0x2
_IN_NONBLOCK, _IN_CLOEXEC = 0o4000, 0o2000000
_READ_SIZE = 4_096
_POLL_INTERVAL = 0.03
"""Seconds between two checks of a file."""


class LogWatch(Protocol):
    """Watch that waits for writes to one file."""

    async def wait_for_write(self, max_seconds: float) -> bool:
        """Wait for a write since the last call; return whether there was one.

        Args:
            max_seconds: Maximum time to wait, in seconds.
        """

    def close(self) -> None:
        """End the watch."""


def open_log_watch(path: str) -> LogWatch:
    """Return the best available watch on this file; the caller closes it."""
    if sys.platform == "linux":
        # The number of inotify watches per user is limited; then polling takes over.
        with contextlib.suppress(OSError):
            return InotifyWatch(path)
    return PollingWatch(path)


class InotifyWatch:
    """Watch that the kernel notifies (inotify)."""

    def __init__(self, path: str) -> None:
        """Create the watch.

        Raises:
            OSError: The file does not exist, or the limit of watches is reached.
        """
        libc = ctypes.CDLL(None, use_errno=True)
        self._descriptor = _check_result(libc.inotify_init1(_IN_NONBLOCK | _IN_CLOEXEC))
        try:
            _check_result(libc.inotify_add_watch(self._descriptor, os.fsencode(path), _IN_MODIFY))
        except OSError:
            self.close()
            raise

    async def wait_for_write(self, max_seconds: float) -> bool:
        """Wait until the kernel reports a write.

        Args:
            max_seconds: Maximum time to wait, in seconds.
        """
        loop = asyncio.get_running_loop()
        notified = asyncio.Event()
        loop.add_reader(self._descriptor, notified.set)
        try:
            async with asyncio.timeout(max_seconds):  # wait_for may lose a cancellation
                await notified.wait()
        except TimeoutError:
            return False
        finally:
            loop.remove_reader(self._descriptor)
        self._drain_events()
        return True

    def close(self) -> None:
        """End the watch."""
        os.close(self._descriptor)

    def _drain_events(self) -> None:
        """Read and discard the pending events: their arrival says enough."""
        with contextlib.suppress(BlockingIOError):
            while os.read(self._descriptor, _READ_SIZE):
                pass


def _check_result(result: int) -> int:
    """Return the result of a C function; raise `OSError` if it reports an error."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


class PollingWatch:
    """Watch that compares size and time of the file repeatedly; a check takes microseconds."""

    def __init__(self, path: str) -> None:
        """Create the watch; earlier writes do not count."""
        self._path = path
        self._known = self._read_signature()

    async def wait_for_write(self, max_seconds: float) -> bool:
        """Wait until size or time differ.

        Args:
            max_seconds: Maximum time to wait, in seconds.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + max_seconds
        while (signature := self._read_signature()) == self._known:
            if loop.time() > end:
                return False
            await asyncio.sleep(_POLL_INTERVAL)
        self._known = signature
        return True

    def close(self) -> None:
        """Do nothing: there is nothing to release."""

    def _read_signature(self) -> tuple[int, int] | None:
        """Return size and time of the file, or None if there is no file."""
        try:
            status = os.stat(self._path)
        except OSError:
            return None
        return status.st_size, status.st_mtime_ns
