"""Keep the rows of a list that are near the screen.

They are read by key, a page at a time, from either side. A window knows no positions: it contains
the rows around the cursor, and how many lie before it as far as that is known.
"""

from abc import abstractmethod
from typing import Generic, TypeVar

RowT = TypeVar("RowT")


_SCREENS_PER_PAGE = 3
"""Screens of rows that one read brings."""


class RowWindow(Generic[RowT]):
    """Part of the rows of a list; a subclass reads and shows them."""

    rows: list[RowT]
    cursor: int
    """Place of the cursor's row in the window."""
    top: int
    """Place of the first row on the screen."""
    rows_before: int
    """How many rows lie before the window."""
    total: int
    """How many rows there are, as far as known."""

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

    async def keep_departed_row(self, row: RowT) -> RowT | None:
        """Return what stays in place of a row that has left the list; None for nothing.

        Args:
            row: Row as the list has it.
        """
        return None

    def has_departed(self, row: RowT) -> bool:
        """Return whether a row has left the list and only stays until the cursor moves."""
        return False

    def is_same_place(self, old: RowT, new: RowT) -> bool:
        """Return whether a row stands where it stood.

        Args:
            old: Row as the list has it.
            new: Row as it is now.
        """
        return True

    @abstractmethod
    def get_row_key(self, row: RowT) -> object:
        """Return a key that stays the same while the row changes."""

    @property
    @abstractmethod
    def visible_rows(self) -> int:
        """Return how many whole rows fit on the screen."""

    @property
    def current_row(self) -> RowT | None:
        """Return the row under the cursor; None for an empty list."""
        return self.rows[self.cursor] if self.rows else None

    def find_index(self, row: RowT) -> int | None:
        """Return the place in the window of the row with the same key; None if it is not there."""
        key = self.get_row_key(row)
        return next(
            (n for n, known in enumerate(self.rows) if self.get_row_key(known) == key), None
        )

    @property
    def page_size(self) -> int:
        """Return how many rows one read brings."""
        return max(30, self.visible_rows * _SCREENS_PER_PAGE)

    def find_thumb(self, height: int, row_height: int) -> range | None:
        """Return the lines of the bar that shows where in the list the window is.

        Args:
            height: Lines of the screen.
            row_height: Lines of a row.

        Returns:
            Lines of the thumb; None if all rows are on the screen.
        """
        known, visible = max(self.total, self.rows_before + len(self.rows)), height // row_height
        if known <= max(1, visible):
            return None
        thumb = max(1, height * visible // known)
        room = max(1, known - visible)
        begin = (height - thumb) * min(self.rows_before + self.top, room) // room
        return range(begin, begin + thumb)

    def is_near_edge(self, down: bool) -> bool:
        """Return whether the window should be extended before the cursor reaches its end."""
        after = self.total - self.rows_before - len(self.rows)
        if self.total and (after if down else self.rows_before) <= 0:
            return False  # there are no more rows, as far as known
        remaining = len(self.rows) - self.cursor if down else self.cursor
        return remaining < self.visible_rows

    async def extend_window(self, *, down: bool) -> None:
        """Extend the window at one end, and drop rows at the other."""
        if not self.rows:
            return
        keep = self.page_size * 3
        if down:
            self.rows += await self.load_after(self.rows[-1], self.page_size)
            surplus = max(0, min(len(self.rows) - keep, self.top))
            del self.rows[:surplus]
            self._shift_window(-surplus)
            self.rows_before += surplus
            return
        found = await self.load_before(self.rows[0], self.page_size)
        self.rows[:0] = found
        self._shift_window(len(found))
        self.rows_before = (
            max(0, self.rows_before - len(found)) if len(found) == self.page_size else 0
        )
        del self.rows[max(keep, self.top + self.visible_rows + 1) :]

    def drop_departed_row(self, index: int) -> bool:
        """Remove the row that the cursor has left if it only stayed for the cursor.

        Return whether it was removed.

        Args:
            index: Place of the row in the window; the cursor is elsewhere.
        """
        if not self.has_departed(self.rows[index]):
            return False
        del self.rows[index]
        self.cursor -= int(index < self.cursor)
        self.top -= int(index < self.top)
        return True

    def _shift_window(self, by: int) -> None:
        """Adapt the cursor after a change in front of the window; the screen stays the same."""
        self.cursor += by
        self.top += by

    def scroll_to_cursor(self) -> bool:
        """Scroll so that the cursor is on the screen; return whether that was needed."""
        top = min(self.top, self.cursor)
        top = max(top, self.cursor - self.visible_rows + 1, 0)
        moved, self.top = top != self.top, top
        return moved
