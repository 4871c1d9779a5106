"""SQL from its files: each subject's queries are read once, when the subject is first used.

A file is a row of statements, each under a line that names it: `-- name: get(id)^`. In brackets
stands what it is given; the sign behind them says what comes of it (none: all rows).

A query is a plain function of the connection and its values, so that it adds next to nothing to
what SQLite itself takes: a page of events runs hundreds of them.
"""

import functools
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

FOLDER = Path(__file__).parent / "sql"
_NAME = re.compile(r"^-- name: (\w+)\(([\w, ]*)\)(\S*)$", re.MULTILINE)


class Query(NamedTuple):
    """A statement as it stands in a file."""

    name: str
    values: tuple[str, ...]
    """The names of what it is given."""
    sign: str
    sql: str


def parse(text: str) -> Iterator[Query]:
    """The queries of a file, in their order."""
    _, *parts = _NAME.split(text)
    for name, values, sign, body in zip(*(parts[n::4] for n in range(4)), strict=True):
        lines = [line for line in body.splitlines() if not line.lstrip().startswith("--")]
        yield Query(name, tuple(re.findall(r"\w+", values)), sign, "\n".join(lines).strip())


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


RUNNERS: dict[str, Callable[..., Any]] = {
    "": _select,
    "^": _select_one,
    "$": _select_value,
    "!": _change,
    "*!": _change_many,
}
"""What is done with a statement, by its sign."""


@functools.cache
def queries(subject: str) -> Any:
    """The named queries of one file in `sql/`, as functions that take a connection."""
    found = parse((FOLDER / f"{subject}.sql").read_text(encoding="utf-8"))
    return SimpleNamespace(
        **{query.name: functools.partial(RUNNERS[query.sign], query.sql) for query in found}
    )
