"""Load SQL from its files: the queries of a subject are parsed once, when it is first used.

A query is a plain function of the connection and its values, so that it adds almost nothing
to the time of SQLite itself: a page of events runs hundreds of them.
"""

import functools
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiosql
from aiosql.types import SQLOperationType

SQL_FOLDER = Path(__file__).parent / "sql"


class _Adapter:
    """Adapter for aiosql, which only reads the files: SQLite accepts `:name` unchanged."""

    is_aio_driver = False

    def process_sql(self, name: str, operation: object, sql: str) -> str:
        """Return the statement unchanged."""
        return sql


def _select_rows(sql: str, connection: sqlite3.Connection, /, **values: Any) -> list[sqlite3.Row]:
    """Return all rows."""
    return connection.execute(sql, values).fetchall()


def _select_one(sql: str, connection: sqlite3.Connection, /, **values: Any) -> sqlite3.Row | None:
    """Return the first row; the cursor is exhausted so that no statement stays open."""
    rows: list[sqlite3.Row] = connection.execute(sql, values).fetchall()
    return rows[0] if rows else None


def _select_value(sql: str, connection: sqlite3.Connection, /, **values: Any) -> Any | None:
    """Return the first column of the first row."""
    rows = connection.execute(sql, values).fetchall()
    return rows[0][0] if rows else None


def _change_rows(sql: str, connection: sqlite3.Connection, /, **values: Any) -> int:
    """Return how many rows the statement changed."""
    return connection.execute(sql, values).rowcount


def _change_many(
    sql: str, connection: sqlite3.Connection, values: Iterable[Mapping[str, Any]], /
) -> None:
    """Run the same statement for every set of values."""
    connection.executemany(sql, values)


_RUNNERS: dict[SQLOperationType, Callable[..., Any]] = {
    SQLOperationType.SELECT: _select_rows,
    SQLOperationType.SELECT_ONE: _select_one,
    SQLOperationType.SELECT_VALUE: _select_value,
    SQLOperationType.INSERT_UPDATE_DELETE: _change_rows,
    SQLOperationType.INSERT_UPDATE_DELETE_MANY: _change_many,
}


def parse_queries(subject: str) -> dict[str, Any]:
    """Return the queries of one file as aiosql reads them, by name."""
    loaded = aiosql.from_path(SQL_FOLDER / f"{subject}.sql", _Adapter)  # type: ignore[arg-type]
    available = set(loaded.available_queries)
    # For each select aiosql adds a variant named `<name>_cursor`.
    names = {name for name in available if name.removesuffix("_cursor") not in available - {name}}
    return {name: getattr(loaded, name) for name in names}


@functools.cache
def queries(subject: str) -> Any:
    """Return the queries of one file in `sql/`, as functions of a connection."""
    return SimpleNamespace(
        **{
            name: functools.partial(_RUNNERS[query.operation], query.sql)
            for name, query in parse_queries(subject).items()
        }
    )
