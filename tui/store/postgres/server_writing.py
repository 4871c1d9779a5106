"""Run one transaction on the server in as few round trips as it takes, and learn how it ended."""

import time
from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeVar

from tui.clock import Clock
from tui.store.engine import MOVED, Transaction
from tui.store.errors import BadValue, NotADatabase, StoreError, UnknownOutcome, Unreachable
from tui.store.postgres.connection_thread import ConnectionThread
from tui.store.postgres.server_connection import ServerConnection
from tui.store.postgres.server_schema import MOVED_APPLICATION

T = TypeVar("T")

_LOCK_CLASS = 0x534D5344
"""First key of the lock of an inbox; the second one is the number of its schema."""
_PATIENCE_SECONDS = 10.0
"""Time in which a server restarts, or a standby takes over."""
_PAUSE_SECONDS = 0.2
_STATUS = "select pg_xact_status(cast(cast(:number as text) as xid8))"
_END_BACKEND = (
    "select pg_terminate_backend(pid) from pg_stat_activity where pid = :backend"
    " and backend_xid = cast(cast(cast(:number as text) as xid8) as xid)"
)


def name_channel(namespace: int) -> str:
    """Return the name under which the commits of an inbox are announced.

    Args:
        namespace: Number of its schema on the server.
    """
    return f"smsdesk_{namespace}"


class Writing:
    """One transaction, on the writer's thread."""

    def __init__(
        self,
        thread: ConnectionThread,
        namespace: int,
        settings: tuple[str, ...],
        clock: Clock,
        *,
        alone: bool,
    ) -> None:
        """Create the transaction; `run` begins it.

        Args:
            thread: Thread of the connection.
            namespace: Number of the schema on the server.
            settings: Statements that set it up, behind a pooler.
            clock: Source of the current time.
            alone: Whether no other process may write meanwhile.
        """
        self._thread = thread
        self._namespace = namespace
        self._settings = settings
        self._clock = clock
        self._alone = alone

    def run(self, work: Callable[[Transaction], T], connection: ServerConnection) -> T:
        """Run BEGIN, the work and COMMIT.

        Args:
            work: Function that reads and writes.
            connection: Connection of the thread.
        """
        connection, identity = self._begin(connection)
        transaction = Transaction(connection)
        try:
            result = work(transaction)
        except BaseException:
            if not connection.driver.closed:
                connection.run_script("rollback")
            raise
        self._commit(transaction, connection, identity)
        return result

    def _begin(self, connection: ServerConnection) -> tuple[ServerConnection, "_Identity"]:
        """Begin a transaction in one round trip; return what is needed to find it again."""
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
        number, backend, is_moved = cursor.fetchall()[0]
        if is_moved:
            connection.run_script("rollback")
            raise NotADatabase(MOVED)
        return connection, _Identity(str(number), int(backend), connection.timeline)

    def _list_beginning(self) -> Iterator[str]:
        """Yield the statements that begin to write; the last one returns a number for it."""
        yield "begin"
        yield from self._settings
        if self._alone:
            yield f"select pg_advisory_xact_lock({_LOCK_CLASS}, {self._namespace})"
        yield (
            "select cast(pg_current_xact_id() as text), pg_backend_pid(),"
            f" (select starts_with(application, '{MOVED_APPLICATION}') from meta)"
        )

    def _commit(
        self, transaction: Transaction, connection: ServerConnection, identity: "_Identity"
    ) -> None:
        """Write what changed, notify the others and commit, all in one round trip."""
        try:
            with connection.send_together():
                transaction.flush(self._clock.now())
                if transaction.has_changes:
                    connection.send(f"select pg_notify('{name_channel(self._namespace)}', '')")
                connection.send("commit")
        except Unreachable as error:
            # The answer was lost, not necessarily the commit.
            is_committed = _find_outcome(self._thread, identity)
            if is_committed is None:
                raise UnknownOutcome(
                    "The database server was lost while it stored this: it may or may not be"
                    f" stored, look before you repeat it; smsdesk goes on by itself ({error})"
                ) from error
            if not is_committed:
                raise
        except BaseException:
            if not connection.driver.closed:
                connection.run_script("rollback")
            raise


class _Identity(NamedTuple):
    """What finds a transaction again after its connection was lost."""

    number: str
    backend: int
    """Process of the server that runs it."""
    timeline: str
    """Which history of the server it belongs to: a standby that takes over begins another."""


def _find_outcome(thread: ConnectionThread, identity: _Identity) -> bool | None:
    """Return whether a transaction was committed; None if that cannot be known."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < end and not thread.is_closing:
        try:
            connection = thread.reconnect()
            row = connection.execute(_STATUS, {"number": identity.number}).fetchone()
            status = row[0] if row else None
            if status == "in progress":
                # It may wait for a COMMIT that never came, for as long as a network holds it back.
                values = {"number": identity.number, "backend": identity.backend}
                connection.execute(_END_BACKEND, values)
        except BadValue:
            # A standby that has taken over has not heard of this number: it was never copied.
            return False
        except StoreError:
            status = "in progress"
        if status == "committed":
            # Another history may have given the number to another transaction.
            return True if connection.timeline == identity.timeline else None
        if status != "in progress":
            return False if status == "aborted" else None
        time.sleep(_PAUSE_SECONDS)
    return None
