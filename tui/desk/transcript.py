"""Format a conversation as plain text for programs: a heading, then each message."""

from collections.abc import AsyncIterator
from datetime import tzinfo

from tui.desk.message_text import MessageText
from tui.domain.conversation import Conversation
from tui.domain.message import Direction, Message
from tui.domain.phone import format_phone_number
from tui.domain.text import one_line
from tui.store.store import Store

_PAGE_SIZE = 500
"""Messages read at a time, so that a long conversation is never in memory as a whole."""
_INDENT = 18
"""Blanks before every further line of a text, as wide as the time."""


async def read_transcript(
    store: Store, conversation: Conversation, zone: tzinfo | None
) -> AsyncIterator[str]:
    """Yield the heading and every message, oldest first, page by page.

    Args:
        store: Store shared by all agents.
        conversation: Conversation to read.
        zone: Time zone of the agent; None for the system's.

    Raises:
        StoreError: The store cannot be read.
    """
    yield f"{format_heading(conversation)}\n\n"
    after_id = 0
    while page := await store.messages.list_after(conversation.id, after_id, _PAGE_SIZE):
        yield "".join(f"{format_message(m, conversation, zone)}\n" for m in page)
        after_id = page[-1].id


def format_heading(conversation: Conversation) -> str:
    """Return the name and number of the customer."""
    number = format_phone_number(conversation.address)
    return one_line("  ".join(part for part in (conversation.name, number) if part), 200)


def format_message(message: Message, conversation: Conversation, zone: tzinfo | None) -> str:
    """Return a message as text: `2026-03-04 13:59  mia: Your order is ready [delivered 13:59]`.

    Further lines of the text are indented.

    Args:
        message: The message.
        conversation: Its conversation.
        zone: Time zone of the agent; None for the system's.
    """
    texts = MessageText(message, conversation.title, zone)
    note = " (private note)" if message.direction is Direction.NOTE else ""
    parts = [
        f"{texts.author}{note}:",
        texts.format_body(indent=_INDENT, limit=None),
        f"[{texts.files}]" if texts.files else "",
        f"[{texts.status}]" if texts.status else "",
    ]
    return f"{texts.timestamp}  {' '.join(part for part in parts if part)}"
