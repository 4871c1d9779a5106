"""Mark conversations of a list, for an action on all of them."""

from tui.domain.conversation import Conversation
from tui.widgets.virtual_list import VirtualList

MAX_MARKED = 1_000
"""Conversations that a range may span."""


class MarkableList(VirtualList[Conversation]):
    """List of conversations of which some are marked; a subclass reads and draws them."""

    def __init__(self, *, id: str | None = None) -> None:
        """Create an empty list without marks."""
        super().__init__(id=id)
        self.marked: frozenset[int] = frozenset()
        """Ids of the conversations marked for a common action."""
        self.acted_ids: frozenset[int] = frozenset()
        """Ids of those on which the agent's own command acts at present."""
        self._anchor: Conversation | None = None
        """Conversation that was last marked by itself, where a range begins."""

    def toggle_mark(self) -> None:
        """Mark the conversation under the cursor, or remove its mark."""
        row = self.current_row
        if row is not None:
            self._anchor = row
            self.set_marked(self.marked ^ {row.id})

    async def mark_range(self) -> None:
        """Mark all from the last one marked to the cursor, up to `MAX_MARKED`."""
        row, begin = self.current_row, self._anchor or self.current_row
        if row is None or begin is None:
            return
        found = await self._read_range(begin, row) or await self._read_range(row, begin)
        self.set_marked(self.marked | {conversation.id for conversation in found})

    def clear_marks(self) -> bool:
        """Remove all marks; return whether there was one."""
        had_marks, self._anchor = bool(self.marked), None
        self.set_marked(frozenset())
        return had_marks

    def remove_marks(self, ids: frozenset[int]) -> frozenset[int]:
        """Remove marks; return the ids of those that were there.

        Args:
            ids: Ids of conversations.
        """
        removed = self.marked & ids
        self.set_marked(self.marked - removed)
        return removed

    def set_marked(self, ids: frozenset[int]) -> None:
        """Set the marked conversations and repaint the list if they differ.

        Args:
            ids: Ids of all marked conversations.
        """
        if ids != self.marked:
            self.marked = ids
            self.refresh()

    async def _read_range(self, begin: Conversation, end: Conversation) -> list[Conversation]:
        """Return the conversations from one to another below it; empty if that is not found."""
        found = [begin]
        while found[-1].id != end.id:
            page = await self.load_after(found[-1], MAX_MARKED)
            ids = [row.id for row in page]
            if end.id in ids:
                return [*found, *page[: ids.index(end.id) + 1]]
            found += page
            if not page or len(found) > MAX_MARKED:
                return []
        return found
