"""Show a conversation: incoming messages on the left, outgoing ones on the right.

The view draws from a window of messages read by id. The newest are at the bottom, where the view
stays while the agent does not scroll.
"""

from collections.abc import Callable, Iterable
from datetime import tzinfo
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.reactive import var
from textual.strip import Strip

from tui.clock import Clock
from tui.domain.change import RELOAD, Change, Subject
from tui.domain.conversation import Conversation
from tui.domain.message import Message
from tui.store.store import Store
from tui.widgets import message_window
from tui.widgets.bottom_view import BottomView, ViewLine
from tui.widgets.bubbles import BubbleRenderer
from tui.widgets.message_layout import MessageLayout
from tui.widgets.message_window import MessageWindow

_MIN_MESSAGES = 12
_HEADING_LINES = 4
"""Lines above the first message (day, new messages), which change when older ones are read."""
_MESSAGE_PARTS = "in", "out", "note", "meta", "day", "new", "selected", "empty", "advice", "file"
_BADGE_STYLES = "waiting", "moving", "good", "bad", "doubt"


class MessageView(BottomView):
    """Show the messages of one conversation."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"message--{part}" for part in _MESSAGE_PARTS} | {
        f"badge--{style}" for style in _BADGE_STYLES
    }

    conversation: var[Conversation | None] = var(None)

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        ascii: bool = False,
        zone: tzinfo | None = None,
        several_accounts: Callable[[], bool] = lambda: False,
        get_advice: Callable[[Message], str] = lambda message: "",
    ) -> None:
        """Create an empty view; `show_conversation` fills it.

        Args:
            store: Store to read from.
            clock: Source of the current time.
            ascii: Whether to draw with ASCII only.
            zone: Time zone of the agent; None for the system's.
            several_accounts: Returns whether a message shows the account it went through.
            get_advice: Returns what to do about a failed message; empty for nothing.
        """
        super().__init__(id="messages")
        self._store = store
        bubbles = BubbleRenderer(
            self, ascii=ascii, zone=zone, several_accounts=several_accounts, get_advice=get_advice
        )
        self._layout = MessageLayout(self, bubbles, clock, zone=zone)
        self._window = MessageWindow()
        self.selected_id = self._seen_upto = self._late_id = 0
        self.lines: list[ViewLine] = []

    # Public interface -----------------------------------------------------------------------

    @property
    def messages(self) -> tuple[Message, ...]:
        """Return the messages in memory, oldest first."""
        return self._window.messages

    @property
    def position(self) -> tuple[int, int]:
        """Return the newest message shown and the highest `arrival_id` shown; 0 for none."""
        return self._window.newest_id, self._window.last_arrival

    @property
    def target_message(self) -> Message | None:
        """Return the selected message, or else the newest outgoing one."""
        return self._window.get_message(self.selected_id) or self._window.newest_outgoing

    async def show_conversation(
        self, conversation: Conversation | None, *, seen_upto: int = 0, at: int = 0
    ) -> None:
        """Show a conversation: its end, or the part around a message.

        Args:
            conversation: Conversation to show; None for none.
            seen_upto: `arrival_id` up to which the agent has seen all.
            at: Id of the message to scroll to; 0 for the end, or the oldest text that arrived
                late and is unread.
        """
        self.conversation = conversation
        self._seen_upto = seen_upto
        self.selected_id = at
        self.lines_below = 0
        if conversation is None:
            self._set_window(MessageWindow())
            return
        messages, size = self._store.messages, self._first_read_size
        window, late_id = await message_window.open_unread(
            messages, conversation.id, size, seen_upto, at
        )
        # The agent may have opened another conversation while this one was read.
        if self.conversation is conversation:
            self._late_id = late_id
            self._set_window(window)
            self.call_after_refresh(self._read_older)
            self._scroll_to_target()

    @property
    def _first_read_size(self) -> int:
        """Return how many messages fill the screen, as each takes three lines or more."""
        return max(_MIN_MESSAGES, (self.size.height + _HEADING_LINES) // 3 + 1)

    async def apply_changes(self, changes: Iterable[Change]) -> None:
        """Apply changes of this conversation.

        Args:
            changes: Changes in the store.
        """
        if self.conversation is None:
            return
        relevant = [c for c in changes if c.conversation_id == self.conversation.id]
        if RELOAD in changes:
            await self._reload_conversation(self.conversation)
            return
        messages = [change for change in relevant if change.subject is Subject.MESSAGE]
        added = {change.id for change in messages if change.is_new}
        changed = {change.id for change in messages} - added
        # A text whose time was completed has gone to another id without being new.
        added |= await self._refresh_messages(changed)
        if added:
            await self._read_newest(min(added))

    async def _reload_conversation(self, conversation: Conversation) -> None:
        """Read everything again; the selected message and what is on the screen stay."""
        selected, anchor = self.selected_id, self.find_bottom_anchor() if self.lines_below else None
        at = selected or (anchor[0] if anchor is not None else 0)
        await self.show_conversation(conversation, seen_upto=self._seen_upto, at=at)
        self.selected_id = selected
        self._redraw_messages()
        if anchor is not None:
            self.scroll_to_anchor(anchor)

    def select_message(self, step: int) -> None:
        """Select the message above (-1) or below (+1)."""
        if self.messages:
            self.selected_id = self._window.step_from(self.selected_id, step)
            self._redraw_messages()
            self.scroll_to_message(self.selected_id)

    def deselect_message(self) -> bool:
        """Select no message; return whether one was selected."""
        was_selected, self.selected_id = bool(self.selected_id), 0
        if was_selected:
            self._redraw_messages()
        return was_selected

    async def scroll_lines(self, lines: int) -> None:
        """Scroll by lines, and read older messages in time.

        Args:
            lines: Lines to scroll; positive for up.
        """
        self._late_id = 0
        await super().scroll_lines(lines)
        if lines > 0 and self.lines_above < self.size.height:
            await self._read_older()

    # The window and its lines ---------------------------------------------------------------

    def _set_window(self, window: MessageWindow, *, hidden: bool = False) -> None:
        """Set a new window; with `hidden` nothing on the screen changes."""
        self._window = window
        self._layout_lines()
        if not hidden:
            self.refresh()
        self._start_reading_files()

    def _start_reading_files(self) -> None:
        """Read the names of files that are not known, also of those that came later."""
        if self._layout.lacks_files(self.messages):
            self.run_worker(self._read_files(), group="files", exclusive=True, exit_on_error=False)

    async def _read_files(self) -> None:
        """Read the names of the files in the window."""
        await self._layout.read_files(self._store.messages, self.messages)
        self._redraw_messages()

    async def _refresh_messages(self, ids: set[int]) -> set[int]:
        """Draw changed messages again and remove those that are gone.

        Return the ids that are not shown, if any was removed.
        """
        shown = {message.id for message in self.messages if message.id in ids}
        fresh = await self._store.messages.get_many(shown) if shown else []
        gone = shown - {message.id for message in fresh}
        if fresh:
            old = self.lines
            self._window = self._window.with_updates(fresh)
            self._layout_lines()
            self.repaint_changed(old)
            self._start_reading_files()
        if gone:
            self._set_window(self._window.without_messages(gone))
        return ids - shown if gone else set()

    async def _read_newest(self, from_id: int) -> None:
        """Read new messages; an agent who has scrolled up stays at the same place.

        Args:
            from_id: Oldest of the new messages, which may stand above others.
        """
        window = await message_window.read_newest(self._store.messages, self._window, from_id)
        if self._window.conversation_id == window.conversation_id:
            anchor = self.find_bottom_anchor() if self.lines_below else None
            self._set_window(window)
            if anchor is not None:
                self.scroll_to_anchor(anchor)

    async def _read_older(self) -> None:
        """Extend the window upwards; the screen does not move."""
        window = self._window
        if window.complete or not window.messages:
            return
        older = await message_window.read_before(self._store.messages, window, self.size.height)
        if self._window.has_same_start(window):
            hidden = self.lines_above >= _HEADING_LINES
            self._set_window(self._window.with_older(older), hidden=hidden)

    def _redraw_messages(self) -> None:
        """Lay out all messages and paint them."""
        self._layout_lines()
        self.refresh()

    def _layout_lines(self) -> None:
        """Lay out all messages without painting them."""
        width, seen = self.size.width, self._seen_upto
        self.set_lines(
            self._layout.layout_messages(
                self.messages, width, seen_upto=seen, selected=self.selected_id
            )
        )

    @property
    def background_style(self) -> Style:
        """Return the style of the background."""
        return self._layout.background_style

    def draw_line(self, y: int, size: Size) -> Strip:
        """Return one line of the screen."""
        # The view may be painted before its resize event has arrived.
        if size.width != self._layout.width or self._layout.refresh_styles():
            self._redraw_messages()
        return super().draw_line(y, size) if self.messages else self._draw_empty_line(y, size)

    def _draw_empty_line(self, y: int, size: Size) -> Strip:
        """Return one line of an empty view, with what the agent can do."""
        if y != size.height // 2:
            return Strip.blank(size.width, self.background_style)
        text = (
            "No conversation is open: Enter opens one, c starts one"
            if self.conversation is None
            else "Nothing written yet: r writes the first message"
        )
        return self._layout.draw_empty(text)

    def notify_style_update(self) -> None:
        """Mark the styles as stale."""
        super().notify_style_update()
        # Not looked up now: Textual updates the component styles after their widget.
        self._layout.mark_styles_stale()

    def on_resize(self, event: events.Resize) -> None:
        """Wrap the messages for the new width, with the selected one visible."""
        self._redraw_messages()
        self._scroll_to_target()

    def _scroll_to_target(self) -> None:
        """Scroll to the selected message, or to the late text until the agent scrolls."""
        if self.selected_id:
            self.scroll_to_message(self.selected_id)
        elif self._late_id:
            self.scroll_to_message(self._late_id, _HEADING_LINES)
