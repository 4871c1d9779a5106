"""Show the messages that a search found: two lines each, with the search terms highlighted."""

from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.desk import cells, format
from tui.desk.badges import BADGES
from tui.desk.context import AppContext
from tui.domain.message import Direction, Message
from tui.domain.searching import SearchQuery, find_spans
from tui.domain.text import one_line
from tui.store.store import Store
from tui.terminal.ascii_text import protect_text
from tui.widgets.styled import overlay_style
from tui.widgets.virtual_list import VirtualList

_MAX_BODY_CHARS = 2_000
_ARROWS = {Direction.IN: "from", Direction.OUT: "to", Direction.NOTE: "note on"}


class Hits(VirtualList[Message]):
    """List the messages found, newest first."""

    ROW_HEIGHT = 2
    COMPONENT_CLASSES: ClassVar[set[str]] = {"list--cursor", "hit--meta", "hit--word"}
    can_focus = False

    def __init__(self, store: Store, context: AppContext, conversation_id: int = 0) -> None:
        """Create an empty list; `run_search` fills it.

        Args:
            store: Store to search in.
            context: Settings and helpers shared by the screens.
            conversation_id: Id of the open conversation; 0 for none.
        """
        super().__init__(id="hits")
        self._store = store
        self._app_context = context
        self._conversation_id = conversation_id
        self._query = SearchQuery()
        self._found: list[Message] = []
        self._names: dict[int, str] = {}

    async def run_search(self, query: SearchQuery) -> None:
        """Search for something else.

        Args:
            query: Search terms and filters.
        """
        self._query = query
        self._found = []
        self._strip_cache.clear()
        await self.go_to_first()

    async def load_after(self, row: Message | None, limit: int) -> list[Message]:
        """Return results older than a row; each page is read from the store once.

        Args:
            row: Row to continue after; None for the beginning.
            limit: Largest number of rows.
        """
        index = self._found.index(row) + 1 if row is not None else 0
        if index == len(self._found):
            await self._read_page(limit, before=row)
        return self._found[index : index + limit]

    async def _read_page(self, limit: int, *, before: Message | None) -> None:
        """Read the next page, and the names of its conversations."""
        end = {} if before is None else {"before": before.id}
        found = await self._store.search.find_messages(
            self._query, open_id=self._conversation_id, limit=limit, **end
        )
        for conversation_id in {hit.conversation_id for hit in found} - self._names.keys():
            conversation = await self._store.conversations.get(conversation_id)
            self._names[conversation_id] = conversation.title if conversation else ""
        self._found += found

    async def load_before(self, row: Message | None, limit: int) -> list[Message]:
        """Return results newer than a row; they are still in memory.

        Args:
            row: Row to end before.
            limit: Largest number of rows.
        """
        index = self._found.index(row) if row is not None else 0
        return self._found[max(0, index - limit) : index]

    async def reload_row(self, row: Message) -> Message | None:
        """Return the row, as a result does not change."""
        return row

    def get_row_key(self, row: Message) -> object:
        """Return the id of the message."""
        return row.id

    def draw_row(self, row: Message, *, current: bool, width: int) -> list[Strip]:
        """Draw a line with contact, time and badge, and a line of text around the first match.

        Args:
            row: Message to draw.
            current: Whether the cursor is on it.
            width: Width of each strip in cells.
        """
        base = self.find_style("list--cursor") if current else self.find_style()
        dim = overlay_style(base, self.find_style("hit--meta"))
        context = self._app_context
        when = format.format_day(row.at, context.clock.now(), context.zone)
        time = format.format_time(row.at, context.zone)
        who = one_line(self._names.get(row.conversation_id, ""), 40)
        badge = f" · {BADGES[row.status].format(ascii=context.ascii)}" if row.status else ""
        head = cells.fit_cells(f" {_ARROWS[row.direction]} {who} · {when} {time}{badge}", width)
        return [Strip([Segment(head, dim)]), self._draw_body(row, base, width)]

    def _draw_body(self, row: Message, base: Style, width: int) -> Strip:
        """Draw the text from a place on where the first match is visible."""
        strong = overlay_style(base, self.find_style("hit--word"))
        line = one_line(row.summary, _MAX_BODY_CHARS)
        line = protect_text(line) if self._app_context.ascii else line
        shown = make_excerpt(line, self._query.text, width - 4)
        segments, done = [Segment("   ", base)], 0
        for begin, end in find_spans(shown, self._query.text):
            segments += [Segment(shown[done:begin], base), Segment(shown[begin:end], strong)]
            done = end
        return Strip([*segments, Segment(shown[done:], base)]).adjust_cell_length(width, base)


def make_excerpt(line: str, text: str, width: int) -> str:
    """Return the part of a line that shows the first match.

    Args:
        line: Text on one line.
        text: Text of the search.
        width: Width in cells.
    """
    found = find_spans(line, text)
    if found and cell_len(line[: found[0][1]]) > width - 4:
        begin = max(0, found[0][0] - width // 3)
        line = "…" + line[line.find(" ", begin, found[0][0]) + 1 or begin :]
    return cells.fit_cells(line, width)
