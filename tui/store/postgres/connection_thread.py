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
from typing import Any, TypeVar

import psycopg

from tui.store.connections import Connection
from tui.store.errors import StoreError
from tui.store.postgres.server_connection import ServerConnection

T = TypeVar("T")

_Job = tuple[concurrent.futures.Future[Any], Callable[[ServerConnection], Any]]


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
        self._wakeup, self._waker = -1, -1

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
        self._jobs.put((future, work))
        self._wake()
        return await asyncio.shield(asyncio.wrap_future(future))

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
        self._jobs.put(None)
        self._wake()
        await asyncio.get_running_loop().run_in_executor(None, thread.join)
        os.close(self._wakeup)
        os.close(self._waker)

    def reconnect(self) -> ServerConnection:
        """Return another connection in place of one that was lost; only on the thread."""
        self._drop_connection()
        self._connection = self._connect()
        return self._connection

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
            self._do(*job)
        self._drop_connection()

    def _do(
        self, future: concurrent.futures.Future[Any], work: Callable[[ServerConnection], Any]
    ) -> None:
        """Run one piece of work."""
        try:
            future.set_result(work(self._connection or self.reconnect()))
        except BaseException as error:
            future.set_exception(error)
        if self._connection is not None and self._connection.driver.closed:
            self._lose_connection()

    def _wait(self) -> None:
        """Wait for work, a notification, or the end of the rest."""
        sources = [self._wakeup]
        if self._connection is not None:
            sources.append(self._connection.driver.fileno())
        rest = self._rest_seconds if self._connection is not None else None
        ready, _, _ = select.select(sources, [], [], rest)
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
