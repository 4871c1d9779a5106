"""Word the line above a conversation: who the customer is, and which colleagues are here."""

import re

from rich.cells import cell_len
from textual.content import Content

from tui.desk import cells, format
from tui.domain.conversation import Conversation
from tui.domain.local_time import find_zones, format_local_times
from tui.domain.phone import format_phone_number
from tui.domain.text import one_line

_HOURS_SPAN = re.compile(r"^between (\d\d:\d\d) and (\d\d:\d\d)")


def format_heading(
    conversation: Conversation, now: int, others: str, room: int, departure: str = ""
) -> Content:
    """Return the line above a conversation.

    The text about colleagues is never cut off, and the reason why it has left the list stands in
    place of what does not fit beside it.

    Args:
        conversation: Conversation that is shown.
        now: Current time in milliseconds since 1970, UTC.
        others: Text about colleagues; empty for none.
        room: Width of the line in cells.
        departure: Why the conversation is no longer in the list; empty if it is.
    """
    number = one_line(format_phone_number(conversation.address), 30)
    parts = [format.format_title(conversation), number] if conversation.name else [number]
    if departure:
        parts.insert(1, departure)
    if conversation.opted_out:
        parts.append("OPTED OUT")
    local_time = format_local_times(find_zones(conversation.address), now)
    if local_time:
        parts.append(local_time)
    if conversation.assignee:
        parts.append(f"@{one_line(conversation.assignee.removeprefix('@'), 16)}")
    parts += [f"#{one_line(label, 16)}" for label in conversation.labels]
    remaining = room - cell_len(others) - 2 if others else room
    return place_beside(_join_fitting(parts, remaining), others, room)


def _join_fitting(parts: list[str], room: int) -> str:
    """Join as many parts as fit, always the first, with spans of hours shortened if needed."""
    if cell_len("  ".join(parts)) > room:
        parts = [_HOURS_SPAN.sub(r"\1–\2", part) for part in parts]
    while len(parts) > 1 and cell_len("  ".join(parts)) > room:
        parts = parts[:-1]
    return "  ".join(parts)


def place_beside(text: str, others: str, room: int) -> Content:
    """Return a text, cut to fit, and after it the text about colleagues, always whole.

    Args:
        text: Text at the left.
        others: Text about colleagues; empty for none.
        room: Width of the line in cells.
    """
    if not others:
        return Content(text)
    remaining = max(0, room - cell_len(others) - 2)
    text = cells.fit_cells(text, remaining) if cell_len(text) > remaining else text
    return Content.assemble(text, (f"  {others}", "$text-accent"))
