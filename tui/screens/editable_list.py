"""Base of the screens that list stored items: add, change, delete and undo."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from typing import ClassVar, Generic, TypeVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tui.desk.context import AppContext
from tui.desk.outages import explain_failure
from tui.domain.change import RELOAD, Change, Subject
from tui.domain.text import one_line
from tui.screens.base import DialogScreen, FormScreen, report_store_errors
from tui.screens.pick import Choice, Choices
from tui.store.errors import StoreError
from tui.store.store import Store

Item = TypeVar("Item")


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
    SUBJECT: ClassVar[Subject]
    """What changes when a colleague changes an item."""
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

    async def explain_refusal(self) -> str:
        """Return why the agent may not change items, before anything is typed; "" if allowed."""
        return ""

    def get_content(self, item: Item) -> object:
        """Return what of an item agents write, for comparison with what a colleague has saved."""
        return item

    def describe_saved(self, item: Item) -> str:
        """Return the confirmation of an item that was saved."""
        return f"Saved {self.describe_item(item)[1]}"

    def describe_dropped(self, item: Item) -> str:
        """Return the confirmation of an item that was removed."""
        return f"Deleted {self.describe_item(item)[1]}"

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
        """Read and show the items."""
        await self.reload_items()

    def show_status(self, text: str) -> None:
        """Show a text in the status line.

        Args:
            text: One line.
        """
        self.status_line.update(Content(one_line(text, 220)))

    @report_store_errors
    async def reload_items(self) -> None:
        """Read all items again and show them."""
        self._items = await self.read_items()
        lines = self.format_lines(self._items.values())
        if self.choices.current_row is None:
            await self.choices.show_choices(lines)
        else:
            await self.choices.replace_choices(lines)
        self.update_preview()

    async def apply_changes(self, changes: Iterable[Change]) -> None:
        """Follow what colleagues change; the cursor stays on its item.

        Args:
            changes: What changed, in the order of the store.
        """
        if any(change == RELOAD or change.subject is self.SUBJECT for change in changes):
            await self.reload_items()

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
        if refusal := await self.explain_refusal():
            self.show_status(refusal)
            return
        seen = item
        """Item as the agent knows it."""

        async def store_result(edited: Item) -> str:
            """Store what was typed; return why it was not stored."""
            nonlocal seen
            try:
                current = await self.read_items()
                problem = self._find_conflict(edited, item, seen, current)
                if problem:
                    seen = current.get(self.describe_item(item)[0]) if item is not None else None
                    return problem
                await self.save_item(edited, self.describe_item(item)[0] if item else "")
            except StoreError as error:
                return explain_failure(error)
            return ""

        async def show_saved(edited: Item | None) -> None:
            """Show the saved item unless the editor was cancelled."""
            if edited is not None:
                await self.reload_items()
                self.show_status(self.describe_saved(edited))

        editor = await self.create_editor(item)
        editor.store_result = store_result
        self.app.push_screen(editor, show_saved)

    def _find_conflict(
        self, edited: Item, opened: Item | None, seen: Item | None, current: Mapping[str, Item]
    ) -> str:
        """Return why saving would undo what a colleague has done; "" if it would not.

        Args:
            edited: What was typed.
            opened: Item that was opened; None for a new one.
            seen: The item as the agent was last informed of it; None for one that is gone.
            current: All items as they are stored.
        """
        name, shown = self.describe_item(edited)
        before = self.describe_item(opened)[0] if opened is not None else ""
        if name != before and name in current:
            return f"there is {shown} already: choose another name"
        stored = current.get(before) if opened is not None else None
        known = self.get_content(seen) if seen is not None else None
        if (self.get_content(stored) if stored is not None else None) == known:
            return ""
        if stored is None:
            return "a colleague has deleted it · Enter adds it again, Esc leaves it deleted"
        return "a colleague has changed it · Enter saves yours over it, Esc keeps theirs"

    @report_store_errors
    async def action_drop(self) -> None:
        """Remove the item under the cursor; undo restores it."""
        item = self.current_item
        if item is not None:
            await self.drop_item(self.describe_item(item)[0])
            self._dropped.append(item)
            await self.reload_items()
            self.show_status(f"{self.describe_dropped(item)} · z undoes")

    @report_store_errors
    async def action_undo(self) -> None:
        """Restore the item that was removed last."""
        if not self._dropped:
            self.show_status("Nothing to undo")
            return
        name, shown = self.describe_item(self._dropped[-1])
        if name in await self.read_items():
            self.show_status(f"There is {shown} again: nothing was restored")
            return
        await self.save_item(self._dropped[-1])
        self._dropped.pop()
        await self.reload_items()
        self.show_status(f"{shown} is restored")
