"""Measure the lower bound of the store: run its recorded statements with sqlite3 alone."""

import contextlib
import random
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from tui.clock import ManualClock
from tui.store.sqlite import file_engine, migrations
from tui.store.sqlite.file_connection import FileConnection
from tui.store.store import Store

Statement = tuple[str, Any, bool]
"""SQL, its values, and whether it runs once for each of several sets of values."""

_PRAGMAS = ("journal_mode = wal", "synchronous = full", "foreign_keys = on", "cache_size = -16384")


class Recorder(FileConnection):
    """Record the statements that a connection runs after the schema exists."""

    log: list[Statement] | None = None

    def execute(self, sql: str, values: Any = (), /) -> sqlite3.Cursor:
        """Record one statement and run it."""
        if Recorder.log is not None and not sql.startswith("pragma"):
            Recorder.log.append((sql, values, False))
        return super().execute(sql, values)

    def executemany(self, sql: str, values: Any, /) -> sqlite3.Cursor:
        """Record one statement with several sets of values and run it."""
        several = list(values)
        if Recorder.log is not None:
            Recorder.log.append((sql, several, True))
        return super().executemany(sql, several)


@contextlib.asynccontextmanager
async def create_plain_store(path: Path) -> AsyncIterator[Store]:
    """Return an ordinary store whose ids are the same in every run."""
    async with Store(path, clock=ManualClock(), rng=random.Random(1), owner="a") as store:
        yield store


@contextlib.asynccontextmanager
async def create_recorded_store(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Store, list[Statement]]]:
    """Return the same store with its writes recorded; reads are not recorded."""
    monkeypatch.setattr(file_engine, "FileConnection", Recorder)
    async with create_plain_store(path) as store:
        Recorder.log = []
        try:
            yield store, Recorder.log
        finally:
            Recorder.log = None
            monkeypatch.undo()


@contextlib.contextmanager
def create_raw_database(path: Path) -> Iterator[sqlite3.Connection]:
    """Return a database with the same schema and settings but no code of ours."""
    connection = sqlite3.connect(
        path, isolation_level=None, cached_statements=512, factory=FileConnection
    )
    for pragma in _PRAGMAS:
        connection.execute(f"pragma {pragma}")
    migrations.apply_migrations(connection)
    connection.execute("pragma wal_autocheckpoint = 0")
    try:
        yield connection
    finally:
        connection.close()


def replay_statements(connection: sqlite3.Connection, statements: list[Statement]) -> float:
    """Run the statements again and return the seconds that it takes."""
    began = time.perf_counter()
    for sql, values, several in statements:
        if several:
            connection.executemany(sql, values)
        else:
            connection.execute(sql, values).fetchall()
    return time.perf_counter() - began
