"""Show the line above the composer: the route of the message, and its length as SMS."""

from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from tui.desk import cells
from tui.desk.composer_hints import format_length, format_limit, is_too_long
from tui.domain.capabilities import Capabilities
from tui.domain.sms import count_parts
from tui.domain.text import one_line

_RULE = "─"


class RouteLine(Widget):
    """Show the route (account, sender, replies) at the left, length and parts at the right."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "route--rule",
        "route--words",
        "route--long",
        "route--over",
    }

    def __init__(self) -> None:
        """Create an empty line."""
        super().__init__(id="route")
        self._route = ""
        self._short_route = ""
        self._length = ""
        self._length_style = "route--words"

    def show_route(self, text: str, short_text: str = "") -> None:
        """Show the route of the message.

        Args:
            text: Account, sender and whether replies arrive.
            short_text: The same in fewer cells, for a line that has no room for all.
        """
        self._short_route = one_line(short_text or text, 120)
        self._set_content(route=one_line(text, 120))

    def show_length(self, text: str, capabilities: Capabilities | None = None) -> None:
        """Show how long a text is, and near the limit of the account also that.

        Args:
            text: Text of the message; empty shows no length.
            capabilities: Capabilities of the account; None if they are not known.
        """
        counted = count_parts(text)
        whole = capabilities is not None and capabilities.has_whole_160_parts
        length = format_length(counted, whole_parts=whole)
        limit = format_limit(text, capabilities)
        style = "route--long" if len(counted.parts) > 1 else "route--words"
        self._set_content(
            length=" · ".join(filter(None, (length, limit))),
            length_style="route--over" if is_too_long(text, capabilities) else style,
        )

    def _set_content(
        self,
        *,
        route: str | None = None,
        length: str | None = None,
        length_style: str | None = None,
    ) -> None:
        """Repaint the line if anything has changed."""
        old = (self._route, self._length, self._length_style)
        self._route = old[0] if route is None else route
        self._length = old[1] if length is None else length
        self._length_style = old[2] if length_style is None else length_style
        if old != (self._route, self._length, self._length_style):
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return the line."""
        rule = self.get_component_rich_style("route--rule")
        route = self.get_component_rich_style("route--words")
        length = self.get_component_rich_style(self._length_style)
        right = f" {self._length} " if self._length else ""
        room = self.size.width - cell_len(right) - 2
        shown = self._route if cell_len(self._route) + 2 <= room else self._short_route
        left = cells.fit_cells(f" {shown} ", room).rstrip() + " "
        gap = max(0, self.size.width - cell_len(left) - cell_len(right) - 2)
        parts = [
            Segment(_RULE, rule),
            Segment(left, route),
            Segment(_RULE * gap, rule),
            Segment(right, length),
            Segment(_RULE, rule),
        ]
        return Strip(parts).adjust_cell_length(self.size.width, rule)
