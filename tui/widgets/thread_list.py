"""List conversations in two lines each, with the one that has waited longest at the top."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import tzinfo
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.clock import MINUTE, Clock
from tui.desk import cells, format
from tui.desk.badges import BADGES, DRAFT_MARK, STAR_MARK, TICK_MARK, UNREAD_MARK
from tui.desk.message_text import format_preview
from tui.domain.change import RELOAD, Change, Subject
from tui.domain.conversation import Conversation, State, View
from tui.domain.message import Direction
from tui.domain.text import one_line
from tui.domain.views import describe_empty_view, has_mixed_states, is_in_view, is_waiting
from tui.store.conversations import FIRST_POSITION, LAST_POSITION, get_position
from tui.store.store import Store
from tui.terminal.ascii_fallback import protect_text
from tui.widgets.markable_list import MarkableList
from tui.widgets.styled import overlay_style


class ThreadList(MarkableList):
    """List the conversations of one view."""

    ROW_HEIGHT = 2
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "thread--title",
        "thread--unread",
        "thread--preview",
        "thread--age",
        "thread--waiting",
        "thread--mark",
        "thread--label",
        "badge--waiting",
        "badge--moving",
        "badge--good",
        "badge--bad",
        "badge--doubt",
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
        self._number_grouping = False

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
        """Return what changes the rows: the minute, the marks, the drafts and number grouping."""
        return self._clock.now() // MINUTE, self.marked, self._drafted_ids, self._number_grouping

    def enable_number_grouping(self) -> None:
        """Format phone numbers in groups of digits from now on.

        The library for it is too large to load before the first paint.
        """
        self._number_grouping = True
        self.refresh()

    def draw_row(self, row: Conversation, *, current: bool, width: int) -> list[Strip]:
        """Draw a line with title and age, and a line with preview and badge.

        Args:
            row: Conversation to draw.
            current: Whether the cursor is on it.
            width: Width of each strip in cells.
        """
        base = self._get_row_style(current)
        return [self._draw_title_line(row, base, width), self._draw_preview_line(row, base, width)]

    def _get_row_style(self, current: bool) -> Style:
        """Return the style of a row."""
        if not current:
            return self.find_style()
        name = "list--cursor" if self.has_focus else "list--cursor-dim"
        return self.find_style(name)

    def _draw_title_line(self, row: Conversation, base: Style, width: int) -> Strip:
        """Draw the first line: ` ● Ana Kowalska        12m `."""
        since = row.waiting_since if row.waiting_since is not None else row.last_at
        # The same for all rows, whenever each is painted.
        minute = self._clock.now() // MINUTE * MINUTE
        age = f" {format.format_age(since, minute):>4} "
        flags = self._format_flags(row)
        room = width - 3 - len(age) - len(flags)
        name = "thread--unread" if row.unread else "thread--title"
        waits = "thread--waiting" if is_waiting(row) else "thread--age"
        return Strip(
            [
                Segment(
                    self._format_mark(row), overlay_style(base, self.find_style("thread--mark"))
                ),
                Segment(
                    cells.fit_cells(self._format_title(row), room),
                    overlay_style(base, self.find_style(name)),
                ),
                Segment(flags, overlay_style(base, self.find_style("thread--age"))),
                Segment(age, overlay_style(base, self.find_style(waits))),
            ]
        ).adjust_cell_length(width, base)

    def _draw_preview_line(self, row: Conversation, base: Style, width: int) -> Strip:
        """Draw the second line: `   You: Your order is ready   ✓✓ `."""
        mark, style = self._format_badge(row)
        labels = cells.format_labels(row.labels, (width - 4) // 3)
        you = (
            "You: " if row.last_direction is Direction.OUT and not row.is_last_message_ping else ""
        )
        note = "Note: " if row.last_direction is Direction.NOTE else ""
        room = width - 4 - len(mark) - cell_len(labels)
        return Strip(
            [
                Segment("   ", base),
                Segment(
                    cells.fit_cells(
                        you + note + self._protect_outside_text(format_preview(row)), room
                    ),
                    overlay_style(base, self.find_style("thread--preview")),
                ),
                Segment(labels, overlay_style(base, self.find_style("thread--label"))),
                Segment(mark, overlay_style(base, style)),
                Segment(" ", base),
            ]
        ).adjust_cell_length(width, base)

    def _format_title(self, row: Conversation) -> str:
        """Return the name or number of the customer."""
        title = format.format_title(row) if self._number_grouping else one_line(row.title, 60)
        return self._protect_outside_text(title)

    def _protect_outside_text(self, text: str) -> str:
        """Protect an outside text from ASCII replacement."""
        return protect_text(text) if self._ascii else text

    def _format_mark(self, row: Conversation) -> str:
        """Return three cells that show whether a conversation is marked and unread."""
        tick = TICK_MARK.draw(ascii=self._ascii) if row.id in self.marked else " "
        return f"{tick}{UNREAD_MARK.draw(ascii=self._ascii) if row.unread else ' '} "

    def _format_flags(self, row: Conversation) -> str:
        """Return draft, star, opt-out, owner, and the state if it is not open."""
        parts = []
        if row.id in self._drafted_ids:
            parts.append(DRAFT_MARK.draw(ascii=self._ascii))
        if row.starred:
            parts.append(STAR_MARK.draw(ascii=self._ascii))
        if row.opted_out:
            parts.append("STOP")
        elif row.suspected:
            parts.append("stop?")
        if row.assignee:
            parts.append(f"@{one_line(row.assignee, 8)}")
        if row.state is State.SNOOZED:
            now = self._clock.now()
            parts.append(format.format_snooze_end(row.snoozed_until, now, self._zone))
        elif row.state is State.CLOSED and has_mixed_states(self.view):
            parts.append("closed")
        return " " + " ".join(parts) if parts else ""

    def _format_badge(self, row: Conversation) -> tuple[str, Style]:
        """Return the last message's badge with its style; long only for a failed message."""
        status = row.last_status
        if row.last_direction is not Direction.OUT or status is None:
            return "", Style()
        badge = BADGES[status]
        has_label = status.is_problem and not row.is_last_message_ping
        draw = badge.format if has_label else badge.symbol.draw
        return f" {draw(ascii=self._ascii)}", self.find_style(f"badge--{badge.style}")
