"""The last line: the keys that matter where the agent is."""

from collections.abc import Iterable
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from tui.commands import Command, shown
from tui.domain.text import one_line

_SAY_SECONDS = 6.0


class KeyBar(Widget):
    """Keys and words, or for a moment a question or a hint."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"keys--key", "keys--word", "keys--say"}

    def __init__(self, *, id: str = "keys") -> None:
        """Empty."""
        super().__init__(id=id)
        self._pairs: list[tuple[str, str]] = []
        self._words = ""
        self._hush: Timer | None = None

    @property
    def said(self) -> str:
        """The words that are shown in place of the keys."""
        return self._words

    def offer(self, commands: Iterable[Command], *more: tuple[str, str]) -> None:
        """Show the first key and the short word of each command, and more keys and words."""
        pairs = [(shown(c.keys[0]), c.bar or c.words) for c in commands if c.keys]
        self.pairs([*pairs, *more])

    def pairs(self, pairs: list[tuple[str, str]]) -> None:
        """Show these keys and words, once nothing is said any more."""
        if pairs != self._pairs:
            self._pairs = pairs
            self.refresh()

    def say(self, words: str) -> None:
        """Show a line of words in place of the keys for a while; empty brings the keys back."""
        if self._hush is not None:
            self._hush.stop()
        self._hush = self.set_timer(_SAY_SECONDS, self._fall_silent) if words else None
        if words != self._words:
            self._words = words
            self.refresh()

    def _fall_silent(self) -> None:
        """The words have stood there long enough."""
        self.say("")

    def render_line(self, y: int) -> Strip:
        """The line."""
        width, base = self.size.width, self.rich_style
        if self._words:
            style = self.get_component_rich_style("keys--say")
            text = Segment(f" {one_line(self._words, width)}", style)
            return Strip([text]).adjust_cell_length(width, style)
        key = self.get_component_rich_style("keys--key")
        word = self.get_component_rich_style("keys--word")
        segments: list[Segment] = []
        for sign, words in fitting(self._pairs, width):
            segments += [Segment(f" {sign} ", key), Segment(f"{words} ", word)]
        return Strip(segments).adjust_cell_length(width, base)


def fitting(pairs: list[tuple[str, str]], width: int) -> list[tuple[str, str]]:
    """The first of these that have room as a whole, and always the last: the way out."""
    room = width - sum(_cells(pair) for pair in pairs[-1:])
    shown = []
    for pair in pairs[:-1]:
        room -= _cells(pair)
        if room < 0:
            break
        shown.append(pair)
    return [*shown, *pairs[-1:]]


def _cells(pair: tuple[str, str]) -> int:
    """The width of a key and its word with the blanks around them."""
    return cell_len(pair[0]) + cell_len(pair[1]) + 3
