"""List conversations in two lines each, with the one that has waited longest at the top."""

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
from tui.domain.conversation import Conversation, State
from tui.domain.message import Direction
from tui.domain.text import one_line
from tui.domain.views import describe_empty_view, has_mixed_states, is_waiting
from tui.store.store import Store
from tui.terminal.ascii_fallback import protect_text
from tui.widgets.composer import Composer
from tui.widgets.conversation_list import ConversationList
from tui.widgets.styled import overlay_style


class ThreadList(ConversationList):
    """Draw the conversations of one view."""

    ROW_HEIGHT = 2
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "thread--title",
        "thread--unread",
        "thread--preview",
        "thread--age",
        "thread--waiting",
        "thread--mark",
        "thread--label",
        "thread--departed",
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
        super().__init__(store, clock, zone, agent)
        self._ascii = ascii
        self._number_grouping = False

    @property
    def is_agent_writing(self) -> bool:
        """Return whether the composer has the focus."""
        return isinstance(self.screen.focused, Composer)

    def refresh_ages(self) -> None:
        """Repaint the rows whose age has changed; called once a minute."""
        for place in range(self.top, min(self.top + self.visible_rows + 1, len(self.rows))):
            self.refresh_row(place)

    # Drawing --------------------------------------------------------------------------------

    def describe_empty(self) -> str:
        """Return the meaning of an empty view; empty before a view is shown."""
        return describe_empty_view(self.view) if self._has_view else ""

    def get_appearance_key(self) -> object:
        """Return what changes the rows: minute, marks, drafts, number grouping, what has left."""
        minute = self._clock.now() // MINUTE
        return minute, self.marked, self._drafted_ids, self._number_grouping, self._departure

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
        if self.has_departed(row):
            name = waits = "thread--departed"
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
        reason = self.find_departure_reason(row)
        labels = "" if reason else cells.format_labels(row.labels, (width - 4) // 3)
        preview = self._protect_outside_text(reason or self._format_preview(row))
        room = width - 4 - len(mark) - cell_len(labels)
        return Strip(
            [
                Segment("   ", base),
                Segment(
                    cells.fit_cells(preview, room),
                    overlay_style(
                        base, self.find_style("thread--departed" if reason else "thread--preview")
                    ),
                ),
                Segment(labels, overlay_style(base, self.find_style("thread--label"))),
                Segment(mark, overlay_style(base, style)),
                Segment(" ", base),
            ]
        ).adjust_cell_length(width, base)

    @staticmethod
    def _format_preview(row: Conversation) -> str:
        """Return the last message, with "You:" or "Note:" before one that went out."""
        if row.last_direction is Direction.NOTE:
            return f"Note: {format_preview(row)}"
        is_ours = row.last_direction is Direction.OUT and not row.is_last_message_ping
        return f"You: {format_preview(row)}" if is_ours else format_preview(row)

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
