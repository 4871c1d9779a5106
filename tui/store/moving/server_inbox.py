"""Read and write the tables of an inbox on a server for a move."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import psycopg
from psycopg.rows import tuple_row

from tui.domain.database import ServerDatabase
from tui.domain.ids import extract_time
from tui.domain.tokens import to_index_text
from tui.store.errors import (
    CannotOpen,
    InboxMark,
    NewerDatabase,
    NotADatabase,
    OutdatedSchema,
    StoreError,
)
from tui.store.moving.movable import Kind, RowValues, Table, quote_names
from tui.store.postgres import server_schema
from tui.store.postgres.connection_thread import measure_time
from tui.store.postgres.server_errors import translate_error
from tui.store.postgres.server_schema import check_version, create_partitions, read_version
from tui.store.postgres.server_session import connect

_NO_VALUES: Mapping[str, Any] = {}
_OWN_TABLES = frozenset({"meta", "feed", "search_partitions", "messages_fts"})
"""Tables that only this engine has."""
_TIMEOUTS = ("idle_in_transaction_session_timeout", "idle_session_timeout", "statement_timeout")
_KEY_BYTES = 600
"""Bytes of a text in an index: PostgreSQL allows 2,704 for all texts of a key together."""
_SEARCH_BYTES = 400_000
"""Bytes of the terms of a text: PostgreSQL allows a megabyte with their places."""
_COLUMNS = """
select c.relname, a.attname, coalesce(b.typname, t.typname)
from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
join pg_type t on t.oid = a.atttypid left join pg_type b on b.oid = t.typbasetype
where c.relnamespace = cast(current_schema() as regnamespace)
  and c.relkind in ('r', 'p') and not c.relispartition order by c.relname, a.attnum"""
_INDEXED = """
select c.relname, a.attname, i.indisprimary, k.place
from pg_index i join pg_class c on c.oid = i.indrelid
cross join unnest(cast(i.indkey as smallint[])) with ordinality as k (number, place)
join pg_attribute a on a.attrelid = c.oid and a.attnum = k.number
where c.relnamespace = cast(current_schema() as regnamespace) order by c.relname, k.place"""
_PARENTS = """
select c.relname, p.relname from pg_constraint f
join pg_class c on c.oid = f.conrelid join pg_class p on p.oid = f.confrelid
where f.contype = 'f' and c.relnamespace = cast(current_schema() as regnamespace)"""
_NUMBERED = """
select c.relname, a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid
where a.attidentity <> '' and c.relnamespace = cast(current_schema() as regnamespace)"""


class ServerInbox:
    """Inbox on a server."""

    takes_any_text = False

    def __init__(self, database: ServerDatabase) -> None:
        """Connect.

        Args:
            database: Address and password of the server itself, not of a pooler.

        Raises:
            StoreError: The server cannot be reached, or refuses us.
        """
        self.name = database.name
        self._connection = connect(database)
        # The transaction of the source waits for the target, as long as it takes.
        self._connection.run_script("; ".join(f"set {name} = 0" for name in _TIMEOUTS))

    def check_version(self) -> None:
        """Refuse a database that is no inbox of this version.

        Raises:
            StoreError: It is none; the text says what to do.
        """
        with self._convert_errors():
            if not read_version(self._connection):
                raise CannotOpen(f"there is no inbox at {self.name}: check the address")
            try:
                check_version(self._connection)
            except OutdatedSchema:
                raise OutdatedSchema(
                    "it was written by an older smsdesk: let this one open it once, with"
                    " `smsdesk threads`, then move it"
                ) from None

    def list_tables(self) -> dict[str, Table]:
        """Return the tables that hold the inbox, by name."""
        columns: dict[str, dict[str, Kind]] = {}
        for table, column, kind in self.run(_COLUMNS):
            if table not in _OWN_TABLES:
                columns.setdefault(table, {})[column] = Kind(kind)
        keys: dict[str, list[str]] = {name: [] for name in columns}
        for table, column, is_primary, _ in self.run(_INDEXED):
            if is_primary and table in keys:
                keys[table].append(column)
        parents: dict[str, set[str]] = {name: set() for name in columns}
        for child, parent in self.run(_PARENTS):
            parents[child].add(parent)
        return {
            name: Table(name, columns[name], tuple(keys[name]), frozenset(parents[name]))
            for name in columns
        }

    def run(self, sql: str, values: Mapping[str, Any] = _NO_VALUES) -> list[Any]:
        """Run a statement that both engines understand, and return its rows.

        Args:
            sql: Statement.
            values: Its values by name.
        """
        cursor = self._connection.execute(sql, values)
        return cursor.fetchall() if cursor.description else []

    def get_time(self) -> int:
        """Return the time that all processes of this inbox go by, in ms UTC."""
        return measure_time(self._connection)[0]

    def get_last_change(self) -> int:
        """Return the number of the last change."""
        return int(self.run("select last from feed")[0][0])

    def lock_rows(self, tables: Sequence[Table]) -> None:
        """Let no process write until the connection is closed, and read one state of all.

        Args:
            tables: Tables that are read.

        Raises:
            StoreError: Another process is writing.
        """
        names = quote_names([table.name for table in tables])
        self._connection.run_script(
            f"begin isolation level repeatable read; lock table {names}, feed in share mode;"
            " lock table meta in row exclusive mode"  # refused at once if it cannot be marked
        )

    def find_unusual(self, table: Table, limits: Mapping[str, int]) -> bool:
        """Return that there are none: the server's columns have types.

        Args:
            table: Table.
            limits: Highest number of bytes of a text, by column.
        """
        return False

    def read_rows(self, table: Table, after: Sequence[Any] = ()) -> Iterator[RowValues]:
        """Yield rows in the order of the key, whatever their number.

        Args:
            table: Table with the columns to read.
            after: Key of the row before the first one; empty for the beginning.
        """
        marks = ", ".join(["%s"] * len(after))
        select = table.build_select(f"({quote_names(table.key)}) > ({marks})" if after else "")
        command = f"copy ({select}) to stdout (format binary)"
        with (
            self._convert_errors(),
            psycopg.Cursor(self._connection.driver, row_factory=tuple_row) as cursor,
            cursor.copy(command.encode(), list(after) or None) as copy,
        ):
            copy.set_types(list(table.columns.values()))
            yield from copy.rows()

    # Of a target ----------------------------------------------------------------------------

    def prepare_writing(self) -> None:
        """Set the connection up to write; a batch that a crash loses is copied again."""
        self._connection.run_script("set synchronous_commit = off")

    def read_mark(self) -> InboxMark | None:
        """Return why no desk may open the database, or None if it has no mark."""
        return server_schema.read_mark(self._connection)

    def write_mark(self, mark: InboxMark | None) -> None:
        """Let no desk open the database, or every desk again.

        Args:
            mark: Why no desk may open it; None lets them.
        """
        server_schema.write_mark(self._connection, mark)

    def find_limits(self, table: Table) -> dict[str, int]:
        """Return the highest number of bytes of the texts that indexes contain, by column."""
        return {
            column: _KEY_BYTES
            for name, column, _, _ in self.run(_INDEXED)
            if name == table.name and table.columns.get(column) is Kind.TEXT
        }

    @contextlib.contextmanager
    def begin(self) -> Iterator[None]:
        """Run the block in one transaction."""
        with self._convert_errors():
            self._connection.run_script("begin; set constraints all deferred")
            try:
                yield
                self._connection.run_script("commit")
            except BaseException:
                if not self._connection.driver.closed:
                    with contextlib.suppress(StoreError):
                        self._connection.run_script("rollback")
                raise

    def clear(self, tables: Sequence[Table]) -> None:
        """Delete all rows, and the search index.

        Args:
            tables: Tables to clear.
        """
        names = quote_names([table.name for table in tables])
        self.run(f"truncate {names}, messages_fts")

    def add_rows(self, table: Table, rows: Sequence[RowValues]) -> None:
        """Insert rows.

        Args:
            table: Table with the columns of the rows.
            rows: Rows, of which none exists.
        """
        columns = quote_names(table.columns)
        self._copy_rows(f'"{table.name}" ({columns})', list(table.columns.values()), rows)

    def add_texts(self, texts: Sequence[tuple[int, str]]) -> list[int]:
        """Add texts to the search index; return the messages that it cannot contain completely.

        Args:
            texts: Pairs of message id and text.
        """
        rows = [(identity, to_index_text(text)) for identity, text in texts]
        cut = [identity for identity, terms in rows if len(terms.encode()) > _SEARCH_BYTES]
        if cut:
            rows = [(i, t.encode()[:_SEARCH_BYTES].decode(errors="ignore")) for i, t in rows]
        self.run("create temporary table if not exists moving_texts (id bigint, body text)")
        self._copy_rows("moving_texts (id, body)", [Kind.NUMBER, Kind.TEXT], rows)
        self.run("insert into messages_fts (id, terms) select id, to_terms(body) from moving_texts")
        self.run("truncate moving_texts")
        return cut

    def prepare_months(self, ids: Sequence[int]) -> None:
        """Create the partitions of the search index for the months of a history.

        Args:
            ids: Id of a message of each month.
        """
        for identity in ids:
            create_partitions(self._connection, extract_time(identity), extract_time(identity))

    def set_numbers(self, last_change: int) -> None:
        """Let new rows and changes have the numbers after the last ones.

        Args:
            last_change: Number of the last change.
        """
        for table, column in self.run(_NUMBERED):
            self.run(
                f"select setval(pg_get_serial_sequence('{table}', '{column}'), max({column}))"
                f' from "{table}" having max({column}) is not null'
            )
        events = "(select coalesce(max(id), 0) from journal)"
        self.run(f"update feed set last = :last, events = {events}", {"last": last_change})

    def settle(self, tables: Sequence[Table]) -> None:
        """Let the planner know the tables, and put the following commits on disk at once.

        Args:
            tables: Tables that were filled.
        """
        self.run(f"analyze {quote_names([table.name for table in tables])}, messages_fts")
        self.run("set synchronous_commit = on")

    def close(self) -> None:
        """Close the connection, and with it what it has locked."""
        self._connection.driver.close()

    def _copy_rows(self, names: str, kinds: Sequence[Kind], rows: Sequence[RowValues]) -> None:
        """Send rows as the server's binary format."""
        with (
            self._convert_errors(),
            psycopg.Cursor(self._connection.driver, row_factory=tuple_row) as cursor,
            cursor.copy(f"copy {names} from stdin (format binary)".encode()) as copy,
        ):
            copy.set_types(list(kinds))
            for row in rows:
                copy.write_row(row)

    @contextlib.contextmanager
    def _convert_errors(self) -> Iterator[None]:
        """Convert errors of the driver, and of ours without the name of the database."""
        try:
            yield
        except (psycopg.Error, NewerDatabase, NotADatabase, OutdatedSchema) as error:
            raise translate_error(error, self.name) from error
