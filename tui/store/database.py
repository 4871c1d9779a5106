"""The connections: one that writes, one that reads, one that searches, each on its own thread.

Work is a plain function that is given the connection and runs on that thread from beginning to
end. So a transaction is one hop, no other task's statement can slip into it, and a cancelled
`await` cannot leave it half done: the function goes on to its COMMIT or ROLLBACK regardless.
"""

import asyncio
import functools
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import aiosqlite

from tui.domain.change import Subject
from tui.store import files, migrations
from tui.store.errors import CannotOpen, StoreError, translated

T = TypeVar("T")

_BUSY_MS = 5_000
_CACHE_KIB = 16_384
_LOG_PAUSE = 0.02
_LOG_BYTES = 16 << 20
"""What the write-ahead log keeps of its length once it is used again from its start."""


class Transaction:
    """What a piece of writing work is given: the connection, and where to say what it changed."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Open an empty account of changes."""
        self.connection = connection
        self._changes: dict[tuple[str, int, int], bool] = {}
        self._counts: Counter[str] = Counter()

    def changed(
        self, subject: Subject, id: int = 0, conversation_id: int = 0, *, new: bool = False
    ) -> None:
        """Tell every watcher, once the transaction is committed."""
        key = (subject.value, id, conversation_id)
        self._changes[key] = new or self._changes.get(key, False)

    def count(self, name: str, difference: int) -> None:
        """Move a counter."""
        self._counts[name] += difference

    def flush(self) -> None:
        """Write the changes and counters, as the last statements of the transaction."""
        self.connection.executemany(
            "insert into changes (subject, id, conversation_id, new) values (?, ?, ?, ?)",
            [(*key, int(new)) for key, new in self._changes.items()],
        )
        self.connection.executemany(
            "insert into counters (name, value) values (?, ?)"
            " on conflict (name) do update set value = value + excluded.value",
            [(name, value) for name, value in self._counts.items() if value],
        )


class Database:
    """An open inbox file."""

    def __init__(self, path: Path, *, shared: bool = False) -> None:
        """Nothing is opened before `open`."""
        self.path = path
        self._shared = shared
        self._writer: aiosqlite.Connection | None = None
        self._reader: aiosqlite.Connection | None = None
        self._searcher: aiosqlite.Connection | None = None
        self._searching = asyncio.Lock()
        self._committed: list[Callable[[], None]] = []

    async def open(self) -> None:
        """Open the file, making or migrating it; raises `StoreError` with the mend."""
        files.prepare(self.path, shared=self._shared)
        try:
            self._writer = await self._connect(_prepare_writer)
            self._reader = await self._connect(_prepare_reader)
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Finish what is running and close every connection: an open one hangs the process."""
        opened = (self._searcher, self._reader, self._writer)
        self._searcher = self._reader = self._writer = None
        for connection in opened:
            if connection is not None:
                await connection.close()

    def on_commit(self, call: Callable[[], None]) -> None:
        """Call this on the event loop after every commit of this process."""
        self._committed.append(call)

    async def write(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` in one transaction; all of it is on disk when this returns, or none."""
        loop = asyncio.get_running_loop()
        return await self._run(self._writer, functools.partial(self._transact, work, loop))

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` on the reading connection."""
        return await self._run(self._reader, work)

    async def search(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` on the searching connection; when cancelled, the query is interrupted.

        One at a time: an interruption stops whatever the connection is doing, and that must not
        be somebody else's query.
        """
        async with self._searching:
            if self._searcher is None:
                self._searcher = await self._connect(_prepare_reader)
            searcher = self._searcher
            try:
                return await self._run(searcher, work)
            except asyncio.CancelledError:
                await searcher.interrupt()
                raise

    async def checkpoint(self) -> None:
        """Move the log into the database: the business of one process, the one with the lease."""
        await self._run(
            self._writer, lambda c: c.execute("pragma wal_checkpoint(passive)").fetchall()
        )

    def _transact(
        self,
        work: Callable[[Transaction], T],
        loop: asyncio.AbstractEventLoop,
        connection: sqlite3.Connection,
    ) -> T:
        """BEGIN IMMEDIATE, the work, COMMIT; on the writer's thread."""
        connection.execute("begin immediate")
        transaction = Transaction(connection)
        try:
            result = work(transaction)
            transaction.flush()
            connection.execute("commit")
        except BaseException:
            if connection.in_transaction:
                connection.execute("rollback")
            raise
        for call in self._committed:
            loop.call_soon_threadsafe(call)
        return result

    async def _run(
        self, connection: aiosqlite.Connection | None, work: Callable[[sqlite3.Connection], T]
    ) -> T:
        """Run on the connection's thread, with SQLite's errors turned into ours."""
        if connection is None:
            raise CannotOpen(f"The database {self.path} is closed")
        try:
            # aiosqlite offers no public way to run more than one statement a hop.
            return await connection._execute(work, connection._conn)  # type: ignore[no-any-return, no-untyped-call]
        except sqlite3.Error as error:
            raise translated(error, self.path) from error

    async def _connect(self, prepare: Callable[[sqlite3.Connection], None]) -> aiosqlite.Connection:
        """A connection made ready by `prepare`."""
        connection: aiosqlite.Connection | None = None
        try:
            opening = asyncio.ensure_future(
                aiosqlite.connect(
                    self.path, isolation_level=None, timeout=_BUSY_MS / 1000, cached_statements=512
                )
            )
            try:
                connection = await asyncio.shield(opening)
            except asyncio.CancelledError:  # half a connection could not be closed
                connection = await opening
                raise
            await connection._execute(prepare, connection._conn)  # type: ignore[no-untyped-call]
        except BaseException as error:
            if connection is not None:
                await connection.close()
            if isinstance(error, sqlite3.Error | StoreError):
                raise translated(error, self.path) from error
            raise
        return connection


def _prepare_reader(connection: sqlite3.Connection) -> None:
    """Settings of a connection that only looks."""
    connection.row_factory = sqlite3.Row
    connection.execute(f"pragma cache_size = -{_CACHE_KIB}")
    connection.execute("pragma query_only = on")


def _prepare_writer(connection: sqlite3.Connection) -> None:
    """Settings and schema of the connection that writes."""
    connection.row_factory = sqlite3.Row
    _keep_a_log(connection)
    connection.execute("pragma synchronous = full")
    connection.execute("pragma foreign_keys = on")
    connection.execute(f"pragma cache_size = -{_CACHE_KIB}")
    # Only the holder of the lease checkpoints: two at a time can meet SQLite's WAL-reset race.
    connection.execute("pragma wal_autocheckpoint = 0")
    connection.execute(f"pragma journal_size_limit = {_LOG_BYTES}")
    migrations.migrate(connection)


def _keep_a_log(connection: sqlite3.Connection) -> None:
    """Switch to WAL once in the file's life.

    SQLite does not wait for a lock here, and every process that finds a new file wants to switch.
    """
    end = time.monotonic() + _BUSY_MS / 1000
    while connection.execute("pragma journal_mode").fetchone()[0] != "wal":
        try:
            connection.execute("pragma journal_mode = wal").fetchall()
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > end:
                raise
            time.sleep(_LOG_PAUSE)
