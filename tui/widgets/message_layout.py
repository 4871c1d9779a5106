"""Lay out the messages of a window one below the other, with days and the mark of new messages."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from datetime import tzinfo

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.clock import Clock
from tui.desk import cells, format
from tui.domain.message import AttachmentInfo, Direction, Message
from tui.store.messages import Messages
from tui.widgets.bottom_view import ViewLine
from tui.widgets.bubbles import BubbleRenderer
from tui.widgets.styled import StyledWidget

_MAX_CACHED = 2_048


class MessageLayout:
    """Lay out messages for a view; each is drawn once for each width and state."""

    def __init__(
        self,
        view: StyledWidget,
        bubbles: BubbleRenderer,
        clock: Clock,
        *,
        zone: tzinfo | None,
    ) -> None:
        """Create an empty layout; `layout_messages` fills it.

        Args:
            view: Widget whose styles are used.
            bubbles: Draws the messages.
            clock: Source of the current time.
            zone: Time zone of the agent; None for the system's.
        """
        self._view = view
        self._bubbles = bubbles
        self._clock = clock
        self._zone = zone
        self._strip_cache: OrderedDict[object, list[Strip]] = OrderedDict()
        self._styles: tuple[Style, ...] = (Style(),)
        """Styles that messages were drawn in; the first is that of the background."""
        self._styles_stale = True
        """Whether the styles may have changed since."""
        self.width = 0
        """Width in cells that the lines were laid out for."""
        self.files: dict[int, tuple[AttachmentInfo, ...]] = {}
        """Files of each message that has some, as far as known."""

    @property
    def background_style(self) -> Style:
        """Return the style of the background."""
        return self._styles[0]

    def lacks_files(self, messages: Iterable[Message]) -> bool:
        """Return whether any message has other files than those that are known."""
        return any(self._lacks_files(message) for message in messages)

    async def read_files(self, table: Messages, messages: Iterable[Message]) -> None:
        """Read the names of the files that are not known.

        Args:
            table: Table of messages.
            messages: Messages that are shown.
        """
        for message in filter(self._lacks_files, messages):
            self.files[message.id] = tuple(await table.list_attachments(message.id))

    def _lacks_files(self, message: Message) -> bool:
        """Return whether a message has other files than those that are known."""
        return message.attachments != len(self.files.get(message.id, ()))

    def mark_styles_stale(self) -> None:
        """Look up the styles again before something is drawn, as the theme may have changed."""
        self._styles_stale = True

    def layout_messages(
        self, messages: Sequence[Message], width: int, *, seen_upto: int, selected: int
    ) -> list[ViewLine]:
        """Return the lines of all messages one below the other, with new ones marked.

        Args:
            messages: Messages of the window, oldest first.
            width: Width of the view in cells.
            seen_upto: `arrival_id` up to which the agent has seen all; 0 for no mark.
            selected: Id of the selected message; 0 for none.
        """
        self.width = width
        self.refresh_styles()
        lines: list[ViewLine] = []
        last_day = -1
        is_in_run = has_rule = False
        for message in messages:
            today = format.get_day_number(message.at, self._zone)
            if today != last_day:
                day_text = format.format_day(message.at, self._clock.now(), self._zone)
                lines += self._draw_rule(day_text, "message--day", drawn=False)
                last_day = today
            is_new = 0 < seen_upto < message.arrival_id
            if is_new and not is_in_run:
                has_rule = message.direction is Direction.IN
                if has_rule:
                    lines += self._draw_rule("new since you looked", "message--new", drawn=True)
            elif is_in_run and not is_new and has_rule:
                # What arrived late stands above messages that were seen before it came.
                lines += self._draw_rule("seen before", "message--new", drawn=True)
            is_in_run = is_new
            block = self._draw_block(message, selected=message.id == selected)
            lines += [ViewLine(strip, message.id) for strip in block]
        return lines

    def draw_empty(self, text: str) -> Strip:
        """Return the line shown where there are no messages.

        Args:
            text: What the agent can do.
        """
        style = self._view.find_style("message--empty")
        return Strip([Segment(cells.fit_cells(text.center(self.width), self.width), style)])

    def _draw_rule(self, heading: str, name: str, *, drawn: bool) -> list[ViewLine]:
        """Draw a heading between messages, and a blank line."""
        style = self._view.find_style(name)
        centred = f" {heading} ".center(self.width - 2, "─" if drawn else " ")
        strip = Strip([Segment(f" {centred} ", style)]).adjust_cell_length(self.width, style)
        return [ViewLine(strip, 0), ViewLine(Strip.blank(self.width, self.background_style), 0)]

    def _draw_block(self, message: Message, *, selected: bool) -> list[Strip]:
        """Return the strips of a message, drawn once for each state."""
        files = self.files.get(message.id, ())
        today = format.get_day_number(self._clock.now(), self._zone)
        # Today is part of the key: times read differently once the day has changed.
        key = (message, files, self.width, selected, today)
        strips = self._strip_cache.get(key)
        if strips is None:
            strips = self._bubbles.draw_message(message, files, self.width, selected=selected)
            self._strip_cache[key] = strips
            if len(self._strip_cache) > _MAX_CACHED:
                self._strip_cache.popitem(last=False)
        return strips

    def refresh_styles(self) -> bool:
        """Look up stale styles; return whether they differ, which discards all strips."""
        if not self._styles_stale:
            return False
        self._styles_stale = False
        view = self._view
        names = sorted(view.COMPONENT_CLASSES)
        styles = (view.find_style(), *(view.find_style(name) for name in names))
        if styles == self._styles:
            return False
        self._styles = styles
        self._bubbles.set_background(self.background_style)
        self._strip_cache.clear()
        return True
