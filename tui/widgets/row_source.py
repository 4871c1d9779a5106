"""Where a list has its rows from: they are read by key, a page at a time, from either side."""

from abc import abstractmethod
from typing import Generic, TypeVar

RowT = TypeVar("RowT")


class RowSource(Generic[RowT]):
    """What a list of rows must be able to read."""

    @abstractmethod
    async def load_after(self, row: RowT | None, limit: int) -> list[RowT]:
        """Up to `limit` rows behind this one; None: the first."""

    @abstractmethod
    async def load_before(self, row: RowT | None, limit: int) -> list[RowT]:
        """Up to `limit` rows in front of this one, in the list's order; None: the last."""

    @abstractmethod
    async def load_again(self, row: RowT) -> RowT | None:
        """The row as it is now; None when it is not in this list any more."""

    @abstractmethod
    def identity(self, row: RowT) -> object:
        """What stays the same while the row changes."""
