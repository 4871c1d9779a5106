"""Load SQL from its files: the statements of a subject are parsed once, when it is first used.

A query is a plain function of the connection and its values, so that it adds almost nothing
to the time of the engine itself. Most statements stand in `sql/` and run on every engine; one
that differs stands in the folder of each engine instead, under the same name.

A file has `-- name: NAME(VALUES)` before each statement, followed by what the query returns:
nothing for all rows, `^` for the first row, `$` for its first column, `!` for the number of
changed rows, and `*!` if it is run for each of many sets of values.
"""

import functools
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from tui.store.connections import Connection, Row

SQL_FOLDER = Path(__file__).parent / "sql"
DIALECTS = ("sqlite", "postgres")
_HEAD = re.compile(r"^-- name: (\w+)\(([^)]*)\)(\*!|[\^$!]?)$", re.MULTILINE)


class Statement(NamedTuple):
    """Statement of a file."""

    sql: str
    parameters: tuple[str, ...]
    """Names of the values, as the file lists them."""
    returns: str
    """Mark of what the query returns."""


def parse_statements(subject: str, dialect: str = "") -> dict[str, Statement]:
    """Return the statements of one file by name; none if there is no such file.

    Args:
        subject: Name of the file.
        dialect: Folder of an engine; empty for what runs on every engine.
    """
    path = SQL_FOLDER / dialect / f"{subject}.sql"
    if not path.exists():  # all of them differ, or none does
        return {}
    parts = _HEAD.split(path.read_text(encoding="utf-8"))[1:]
    return {
        name: Statement(sql.strip(), tuple(filter(None, values.split(", "))), returns)
        for name, values, returns, sql in zip(*(parts[i::4] for i in range(4)), strict=True)
    }


def _select_rows(sql: str, connection: "Connection", /, **values: Any) -> "list[Row]":
    """Return all rows."""
    return connection.execute(sql, values).fetchall()


def _select_one(sql: str, connection: "Connection", /, **values: Any) -> "Row | None":
    """Return the first row; the cursor is exhausted so that no statement stays open."""
    rows: list[Row] = connection.execute(sql, values).fetchall()
    return rows[0] if rows else None


def _select_value(sql: str, connection: "Connection", /, **values: Any) -> Any | None:
    """Return the first column of the first row."""
    rows = connection.execute(sql, values).fetchall()
    return rows[0][0] if rows else None


def _change_rows(sql: str, connection: "Connection", /, **values: Any) -> int:
    """Return how many rows the statement changed."""
    return connection.execute(sql, values).rowcount


def _change_many(
    sql: str, connection: "Connection", values: Iterable[Mapping[str, Any]], /
) -> None:
    """Run the same statement for every set of values."""
    connection.executemany(sql, values)


_RUNNERS: dict[str, Callable[..., Any]] = {
    "": _select_rows,
    "^": _select_one,
    "$": _select_value,
    "!": _change_rows,
    "*!": _change_many,
}


@functools.cache
def _load_dialect(subject: str, dialect: str) -> dict[str, Callable[..., Any]]:
    """Return the queries of one file that only this engine has."""
    return {
        name: functools.partial(_RUNNERS[statement.returns], statement.sql)
        for name, statement in parse_statements(subject, dialect).items()
    }


def _run_in_dialect(
    subject: str, name: str, connection: "Connection", /, *arguments: Any, **values: Any
) -> Any:
    """Run the statement that the engine of the connection has under a name."""
    return _load_dialect(subject, connection.dialect)[name](connection, *arguments, **values)


@functools.cache
def queries(subject: str) -> Any:
    """Return the queries of one file in `sql/`, as functions of a connection."""
    common = {
        name: functools.partial(_RUNNERS[statement.returns], statement.sql)
        for name, statement in parse_statements(subject).items()
    }
    differing = {
        name: functools.partial(_run_in_dialect, subject, name)
        for name in parse_statements(subject, DIALECTS[0])
    }
    if not common and not differing:
        raise LookupError(f"There are no statements for {subject}")
    return SimpleNamespace(**common, **differing)


def insert_rows(connection: "Connection", table: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert rows with whatever columns they have.

    Args:
        connection: Connection of the caller's transaction.
        table: Name of the table.
        rows: Rows by column.
    """
    for row in rows:
        columns, values = ", ".join(row), ", ".join(f":{name}" for name in row)
        connection.execute(f"insert into {table} ({columns}) values ({values})", row)
