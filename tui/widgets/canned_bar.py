"""The canned replies that a digit takes, in three columns under the conversation."""

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from tui import present
from tui.domain.templates import Template
from tui.domain.text import one_line

COLUMNS = 3
MOST = 9


class CannedBar(Widget):
    """Digit, name and the beginning of each text."""

    DEFAULT_CSS = """
    CannedBar { height: 1; background: $surface; color: $foreground; }
    CannedBar > .canned--key { color: $text-accent; text-style: bold; }
    CannedBar > .canned--text { color: $text-muted; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"canned--key", "canned--text"}

    def __init__(self) -> None:
        """Empty before `offer`."""
        super().__init__(id="canned")
        self._templates: Sequence[Template] = ()

    def offer(self, templates: Sequence[Template]) -> None:
        """Show these."""
        self._templates = templates[:MOST]
        self.styles.height = max(1, -(-len(self._templates) // COLUMNS))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line: up to three of them."""
        width = self.size.width
        if not self._templates:
            words = " No canned replies yet: the command “Canned replies” adds some"
            return Strip([Segment(present.fit(words, width), self._style("canned--text"))])
        room = width // COLUMNS
        segments: list[Segment] = []
        for number in range(y * COLUMNS, min((y + 1) * COLUMNS, len(self._templates))):
            segments += self._cell(number, room)
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def _cell(self, number: int, room: int) -> list[Segment]:
        """` 1 Opening hours  We are open… `."""
        template = self._templates[number]
        name = one_line(template.name, 40)
        text = f"{name}  {one_line(template.body, 80)}"
        shown = present.fit(text, room - 4)
        return [
            Segment(f" {number + 1} ", self._style("canned--key")),
            Segment(shown[: len(name)], self.rich_style),
            Segment(f"{shown[len(name) :]} ", self._style("canned--text")),
        ]

    def _style(self, name: str) -> Style:
        """A component's colour on this bar's background."""
        style = self.get_component_rich_style(name)
        return self.rich_style + Style(color=style.color, bold=style.bold)
