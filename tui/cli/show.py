"""How the commands show conversations and messages: lines for people, JSON lines for scripts.

Whatever a customer wrote goes out through `printable` or as ASCII JSON: nothing of it reaches the
terminal as a code, and no line of it can pass for one of ours.
"""

import json
import os
import sys
import time
import unicodedata
from typing import Any

from tui.clock import DAY, HOUR, MINUTE
from tui.domain.conversation import Conversation
from tui.domain.message import Direction, Message
from tui.domain.text import one_line, printable

_NAME_CELLS = 24
_ARROWS = {Direction.IN: "<", Direction.OUT: ">", Direction.NOTE: "#"}
_INDENT = " " * 20
_LONGEST = 20_000
_UNCUT = 200


def write(line: str) -> None:
    """One line on stdout, whatever characters its encoding lacks."""
    encoding = sys.stdout.encoding or "ascii"
    sys.stdout.write(line.encode(encoding, "replace").decode(encoding) + "\n")


def write_json(value: dict[str, Any]) -> None:
    """One object on one line of pure ASCII."""
    sys.stdout.write(json.dumps(value) + "\n")


def thread_line(conversation: Conversation, now: int) -> str:
    """A conversation on one line: waiting, unread, who, number, status, beginning of the last."""
    waits = age(now - conversation.waiting_since) if conversation.waiting_since else "-"
    unread = str(conversation.unread or "-")
    name = padded(one_line(conversation.name, _NAME_CELLS), _NAME_CELLS)
    address = padded(one_line(conversation.address, 20), 16)
    start = f"{waits:>5} {unread:>6}  {name}  {address}  {status_word(conversation):<10}  "
    text = "Ping: is the phone on?" if conversation.pinged else conversation.preview
    return start + cut(one_line(text, _UNCUT), columns() - cells(start))


def thread_heading() -> str:
    """What stands above the lines of conversations."""
    return f"waits unread  {'customer':<{_NAME_CELLS}}  {'number':<16}  {'last':<10}  message"


def status_word(conversation: Conversation) -> str:
    """What the last message is: the badge of one that went out, else where it came from."""
    if conversation.last_status is not None:
        return conversation.last_status.value
    words = {Direction.IN: "came in", Direction.NOTE: "note"}
    return words.get(conversation.last_direction, "-") if conversation.last_direction else "-"


def thread_object(conversation: Conversation) -> dict[str, Any]:
    """A conversation for scripts; times are ms UTC."""
    return {
        "id": conversation.id,
        "number": conversation.address,
        "name": conversation.name,
        "state": conversation.state.value,
        "waiting_since": conversation.waiting_since,
        "unread": conversation.unread,
        "failed": conversation.failed,
        "assignee": conversation.assignee,
        "labels": list(conversation.labels),
        "starred": conversation.starred,
        "opted_out": conversation.opted_out,
        "account": conversation.account,
        "last_at": conversation.last_at,
        "last_direction": conversation.last_direction,
        "last_status": conversation.last_status,
        "preview": conversation.preview,
    }


def message_lines(message: Message, who: str = "") -> str:
    """A message with its time and, if it went out, its badge; further lines are set in."""
    moment = time.strftime("%Y-%m-%d %H:%M", time.localtime(message.at / 1000))
    text = printable(message.body, limit=_LONGEST).replace("\n", f"\n{_INDENT}")
    parts = [f"{moment}  {_ARROWS[message.direction]}", who, text, _badge(message)]
    return " ".join(part for part in parts if part)


def message_object(message: Message, conversation: Conversation | None) -> dict[str, Any]:
    """A message for scripts; times are ms UTC."""
    return {
        "id": message.id,
        "number": conversation.address if conversation else "",
        "name": conversation.name if conversation else "",
        "direction": message.direction.value,
        "at": message.at,
        "account": message.account,
        "sender": message.sender,
        "agent": message.agent,
        "text": message.body,
        "status": message.status,
        "status_at": message.status_at,
        "word": message.word,
        "code": message.code,
        "reason": message.reason,
        "scheduled_at": message.scheduled_at,
        "parts": message.parts,
        "attachments": message.attachments,
    }


def _badge(message: Message) -> str:
    """The status of a message that went out, with the reason of trouble and its agent."""
    words = [message.status.value] if message.status else []
    if message.status and message.status.trouble and message.reason:
        words.append(one_line(message.reason, _UNCUT))
    badge = f"[{': '.join(words)}]" if words else ""
    return " ".join(part for part in (badge, one_line(message.agent, 40)) if part)


def age(ms: int) -> str:
    """A length of time in its largest whole unit: "4m", "2h", "3d"."""
    for unit, letter in ((DAY, "d"), (HOUR, "h"), (MINUTE, "m")):
        if ms >= unit:
            return f"{ms // unit}{letter}"
    return "now"


def columns() -> int:
    """Cells of a line on the terminal; more than any line has where there is none."""
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or 80
    except (OSError, ValueError):
        return 10_000


def padded(text: str, width: int) -> str:
    """The text in at least so many cells."""
    return text + " " * (width - cells(text))


def cut(text: str, width: int) -> str:
    """The text in at most so many cells."""
    if cells(text) <= width:
        return text
    while text and cells(text) >= width:
        text = text[:-1]
    return text + "…" if width > 0 else ""


def cells(text: str) -> int:
    """How wide a text is on a terminal."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 1 + (unicodedata.east_asian_width(char) in "WF")
        for char in text
    )
