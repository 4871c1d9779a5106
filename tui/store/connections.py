"""Say what a query needs of a connection, whichever engine it belongs to."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol


class Row(Protocol):
    """Row of a result, by the name or the place of a column."""

    def __getitem__(self, key: Any, /) -> Any:
        """Return the value of a column."""
        ...

    def __iter__(self) -> Iterator[Any]:
        """Return the values in the order of the columns."""
        ...

    def __len__(self) -> int:
        """Return the number of columns."""
        ...

    def keys(self) -> Iterable[str]:
        """Return the names of the columns."""
        ...


class Cursor(Protocol):
    """Result of a statement."""

    @property
    def rowcount(self) -> int:
        """Return how many rows the statement changed."""
        ...

    def fetchall(self) -> list[Any]:
        """Return all rows that are left, each a `Row`."""
        ...

    def fetchone(self) -> Any:
        """Return the next row, or None if there is none."""
        ...

    def __iter__(self) -> Iterator[Any]:
        """Return the rows that are left."""
        ...


class Connection(Protocol):
    """Connection of an engine. Statements name their values `:name`, on every engine."""

    @property
    def dialect(self) -> str:
        """Return the name of the folder in `sql/` with the statements that only this engine has."""
        ...

    def execute(self, sql: str, values: Mapping[str, Any] = ..., /) -> Cursor:
        """Run a statement.

        Args:
            sql: The statement.
            values: Its values by name.
        """
        ...

    def executemany(self, sql: str, values: Iterable[Mapping[str, Any]], /) -> Any:
        """Run the same statement for every set of values.

        Args:
            sql: The statement.
            values: Its values by name, for each time.
        """
        ...

    def send_together(self) -> AbstractContextManager[object]:
        """Let the statements of a block that return nothing share one round trip to a server.

        An error of one of them may come at the end of the block.
        """
        ...
