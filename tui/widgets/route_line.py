"""The line over the composer: which way the message goes, and how long it is as SMS."""

from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from tui import present
from tui.desk.ribbon import length_words
from tui.domain.sms import count
from tui.domain.text import one_line


class RouteLine(Widget):
    """Account, sender and whether it can be answered at the left; length and parts at the right."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"route--rule", "route--words", "route--long"}

    def __init__(self, *, ascii: bool = False) -> None:
        """Says nothing yet."""
        super().__init__(id="route")
        self._mark = "-" if ascii else "─"
        self._words = ""
        self._length = ""
        self._long = False

    def route(self, words: str) -> None:
        """Say which way the message goes."""
        self._say(words=one_line(words, 120))

    def measure(self, text: str, *, whole: bool = False) -> None:
        """Say how long a text is; `whole` where parts are whole multiples of 160."""
        counted = count(text)
        self._say(length=length_words(counted, whole=whole), long=len(counted.parts) > 1)

    def _say(
        self, *, words: str | None = None, length: str | None = None, long: bool | None = None
    ) -> None:
        """Repaint if anything reads differently."""
        old = (self._words, self._length, self._long)
        self._words = old[0] if words is None else words
        self._length = old[1] if length is None else length
        self._long = old[2] if long is None else long
        if old != (self._words, self._length, self._long):
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """The line."""
        rule = self.get_component_rich_style("route--rule")
        words = self.get_component_rich_style("route--words")
        length = self.get_component_rich_style("route--long" if self._long else "route--words")
        right = f" {self._length} " if self._length else ""
        left = present.fit(f" {self._words} ", self.size.width - cell_len(right) - 2).rstrip() + " "
        gap = max(0, self.size.width - cell_len(left) - cell_len(right) - 2)
        parts = [
            Segment(self._mark, rule),
            Segment(left, words),
            Segment(self._mark * gap, rule),
            Segment(right, length),
            Segment(self._mark, rule),
        ]
        return Strip(parts).adjust_cell_length(self.size.width, rule)
