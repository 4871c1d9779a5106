"""How things of the domain look: the only module that turns outside text into styled text.

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
from tui.domain.phone import pretty
from tui.domain.status import Status
from tui.domain.text import one_line, printable

LONGEST = 4_000
"""Characters of one message that a view shows; the timeline has all of it."""
MOST_LINES = 120
MOST_FILES = 20
"""Files of one message that a view lists; the viewer shows all."""
MUTED = "$foreground 60%"
"""The style of what matters less, for `Content`."""


@dataclass(frozen=True, slots=True)
class Badge:
    """A status as an agent sees it: shape and word; the colour comes with `style`."""

    shape: str
    word: str
    style: str
    """The last part of a component class: `badge--<style>`."""

    def __str__(self) -> str:
        """Shape and word together."""
        return f"{self.shape} {self.word}"


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
_DOTS = {
    Health.OK: ("●", "*", "good"),
    Health.RETRYING: ("◐", "~", "doubt"),
    Health.STOPPED: ("✗", "x", "bad"),
    Health.UNKNOWN: ("○", "o", "waiting"),
}


def badge(status: Status, *, ascii: bool = False) -> Badge:
    """The badge of a status; with plain-ASCII shapes for poor terminals."""
    full = _BADGES[status]
    return Badge(_ASCII_SHAPES[status], full.word, full.style) if ascii else full


def age(since: int, now: int) -> str:
    """How long ago, in at most four characters: "now", "12m", "3h", "5d", "9w"."""
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


def clock_time(at: int, zone: tzinfo | None = None) -> str:
    """The hour and minute, where the agent is."""
    return datetime.fromtimestamp(at / SECOND, zone).strftime("%H:%M")


def day(at: int, now: int, zone: tzinfo | None = None) -> str:
    """The day as a heading: "Today", "Yesterday", "Mon 2 March", with the year if not this one."""
    then = datetime.fromtimestamp(at / SECOND, zone).date()
    today = datetime.fromtimestamp(now / SECOND, zone).date()
    match (today - then).days:
        case 0:
            return "Today"
        case 1:
            return "Yesterday"
    year = f" {then.year}" if then.year != today.year else ""
    return f"{then.strftime('%a')} {then.day} {then.strftime('%B')}{year}"


def day_key(at: int, zone: tzinfo | None = None) -> int:
    """A number that is the same for all moments of one local day."""
    return datetime.fromtimestamp(at / SECOND, zone).toordinal()


def fit(text: str, width: int) -> str:
    """Safe one-line text in exactly `width` cells, cut with "…" or filled with blanks."""
    if width <= 0:
        return ""
    if cell_len(text) > width:
        text = set_cell_size(text, width - 1).rstrip() + "…"
    return set_cell_size(text, width)


def until(at: int | None, now: int, zone: tzinfo | None = None) -> str:
    """Until when a conversation sleeps, in few cells: "till 09:00", "till Fri", "till reply"."""
    if at is None:
        return "till reply"
    then = datetime.fromtimestamp(at / SECOND, zone)
    ahead = (then.date() - datetime.fromtimestamp(now / SECOND, zone).date()).days
    if ahead <= 0:
        return f"till {then:%H:%M}"
    return f"till {then:%a}" if ahead < 7 else f"till {then.day} {then:%b}"


def label_words(labels: Sequence[str], width: int) -> str:
    """The labels that fit into so many cells, with a blank before each: " #vip #late +1"."""
    tags = [f" #{one_line(label, 12)}" for label in labels]
    shown = len(tags)
    while shown and cell_len(_tags(tags, shown)) > width:
        shown -= 1
    if tags and not shown:
        rest = f" +{len(tags) - 1}" if len(tags) > 1 else ""
        return fit(tags[0], width - len(rest)).rstrip() + rest
    return _tags(tags, shown)


def _tags(tags: Sequence[str], shown: int) -> str:
    """The first few of some words, and how many more there are."""
    hidden = len(tags) - shown
    return "".join(tags[:shown]) + (f" +{hidden}" if hidden else "")


def title(conversation: Conversation) -> str:
    """The name or the readable number of the other side, safe on one line."""
    return one_line(conversation.name or pretty(conversation.address), 60)


def preview(conversation: Conversation) -> str:
    """The beginning of the last message, safe on one line; of a ping what it asks or found."""
    if conversation.pinged:
        status = conversation.last_status
        return f"Ping: {_PHONE.get(status, _ASKS_PHONE) if status else _ASKS_PHONE}"
    words = one_line(conversation.preview, 160)
    return words if words.strip() or conversation.last_direction is None else "(no text)"


def body_lines(text: str, width: int) -> list[str]:
    """A message's text wrapped to `width` cells, with bounds on its length."""
    lines: list[str] = []
    for paragraph in printable(text, limit=LONGEST).split("\n"):
        lines.extend(_wrapped(paragraph, max(width, 1)))
        if len(lines) > MOST_LINES:
            return [*lines[:MOST_LINES], "(the timeline shows all of it)"]
    return lines


