"""Format a conversation as plain text for programs: a heading, then each message."""

from collections.abc import AsyncIterator
from datetime import datetime, tzinfo

from tui.clock import SECOND
from tui.desk import format
from tui.domain.conversation import Conversation
from tui.domain.message import Direction, Message
from tui.domain.phone import format_phone_number
from tui.domain.text import one_line, to_printable
from tui.store.store import Store

_PAGE_SIZE = 500
"""Messages read at a time, so that a long conversation is never in memory as a whole."""
_INDENT = " " * 18
"""Indentation of every further line of a text, as wide as the time."""


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
    at = f"{datetime.fromtimestamp(message.at / SECOND, zone):%Y-%m-%d %H:%M}"
    text = to_printable(message.body).replace("\n", f"\n{_INDENT}")
    parts = [
        f"{_format_author(message, conversation)}:",
        text,
        _format_file_count(message),
        _format_badge(message, zone),
    ]
    return f"{at}  {' '.join(part for part in parts if part)}"


def _format_author(message: Message, conversation: Conversation) -> str:
    """Return who wrote the message."""
    if message.direction is Direction.IN:
        return one_line(conversation.title, 60)
    note = " (private note)" if message.direction is Direction.NOTE else ""
    return f"{one_line(message.agent, 30) or 'the desk'}{note}"


def _format_file_count(message: Message) -> str:
    """Return the number of files that belong to the message, or "" for none."""
    count = message.attachments + len(message.media)
    return f"[{count} file{'s' if count != 1 else ''}]" if count else ""


def _format_badge(message: Message, zone: tzinfo | None) -> str:
    """Return the badge of the message without its shape."""
    badge = format.format_status(message, zone=zone, ascii=True)
    return f"[{badge.partition(' ')[2]}]" if badge else ""
