"""SQL from its files: each subject's queries are parsed once, when the subject is first used."""

import functools
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import aiosql

_FOLDER = Path(__file__).parent / "sql"


class _Adapter:
    """Runs a query on the connection's own thread, so a whole transaction costs one hop."""

    is_aio_driver = False

    def process_sql(self, name: str, operation: object, sql: str) -> str:
        """SQLite takes `:name` as it stands."""
        return sql

    def select(
        self, connection: sqlite3.Connection, name: str, sql: str, values: Any, record: object
    ) -> list[sqlite3.Row]:
        """All rows."""
        return connection.execute(sql, values).fetchall()

    def select_one(
        self, connection: sqlite3.Connection, name: str, sql: str, values: Any, record: object
    ) -> sqlite3.Row | None:
        """The first row; the cursor is exhausted so that no statement stays open."""
        rows: list[sqlite3.Row] = connection.execute(sql, values).fetchall()
        return rows[0] if rows else None

    def select_value(
        self, connection: sqlite3.Connection, name: str, sql: str, values: Any
    ) -> Any | None:
        """The first column of the first row."""
        rows = connection.execute(sql, values).fetchall()
        return rows[0][0] if rows else None

    def insert_update_delete(
        self, connection: sqlite3.Connection, name: str, sql: str, values: Any
    ) -> int:
        """How many rows it touched."""
        return connection.execute(sql, values).rowcount

    def insert_update_delete_many(
        self,
        connection: sqlite3.Connection,
        name: str,
        sql: str,
        values: Iterable[Mapping[str, Any] | Sequence[Any]],
    ) -> None:
        """The same statement for every set of values."""
        connection.executemany(sql, values)


@functools.cache
def queries(subject: str) -> Any:
    """The named queries of one file in `sql/`, as methods that take a connection."""
    return aiosql.from_path(_FOLDER / f"{subject}.sql", _Adapter)  # type: ignore[arg-type]
