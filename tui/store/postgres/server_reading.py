"""Read an inbox on a server for scripts: without event loop and without any write."""

from collections.abc import Callable
from typing import TypeVar

from tui.domain.database import ServerDatabase
from tui.store.connections import Connection
from tui.store.errors import StoreError
from tui.store.postgres.server_errors import translate_error
from tui.store.postgres.server_schema import check_version
from tui.store.postgres.server_session import connect, list_settings

T = TypeVar("T")


class ServerReading:
    """Connection that only reads one inbox, in one transaction."""

    def __init__(self, database: ServerDatabase) -> None:
        """Connect.

        Raises:
            OutdatedSchema: The schema must be brought up to date first.
            StoreError: The database cannot be read; the text says how to fix it.
        """
        self._connection = connect(database, searches=True)
        settings = list_settings(database, searches=True) if database.pooled else ()
        try:
            self._connection.run_script("; ".join(["begin read only", *settings]))
            check_version(self._connection)
        except StoreError as error:
            self.close()
            raise translate_error(error, database.name) from error

    def read(self, work: Callable[[Connection], T]) -> T:
        """Run a function on the connection.

        Args:
            work: Function that only reads.

        Raises:
            StoreError: The database cannot be read; the text says how to fix it.
        """
        return work(self._connection)

    def close(self) -> None:
        """Close the connection."""
        self._connection.driver.close()
