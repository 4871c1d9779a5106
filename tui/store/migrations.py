"""The schema, built step by step: numbered files, applied in order, never edited afterwards."""

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from tui.store.errors import NewerDatabase, NotADatabase

APPLICATION_ID = 0x534D5344
"""'SMSD' in the file's header: whose database it is."""

_FOLDER = Path(__file__).parent / "schema"


def steps() -> list[tuple[int, Path]]:
    """All migrations as (number, file), in order."""
    found = sorted(_FOLDER.glob("[0-9]*.sql"))
    return [(int(re.match(r"\d+", file.name)[0]), file) for file in found]  # type: ignore[index]


def statements(script: str) -> Iterator[str]:
    """The script cut into single statements, as `executescript` would commit in between."""
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""
    if pending.strip():
        yield pending


def version(connection: sqlite3.Connection) -> int:
    """The number of the last migration applied; 0 for an empty file.

    Raises `NotADatabase` for another program's database.
    """
    applied = int(connection.execute("pragma user_version").fetchone()[0])
    owner = connection.execute("pragma application_id").fetchone()[0]
    if owner == APPLICATION_ID:
        return applied
    if applied or owner or connection.execute("select count(*) from sqlite_master").fetchone()[0]:
        raise NotADatabase("it is an SQLite database of another program")
    return 0


def migrate(connection: sqlite3.Connection, upto: int | None = None) -> bool:
    """Bring the schema up to date in one transaction; whether anything was to be done.

    Raises `NewerDatabase` when a later smsdesk has been here.
    """
    known = steps()
    last = upto if upto is not None else known[-1][0]
    if version(connection) == last:
        return False
    connection.execute("begin immediate")
    try:
        _apply(connection, [step for step in known if step[0] <= last], last)
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")
    return True


def _apply(connection: sqlite3.Connection, known: list[tuple[int, Path]], last: int) -> None:
    """Run the steps that are missing, inside the caller's transaction."""
    applied = version(connection)
    if applied > known[-1][0]:
        raise NewerDatabase(f"schema {applied}, this smsdesk knows up to {known[-1][0]}")
    for number, file in known:
        if number > applied:
            for statement in statements(file.read_text(encoding="utf-8")):
                connection.execute(statement)
    connection.execute(f"pragma user_version = {last}")
    connection.execute(f"pragma application_id = {APPLICATION_ID}")
