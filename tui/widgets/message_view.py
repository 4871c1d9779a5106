"""A conversation as it reads: what came in on the left, what went out on the right.

It draws from a window of messages read by id; each message is laid out once for each width and
state. The newest are at the bottom, where the view stays while nobody scrolls.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import tzinfo
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.reactive import var
from textual.strip import Strip
from textual.widget import Widget

from tui import present
from tui.clock import Clock
from tui.domain.change import RELOAD, Change, Subject
from tui.domain.conversation import Conversation
from tui.domain.message import AttachmentInfo, Direction, Message
from tui.store.messages import NEWEST
from tui.store.store import Store
from tui.widgets.bubbles import Bubbles

_WINDOW = 60
_FEWEST = 20
_RULE = 4
"""Lines over the first message (day, news), which are others once more is read before it."""
_MOST = 600
_CACHED = 2_048


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of the view, and the message it belongs to (0 for what stands between them)."""

    strip: Strip
    message_id: int


class MessageView(Widget):
    """The messages of one conversation."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "message--in",
        "message--out",
        "message--note",
        "message--meta",
        "message--day",
        "message--new",
        "message--selected",
        "message--empty",
        "message--advice",
        "message--file",
        "badge--waiting",
        "badge--moving",
        "badge--good",
        "badge--bad",
        "badge--doubt",
    }

    conversation: var[Conversation | None] = var(None)

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        ascii: bool = False,
        zone: tzinfo | None = None,
        several_accounts: bool = False,
        coach: Callable[[Message], str] = lambda message: "",
    ) -> None:
        """Empty before `show`; `zone` is where the agent is, None for the system's.

        `coach` says what to do about a message in trouble; empty where there is nothing to do.
        """
        super().__init__(id="messages")
        self._store = store
        self._clock = clock
        self._ascii = ascii
        self._zone = zone
        self._bubbles = Bubbles(
            self, ascii=ascii, zone=zone, several_accounts=several_accounts, coach=coach
        )
        self._files: dict[int, tuple[AttachmentInfo, ...]] = {}
        """What came with each message of the window that has files."""
        self.messages: list[Message] = []
        self.selected = 0
        """Id of the selected message; 0 for none."""
        self._seen_upto = 0
        self._lines: list[_Line] = []
        self._bottom = 0
        """How many lines lie below the screen: 0 while following what comes in."""
        self._drawn: OrderedDict[object, list[Strip]] = OrderedDict()
        self._complete = False
        """Whether the window reaches the first message."""
        self._laid_out = 0
        """The width that the lines were laid out for."""
        self._looks: tuple[Style, ...] = (Style(),)
        """The styles that messages were drawn in, first of all that of the ground."""
        self._looks_old = True
        """Whether they may have changed since."""

    # What others ask ------------------------------------------------------------------------

    @property
    def newest_id(self) -> int:
        """The newest message shown: what an agent has seen."""
        return self.messages[-1].id if self.messages else 0

    @property
    def selection(self) -> Message | None:
        """The selected message, else the newest one that went out."""
        chosen = [m for m in self.messages if m.id == self.selected]
        out = [m for m in self.messages if m.direction is Direction.OUT]
        return next(iter(chosen or out[-1:]), None)

    async def show(
        self, conversation: Conversation | None, *, seen_upto: int = 0, at: int = 0
    ) -> None:
        """Show a conversation: its end, or the surroundings of message `at`."""
        self.conversation = conversation
        self._seen_upto = seen_upto
        self.selected = at
        self._bottom = 0
        if conversation is None:
            self._take([], complete=True)
            return
        messages, size = self._store.messages, _WINDOW if at else self._first
        before = await messages.before(conversation.id, at + 1 if at else NEWEST, size)
        after = await messages.after(conversation.id, at, _WINDOW) if at else []
        if self.conversation is conversation:
            self._take([*before, *after], complete=len(before) < size)
            self.call_after_refresh(self._read_older)
            if at:
                self._bring_into_sight(at)

    @property
    def _first(self) -> int:
        """Messages that fill the screen, as each takes three lines; more are read behind them."""
        return max(_FEWEST, self.size.height // 2)

    async def apply(self, changes: Iterable[Change]) -> None:
        """Take in what has changed in this conversation."""
        if self.conversation is None:
            return
        mine = [c for c in changes if c.conversation_id == self.conversation.id]
        if RELOAD in changes:
            await self.show(self.conversation, seen_upto=self._seen_upto)
            return
        messages = [change for change in mine if change.subject is Subject.MESSAGE]
        await self._renew({change.id for change in messages if not change.new})
        if any(change.new for change in messages):
            await self._read_new()

    def select(self, step: int) -> None:
        """Select the message above (-1) or below (+1)."""
        if not self.messages:
            return
        ids = [message.id for message in self.messages]
        place = ids.index(self.selected) if self.selected in ids else len(ids)
        self.selected = ids[max(0, min(place + step, len(ids) - 1))]
        self._layout()
        self._bring_into_sight(self.selected)

    def unselect(self) -> bool:
        """Select nothing; whether something was."""
        was, self.selected = bool(self.selected), 0
        if was:
            self._layout()
        return was

    async def scroll_by(self, lines: int) -> None:
        """Scroll up (positive) or down by lines, reading older messages in time."""
        height = self.size.height
        highest = max(0, len(self._lines) - height)
        self._bottom = max(0, min(self._bottom + lines, highest))
        self.refresh()
        if lines > 0 and highest - self._bottom < height:
            await self._read_older()

    async def page(self, pages: int) -> None:
        """Scroll by screens, keeping two lines of the old one."""
        await self.scroll_by(pages * max(1, self.size.height - 2))

    # The window -----------------------------------------------------------------------------

    def _take(self, messages: list[Message], *, complete: bool, hidden: bool = False) -> None:
        """Take a new window; `hidden`: what is on the screen stays as it is."""
        self.messages = messages
        self._complete = complete
        self._arrange()
        if not hidden:
            self.refresh()
        if any(message.attachments and message.id not in self._files for message in messages):
            self.run_worker(self._read_files(), group="files", exclusive=True, exit_on_error=False)

    async def _read_files(self) -> None:
        """Learn the names of the files in the window."""
        for message in self.messages:
            if message.attachments and message.id not in self._files:
                self._files[message.id] = tuple(await self._store.messages.attachments(message.id))
        self._layout()

    async def _renew(self, ids: Collection[int]) -> None:
        """Draw messages anew: their badges have changed."""
        shown = [message.id for message in self.messages if message.id in ids]
        found = await self._store.messages.these(shown) if shown else []
        fresh = {message.id: message for message in found}
        if fresh:
            old = self._lines
            self.messages = [fresh.get(message.id, message) for message in self.messages]
            self._arrange()
            self._repaint(old)

    async def _read_new(self) -> None:
        """Read what came in; late ones take their place by time."""
        assert self.conversation is not None
        conversation = self.conversation
        size = min(max(_WINDOW, len(self.messages) + 20), _MOST)
        found = await self._store.messages.before(conversation.id, NEWEST, size)
        if self.conversation is conversation:
            newest, below = self.newest_id, self._bottom
            self._take(found, complete=len(found) < size)
            if below:
                self._bottom = below + self._lines_behind(newest)

    async def _read_older(self) -> None:
        """Grow the window upwards; the picture stays where it is."""
        conversation = self.conversation
        if self._complete or conversation is None or not self.messages:
            return
        first = self.messages[0].id
        size = max(_WINDOW // 2, self.size.height)
        found = await self._store.messages.before(conversation.id, first, size)
        if self.conversation is conversation and self.messages and self.messages[0].id == first:
            hidden, window = self._first_line() >= _RULE, [*found, *self.messages]
            self._take(window, complete=len(found) < size, hidden=hidden)

    # Laying out -----------------------------------------------------------------------------

    def _layout(self) -> None:
        """Put the lines of all messages one below the other and paint them."""
        self._arrange()
        self.refresh()

    def _repaint(self, old: list[_Line]) -> None:
        """Paint the lines that differ from the old ones; all when there are more or fewer."""
        new, width = self._lines, self.size.width
        if len(new) != len(old):
            self.refresh()
            return
        first = max(0, self._first_line())
        for y in range(min(self.size.height, len(new) - first)):
            if new[first + y].strip != old[first + y].strip:
                self.refresh(Region(0, y, width, 1))

    def _lines_behind(self, message_id: int) -> int:
        """How many lines lie below a message."""
        below = 0
        for line in reversed(self._lines):
            if line.message_id == message_id:
                break
            below += 1
        return below

    def _arrange(self) -> None:
        """Put the lines of all messages one below the other."""
        width = self._laid_out = self.size.width
        self._looks_different()
        lines: list[_Line] = []
        last_day = -1
        new_line_due = self._seen_upto > 0
        for message in self.messages:
            today = present.day_key(message.at, self._zone)
            if today != last_day:
                words = present.day(message.at, self._clock.now(), self._zone)
                lines += self._rule(words, "message--day", width, drawn=False)
                last_day = today
            if new_line_due and message.id > self._seen_upto:
                new_line_due = False
                if message.direction is Direction.IN:
                    lines += self._rule("new since you looked", "message--new", width, drawn=True)
            lines += [_Line(strip, message.id) for strip in self._block(message, width)]
        self._lines = lines
        self._bottom = max(0, min(self._bottom, len(lines) - self.size.height))

    def _rule(self, words: str, name: str, width: int, *, drawn: bool) -> list[_Line]:
        """A heading between messages, and a blank line."""
        style = self.get_component_rich_style(name)
        mark = "-" if self._ascii else "─"
        text = f" {words} ".center(width - 2, mark if drawn else " ")
        strip = Strip([Segment(f" {text} ", style)]).adjust_cell_length(width, style)
        return [_Line(strip, 0), _Line(Strip.blank(width, self._looks[0]), 0)]

    def _block(self, message: Message, width: int) -> list[Strip]:
        """A message's strips, laid out once for each different picture."""
        selected = message.id == self.selected
        files = self._files.get(message.id, ())
        today = present.day_key(self._clock.now(), self._zone)
        key = (message, files, width, selected, today)
        if key in self._drawn:
            self._drawn.move_to_end(key)
            return self._drawn[key]
        strips = self._drawn[key] = self._bubbles.draw(message, files, width, selected=selected)
        if len(self._drawn) > _CACHED:
            self._drawn.popitem(last=False)
        return strips

    # Drawing and scrolling ------------------------------------------------------------------

    def _first_line(self) -> int:
        """The line of the layout at the top of the screen; negative above a short thread."""
        return len(self._lines) - self._bottom - self.size.height

    def _bring_into_sight(self, message_id: int) -> None:
        """Bring a message into sight."""
        places = [n for n, line in enumerate(self._lines) if line.message_id == message_id]
        if not places:
            return
        height = self.size.height
        first, last = places[0], places[-1]
        below_last = len(self._lines) - 1 - last
        below_first = len(self._lines) - first - height
        self._bottom = max(0, max(min(self._bottom, below_last), below_first))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        width = self.size.width
        # It may be shown before the news of its size has come.
        if width != self._laid_out or self._looks_different():
            self._layout()
        if not self.messages:
            return self._empty_line(y, width)
        place = self._first_line() + y
        if self._first_line() < 0:
            place = y
        if 0 <= place < len(self._lines):
            return self._lines[place].strip
        return Strip.blank(width, self._looks[0])

    def _empty_line(self, y: int, width: int) -> Strip:
        """What to do when there is nothing to see."""
        if y != self.size.height // 2:
            return Strip.blank(width, self._looks[0])
        words = (
            "No conversation is open: Enter opens one, c begins one"
            if self.conversation is None
            else "Nothing written yet: r writes the first message"
        )
        style = self.get_component_rich_style("message--empty")
        return Strip([Segment(present.fit(words.center(width), width), style)])

    def notify_style_update(self) -> None:
        """Another theme perhaps: looked at when it is drawn, as components follow their widget."""
        super().notify_style_update()
        self._looks_old = True

    def _looks_different(self) -> bool:
        """Whether messages look different now; then every picture is stale."""
        if not self._looks_old:
            return False
        self._looks_old = False
        names = sorted(self.COMPONENT_CLASSES)
        ground = self.rich_style
        looks = (ground, *(self.get_component_rich_style(name) for name in names))
        if looks == self._looks:
            return False
        self._looks = looks
        self._bubbles.stand_on(ground)
        self._drawn.clear()
        return True

    def on_resize(self, event: events.Resize) -> None:
        """Another width wraps differently; what is selected stays in sight."""
        self._layout()
        if self.selected:
            self._bring_into_sight(self.selected)

    async def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel scrolls."""
        event.stop()
        await self.scroll_by(3)

    async def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel scrolls."""
        event.stop()
        await self.scroll_by(-3)
