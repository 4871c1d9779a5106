"""Show conversations, messages and progress: lines for people, JSON lines for scripts.

Text from customers is written through `to_printable` or as ASCII JSON: none of it reaches the
terminal as a control code, and no line of it can be mistaken for a line of smsdesk.
"""

import os
import sys
import unicodedata
from argparse import Namespace
from typing import Any

from tui.desk.badges import BADGES
from tui.desk.format import format_age
from tui.desk.message_text import MessageText, format_preview
from tui.domain.conversation import Conversation
from tui.domain.message import Direction, Message
from tui.domain.text import one_line, to_json_line, to_printable

_NAME_CELLS = 24
"""Cells of the column with the customer's name."""
_ARROWS = {Direction.IN: "<", Direction.OUT: ">", Direction.NOTE: "#"}
_INDENT = 20
"""Blanks before further lines of a message."""
_MAX_BODY = 20_000
"""Characters of a message that are shown."""


def write_line(line: str) -> None:
    """Write harmless text as a line on stdout; a character that its encoding lacks becomes "?"."""
    encoding = sys.stdout.encoding or "ascii"
    line = to_printable(line)
    sys.stdout.write(line.encode(encoding, "replace").decode(encoding) + "\n")


def note_empty_result(arguments: Namespace, line: str) -> None:
    """Say on stderr that there is nothing to list; a script that reads JSON sees it without this.

    Args:
        arguments: Parsed arguments with `json`.
        line: What was not found; it may contain text from outside.
    """
    if not arguments.json:
        print(f"smsdesk: {one_line(line, 300)}", file=sys.stderr)


def write_json(value: dict[str, Any]) -> None:
    """Write one object on one line of pure ASCII."""
    sys.stdout.write(to_json_line(value) + "\n")


def format_conversation(conversation: Conversation, now: int) -> str:
    """Format a conversation on one line.

    The columns are: waiting time, unread messages, name, number, last status and preview.

    Args:
        conversation: Conversation to show.
        now: Current time in ms UTC.
    """
    since = conversation.waiting_since
    waiting = format_age(since, now) if since else "-"
    unread = str(conversation.unread or "-")
    name = pad_text(one_line(conversation.name, _NAME_CELLS), _NAME_CELLS)
    address = pad_text(one_line(conversation.address, 20), 16)
    start = f"{waiting:>5} {unread:>6}  {name}  {address}  {format_last_status(conversation):<10}  "
    room = get_terminal_width() - count_cells(start)
    return start + truncate_text(format_preview(conversation), room)


def format_heading() -> str:
    """Return the heading above the lines of `format_conversation`."""
    return f"waits unread  {'customer':<{_NAME_CELLS}}  {'number':<16}  {'last':<10}  message"


def format_last_status(conversation: Conversation) -> str:
    """Return the status of the last message, or its direction if it has no status."""
    if conversation.last_status is not None:
        return BADGES[conversation.last_status].label
    labels = {Direction.IN: "came in", Direction.NOTE: "note"}
    return labels.get(conversation.last_direction, "-") if conversation.last_direction else "-"


def format_message(message: Message, customer: str = "") -> str:
    """Format a message with its time and, if outgoing, its status.

    All lines of the text but the first are indented.

    Args:
        message: Message to show.
        customer: Customer to name beside the message; empty for none.
    """
    texts = MessageText(message)
    body = texts.format_body(indent=_INDENT, limit=_MAX_BODY)
    status = f"[{texts.status}]" if texts.status else ""
    parts = [
        f"{texts.timestamp}  {_ARROWS[message.direction]}",
        customer,
        body,
        f"[{one_line(message.files)}]" if texts.files and message.files else "",
        status,
        f"({texts.agent})" if texts.agent else "",
    ]
    return " ".join(part for part in parts if part)


def get_terminal_width() -> int:
    """Return the terminal's width in cells; a very large number without a terminal."""
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or 80
    except (OSError, ValueError):
        return 10_000


def pad_text(text: str, width: int) -> str:
    """Append blanks until the text has at least this width.

    Args:
        text: Text to pad.
        width: Width in terminal cells.
    """
    return text + " " * (width - count_cells(text))


def truncate_text(text: str, width: int) -> str:
    """Shorten a text with an ellipsis to at most this width.

    Args:
        text: Text to shorten.
        width: Width in terminal cells.
    """
    if count_cells(text) <= width:
        return text
    while text and count_cells(text) >= width:
        text = text[:-1]
    return text + "…" if width > 0 else ""


def count_cells(text: str) -> int:
    """Return the width of a text in terminal cells."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 1 + (unicodedata.east_asian_width(char) in "WF")
        for char in text
    )


_BAR_WIDTH = 30
"""Cells of the progress bar."""


def show_progress(done: int, total: int, what: str) -> None:
    """Draw a progress bar on stderr, over the previous one.

    Args:
        done: Items finished so far.
        total: Items in all; the line ends when `done` reaches it.
        what: Plural name of the items.
    """
    fraction = min(1.0, done / total) if total else 1.0
    bar = ("#" * round(fraction * _BAR_WIDTH)).ljust(_BAR_WIDTH, ".")
    end = "\n" if done >= total else ""
    line = f"\r[{bar}] {fraction:4.0%}  {done:,} {what}{end}"
    print(line, end="", file=sys.stderr, flush=True)
