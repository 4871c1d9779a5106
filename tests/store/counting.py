"""Count the statements that the database runs for a page of events."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from tests.store.builders import ACCOUNT
from tui.domain.events import Event
from tui.store.connections import Connection, Cursor
from tui.store.engine import Transaction
from tui.store.store import Store


class _CountedConnection:
    """Connection that counts its statements; one that runs for many rows counts once."""

    def __init__(self, connection: Connection) -> None:
        self.dialect = connection.dialect
        self._connection = connection
        self.statements = 0

    def execute(self, sql: str, values: Any = ()) -> Cursor:
        """Count and run a statement."""
        self.statements += 1
        return self._connection.execute(sql, values)

    def executemany(self, sql: str, values: Iterable[Any]) -> Any:
        """Count and run a statement for many rows."""
        self.statements += 1
        return self._connection.executemany(sql, values)

    def send_together(self) -> AbstractContextManager[object]:
        """Let statements share a round trip; each counts all the same."""
        return self._connection.send_together()


async def count_statements(store: Store, page: Sequence[Event], region: str = "AU") -> int:
    """Store a page and return how many statements that took, without BEGIN and COMMIT."""
    counted: list[_CountedConnection] = []
    write = store.database.write

    async def count_and_write(work: Any, *, alone: bool = True) -> Any:
        def run_counted(transaction: Transaction) -> Any:
            connection = _CountedConnection(transaction.connection)
            counted.append(connection)
            transaction.connection = connection
            result = work(transaction)
            transaction.flush(0)
            transaction.flush = lambda now: None  # type: ignore[method-assign]
            return result

        return await write(run_counted)

    store.database.write = count_and_write  # type: ignore[method-assign]
    try:
        await store.ingest.store_events(ACCOUNT, page, region)
    finally:
        store.database.write = write  # type: ignore[method-assign]
    return sum(connection.statements for connection in counted)
