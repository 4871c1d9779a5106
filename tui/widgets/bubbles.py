"""How one message is drawn: the bubble, its files, who and when with the badge, and advice."""

from collections.abc import Callable, Sequence
from datetime import tzinfo

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui import present
from tui.domain.message import AttachmentInfo, Direction, Message
from tui.terminal.signs import spared
from tui.widgets.styled import Styled

_WIDEST = 84
_SHARE = 0.78
"""How much of the width a message may take."""


class Bubbles:
    """Draws for a view, in the styles of its component classes."""

    def __init__(
        self,
        view: Styled,
        *,
        ascii: bool,
        zone: tzinfo | None,
        several_accounts: bool,
        coach: Callable[[Message], str],
    ) -> None:
        """`coach` says what to do about a message in trouble; empty for nothing."""
        self._view = view
        self._ascii = ascii
        self._zone = zone
        self._several_accounts = several_accounts
        self._coach = coach
        self._ground = Style()

    def stand_on(self, ground: Style) -> None:
        """What is drawn from now on stands on this; to find it out for each line takes long."""
        self._ground = ground

    def draw(
        self, message: Message, files: Sequence[AttachmentInfo], width: int, *, selected: bool
    ) -> list[Strip]:
        """A message's strips of `width` cells, with a blank one behind it."""
        edge = self._edge(selected)
        lines = [
            *self._bubble(message, width),
            *self._files(files, width - 6),
            self._meta(message, width - 4),
            *self._advice(message, width - 8),
        ]
        placed = [self._placed(line, message, width, edge) for line in lines]
        return [*placed, Strip.blank(width, self._ground)]

    def _bubble(self, message: Message, width: int) -> list[list[Segment]]:
        """The text, in a box of its own width."""
        inner = min(_WIDEST, max(8, int(width * _SHARE))) - 2
        texts = present.body_lines(_text(message), inner)
        if self._ascii:
            texts = [spared(line) for line in texts]
        size = max(cell_len(line) for line in texts)
        style = self._ground + self._view.style_of(f"message--{message.direction.value}")
        left, right = self._sides(message)
        return [[Segment(f"{left}{present.fit(line, size)}{right}", style)] for line in texts]

    def _sides(self, message: Message) -> tuple[str, str]:
        """The cells beside a text: lines where no background tells the bubbles apart."""
        if not self._view.app.native_ansi_color:
            return " ", " "
        bar = "|" if self._ascii else "│"
        match message.direction:
            case Direction.IN:
                return bar, " "
            case Direction.OUT:
                return " ", bar
        return bar, bar

    def _files(self, files: Sequence[AttachmentInfo], room: int) -> list[list[Segment]]:
        """A line for each file that came with it."""
        style = self._view.style_of("message--file")
        return [
            [Segment(f" {present.fit(words, min(cell_len(words), room))} ", style)]
            for words in present.file_lines(files, ascii=self._ascii)
        ]

    def _meta(self, message: Message, room: int) -> list[Segment]:
        """Who and when, and the badge."""
        dim = self._view.style_of("message--meta")
        words = present.meta(message, zone=self._zone, several_accounts=self._several_accounts)
        words = f"note · {words}" if message.direction is Direction.NOTE else words
        badge = present.badge_words(message, zone=self._zone, ascii=self._ascii)
        if message.direction is not Direction.OUT or message.status is None:
            return [Segment(f" {words} ", dim)]
        name = f"badge--{present.badge(message.status).style}"
        colour = self._view.get_component_rich_style(name, partial=True).color
        badge = present.fit(badge, min(cell_len(badge), max(4, room - cell_len(words) - 4)))
        return [
            Segment(f" {words} · ", dim),
            Segment(badge, self._ground + Style(color=colour)),
            Segment(" ", self._ground),
        ]

    def _advice(self, message: Message, room: int) -> list[list[Segment]]:
        """What to do about it, under a message in trouble."""
        words = present.fit(self._coach(message), room).rstrip()
        return [[Segment(f" {words} ", self._view.style_of("message--advice"))]] if words else []

    def _edge(self, selected: bool) -> Segment:
        """The mark beside a selected message."""
        if not selected:
            return Segment(" ", self._ground)
        return Segment(">" if self._ascii else "▌", self._view.style_of("message--selected"))

    def _placed(
        self, segments: list[Segment], message: Message, width: int, edge: Segment
    ) -> Strip:
        """A line at the left for what came in, at the right for what went out."""
        used = sum(cell_len(segment.text) for segment in segments)
        base = self._ground
        gap = max(0, width - used - 3)
        if message.direction is Direction.OUT:
            parts = [edge, Segment(" " * gap, base), *segments, Segment("  ", base)]
        else:
            parts = [edge, Segment(" ", base), *segments, Segment(" " * (gap + 1), base)]
        return Strip(parts).adjust_cell_length(width, base)


def _text(message: Message) -> str:
    """What the bubble says."""
    if message.subject:
        return f"{message.subject}\n{message.body}"
    return message.body or ("(no text)" if not message.attachments else "(no text, only files)")
