"""Count the unread conversations of each saved view as they change, without asking per frame.

The ids of the unread conversations of each view are read once. After that a change costs one
look at each changed conversation, whatever the size of the inbox.
"""

import asyncio
from collections.abc import Iterable

from tui.domain.answer_targets import format_target
from tui.domain.change import RELOAD, VIEWS_CHANGED, Change, Subject
from tui.domain.views import format_view_name, is_in_view
from tui.store.store import Store
from tui.store.view_rows import SavedView

MOST_SHOWN = 99
_MOST_KEPT = 200
"""Ids that are kept of one view; it is read again when fewer than `MOST_SHOWN` are left."""
_MOST_LOOKED_AT = 100
"""Changed conversations that are looked at one by one; for more all views are read again."""


class UnreadCounts:
    """Unread conversations of each saved view that one agent sees."""

    def __init__(self, store: Store, agent: str) -> None:
        """Create the counts; `reload` fills them.

        Args:
            store: Store shared by all agents.
            agent: Name of the agent.
        """
        self._store = store
        self._agent = agent
        self._ids: dict[tuple[str, str], set[int]] = {}
        self._full: set[tuple[str, str]] = set()
        self.views: list[SavedView] = []
        """Views in the order of their keys."""
        self._lock = asyncio.Lock()
        """Serializes reading all views and following changes, which read in several steps."""

    def get_count(self, saved: SavedView) -> int:
        """Return how many unread conversations a view has; more than 99 are not exact."""
        return len(self._ids.get(saved.identity, ()))

    def format_count(self, saved: SavedView) -> str:
        """Return the count as text: "" for none, "99+" for more than that."""
        return format_count(self.get_count(saved))

    def describe_view(self, saved: SavedView, *, notifies: bool) -> str:
        """Return the details of a view in a list, the most useful first.

        Args:
            saved: View to describe.
            notifies: Whether the agent has chosen to be notified of new texts in it.
        """
        count, shown = self.format_count(saved), format_view_name(saved.view, self._agent)
        details = [f"{count} unread"] if count else []
        details += [shown] if shown != saved.name else []
        details += ["private"] if saved.owner else []
        if saved.answer_within:
            details.append(f"within {format_target(saved.answer_within, saved.hours)}")
        details += ["notifies"] if notifies else []
        return " · ".join(details)

    async def reload(self) -> None:
        """Read the views and their unread conversations."""
        async with self._lock:
            await self._read_views()

    async def _read_views(self) -> None:
        """Read the views and their unread conversations, while nothing else does."""
        views = await self._store.views.list_views(self._agent)
        # The counts of before are shown until there are newer ones: a view is not empty meanwhile.
        for saved in views:
            await self._read_view(saved)
        self.views = views
        known = {saved.identity for saved in views}
        self._ids = {identity: ids for identity, ids in self._ids.items() if identity in known}
        self._full &= known

    async def apply_changes(self, changes: Iterable[Change]) -> bool:
        """Follow changes in the store; return whether views or counts may be different.

        Args:
            changes: What changed, in the order of the store.
        """
        changes = tuple(changes)
        async with self._lock:
            return await self._follow_changes(changes)

    async def _follow_changes(self, changes: tuple[Change, ...]) -> bool:
        """Follow changes in the store, while nothing else reads."""
        if RELOAD in changes or VIEWS_CHANGED in changes:
            await self._read_views()
            return True
        ids = {c.id for c in changes if c.subject is Subject.CONVERSATION}
        if not ids or not self.views:
            return False
        if len(ids) > _MOST_LOOKED_AT:
            await self._read_views()
            return True
        before = [self.get_count(saved) for saved in self.views]
        for identity in ids:
            await self._count_conversation(identity)
        for saved in self.views:
            if saved.identity in self._full and self.get_count(saved) <= MOST_SHOWN:
                await self._read_view(saved)
        return before != [self.get_count(saved) for saved in self.views]

    async def _count_conversation(self, identity: int) -> None:
        """Put a conversation into the views to which it belongs now, and take it from others."""
        row = await self._store.conversations.get(identity)
        for saved in self.views:
            kept = self._ids[saved.identity]
            is_other = saved.view.drafts_of or saved.view.mentions_of
            # One that has become part of another has that one's id.
            is_there = row is not None and row.id == identity and row.unread > 0 and not is_other
            if is_there and row is not None and is_in_view(row, saved.view):
                kept.add(identity)
            else:
                kept.discard(identity)

    async def _read_view(self, saved: SavedView) -> None:
        """Read the unread conversations of one view."""
        found = await self._store.conversations.list_unread_ids(saved.view, _MOST_KEPT)
        self._ids[saved.identity] = set(found)
        self._full.discard(saved.identity)
        if len(found) == _MOST_KEPT:
            self._full.add(saved.identity)


def format_count(count: int) -> str:
    """Return a number of unread conversations: "" for none, "99+" for more than that."""
    return "" if not count else str(count) if count <= MOST_SHOWN else f"{MOST_SHOWN}+"
