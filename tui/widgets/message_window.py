"""Hold a part of a conversation in memory; it is read by id and extended at its ends."""

import asyncio
from collections.abc import Collection, Iterable
from dataclasses import replace

from tui.domain.message import Direction, Message
from tui.domain.record_type import record
from tui.store.messages import NEWEST, Messages

_PAGE_SIZE = 60
_MAX_MESSAGES = 600


@record
class MessageWindow:
    """Messages of one conversation without a gap between them, oldest first."""

    conversation_id: int = 0
    messages: tuple[Message, ...] = ()
    complete: bool = True
    """Whether the window includes the first message of the conversation."""

    @property
    def newest_id(self) -> int:
        """Return the id of the newest message; 0 for none."""
        return self.messages[-1].id if self.messages else 0

    @property
    def last_arrival(self) -> int:
        """Return the highest `arrival_id` of the messages; 0 for none."""
        return max((message.arrival_id for message in self.messages), default=0)

    @property
    def oldest_id(self) -> int:
        """Return the id of the oldest message; 0 for none."""
        return self.messages[0].id if self.messages else 0

    @property
    def newest_outgoing(self) -> Message | None:
        """Return the newest outgoing message."""
        out = (m for m in reversed(self.messages) if m.direction is Direction.OUT)
        return next(out, None)

    def get_message(self, message_id: int) -> Message | None:
        """Return the message with this id; None if it is not in the window."""
        return next((m for m in self.messages if m.id == message_id), None)

    def step_from(self, message_id: int, step: int) -> int:
        """Return the id of the message some steps further down, at most at an end.

        Args:
            message_id: Message to start from; an unknown one counts as below the last.
            step: Messages to go down; negative for up.
        """
        ids = [message.id for message in self.messages]
        index = ids.index(message_id) if message_id in ids else len(ids)
        return ids[max(0, min(index + step, len(ids) - 1))]

    def with_updates(self, fresh: Iterable[Message]) -> "MessageWindow":
        """Return the window with newer versions of its messages.

        Args:
            fresh: Messages as they are now.
        """
        new = {message.id: message for message in fresh}
        return replace(self, messages=tuple(new.get(m.id, m) for m in self.messages))

    def without_messages(self, ids: Collection[int]) -> "MessageWindow":
        """Return the window without deleted messages.

        Args:
            ids: Ids of the deleted messages.
        """
        return replace(self, messages=tuple(m for m in self.messages if m.id not in ids))

    def has_same_start(self, other: "MessageWindow") -> bool:
        """Return whether older messages read for another window also belong before this one.

        Args:
            other: Window that the messages were read for.
        """
        mine = (self.conversation_id, self.oldest_id)
        return mine == (other.conversation_id, other.oldest_id)

    def with_older(self, older: "MessageWindow") -> "MessageWindow":
        """Return the window extended by older messages.

        Args:
            older: Messages that were read before this window.
        """
        return replace(self, messages=(*older.messages, *self.messages), complete=older.complete)


async def open_window(
    messages: Messages, conversation_id: int, size: int, at: int = 0
) -> MessageWindow:
    """Return the newest messages of a conversation, or those around one message.

    Args:
        messages: Table of messages.
        conversation_id: Conversation to read.
        size: Number of messages to read.
        at: Id of the message to read around; 0 for the newest.
    """
    size = _PAGE_SIZE if at else size
    before = await messages.list_before(conversation_id, at + 1 if at else NEWEST, size)
    after = await messages.list_after(conversation_id, at, _PAGE_SIZE) if at else []
    return MessageWindow(conversation_id, (*before, *after), len(before) < size)


async def open_unread(
    messages: Messages, conversation_id: int, size: int, seen_upto: int, at: int = 0
) -> tuple[MessageWindow, int]:
    """Return what an agent sees first of a conversation, and what arrived late.

    Args:
        messages: Table of messages.
        conversation_id: Conversation to read.
        size: Number of messages to read.
        seen_upto: `arrival_id` up to which the agent has seen all; 0 for nothing.
        at: Id of the message to read around; 0 for the newest.

    Returns:
        The window, and the id of the oldest unread text that arrived above what was seen, which
        the window contains as far as its size permits; 0 for none.
    """
    opening = open_window(messages, conversation_id, size, at)
    if at or not seen_upto:
        return await opening, 0
    finding = messages.find_first_late_text(conversation_id, seen_upto)
    window, late_id = await asyncio.gather(opening, finding)
    return await extend_to_message(messages, window, late_id or NEWEST), late_id


async def read_before(messages: Messages, window: MessageWindow, height: int) -> MessageWindow:
    """Return the messages before a window, enough to fill a screen.

    Args:
        messages: Table of messages.
        window: Window to extend.
        height: Height of the screen in lines.
    """
    size = max(_PAGE_SIZE // 2, height)
    found = await messages.list_before(window.conversation_id, window.oldest_id, size)
    return MessageWindow(window.conversation_id, tuple(found), len(found) < size)


async def read_newest(
    messages: Messages, window: MessageWindow, from_id: int = NEWEST
) -> MessageWindow:
    """Return the window read again at its end, after new messages have arrived.

    Late messages take their place by time; the window is extended up to the oldest of them.

    Args:
        messages: Table of messages.
        window: Window before.
        from_id: Oldest message that the window must have, as far as its size permits.
    """
    size = min(max(_PAGE_SIZE, len(window.messages) + 20), _MAX_MESSAGES)
    found = await messages.list_before(window.conversation_id, NEWEST, size)
    fresh = MessageWindow(window.conversation_id, tuple(found), len(found) < size)
    return await extend_to_message(messages, fresh, from_id)


async def extend_to_message(
    messages: Messages, window: MessageWindow, message_id: int
) -> MessageWindow:
    """Return the window extended upwards to a message, as far as its size permits.

    Args:
        messages: Table of messages.
        window: Window to extend.
        message_id: Message that it must have.
    """
    while window.oldest_id > message_id and not window.complete:
        room = min(_PAGE_SIZE * 2, _MAX_MESSAGES - len(window.messages))
        if room <= 0:
            break
        window = window.with_older(await read_before(messages, window, room))
    return window
