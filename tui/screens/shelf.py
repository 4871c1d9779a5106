"""A list of what a desk keeps, to be added to, changed, thinned out and brought back."""

from abc import abstractmethod
from collections.abc import Iterable
from typing import ClassVar, Generic, TypeVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

from tui.domain.text import one_line
from tui.screens.pick import Choice, Choices
from tui.screens.said import said
from tui.seat import Seat
from tui.store.store import Store

Item = TypeVar("Item")


class Shelf(ModalScreen[None], Generic[Item]):
    """One line for each item; a subclass says what the items are and where they are kept."""

    DEFAULT_CSS = """
    Shelf .dialog { width: 76; height: 90%; padding: 0 1; }
    Shelf Choices { height: 1fr; background: $surface; }
    Shelf Choices > .choice--none, Shelf Choices > .choice--detail { color: $text-muted; }
    Shelf #said { height: 1; color: $text-warning; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "Close"),
        Binding("down,j", "move(1)", "Next"),
        Binding("up,k", "move(-1)", "Previous"),
        Binding("a", "add", "Add"),
        Binding("enter,e", "change", "Change"),
        Binding("d", "drop", "Delete"),
        Binding("z", "undo", "Undo"),
    ]
    NAME: ClassVar[str]
    KEYS: ClassVar[str]
    """What stands on the lower border."""
    NONE: ClassVar[str]
    """What an empty list says."""
    choices = getters.query_one(Choices)
    words = getters.query_one("#said", Static)

    def __init__(self, store: Store, seat: Seat) -> None:
        """Reads and writes the items."""
        super().__init__()
        self.store = store
        self.seat = seat
        self._items: dict[str, Item] = {}
        self._dropped: list[Item] = []

    # What a subclass says -------------------------------------------------------------------

    @abstractmethod
    async def read(self) -> dict[str, Item]:
        """Every item by its name."""

    @abstractmethod
    def lines(self, items: Iterable[Item]) -> list[Choice]:
        """A line for each, its name as the value."""

    @abstractmethod
    async def keep(self, item: Item, replaces: str = "") -> None:
        """Store it, in the place of the one of that name."""

    @abstractmethod
    async def drop(self, name: str) -> None:
        """Remove it."""

    @abstractmethod
    async def editor(self, item: Item | None) -> ModalScreen[Item | None]:
        """The dialog that changes one, or makes a new one of None."""

    @abstractmethod
    def called(self, item: Item) -> tuple[str, str]:
        """Its name, and what the agent is told it is called."""

    def below(self) -> Iterable[Widget]:
        """What stands under the list."""
        return ()

    def shown(self) -> None:
        """The list has been read again."""

    # The screen -----------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """The list, what is under it, a line."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title, dialog.border_subtitle = self.NAME, self.KEYS
            yield Choices(self.NONE, ascii=self.seat.ascii)
            yield from self.below()
            yield Static(id="said")

    async def on_mount(self) -> None:
        """Show what there is."""
        await self.show()

    def say(self, words: str) -> None:
        """One line at the bottom."""
        self.words.update(Content(one_line(words, 72)))

    @said
    async def show(self) -> None:
        """Read everything again."""
        self._items = await self.read()
        await self.choices.offer(self.lines(self._items.values()))
        self.shown()

    @property
    def current(self) -> Item | None:
        """The one under the cursor."""
        row = self.choices.current
        return self._items.get(row.value) if row is not None else None

    async def action_move(self, rows: int) -> None:
        """Choose another one."""
        await self.choices.move(rows)

    async def action_add(self) -> None:
        """Write a new one."""
        await self._edit(None)

    async def action_change(self) -> None:
        """Change the one under the cursor."""
        if self.current is not None:
            await self._edit(self.current)

    @said
    async def _edit(self, item: Item | None) -> None:
        """Open the editor, and keep what comes of it."""

        async def done(edited: Item | None) -> None:
            await self._take(edited, self.called(item)[0] if item else "")

        self.app.push_screen(await self.editor(item), done)

    @said
    async def _take(self, edited: Item | None, replaces: str) -> None:
        """Keep what was edited, unless that was called off."""
        if edited is not None:
            await self.keep(edited, replaces)
            await self.show()
            self.say(f"Kept {self.called(edited)[1]}")

    @said
    async def action_drop(self) -> None:
        """Remove the one under the cursor; z brings it back."""
        item = self.current
        if item is not None:
            name, called = self.called(item)
            await self.drop(name)
            self._dropped.append(item)
            await self.show()
            self.say(f"Deleted {called} · z brings it back")

    @said
    async def action_undo(self) -> None:
        """Bring back what was removed last."""
        if not self._dropped:
            self.say("Nothing to undo")
            return
        item = self._dropped.pop()
        await self.keep(item)
        await self.show()
        self.say(f"{self.called(item)[1]} is back")
