"""Say what moving needs of an inbox on either engine: its tables, rows, locks and marks."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from enum import StrEnum
from typing import Any, Protocol

from tui.clock import DAY
from tui.domain.ids import extract_time, smallest_id_at
from tui.domain.record_type import record
from tui.store.errors import CannotOpen, InboxMark, StoreError

_SHORTEST_MONTH = 28 * DAY

RowValues = tuple[Any, ...]
"""Values of a row in the order of the table's columns."""


class MoveRefused(CannotOpen):
    """The move cannot begin; nothing was changed."""


class MoveFailed(StoreError):
    """The move has ended before source and target were equal; no desk opens the target."""


class Kind(StrEnum):
    """Type of a column."""

    NUMBER = "int8"
    TEXT = "text"
    BYTES = "bytea"
    FRACTION = "float8"


@record
class Table:
    """Table of an inbox."""

    name: str
    columns: Mapping[str, Kind]
    """Type of each column, in their order."""
    key: tuple[str, ...]
    """Columns of the primary key."""
    parents: frozenset[str] = frozenset()
    """Tables that its rows refer to."""

    @property
    def key_places(self) -> list[int]:
        """Return the places of the key's values in a row."""
        names = list(self.columns)
        return [names.index(name) for name in self.key]

    def build_select(self, where: str = "") -> str:
        """Return the query of all rows in the order of the key.

        Args:
            where: Condition of the rows; empty for all.
        """
        condition = f" where {where}" if where else ""
        return (
            f'select {quote_names(self.columns)} from "{self.name}"{condition}'
            f" order by {quote_names(self.key)}"
        )


def quote_names(names: Sequence[str] | Mapping[str, Any]) -> str:
    """Return names of columns or tables as a list in a statement."""
    return ", ".join(f'"{name}"' for name in names)


class MovableInbox(Protocol):
    """Inbox that is moved, or database that an inbox is moved into."""

    name: str
    """Name that an operator knows it by."""

    def check_version(self) -> None:
        """Refuse a database that is no inbox of this version.

        Raises:
            StoreError: It is none; the text says what to do.
        """
        ...

    def list_tables(self) -> dict[str, Table]:
        """Return the tables that hold the inbox, by name."""
        ...

    def run(self, sql: str, values: Mapping[str, Any] = ..., /) -> list[Any]:
        """Run a statement that both engines understand, and return its rows.

        Args:
            sql: Statement.
            values: Its values by name.
        """
        ...

    def get_time(self) -> int:
        """Return the time that all processes of this inbox go by, in ms UTC."""
        ...

    def get_last_change(self) -> int:
        """Return the number of the last change."""
        ...

    def lock_rows(self, tables: Sequence[Table]) -> None:
        """Let no process write until the connection is closed, and read one state of all.

        Args:
            tables: Tables that are read.

        Raises:
            StoreError: Another process is writing.
        """
        ...

    def find_unusual(self, table: Table, limits: Mapping[str, int]) -> bool:
        """Return whether a table has values that its columns should not have.

        Args:
            table: Table to look through.
            limits: Highest number of bytes of a text, by column.
        """
        ...

    def read_rows(self, table: Table, after: Sequence[Any] = ()) -> Iterator[RowValues]:
        """Yield rows in the order of the key, whatever their number.

        Args:
            table: Table with the columns to read.
            after: Key of the row before the first one; empty for the beginning.
        """
        ...

    # Of a target ----------------------------------------------------------------------------

    takes_any_text: bool
    """Whether a text may contain NUL, and a column have values of another type."""

    def prepare_writing(self) -> None:
        """Set the connection up to write."""
        ...

    def read_mark(self) -> InboxMark | None:
        """Return why no desk may open the database, or None if it has no mark."""
        ...

    def write_mark(self, mark: InboxMark | None) -> None:
        """Let no desk open the database, or every desk again.

        Args:
            mark: Why no desk may open it; None lets them.
        """
        ...

    def find_limits(self, table: Table) -> dict[str, int]:
        """Return the highest number of bytes of the texts that indexes contain, by column."""
        ...

    def begin(self) -> AbstractContextManager[None]:
        """Run the block in one transaction."""
        ...

    def clear(self, tables: Sequence[Table]) -> None:
        """Delete all rows, and the search index.

        Args:
            tables: Tables to clear.
        """
        ...

    def add_rows(self, table: Table, rows: Sequence[RowValues]) -> None:
        """Insert rows.

        Args:
            table: Table with the columns of the rows.
            rows: Rows, of which none exists.
        """
        ...

    def add_texts(self, texts: Sequence[tuple[int, str]]) -> list[int]:
        """Add texts to the search index; return the messages that it cannot contain completely.

        Args:
            texts: Pairs of message id and text.
        """
        ...

    def prepare_months(self, ids: Sequence[int]) -> None:
        """Prepare the search index for the months of a history.

        Args:
            ids: Id of a message of each month.
        """
        ...

    def set_numbers(self, last_change: int) -> None:
        """Let new rows and changes have the numbers after the last ones.

        Args:
            last_change: Number of the last change.
        """
        ...

    def settle(self, tables: Sequence[Table]) -> None:
        """Put everything on disk, and let the planner know the tables.

        Args:
            tables: Tables that were filled.
        """
        ...

    def close(self) -> None:
        """Close the connection, and with it what it has locked."""
        ...


def sort_by_parents(tables: Sequence[Table]) -> list[Table]:
    """Return tables so that those that others refer to come before them.

    Args:
        tables: Tables in any order.
    """
    found: list[Table] = []
    waiting = sorted(tables, key=lambda table: table.name)
    while waiting:
        names = {table.name for table in waiting}
        ready = [table for table in waiting if not (table.parents - {table.name}) & names]
        found += ready or waiting  # a circle: the keys are checked at the end
        waiting = [table for table in waiting if table not in found]
    return found


def find_months(inbox: MovableInbox) -> Iterator[int]:
    """Yield the id of a message of each month in which there is one, or of the month before.

    Args:
        inbox: Source of a move.
    """
    sql = "select min(id) from messages where id > :after"
    after = -1
    while True:
        found = inbox.run(sql, {"after": after})[0][0]
        if found is None:
            return
        yield found
        after = smallest_id_at(extract_time(found) + _SHORTEST_MONTH)
