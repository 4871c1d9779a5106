"""Show the keys that matter where the agent is, in the last line."""

from collections.abc import Iterable
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from tui.commands import Command
from tui.desk.key_names import format_key
from tui.domain.text import one_line

_STATUS_SECONDS = 6.0


class KeyBar(Widget):
    """Show keys with labels, or for a moment a question or a hint."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"keys--key", "keys--word", "keys--say"}

    def __init__(self, *, id: str = "keys") -> None:
        """Create an empty bar."""
        super().__init__(id=id)
        self._pairs: list[tuple[str, str]] = []
        self._status = ""
        self._status_timer: Timer | None = None

    @property
    def shown_status(self) -> str:
        """Return the text shown in place of the keys; empty for none."""
        return self._status

    def show_commands(self, commands: Iterable[Command], *more: tuple[str, str]) -> None:
        """Show the first key and the short label of each command.

        Args:
            commands: Commands of the registry.
            *more: Further pairs of key and label.
        """
        pairs = [(format_key(c.keys[0]), c.bar_label or c.title) for c in commands if c.keys]
        self.show_keys([*pairs, *more])

    def show_keys(self, pairs: list[tuple[str, str]]) -> None:
        """Show these keys once no status text is shown any more.

        Args:
            pairs: Pairs of key and label.
        """
        if pairs != self._pairs:
            self._pairs = pairs
            self.refresh()

    def show_status(self, text: str) -> None:
        """Show a text in place of the keys for a while.

        Args:
            text: Text to show; empty to show the keys again.
        """
        if self._status_timer is not None:
            self._status_timer.stop()
        self._status_timer = self.set_timer(_STATUS_SECONDS, self._clear_status) if text else None
        if text != self._status:
            self._status = text
            self.refresh()

    def _clear_status(self) -> None:
        """Show the keys again after the status text has been shown long enough."""
        self.show_status("")

    def render_line(self, y: int) -> Strip:
        """Return the line."""
        width, base = self.size.width, self.rich_style
        if self._status:
            style = self.get_component_rich_style("keys--say")
            text = Segment(f" {one_line(self._status, width)}", style)
            return Strip([text]).adjust_cell_length(width, style)
        key_style = self.get_component_rich_style("keys--key")
        label_style = self.get_component_rich_style("keys--word")
        segments: list[Segment] = []
        for key_text, label in select_fitting(self._pairs, width):
            segments += [Segment(f" {key_text} ", key_style), Segment(f"{label} ", label_style)]
        return Strip(segments).adjust_cell_length(width, base)


def select_fitting(pairs: list[tuple[str, str]], width: int) -> list[tuple[str, str]]:
    """Return the first pairs that fit, and always the last one: how to leave.

    Args:
        pairs: Pairs of key and label.
        width: Width of the bar in cells.
    """
    room = width - sum(_measure_pair(pair) for pair in pairs[-1:])
    shown = []
    for pair in pairs[:-1]:
        room -= _measure_pair(pair)
        if room < 0:
            break
        shown.append(pair)
    return [*shown, *pairs[-1:]]


def _measure_pair(pair: tuple[str, str]) -> int:
    """Return the width of a key and its label with the blanks around them."""
    return cell_len(pair[0]) + cell_len(pair[1]) + 3
