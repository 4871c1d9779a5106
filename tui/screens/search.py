"""Search over people and all messages while the agent types; Enter goes to the hit."""

import asyncio
from typing import ClassVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tui.desk.context import AppContext
from tui.domain.searching import FILTERS, SearchQuery, describe_no_results, parse_search
from tui.domain.text import one_line
from tui.screens.base import DialogScreen, report_store_errors
from tui.store.store import Store
from tui.widgets.search_results import Hit, Hits

_DEBOUNCE_SECONDS = 0.02
"""Pause before a search, so that keys that arrive together are searched for once."""


class SearchScreen(DialogScreen[Hit | None]):
    """Return the message or person to go to, or None if the search was cancelled."""

    DEFAULT_CSS = """
    SearchScreen .dialog { width: 100; height: 90%; padding: 0 1; }
    SearchScreen Hits { height: 1fr; margin-top: 1; background: $surface; }
    SearchScreen Hits > .hit--meta { color: $text-muted; }
    SearchScreen Hits > .hit--word { color: $text-accent; text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel"),
        Binding("down,ctrl+n", "move(1)", "Next", priority=True),
        Binding("up,ctrl+p", "move(-1)", "Previous", priority=True),
        Binding("pagedown", "move(8)", "Page down", priority=True),
        Binding("pageup", "move(-8)", "Page up", priority=True),
    ]
    hits = getters.query_one(Hits)
    field = getters.query_one(Input)
    status_line = getters.query_one("#search-line", Static)

    def __init__(
        self,
        store: Store,
        app_context: AppContext,
        *,
        conversation_id: int = 0,
        initial_text: str = "",
    ) -> None:
        """Create the search.

        Args:
            store: Store that is searched.
            app_context: Clock, time zone and preferences of this agent.
            conversation_id: Open conversation, for "in:thread"; 0 for none.
            initial_text: Text that the field begins with.
        """
        super().__init__()
        self._store = store
        self._app_context = app_context
        self._conversation_id = conversation_id
        self._initial_text = initial_text

    def compose(self) -> ComposeResult:
        """Yield a field, a status line and the hits."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Search this conversation" if self._initial_text else "Search"
            dialog.border_subtitle = "↑ ↓ choose · Enter opens · Esc closes"
            yield Input(
                self._initial_text,
                placeholder="words of messages, or a name, number or field",
                compact=True,
                select_on_focus=False,
            )
            yield Static(FILTERS, id="search-line", classes="hint")
            yield Hits(self._store, self._app_context, self._conversation_id)

    def show_status(self, text: str) -> None:
        """Show a text under the field.

        Args:
            text: One or two lines.
        """
        self.status_line.update(Content(text))

    @on(Input.Changed)
    def _search_as_typed(self, event: Input.Changed) -> None:
        """Start a search for the typed text."""
        app_context = self._app_context
        self._run_search(parse_search(event.value, app_context.clock.now(), app_context.zone))

    @work(exclusive=True, exit_on_error=False)
    @report_store_errors
    async def _run_search(self, query: SearchQuery) -> None:
        """Search after a pause; a newer text cancels this search."""
        # The worker is exclusive: a key during this pause cancels it before the store is searched.
        await asyncio.sleep(_DEBOUNCE_SECONDS)
        self.show_status(one_line(query.problem or query.notice, 200) or FILTERS)
        await self.hits.run_search(query)
        if query.is_empty or query.problem or self.hits.current_row is not None:
            return
        accounts = [account.name for account in self._app_context.accounts]
        unknown = await self._store.search.find_unknown_value(query, accounts)
        lines = (query.notice or unknown, describe_no_results(query))
        self.show_status("\n".join(one_line(line, 200) for line in lines if line))

    @on(Input.Submitted)
    def _submit_hit(self) -> None:
        """Close the search with the hit under the cursor."""
        if self.hits.current_row is not None:
            self.dismiss(self.hits.current_row)

    async def action_move(self, rows: int) -> None:
        """Move the cursor.

        Args:
            rows: Number of rows; negative moves up.
        """
        await self.hits.move_by(rows)
