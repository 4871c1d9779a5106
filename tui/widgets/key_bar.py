"""Show the keys that matter where the agent is, in the last line.

For a while a notice stands in their place. It takes as many lines as it needs, so that the key
that it names is never cut off, and it does not hide how long a text can still be cancelled.
"""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from tui.commands import Command
from tui.desk import cells
from tui.desk.key_names import format_key
from tui.domain.text import one_line

STATUS_SECONDS = 6.0
"""Usual time for which a notice stands in place of key hints."""
_MAX_STATUS_CHARS = 300
_SEPARATOR = " · "
_EDGES = 2
"""Cells for the blanks at both ends of a line."""


class KeyBar(Widget):
    """Show keys with labels, or for a moment a question or a hint."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"keys--key", "keys--word", "keys--say"}

    def __init__(self, *, id: str = "keys") -> None:
        """Create an empty bar."""
        super().__init__(id=id)
        self._pairs: list[tuple[str, str]] = []
        self._status = ""
        self._countdown = ""
        self._lines: list[str] = []
        """Status and countdown as they are shown; empty while there is no status."""
        self._status_timer: Timer | None = None
        self._shown_height = 1
        self._command_count = 0
        self._shown_since: int | None = None
        """Number of the command after which the status was shown; None: it is about all."""

    @property
    def shown_status(self) -> str:
        """Return the text shown in place of the keys; empty for none."""
        return self._status

    @property
    def has_countdown(self) -> bool:
        """Return whether it shows how long a text can be cancelled."""
        return bool(self._countdown)

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

    # Notices --------------------------------------------------------------------------------

    def show_status(
        self, text: str, seconds: float | None = None, *, is_general: bool = False
    ) -> None:
        """Show a text in place of the keys for a while.

        Args:
            text: Text to show; empty to show the keys again.
            seconds: How long to show it; None for the usual time.
            is_general: Whether it stays when the agent goes on to another conversation.
        """
        if self._status_timer is not None:
            self._status_timer.stop()
        self._status_timer = (
            self.set_timer(seconds or STATUS_SECONDS, self._clear_status) if text else None
        )
        self._shown_since = None if is_general else self._command_count
        self._set_texts(text, self._countdown)

    def show_countdown(self, text: str) -> None:
        """Show how long a text can be cancelled, beside the keys or a status text.

        Args:
            text: Remaining time and key; empty when it is over.
        """
        self._set_texts(self._status, text)

    def begin_command(self) -> None:
        """Record that the agent runs a command: what was shown before is old from now on."""
        self._command_count += 1

    def drop_old_status(self) -> None:
        """Remove a text that an earlier command has caused, where the agent was before."""
        if self._shown_since is not None and self._shown_since < self._command_count:
            self.show_status("")

    def _clear_status(self) -> None:
        """Show the keys again after the status text has been shown long enough."""
        self.show_status("")

    def _set_texts(self, status: str, countdown: str) -> None:
        """Change what is shown, and take the lines that it needs."""
        if (status, countdown) != (self._status, self._countdown):
            self._status, self._countdown = status, countdown
            self._arrange()

    def on_resize(self) -> None:
        """Arrange the text in the new width."""
        self._arrange()

    def _arrange(self) -> None:
        """Divide the text into lines."""
        width = self.size.width or self.app.size.width
        parts = one_line(self._status, _MAX_STATUS_CHARS).split(_SEPARATOR) if self._status else []
        countdown = [self._countdown] if self._status and self._countdown else []
        self._lines = wrap_parts([*parts, *countdown], width - _EDGES)
        height = max(1, len(self._lines))
        if height != self._shown_height:
            self._shown_height = height
            self.styles.height = height
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return one line."""
        width, base = self.size.width, self.rich_style
        notice_style = self.get_component_rich_style("keys--say")
        if self._lines:
            line = self._lines[y] if y < len(self._lines) else ""
            return Strip([Segment(f" {line}", notice_style)]).adjust_cell_length(
                width, notice_style
            )
        segments: list[Segment] = []
        if self._countdown:
            segments.append(Segment(f" {one_line(self._countdown, width)} ", notice_style))
            width -= cell_len(segments[0].text)
        key_style = self.get_component_rich_style("keys--key")
        label_style = self.get_component_rich_style("keys--word")
        for key_text, label in select_fitting(self._pairs, width):
            segments += [Segment(f" {key_text} ", key_style), Segment(f"{label} ", label_style)]
        return Strip(segments).adjust_cell_length(self.size.width, base)


def wrap_parts(parts: Sequence[str], width: int) -> list[str]:
    """Put the parts of a notice into lines, so that nothing of it is cut off.

    A key stays with the words beside it: lines end between parts, if a part fits into a line.

    Args:
        parts: Parts of the notice.
        width: Width of a line in cells.
    """
    if width <= 0:
        return [*parts[:1]]
    lines: list[str] = []
    for part in parts:
        joined = f"{lines[-1]}{_SEPARATOR}{part}" if lines else part
        if lines and cell_len(joined) <= width:
            lines[-1] = joined
        else:
            lines += cells.wrap_body(part, width)
    return lines


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
