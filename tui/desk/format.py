"""Format values of the domain as text for the screen.

This is the only module that turns outside text into styled text.

Everything here is a plain function of values, so it is tested without a terminal. Outside text
passes `printable` or `one_line` and is never read as markup.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from rich.cells import cell_len, chop_cells, set_cell_size

from tui.clock import DAY, HOUR, MINUTE, SECOND
from tui.domain.account import Account, AccountState, Health
from tui.domain.conversation import Conversation
from tui.domain.message import AttachmentInfo, Direction, Format, Message
from tui.domain.phone import format_phone_number
from tui.domain.status import Status
from tui.domain.text import one_line, to_printable

MAX_BODY_LENGTH = 4_000
"""Characters of one message that a view shows; the timeline has all of it."""
MAX_BODY_LINES = 120
MAX_FILES = 20
"""Files of one message that a view lists; the viewer shows all."""
MUTED_STYLE = "$foreground 60%"
"""Style of less important text, for `Content`."""


@dataclass(frozen=True, slots=True)
class Badge:
    """A status as an agent sees it: shape and label; the colour comes from `style`."""

    shape: str
    label: str
    style: str
    """Last part of a component class: `badge--<style>`."""

    def __str__(self) -> str:
        """Return shape and label together."""
        return f"{self.shape} {self.label}"


_BADGES = {
    Status.QUEUED: Badge("…", "queued", "waiting"),
    Status.SENDING: Badge("↗", "sending", "waiting"),
    Status.ACCEPTED: Badge("→", "accepted", "moving"),
    Status.SUBMITTED: Badge("✓", "submitted", "moving"),
    Status.DELIVERED: Badge("✓✓", "delivered", "good"),
    Status.FAILED: Badge("✗", "failed", "bad"),
    Status.REJECTED: Badge("✗", "rejected", "bad"),
    Status.EXPIRED: Badge("⌛", "expired", "bad"),
    Status.SCHEDULED: Badge("⏲", "scheduled", "waiting"),
    Status.CANCELLED: Badge("⊘", "cancelled", "waiting"),
    Status.UNCERTAIN: Badge("?", "maybe sent", "doubt"),
}
_ASCII_SHAPES = {
    Status.QUEUED: "..",
    Status.SENDING: "^",
    Status.ACCEPTED: ">",
    Status.SUBMITTED: "v",
    Status.DELIVERED: "vv",
    Status.FAILED: "x",
    Status.REJECTED: "x",
    Status.EXPIRED: "x",
    Status.SCHEDULED: "@",
    Status.CANCELLED: "-",
    Status.UNCERTAIN: "?",
}
_HEALTH_DOTS = {
    Health.OK: ("●", "*", "good"),
    Health.RETRYING: ("◐", "~", "doubt"),
    Health.STOPPED: ("✗", "x", "bad"),
    Health.UNKNOWN: ("○", "o", "waiting"),
}


def get_badge(status: Status, *, ascii: bool = False) -> Badge:
    """Return the badge of a status.

    Args:
        status: Status of a message.
        ascii: Whether to use the ASCII shape, for limited terminals.
    """
    full = _BADGES[status]
    return Badge(_ASCII_SHAPES[status], full.label, full.style) if ascii else full


def format_age(since: int, now: int) -> str:
    """Return an age in at most four characters: "now", "12m", "3h", "5d", "9w".

    Args:
        since: The moment (ms UTC).
        now: Current time (ms UTC).
    """
    passed = max(0, now - since)
    if passed < MINUTE:
        return "now"
    if passed < HOUR:
        return f"{passed // MINUTE}m"
    if passed < DAY:
        return f"{passed // HOUR}h"
    if passed < 14 * DAY:
        return f"{passed // DAY}d"
    weeks = passed // (7 * DAY)
    return f"{weeks}w" if weeks < 100 else f"{weeks // 52}y"


def format_time(at: int, zone: tzinfo | None = None) -> str:
    """Return the hour and minute in the agent's time zone.

    Args:
        at: The moment (ms UTC).
        zone: Time zone of the agent; None for the system's.
    """
    return datetime.fromtimestamp(at / SECOND, zone).strftime("%H:%M")


def format_day(at: int, now: int, zone: tzinfo | None = None) -> str:
    """Return the day as a heading: "Today", "Yesterday", "Mon 2 March"; other years are added.

    Args:
        at: The moment (ms UTC).
        now: Current time (ms UTC).
        zone: Time zone of the agent; None for the system's.
    """
    then = datetime.fromtimestamp(at / SECOND, zone).date()
    today = datetime.fromtimestamp(now / SECOND, zone).date()
    match (today - then).days:
        case 0:
            return "Today"
        case 1:
            return "Yesterday"
    year = f" {then.year}" if then.year != today.year else ""
    return f"{then.strftime('%a')} {then.day} {then.strftime('%B')}{year}"


def get_day_number(at: int, zone: tzinfo | None = None) -> int:
    """Return a number that is the same for all moments of one local day.

    Args:
        at: The moment (ms UTC).
        zone: Time zone of the agent; None for the system's.
    """
    return datetime.fromtimestamp(at / SECOND, zone).toordinal()


def fit_cells(text: str, width: int) -> str:
    """Return a text in exactly `width` cells, cut with "…" or filled with blanks.

    Args:
        text: Text on one line, already safe.
        width: Width in terminal cells.
    """
    if width <= 0:
        return ""
    if cell_len(text) > width:
        # Cells, not characters: East Asian characters and emoji take two.
        text = set_cell_size(text, width - 1).rstrip() + "…"
    return set_cell_size(text, width)


def format_snooze_end(at: int | None, now: int, zone: tzinfo | None = None) -> str:
    """Return the end of a snooze in few cells: "till 09:00", "till Fri", "till reply".

    Args:
        at: End of the snooze (ms UTC); None for the customer's next message.
        now: Current time (ms UTC).
        zone: Time zone of the agent; None for the system's.
    """
    if at is None:
        return "till reply"
    then = datetime.fromtimestamp(at / SECOND, zone)
    ahead = (then.date() - datetime.fromtimestamp(now / SECOND, zone).date()).days
    if ahead <= 0:
        return f"till {then:%H:%M}"
    return f"till {then:%a}" if ahead < 7 else f"till {then.day} {then:%b}"


def format_labels(labels: Sequence[str], width: int) -> str:
    """Return the labels that fit, with a blank before each: " #vip #late +1".

    Args:
        labels: Labels of a conversation.
        width: Width in terminal cells.
    """
    tags = [f" #{one_line(label, 12)}" for label in labels]
    shown = len(tags)
    while shown and cell_len(_join_tags(tags, shown)) > width:
        shown -= 1
    if tags and not shown:
        rest = f" +{len(tags) - 1}" if len(tags) > 1 else ""
        return fit_cells(tags[0], width - len(rest)).rstrip() + rest
    return _join_tags(tags, shown)


def _join_tags(tags: Sequence[str], shown: int) -> str:
    """Return the first few tags and how many more there are."""
    hidden = len(tags) - shown
    return "".join(tags[:shown]) + (f" +{hidden}" if hidden else "")


def format_title(conversation: Conversation) -> str:
    """Return the name or the formatted number of the customer, safe on one line."""
    return one_line(conversation.name or format_phone_number(conversation.address), 60)


def format_preview(conversation: Conversation) -> str:
    """Return the beginning of the last message, safe on one line; for a ping its result."""
    if conversation.is_last_message_ping:
        status = conversation.last_status
        return f"Ping: {_PING_RESULTS.get(status, _PING_QUESTION) if status else _PING_QUESTION}"
    text = one_line(conversation.preview, 160)
    return text if text.strip() or conversation.last_direction is None else "(no text)"


def wrap_body(text: str, width: int) -> list[str]:
    """Return the text of a message in lines.

    Args:
        text: Text of the message (outside text).
        width: Width in terminal cells.

    Returns:
        At most `MAX_BODY_LINES` lines, and one more if the rest was cut.
    """
    lines: list[str] = []
    for paragraph in to_printable(text, limit=MAX_BODY_LENGTH).split("\n"):
        lines.extend(_wrap_paragraph(paragraph, max(width, 1)))
        if len(lines) > MAX_BODY_LINES:
            return [*lines[:MAX_BODY_LINES], "(the timeline shows all of it)"]
    return lines


def _wrap_paragraph(paragraph: str, width: int) -> list[str]:
    """Break one paragraph at blanks; text without blanks is cut at the width."""
    if cell_len(paragraph) <= width:
        return [paragraph]
    lines: list[str] = []
    line = ""
    for word in paragraph.split(" "):
        candidate = f"{line} {word}" if line else word
        if cell_len(candidate) <= width:
            line = candidate
            continue
        if line:
            lines.append(line)
        *full, line = chop_cells(word, width) or [""]
        lines.extend(full)
    return [*lines, line]


def format_details(message: Message, *, zone: tzinfo | None, several_accounts: bool) -> str:
    """Return the details under a message before its badge: who, when, through which account.

    Args:
        message: The message.
        zone: Time zone of the agent; None for the system's.
        several_accounts: Whether to name the account.
    """
    parts = []
    if message.direction is not Direction.IN and message.agent:
        parts.append(one_line(message.agent, 20))
    parts.append(format_time(message.at, zone))
    if several_accounts and message.direction is not Direction.NOTE:
        parts.append(one_line(message.account, 16))
    if message.attachments:
        files = "file" if message.attachments == 1 else "files"
        parts.append(f"{message.attachments} {files}")
    return " · ".join(parts)


_PING_RESULTS = {
    Status.DELIVERED: "the phone is on",
    Status.FAILED: "the phone is off or out of reach",
    Status.EXPIRED: "the phone stayed off",
}
"""Texts for the final statuses of a silent ping."""
_PING_QUESTION = "is the phone on?"


def format_files(files: Sequence[AttachmentInfo], *, ascii: bool = False) -> list[str]:
    """Return one line for each file of a message: name, kind and size.

    Args:
        files: Files that came with the message.
        ascii: Whether to use an ASCII mark.
    """
    mark = "+" if ascii else "▣"
    return [
        f"{mark} {one_line(file.name, 40) or 'file'} · {one_line(file.content_type, 30)}"
        f" · {format_size(file.size)}"
        for file in files[:MAX_FILES]
    ]


def format_size(size: int) -> str:
    """Return a file size: "812 B", "34 KB", "1.2 MB".

    Args:
        size: Size in bytes.
    """
    if size < 1_000:
        return f"{size} B"
    return f"{size / 1_000:.0f} KB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"


def _format_scheduled(message: Message, at: int, zone: tzinfo | None, ascii: bool) -> str:
    """Return when a message is sent, and where it waits until then."""
    then = datetime.fromtimestamp(at / SECOND, zone)
    same_day = get_day_number(at, zone) == get_day_number(message.at, zone)
    date = "" if same_day else f"{then:%a} {then.day} {then:%b} "
    text = f"{get_badge(Status.SCHEDULED, ascii=ascii)} for {date}{then:%H:%M}"
    if message.cancel_wanted:
        text += ", cancelling"
    elif message.cancel_on_reply:
        text += ", unless they reply"
    held = message.status is Status.QUEUED and message.hold_until >= at
    return f"{text}, held here" if held else text


def format_status(message: Message, *, zone: tzinfo | None, ascii: bool = False) -> str:
    """Return the badge with its time and, if something went wrong, the reason.

    Args:
        message: The message.
        zone: Time zone of the agent; None for the system's.
        ascii: Whether to use ASCII shapes.
    """
    if message.status is None:
        return ""
    text = str(get_badge(message.status, ascii=ascii))
    if message.format is Format.PING and message.status in _PING_RESULTS:
        return f"{get_badge(message.status, ascii=ascii).shape} {_PING_RESULTS[message.status]}"
    if message.status is Status.DELIVERED and message.status_at:
        text += f" {format_time(message.status_at, zone)}"
    if message.scheduled_at and message.status in (Status.SCHEDULED, Status.QUEUED):
        text = _format_scheduled(message, message.scheduled_at, zone, ascii)
    # Receipts can arrive that exclude each other; the agent must see that the status is in doubt.
    if message.contradicted:
        text += " (also reported otherwise)"
    if message.reason and message.status is not Status.DELIVERED:
        text += f": {one_line(message.reason, 160)}"
    return text


def format_account_health(
    account: Account, state: AccountState | None, now: int, *, ascii: bool = False
) -> tuple[str, str, str]:
    """Return an account for the header line, as dot, text and style.

    Args:
        account: The account.
        state: Its last known state, or None.
        now: Current time (ms UTC).
        ascii: Whether to use an ASCII dot.
    """
    health = state.health if state else Health.UNKNOWN
    dot, ascii_dot, style = _HEALTH_DOTS[health]
    text = name = one_line(account.name, 16)
    if state and health is Health.OK and state.latency_ms:
        text += f" {state.latency_ms / SECOND:.1f}s"
    elif state and health is Health.RETRYING:
        seconds = max(0, ((state.retry_at or now) - now) // SECOND)
        text += f" retry {seconds}s" if seconds else " retrying"
    elif health is Health.STOPPED:
        text += " stopped"
    if state and account.is_low(state) and health is not Health.STOPPED:
        text, style = f"{name} low: {state.balance_amount:g} left", "doubt"
    return (ascii_dot if ascii else dot), text, style
