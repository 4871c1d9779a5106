"""Run work on a connection that has a thread of its own, is opened late and opened again.

The thread waits for work and for notifications of the server at the same time.
"""

import asyncio
import concurrent.futures
import contextlib
import os
import queue
import select
import threading
import time
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tui.store.connections import Connection
from tui.store.errors import StoreError, Unreachable
from tui.store.postgres.server_connection import ServerConnection
from tui.store.postgres.server_session import cut

T = TypeVar("T")

_STALL_SECONDS, _PING_SECONDS = 8.0, 3
"""Time after which the server is asked whether it lives, and how long it has to answer."""
_RETRY_SECONDS = 0.5
"""Time after a failed connection in which no other is tried: many tasks may wait for one."""
_END_SECONDS = 5.0
"""Longest wait for the thread at the end; it may be waiting for a server that is gone."""


class _Job(NamedTuple):
    """Work to do on the thread."""

    future: concurrent.futures.Future[Any]
    work: Callable[[ServerConnection], Any]
    given_at: float


class ConnectionThread:
    """One connection; nothing is opened before the first work."""

    def __init__(
        self,
        connect: Callable[[], ServerConnection],
        name: str,
        *,
        rest_seconds: float | None = None,
        on_notification: Callable[[], None] = lambda: None,
    ) -> None:
        """Create the thread's work list; the thread starts with the first work.

        Args:
            connect: Opens and sets up the connection; called on the thread.
            name: Name of the thread.
            rest_seconds: Time without work after which the connection is closed; None for never.
            on_notification: Called on the thread when the server has notified us, and when the
                connection was lost, as notifications may have been lost with it.
        """
        self._connect = connect
        self._name = name
        self._rest_seconds = rest_seconds
        self._on_notification = on_notification
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._connection: ServerConnection | None = None
        self._failure: Unreachable | None = None
        self._failed_at = float("-inf")
        self._wakeup, self._waker = -1, -1
        self.is_closing = False
        """Whether the thread is to end: nothing waits for the server any more then."""

    async def run(self, work: Callable[[ServerConnection], T]) -> T:
        """Run work on the thread; it runs to its end even if the caller is cancelled.

        Args:
            work: Function of the connection.
        """
        if self._thread is None:
            self._wakeup, self._waker = os.pipe()
            os.set_blocking(self._waker, False)
            self._thread = threading.Thread(target=self._serve, name=self._name, daemon=True)
            self._thread.start()
        future: concurrent.futures.Future[T] = concurrent.futures.Future()
        self._jobs.put(_Job(future, work, time.monotonic()))
        self._wake()
        result = asyncio.wrap_future(future)
        # The caller may be gone by then: an error that no one reads is no accident.
        result.add_done_callback(lambda done: done.cancelled() or done.exception())
        while not result.done():
            # Not `wait_for`, as a cancelled caller must not cancel the work.
            await asyncio.wait([result], timeout=_STALL_SECONDS)
            if not result.done():
                await self._break_stall()
        return result.result()

    async def _break_stall(self) -> None:
        """Cut the connection if the server accepts no other one; its statement may just be slow."""
        connection = self._connection
        if connection is None or connection.driver.closed:
            return
        address = connection.driver.info.dsn
        if await asyncio.to_thread(_is_alive, address) or self._connection is not connection:
            return
        cut(connection.driver)

    def interrupt(self) -> None:
        """Ask the server to stop the statement that runs now, if one does."""
        connection = self._connection
        if connection is not None:
            with contextlib.suppress(psycopg.Error):
                connection.driver.cancel_safe(timeout=1.0)

    async def close(self) -> None:
        """Finish the work that was given, and end the thread."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        self.is_closing = True
        self._jobs.put(None)
        self._wake()
        await asyncio.to_thread(thread.join, _END_SECONDS)
        if not thread.is_alive():
            os.close(self._wakeup)
            os.close(self._waker)

    def reconnect(self) -> ServerConnection:
        """Return another connection in place of one that was lost; only on the thread."""
        self._drop_connection()
        try:
            self._connection = self._connect()
        except Unreachable as error:
            self._failure, self._failed_at = error, time.monotonic()
            raise
        return self._connection

    def _get_connection(self, given_at: float) -> ServerConnection:
        """Return the connection, or raise at once if connecting has failed just now.

        Args:
            given_at: When the work was given; a failure since then holds for it too.
        """
        if self._connection is not None:
            return self._connection
        is_recent = time.monotonic() - self._failed_at < _RETRY_SECONDS
        if self._failure is not None and (is_recent or given_at < self._failed_at):
            raise Unreachable(str(self._failure), self._failure.what)
        return self.reconnect()

    def _wake(self) -> None:
        """Let the thread look for work."""
        with contextlib.suppress(BlockingIOError):
            os.write(self._waker, b"x")

    def _serve(self) -> None:
        """Do what is to be done until the end."""
        while True:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                self._wait()
                continue
            if job is None:
                break
            self._do(job)
        self._drop_connection()

    def _do(self, job: _Job) -> None:
        """Run one piece of work."""
        try:
            result = job.work(self._get_connection(job.given_at))
        except BaseException as error:
            job.future.set_exception(error)
        else:
            job.future.set_result(result)
        if self._connection is not None and self._connection.driver.closed:
            self._lose_connection()

    def _wait(self) -> None:
        """Wait for work, a notification, or the end of the rest."""
        poll = select.poll()  # unlike `select`, for any number of open files
        poll.register(self._wakeup, select.POLLIN)
        rest = None
        if self._connection is not None:
            poll.register(self._connection.driver.fileno(), select.POLLIN)
            rest = self._rest_seconds
        ready = {file for file, _ in poll.poll(None if rest is None else rest * 1_000)}
        if not ready:
            self._drop_connection()
        if self._wakeup in ready:
            os.read(self._wakeup, 4_096)
        elif ready:
            self._receive()

    def _receive(self) -> None:
        """Take notifications, or notice that the connection is lost."""
        connection = self._connection
        assert connection is not None
        try:
            connection.driver.pgconn.consume_input()
            is_notified = False
            while connection.driver.pgconn.notifies():
                is_notified = True
        except psycopg.Error:
            self._lose_connection()
        else:
            if is_notified:
                self._on_notification()

    def _lose_connection(self) -> None:
        """Forget a connection that was lost, and with it perhaps notifications."""
        self._drop_connection()
        self._on_notification()

    def _drop_connection(self) -> None:
        """Close the connection if there is one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(psycopg.Error):
                connection.driver.close()


def _is_alive(address: str) -> bool:
    """Return whether a server answers at all, even if it refuses."""
    parameters = {**conninfo_to_dict(address), "connect_timeout": _PING_SECONDS}
    answer = psycopg.pq.PGconn.ping(make_conninfo("", **parameters).encode())
    return answer != psycopg.pq.Ping.NO_RESPONSE


def measure_time(connection: Connection) -> tuple[int, float]:
    """Return the time of the server (ms UTC) at this moment, and the round trip in seconds.

    Args:
        connection: Open connection.
    """
    began = time.monotonic()
    row = connection.execute(
        "select cast(extract(epoch from clock_timestamp()) * 1000 as bigint)"
    ).fetchone()
    trip = time.monotonic() - began
    if row is None:
        raise StoreError("The server did not answer with its time")
    return int(row[0]) + round(trip * 500), trip
