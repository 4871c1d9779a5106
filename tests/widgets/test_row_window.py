"""Test when a list reads more rows before the cursor is at the end of those it has."""

import pytest

from tui.widgets.row_window import RowWindow


class Window(RowWindow[int]):
    """A window on a screen of ten rows."""

    visible_rows = 10

    def __init__(self, *, rows: int, before: int, total: int, cursor: int) -> None:
        """Create a window with rows that nothing reads."""
        self.rows, self.rows_before = list(range(rows)), before
        self.total, self.cursor, self.top = total, cursor, 0

    def get_row_key(self, row: int) -> object:
        """Return the row itself."""
        return row

    async def load_after(self, row: int | None, limit: int) -> list[int]:
        """Read nothing."""
        raise NotImplementedError

    async def load_before(self, row: int | None, limit: int) -> list[int]:
        """Read nothing."""
        raise NotImplementedError

    async def reload_row(self, row: int) -> int | None:
        """Read nothing."""
        raise NotImplementedError


@pytest.mark.parametrize(
    ("rows", "before", "total", "cursor", "down", "expected"),
    [
        (30, 0, 100, 25, True, True),
        (30, 0, 100, 5, True, False),
        (30, 70, 100, 25, True, False),
        (30, 70, 100, 5, False, True),
        (30, 0, 100, 5, False, False),
        (12, 0, 12, 11, True, False),
        (12, 0, 0, 11, True, True),
        (12, 0, 0, 1, False, True),
    ],
)
def test_rows_are_read_ahead_only_where_there_are_more(
    rows: int, before: int, total: int, cursor: int, down: bool, expected: bool
) -> None:
    window = Window(rows=rows, before=before, total=total, cursor=cursor)
    assert window.is_near_edge(down) is expected
