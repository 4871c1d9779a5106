"""Build the schema step by step: numbered files, applied in order, never edited afterwards.

What SQL cannot do is a function in `STEPS`; the steps run after all files, in the same transaction.
"""

import itertools
import json
import re
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from tui.domain.file_names import (
    FileLabel,
    describe_files,
    describe_pictures,
    summarize_message,
)
from tui.store.errors import (
    InboxMark,
    MovedAway,
    NewerDatabase,
    NotADatabase,
    Rehearsal,
    UnfinishedMove,
)
from tui.store.progress_report import ReportProgress, ignore_progress
from tui.store.sqlite.file_connection import FileConnection

APPLICATION_ID = 0x534D5344
"""'SMSD' in the file's header: it shows that the database belongs to smsdesk."""
_MARK_IDS: Mapping[type[InboxMark], int] = {
    UnfinishedMove: 0x534D534D,  # 'SMSM' in its place while an inbox is being moved into the file
    Rehearsal: 0x534D5352,  # 'SMSR'
    MovedAway: 0x534D5358,  # 'SMSX'
}
_MARKS = "moving"
"""Table in which a moved inbox says where it is now."""

Step = Callable[[FileConnection, ReportProgress], None]
"""Part of a migration that SQL cannot do; it runs inside the transaction of the migration."""


def name_stored_files(connection: FileConnection, report_progress: ReportProgress) -> None:
    """Put the files of stored messages into words, and into the list where there is no text.

    Args:
        connection: Connection inside the transaction of the migration.
        report_progress: Called with the number of messages that are done.
    """
    attached = connection.execute(
        "select message_id, name, content_type, size from attachments order by message_id, id"
    )
    texts = {
        message_id: describe_files([FileLabel(*row[1:]) for row in rows])
        for message_id, rows in itertools.groupby(attached, lambda row: int(row[0]))
    }
    sent = connection.execute("select id, media from messages where media <> '[]'")
    for message_id, media in sent:
        texts[message_id] = describe_pictures(json.loads(media))
    for done, (message_id, text) in enumerate(texts.items(), 1):
        report_progress("Naming the files of messages", done, len(texts))
        connection.execute("update messages set files = ? where id = ?", (text, message_id))
    rows = connection.execute(
        "select c.id, m.body, m.subject, m.files from conversations c"
        " join messages m on m.id = c.last_id where c.preview = '' and m.files || m.subject <> ''"
    ).fetchall()
    for conversation_id, *parts in rows:
        connection.execute(
            "update conversations set preview = ? where id = ?",
            (summarize_message(*parts), conversation_id),
        )


def _rebuild_search_index(connection: FileConnection, report_progress: ReportProgress) -> None:
    """Index all texts again."""
    # Imported late: most processes find a database that is up to date.
    from tui.store.sqlite.index_rebuild import rebuild_index

    rebuild_index(connection, report_progress)


def _join_forms_of_numbers(connection: FileConnection, report_progress: ReportProgress) -> None:
    """Run the step, whose modules programs that only read need not load."""
    from tui.store.sqlite.number_forms import join_forms_of_numbers

    join_forms_of_numbers(connection, report_progress)


def _fold_contacts(connection: FileConnection, report_progress: ReportProgress) -> None:
    """Index the names and numbers of all contacts."""
    from tui.store.people_search import fold_stored_contacts

    fold_stored_contacts(connection, report_progress)


def _index_people(connection: FileConnection, report_progress: ReportProgress) -> None:
    """Build the indexes of the search for people."""
    from tui.store.people_search import index_stored_fields
    from tui.store.sqlite.people_index import rebuild_people_index

    index_stored_fields(connection)
    rebuild_people_index(connection, report_progress)


STEPS: Mapping[int, Step] = {
    14: _join_forms_of_numbers,
    15: _rebuild_search_index,
    18: name_stored_files,
    26: _fold_contacts,
    35: _index_people,
}
"""Steps by the number of their migration; each may rely on the schema of today."""

_PATIENCE = 600.0
"""Seconds to wait for another process; SQLite itself waits for a part of it at a time."""
_FOLDER = Path(__file__).parents[1] / "schema" / "sqlite"


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
        NotADatabase: The database belongs to another program, or is marked.
    """
    applied = int(connection.execute("pragma user_version").fetchone()[0])
    owner = connection.execute("pragma application_id").fetchone()[0]
    if owner == APPLICATION_ID:
        return applied
    if mark := read_mark(connection):
        raise mark
    # A new file has no version, no application id and no tables.
    if applied or owner or connection.execute("select count(*) from sqlite_master").fetchone()[0]:
        raise NotADatabase("it is an SQLite database of another program")
    return 0


def read_mark(connection: sqlite3.Connection) -> InboxMark | None:
    """Return why no desk may open the database, or None if it has no mark."""
    owner = connection.execute("pragma application_id").fetchone()[0]
    if owner == _MARK_IDS[UnfinishedMove]:
        return UnfinishedMove()
    if owner == _MARK_IDS[Rehearsal]:
        return Rehearsal()
    if owner != _MARK_IDS[MovedAway]:
        return None
    try:
        sql = f"select state from {_MARKS} where name = 'moved'"
        found = connection.execute(sql).fetchone()
    except sqlite3.OperationalError as error:
        if "no such table" not in str(error):
            raise
        found = None
    return MovedAway.parse_mark(found[0] if found else "")


def write_mark(connection: sqlite3.Connection, mark: InboxMark | None) -> None:
    """Let no desk open the database, or every desk again, in the caller's transaction.

    Args:
        connection: Open connection.
        mark: Why no desk may open it; None lets them.
    """
    if isinstance(mark, MovedAway):
        connection.execute(
            f"create table if not exists {_MARKS} (name text primary key, state text)"
        )
        connection.execute(
            f"insert or replace into {_MARKS} values ('moved', ?)", (mark.format_mark(),)
        )
    elif mark is None:
        connection.execute(f"drop table if exists {_MARKS}")
    number = _MARK_IDS[type(mark)] if mark else APPLICATION_ID
    connection.execute(f"pragma application_id = {number}")


def apply_migrations(
    connection: FileConnection,
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
    _begin_transaction(connection, report_progress)
    try:
        _run_migrations(
            connection, [file for file in known if file[0] <= last], last, report_progress
        )
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")
    return True


def _begin_transaction(connection: FileConnection, report_progress: ReportProgress) -> None:
    """Begin to write; wait as long as another process needs for the same migration."""
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            connection.execute("begin immediate")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > end:
                raise
            report_progress("Waiting for another smsdesk, which updates the inbox", 0, 0)


def _run_migrations(
    connection: FileConnection,
    known: list[tuple[int, Path]],
    last: int,
    report_progress: ReportProgress,
) -> None:
    """Run the missing migrations inside the caller's transaction."""
    # Read again under the lock: another process may have migrated meanwhile.
    applied = read_version(connection)
    if applied > known[-1][0]:
        raise NewerDatabase(f"schema {applied}, this smsdesk knows up to {known[-1][0]}")
    missing = [(number, file) for number, file in known if number > applied]
    for _, file in missing:
        for statement in split_statements(file.read_text(encoding="utf-8")):
            connection.execute(statement)
    # The steps last: they use the queries of today, which need the schema of today.
    for number, _ in missing:
        if number in STEPS:
            STEPS[number](connection, report_progress)
    connection.execute(f"pragma user_version = {last}")
    connection.execute(f"pragma application_id = {APPLICATION_ID}")
