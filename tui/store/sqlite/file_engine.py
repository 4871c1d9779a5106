"""Keep an inbox in one file: a connection to write, to read and to search, each with a thread."""

import asyncio
import functools
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import aiosqlite

from tui.clock import Clock
from tui.store.connections import Connection
from tui.store.engine import Transaction
from tui.store.errors import CannotOpen, StoreError
from tui.store.progress_report import ReportProgress, ignore_progress
from tui.store.sqlite import database_files, log_watch, migrations, people_index
from tui.store.sqlite.file_connection import FileConnection
from tui.store.sqlite.file_errors import translate_error

T = TypeVar("T")

_BUSY_MS = 5_000
_CACHE_KIB = 16_384
_LOG_PAUSE = 0.02
_LOG_BYTES = 16 << 20
"""Size to which the write-ahead log is truncated when SQLite restarts it."""
_CHECKPOINT_SECONDS = 60.0
"""Seconds between two checkpoints."""
_LONG_LOG = 1_000 * 4_096
"""Growth of the write-ahead log in bytes that triggers a checkpoint at once."""


class FileEngine:
    """Database file of an inbox."""

    def __init__(
        self,
        path: Path,
        clock: Clock,
        *,
        shared: bool = False,
        own_checkpoints: bool = True,
        report_progress: ReportProgress = ignore_progress,
    ) -> None:
        """Create the engine; `open` opens the file.

        Args:
            path: Path of the database file.
            clock: Source of the time between two checkpoints.
            shared: Whether the group of the file may read and write it.
            own_checkpoints: Whether `tend` moves the log; not if another program does it.
            report_progress: Shows how far a long migration is; called on another thread.
        """
        self.path = path
        self.name = str(path)
        self._clock = clock
        self._checkpointed_at = clock.monotonic()
        self._size_at_checkpoint = 0
        self._report_progress = report_progress
        self._shared = shared
        self._own_checkpoints = own_checkpoints
        self._writer: aiosqlite.Connection | None = None
        self._reader: aiosqlite.Connection | None = None
        self._searcher: aiosqlite.Connection | None = None
        self._search_lock = asyncio.Lock()
        self._commit_callbacks: list[Callable[[], None]] = []

    @property
    def outage(self) -> None:
        """Return None: a file is always there."""
        return None

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
        opened = (self._reader, self._writer)
        self._reader = self._writer = None
        async with self._search_lock:  # a search may be opening its connection
            searcher, self._searcher = self._searcher, None
        for connection in (searcher, *opened):
            if connection is not None:
                await connection.close()

    def add_commit_callback(self, callback: Callable[[], None]) -> None:
        """Call a function on the event loop after every commit of this process.

        Args:
            callback: Function without arguments.
        """
        self._commit_callbacks.append(callback)

    async def write(self, work: Callable[[Transaction], T], *, alone: bool = True) -> T:
        """Run `work` in one transaction, which is on disk when this returns.

        Args:
            work: Function that reads and writes.
            alone: Makes no difference: SQLite has one writer at a time.
        """
        loop = asyncio.get_running_loop()
        return await self._run_work(
            self._writer, functools.partial(self._run_transaction, work, loop)
        )

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on the reading connection.

        Args:
            work: Function that only reads.
        """
        return await self._run_work(self._reader, work)

    async def search(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on the searching connection; cancelling interrupts the query.

        Only one search runs at a time: an interruption stops whatever runs on the
        connection, and that must not be the query of another caller.

        Args:
            work: Function that only reads.
        """
        async with self._search_lock:
            if self._searcher is None and self._writer is not None:
                self._searcher = await self._open_connection(_prepare_reader)
            searcher = self._searcher
            try:
                return await self._run_work(searcher, work)
            except asyncio.CancelledError:
                if searcher is not None:
                    await searcher.interrupt()
                raise

    async def watch_commits(self, wake: Callable[[], None]) -> None:
        """Call `wake` whenever another process has committed, until cancelled."""
        await log_watch.watch_commits(self._log_file, self.read, wake)

    async def tend(self, *, at_once: bool = False) -> None:
        """Move the log into the database if it has grown long or old.

        Two connections that do this at the same time can trigger a rare bug of SQLite (before
        3.51.3): only the process with the lease does.

        Args:
            at_once: Whether to do it even if it is not due yet.
        """
        if not self._own_checkpoints:
            return
        moment, size = self._clock.monotonic(), log_watch.get_size(self._log_file)
        self._size_at_checkpoint = min(self._size_at_checkpoint, size)  # the file was truncated
        grown, age = size - self._size_at_checkpoint, moment - self._checkpointed_at
        if at_once or grown > _LONG_LOG or age > _CHECKPOINT_SECONDS:
            await self._run_work(
                self._writer, lambda c: c.execute("pragma wal_checkpoint(passive)").fetchall()
            )
            self._checkpointed_at = moment
            self._size_at_checkpoint = log_watch.get_size(self._log_file)

    async def scrub(self) -> bool:
        """Write the file anew without the remains of deleted rows; return False if it is in use."""
        rewrite = functools.partial(database_files.rewrite_file, empties_log=self._own_checkpoints)
        is_done: bool = await self._run_work(self._writer, rewrite)
        self._checkpointed_at = self._clock.monotonic()
        self._size_at_checkpoint = log_watch.get_size(self._log_file)
        return is_done

    @property
    def _log_file(self) -> str:
        """Return the path of the write-ahead log."""
        return f"{self.path}-wal"

    def _run_transaction(
        self,
        work: Callable[[Transaction], T],
        loop: asyncio.AbstractEventLoop,
        connection: FileConnection,
    ) -> T:
        """Run BEGIN IMMEDIATE, the work and COMMIT on the writer's thread."""
        # IMMEDIATE: a transaction that upgrades from reading to writing fails at once with "busy".
        connection.execute("begin immediate")
        transaction = Transaction(connection)
        try:
            transaction.refuse_moved()
            result = work(transaction)
            transaction.flush(self._clock.now())
            people_index.index_changed_people(connection)
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
        self, connection: aiosqlite.Connection | None, work: Callable[[FileConnection], T]
    ) -> T:
        """Run work on the connection's thread and translate errors of SQLite into ours."""
        if connection is None:
            raise CannotOpen(f"The database {self.path} is closed")
        try:
            return await _run_on_thread(connection, work)
        except sqlite3.Error as error:
            raise translate_error(error, self.path) from error

    async def _open_connection(
        self, prepare: Callable[[FileConnection], None]
    ) -> aiosqlite.Connection:
        """Open a connection and set it up with `prepare`."""
        connection, is_cancelled = None, False
        try:
            opening = asyncio.ensure_future(
                aiosqlite.connect(
                    self.path,
                    isolation_level=None,
                    timeout=_BUSY_MS / 1000,
                    cached_statements=512,
                    factory=FileConnection,
                )
            )
            while connection is None and not opening.cancelled():
                try:
                    connection = await asyncio.shield(opening)
                except asyncio.CancelledError:
                    is_cancelled = True
            if is_cancelled or connection is None:
                raise asyncio.CancelledError
            await _run_on_thread(connection, prepare)
        except BaseException as error:
            if connection is not None:
                await connection.close()
            if isinstance(error, sqlite3.Error | StoreError):
                raise translate_error(error, self.path) from error
            raise
        return connection


async def _run_on_thread(
    connection: aiosqlite.Connection, work: Callable[[FileConnection], T]
) -> T:
    """Run a function on the thread of a connection, with SQLite's own connection.

    Stands in for aiosqlite's private `_execute` and `_conn`: publicly every statement is a thread
    switch of its own. `tests/store/test_private_api.py` names them when an upgrade changes one.
    """
    return await connection._execute(work, connection._conn)  # type: ignore[no-any-return, no-untyped-call]


def _prepare_reader(connection: FileConnection) -> None:
    """Set up a connection that only reads."""
    connection.row_factory = sqlite3.Row
    connection.execute(f"pragma cache_size = -{_CACHE_KIB}")
    connection.execute("pragma query_only = on")


def _prepare_writer(connection: FileConnection, report_progress: ReportProgress) -> None:
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


def _enable_wal(connection: FileConnection) -> None:
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
