"""Open the connections for writing, reading and searching, each with its own thread.

A unit of work is a plain function that receives the connection and runs on its thread from
beginning to end. So a transaction needs one thread switch, no statement of another task can
get into it, and a cancelled `await` cannot leave it unfinished: the function continues to
its COMMIT or ROLLBACK regardless.
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
from tui.store import database_files, migrations
from tui.store.errors import CannotOpen, StoreError, translate_error

T = TypeVar("T")

_BUSY_MS = 5_000
_CACHE_KIB = 16_384
_LOG_PAUSE = 0.02
_LOG_BYTES = 16 << 20
"""Size to which the write-ahead log is truncated when SQLite restarts it."""


class Transaction:
    """Connection for a unit of writing work, with a record of the changes to publish."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Create a transaction without changes."""
        self.connection = connection
        self._changes: dict[tuple[str, int, int], bool] = {}
        self._counts: Counter[str] = Counter()

    def mark_changed(
        self, subject: Subject, id: int = 0, conversation_id: int = 0, *, new: bool = False
    ) -> None:
        """Record a change that is published to all watchers with the commit.

        Args:
            subject: Kind of the thing that changed.
            id: Id of the thing; 0 if it has none.
            conversation_id: Id of its conversation; 0 if it has none.
            new: Whether the thing did not exist before.
        """
        key = (subject.value, id, conversation_id)
        self._changes[key] = new or self._changes.get(key, False)

    def adjust_counter(self, name: str, difference: int) -> None:
        """Change a counter by a difference.

        Args:
            name: Name of the counter.
            difference: Positive or negative number to add.
        """
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
    """Database file of an inbox."""

    def __init__(
        self,
        path: Path,
        *,
        shared: bool = False,
        own_checkpoints: bool = True,
        report_progress: migrations.ReportProgress = migrations.ignore_progress,
    ) -> None:
        """Create the database object; `open` opens the file.

        Args:
            path: Path of the database file.
            shared: Whether the group of the file may read and write it.
            own_checkpoints: Whether `checkpoint` does anything; not if another program does it.
            report_progress: Shows how far a long migration is; called on another thread.
        """
        self.path = path
        self._report_progress = report_progress
        self._shared = shared
        self._own_checkpoints = own_checkpoints
        self._writer: aiosqlite.Connection | None = None
        self._reader: aiosqlite.Connection | None = None
        self._searcher: aiosqlite.Connection | None = None
        self._search_lock = asyncio.Lock()
        self._commit_callbacks: list[Callable[[], None]] = []

    async def open(self) -> None:
        """Open the file; create or migrate it where needed.

        Raises:
            StoreError: The file cannot be used; the text says how to fix it.
        """
        database_files.prepare_file(self.path, shared=self._shared)
        try:
            self._writer = await self._open_connection(
                functools.partial(_prepare_writer, report_progress=self._report_progress)
            )
            self._reader = await self._open_connection(_prepare_reader)
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Finish running work and close every connection: an open one hangs the process."""
        opened = (self._searcher, self._reader, self._writer)
        self._searcher = self._reader = self._writer = None
        for connection in opened:
            if connection is not None:
                await connection.close()

    def add_commit_callback(self, callback: Callable[[], None]) -> None:
        """Call a function on the event loop after every commit of this process."""
        self._commit_callbacks.append(callback)

    async def write(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` in one transaction, which is on disk when this returns."""
        loop = asyncio.get_running_loop()
        return await self._run_work(
            self._writer, functools.partial(self._run_transaction, work, loop)
        )

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` on the reading connection."""
        return await self._run_work(self._reader, work)

    async def search(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` on the searching connection; cancelling interrupts the query.

        Only one search runs at a time: an interruption stops whatever runs on the
        connection, and that must not be the query of another caller.
        """
        async with self._search_lock:
            if self._searcher is None:
                self._searcher = await self._open_connection(_prepare_reader)
            searcher = self._searcher
            try:
                return await self._run_work(searcher, work)
            except asyncio.CancelledError:
                await searcher.interrupt()
                raise

    async def checkpoint(self) -> None:
        """Move the log into the database; only the process with the lease does this."""
        if not self._own_checkpoints:
            return
        await self._run_work(
            self._writer, lambda c: c.execute("pragma wal_checkpoint(passive)").fetchall()
        )

    def _run_transaction(
        self,
        work: Callable[[Transaction], T],
        loop: asyncio.AbstractEventLoop,
        connection: sqlite3.Connection,
    ) -> T:
        """Run BEGIN IMMEDIATE, the work and COMMIT on the writer's thread."""
        # IMMEDIATE: a transaction that upgrades from reading to writing fails at once with "busy".
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
        for callback in self._commit_callbacks:
            # This is the writer's thread; callbacks run on the event loop.
            loop.call_soon_threadsafe(callback)
        return result

    async def _run_work(
        self, connection: aiosqlite.Connection | None, work: Callable[[sqlite3.Connection], T]
    ) -> T:
        """Run work on the connection's thread and translate errors of SQLite into ours."""
        if connection is None:
            raise CannotOpen(f"The database {self.path} is closed")
        try:
            return await _run_on_thread(connection, work)
        except sqlite3.Error as error:
            raise translate_error(error, self.path) from error

    async def _open_connection(
        self, prepare: Callable[[sqlite3.Connection], None]
    ) -> aiosqlite.Connection:
        """Open a connection and set it up with `prepare`."""
        connection: aiosqlite.Connection | None = None
        try:
            opening = asyncio.ensure_future(
                aiosqlite.connect(
                    self.path, isolation_level=None, timeout=_BUSY_MS / 1000, cached_statements=512
                )
            )
            try:
                # The connection starts its own thread at once; a cancelled open would leak it.
                connection = await asyncio.shield(opening)
            except asyncio.CancelledError:  # a half-open connection cannot be closed
                connection = await opening
                raise
            await _run_on_thread(connection, prepare)
        except BaseException as error:
            if connection is not None:
                await connection.close()
            if isinstance(error, sqlite3.Error | StoreError):
                raise translate_error(error, self.path) from error
            raise
        return connection