def _wrapped(paragraph: str, width: int) -> list[str]:
    """One paragraph broken at blanks; words longer than a line are cut."""
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


def meta(message: Message, *, zone: tzinfo | None, several_accounts: bool) -> str:
    """What stands under a message before its badge: who, when, through which account."""
    parts = []
    if message.direction is not Direction.IN and message.agent:
        parts.append(one_line(message.agent, 20))
    parts.append(clock_time(message.at, zone))
    if several_accounts and message.direction is not Direction.NOTE:
        parts.append(one_line(message.account, 16))
    if message.attachments:
        files = "file" if message.attachments == 1 else "files"
        parts.append(f"{message.attachments} {files}")
    return " · ".join(parts)


_PHONE = {
    Status.DELIVERED: "the phone is on",
    Status.FAILED: "the phone is off or out of reach",
    Status.EXPIRED: "the phone stayed off",
}
"""What the ends of a silent ping say."""
_ASKS_PHONE = "is the phone on?"


def file_lines(files: Sequence[AttachmentInfo], *, ascii: bool = False) -> list[str]:
    """One line for each file that came with a message: its name, kind and size."""
    mark = "+" if ascii else "▣"
    return [
        f"{mark} {one_line(file.name, 40) or 'file'} · {one_line(file.content_type, 30)}"
        f" · {size_words(file.size)}"
        for file in files[:MOST_FILES]
    ]


def size_words(size: int) -> str:
    """Bytes for people: "812 B", "34 KB", "1.2 MB"."""
    if size < 1_000:
        return f"{size} B"
    return f"{size / 1_000:.0f} KB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"


def _scheduled_words(message: Message, at: int, zone: tzinfo | None, ascii: bool) -> str:
    """When a message goes out, and where it waits until then."""
    then = datetime.fromtimestamp(at / SECOND, zone)
    same_day = day_key(at, zone) == day_key(message.at, zone)
    date = "" if same_day else f"{then:%a} {then.day} {then:%b} "
    words = f"{badge(Status.SCHEDULED, ascii=ascii)} for {date}{then:%H:%M}"
    if message.cancel_wanted:
        words += ", cancelling"
    elif message.cancel_on_reply:
        words += ", unless they reply"
    held = message.status is Status.QUEUED and message.hold_until >= at
    return f"{words}, held here" if held else words


def badge_words(message: Message, *, zone: tzinfo | None, ascii: bool = False) -> str:
    """The badge with its time and, when something went wrong, the reason."""
    if message.status is None:
        return ""
    words = str(badge(message.status, ascii=ascii))
    if message.format is Format.PING and message.status in _PHONE:
        return f"{badge(message.status, ascii=ascii).shape} {_PHONE[message.status]}"
    if message.status is Status.DELIVERED and message.status_at:
        words += f" {clock_time(message.status_at, zone)}"
    if message.scheduled_at and message.status in (Status.SCHEDULED, Status.QUEUED):
        words = _scheduled_words(message, message.scheduled_at, zone, ascii)
    if message.contradicted:
        words += " (also reported otherwise)"
    if message.reason and message.status is not Status.DELIVERED:
        words += f": {one_line(message.reason, 160)}"
    return words


def health_words(
    account: Account, state: AccountState | None, now: int, *, ascii: bool = False
) -> tuple[str, str, str]:
    """An account in the header line: dot, words and style."""
    health = state.health if state else Health.UNKNOWN
    dot, plain, style = _DOTS[health]
    words = name = one_line(account.name, 16)
    if state and health is Health.OK and state.latency_ms:
        words += f" {state.latency_ms / SECOND:.1f}s"
    elif state and health is Health.RETRYING:
        left = max(0, ((state.retry_at or now) - now) // SECOND)
        words += f" retry {left}s" if left else " retrying"
    elif health is Health.STOPPED:
        words += " stopped"
    if state and account.is_low(state) and health is not Health.STOPPED:
        words, style = f"{name} low: {state.balance_amount:g} left", "doubt"
    return (plain if ascii else dot), words, style
