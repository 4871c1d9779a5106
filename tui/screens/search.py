"""Search over everything ever written, as fast as it is typed; Enter jumps to the hit."""

import asyncio
from typing import ClassVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.domain.message import Message
from tui.domain.searching import FILTERS, Query, nothing_words, parse
from tui.domain.text import one_line
from tui.screens.said import said
from tui.seat import Seat
from tui.store.store import Store
from tui.widgets.hits import Hits

_DEBOUNCE = 0.12


class SearchScreen(ModalScreen[Message | None]):
    """Dismissed with the message to jump to."""

    DEFAULT_CSS = """
    SearchScreen .dialog { width: 100; height: 90%; padding: 0 1; }
    SearchScreen Hits { height: 1fr; margin-top: 1; background: $surface; }
    SearchScreen Hits > .hit--meta { color: $text-muted; }
    SearchScreen Hits > .hit--word { color: $text-accent; text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Call off"),
        Binding("down,ctrl+n", "move(1)", "Next", priority=True),
        Binding("up,ctrl+p", "move(-1)", "Previous", priority=True),
        Binding("pagedown", "move(8)", "Page down", priority=True),
        Binding("pageup", "move(-8)", "Page up", priority=True),
    ]
    hits = getters.query_one(Hits)
    field = getters.query_one(Input)
    line = getters.query_one("#search-line", Static)

    def __init__(self, store: Store, seat: Seat, *, here: int = 0, typed: str = "") -> None:
        """`here` is the open conversation's id, 0 for none; `typed` stands there to begin with."""
        super().__init__()
        self._store = store
        self._seat = seat
        self._here = here
        self._typed_first = typed

    def compose(self) -> ComposeResult:
        """A field over the hits."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Search this conversation" if self._typed_first else "Search"
            dialog.border_subtitle = "↑ ↓ choose · Enter jumps there · Esc closes"
            yield Input(
                self._typed_first,
                placeholder="words, accents do not matter",
                compact=True,
                select_on_focus=False,
            )
            yield Static(FILTERS, id="search-line", classes="hint")
            yield Hits(self._store, self._seat, self._here)

    def say(self, words: str) -> None:
        """Show words under the field."""
        self.line.update(Content(words))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        """Search when the typing pauses."""
        seat = self._seat
        self._search(parse(event.value, seat.clock.now(), seat.zone))

    @work(exclusive=True, exit_on_error=False)
    @said
    async def _search(self, query: Query) -> None:
        """A newer text stops the older search."""
        await asyncio.sleep(_DEBOUNCE)
        self.say(one_line(query.problem, 200) or FILTERS)
        await self.hits.find(query)
        if not query.empty and not query.problem and self.hits.current is None:
            self.say(nothing_words(query))

    @on(Input.Submitted)
    def _chosen(self) -> None:
        """Jump."""
        if self.hits.current is not None:
            self.dismiss(self.hits.current)

    async def action_move(self, rows: int) -> None:
        """Choose another hit."""
        await self.hits.move(rows)
