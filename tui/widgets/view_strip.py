"""Show the saved views with their keys and unread counts at the left of a wide screen.

It is mounted only where there is room and a view, after the first paint.
"""

from collections.abc import Iterable
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip

from tui.desk.cells import fit_cells
from tui.desk.context import AppContext
from tui.desk.unread_counts import UnreadCounts
from tui.domain.change import Change
from tui.domain.conversation import View
from tui.domain.text import one_line
from tui.store.store import Store
from tui.store.view_rows import SavedView
from tui.terminal.private_api import set_border_title
from tui.widgets.styled import StyledWidget, overlay_style

_COUNT_WIDTH = 5


class ViewStrip(StyledWidget):
    """List of the saved views; a click shows one."""

    DEFAULT_CSS = """
    ViewStrip {
        width: 24;
        height: 1fr;
        background: $background;
        color: $foreground;
        border: round $rule;
        border-title-color: $foreground;
    }
    ViewStrip > .strip--shown { background: $panel; text-style: bold; }
    ViewStrip > .strip--key { color: $text-muted; }
    ViewStrip > .strip--count { color: $text-accent; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"strip--shown", "strip--key", "strip--count"}
    can_focus = False

    class Chosen(Message):
        """A view was clicked."""

        def __init__(self, saved: SavedView) -> None:
            """Create the message.

            Args:
                saved: View that was clicked.
            """
            super().__init__()
            self.saved = saved

    def __init__(self, store: Store, context: AppContext) -> None:
        """Create an empty strip; `reload` fills it.

        Args:
            store: Store that has the views.
            context: Settings and helpers shared by the screens.
        """
        super().__init__(id="view-strip")
        self._counts = UnreadCounts(store, context.agent)
        self._mark = ">" if context.ascii else "▌"
        self._shown = View()
        self.has_views = False
        """Whether there is a view to show."""

    async def reload(self) -> None:
        """Read the views and their unread conversations."""
        await self._counts.reload()
        self._update()

    async def apply_changes(self, changes: Iterable[Change]) -> None:
        """Follow changes in the store; only changed counts are painted.

        Args:
            changes: What changed, in the order of the store.
        """
        if await self._counts.apply_changes(changes):
            self._update()

    def mark_shown(self, view: View) -> None:
        """Mark the view that the list shows.

        Args:
            view: View of the list.
        """
        if view != self._shown:
            self._shown = view
            self.refresh()

    def _update(self) -> None:
        """Paint the strip again."""
        self.has_views = bool(self._counts.views)
        if self.is_attached:
            set_border_title(self, Content("Views"))
            self.refresh()

    def on_mount(self) -> None:
        """Show the title."""
        self._update()

    def on_click(self, event: events.Click) -> None:
        """Show the view that was clicked."""
        line = event.get_content_offset(self)
        if line is not None and 0 <= line.y < len(self._counts.views):
            self.post_message(self.Chosen(self._counts.views[line.y]))

    def draw_line(self, y: int, size: Size) -> Strip:
        """Draw one view: mark, key, name, unread conversations."""
        width, views = size.width, self._counts.views
        if y >= len(views):
            return Strip.blank(width, self.find_style())
        saved = views[y]
        is_shown = saved.view == self._shown
        base = self.find_style("strip--shown") if is_shown else self.find_style()
        count = self._counts.format_count(saved)
        name = fit_cells(one_line(saved.name, 60), max(0, width - 3 - _COUNT_WIDTH))
        parts = [
            Segment(self._mark if is_shown else " ", base),
            Segment(f"{saved.key or ' '} ", self._style_part(base, "strip--key")),
            Segment(name, base),
            Segment(f"{count:>{_COUNT_WIDTH - 1}} ", self._style_part(base, "strip--count")),
        ]
        return Strip(parts).adjust_cell_length(width, base)

    def _style_part(self, base: Style, name: str) -> Style:
        """Return the style of a part on that of its line."""
        return overlay_style(base, Style(color=self.find_style(name).color))
