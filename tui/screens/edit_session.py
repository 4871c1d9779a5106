"""Store what a form has edited, unless that would undo what a colleague has done meanwhile."""

from collections.abc import Mapping
from typing import Generic, Protocol, TypeVar

from tui.desk.outages import explain_failure
from tui.domain.text import one_line
from tui.store.errors import StoreError

Item = TypeVar("Item")


class ItemStore(Protocol[Item]):
    """What stores and describes the items of a list."""

    async def read_items(self) -> dict[str, Item]:
        """Return every item by its name."""
        ...

    async def save_item(self, item: Item, replaces: str = "") -> None:
        """Store an item.

        Args:
            item: Item to store.
            replaces: Name of the item that it replaces; empty for a new one.
        """
        ...

    def describe_item(self, item: Item) -> tuple[str, str]:
        """Return the name of an item, and the name as it is shown to the agent."""
        ...

    def get_content(self, item: Item) -> object:
        """Return what of an item agents write."""
        ...

    def list_parts(self, item: Item) -> dict[str, str]:
        """Return what of an item agents write, as they read it, by the name of the part."""
        ...


class EditSession(Generic[Item]):
    """One item in an open form; a colleague can change or delete it meanwhile."""

    def __init__(self, items: ItemStore[Item], opened: Item | None) -> None:
        """Create the session.

        Args:
            items: What stores and describes the items.
            opened: Item that was opened; None for a new one.
        """
        self._items = items
        self._opened = opened
        self._name = items.describe_item(opened)[0] if opened is not None else ""
        self._seen = opened
        """The item as the agent was last informed of it; None for one that is gone."""

    async def store_result(self, edited: Item) -> str:
        """Store what was typed; return why it was not stored, or "".

        Args:
            edited: What was typed; it is valid.
        """
        try:
            current = await self._items.read_items()
            problem = self._find_conflict(edited, current)
            if not problem:
                stays = self._opened is not None and self._name in current
                await self._items.save_item(edited, self._name if stays else "")
        except StoreError as error:
            return explain_failure(error)
        return problem

    def _find_conflict(self, edited: Item, current: Mapping[str, Item]) -> str:
        """Return why saving would undo what a colleague has done, or ""; it is said once."""
        name, shown_name = self._items.describe_item(edited)
        if name != self._name and name in current:
            return f"there is {shown_name} already: choose another name"
        stored = current.get(self._name) if self._opened is not None else None
        seen, self._seen = self._seen, stored
        if self._get_content(stored) == self._get_content(seen):
            return ""
        if stored is None:
            return "a colleague has deleted it · Enter adds it again, Esc leaves it deleted"
        if seen is None:
            return "a colleague has added it again · Enter saves yours over it, Esc keeps theirs"
        before, now = self._items.list_parts(seen), self._items.list_parts(stored)
        # Last, as a long text is cut off at its end.
        theirs = [f"{part}: {one_line(now[part], 80)}" for part in now if now[part] != before[part]]
        keys = "Enter saves yours over it, Esc keeps theirs"
        return " · ".join([f"a colleague has changed it · {keys}", *theirs])

    def _get_content(self, item: Item | None) -> object:
        """Return what of an item agents write; None for one that is gone."""
        return self._items.get_content(item) if item is not None else None
