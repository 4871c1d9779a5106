"""A conversation as it reads: what came in on the left, what went out on the right.

It draws from a window of messages read by id. The newest are at the bottom, where the view stays
while nobody scrolls.
"""

from collections.abc import Callable, Collection, Iterable
from datetime import tzinfo
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.reactive import var
from textual.strip import Strip

from tui.clock import Clock
from tui.domain.change import RELOAD, Change, Subject
from tui.domain.conversation import Conversation
from tui.domain.message import Message
from tui.store.store import Store
from tui.widgets import message_window
from tui.widgets.bottom_view import BottomView, Line
from tui.widgets.bubbles import Bubbles
from tui.widgets.message_layout import MessageLayout
from tui.widgets.message_window import MessageWindow

_FEWEST = 12
_RULE = 4
"""Lines over the first message (day, news), which are others once more is read before it."""


class MessageView(BottomView):
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
        bubbles = Bubbles(
            self, ascii=ascii, zone=zone, several_accounts=several_accounts, coach=coach
        )
        self._layout = MessageLayout(self, bubbles, clock, ascii=ascii, zone=zone)
        self._window = MessageWindow()
        self.selected = 0
        """Id of the selected message; 0 for none."""
        self._seen_upto = 0
        self.lines: list[Line] = []

    # What others ask ------------------------------------------------------------------------

    @property
    def messages(self) -> tuple[Message, ...]:
        """The messages that are held, oldest first."""
        return self._window.messages

    @property
    def newest_id(self) -> int:
        """The newest message shown: what an agent has seen."""
        return self._window.newest_id

    @property
    def selection(self) -> Message | None:
        """The selected message, else the newest one that went out."""
        return self._window.get(self.selected) or self._window.newest_out

    async def show(
        self, conversation: Conversation | None, *, seen_upto: int = 0, at: int = 0
    ) -> None:
        """Show a conversation: its end, or the surroundings of message `at`."""
        self.conversation = conversation
        self._seen_upto = seen_upto
        self.selected = at
        self.below = 0
        if conversation is None:
            self._take(MessageWindow())
            return
        messages, size = self._store.messages, self._first
        window = await message_window.opened(messages, conversation.id, size, at)
        if self.conversation is conversation:
            self._take(window)
            self.call_after_refresh(self._read_older)
            if at:
                self.bring_into_sight(at)

    @property
    def _first(self) -> int:
        """Messages that fill the screen, as each takes three lines or more; others follow."""
        return max(_FEWEST, (self.size.height + _RULE) // 3 + 1)

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
        if self.messages:
            self.selected = self._window.stepped(self.selected, step)
            self._draw()
            self.bring_into_sight(self.selected)

    def unselect(self) -> bool:
        """Select nothing; whether something was."""
        was, self.selected = bool(self.selected), 0
        if was:
            self._draw()
        return was

    async def scroll_by(self, lines: int) -> None:
        """Scroll up (positive) or down by lines, reading older messages in time."""
        await super().scroll_by(lines)
        if lines > 0 and self.above < self.size.height:
            await self._read_older()

    # The window and its lines ---------------------------------------------------------------

    def _take(self, window: MessageWindow, *, hidden: bool = False) -> None:
        """Take a new window; `hidden`: what is on the screen stays as it is."""
        self._window = window
        self._arrange()
        if not hidden:
            self.refresh()
        if any(m.attachments and m.id not in self._layout.files for m in window.messages):
            self.run_worker(self._read_files(), group="files", exclusive=True, exit_on_error=False)

    async def _read_files(self) -> None:
        """Learn the names of the files in the window."""
        files = self._layout.files
        for message in self.messages:
            if message.attachments and message.id not in files:
                files[message.id] = tuple(await self._store.messages.attachments(message.id))
        self._draw()

    async def _renew(self, ids: Collection[int]) -> None:
        """Draw messages anew: their badges have changed, or they are there no more."""
        shown = {message.id for message in self.messages if message.id in ids}
        fresh = await self._store.messages.these(shown) if shown else []
        gone = shown - {message.id for message in fresh}
        if fresh:
            old = self.lines
            self._window = self._window.renewed(fresh)
            self._arrange()
            self.repaint(old)
        if gone:
            self._take(self._window.without(gone))

    async def _read_new(self) -> None:
        """Read what came in; who has scrolled up goes on reading where he is."""
        window = await message_window.with_news(self._store.messages, self._window)
        if self._window.conversation_id == window.conversation_id:
            newest, below = self.newest_id, self.below
            self._take(window)
            if below:
                self.below = below + self.lines_behind(newest)

    async def _read_older(self) -> None:
        """Grow the window upwards; the picture stays where it is."""
        window = self._window
        if window.complete or not window.messages:
            return
        older = await message_window.before(self._store.messages, window, self.size.height)
        if self._window.begins_like(window):
            hidden = self.above >= _RULE
            self._take(self._window.preceded_by(older), hidden=hidden)

    def _draw(self) -> None:
        """Put the lines of all messages one below the other and paint them."""
        self._arrange()
        self.refresh()

    def _arrange(self) -> None:
        """Put the lines of all messages one below the other."""
        width, seen = self.size.width, self._seen_upto
        self.put(self._layout.arrange(self.messages, width, seen_upto=seen, selected=self.selected))

    @property
    def ground(self) -> Style:
        """What everything stands on."""
        return self._layout.ground

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        width = self.size.width
        # It may be shown before the news of its size has come.
        if width != self._layout.width or self._layout.looks_different():
            self._draw()
        return super().render_line(y) if self.messages else self._empty_line(y, width)

    def _empty_line(self, y: int, width: int) -> Strip:
        """What to do when there is nothing to see."""
        if y != self.size.height // 2:
            return Strip.blank(width, self.ground)
        words = (
            "No conversation is open: Enter opens one, c begins one"
            if self.conversation is None
            else "Nothing written yet: r writes the first message"
        )
        return self._layout.nothing(words)

    def notify_style_update(self) -> None:
        """Another theme perhaps: looked at when it is drawn, as components follow their widget."""
        super().notify_style_update()
        self._layout.doubt_looks()

    def on_resize(self, event: events.Resize) -> None:
        """Another width wraps differently; what is selected stays in sight."""
        self._draw()
        if self.selected:
            self.bring_into_sight(self.selected)
