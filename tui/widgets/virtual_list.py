"""A list of any length that costs what is on the screen.

It draws from a window of rows read by key, and knows no positions: the cursor is a row, and the
window is what lies around it. So a list of a million rows opens like one of ten, and when rows
move because the world has changed, the one under the cursor stays on its line.
"""

import asyncio
from abc import abstractmethod
from collections import OrderedDict
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from tui.widgets.row_source import RowSource, RowT
from tui.widgets.say import Reader
from tui.widgets.styled import Styled

_CACHED = 1_024
_SCREENS = 3
"""How many screens of rows are read ahead and kept behind."""


class VirtualList(Reader, Styled, RowSource[RowT], can_focus=True):
    """Rows of one height around a cursor; a subclass reads and draws them."""

    ROW_HEIGHT: ClassVar[int] = 1
    COMPONENT_CLASSES: ClassVar[set[str]] = {"list--thumb", "list--track", "list--empty"}

    class Moved(Message):
        """The cursor stands on another row, or on none."""

    class Chosen(Message):
        """The row under the cursor was clicked."""

    def __init__(self, *, id: str | None = None) -> None:
        """An empty list; nothing is read before `start`."""
        super().__init__(id=id)
        self.rows: list[RowT] = []
        self.cursor = 0
        self.top = 0
        self.total = 0
        """How many rows there are, as far as known."""
        self._ahead = 0
        """How many rows lie before the window."""
        self._strips: OrderedDict[object, list[Strip]] = OrderedDict()
        self._turn = asyncio.Lock()
        """Keys and news both read: one after the other, as each begins where the last ended."""

    # What a subclass says -------------------------------------------------------------------

    @abstractmethod
    def draw(self, row: RowT, *, current: bool, width: int) -> list[Strip]:
        """`ROW_HEIGHT` strips of `width` cells."""

    def empty_words(self) -> str:
        """One line for a list without rows: why, and which key comes next."""
        return ""

    def look(self) -> object:
        """Whatever else a row's picture depends on."""
        return None

    # What others ask ------------------------------------------------------------------------

    @property
    def current(self) -> RowT | None:
        """The row under the cursor."""
        return self.rows[self.cursor] if self.rows else None

    @property
    def visible_rows(self) -> int:
        """How many whole rows fit."""
        return max(1, self.size.height // self.ROW_HEIGHT)

    async def start(self) -> None:
        """Read the beginning and stand on the first row."""
        async with self._turn:
            self._show(await self.load_after(None, self._page), cursor=0, top=0, ahead=0)

    async def to_last(self) -> None:
        """Read the end and stand on the last row."""
        async with self._turn:
            rows = await self.load_before(None, self._page)
            ahead = max(0, self.total - len(rows))
            self._show(rows, cursor=len(rows) - 1, top=len(rows), ahead=ahead)

    async def move(self, rows: int) -> None:
        """Move the cursor down (or up) by so many rows."""
        async with self._turn:
            if not 0 <= self.cursor + rows < len(self.rows):
                await self._read_on(down=rows > 0)
            self._stand(max(0, min(self.cursor + rows, len(self.rows) - 1)))
        if self._near_edge(rows > 0):
            self.call_later(self._read_ahead, down=rows > 0)

    async def go_to(self, row: RowT) -> None:
        """Stand on this row, wherever it is in the list."""
        async with self._turn:
            for place, known in enumerate(self.rows):
                if self.identity(known) == self.identity(row):
                    self._stand(place)
                    return
            await self._read_around(row, line=self.visible_rows // 2)

    async def reload(self) -> None:
        """Read the window again; the row under the cursor stays on its line."""
        async with self._turn:
            row = self.current
            if row is None or self.cursor == self.top == self._ahead == 0:
                await self._reload_top()
                return
            await self._read_around(row, line=self.cursor - self.top)

    async def _reload_top(self) -> None:
        """At the top the list shows what is first now, and the cursor follows its row."""
        old = self.current
        rows = await self.load_after(None, self._page)
        cursor = 0
        if old is not None:
            same = [n for n, row in enumerate(rows) if self.identity(row) == self.identity(old)]
            cursor = same[0] if same else 0
        self._show(rows, cursor=cursor, top=0, ahead=0)

    def replace(self, row: RowT) -> None:
        """Draw one row anew, in its place."""
        for place, known in enumerate(self.rows):
            if self.identity(known) == self.identity(row):
                self.rows[place] = row
                self.refresh_row(place)

    def refresh_row(self, place: int) -> None:
        """Repaint one row, if it is on the screen."""
        y = (place - self.top) * self.ROW_HEIGHT
        if 0 <= y < self.size.height:
            self.refresh(Region(0, y, self.size.width, self.ROW_HEIGHT))

    # The window -----------------------------------------------------------------------------

    @property
    def _page(self) -> int:
        """How many rows one read brings."""
        return max(30, self.visible_rows * _SCREENS)

    def _near_edge(self, down: bool) -> bool:
        """Whether the window should grow before the cursor reaches its end."""
        rest = len(self.rows) - self.cursor if down else self.cursor
        return rest < self.visible_rows

    async def _read_ahead(self, *, down: bool) -> None:
        """Grow the window while nobody waits for it."""
        async with self._turn:
            await self._read_on(down=down)

    async def _read_on(self, *, down: bool) -> None:
        """Grow the window at one end, and let go of the other."""
        if not self.rows:
            return
        keep = self._page * 3
        if down:
            self.rows += await self.load_after(self.rows[-1], self._page)
            surplus = max(0, min(len(self.rows) - keep, self.top))
            del self.rows[:surplus]
            self._shift(-surplus)
            self._ahead += surplus
            return
        found = await self.load_before(self.rows[0], self._page)
        self.rows[:0] = found
        self._shift(len(found))
        self._ahead = max(0, self._ahead - len(found)) if len(found) == self._page else 0
        del self.rows[max(keep, self.top + self.visible_rows + 1) :]

    def _shift(self, by: int) -> None:
        """Rows were added or removed in front of the window: the picture is the same."""
        self.cursor += by
        self.top += by

    async def _read_around(self, row: RowT, *, line: int) -> None:
        """Read a window around a row and show it (or its successor) on a line of the screen."""
        fresh = await self.load_again(row)
        anchor = fresh if fresh is not None else row
        front = await self.load_before(anchor, self._page)
        back = await self.load_after(anchor, self._page)
        middle = [fresh] if fresh is not None else []
        ahead = self._ahead if len(front) == self._page else 0
        cursor = len(front)
        self._show([*front, *middle, *back], cursor=cursor, top=cursor - line, ahead=ahead)

    def _show(self, rows: list[RowT], *, cursor: int, top: int, ahead: int) -> None:
        """Take a new window."""
        old = self.current
        self.rows = rows
        self.cursor = max(0, min(cursor, len(rows) - 1))
        self.top = max(0, min(top, len(rows) - self.visible_rows))
        self._ahead = ahead
        self._keep_in_sight()
        self.refresh()
        new = self.current
        if (old is None) != (new is None) or (
            old is not None and new is not None and self.identity(old) != self.identity(new)
        ):
            self.post_message(self.Moved())

    def _stand(self, place: int) -> None:
        """Put the cursor on a row of the window and repaint what changes."""
        if place == self.cursor or not self.rows:
            return
        old, self.cursor = self.cursor, place
        if self._keep_in_sight():
            self.refresh()
        else:
            self.refresh_row(old)
            self.refresh_row(place)
        self.post_message(self.Moved())

    def _keep_in_sight(self) -> bool:
        """Scroll so that the cursor is on the screen; whether that was needed."""
        top = min(self.top, self.cursor)
        top = max(top, self.cursor - self.visible_rows + 1, 0)
        moved, self.top = top != self.top, top
        return moved

    # Drawing --------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        width = self.size.width
        place, line = divmod(y, self.ROW_HEIGHT)
        place += self.top
        if not self.rows and y == self.size.height // 2:
            return self._nothing(width)
        if not 0 <= place < len(self.rows):
            return Strip.blank(width, self.style_of())
        strip = self._drawn(place, width - 1)[line]
        return Strip.join([strip, self._track(y)])

    def _nothing(self, width: int) -> Strip:
        """What to do when there is nothing to see."""
        style = self.style_of("list--empty")
        return Strip([Segment(self.empty_words().center(width), style)]).crop(0, width)

    def _drawn(self, place: int, width: int) -> list[Strip]:
        """A row's strips, drawn once for each different picture."""
        row = self.rows[place]
        current = place == self.cursor
        key = (row, current, width, self.has_focus, self.look())
        strips = self._strips.get(key)
        if strips is None:
            strips = self._strips[key] = self.draw(row, current=current, width=width)
            if len(self._strips) > _CACHED:
                self._strips.popitem(last=False)
        return strips

    def _track(self, y: int) -> Strip:
        """One cell of the bar that shows where in the list the window is."""
        known = max(self.total, self._ahead + len(self.rows))
        if known <= self.visible_rows:
            return Strip.blank(1, self.style_of())
        height = self.size.height
        thumb = max(1, height * self.visible_rows // known)
        room = max(1, known - self.visible_rows)
        begin = (height - thumb) * min(self._ahead + self.top, room) // room
        name = "list--thumb" if begin <= y < begin + thumb else "list--track"
        return Strip.blank(1, self.style_of(name))

    # What happens to it ---------------------------------------------------------------------

    def notify_style_update(self) -> None:
        """The theme has changed: every picture is stale."""
        super().notify_style_update()
        self._strips.clear()

    async def on_resize(self, event: events.Resize) -> None:
        """Another height may need more rows, and leaves no room empty that rows could fill."""
        self.top = max(0, min(self.top, len(self.rows) - self.visible_rows))
        self._keep_in_sight()
        if self.rows and len(self.rows) - self.top < self.visible_rows:
            await self._read_ahead(down=True)
        self.refresh()

    async def on_click(self, event: events.Click) -> None:
        """Stand on the row that was clicked."""
        place = self.top + event.y // self.ROW_HEIGHT
        if place < len(self.rows):
            self._stand(place)
            self.post_message(self.Chosen())

    async def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel moves the cursor: it is always in sight."""
        event.stop()
        await self.move(3)

    async def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel moves the cursor: it is always in sight."""
        event.stop()
        await self.move(-3)
