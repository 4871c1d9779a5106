"""Format conversations and messages as single lines that a screen reader can read."""

from tui.desk import format
from tui.desk.badges import BADGES
from tui.desk.composer_hints import format_enclosed
from tui.desk.context import AppContext
from tui.desk.message_text import MessageText, format_preview
from tui.domain.conversation import Conversation, State
from tui.domain.local_time import find_zones, format_local_times
from tui.domain.message import Direction, Message, MmsContent
from tui.domain.phone import format_phone_number
from tui.domain.status import Status
from tui.domain.text import one_line

_LAST_WORDS = {Direction.IN: "wrote", Direction.OUT: "from us", Direction.NOTE: "private note"}
"""What the last message of a conversation is; a colleague may have written it."""
_LONGEST = 300
_SENT_STATUSES = frozenset({Status.ACCEPTED, Status.SUBMITTED, Status.DELIVERED})


def end_sentence(text: str) -> str:
    """Return an outside text in one line, with a full stop unless it ends with a question."""
    line = one_line(text, _LONGEST)
    return line if line.endswith("?") else f"{line}."


def format_conversation(row: Conversation, context: AppContext) -> str:
    """Return one conversation of a list as a line.

    Args:
        row: Conversation to show.
        context: Settings and services of this agent.
    """
    now = context.clock.now()
    facts = [format.format_title(row)]
    if row.waiting_since is not None:
        facts.append(f"waits {format.format_age(row.waiting_since, now)}")
        if row.due_at is not None:
            facts.append(f"time for an answer {format.format_time_left(row.due_at, now)}")
    if row.unread:
        facts.append(f"{row.unread} unread")
    if row.failed:
        facts.append(f"{row.failed} failed")
    facts += _list_marks(row, context)
    if row.last_direction is None:
        return f"{', '.join(facts)}; nothing written yet"
    who = "automatic answer" if row.last_rule else _LAST_WORDS[row.last_direction]
    status = f" ({BADGES[row.last_status].label})" if row.last_status else ""
    return f"{', '.join(facts)}; {who}: {format_preview(row)}{status}"


def format_heading(row: Conversation, context: AppContext) -> str:
    """Return the first line of an open conversation: name, number, local time and state.

    Args:
        row: Conversation to show.
        context: Settings and services of this agent.
    """
    number, title = one_line(format_phone_number(row.address), 40), format.format_title(row)
    facts = [f"Conversation with {title}", *([number] if title != number else [])]
    there = format_local_times(find_zones(row.address), context.clock.now())
    return ", ".join([*facts, *([there] if there else []), *_list_marks(row, context)]) + "."


def _list_marks(row: Conversation, context: AppContext) -> list[str]:
    """Return state, assignee, star, labels and opt-out, where they are not the default."""
    marks = []
    if row.state is State.SNOOZED:
        until = format.format_snooze_end(row.snoozed_until, context.clock.now(), context.zone)
        marks.append(f"snoozed {until}")
    elif row.state is State.CLOSED and row.last_id:  # one that is only begun opens with its use
        marks.append("closed")
    if row.assignee:
        mine = row.assignee == context.agent
        marks.append("yours" if mine else f"assigned to {one_line(row.assignee, 20)}")
    if row.starred:
        marks.append("starred")
    marks += [f"#{one_line(label, 20)}" for label in row.labels]
    if row.opted_out:
        marks.append("opted out")
    return marks


def format_message_line(message: Message, title: str, context: AppContext) -> str:
    """Return a message as text: date, author, text, files and status.

    Args:
        message: Message to show.
        title: Name of the customer.
        context: Settings and services of this agent.
    """
    texts = MessageText(message, title, context.zone)
    day = format.format_day(message.at, context.clock.now(), context.zone)
    author = f"{_name_act(message)}{texts.author}"
    # A message without text shows the names of its files as its text.
    saves = f"{texts.files}: x saves" if texts.files else "x saves"
    files = f" [{saves}]" if message.attachments else ""
    if message.media:
        files += f" [{format_enclosed(MmsContent(message.media, message.subject))}]"
    status = f" [{texts.status}]" if texts.status else ""
    return f"{day} {texts.time}, {author}: {texts.format_body()}{files}{status}"


def _name_act(message: Message) -> str:
    """Return what the author of a message did, before the name; nothing for a customer."""
    if message.direction is Direction.IN:
        return ""
    if message.direction is Direction.NOTE:
        return "Private note of "
    # What waits, failed or was cancelled is not sent, or may not be.
    return "Sent by " if message.status in _SENT_STATUSES else "Written by "
