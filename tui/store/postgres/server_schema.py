"""Build the schema on the server step by step: numbered files, applied in order."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from tui.domain.database import ServerDatabase
from tui.domain.ids import smallest_id_at
from tui.store.connections import Connection
from tui.store.errors import (
    CannotWrite,
    EmptySchema,
    InboxMark,
    MovedAway,
    NewerDatabase,
    NotADatabase,
    NotPermitted,
    OutdatedSchema,
    Rehearsal,
    UnfinishedMove,
)
from tui.store.people_search import index_stored_people
from tui.store.postgres.server_connection import ServerConnection
from tui.store.postgres.server_errors import GRANT, STANDBY
from tui.store.postgres.server_session import list_settings, quote_name
from tui.store.progress_report import ReportProgress

APPLICATION = "smsdesk"
_UNFINISHED = "smsdesk: unfinished move"
"""Stands in its place while an inbox is being moved into the schema."""
_REHEARSAL = "smsdesk: rehearsal"
MOVED_APPLICATION = "smsdesk: moved "
"""Begin of what stands there once the inbox was moved; where it is now follows."""
_FOLDER = Path(__file__).parents[1] / "schema" / "postgres"
_LOCK = 0x534D5344
"""Key of the lock that one process holds while it builds the schema."""
_FOREIGN = "select count(*) from information_schema.tables where table_schema = current_schema()"
_OWNS_SEARCH = """
select pg_has_role(relowner, 'usage') from pg_class where oid = to_regclass('messages_fts')
"""
_READ_ONLY = "meta search_partitions agent_levels teams team_members rules desk_hours"
"""Tables that only the owner of the schema changes, and those that may be left to leads."""
_KEPT, _NEVER_ADDED = "events audit feed", "feed"
"""Tables from which nothing is deleted, and to which no row is added."""
_MISSING = """
with ours as (
  select oid, cast(relname as text) as name,
    relname = any(string_to_array(:read_only, ' ')) as fixed
  from pg_class where relkind in ('r', 'p') and not relispartition
    and (relnamespace, relowner) = (
      select relnamespace, relowner from pg_class where oid = to_regclass('meta'))
), missing as (
  select 'select' as act, name from ours where not has_table_privilege(oid, 'select')
  union all select 'insert', name from ours where not fixed
    and name <> all(string_to_array(:never, ' ')) and not has_table_privilege(oid, 'insert')
  union all select 'update', name from ours
  where not fixed and not has_any_column_privilege(oid, 'update')
  union all select 'delete', name from ours where not fixed
    and name <> all(string_to_array(:kept, ' ')) and not has_table_privilege(oid, 'delete')
)
select act, case when count(*) > 3 then count(*) || ' tables' else string_agg(name, ', ') end
from missing group by act order by act
"""
_EXPLAIN = """
with given as (select trim(both '"' from current_setting('search_path')) as path)
select current_schema() is null and exists (select 1 from pg_namespace where nspname = path), path,
  (select string_agg(n.nspname, ', ' order by n.nspname)
   from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where relname = 'search_partitions')
