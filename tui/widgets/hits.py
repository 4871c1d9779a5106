"""What a search found: two lines for each message, the words that were asked for set off."""

from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui import present
from tui.domain.message import Direction, Message
from tui.domain.searching import Query, spans
from tui.domain.text import one_line
from tui.seat import Seat
from tui.store.store import Store
from tui.terminal.signs import spared
from tui.widgets.styled import over
from tui.widgets.virtual_list import VirtualList

_LONGEST = 2_000
_ARROWS = {Direction.IN: "from", Direction.OUT: "to", Direction.NOTE: "note on"}


class Hits(VirtualList[Message]):
    """The messages found, newest first."""

    ROW_HEIGHT = 2
    COMPONENT_CLASSES: ClassVar[set[str]] = {"list--cursor", "hit--meta", "hit--word"}
    can_focus = False

    def __init__(self, store: Store, seat: Seat, here: int = 0) -> None:
        """Finds nothing before `find`; `here` is the id of the open conversation."""
        super().__init__(id="hits")
        self._store = store
        self._seat = seat
        self._here = here
        self._query = Query()
        self._found: list[Message] = []
        self._names: dict[int, str] = {}

    async def find(self, query: Query) -> None:
        """Search for something else."""
        self._query = query
        self._found = []
        self._strips.clear()
        await self.start()

    async def load_after(self, row: Message | None, limit: int) -> list[Message]:
        """Hits older than this one; each page is read once."""
        place = self._found.index(row) + 1 if row is not None else 0
        if place == len(self._found):
            await self._read_page(limit, before=row)
        return self._found[place : place + limit]

    async def _read_page(self, limit: int, *, before: Message | None) -> None:
        """Read the next page, and the names that stand in it."""
        end = {} if before is None else {"before": before.id}
        found = await self._store.searching.find(self._query, here=self._here, limit=limit, **end)
        for conversation_id in {hit.conversation_id for hit in found} - self._names.keys():
            conversation = await self._store.conversations.get(conversation_id)
            self._names[conversation_id] = conversation.title if conversation else ""
        self._found += found

    async def load_before(self, row: Message | None, limit: int) -> list[Message]:
        """What was let go of at the top is still known."""
        place = self._found.index(row) if row is not None else 0
        return self._found[max(0, place - limit) : place]

    async def load_again(self, row: Message) -> Message | None:
        """A hit stays one."""
        return row

    def identity(self, row: Message) -> object:
        """The message's id."""
        return row.id

    def draw(self, row: Message, *, current: bool, width: int) -> list[Strip]:
        """Who and when, with the badge; the text around the first word."""
        base = self.style_of("list--cursor") if current else self.style_of()
        dim = over(base, self.style_of("hit--meta"))
        seat = self._seat
        when = present.day(row.at, seat.clock.now(), seat.zone)
        time = present.clock_time(row.at, seat.zone)
        who = one_line(self._names.get(row.conversation_id, ""), 40)
        badge = f" · {present.badge(row.status, ascii=seat.ascii)}" if row.status else ""
        head = present.fit(f" {_ARROWS[row.direction]} {who} · {when} {time}{badge}", width)
        return [Strip([Segment(head, dim)]), self._body(row, base, width)]

    def _body(self, row: Message, base: Style, width: int) -> Strip:
        """The text, begun so that the first word asked for is in sight."""
        strong = over(base, self.style_of("hit--word"))
        line = one_line(row.body, _LONGEST)
        line = spared(line) if self._seat.ascii else line
        shown = excerpt(line, self._query.text, width - 4)
        segments, done = [Segment("   ", base)], 0
        for begin, end in spans(shown, self._query.text):
            segments += [Segment(shown[done:begin], base), Segment(shown[begin:end], strong)]
            done = end
        return Strip([*segments, Segment(shown[done:], base)]).adjust_cell_length(width, base)


def excerpt(line: str, text: str, width: int) -> str:
    """The part of a line, in `width` cells, that shows the first word of a search."""
    found = spans(line, text)
    if found and cell_len(line[: found[0][1]]) > width - 4:
        begin = max(0, found[0][0] - width // 3)
        line = "…" + line[line.find(" ", begin, found[0][0]) + 1 or begin :]
    return present.fit(line, width)
