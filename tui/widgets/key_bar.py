"""Show the keys that matter where the agent is, in the last line.

For a while a notice stands in their place. It takes as many lines as it needs, so that the key
that it names is never cut off, and it does not hide how long a text can still be cancelled.

The newest notice is shown, with one exception: while one that needs reading is shown, others wait
until its time is over, unless they answer a key that was pressed since.
"""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from tui.command_types import Command
from tui.desk import cells
from tui.desk.key_names import format_key
from tui.domain.record_type import record
from tui.domain.text import one_line

STATUS_SECONDS = 6.0
"""Usual time for which a notice stands in place of key hints."""
_MAX_STATUS_CHARS = 300
_SEPARATOR = " · "
_EDGES = 2
"""Cells for the blanks at both ends of a line."""


@record
class Notice:
    """A text that stands in place of the keys for a while."""

    text: str
    seconds: float | None = None
    is_general: bool = False
    """Whether it stays when the agent goes on to another conversation."""
    needs_reading: bool = False
    """Whether the agent may do something wrong without having read it."""
    command: int = 0
    """Number of the command after which it was to be shown."""


class KeyBar(Widget):
    """Show keys with labels, or for a moment a question or a hint."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"keys--key", "keys--word", "keys--say"}

    def __init__(self, *, id: str = "keys") -> None:
        """Create an empty bar."""
        super().__init__(id=id)
        self._pairs: list[tuple[str, str]] = []
        self._notice = Notice("")
        self._waiting = Notice("")
        """Shown when the time of the notice is over."""
        self._countdown = ""
        self._lines: list[str] = []
        """Status and countdown as they are shown; empty while there is no status."""
        self._status_timer: Timer | None = None
        self._shown_height = 1
        self._command_count = 0

    @property
    def shown_status(self) -> str:
        """Return the text shown in place of the keys; empty for none."""
        return self._notice.text

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
        self,
        text: str,
        seconds: float | None = None,
        *,
        is_general: bool = False,
        needs_reading: bool = False,
    ) -> None:
        """Show a text in place of the keys for a while; it may have to wait.

        Args:
            text: Text to show; empty to show the keys again.
            seconds: How long to show it; None for the usual time.
            is_general: Whether it stays when the agent goes on to another conversation.
            needs_reading: Whether the agent may do something wrong without having read it.
        """
        shown = self._notice
        notice = Notice(text, seconds, is_general, needs_reading, self._command_count)
        is_answer = notice.command > shown.command
        if text and shown.needs_reading and not needs_reading and not is_answer:
            self._waiting = notice
            return
        self._waiting = Notice("")
        self._show_notice(notice)

    def withdraw_status(self, text: str) -> None:
        """Remove a text if it is shown or waits, as it is not true any more.

        Args:
            text: Text that was to be shown.
        """
        if self._waiting.text == text:
            self._waiting = Notice("")
        if self._notice.text == text:
            self._show_waiting()

    def show_countdown(self, text: str) -> None:
        """Show how long a text can be cancelled, beside the keys or a status text.

        Args:
            text: Remaining time and key; empty when it is over.
        """
        if text != self._countdown:
            self._countdown = text
            self._arrange()

    def begin_command(self) -> None:
        """Record that the agent runs a command: what was shown before is old from now on."""
        self._command_count += 1

    def drop_old_status(self, *, keep_unread: bool = False) -> None:
        """Remove a text that an earlier command has caused, where the agent was before.

        Args:
            keep_unread: Whether a text stays that needs reading.
        """
        if self._is_old(self._waiting, keep_unread):
            self._waiting = Notice("")
        if self._is_old(self._notice, keep_unread):
            self._show_waiting()

    def _is_old(self, notice: Notice, keep_unread: bool) -> bool:
        """Return whether a notice is about where the agent was before this command."""
        stays = notice.is_general or (keep_unread and notice.needs_reading)
        return not stays and notice.command < self._command_count

    def _show_waiting(self) -> None:
        """Show what has waited, else the keys, as the notice is over."""
        waiting, self._waiting = self._waiting, Notice("")
        self._show_notice(waiting)

    def _show_notice(self, notice: Notice) -> None:
        """Show a notice for its time, and take the lines that it needs."""
        if self._status_timer is not None:
            self._status_timer.stop()
        seconds = notice.seconds or STATUS_SECONDS
        self._status_timer = self.set_timer(seconds, self._show_waiting) if notice.text else None
        is_new, self._notice = notice.text != self._notice.text, notice
        if is_new:
            self._arrange()

    def on_resize(self) -> None:
        """Arrange the text in the new width."""
        self._arrange()

    def _arrange(self) -> None:
        """Divide the text into lines."""
        width = self.size.width or self.app.size.width
        status = one_line(self._notice.text, _MAX_STATUS_CHARS)
        parts = status.split(_SEPARATOR) if status else []
        countdown = [self._countdown] if status and self._countdown else []
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
