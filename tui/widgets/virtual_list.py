"""Show a list of any length at the cost of the rows on the screen.

The list draws from a window of rows read by key, and knows no positions: the cursor is a row, and
the window contains the rows around it. So a list of a million rows opens like one of ten, and
when rows move because the data has changed, the one under the cursor stays on its line.
"""

import asyncio
from abc import abstractmethod
from collections import OrderedDict
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip

from tui.desk.cells import center_text
from tui.widgets.row_window import RowT, RowWindow
from tui.widgets.status_messages import StoreReader
from tui.widgets.styled import StyledWidget

_MAX_CACHED = 1_024


class VirtualList(StoreReader, StyledWidget, RowWindow[RowT], can_focus=True):
    """Show rows of one height around a cursor; a subclass reads and draws them."""

    ROW_HEIGHT: ClassVar[int] = 1
    COMPONENT_CLASSES: ClassVar[set[str]] = {"list--thumb", "list--track", "list--empty"}

    class Moved(Message):
        """The cursor is on another row, or on none."""

    class Chosen(Message):
        """The row under the cursor was clicked."""

    def __init__(self, *, id: str | None = None) -> None:
        """Create an empty list; nothing is read before `go_to_first`."""
        super().__init__(id=id)
        self.rows: list[RowT] = []
        self.cursor = 0
        self.top = 0
        self.total = 0
        self.rows_before = 0
        self._strip_cache: OrderedDict[object, list[Strip]] = OrderedDict()
        self._window_lock = asyncio.Lock()
        """Serializes reads by keys and by changes, as each begins where the last one ended."""

    # Implemented by a subclass --------------------------------------------------------------

    @abstractmethod
    def draw_row(self, row: RowT, *, current: bool, width: int) -> list[Strip]:
        """Draw a row as `ROW_HEIGHT` strips.

        Args:
            row: Row to draw.
            current: Whether the cursor is on it.
            width: Width of each strip in cells.
        """

    def describe_empty(self) -> str:
        """Return one line for an empty list: the reason, and which key to press."""
        return ""

    def get_appearance_key(self) -> object:
        """Return everything else that changes how a row looks."""
        return None

    # Public interface -----------------------------------------------------------------------

    @property
    def visible_rows(self) -> int:
        """Return how many whole rows fit on the screen."""
        return max(1, self.size.height // self.ROW_HEIGHT)

    async def go_to_first(self) -> None:
        """Read the beginning and put the cursor on the first row."""
        async with self._window_lock:
            await self._read_first_page()

    async def go_to_last(self) -> None:
        """Read the end and put the cursor on the last row."""
        async with self._window_lock:
            rows = await self.load_before(None, self.page_size)
            ahead = max(0, self.total - len(rows))
            self.show_window(rows, cursor=len(rows) - 1, top=len(rows), ahead=ahead)

    async def move_by(self, rows: int) -> None:
        """Move the cursor down or up.

        Args:
            rows: Rows to move; negative for up.
        """
        async with self._window_lock:
            if not 0 <= self.cursor + rows < len(self.rows):
                await self.extend_window(down=rows > 0)
            self._set_cursor(max(0, min(self.cursor + rows, len(self.rows) - 1)))
        if self.is_near_edge(rows > 0):
            self.call_later(self._read_ahead, down=rows > 0)

    async def go_to_row(self, row: RowT) -> None:
        """Put the cursor on a row, wherever it is in the list."""
        async with self._window_lock:
            index = self.find_index(row)
            if index is not None:
                self._set_cursor(index)
                return
            await self._read_around_row(row, line=self.visible_rows // 2)

    async def reload_rows(self) -> None:
        """Read the window again; the row under the cursor stays on its line.

        If it has changed its place, the other rows stay on theirs as far as that is possible. At
        the beginning of the list the first row is shown, whatever has come before it.
        """
        async with self._window_lock:
            row = self.current_row
            if row is None:
                await self._read_first_page()
                return
            is_at_start = self.cursor == self.top == self.rows_before == 0
            await self._read_around_row(
                row, line=self.cursor - self.top, top_row=self.rows[self.top], at_start=is_at_start
            )

    async def _read_first_page(self) -> None:
        """Read the beginning and put the cursor on the first row."""
        self.show_window(await self.load_after(None, self.page_size), cursor=0, top=0, ahead=0)

    def replace_row(self, row: RowT) -> None:
        """Replace a row by its newer version and repaint it.

        Args:
            row: Row as it is now; ignored if it is not in the window.
        """
        index = self.find_index(row)
        if index is not None:
            self.rows[index] = row
            self.refresh_row(index)

    def refresh_row(self, index: int) -> None:
        """Repaint the row at this place in the window, if it is on the screen."""
        y = (index - self.top) * self.ROW_HEIGHT
        if 0 <= y < self.size.height:
            self.refresh(Region(0, y, self.size.width, self.ROW_HEIGHT))

    # The window -----------------------------------------------------------------------------

    async def _read_ahead(self, *, down: bool) -> None:
        """Extend the window in the background."""
        async with self._window_lock:
            await self.extend_window(down=down)

    async def _read_around_row(
        self, row: RowT, *, line: int, top_row: RowT | None = None, at_start: bool = False
    ) -> None:
        """Read the rows around a row and show it, or its successor, on a line of the screen.

        Args:
            row: Row to read around.
            line: Line of the screen, in rows from the top.
            top_row: Row at the top, which stays there if the row itself has moved within sight.
            at_start: Whether the beginning of the list is shown, if the row is in its sight.
        """
        fresh = await self.reload_row(row)
        if fresh is None:
            fresh = await self.keep_departed_row(row)
        anchor = fresh if fresh is not None else row
        has_moved = not self.is_same_place(row, anchor)
        front = await self.load_before(anchor, self.page_size)
        back = await self.load_after(anchor, self.page_size)
        middle = [fresh] if fresh is not None else []
        ahead = self.rows_before if len(front) == self.page_size else 0
        rows, cursor = [*front, *middle, *back], len(front)
        top = cursor - line
        if at_start:
            top = 0
        elif has_moved and top_row is not None:
            keys = [self.get_row_key(known) for known in rows]
            key = self.get_row_key(top_row)
            kept = keys.index(key) if key in keys else len(keys)
            top = kept if kept <= cursor < kept + self.visible_rows else top
        self.show_window(rows, cursor=cursor, top=top, ahead=ahead)

    def show_window(self, rows: list[RowT], *, cursor: int, top: int, ahead: int) -> None:
        """Show a new window.

        Args:
            rows: All rows of the window.
            cursor: Place of the cursor's row.
            top: Place of the first row on the screen.
            ahead: Number of rows before the window.
        """
        old = self.current_row
        self.rows = rows
        self.cursor = max(0, min(cursor, len(rows) - 1))
        self.top = max(0, min(top, len(rows) - self.visible_rows))
        self.rows_before = ahead
        self.scroll_to_cursor()
        self.refresh()
        new = self.current_row
        if (old is None) != (new is None) or (
            old is not None and new is not None and self.get_row_key(old) != self.get_row_key(new)
        ):
            self.post_message(self.Moved())

    def _set_cursor(self, index: int) -> None:
        """Put the cursor on a row of the window and repaint the rows that change."""
        if index == self.cursor or not self.rows:
            return
        old, self.cursor = self.cursor, index
        removed = self.drop_departed_row(old)
        if self.scroll_to_cursor() or removed:
            self.refresh()
        else:
            self.refresh_row(old)
            self.refresh_row(index)
        self.post_message(self.Moved())

    # Drawing --------------------------------------------------------------------------------

    def draw_line(self, y: int, size: Size) -> Strip:
        """Return one line of the screen."""
        index, line = divmod(y, self.ROW_HEIGHT)
        index += self.top
        if not self.rows:
            return self._draw_empty(y, size)
        if index >= len(self.rows):
            return Strip.blank(size.width, self.find_style())
        thumb = self.find_thumb(size.height, self.ROW_HEIGHT)
        bar = "" if thumb is None else "list--thumb" if y in thumb else "list--track"
        return self._get_strips(index, size.width, bar)[line]

    def _draw_empty(self, y: int, size: Size) -> Strip:
        """Draw one line of an empty list, with the text in the middle."""
        line = center_text(self.describe_empty(), size.width, size.height)[y]
        return Strip([Segment(line, self.find_style("list--empty"))]).crop(0, size.width)

    def _get_strips(self, index: int, width: int, bar: str) -> list[Strip]:
        """Return a row's strips with their part of the scroll bar, drawn once for each look."""
        row = self.rows[index]
        current = index == self.cursor
        key = (row, current, width, bar, self.has_focus, self.get_appearance_key())
        strips = self._strip_cache.get(key)
        if strips is None:
            edge = Strip.blank(1, self.find_style(bar))
            drawn = self.draw_row(row, current=current, width=width - 1)
            strips = self._strip_cache[key] = [Strip.join([strip, edge]) for strip in drawn]
            if len(self._strip_cache) > _MAX_CACHED:
                self._strip_cache.popitem(last=False)
        return strips

    # Events ---------------------------------------------------------------------------------

    def notify_style_update(self) -> None:
        """Discard all strips, as the theme may have changed."""
        super().notify_style_update()
        self._strip_cache.clear()

    async def on_resize(self, event: events.Resize) -> None:
        """Read more rows if the new height needs them, and fill the room there is."""
        self.top = max(0, min(self.top, len(self.rows) - self.visible_rows))
        self.scroll_to_cursor()
        if self.rows and len(self.rows) - self.top < self.visible_rows:
            await self._read_ahead(down=True)
        self.refresh()

    async def on_click(self, event: events.Click) -> None:
        """Put the cursor on the row that was clicked."""
        index = self.top + event.y // self.ROW_HEIGHT
        if index < len(self.rows):
            self._set_cursor(index)
            self.post_message(self.Chosen())

    async def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Move the cursor with the wheel, as it is always visible."""
        event.stop()
        await self.scroll_by_wheel(3)

    async def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Move the cursor with the wheel, as it is always visible."""
        event.stop()
        await self.scroll_by_wheel(-3)

    async def scroll_by_wheel(self, rows: int) -> None:
        """Move the cursor down, or up by a negative number of rows, for a turn of the wheel."""
        await self.move_by(rows)
