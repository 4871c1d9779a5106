"""Search over everything ever written, as fast as it is typed; Enter jumps to the hit."""

import asyncio
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widgets import Input

from tui import present
from tui.domain.message import Direction, Message
from tui.domain.text import one_line
from tui.seat import Seat
from tui.store.store import Store
from tui.widgets.virtual_list import VirtualList

_DEBOUNCE = 0.12


class Hits(VirtualList[Message]):
    """The messages found, newest first."""

    ROW_HEIGHT = 2
    COMPONENT_CLASSES: ClassVar[set[str]] = {"list--cursor", "hit--meta"}
    can_focus = False

    def __init__(self, store: Store, seat: Seat) -> None:
        """Finds nothing before `find`."""
        super().__init__(id="hits")
        self._store = store
        self._seat = seat
        self._text = ""
        self._names: dict[int, str] = {}

    async def find(self, text: str) -> None:
        """Search for another text."""
        self._text = text
        await self.start()

    async def load_after(self, row: Message | None, limit: int) -> list[Message]:
        """Hits older than this one."""
        messages = self._store.messages
        if row is None:
            found = await messages.search(self._text, limit=limit)
        else:
            found = await messages.search(self._text, before=row.id, limit=limit)
        for conversation_id in {hit.conversation_id for hit in found} - self._names.keys():
            conversation = await self._store.conversations.get(conversation_id)
            self._names[conversation_id] = conversation.title if conversation else ""
        return found

    async def load_before(self, row: Message | None, limit: int) -> list[Message]:
        """What was let go of at the top is searched again from there."""
        if row is None:
            return []
        newer = await self._store.messages.search(self._text, limit=limit)
        return [hit for hit in newer if hit.id > row.id]

    async def load_again(self, row: Message) -> Message | None:
        """A hit stays one."""
        return row

    def identity(self, row: Message) -> object:
        """The message's id."""
        return row.id

    def draw(self, row: Message, *, current: bool, width: int) -> list[Strip]:
        """Who and when; the beginning of the text."""
        base = self.get_component_rich_style("list--cursor") if current else self.rich_style
        meta = self.get_component_rich_style("hit--meta")
        dim = base + Style(color=meta.color)
        when = present.day(row.at, self._seat.clock.now(), self._seat.zone)
        time = present.clock_time(row.at, self._seat.zone)
        who = one_line(self._names.get(row.conversation_id, ""), 40)
        arrow = {Direction.IN: "from", Direction.OUT: "to", Direction.NOTE: "note on"}
        head = present.fit(f" {arrow[row.direction]} {who} · {when} {time}", width)
        body = present.fit(f"   {one_line(row.body, 300)}", width)
        return [Strip([Segment(head, dim)]), Strip([Segment(body, base)])]


class SearchScreen(ModalScreen[Message | None]):
    """Dismissed with the message to jump to."""

    DEFAULT_CSS = """
    SearchScreen .dialog { width: 100; height: 90%; padding: 0 1; }
    SearchScreen Hits { height: 1fr; margin-top: 1; background: $surface; }
    SearchScreen Hits > .hit--meta { color: $text-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Call off"),
        Binding("down,ctrl+n", "move(1)", "Next", priority=True),
        Binding("up,ctrl+p", "move(-1)", "Previous", priority=True),
        Binding("pagedown", "move(8)", "Page down", priority=True),
        Binding("pageup", "move(-8)", "Page up", priority=True),
    ]
    hits = getters.query_one(Hits)

    def __init__(self, store: Store, seat: Seat) -> None:
        """Nothing searched yet."""
        super().__init__()
        self._store = store
        self._seat = seat

    def compose(self) -> ComposeResult:
        """A field over the hits."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Search everything"
            dialog.border_subtitle = "↑ ↓ choose · Enter jumps there · Esc closes"
            yield Input(placeholder="words, accents do not matter", compact=True)
            yield Hits(self._store, self._seat)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        """Search when the typing pauses."""
        self._search(event.value)

    @work(exclusive=True, exit_on_error=False)
    async def _search(self, text: str) -> None:
        """A newer text stops the older search."""
        await asyncio.sleep(_DEBOUNCE)
        await self.hits.find(text)

    @on(Input.Submitted)
    def _chosen(self) -> None:
        """Jump."""
        if self.hits.current is not None:
            self.dismiss(self.hits.current)

    async def action_move(self, rows: int) -> None:
        """Choose another hit."""
        await self.hits.move(rows)
