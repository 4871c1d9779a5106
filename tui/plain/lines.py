"""Conversations and messages as lines to be read aloud."""

from datetime import tzinfo

from tui import present
from tui.desk.ribbon import enclosed_words
from tui.domain.conversation import Conversation, State
from tui.domain.local_time import clock_words, zones_for
from tui.domain.message import Direction, Enclosed, Message
from tui.domain.phone import pretty
from tui.domain.text import one_line, printable
from tui.seat import Seat


def row_words(row: Conversation, seat: Seat) -> str:
    """One conversation of a list."""
    now = seat.clock.now()
    facts = [present.title(row)]
    if row.waiting_since is not None:
        facts.append(f"waits {present.age(row.waiting_since, now)}")
    if row.unread:
        facts.append(f"{row.unread} unread")
    if row.failed:
        facts.append(f"{row.failed} failed")
    facts += _marks(row, seat)
    if row.last_direction is None:
        return f"{', '.join(facts)}; nothing written yet"
    who = "you wrote" if row.last_direction is Direction.OUT else "wrote"
    status = f" ({present.badge(row.last_status).word})" if row.last_status else ""
    return f"{', '.join(facts)}; {who}: {present.preview(row)}{status}"


def heading(row: Conversation, seat: Seat) -> str:
    """Whose conversation this is, and where it stands."""
    number, title = one_line(pretty(row.address), 40), present.title(row)
    facts = [f"Conversation with {title}", *([number] if title != number else [])]
    there = clock_words(zones_for(row.address), seat.clock.now())
    return ", ".join([*facts, *([there] if there else []), *_marks(row, seat)]) + "."


def _marks(row: Conversation, seat: Seat) -> list[str]:
    """State, owner, star, labels, lock: what differs from an ordinary open one."""
    marks = []
    if row.state is State.SNOOZED:
        until = present.until(row.snoozed_until, seat.clock.now(), seat.zone)
        marks.append(f"snoozed {until}")
    elif row.state is State.CLOSED:
        marks.append("closed")
    if row.assignee:
        mine = row.assignee == seat.agent
        marks.append("yours" if mine else f"of {one_line(row.assignee, 20)}")
    if row.starred:
        marks.append("starred")
    marks += [f"#{one_line(label, 20)}" for label in row.labels]
    if row.opted_out:
        marks.append("opted out")
    return marks


def message_words(message: Message, title: str, seat: Seat) -> str:
    """Who, when, what, and what became of it; `title` is what the customer is called."""
    when = present.day(message.at, seat.clock.now(), seat.zone)
    time = present.clock_time(message.at, seat.zone)
    body = printable(message.body, limit=present.LONGEST)
    came = f"{message.attachments} file{'s' if message.attachments > 1 else ''}: x saves"
    files = f" [{came}]" if message.attachments else ""
    if message.media:
        files += f" [{enclosed_words(Enclosed(message.media, message.subject))}]"
    status = f" [{status_words(message, seat.zone)}]" if message.status else ""
    return f"{when} {time}, {_who(message, title)}: {body}{files}{status}"


def _who(message: Message, title: str) -> str:
    """Who wrote it."""
    match message.direction:
        case Direction.IN:
            return title
        case Direction.OUT:
            return f"Sent by {one_line(message.agent, 20) or 'the desk'}"
    return f"Private note of {one_line(message.agent, 20)}"


def status_words(message: Message, zone: tzinfo | None) -> str:
    """The badge without its sign."""
    return present.badge_words(message, zone=zone, ascii=True).partition(" ")[2]
