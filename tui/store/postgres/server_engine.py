"""Keep an inbox on a PostgreSQL server: connections to write, to read and to search.

One process writes at a time, by a lock that the transaction holds, so that what is read in it is
true until its end, as on a file. The reading connection also listens for the commits of others.
"""

import asyncio
import functools
from collections.abc import Callable
from typing import TypeVar

from tui.clock import SECOND, Clock
from tui.domain.database import ServerDatabase
from tui.store.connections import Connection
from tui.store.engine import Outage, Transaction
from tui.store.errors import CannotOpen, StoreError, Unreachable
from tui.store.postgres.connection_thread import ConnectionThread, measure_time
from tui.store.postgres.server_connection import ServerConnection
from tui.store.postgres.server_errors import translate_error
from tui.store.postgres.server_schema import create_partitions, update_schema
from tui.store.postgres.server_session import connect, list_settings, read_timeline
from tui.store.postgres.server_writing import Writing, name_channel
from tui.store.progress_report import ReportProgress, ignore_progress

T = TypeVar("T")

_REST_SECONDS = 30.0
"""Time after which a connection that is not used is closed: a server has few for many desks."""
_LOOK_SECONDS, _POOLED_LOOK_SECONDS = 10.0, 1.0
"""Time between two looks for changes; behind a pooler the server cannot notify us."""
_MEASURE_SECONDS = 60.0
_TEND_SECONDS = 3_600.0
_NEGLIGIBLE_MS = 5
_SLOW_SECONDS = 2.0
"""Time without an answer after which the agents see that they wait for the server."""