async def _run_on_thread(
    connection: aiosqlite.Connection, work: Callable[[sqlite3.Connection], T]
) -> T:
    """Run a function on the thread of a connection, with SQLite's own connection.

    Stands in for aiosqlite's private `_execute` and `_conn`: publicly every statement is a thread
    switch of its own. `tests/store/test_private_api.py` names them when an upgrade changes one.
    """
    return await connection._execute(work, connection._conn)  # type: ignore[no-any-return, no-untyped-call]


def _prepare_reader(connection: sqlite3.Connection) -> None:
    """Set up a connection that only reads."""
    connection.row_factory = sqlite3.Row
    connection.execute(f"pragma cache_size = -{_CACHE_KIB}")
    connection.execute("pragma query_only = on")


def _prepare_writer(
    connection: sqlite3.Connection, report_progress: migrations.ReportProgress
) -> None:
    """Set up the connection that writes, and bring the schema up to date."""
    connection.row_factory = sqlite3.Row
    _enable_wal(connection)
    connection.execute("pragma synchronous = full")
    connection.execute("pragma foreign_keys = on")
    connection.execute(f"pragma cache_size = -{_CACHE_KIB}")
    # Only the holder of the lease runs checkpoints: two at the same time can hit SQLite's
    # WAL-reset race.
    connection.execute("pragma wal_autocheckpoint = 0")
    connection.execute(f"pragma journal_size_limit = {_LOG_BYTES}")
    migrations.apply_migrations(connection, report_progress=report_progress)


def _enable_wal(connection: sqlite3.Connection) -> None:
    """Switch the file to write-ahead logging, once in its life.

    SQLite does not wait for a lock here, and every process that finds a new file tries to
    switch.
    """
    end = time.monotonic() + _BUSY_MS / 1000
    while connection.execute("pragma journal_mode").fetchone()[0] != "wal":
        try:
            connection.execute("pragma journal_mode = wal").fetchall()
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > end:
                raise
            time.sleep(_LOG_PAUSE)
