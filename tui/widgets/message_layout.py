"""The messages of a window put one below the other: days, news, and a picture of each."""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import tzinfo

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui import present
from tui.clock import Clock
from tui.domain.message import AttachmentInfo, Direction, Message
from tui.widgets.bottom_view import Line
from tui.widgets.bubbles import Bubbles
from tui.widgets.styled import Styled

_CACHED = 2_048


class MessageLayout:
    """Lays out for a view; each message once for each width and state."""

    def __init__(
        self, view: Styled, bubbles: Bubbles, clock: Clock, *, ascii: bool, zone: tzinfo | None
    ) -> None:
        """Nothing is laid out before `arrange`."""
        self._view = view
        self._bubbles = bubbles
        self._clock = clock
        self._ascii = ascii
        self._zone = zone
        self._drawn: OrderedDict[object, list[Strip]] = OrderedDict()
        self._looks: tuple[Style, ...] = (Style(),)
        """The styles that messages were drawn in, first of all that of the ground."""
        self._looks_old = True
        """Whether they may have changed since."""
        self.width = 0
        """The width that the lines were laid out for."""
        self.files: dict[int, tuple[AttachmentInfo, ...]] = {}
        """What came with each message that has files, as far as known."""

    @property
    def ground(self) -> Style:
        """What everything stands on."""
        return self._looks[0]

    def doubt_looks(self) -> None:
        """Another theme perhaps: looked at when something is drawn."""
        self._looks_old = True

    def arrange(
        self, messages: Sequence[Message], width: int, *, seen_upto: int, selected: int
    ) -> list[Line]:
        """The lines of all messages one below the other, with what is news marked."""
        self.width = width
        self.looks_different()
        lines: list[Line] = []
        last_day = -1
        news_due = seen_upto > 0
        for message in messages:
            today = present.day_key(message.at, self._zone)
            if today != last_day:
                words = present.day(message.at, self._clock.now(), self._zone)
                lines += self._rule(words, "message--day", drawn=False)
                last_day = today
            if news_due and message.id > seen_upto:
                news_due = False
                if message.direction is Direction.IN:
                    lines += self._rule("new since you looked", "message--new", drawn=True)
            block = self._block(message, selected=message.id == selected)
            lines += [Line(strip, message.id) for strip in block]
        return lines

    def nothing(self, words: str) -> Strip:
        """What stands where there are no messages."""
        style = self._view.style_of("message--empty")
        return Strip([Segment(present.fit(words.center(self.width), self.width), style)])

    def _rule(self, words: str, name: str, *, drawn: bool) -> list[Line]:
        """A heading between messages, and a blank line."""
        style = self._view.style_of(name)
        mark = "-" if self._ascii else "─"
        text = f" {words} ".center(self.width - 2, mark if drawn else " ")
        strip = Strip([Segment(f" {text} ", style)]).adjust_cell_length(self.width, style)
        return [Line(strip, 0), Line(Strip.blank(self.width, self.ground), 0)]

    def _block(self, message: Message, *, selected: bool) -> list[Strip]:
        """A message's strips, laid out once for each different picture."""
        files = self.files.get(message.id, ())
        today = present.day_key(self._clock.now(), self._zone)
        key = (message, files, self.width, selected, today)
        strips = self._drawn.get(key)
        if strips is None:
            strips = self._bubbles.draw(message, files, self.width, selected=selected)
            self._drawn[key] = strips
            if len(self._drawn) > _CACHED:
                self._drawn.popitem(last=False)
        return strips

    def looks_different(self) -> bool:
        """Whether messages look different now; then every picture is stale."""
        if not self._looks_old:
            return False
        self._looks_old = False
        view = self._view
        names = sorted(view.COMPONENT_CLASSES)
        looks = (view.style_of(), *(view.style_of(name) for name in names))
        if looks == self._looks:
            return False
        self._looks = looks
        self._bubbles.stand_on(self.ground)
        self._drawn.clear()
        return True
