"""Base of the screens that list stored items: add, change, delete and undo.

What colleagues change meanwhile is shown at once, and the cursor stays on its item.
"""

from abc import abstractmethod
from collections.abc import Iterable
from typing import ClassVar, Generic, TypeVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tui.desk.context import AppContext
from tui.desk.permissions import explain_missing_level
from tui.domain.change import RELOAD, Change, Subject
from tui.domain.text import one_line
from tui.screens.base import DialogScreen, FormScreen, report_store_errors
from tui.screens.edit_session import EditSession
from tui.screens.pick import Choice, Choices
from tui.store.store import Store

Item = TypeVar("Item")
_REFRESH_SECONDS = 0.3


class EditableList(DialogScreen[None], Generic[Item]):
    """List with one line for each item; a subclass reads, stores and describes the items."""

    DEFAULT_CSS = """
    EditableList .dialog { width: 76; height: 90%; padding: 0 1; }
    EditableList Choices { height: 1fr; background: $surface; }
    EditableList Choices > .choice--none { color: $text-muted; }
    EditableList Choices > .choice--detail { color: $text-muted; }
    EditableList #said { height: auto; min-height: 1; max-height: 3; color: $text-warning; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "Close"),
        Binding("down,j", "move(1)", "Next"),
        Binding("up,k", "move(-1)", "Previous"),
        Binding("a", "add", "Add"),
        Binding("enter,e", "change", "Edit"),
        Binding("d", "drop", "Delete"),
        Binding("z", "undo", "Undo"),
    ]
    NAME: ClassVar[str]
    """Title of the dialog."""
    KEY_HINTS: ClassVar[str]
    """Key hints on the lower border."""
    EMPTY_TEXT: ClassVar[str]
    """Text of an empty list."""
    WATCHED: ClassVar[Subject]
    """What changes if an item does."""
    ONLY_LEADS_CHANGE: ClassVar[str]
    """What is listed, in the plural, as a refusal names it."""
    choices = getters.query_one(Choices)
    status_line = getters.query_one("#said", Static)

    def __init__(self, store: Store, app_context: AppContext) -> None:
        """Create the list.

        Args:
            store: Store that holds the items.
            app_context: Agent and preferences.
        """
        super().__init__()
        self.store = store
        self.app_context = app_context
        self._items: dict[str, Item] = {}
        self._dropped: list[Item] = []
        self._is_outdated = False

    # For subclasses -------------------------------------------------------------------------

    @abstractmethod
    async def read_items(self) -> dict[str, Item]:
        """Return every item by its name."""

    @abstractmethod
    def format_lines(self, items: Iterable[Item]) -> list[Choice]:
        """Return one line for each item, with its name as the value.

        Args:
            items: Items in the order of the list.
        """

    @abstractmethod
    async def save_item(self, item: Item, replaces: str = "") -> None:
        """Store an item.

        Args:
            item: Item to store.
            replaces: Name of the item that it replaces; empty for a new one.
        """

    @abstractmethod
    async def drop_item(self, name: str) -> None:
        """Remove an item.

        Args:
            name: Name of the item.
        """

    @abstractmethod
    async def create_editor(self, item: Item | None) -> FormScreen[Item | None]:
        """Return the form that edits an item.

        Args:
            item: Item to change; None for a new one.
        """

    @abstractmethod
    def describe_item(self, item: Item) -> tuple[str, str]:
        """Return the name of an item, and the name as it is shown to the agent."""

    async def explain_refusal(self, item: Item | None) -> str:
        """Return why the agent may not edit an item; "" if it is allowed.

        The editor is not opened then, so that nothing is typed in vain.

        Args:
            item: Item to change; None for a new one.
        """
        agent = self.app_context.agent
        return await explain_missing_level(self.store, agent, self.ONLY_LEADS_CHANGE)

    def get_content(self, item: Item) -> object:
        """Return what of an item agents write, for comparison with what a colleague has saved."""
        return item

    @abstractmethod
    def list_parts(self, item: Item) -> dict[str, str]:
        """Return what of an item agents write, as they read it, by the name of the part."""

    def describe_saved(self, item: Item) -> str:
        """Return what is said of an item that was saved, with the next useful key."""
        return f"Saved {self.describe_item(item)[1]}"

    async def describe_effects(self) -> str:
        """Return what a change means for others, to be shown behind it; "" for nothing."""
        return ""

    def compose_below(self) -> Iterable[Widget]:
        """Return the widgets below the list."""
        return ()

    def update_preview(self) -> None:
        """Update the widgets below the list after it was read again."""

    # The screen -----------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """Yield the list, the widgets below it and a status line."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title, dialog.border_subtitle = self.NAME, self.KEY_HINTS
            yield Choices(self.EMPTY_TEXT, ascii=self.app_context.ascii)
            yield from self.compose_below()
            yield Static(id="said")

    async def on_mount(self) -> None:
        """Read and show the items, and again when they change."""
        await self.reload_items()
        self.set_interval(_REFRESH_SECONDS, self._reload_if_outdated)

    async def apply_changes(self, changes: Iterable[Change]) -> None:
        """Read the items again soon if any of them has changed."""
        self._is_outdated |= any(one == RELOAD or one.subject is self.WATCHED for one in changes)

    async def _reload_if_outdated(self) -> None:
        """Read the items again if anything has changed."""
        if self._is_outdated:
            await self.reload_items()

    def show_status(self, text: str) -> None:
        """Show a text in the status line.

        Args:
            text: One line.
        """
        self.status_line.update(Content(one_line(text, 220)))

    @report_store_errors
    async def reload_items(self, cursor: str = "") -> None:
        """Read all items again and show them.

        Args:
            cursor: Name of the item that gets the cursor; empty leaves it where it is.
        """
        is_first = self.choices.current_row is None
        self._is_outdated = False
        self._items = await self.read_items()
        lines = self.format_lines(self._items.values())
        await (self.choices.show_choices if is_first else self.choices.replace_choices)(lines)
        if cursor in self._items:
            await self.choices.go_to_row(Choice(cursor, ""))
        self.update_preview()

    @property
    def current_item(self) -> Item | None:
        """Return the item under the cursor."""
        row = self.choices.current_row
        return self._items.get(row.value) if row is not None else None

    async def action_move(self, rows: int) -> None:
        """Move the cursor.

        Args:
            rows: Number of rows; negative moves up.
        """
        await self.choices.move_by(rows)

    async def action_add(self) -> None:
        """Open the editor for a new item."""
        await self._edit_item(None)

    async def action_change(self) -> None:
        """Open the editor for the item under the cursor."""
        if self.current_item is not None:
            await self._edit_item(self.current_item)

    @report_store_errors
    async def _edit_item(self, item: Item | None) -> None:
        """Open the editor, which stays open until its result is stored."""
        if refusal := await self.explain_refusal(item):
            self.show_status(refusal)
            return

        async def show_saved(edited: Item | None) -> None:
            if edited is not None:
                await self._show_saved(edited)

        editor = await self.create_editor(item)
        editor.store_result = EditSession(self, item).store_result
        self.app.push_screen(editor, show_saved)

    @report_store_errors
    async def _show_saved(self, edited: Item) -> None:
        """Show an item that was saved."""
        await self.reload_items(self.describe_item(edited)[0])
        effects = await self.describe_effects()
        self.show_status(f"{self.describe_saved(edited)}{effects}")

    @report_store_errors
    async def action_drop(self) -> None:
        """Remove the item under the cursor; undo restores it."""
        item = self.current_item
        if item is not None:
            name, shown_name = self.describe_item(item)
            await self.drop_item(name)
            self._dropped.append(item)
            await self.reload_items()
            self.show_status(f"Deleted {shown_name}{await self.describe_effects()} · z undoes")

    @report_store_errors
    async def action_undo(self) -> None:
        """Restore the item that was removed last."""
        if not self._dropped:
            self.show_status("Nothing to undo")
            return
        name, shown_name = self.describe_item(self._dropped[-1])
        if name in await self.read_items():
            self.show_status(f"There is {shown_name} again: nothing was restored")
            return
        await self.save_item(self._dropped[-1])
        self._dropped.pop()
        await self.reload_items(name)
        self.show_status(f"{shown_name} is restored")
