"""Build the schema step by step: numbered files, applied in order, never edited afterwards.

What SQL cannot do is a function in `STEPS`, which runs right after the file of its number.
"""

import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from tui.store.errors import NewerDatabase, NotADatabase

APPLICATION_ID = 0x534D5344
"""'SMSD' in the file's header: it shows that the database belongs to smsdesk."""

ReportProgress = Callable[[str, int, int], None]
"""Function that shows the progress of a long step: what is done, the number done, the total."""
Step = Callable[[sqlite3.Connection, ReportProgress], None]
"""Part of a migration that SQL cannot do; it runs inside the transaction of the migration."""


def _join_forms_of_numbers(connection: sqlite3.Connection, report_progress: ReportProgress) -> None:
    """Run the step, whose modules programs that only read need not load."""
    from tui.store.number_forms import join_forms_of_numbers

    join_forms_of_numbers(connection, report_progress)


STEPS: Mapping[int, Step] = {14: _join_forms_of_numbers}
"""Steps by the number of their migration."""

_FOLDER = Path(__file__).parent / "schema"


def list_migrations() -> list[tuple[int, Path]]:
    """Return all migrations as (number, file), in order."""
    found = sorted(_FOLDER.glob("[0-9]*.sql"))
    return [(int(re.match(r"\d+", file.name)[0]), file) for file in found]  # type: ignore[index]


def split_statements(script: str) -> Iterator[str]:
    """Yield the single statements of a script.

    `executescript` is not used because it would commit in between.
    """
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""
    if pending.strip():
        yield pending


def read_version(connection: sqlite3.Connection) -> int:
    """Return the number of the last migration applied; 0 for an empty file.

    Raises:
        NotADatabase: The database belongs to another program.
    """
    applied = int(connection.execute("pragma user_version").fetchone()[0])
    owner = connection.execute("pragma application_id").fetchone()[0]
    if owner == APPLICATION_ID:
        return applied
    # A new file has no version, no application id and no tables.
    if applied or owner or connection.execute("select count(*) from sqlite_master").fetchone()[0]:
        raise NotADatabase("it is an SQLite database of another program")
    return 0


def ignore_progress(task: str, done: int, total: int) -> None:
    """Show no progress.

    Args:
        task: What is being done.
        done: Number of things that are done.
        total: Number of things to do.
    """


def apply_migrations(
    connection: sqlite3.Connection,
    upto: int | None = None,
    report_progress: ReportProgress = ignore_progress,
) -> bool:
    """Bring the schema up to date; return whether anything was missing.

    Args:
        connection: Open connection outside of a transaction.
        upto: Number of the last migration to apply; None applies all.
        report_progress: Called again and again during long steps.

    Raises:
        NewerDatabase: A later smsdesk has changed the schema.
    """
    known = list_migrations()
    last = upto if upto is not None else known[-1][0]
    if read_version(connection) == last:
        return False
    connection.execute("begin immediate")
    try:
        _run_migrations(
            connection, [file for file in known if file[0] <= last], last, report_progress
        )
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")
    return True


def _run_migrations(
    connection: sqlite3.Connection,
    known: list[tuple[int, Path]],
    last: int,
    report_progress: ReportProgress,
) -> None:
    """Run the missing migrations inside the caller's transaction."""
    # Read again under the lock: another process may have migrated meanwhile.
    applied = read_version(connection)
    if applied > known[-1][0]:
        raise NewerDatabase(f"schema {applied}, this smsdesk knows up to {known[-1][0]}")
    for number, file in known:
        if number > applied:
            for statement in split_statements(file.read_text(encoding="utf-8")):
                connection.execute(statement)
            if number in STEPS:
                STEPS[number](connection, report_progress)
    connection.execute(f"pragma user_version = {last}")
    connection.execute(f"pragma application_id = {APPLICATION_ID}")
