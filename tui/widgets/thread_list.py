"""List conversations in two lines each, with the one that has waited longest at the top."""

from collections.abc import Iterable
from datetime import tzinfo
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.clock import MINUTE, Clock
from tui.desk import thread_row
from tui.desk.thread_row import RowPart
from tui.domain.conversation import Conversation
from tui.domain.views import describe_empty_view, has_mixed_states
from tui.store.store import Store
from tui.widgets.composer import Composer
from tui.widgets.conversation_list import ConversationList
from tui.widgets.styled import overlay_style


class ThreadList(ConversationList):
    """Draw the conversations of one view."""

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
        super().__init__(store, clock, zone, agent)
        self._ascii = ascii
        self._judged_at = clock.now()
        """Time up to which rows are known to be painted as overdue, ms UTC."""

    @property
    def is_agent_writing(self) -> bool:
        """Return whether the composer has the focus."""
        return isinstance(self.screen.focused, Composer)

    def refresh_ages(self) -> None:
        """Repaint the rows whose age has changed; called once a minute."""
        for place in range(self.top, min(self.top + self.visible_rows + 1, len(self.rows))):
            self.refresh_row(place)

    def show_overdue_rows(self) -> None:
        """Repaint the rows if one has become overdue; called once a second."""
        judged_at, now = self._judged_at, self._clock.now()
        if any(row.due_at is not None and judged_at <= row.due_at < now for row in self.rows):
            self._judged_at = now
            self.refresh_ages()

    # Drawing --------------------------------------------------------------------------------

    def describe_empty(self) -> str:
        """Return the meaning of an empty view; empty before a view is shown."""
        return describe_empty_view(self.view) if self._has_view else ""

    def get_appearance_key(self) -> object:
        """Return what changes the rows: the time, the marks, the drafts and what has left."""
        minute = self._clock.now() // MINUTE
        return minute, self._judged_at, self.marked, self._drafted_ids, self._departure

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
            departure=self.find_departure_reason(row),
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
