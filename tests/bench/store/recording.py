"""The floor under the store: the very statements it ran, run again by sqlite3 alone."""

import contextlib
import functools
import random
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiosqlite
import pytest

from tui.clock import ManualClock
from tui.store import migrations
from tui.store.store import Store

Statement = tuple[str, Any, bool]
"""SQL, its values, and whether it is run once for each of several sets of values."""

_PRAGMAS = ("journal_mode = wal", "synchronous = full", "foreign_keys = on", "cache_size = -16384")


class Recorder(sqlite3.Connection):
    """A connection that writes down what it is asked to do once the schema is there."""

    log: list[Statement] | None = None

    def execute(self, sql: str, values: Any = (), /) -> sqlite3.Cursor:
        """Run and write down."""
        if Recorder.log is not None and not sql.startswith("pragma"):
            Recorder.log.append((sql, values, False))
        return super().execute(sql, values)

    def executemany(self, sql: str, values: Any, /) -> sqlite3.Cursor:
        """Run and write down."""
        several = list(values)
        if Recorder.log is not None:
            Recorder.log.append((sql, several, True))
        return super().executemany(sql, several)


@contextlib.asynccontextmanager
async def plain_store(path: Path) -> AsyncIterator[Store]:
    """A store as everybody has it, with the same ids every time."""
    async with Store(path, clock=ManualClock(), rng=random.Random(1), owner="a") as store:
        yield store


@contextlib.asynccontextmanager
async def recorded_store(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Store, list[Statement]]]:
    """The same store, and what it asks of its database; reading is not written down."""
    monkeypatch.setattr(
        aiosqlite, "connect", functools.partial(aiosqlite.connect, factory=Recorder)
    )
    async with plain_store(path) as store:
        Recorder.log = []
        try:
            yield store, Recorder.log
        finally:
            Recorder.log = None
            monkeypatch.undo()


@contextlib.contextmanager
def raw_database(path: Path) -> Iterator[sqlite3.Connection]:
    """The same schema and settings without anything of ours around them."""
    connection = sqlite3.connect(path, isolation_level=None, cached_statements=512)
    for pragma in _PRAGMAS:
        connection.execute(f"pragma {pragma}")
    migrations.apply_migrations(connection)
    connection.execute("pragma wal_autocheckpoint = 0")
    try:
        yield connection
    finally:
        connection.close()


def replay(connection: sqlite3.Connection, statements: list[Statement]) -> float:
    """Run the statements again; the seconds it takes."""
    began = time.perf_counter()
    for sql, values, several in statements:
        if several:
            connection.executemany(sql, values)
        else:
            connection.execute(sql, values).fetchall()
    return time.perf_counter() - began
