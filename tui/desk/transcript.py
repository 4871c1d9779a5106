"""A conversation as plain text for programs: a heading, then a line for each message."""

from collections.abc import AsyncIterator
from datetime import datetime, tzinfo

from tui import present
from tui.clock import SECOND
from tui.domain.conversation import Conversation
from tui.domain.message import Direction, Message
from tui.domain.phone import pretty
from tui.domain.text import one_line, printable
from tui.store.store import Store

_PAGE = 500
"""Messages read at a time: a long conversation never is in memory as a whole."""
_INDENT = " " * 18
"""Before every further line of a text: as wide as the time."""


async def transcript(
    store: Store, conversation: Conversation, zone: tzinfo | None
) -> AsyncIterator[str]:
    """The heading and every message, the oldest first, page by page; raises `StoreError`."""
    yield f"{heading(conversation)}\n\n"
    place = 0
    while page := await store.messages.after(conversation.id, place, _PAGE):
        yield "".join(f"{message_text(m, conversation, zone)}\n" for m in page)
        place = page[-1].id


def heading(conversation: Conversation) -> str:
    """Name and number."""
    number = pretty(conversation.address)
    return one_line("  ".join(part for part in (conversation.name, number) if part), 200)


def message_text(message: Message, conversation: Conversation, zone: tzinfo | None) -> str:
    """`2026-03-04 13:59  mia: Your order is ready [delivered 13:59]`, further lines indented."""
    at = f"{datetime.fromtimestamp(message.at / SECOND, zone):%Y-%m-%d %H:%M}"
    text = printable(message.body).replace("\n", f"\n{_INDENT}")
    words = [f"{_who(message, conversation)}:", text, _files(message), _status(message, zone)]
    return f"{at}  {' '.join(word for word in words if word)}"


def _who(message: Message, conversation: Conversation) -> str:
    """Who wrote it."""
    if message.direction is Direction.IN:
        return one_line(conversation.title, 60)
    note = " (private note)" if message.direction is Direction.NOTE else ""
    return f"{one_line(message.agent, 30) or 'the desk'}{note}"


def _files(message: Message) -> str:
    """How many files came with it or go along."""
    count = message.attachments + len(message.media)
    return f"[{count} file{'s' if count != 1 else ''}]" if count else ""


def _status(message: Message, zone: tzinfo | None) -> str:
    """The badge without its shape."""
    words = present.badge_words(message, zone=zone, ascii=True)
    return f"[{words.partition(' ')[2]}]" if words else ""
