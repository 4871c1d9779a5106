"""Read and write the tables of an inbox file for a move."""

import contextlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tui.clock import Clock
from tui.store.errors import CannotOpen, InboxMark, NewerDatabase, NotADatabase, OutdatedSchema
from tui.store.moving.movable import Kind, MoveFailed, RowValues, Table, quote_names
from tui.store.moving.repairs import decode_text
from tui.store.search_index import index_texts
from tui.store.sqlite import migrations
from tui.store.sqlite.file_connection import FileConnection
from tui.store.sqlite.file_errors import translate_error
from tui.store.sqlite.people_index import clear_people_index, index_changed_people

_BUSY_SECONDS = 5.0
_CACHE_KIB = 65_536
_LOG_PAGES = 16_384
_PAGE = 1_000
_NO_VALUES: Mapping[str, Any] = {}
_KINDS = {"text": Kind.TEXT, "blob": Kind.BYTES, "real": Kind.FRACTION}
_STORED_AS = {
    Kind.NUMBER: "integer",
    Kind.TEXT: "text",
    Kind.BYTES: "blob",
    Kind.FRACTION: "real",
}
_OWN_TABLES = frozenset({"indexed_people", "unindexed_people"})
"""Tables of the indexes of the search for people: a server keeps its own in other ways."""
_TABLES = (
    "select name from pragma_table_list"
    " where schema = 'main' and type = 'table' and name not like 'sqlite#_%' escape '#'"
    " order by name"
)


