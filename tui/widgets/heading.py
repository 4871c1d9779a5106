"""The line over a conversation: who this is, whose it is, and which colleagues are here."""

import re

from rich.cells import cell_len
from textual.content import Content

from tui import present
from tui.domain.conversation import Conversation
from tui.domain.local_time import clock_words, zones_for
from tui.domain.phone import pretty
from tui.domain.text import one_line

_SPAN = re.compile(r"^between (\d\d:\d\d) and (\d\d:\d\d)")


def heading(conversation: Conversation, now: int, others: str, room: int) -> Content:
    """The line in at most `room` cells; what colleagues do is never what is cut off."""
    parts = [present.title(conversation)] if conversation.name else []
    parts.append(one_line(pretty(conversation.address), 30))
    if conversation.opted_out:
        parts.append("OPTED OUT")
    there = clock_words(zones_for(conversation.address), now)
    if there:
        parts.append(there)
    if conversation.assignee:
        parts.append(f"@{one_line(conversation.assignee, 16)}")
    parts += [f"#{one_line(label, 16)}" for label in conversation.labels]
    left = room - cell_len(others) - 2 if others else room
    return beside(_fitting(parts, left), others, room)


def _fitting(parts: list[str], room: int) -> str:
    """As many of these as have room, whole, the first ones always; a stretch of hours in short."""
    if cell_len("  ".join(parts)) > room:
        parts = [_SPAN.sub(r"\1–\2", part) for part in parts]
    while len(parts) > 1 and cell_len("  ".join(parts)) > room:
        parts = parts[:-1]
    return "  ".join(parts)


def beside(words: str, others: str, room: int) -> Content:
    """Words and behind them, always whole, what colleagues do."""
    if not others:
        return Content(words)
    left = max(0, room - cell_len(others) - 2)
    words = present.fit(words, left) if cell_len(words) > left else words
    return Content.assemble(words, (f"  {others}", "$text-accent"))
