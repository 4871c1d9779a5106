"""SQL from its files: each subject's queries are parsed once, when the subject is first used.

A query is a plain function of the connection and its values, so that it adds next to nothing to
what SQLite itself takes: a page of events runs hundreds of them.
"""

import functools
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiosql
from aiosql.types import SQLOperationType

FOLDER = Path(__file__).parent / "sql"


class _Adapter:
    """Tells aiosql, which only reads the files here, that SQLite takes `:name` as it stands."""

    is_aio_driver = False

    def process_sql(self, name: str, operation: object, sql: str) -> str:
        """The statement, unchanged."""
        return sql


def _select(sql: str, connection: sqlite3.Connection, /, **values: Any) -> list[sqlite3.Row]:
    """All rows."""
    return connection.execute(sql, values).fetchall()


def _select_one(sql: str, connection: sqlite3.Connection, /, **values: Any) -> sqlite3.Row | None:
    """The first row; the cursor is exhausted so that no statement stays open."""
    rows: list[sqlite3.Row] = connection.execute(sql, values).fetchall()
    return rows[0] if rows else None


def _select_value(sql: str, connection: sqlite3.Connection, /, **values: Any) -> Any | None:
    """The first column of the first row."""
    rows = connection.execute(sql, values).fetchall()
    return rows[0][0] if rows else None


def _change(sql: str, connection: sqlite3.Connection, /, **values: Any) -> int:
    """How many rows it touched."""
    return connection.execute(sql, values).rowcount


def _change_many(
    sql: str, connection: sqlite3.Connection, values: Iterable[Mapping[str, Any]], /
) -> None:
    """The same statement for every set of values."""
    connection.executemany(sql, values)


_RUNNERS: dict[SQLOperationType, Callable[..., Any]] = {
    SQLOperationType.SELECT: _select,
    SQLOperationType.SELECT_ONE: _select_one,
    SQLOperationType.SELECT_VALUE: _select_value,
    SQLOperationType.INSERT_UPDATE_DELETE: _change,
    SQLOperationType.INSERT_UPDATE_DELETE_MANY: _change_many,
}


def parsed(subject: str) -> dict[str, Any]:
    """The queries of one file as aiosql reads them, by name."""
    read = aiosql.from_path(FOLDER / f"{subject}.sql", _Adapter)  # type: ignore[arg-type]
    every = set(read.available_queries)
    # For each select aiosql adds a companion of its own, named after it.
    names = {name for name in every if name.removesuffix("_cursor") not in every - {name}}
    return {name: getattr(read, name) for name in names}


@functools.cache
def queries(subject: str) -> Any:
    """The named queries of one file in `sql/`, as functions that take a connection."""
    return SimpleNamespace(
        **{
            name: functools.partial(_RUNNERS[query.operation], query.sql)
            for name, query in parsed(subject).items()
        }
    )
