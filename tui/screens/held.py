"""List of what arrived and could not be used: look at it, take it in after a fix, dismiss it."""

import contextlib
from collections.abc import Sequence
from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.clock import MINUTE
from tui.desk.actions import HELD_SCOPE, ConversationActions
from tui.desk.context import AppContext
from tui.desk.format import MUTED_STYLE, format_age
from tui.desk.held_text import (
    NO_RETRY,
    HeldRetryError,
    format_content,
    format_excerpt,
    format_retry_result,
    list_facts,
    list_same_reason,
)
from tui.domain.arrivals import HeldGroup, HeldItem
from tui.domain.text import one_line
from tui.screens.base import DialogScreen, report_store_errors
from tui.screens.pick import Choice, Choices
from tui.store.errors import StoreError
from tui.store.store import Store
from tui.widgets.virtual_list import VirtualList

_MOST_ROWS = 500


class HeldItemsScreen(DialogScreen[None]):
    """Held items, newest first, with all of the one under the cursor below the list."""

    DEFAULT_CSS = """
    HeldItemsScreen .dialog { width: 100; height: 90%; padding: 0 1; }
    HeldItemsScreen Choices { height: 1fr; min-height: 4; background: $surface; }
    HeldItemsScreen Choices > .choice--none { color: $text-muted; }
    HeldItemsScreen Choices > .choice--detail { color: $text-muted; }
    HeldItemsScreen VerticalScroll { height: 2fr; border-top: solid $border; }
    HeldItemsScreen #said { height: auto; min-height: 1; max-height: 3; color: $text-warning; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "Close"),
        Binding("down,j", "move(1)", "Next"),
        Binding("up,k", "move(-1)", "Previous"),
        Binding("home", f"move(-{_MOST_ROWS})", "First"),
        Binding("end,G", f"move({_MOST_ROWS})", "Last"),
        Binding("pagedown", "scroll_content(1)", "Down"),
        Binding("pageup", "scroll_content(-1)", "Up"),
        Binding("r", "retry", "Take in"),
        Binding("R", "retry_reason", "Take in all like it"),
        Binding("d", "drop", "Dismiss"),
        Binding("z", "undo", "Undo"),
    ]
    choices = getters.query_one(Choices)
    content = getters.query_one("#held-content", Static)
    page = getters.query_one(VerticalScroll)
    status_line = getters.query_one("#said", Static)

    def __init__(self, store: Store, app_context: AppContext, actions: ConversationActions) -> None:
        """Create the list.

        Args:
            store: Store that holds the items.
            app_context: Agent, clock and preferences.
            actions: Dismiss an item, and remember how to undo that after the list is closed.
        """
        super().__init__()
        self._store = store
        self._app_context = app_context
        self._items: dict[str, HeldItem] = {}
        self._groups: list[HeldGroup] = []
        self._shown_minute = 0
        self._actions = actions

    def compose(self) -> ComposeResult:
        """Yield the list, the content of one item and a status line."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Held"
            dialog.border_subtitle = (
                "r takes in · R all like it · d dismisses · PgDn scrolls · Esc closes"
            )
            yield Choices("Nothing is held.", ascii=self._app_context.ascii)
            with VerticalScroll(can_focus=False):
                yield Static(id="held-content")
            yield Static(id="said")

    async def on_mount(self) -> None:
        """Read the items, and again every second: others arrive or are taken in meanwhile."""
        await self.reload_items()
        self.set_interval(1.0, self._reload_if_changed)

    async def _reload_if_changed(self) -> None:
        """Read the items again if their number, reasons or ages have changed."""
        with contextlib.suppress(StoreError):
            groups = await self._store.held_items.summarize()
            minute = self._app_context.clock.now() // MINUTE
            if groups != self._groups or minute != self._shown_minute:
                await self.reload_items()

    def _show_title(self, count: int) -> None:
        """Show in the title how many items are held."""
        self.query_one(".dialog", Vertical).border_title = f"Held {count}" if count else "Held"

    def show_status(self, text: str) -> None:
        """Show a text in the status line.

        Args:
            text: One line.
        """
        self.status_line.update(Content(one_line(text, 200)))

    @report_store_errors
    async def reload_items(self) -> None:
        """Read all items again and show them."""
        self._groups = await self._store.held_items.summarize()
        self._shown_minute = self._app_context.clock.now() // MINUTE
        found = await self._store.held_items.list_held()
        shown = self.current_item
        self._items = {str(item.id): item for item in found}
        await self.choices.replace_choices([self._format_line(item) for item in found])
        self._show_title(sum(group.count for group in self._groups))
        if self.current_item != shown:
            self._show_content()

    def _format_line(self, item: HeldItem) -> Choice:
        """Return the line of one item: account and reason, then when and the beginning of it."""
        age = format_age(item.last_at, self._app_context.clock.now())
        text = f"{one_line(item.account, 16)}  {one_line(item.reason.text, 60)}"
        return Choice(str(item.id), text, f"{age}  {format_excerpt(item.arrival)}")

    @property
    def current_item(self) -> HeldItem | None:
        """Return the item under the cursor."""
        row = self.choices.current_row
        return self._items.get(row.value) if row is not None else None

    @on(VirtualList.Moved)
    def _show_content(self) -> None:
        """Show all of the item under the cursor."""
        item = self.current_item
        if item is None:
            self.content.update(Content(""))
            return
        facts = "\n".join(list_facts(item, self._app_context.zone))
        text = Content(f"{facts}\n\n") + Content.styled(format_content(item.arrival), MUTED_STYLE)
        self.content.update(text)
        self.page.scroll_home(animate=False)

    async def action_move(self, rows: int) -> None:
        """Move the cursor.

        Args:
            rows: Number of rows; negative moves up.
        """
        await self.choices.move_by(rows)

    def action_scroll_content(self, pages: int) -> None:
        """Scroll the content of the item.

        Args:
            pages: 1 scrolls down, -1 up.
        """
        scroll = self.page.scroll_page_down if pages > 0 else self.page.scroll_page_up
        scroll(animate=False)

    async def action_retry(self) -> None:
        """Take in the item under the cursor."""
        item = self.current_item
        await self._retry_items([item] if item else [])

    @report_store_errors
    async def action_retry_reason(self) -> None:
        """Take in all items of the account that are held for the same reason."""
        item = self.current_item
        if item is not None:
            await self._retry_items(await list_same_reason(self._store, item))

    @report_store_errors
    async def _retry_items(self, items: Sequence[HeldItem]) -> None:
        """Read items again with the settings of now and show the result."""
        retry = self._app_context.retry_held
        if retry is None or not items:
            self.show_status(NO_RETRY if items else "Nothing is held")
            return
        self.show_status(f"Reading {len(items)} again …")
        try:
            result = await retry(items)
        except HeldRetryError as error:
            self.show_status(str(error))
            return
        await self.reload_items()
        self.show_status(format_retry_result(result))

    @report_store_errors
    async def action_drop(self) -> None:
        """Dismiss the item under the cursor; the record of it stays."""
        item = self.current_item
        if item is None:
            return
        text = await self._actions.dismiss_held(item)
        await self.reload_items()
        self.show_status(text)

    @report_store_errors
    async def action_undo(self) -> None:
        """Hold the item that was dismissed last again."""
        text = await self._actions.undo_last(HELD_SCOPE)
        await self.reload_items()
        self.show_status(text)
