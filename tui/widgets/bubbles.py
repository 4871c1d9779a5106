"""Draw one message: the bubble, its files, sender, time and badge, and advice."""

from collections.abc import Callable, Sequence
from datetime import tzinfo

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.desk import cells
from tui.desk.badges import FILE_MARK
from tui.desk.format import MAX_FILES
from tui.desk.message_text import MessageText, format_file
from tui.domain.file_names import format_file_count
from tui.domain.message import AttachmentInfo, Direction, Message
from tui.domain.text import one_line
from tui.terminal.ascii_text import protect_text
from tui.widgets.styled import StyledWidget

_MAX_BUBBLE_WIDTH = 84
_WIDTH_SHARE = 0.78
"""Share of the view's width that a message may take."""
_BAR = "│"


class BubbleRenderer:
    """Draw messages for a view, in the styles of its component classes."""

    def __init__(
        self,
        view: StyledWidget,
        *,
        ascii: bool,
        zone: tzinfo | None,
        several_accounts: Callable[[], bool],
        get_advice: Callable[[Message], str],
    ) -> None:
        """Create the renderer of a view.

        Args:
            view: Widget whose styles are used.
            ascii: Whether to draw with ASCII only.
            zone: Time zone of the agent; None for the system's.
            several_accounts: Returns whether a message shows the account it went through.
            get_advice: Returns what to do about a failed message; empty for nothing.
        """
        self._view = view
        self._ascii = ascii
        self._zone = zone
        self._several_accounts = several_accounts
        self._get_advice = get_advice
        self._background = Style()

    def set_background(self, background: Style) -> None:
        """Set the style of the background; to look it up for each line would take long.

        Args:
            background: Style under everything that is drawn from now on.
        """
        self._background = background

    def draw_message(
        self, message: Message, files: Sequence[AttachmentInfo], width: int, *, selected: bool
    ) -> list[Strip]:
        """Return the strips of a message, with a blank one after it.

        Args:
            message: Message to draw.
            files: Files that came with it.
            width: Width of each strip in cells.
            selected: Whether the message is selected.
        """
        edge = self._draw_edge(selected)
        lines = [
            *self._draw_bubble(message, width),
            *self._draw_files(files, width - 6),
            self._draw_meta(message, width - 4),
            *self._draw_advice(message, width - 8),
        ]
        placed = [self._align_line(line, message, width, edge) for line in lines]
        return [*placed, Strip.blank(width, self._background)]

    def _draw_bubble(self, message: Message, width: int) -> list[list[Segment]]:
        """Draw the text in a box as wide as the text."""
        inner = min(_MAX_BUBBLE_WIDTH, max(8, int(width * _WIDTH_SHARE))) - 2
        texts = cells.wrap_body(_get_bubble_text(message), inner)
        if self._ascii:
            texts = [protect_text(line) for line in texts]
        size = max(cell_len(line) for line in texts)
        style = self._background + self._view.find_style(f"message--{message.direction.value}")
        left, right = self._get_side_marks(message)
        return [[Segment(f"{left}{cells.fit_cells(line, size)}{right}", style)] for line in texts]

    def _get_side_marks(self, message: Message) -> tuple[str, str]:
        """Return the cells beside a text: lines where no background separates the bubbles."""
        if not self._view.app.native_ansi_color:
            return " ", " "
        match message.direction:
            case Direction.IN:
                return _BAR, " "
            case Direction.OUT:
                return " ", _BAR
        return _BAR, _BAR

    def _draw_files(self, files: Sequence[AttachmentInfo], room: int) -> list[list[Segment]]:
        """Draw a line for each file."""
        style = self._view.find_style("message--file")
        mark = FILE_MARK.draw(ascii=self._ascii)
        texts = [f"{mark} {format_file(file)}" for file in files[:MAX_FILES]]
        return [
            [Segment(f" {cells.fit_cells(text, min(cell_len(text), room))} ", style)]
            for text in texts
        ]

    def _draw_meta(self, message: Message, room: int) -> list[Segment]:
        """Draw the line with sender, time and badge."""
        dim = self._view.find_style("message--meta")
        texts = MessageText(message, zone=self._zone)
        details, badge = self._format_details(texts), texts.badge
        if message.direction is not Direction.OUT or badge is None:
            return [Segment(f" {details} ", dim)]
        colour = self._view.get_component_rich_style(f"badge--{badge.style}", partial=True).color
        status = texts.format_status(ascii=self._ascii)
        status_room = max(4, room - cell_len(details) - 4)
        return [
            Segment(f" {details} · ", dim),
            Segment(
                cells.fit_cells(status, min(cell_len(status), status_room)),
                self._background + Style(color=colour),
            ),
            Segment(" ", self._background),
        ]

    def _format_details(self, texts: MessageText) -> str:
        """Return what stands before the status: who, when, through which account, files."""
        is_note = texts.message.direction is Direction.NOTE
        account = "" if is_note or not self._several_accounts() else texts.message.account
        files = format_file_count(texts.message.attachments)
        parts = ["note" if is_note else "", texts.agent, texts.time]
        return " · ".join(filter(None, [*parts, one_line(account, 16), files]))

    def _draw_advice(self, message: Message, room: int) -> list[list[Segment]]:
        """Draw what to do about a failed message."""
        text = cells.fit_cells(self._get_advice(message), room).rstrip()
        return [[Segment(f" {text} ", self._view.find_style("message--advice"))]] if text else []

    def _draw_edge(self, selected: bool) -> Segment:
        """Draw the mark beside a selected message."""
        if not selected:
            return Segment(" ", self._background)
        return Segment("▌", self._view.find_style("message--selected"))

    def _align_line(
        self, segments: list[Segment], message: Message, width: int, edge: Segment
    ) -> Strip:
        """Align a line left for an incoming message, right for an outgoing one."""
        used = sum(cell_len(segment.text) for segment in segments)
        base = self._background
        gap = max(0, width - used - 3)
        if message.direction is Direction.OUT:
            parts = [edge, Segment(" " * gap, base), *segments, Segment("  ", base)]
        else:
            parts = [edge, Segment(" ", base), *segments, Segment(" " * (gap + 1), base)]
        return Strip(parts).adjust_cell_length(width, base)


def _get_bubble_text(message: Message) -> str:
    """Return the text of the bubble, with the subject above it."""
    if message.subject:
        return f"{message.subject}\n{message.body}"
    if message.body:
        return message.body
    if message.attachments:
        return "(no text, only files)"
    return message.files or "(no text)"
