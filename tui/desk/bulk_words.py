"""Describe a text to many people: what is planned, how far it is, and what became of each."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Any

from tui.desk.bulk_plan import BulkPlan, PlannedRecipient
from tui.desk.same_text import SAME_TEXT
from tui.domain.bulk_text import BulkRecipient, BulkState, BulkText, NightChoice, Outcome
from tui.domain.date_input import format_moment
from tui.domain.phone import format_phone_number
from tui.domain.text import format_count, one_line

PREVIEW_COUNT = 3


def format_confirmation(plan: BulkPlan, key: str, now: int, zone: tzinfo | None) -> str:
    """Return exactly what the next key does.

    "Enter sends 41 texts (44 parts) through au and eu, 3 later at 08:00, 6 left out".

    Args:
        plan: Plan to confirm.
        key: Key, or word, that confirms it.
        now: Current time (ms UTC).
        zone: Time zone of the agent; None for the system's.
    """
    later, left = plan.later, sum(plan.left_out.values())
    at_once = [one for one in plan.going if not one.recipient.send_at]
    first = at_once or later
    if not first:
        return (
            f"Nothing to send: {left} left out" if left else "Nothing to send yet: write it first"
        )
    names = [one_line(name, 20) for name in plan.count_parts_by_account()]
    accounts = " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
    parts = format_count(sum(one.parts for one in first), "part")
    line = f"{key} sends {format_count(len(first), 'text')} ({parts}) through {accounts}"
    if later:
        first_at = min(one.recipient.send_at for one in later)
        begin = format_moment(first_at, now, zone, with_distance=False).removeprefix("today ")
        several = len({one.recipient.send_at for one in later}) > 1
        when = f"from {begin} on" if several else f"at {begin}"
        line += f", {len(later)} later {when}" if at_once else f" later {when}"
    return f"{line}, {left} left out" if left else line


def format_totals(plan: BulkPlan, pace: int) -> str:
    """Return texts, parts and duration: "44 texts · 47 parts (au 30, eu 17) · about 1 min".

    Args:
        plan: Plan to describe.
        pace: Texts a minute through each account.

    Returns:
        The sizes; "Nothing would be sent" if everyone is left out.
    """
    if not plan.going:
        return "Nothing would be sent"
    by_account = plan.count_parts_by_account()
    texts = Counter(one.recipient.account for one in plan.going)
    parts = format_count(sum(by_account.values()), "part")
    if len(by_account) > 1:
        parts += f" ({', '.join(f'{one_line(n, 20)} {count}' for n, count in by_account.items())})"
    minutes = max(1, -(-max(texts.values(), default=0) // pace))
    return f"{format_count(len(plan.going), 'text')} · {parts} · about {minutes} min"


def format_left_out(plan: BulkPlan) -> str:
    """Return who is left out and why: "Left out: 3 opted out · 2 in quiet hours", or ""."""
    parts = [f"{count} {one_line(reason, 60)}" for reason, count in plan.left_out.items()]
    return f"Left out: {' · '.join(parts)}" if parts else ""


NIGHT_LABELS = {
    NightChoice.LATER: "they get it later, after their quiet hours",
    NightChoice.LEAVE_OUT: "they are left out",
    NightChoice.ANYWAY: "they get it now anyway",
}
"""What happens with people who are in their quiet hours, as an agent reads it."""


def format_options(plan: BulkPlan, night_key: str, again_key: str) -> list[str]:
    """Return what was chosen for people whom a question is about, with the keys that change it.

    Args:
        plan: Plan with the choices.
        night_key: Key that changes what happens in quiet hours.
        again_key: Key that changes what happens with the same text.
    """
    lines = []
    if plan.in_quiet_hours:
        label = NIGHT_LABELS[plan.options.night]
        lines.append(f"{plan.in_quiet_hours} in quiet hours: {label} ({night_key} changes it)")
    if plan.with_same_text:
        choice = "they get it again" if plan.options.again else "they are left out"
        lines.append(f"{plan.with_same_text} got {SAME_TEXT}: {choice} ({again_key} changes it)")
    return lines


def list_previews(plan: BulkPlan) -> list[PlannedRecipient]:
    """Return the first three who get the text, with different texts where there are any."""
    different = {one.recipient.body: one for one in reversed(plan.going)}
    chosen = [one for one in plan.going if different[one.recipient.body] is one]
    others = [one for one in plan.going if one not in chosen]
    return [*chosen, *others][:PREVIEW_COUNT]


_STATE_LABELS = {
    BulkState.RUNNING: "running",
    BulkState.PAUSED: "paused",
    BulkState.CANCELLED: "cancelled",
    BulkState.DONE: "done",
}
_OUTCOME_ORDER = (
    *(Outcome.SENT, Outcome.SENDING, Outcome.WAITING),
    *(Outcome.FAILED, Outcome.LEFT_OUT, Outcome.CANCELLED),
)


def format_progress(bulk: BulkText, counts: Mapping[Outcome, int]) -> str:
    """Return how far a bulk text is: "running: 12 sent · 30 waiting · 1 failed".

    Args:
        bulk: Bulk text.
        counts: Number of recipients by outcome.
    """
    parts = [f"{counts[one]} {one.label}" for one in _OUTCOME_ORDER if counts.get(one)]
    return f"{_STATE_LABELS[bulk.state]}: {' · '.join(parts) or 'no one'}"


def format_bulk_line(
    bulk: BulkText, counts: Mapping[Outcome, int], now: int, zone: tzinfo | None
) -> str:
    """Return a bulk text on one line: when, who, how far, and the beginning of the text.

    Args:
        bulk: Bulk text.
        counts: Number of recipients by outcome.
        now: Current time (ms UTC).
        zone: Time zone of the agent; None for the system's.
    """
    begun = format_moment(bulk.created_at, now, zone, with_distance=False)
    people = format_count(sum(counts.values()), "conversation")
    progress = format_progress(bulk, counts)
    who = one_line(bulk.agent, 16)
    return f"{begun} {who} to {people} · {progress} · {one_line(bulk.body, 60)}"


def format_recipient_title(recipient: BulkRecipient) -> str:
    """Return the name or number of a recipient, safe on one line."""
    return one_line(recipient.name or format_phone_number(recipient.address), 40)


def format_recipient_outcome(recipient: BulkRecipient, now: int, zone: tzinfo | None) -> str:
    """Return what became of a recipient, and why.

    Args:
        recipient: Recipient as it is listed.
        now: Current time (ms UTC).
        zone: Time zone of the agent; None for the system's.
    """
    status = recipient.status.value if recipient.status is not None else ""
    outcome = recipient.outcome
    label = status if outcome in (Outcome.SENT, Outcome.FAILED) and status else outcome.label
    if outcome is Outcome.WAITING and recipient.send_at > now:
        label += f" until {format_moment(recipient.send_at, now, zone, with_distance=False)}"
    is_explained = outcome in (Outcome.SENT, Outcome.WAITING)
    reason = "" if is_explained else one_line(recipient.reason, 80)
    return f"{label}: {reason}" if reason else label


def sort_recipients(recipients: Sequence[BulkRecipient]) -> list[BulkRecipient]:
    """Return the recipients with those first that need work: failed, left out, then the rest.

    Args:
        recipients: Recipients in the order in which they were listed.
    """
    order = (Outcome.FAILED, Outcome.LEFT_OUT, Outcome.CANCELLED, Outcome.SENDING, Outcome.WAITING)
    places = {outcome: place for place, outcome in enumerate(order)}
    return sorted(recipients, key=lambda one: places.get(one.outcome, len(order)))


def plan_to_json(plan: BulkPlan) -> dict[str, Any]:
    """Return a plan as `smsdesk send --dry-run --json` prints it, without the texts of each."""
    return {
        "texts": len(plan.going),
        "parts": plan.count_parts_by_account(),
        "later": len(plan.later),
        "left_out": plan.left_out,
        "preview": [
            {"to": one.target.address, "text": one.recipient.body} for one in list_previews(plan)
        ],
    }


def bulk_to_json(bulk: BulkText, counts: Mapping[Outcome, int]) -> dict[str, Any]:
    """Return a bulk text as `smsdesk bulk list --json` prints it.

    Args:
        bulk: Bulk text.
        counts: Number of recipients by outcome.
    """
    return {
        "id": bulk.id,
        "agent": bulk.agent,
        "state": bulk.state.value,
        "created_at": bulk.created_at,
        "pace": bulk.pace,
        "text": bulk.body,
        **{outcome.value: counts.get(outcome, 0) for outcome in _OUTCOME_ORDER},
    }


def recipient_to_json(recipient: BulkRecipient) -> dict[str, Any]:
    """Return a recipient as `smsdesk bulk show --json` prints it."""
    return {
        "to": recipient.address,
        "name": recipient.name,
        "conversation": recipient.conversation_id,
        "account": recipient.account,
        "outcome": recipient.outcome.value,
        "status": recipient.status.value if recipient.status is not None else None,
        "reason": recipient.reason,
        "send_at": recipient.send_at or None,
        "message": recipient.message_id,
    }
