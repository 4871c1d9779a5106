"""Show the canned replies that a digit inserts, in three columns under the conversation."""

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from tui.desk import cells
from tui.domain.templates import CannedReply
from tui.domain.text import one_line

COLUMNS = 3
MAX_REPLIES = 9


class CannedBar(Widget):
    """Show digit, name and the beginning of the text of each canned reply; + marks a macro."""

    DEFAULT_CSS = """
    CannedBar { height: 1; background: $surface; color: $foreground; }
    CannedBar > .canned--key { color: $text-accent; text-style: bold; }
    CannedBar > .canned--text { color: $text-muted; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"canned--key", "canned--text"}

    def __init__(self) -> None:
        """Create an empty bar; `show_replies` fills it."""
        super().__init__(id="canned")
        self._replies: Sequence[CannedReply] = ()

    def show_replies(self, replies: Sequence[CannedReply]) -> None:
        """Show the first nine canned replies."""
        self._replies = replies[:MAX_REPLIES]
        self.styles.height = max(1, -(-len(self._replies) // COLUMNS))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return one line with up to three canned replies."""
        width = self.size.width
        if not self._replies:
            text = " No canned replies yet: the command “Canned replies” adds some"
            return Strip(
                [Segment(cells.fit_cells(text, width), self._resolve_style("canned--text"))]
            )
        room = width // COLUMNS
        segments: list[Segment] = []
        for number in range(y * COLUMNS, min((y + 1) * COLUMNS, len(self._replies))):
            segments += self._draw_reply(number, room)
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def _draw_reply(self, number: int, room: int) -> list[Segment]:
        """Draw one canned reply: ` 1 Opening hours  We are open… `."""
        reply = self._replies[number]
        name = one_line(reply.name, 40) + ("+" if reply.actions else "")
        text = f"{name}  {one_line(reply.summary, 80)}"
        shown = cells.fit_cells(text, room - 4)
        return [
            Segment(f" {number + 1} ", self._resolve_style("canned--key")),
            Segment(shown[: len(name)], self.rich_style),
            Segment(f"{shown[len(name) :]} ", self._resolve_style("canned--text")),
        ]

    def _resolve_style(self, name: str) -> Style:
        """Return a component's style on the background of the bar."""
        style = self.get_component_rich_style(name)
        return self.rich_style + Style(color=style.color, bold=style.bold)