class ServerEngine:
    """Database on a server."""

    def __init__(
        self,
        database: ServerDatabase,
        clock: Clock,
        *,
        report_progress: ReportProgress = ignore_progress,
    ) -> None:
        """Create the engine; `open` connects.

        Args:
            database: Address and password.
            clock: Clock that follows the server's, which all hosts share.
            report_progress: Shows that the schema is being updated; called on another thread.
        """
        self.name = database.name
        self._database = database
        self._clock = clock
        self._report_progress = report_progress
        self._namespace = 0
        self._is_open = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._measured_at = self._tended_at = float("-inf")
        self._search_lock = asyncio.Lock()
        self._commit_callbacks: list[Callable[[], None]] = []
        self._watchers: list[Callable[[], None]] = []
        self._outages: dict[ConnectionThread, Outage] = {}
        self._reader = ConnectionThread(
            self._connect_reader, "database: read", on_notification=self._announce_news
        )
        self._writer = ConnectionThread(
            self._connect_writer, "database: write", rest_seconds=_REST_SECONDS
        )
        self._searcher = ConnectionThread(
            self._connect_searcher, "database: search", rest_seconds=_REST_SECONDS
        )

    @property
    def outage(self) -> Outage | None:
        """Return since when the server cannot be used, or None if it can, as far as is known."""
        return min(self._outages.values(), key=lambda outage: outage.since, default=None)

    async def open(self) -> None:
        """Connect; create or update the schema where needed.

        Raises:
            StoreError: The database cannot be used; the text says how to fix it.
        """
        self._loop = asyncio.get_running_loop()
        self._is_open = True
        try:
            await self._reader.run(lambda connection: None)
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Finish running work and close every connection."""
        self._is_open = False
        for thread in (self._searcher, self._reader, self._writer):
            await thread.close()

    async def write(self, work: Callable[[Transaction], T], *, alone: bool = True) -> T:
        """Run `work` in one transaction, which is on disk when this returns.

        Args:
            work: Function that reads and writes.
            alone: Whether no other process may write meanwhile.
        """
        self._check_open()
        settings = list_settings(self._database) if self._database.pooled else ()
        writing = Writing(
            *(self._writer, self._namespace, tuple(settings), self._clock), alone=alone
        )
        result = await self._run(self._writer, functools.partial(writing.run, work))
        for callback in self._commit_callbacks:
            callback()
        return result

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on the reading connection.

        Args:
            work: Function that only reads.
        """
        self._check_open()
        run = functools.partial(self._run_reading, self._reader, work)
        return await self._run(self._reader, run)

    async def search(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on the searching connection; cancelling interrupts the query.

        Args:
            work: Function that only reads.
        """
        self._check_open()
        async with self._search_lock:
            try:
                run = functools.partial(self._run_reading, self._searcher, work)
                return await self._searcher.run(run)
            except asyncio.CancelledError:
                await asyncio.shield(asyncio.to_thread(self._searcher.interrupt))
                raise

    def add_commit_callback(self, callback: Callable[[], None]) -> None:
        """Call a function on the event loop after every commit of this process.

        Args:
            callback: Function without arguments.
        """
        self._commit_callbacks.append(callback)

    async def watch_commits(self, wake: Callable[[], None]) -> None:
        """Call `wake` whenever another process may have committed, until cancelled.

        Args:
            wake: Function without arguments.
        """
        self._watchers.append(wake)
        pause = _POOLED_LOOK_SECONDS if self._database.pooled else _LOOK_SECONDS
        try:
            while True:
                await asyncio.sleep(pause)
                wake()
                if self._clock.monotonic() - self._measured_at > _MEASURE_SECONDS:
                    await self.read(self._follow_clock)
        finally:
            self._watchers.remove(wake)

    async def tend(self, *, at_once: bool = False) -> None:
        """Create the next partitions of the search.

        Args:
            at_once: Whether to do it even if it is not due yet.
        """
        moment, now = self._clock.monotonic(), self._clock.now()
        if at_once or moment - self._tended_at > _TEND_SECONDS:
            await self.write(lambda t: create_partitions(t.connection, now, now))
            self._tended_at = moment

    async def scrub(self) -> bool:
        """Return True: the server overwrites deleted rows itself when it vacuums its tables."""
        return True

    async def _run(self, thread: ConnectionThread, work: Callable[[ServerConnection], T]) -> T:
        """Run work on a thread, and record whether the server can be used."""
        slow = Outage(self._clock.now(), "has not answered", may_end=True)
        loop = asyncio.get_running_loop()
        timer = loop.call_later(_SLOW_SECONDS, self._outages.setdefault, thread, slow)
        try:
            result = await thread.run(work)
        except Unreachable as error:
            since = self._outages[thread].since if thread in self._outages else self._clock.now()
            self._outages[thread] = Outage(since, error.what)
            raise
        finally:
            timer.cancel()
            if self._outages.get(thread) is slow:
                del self._outages[thread]
        if self._outages.pop(thread, None) is not None and thread is self._reader:
            # The others, which may rest, learn it with their next work.
            self._outages.clear()
        return result

    # On the threads -------------------------------------------------------------------------

    def _run_reading(
        self,
        thread: ConnectionThread,
        work: Callable[[Connection], T],
        connection: ServerConnection,
    ) -> T:
        """Run work that only reads, and once more if the connection had been lost."""
        try:
            return self._read_once(work, connection)
        except Unreachable:
            if not connection.driver.closed:
                raise
            return self._read_once(work, thread.reconnect())

    def _read_once(self, work: Callable[[Connection], T], connection: ServerConnection) -> T:
        """Run work that only reads."""
        if not self._database.pooled:
            return work(connection)
        beginning = "; ".join(["begin", *list_settings(self._database)])
        connection.run_script(beginning)
        try:
            return work(connection)
        finally:
            if not connection.driver.closed:
                connection.run_script("rollback")

    def _connect(self, *, searches: bool = False) -> ServerConnection:
        """Return a connection."""
        try:
            return connect(self._database, searches=searches)
        except CannotOpen as error:
            if not self._namespace:
                raise
            # It could be used before, so a person may be repairing it: goes on by itself too.
            raise Unreachable(str(error), "refuses smsdesk") from None

    def _connect_searcher(self) -> ServerConnection:
        """Return a connection to search."""
        return self._connect(searches=True)

    def _connect_writer(self) -> ServerConnection:
        """Return a connection to write."""
        connection = self._connect()
        read_timeline(connection)
        return connection

    def _connect_reader(self) -> ServerConnection:
        """Return the connection that reads and listens; bring the schema up to date before."""
        connection = self._connect()
        try:
            if not self._namespace:
                now = self._clock.now()
                update_schema(connection, self._database, now, self._report_progress)
            self._read_once(self._identify, connection)
            if not self._database.pooled:
                connection.run_script(f"listen {name_channel(self._namespace)}")
        except BaseException as error:
            connection.driver.close()
            if isinstance(error, StoreError):
                raise translate_error(error, self.name) from error
            raise
        return connection

    def _identify(self, connection: Connection) -> None:
        """Learn which schema this is, and what time the server has."""
        sql = "select cast(oid as bigint) from pg_namespace where nspname = current_schema()"
        self._namespace = int(connection.execute(sql).fetchall()[0][0])
        self._follow_clock(connection)

    def _follow_clock(self, connection: Connection) -> None:
        """Let our clock go on from the server's."""
        now, trip = measure_time(connection)
        # A smaller difference may come from the measurement itself.
        if abs(now - self._clock.now()) > trip * SECOND / 2 + _NEGLIGIBLE_MS:
            self._clock.follow(now)
        self._measured_at = self._clock.monotonic()

    def _announce_news(self) -> None:
        """Let the watchers look for changes, from the reader's thread."""
        if self._loop is not None and self._is_open:
            self._loop.call_soon_threadsafe(self._wake_watchers)

    # On the event loop ----------------------------------------------------------------------

    def _wake_watchers(self) -> None:
        """Let the watchers look for changes."""
        for wake in self._watchers:
            wake()

    def _check_open(self) -> None:
        """Refuse work on a closed database."""
        if not self._is_open:
            raise CannotOpen(f"The database {self.name} is closed")
