"""List conversations in two lines each, with the one that has waited longest at the top."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import tzinfo
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.clock import MINUTE, Clock
from tui.desk import thread_row
from tui.desk.thread_row import RowPart
from tui.domain.change import RELOAD, Change, Subject
from tui.domain.conversation import Conversation, View
from tui.domain.views import describe_empty_view, has_mixed_states, is_in_view
from tui.store.conversations import FIRST_POSITION, LAST_POSITION, get_position
from tui.store.store import Store
from tui.widgets.markable_list import MarkableList
from tui.widgets.styled import overlay_style


class ThreadList(MarkableList):
    """List the conversations of one view."""

    ROW_HEIGHT = 2
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *thread_row.STYLES,
        "list--cursor",
        "list--cursor-dim",
    }

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        ascii: bool = False,
        zone: tzinfo | None = None,
        agent: str = "",
    ) -> None:
        """Create an empty list; `show_view` fills it.

        Args:
            store: Store to read from.
            clock: Source of the current time.
            ascii: Whether to draw with ASCII only.
            zone: Time zone of the agent; None for the system's.
            agent: Agent whose drafts are marked.
        """
        super().__init__(id="threads")
        self._store = store
        self._clock = clock
        self._ascii = ascii
        self._zone = zone
        self._agent = agent
        self._drafted_ids: frozenset[int] = frozenset()
        self.view = View()
        self._has_view = False

    async def show_view(self, view: View) -> None:
        """Show another view from its beginning; marks stay while only the filter changes.

        Args:
            view: View to show.
        """
        if replace(view, text="") != replace(self.view, text=""):
            self.clear_marks()
        self.view = view
        self._has_view = True
        await self._read_drafts()
        await self.go_to_first()

    async def apply_changes(self, changes: Iterable[Change]) -> None:
        """Apply changes: repaint one row where that is enough, else read the window again.

        Args:
            changes: Changes in the store.
        """
        changes = tuple(changes)
        ids = {c.id for c in changes if c.subject is Subject.CONVERSATION}
        shown = {row.id: row for row in self.rows}
        moved = RELOAD in changes
        for identity in ids if not moved else ():
            fresh = await self._store.conversations.get(identity)
            if fresh is None or self._has_moved(shown.get(identity), fresh):
                moved = True
                break
            if identity in shown:
                self.replace_row(fresh)
        if moved:
            await self.reload_rows()
        if moved or any(c.subject is Subject.DRAFT for c in changes):
            await self._read_drafts()

    async def _read_drafts(self) -> None:
        """Read in which conversations this agent has a draft."""
        drafting = await self._store.drafts.list_conversations_with_drafts(self._agent)
        if drafting != self._drafted_ids:
            self._drafted_ids = drafting
            self.refresh()

    def _has_moved(self, old: Conversation | None, new: Conversation) -> bool:
        """Return whether a conversation enters, leaves or changes its place in the window."""
        belongs_here = is_in_view(new, self.view)
        if old is None:
            return belongs_here
        return not belongs_here or get_position(old, self.view) != get_position(new, self.view)

    async def prune_marks(self) -> None:
        """Remove the marks of conversations that have left the view."""
        found = [await self._store.conversations.get(identity) for identity in self.marked]
        self.set_marked(
            frozenset(c.id for c in found if c is not None and is_in_view(c, self.view))
        )

    def refresh_ages(self) -> None:
        """Repaint the rows whose age has changed; called once a minute."""
        for place in range(self.top, min(self.top + self.visible_rows + 1, len(self.rows))):
            self.refresh_row(place)

    # Reading and drawing ---------------------------------------------------------------------

    async def load_after(self, row: Conversation | None, limit: int) -> list[Conversation]:
        """Return rows of the view after a row.

        Args:
            row: Row to continue after; None for the beginning.
            limit: Largest number of rows.
        """
        key = FIRST_POSITION if row is None else get_position(row, self.view)
        return await self._store.conversations.list_after(self.view, key, limit)

    async def load_before(self, row: Conversation | None, limit: int) -> list[Conversation]:
        """Return rows of the view before a row.

        Args:
            row: Row to end before; None for the end.
            limit: Largest number of rows.
        """
        key = LAST_POSITION if row is None else get_position(row, self.view)
        return await self._store.conversations.list_before(self.view, key, limit)

    async def reload_row(self, row: Conversation) -> Conversation | None:
        """Return the conversation as it is now; None if it has left the view."""
        fresh = await self._store.conversations.get(row.id)
        return fresh if fresh is not None and is_in_view(fresh, self.view) else None

    def get_row_key(self, row: Conversation) -> object:
        """Return the id of the conversation."""
        return row.id

    def describe_empty(self) -> str:
        """Return the meaning of an empty view; empty before a view is shown."""
        return describe_empty_view(self.view) if self._has_view else ""

    def get_appearance_key(self) -> object:
        """Return what changes the rows: the minute, the marks and the drafts."""
        return self._clock.now() // MINUTE, self.marked, self._drafted_ids

    def draw_row(self, row: Conversation, *, current: bool, width: int) -> list[Strip]:
        """Draw a line with title and age, and a line with preview and badge.

        Args:
            row: Conversation to draw.
            current: Whether the cursor is on it.
            width: Width of each strip in cells.
        """
        base = self._get_row_style(current)
        state = thread_row.RowState(
            now=self._clock.now(),
            ascii=self._ascii,
            zone=self._zone,
            is_marked=row.id in self.marked,
            has_draft=row.id in self._drafted_ids,
            names_closed=has_mixed_states(self.view),
        )
        lines = (thread_row.format_title_line, thread_row.format_preview_line)
        return [self._draw_line(line(row, state, width), base, width) for line in lines]

    def _get_row_style(self, current: bool) -> Style:
        """Return the style of a row."""
        if not current:
            return self.find_style()
        name = "list--cursor" if self.has_focus else "list--cursor-dim"
        return self.find_style(name)

    def _draw_line(self, parts: Iterable[RowPart], base: Style, width: int) -> Strip:
        """Draw the parts of a line on the style of the row."""
        segments = [
            Segment(text, overlay_style(base, self.find_style(name)) if name else base)
            for text, name in parts
        ]
        return Strip(segments).adjust_cell_length(width, base)