class FileInbox:
    """Inbox in a file."""

    takes_any_text = True

    def __init__(self, path: Path, clock: Clock) -> None:
        """Open an existing file.

        Args:
            path: Path of the file.
            clock: Source of the current time.

        Raises:
            CannotOpen: There is no such file.
        """
        self.name = str(path.resolve())
        self._path = path
        self._clock = clock
        if not path.exists():
            raise CannotOpen(f"there is no inbox at {path}: check the name")
        with self._convert_errors():
            self._connection = sqlite3.connect(
                f"{path.resolve().as_uri()}?mode=rw",
                uri=True,
                timeout=_BUSY_SECONDS,
                isolation_level=None,
                factory=FileConnection,
            )

    def check_version(self) -> None:
        """Refuse a file that is no inbox of this version.

        Raises:
            StoreError: It is none; the text says what to do.
        """
        with self._convert_errors():
            found, known = migrations.read_version(self._connection), _get_version()
            if found > known:
                raise NewerDatabase(f"schema {found}, this smsdesk knows up to {known}")
        if not found:
            raise CannotOpen(f"{self._path} is empty: there is no inbox in it")
        if found < known:
            raise OutdatedSchema(
                f"{self._path} was written by an older smsdesk: let this one open it once, with"
                f" SMSDESK_DATABASE={self._path} smsdesk threads, then move it"
            )

    def list_tables(self) -> dict[str, Table]:
        """Return the tables that hold the inbox, by name."""
        names = [name for (name,) in self.run(_TABLES) if name not in _OWN_TABLES]
        return {name: self._describe_table(name) for name in names}

    def _describe_table(self, name: str) -> Table:
        """Return one table."""
        columns = self.run(f'select name, type, pk from pragma_table_info("{name}")')
        parents = self.run(f'select "table" from pragma_foreign_key_list("{name}")')
        return Table(
            name,
            {row[0]: _KINDS.get(row[1].lower(), Kind.NUMBER) for row in columns},
            tuple(row[0] for row in sorted(columns, key=lambda row: int(row[2])) if row[2]),
            frozenset(row[0] for row in parents),
        )

    def run(self, sql: str, values: Mapping[str, Any] = _NO_VALUES) -> list[Any]:
        """Run a statement that both engines understand, and return its rows.

        Args:
            sql: Statement.
            values: Its values by name.
        """
        with self._convert_errors():
            return self._connection.execute(sql, values).fetchall()

    def get_time(self) -> int:
        """Return the time that all processes of this inbox go by, in ms UTC."""
        return self._clock.now()

    def get_last_change(self) -> int:
        """Return the number of the last change."""
        return int(self.run("select coalesce(max(seq), 0) from changes")[0][0])

    def lock_rows(self, tables: Sequence[Table]) -> None:
        """Let no process write until the connection is closed, and read one state of all.

        Args:
            tables: Tables that are read.

        Raises:
            StoreError: Another process is writing.
        """
        with self._convert_errors():
            self._connection.execute("begin immediate")

    def find_unusual(self, table: Table, limits: Mapping[str, int]) -> bool:
        """Return whether a table has values that its columns should not have.

        Args:
            table: Table to look through.
            limits: Highest number of bytes of a text, by column.
        """
        conditions = []
        for name, kind in table.columns.items():
            conditions.append(f"typeof(\"{name}\") not in ('{_STORED_AS[kind]}', 'null')")
            if kind is Kind.TEXT:
                conditions.append(f'instr("{name}", char(0)) > 0')
        for name, limit in limits.items():
            conditions.append(f'length(cast("{name}" as blob)) > {limit}')
        sql = f'select 1 from "{table.name}" where {" or ".join(conditions)} limit 1'
        return bool(self.run(sql))

    def read_rows(self, table: Table, after: Sequence[Any] = ()) -> Iterator[RowValues]:
        """Yield rows in the order of the key, whatever their number.

        Args:
            table: Table with the columns to read.
            after: Key of the row before the first one; empty for the beginning.
        """
        places = table.key_places
        while True:
            try:
                for row in self._select(table, after):
                    yield row
                    after = [row[place] for place in places]
                return
            except sqlite3.OperationalError as error:
                # The error contains the text, which is a customer's.
                if "decode" not in str(error) or self._connection.text_factory is decode_text:
                    raise translate_error(error, self._path) from None
                self._connection.text_factory = decode_text

    def _select(self, table: Table, after: Sequence[Any]) -> Iterator[RowValues]:
        """Yield rows as SQLite returns them."""
        marks = ", ".join("?" * len(after))
        sql = table.build_select(f"({quote_names(table.key)}) > ({marks})" if after else "")
        cursor = self._connection.execute(sql, list(after))
        cursor.arraysize = _PAGE
        while rows := cursor.fetchmany():
            yield from rows

    # Of a target ----------------------------------------------------------------------------

    def prepare_writing(self) -> None:
        """Set the connection up to write."""
        with self._convert_errors():
            self._connection.execute(f"pragma cache_size = -{_CACHE_KIB}")
            self._connection.execute("pragma foreign_keys = off")  # checked at the end
            self._connection.execute("pragma synchronous = normal")
            self._connection.execute(f"pragma wal_autocheckpoint = {_LOG_PAGES}")

    def read_mark(self) -> InboxMark | None:
        """Return why no desk may open the database, or None if it has no mark."""
        with self._convert_errors():
            return migrations.read_mark(self._connection)

    def write_mark(self, mark: InboxMark | None) -> None:
        """Let no desk open the database, or every desk again.

        Args:
            mark: Why no desk may open it; None lets them.
        """
        with self._convert_errors():
            migrations.write_mark(self._connection, mark)

    def find_limits(self, table: Table) -> dict[str, int]:
        """Return no limits: an index of SQLite takes texts of any length."""
        return {}

    @contextlib.contextmanager
    def begin(self) -> Iterator[None]:
        """Run the block in one transaction."""
        with self._convert_errors():
            self._connection.execute("begin immediate")
            try:
                yield
                self._connection.execute("commit")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("rollback")
                raise

    def clear(self, tables: Sequence[Table]) -> None:
        """Delete all rows, and the search index.

        Args:
            tables: Tables to clear.
        """
        for table in tables:
            self.run(f'delete from "{table.name}"')
        self.run("insert into messages_fts (messages_fts) values ('delete-all')")
        clear_people_index(self._connection)

    def add_rows(self, table: Table, rows: Sequence[RowValues]) -> None:
        """Insert rows.

        Args:
            table: Table with the columns of the rows.
            rows: Rows, of which none exists.
        """
        marks = ", ".join("?" * len(table.columns))
        sql = f'insert into "{table.name}" ({quote_names(table.columns)}) values ({marks})'
        with self._convert_errors():
            self._connection.executemany(sql, rows)
            index_changed_people(self._connection)

    def add_texts(self, texts: Sequence[tuple[int, str]]) -> list[int]:
        """Add texts to the search index; it can contain all of them.

        Args:
            texts: Pairs of message id and text.
        """
        index_texts(self._connection, texts)
        return []

    def prepare_months(self, ids: Sequence[int]) -> None:
        """Prepare nothing: the index is one table.

        Args:
            ids: Id of a message of each month.
        """

    def set_numbers(self, last_change: int) -> None:
        """Let changes have the numbers after the last one; those of rows follow by themselves.

        Args:
            last_change: Number of the last change, which is in the table.
        """
        lost = self.run("select * from pragma_foreign_key_check limit 1")
        if lost:
            raise MoveFailed(
                f"{lost[0][0]} has a row that belongs to a missing row of {lost[0][2]}:"
                " the source is damaged; restore a backup of it"
            )

    def settle(self, tables: Sequence[Table]) -> None:
        """Put everything on disk, also what the log contains.

        Args:
            tables: Tables that were filled.
        """
        self.run("pragma wal_checkpoint(truncate)")
        self.run("pragma synchronous = full")

    def close(self) -> None:
        """Close the connection, and with it what it has locked."""
        self._connection.close()

    @contextlib.contextmanager
    def _convert_errors(self) -> Iterator[None]:
        """Convert errors of SQLite, and of ours without the name of the file."""
        try:
            yield
        except (sqlite3.Error, NewerDatabase, NotADatabase) as error:
            raise translate_error(error, self._path) from error


def _get_version() -> int:
    """Return the number of the schema of this version."""
    return migrations.list_migrations()[-1][0]
