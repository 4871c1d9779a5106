"""Read an inbox file without event loop, without threads, without any write."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from tui.store.connections import Connection
from tui.store.errors import NewerDatabase, OutdatedSchema, StoreError
from tui.store.sqlite import migrations
from tui.store.sqlite.file_connection import FileConnection
from tui.store.sqlite.file_errors import translate_error

T = TypeVar("T")

_BUSY_SECONDS = 5.0


class FileReading:
    """Connection that only reads one file."""

    def __init__(self, path: Path) -> None:
        """Open the file.

        Raises:
            OutdatedSchema: The schema must be brought up to date first.
            StoreError: The file cannot be read; the text says how to fix it.
        """
        self._path = path
        self._connection: FileConnection | None = None
        try:
            self._connection = _connect_read_only(path)
            _check_schema(self._connection)
        except (sqlite3.Error, StoreError) as error:
            self.close()
            raise translate_error(error, path) from error

    def read(self, work: Callable[[Connection], T]) -> T:
        """Run a function on the connection.

        Args:
            work: Function that only reads.

        Raises:
            StoreError: The file cannot be read; the text says how to fix it.
        """
        assert self._connection is not None
        try:
            return work(self._connection)
        except sqlite3.Error as error:
            raise translate_error(error, self._path) from error

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _connect_read_only(path: Path) -> FileConnection:
    """Return a connection to an existing file; it never writes to the inbox."""
    # mode=rw, not ro: reading a WAL database may have to create its shared-memory file.
    uri = f"{path.absolute().as_uri()}?mode=rw"
    connection = sqlite3.connect(
        uri, uri=True, timeout=_BUSY_SECONDS, isolation_level=None, factory=FileConnection
    )
    connection.row_factory = sqlite3.Row
    connection.execute("pragma query_only = on")
    return connection


def _check_schema(connection: FileConnection) -> None:
    """Refuse a schema that these queries were not written for."""
    found, known = migrations.read_version(connection), migrations.list_migrations()[-1][0]
    if found > known:
        raise NewerDatabase(f"schema {found}, this smsdesk knows up to {known}")
    if found < known:
        raise OutdatedSchema(f"schema {found} has to be brought up to {known} first")
