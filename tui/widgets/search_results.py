"""Show the people and messages that a search found: two lines each, with its terms highlighted."""

from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.desk import cells, format
from tui.desk.badges import BADGES
from tui.desk.context import AppContext
from tui.desk.found_people import format_hit_detail, format_person_hit, search_people
from tui.domain.message import Direction, Message
from tui.domain.person import PersonHit
from tui.domain.searching import SearchQuery, find_spans
from tui.domain.text import one_line
from tui.store.messages import NEWEST
from tui.store.store import Store
from tui.terminal.ascii_text import protect_text
from tui.widgets.styled import overlay_style
from tui.widgets.virtual_list import VirtualList

_MAX_BODY_CHARS = 2_000
Hit = Message | PersonHit
_SEPARATOR = " · "
_ARROWS = {Direction.IN: "from", Direction.OUT: "to", Direction.NOTE: "note on"}


class Hits(VirtualList[Hit]):
    """List the people found, and below them the messages, newest first."""

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
        self._found: list[Hit] = []
        self._names: dict[int, str] = {}

    async def run_search(self, query: SearchQuery) -> None:
        """Search for something else.

        Args:
            query: Search terms and filters.
        """
        people = await search_people(self._store, query)
        messages = await self._read_page(query, self.page_size)
        self._query = query
        self._found = [*people, *messages]
        self._strip_cache.clear()
        await self.go_to_first()

    async def load_after(self, row: Hit | None, limit: int) -> list[Hit]:
        """Return results after a row; each page is read from the store once.

        Args:
            row: Row to continue after; None for the beginning.
            limit: Largest number of rows.
        """
        index = self._found.index(row) + 1 if row is not None else 0
        if isinstance(row, Message) and index == len(self._found):
            self._found += await self._read_page(self._query, limit, before=row.id)
        return self._found[index : index + limit]

    async def _read_page(
        self, query: SearchQuery, limit: int, *, before: int = NEWEST
    ) -> list[Message]:
        """Read messages, and the names of their conversations."""
        found = await self._store.search.find_messages(
            query, open_id=self._conversation_id, limit=limit, before=before
        )
        unnamed = {hit.conversation_id for hit in found} - self._names.keys()
        if unnamed:
            read = await self._store.search.read_conversations(unnamed)
            self._names |= {one: read[one].title if one in read else "" for one in unnamed}
        return found

    async def load_before(self, row: Hit | None, limit: int) -> list[Hit]:
        """Return results before a row; they are still in memory.

        Args:
            row: Row to end before.
            limit: Largest number of rows.
        """
        index = self._found.index(row) if row is not None else 0
        return self._found[max(0, index - limit) : index]

    async def reload_row(self, row: Hit) -> Hit | None:
        """Return the row, as a result does not change."""
        return row

    def get_row_key(self, row: Hit) -> object:
        """Return the id of the message, or of the person behind a word."""
        return row.id if isinstance(row, Message) else ("person", row.person.id)

    def draw_row(self, row: Hit, *, current: bool, width: int) -> list[Strip]:
        """Draw a line about the hit, and a line of text around the first match.

        Args:
            row: Message or person to draw.
            current: Whether the cursor is on it.
            width: Width of each strip in cells.
        """
        base = self.find_style("list--cursor") if current else self.find_style()
        dim = overlay_style(base, self.find_style("hit--meta"))
        if isinstance(row, PersonHit):
            head = f" person · {format_hit_detail(row, self._app_context.clock.now())}"
            body = format_person_hit(row, width - 4)
        else:
            head, body = self._format_head(row), one_line(row.summary, _MAX_BODY_CHARS)
        if self._app_context.ascii:  # only our own dots between the parts become ASCII
            head = _SEPARATOR.join(map(protect_text, head.split(_SEPARATOR)))
        lines = [Strip([Segment(cells.fit_cells(head, width), dim)])]
        return [*lines, self._draw_body(body, base, width)]

    def _format_head(self, row: Message) -> str:
        """Return contact, time and badge of a message."""
        context = self._app_context
        when = format.format_day(row.at, context.clock.now(), context.zone)
        time = format.format_time(row.at, context.zone)
        who = one_line(self._names.get(row.conversation_id, ""), 40)
        badge = f" · {BADGES[row.status].format(ascii=context.ascii)}" if row.status else ""
        return f" {_ARROWS[row.direction]} {who} · {when} {time}{badge}"

    def _draw_body(self, body: str, base: Style, width: int) -> Strip:
        """Draw the text from a place on where the first match is visible."""
        strong = overlay_style(base, self.find_style("hit--word"))
        line = protect_text(body) if self._app_context.ascii else body
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
