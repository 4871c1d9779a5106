"""Format values of the domain as text: times, names, sizes, the health of an account.

`message_text` puts messages into words, `badges` holds the statuses, `cells` fits text into a
width. Everything here is a plain function of values, so it is tested without a terminal. Outside
text passes `printable` or `one_line` and is never read as markup.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo

from tui.clock import MINUTE, SECOND
from tui.desk.badges import HEALTH_BADGES, format_held_count
from tui.domain.account import Account, AccountState, Health
from tui.domain.attention import Attention, AttentionKind, list_attentions
from tui.domain.conversation import Conversation
from tui.domain.text import format_span, one_line

MAX_BODY_LENGTH = 4_000
"""Characters of one message that a view shows; the timeline has all of it."""
MAX_FILES = 20
"""Files of one message that a view lists; the viewer shows all."""
_SOON_PART = 4
"""The last part of the time for an answer, one fourth, is shown as urgent."""
MUTED_STYLE = "$text-muted"
"""Style of less important text, for `Content`."""
_RETRY_STEP = 10
"""Seconds by which the time to the next try of an account is counted down."""


def format_age(since: int, now: int) -> str:
    """Return an age in at most four characters: "now", "12m", "3h", "5d", "9w", as `format_span`.

    Args:
        since: The moment (ms UTC).
        now: Current time (ms UTC).
    """
    return "now" if now - since < MINUTE else format_span(now - since)


def format_time(at: int, zone: tzinfo | None = None, *, seconds: bool = False) -> str:
    """Return the hour and minute in the agent's time zone.

    Args:
        at: The moment (ms UTC).
        zone: Time zone of the agent; None for the system's.
        seconds: Whether to add the seconds.
    """
    pattern = "%H:%M:%S" if seconds else "%H:%M"
    return datetime.fromtimestamp(at / SECOND, zone).strftime(pattern)


def format_date_time(at: int, zone: tzinfo | None = None) -> str:
    """Return a date and time: "2026-03-04 14:02".

    Args:
        at: The moment (ms UTC).
        zone: Time zone of the agent; None for the system's.
    """
    return f"{datetime.fromtimestamp(at / SECOND, zone):%Y-%m-%d %H:%M}"


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


def format_title(conversation: Conversation) -> str:
    """Return the name or the formatted number of the customer, safe on one line."""
    return one_line(conversation.title, 60)


def format_moment(at: int, now: int, zone: tzinfo | None = None) -> str:
    """Return a moment of the past in few characters: "14:02", "Mon 14:02", "2 Mar 14:02".

    Args:
        at: The moment (ms UTC).
        now: Current time (ms UTC).
        zone: Time zone of the agent; None for the system's.
    """
    then = datetime.fromtimestamp(at / SECOND, zone)
    days = get_day_number(now, zone) - then.toordinal()
    if days == 0:
        return f"{then:%H:%M}"
    return f"{then:%a %H:%M}" if 0 < days < 7 else f"{then.day} {then:%b %H:%M}"


def format_attention(attention: Attention, now: int, zone: tzinfo | None = None) -> str:
    """Return in few words what a person should look at: "no listener since 14:02".

    Args:
        attention: What to look at.
        now: Current time (ms UTC).
        zone: Time zone of the agent; None for the system's.
    """
    if attention.kind is AttentionKind.HELD:
        return format_held_count(attention.count)
    if attention.kind is AttentionKind.STUCK:
        return f"{attention.count} without receipt"
    if attention.kind is AttentionKind.CLOCK_SET_BACK:
        return f"{attention.kind.value} by {format_age(now, attention.since or now)}"
    if attention.kind is AttentionKind.NO_ANSWER:
        since = format_moment(attention.since or now, now, zone)
        return f"sending since {since} without an answer"
    if attention.kind is AttentionKind.WRONG_ADDRESS:
        return attention.kind.value
    since = "" if attention.since is None else f" since {format_moment(attention.since, now, zone)}"
    return f"{attention.kind.value}{since}"


_WORSE_THAN_RETRYING = frozenset(
    {AttentionKind.CLOCK_SET_BACK, AttentionKind.NOT_SERVED, AttentionKind.NO_LISTENER}
)


def find_shown_health(account: Account, state: AccountState | None, now: int) -> Health:
    """Return the health to show: an account that needs attention is never shown as healthy.

    Args:
        account: The account.
        state: Its last known state, or None.
        now: Current time (ms UTC).
    """
    health = state.health if state else Health.UNKNOWN
    attentions = list_attentions(account, state, now)
    if not attentions or health is Health.STOPPED:
        return health
    # What retries will work again by itself; a listener does not start by itself.
    is_worse = attentions[0].kind in _WORSE_THAN_RETRYING
    return health if health is Health.RETRYING and not is_worse else Health.ATTENTION


def format_account_health(
    account: Account,
    state: AccountState | None,
    now: int,
    *,
    ascii: bool = False,
    zone: tzinfo | None = None,
) -> tuple[str, str, str]:
    """Return an account for the header line, as dot, text and style.

    Args:
        account: The account.
        state: Its last known state, or None.
        now: Current time (ms UTC).
        ascii: Whether to use an ASCII dot.
        zone: Time zone of the agent; None for the system's.
    """
    health = find_shown_health(account, state, now)
    attentions = list_attentions(account, state, now)
    badge = HEALTH_BADGES[health]
    style = badge.style
    text = name = one_line(account.name, 16)
    if state and health is Health.OK and state.latency_ms:
        text += f" {state.latency_ms / SECOND:.1f}s"
    elif state and health is Health.RETRYING:
        text += _format_retry((state.retry_at or now) - now) or f" {badge.label}"
    elif attentions and (
        health is Health.ATTENTION or attentions[0].kind is AttentionKind.NO_CREDIT
    ):
        # How much is held stands in the status line already.
        is_held = attentions[0].kind is AttentionKind.HELD
        text += f" {badge.label if is_held else format_attention(attentions[0], now, zone)}"
    elif health in (Health.ATTENTION, Health.STOPPED):
        text += f" {badge.label}"
    if state and account.is_low(state) and health not in (Health.ATTENTION, Health.STOPPED):
        text, style = f"{name} low: {state.balance_amount:g} left", "doubt"
    return badge.symbol.draw(ascii=ascii), text, style


def _format_retry(remaining: int) -> str:
    """Return the time to the next try, "" if it is over; in steps, as each is painted anew.

    Args:
        remaining: Time in ms.
    """
    if remaining < SECOND:
        return ""
    steps = -(-remaining // (_RETRY_STEP * SECOND)) * _RETRY_STEP
    return f" retry {steps}s" if steps < 2 * 60 else f" retry {-(-steps // 60)}m"


def is_due_soon(due_at: int, waiting_since: int, now: int) -> bool:
    """Return whether little of the time for an answer is left.

    Args:
        due_at: End of the time, ms UTC.
        waiting_since: Begin of the time, ms UTC.
        now: Current time, ms UTC.
    """
    return (due_at - now) * _SOON_PART <= due_at - waiting_since


def format_time_left(due_at: int, now: int) -> str:
    """Return how much time is left for an answer: "12m left", or "5m over" when it is late.

    Args:
        due_at: End of the time, ms UTC.
        now: Current time, ms UTC.
    """
    left = due_at - now
    span = format_span(max(abs(left), MINUTE))
    return f"{span} left" if left >= 0 else f"{span} over"


def format_titles(rows: Sequence[Conversation]) -> str:
    """Return the title of one conversation, or how many there are."""
    return one_line(format_title(rows[0]), 40) if len(rows) == 1 else f"{len(rows)} conversations"


def format_label_change(changes: Mapping[str, bool], target: str) -> str:
    """Return what was added and removed: "Put #vip, #late on and took #new off Mia"."""

    def format_tags(added: bool) -> str:
        """Return the labels that were added, or those that were removed."""
        return one_line(", ".join(f"#{label}" for label in changes if changes[label] is added), 60)

    if all(changes.values()):
        return f"Labelled {target} {format_tags(True)}"
    if not any(changes.values()):
        return f"Removed {format_tags(False)} from {target}"
    return f"Labelled {target} {format_tags(True)}, removed {format_tags(False)}"
