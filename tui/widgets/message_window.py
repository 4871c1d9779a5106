"""The stretch of a conversation that is held in memory: read by id, grown at its ends."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from tui.domain.message import Direction, Message
from tui.store.messages import NEWEST, Messages

_READ = 60
_MOST = 600


@dataclass(frozen=True, slots=True)
class MessageWindow:
    """Messages of one conversation without a gap between them, oldest first."""

    conversation_id: int = 0
    messages: tuple[Message, ...] = ()
    complete: bool = True
    """Whether it reaches the first message of the conversation."""

    @property
    def newest_id(self) -> int:
        """The newest message; 0 for none."""
        return self.messages[-1].id if self.messages else 0

    @property
    def oldest_id(self) -> int:
        """The oldest message; 0 for none."""
        return self.messages[0].id if self.messages else 0

    @property
    def newest_out(self) -> Message | None:
        """The newest message that went out."""
        out = (m for m in reversed(self.messages) if m.direction is Direction.OUT)
        return next(out, None)

    def get(self, message_id: int) -> Message | None:
        """One of the messages."""
        return next((m for m in self.messages if m.id == message_id), None)

    def stepped(self, message_id: int, step: int) -> int:
        """The id so many messages further down, at most at an end; from below where not found."""
        ids = [message.id for message in self.messages]
        place = ids.index(message_id) if message_id in ids else len(ids)
        return ids[max(0, min(place + step, len(ids) - 1))]

    def renewed(self, fresh: Iterable[Message]) -> "MessageWindow":
        """The window with messages in place of their older selves."""
        new = {message.id: message for message in fresh}
        return replace(self, messages=tuple(new.get(m.id, m) for m in self.messages))

    def without(self, ids: Collection[int]) -> "MessageWindow":
        """The window without messages that are there no more."""
        return replace(self, messages=tuple(m for m in self.messages if m.id not in ids))

    def begins_like(self, other: "MessageWindow") -> bool:
        """Whether what was read before the other one stands before this one too."""
        mine = (self.conversation_id, self.oldest_id)
        return mine == (other.conversation_id, other.oldest_id)

    def preceded_by(self, older: "MessageWindow") -> "MessageWindow":
        """The window with what was read before it."""
        return replace(self, messages=(*older.messages, *self.messages), complete=older.complete)


async def opened(messages: Messages, conversation_id: int, size: int, at: int = 0) -> MessageWindow:
    """The newest `size` messages of a conversation; or what lies around message `at`."""
    size = _READ if at else size
    before = await messages.before(conversation_id, at + 1 if at else NEWEST, size)
    after = await messages.after(conversation_id, at, _READ) if at else []
    return MessageWindow(conversation_id, (*before, *after), len(before) < size)


async def before(messages: Messages, window: MessageWindow, height: int) -> MessageWindow:
    """What lies before a window, enough for a screen of so many lines."""
    size = max(_READ // 2, height)
    found = await messages.before(window.conversation_id, window.oldest_id, size)
    return MessageWindow(window.conversation_id, tuple(found), len(found) < size)


async def with_news(messages: Messages, window: MessageWindow) -> MessageWindow:
    """The window once something came in; what came late takes its place by time."""
    size = min(max(_READ, len(window.messages) + 20), _MOST)
    found = await messages.before(window.conversation_id, NEWEST, size)
    return MessageWindow(window.conversation_id, tuple(found), len(found) < size)