from given
"""
_MONTHS_AHEAD = 2


def list_files() -> list[tuple[int, Path]]:
    """Return all files of the schema as (number, file), in order."""
    found = sorted(_FOLDER.glob("[0-9]*.sql"))
    return [(int(re.match(r"\d+", file.name)[0]), file) for file in found]  # type: ignore[index]


def read_version(connection: ServerConnection) -> int:
    """Return the number of the last migration applied; 0 for an empty schema.

    Raises:
        NotADatabase: The schema belongs to another program, or is marked.
    """
    if connection.execute("select to_regclass('meta')").fetchall()[0][0] is None:
        if connection.execute(_FOREIGN).fetchall()[0][0]:
            raise NotADatabase(
                "its schema has tables of another program; name a schema of its own in"
                " `database`: ?schema=smsdesk"
            )
        return 0
    for application, version in connection.execute("select application, version from meta"):
        if application == APPLICATION:
            return int(version)
        if mark := _parse_mark(application):
            raise mark
    raise NotADatabase("its schema belongs to another program; name a schema of its own")


def read_mark(connection: ServerConnection) -> InboxMark | None:
    """Return why no desk may open the schema, or None if it has no mark."""
    if connection.execute("select to_regclass('meta')").fetchall()[0][0] is None:
        return None
    found = connection.execute("select application from meta").fetchall()
    return next((mark for row in found if (mark := _parse_mark(row[0]))), None)


def write_mark(connection: ServerConnection, mark: InboxMark | None) -> None:
    """Let no desk open the schema, or every desk again, in the caller's transaction.

    Args:
        connection: Open connection.
        mark: Why no desk may open it; None lets them.
    """
    name = APPLICATION
    if isinstance(mark, MovedAway):
        name = f"{MOVED_APPLICATION}{mark.format_mark()}"
    elif mark is not None:
        name = _REHEARSAL if isinstance(mark, Rehearsal) else _UNFINISHED
    connection.execute("update meta set application = :name", {"name": name})


def _parse_mark(application: str) -> InboxMark | None:
    """Return the mark that stands in the place of our name, or None."""
    if application.startswith(MOVED_APPLICATION):
        return MovedAway.parse_mark(application.removeprefix(MOVED_APPLICATION))
    return {_UNFINISHED: UnfinishedMove(), _REHEARSAL: Rehearsal()}.get(application)


def check_version(connection: ServerConnection) -> None:
    """Refuse a schema that these queries were not written for.

    Raises:
        NewerDatabase: A later smsdesk has changed the schema.
        OutdatedSchema: It must be brought up to date first.
        NotADatabase: The schema belongs to another program.
    """
    found, known = read_version(connection), list_files()[-1][0]
    if found > known:
        raise NewerDatabase(f"schema {found}, this smsdesk knows up to {known}")
    if found == 0:
        raise _explain_empty(connection)
    if found < known:
        raise OutdatedSchema(f"schema {found} has to be brought up to {known} first")


def _explain_empty(connection: ServerConnection) -> CannotWrite | EmptySchema:
    """Return why no inbox is seen: it is not there, or this user may not look."""
    hidden, path, others = connection.execute(_EXPLAIN).fetchall()[0]
    if hidden:
        user = connection.driver.info.user
        return NotPermitted(
            f"{user} may not use the schema {path}: grant usage on schema {path} to {user}"
        )
    known = f", which has one in {others}" if others else ""
    return EmptySchema(
        f"there is no inbox in this schema of the database{known}: correct `database`, or open"
        " the inbox once to create it"
    )


def update_schema(
    connection: ServerConnection, database: ServerDatabase, now: int, report: ReportProgress
) -> None:
    """Create the schema or bring it up to date, where it is not.

    Args:
        connection: Open connection outside of a transaction.
        database: Address and schema.
        now: Current time in ms UTC.
        report: Shows what is being done.

    Raises:
        NewerDatabase: A later smsdesk has changed the schema.
        NotADatabase: The schema belongs to another program.
        CannotWrite: This user, or any, cannot write to it.
    """
    known = list_files()
    if _is_current(connection, database, known[-1][0]):
        return
    report("Waiting for another smsdesk, which updates the inbox", 0, 0)
    settings = "".join(f"{line}; " for line in list_settings(database) if database.pooled)
    connection.run_script(
        f"begin; {settings}set local lock_timeout = '10min'; select pg_advisory_xact_lock({_LOCK})"
    )
    try:
        if database.schema:
            connection.run_script(f"create schema if not exists {quote_name(database.schema)}")
        # Read again under the lock: another process may have updated it meanwhile.
        applied = read_version(connection)
        if applied > known[-1][0]:
            raise NewerDatabase(f"schema {applied}, this smsdesk knows up to {known[-1][0]}")
        for file in (file for number, file in known if number > applied):
            connection.run_script(file.read_text(encoding="utf-8"))
        index_stored_people(connection, report)
        connection.execute("delete from meta")
        values = {"application": APPLICATION, "version": known[-1][0]}
        connection.execute("insert into meta values (:application, :version)", values)
        create_partitions(connection, now, now)
        connection.run_script("commit")
    except BaseException:
        if not connection.driver.closed:
            connection.run_script("rollback")
        raise


def _is_current(connection: ServerConnection, database: ServerDatabase, known: int) -> bool:
    """Return whether nothing has to be done.

    Raises:
        CannotWrite: Nothing has to be done, but this user cannot write.
    """
    if database.pooled:
        connection.run_script("; ".join(["begin", *list_settings(database)]))
    try:
        found = read_version(connection) if _has_schema(connection, database) else None
        if found == 0 and isinstance(refusal := _explain_empty(connection), NotPermitted):
            raise refusal
        if found != known:
            return False
        _check_writable(connection, database)
        return True
    finally:
        if database.pooled and not connection.driver.closed:
            connection.run_script("rollback")


def _check_writable(connection: ServerConnection, database: ServerDatabase) -> None:
    """Refuse a server or a user that only reads, before an agent has typed anything.

    Raises:
        CannotWrite: The server is a standby.
        NotPermitted: The user lacks privileges.
    """
    if connection.execute("select pg_is_in_recovery()").fetchall()[0][0]:
        raise CannotWrite(f"The database server of {database.name} {STANDBY}")
    if missing := list_missing_privileges(connection):
        lacks = "; ".join(missing)
        raise NotPermitted(f"The user may not write to {database.name} (no {lacks}): {GRANT}")


def list_missing_privileges(connection: Connection) -> list[str]:
    """Return what the user may not do with which tables, as a desk needs it; empty if nothing.

    Args:
        connection: Connection to a schema that is up to date.
    """
    values = {"read_only": _READ_ONLY, "kept": _KEPT, "never": _NEVER_ADDED}
    return [f"{row[0]} on {row[1]}" for row in connection.execute(_MISSING, values)]


def create_partitions(connection: Connection, first: int, last: int) -> None:
    """Create the partitions of the search for each month that has none yet.

    Texts of other months are found as well, but slower. Only the owner of the tables can do this.

    Args:
        connection: Connection inside a transaction.
        first: Time of the first text, in ms UTC.
        last: Time of the last text, in ms UTC; some months after it are created too.
    """
    if not connection.execute(_OWNS_SEARCH).fetchall()[0][0]:
        return  # only the owner of the table can; the desk of another user leaves it to that one
    found = connection.execute("select first_id from search_partitions").fetchall()
    existing = {row[0] for row in found}
    for begin, end in _list_months(first, last):
        low, high = smallest_id_at(begin), smallest_id_at(end)
        if low in existing:
            continue
        name = f"messages_fts_{datetime.fromtimestamp(begin / 1000, UTC):%Y_%m}"
        connection.execute(
            f"create table {name} partition of messages_fts for values from ({low}) to ({high})"
        )
        connection.execute(f"insert into search_partitions values ({low}, {high})")


def _has_schema(connection: ServerConnection, database: ServerDatabase) -> bool:
    """Return whether the schema of this inbox exists."""
    if not database.schema:
        return True
    sql = "select count(*) from pg_namespace where nspname = :name"
    return bool(connection.execute(sql, {"name": database.schema}).fetchall()[0][0])


def _list_months(first: int, last: int) -> Iterator[tuple[int, int]]:
    """Yield the begin and end (ms UTC) of the months, and of some months more."""
    begin = datetime.fromtimestamp(first / 1000, UTC)
    year, month = begin.year, begin.month
    end = datetime.fromtimestamp(last / 1000, UTC)
    for number in range(year * 12 + month - 1, end.year * 12 + end.month + _MONTHS_AHEAD):
        yield _get_month(number), _get_month(number + 1)


def _get_month(number: int) -> int:
    """Return when a month begins (ms UTC); months are counted from the year 0."""
    year, month = divmod(number, 12)
    return round(datetime(year, month + 1, 1, tzinfo=UTC).timestamp() * 1000)
