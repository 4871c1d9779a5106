"""Define where a list gets its rows: they are read by key, a page at a time, from either side."""

from abc import abstractmethod
from typing import Generic, TypeVar

RowT = TypeVar("RowT")


class RowSource(Generic[RowT]):
    """Read the rows of a list."""

    @abstractmethod
    async def load_after(self, row: RowT | None, limit: int) -> list[RowT]:
        """Return the rows after a row.

        Args:
            row: Row to continue after; None for the beginning of the list.
            limit: Largest number of rows.
        """

    @abstractmethod
    async def load_before(self, row: RowT | None, limit: int) -> list[RowT]:
        """Return the rows before a row, in the order of the list.

        Args:
            row: Row to end before; None for the end of the list.
            limit: Largest number of rows.
        """

    @abstractmethod
    async def reload_row(self, row: RowT) -> RowT | None:
        """Return the row as it is now; None if it is not in the list any more."""

    @abstractmethod
    def get_row_key(self, row: RowT) -> object:
        """Return a key that stays the same while the row changes."""
