"""Run one transaction on the server in as few round trips as it takes, and learn how it ended."""

import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from tui.store.engine import Transaction
from tui.store.errors import StoreError, Unreachable
from tui.store.postgres.connection_thread import ConnectionThread
from tui.store.postgres.server_connection import ServerConnection

T = TypeVar("T")

_LOCK_CLASS = 0x534D5344
"""First key of the lock of an inbox; the second one is the number of its schema."""
_PATIENCE_SECONDS = 10.0
"""Time in which a server restarts, or a standby takes over."""
_PAUSE_SECONDS = 0.2


def name_channel(namespace: int) -> str:
    """Return the name under which the commits of an inbox are announced.

    Args:
        namespace: Number of its schema on the server.
    """
    return f"smsdesk_{namespace}"


class Writing:
    """One transaction, on the writer's thread."""

    def __init__(
        self, thread: ConnectionThread, namespace: int, settings: tuple[str, ...], *, alone: bool
    ) -> None:
        """Create the transaction; `run` begins it.

        Args:
            thread: Thread of the connection.
            namespace: Number of the schema on the server.
            settings: Statements that set it up, behind a pooler.
            alone: Whether no other process may write meanwhile.
        """
        self._thread = thread
        self._namespace = namespace
        self._settings = settings
        self._alone = alone

    def run(self, work: Callable[[Transaction], T], connection: ServerConnection) -> T:
        """Run BEGIN, the work and COMMIT.

        Args:
            work: Function that reads and writes.
            connection: Connection of the thread.
        """
        connection, number = self._begin(connection)
        transaction = Transaction(connection)
        try:
            result = work(transaction)
            transaction.flush()
        except BaseException:
            if not connection.driver.closed:
                connection.run_script("rollback")
            raise
        self._commit(connection, number, transaction.has_changes)
        return result

    def _begin(self, connection: ServerConnection) -> tuple[ServerConnection, int]:
        """Begin a transaction in one round trip; return its number as well."""
        script = "; ".join(self._list_beginning())
        try:
            cursor = connection.run_script(script)
        except Unreachable:
            if not connection.driver.closed:
                raise
            # The connection had been lost before, and nothing was done on it.
            connection = self._thread.reconnect()
            cursor = connection.run_script(script)
        except StoreError:
            connection.run_script("rollback")
            raise
        return connection, int(cursor.fetchall()[0][0])

    def _list_beginning(self) -> Iterator[str]:
        """Yield the statements that begin to write; the last one returns a number for it."""
        yield "begin"
        yield from self._settings
        if self._alone:
            yield f"select pg_advisory_xact_lock({_LOCK_CLASS}, {self._namespace})"
        yield "select cast(cast(pg_current_xact_id() as text) as bigint)"

    def _commit(self, connection: ServerConnection, number: int, has_changes: bool) -> None:
        """Commit and notify the others in one round trip."""
        news = f"select pg_notify('{name_channel(self._namespace)}', ''); " if has_changes else ""
        try:
            connection.run_script(f"{news}commit")
        except Unreachable:
            # The answer was lost, not necessarily the commit.
            if not _find_outcome(self._thread, number):
                raise
        except StoreError:
            if not connection.driver.closed:
                connection.run_script("rollback")
            raise


def _find_outcome(thread: ConnectionThread, number: int) -> bool:
    """Return whether a transaction was committed; False also if the server does not come back."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < end:
        try:
            connection = thread.reconnect()
            row = connection.execute(
                "select pg_xact_status(cast(cast(:number as text) as xid8))",
                {"number": str(number)},
            ).fetchone()
        except StoreError:
            time.sleep(_PAUSE_SECONDS)
            continue
        status = row[0] if row else None
        if status != "in progress":
            return bool(status == "committed")
        time.sleep(_PAUSE_SECONDS)
    return False
