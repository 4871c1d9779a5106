"""Say until when a customer has to be answered, and how well that was kept.

A view can have a target: its conversations are answered within so many minutes of business time.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, tzinfo

from tui.clock import MINUTE, parse_duration
from tui.domain.business_hours import (
    ALWAYS_OPEN,
    BusinessHours,
    format_hours,
    parse_hours,
)
from tui.domain.conversation import Conversation, View
from tui.domain.record_type import record
from tui.domain.text import one_line
from tui.domain.views import is_in_view, is_waiting

MAX_MINUTES = 30 * 24 * 60
"""Longest target, in minutes."""


TARGET_EXAMPLE = "30m, mon-fri 9-17"


@record
class AnswerTarget:
    """Within which time the conversations of a view have to be answered."""

    name: str
    """Name of the view."""
    view: View
    minutes: int
    """Business time, in minutes."""
    hours: BusinessHours = ALWAYS_OPEN


@record
class DueAnswer:
    """Until when a conversation has to be answered, by the target of one view."""

    at: int
    """Ms UTC."""
    view: str


@record
class AnswerRecord:
    """First answer after a customer began to wait."""

    agent: str
    account: str
    view: str
    """View whose target held; empty for none."""
    waited_from: int
    """Ms UTC."""
    answered_at: int
    due_at: int | None

    @property
    def is_kept(self) -> bool:
        """Return whether the answer came in time; one without a target is neither."""
        return self.due_at is not None and self.answered_at <= self.due_at

    @property
    def is_broken(self) -> bool:
        """Return whether the answer came too late."""
        return self.due_at is not None and self.answered_at > self.due_at


@record
class AnswerSummary:
    """First answers of one agent, view or hour."""

    group: str
    answers: int
    kept: int
    broken: int
    median_ms: int
    p90_ms: int
    """Nine of ten customers waited no longer than this."""


def find_due_answer(
    conversation: Conversation, targets: Iterable[AnswerTarget]
) -> DueAnswer | None:
    """Return when a waiting customer has to be answered, or None if no target holds.

    If several views contain the conversation, the earliest time counts.

    Args:
        conversation: Conversation to judge.
        targets: Targets of all views.
    """
    since = conversation.waiting_since
    if since is None or not is_waiting(conversation):
        return None
    found = (
        (target.hours.add_open_time(since, target.minutes), target.name)
        for target in targets
        if is_in_view(conversation, target.view)
    )
    due = sorted((at, name) for at, name in found if at is not None)
    return DueAnswer(*due[0]) if due else None


def summarize_answers(
    records: Iterable[AnswerRecord], get_group: Callable[[AnswerRecord], str]
) -> list[AnswerSummary]:
    """Return the first answers by group, the group with the most answers first.

    Args:
        records: Answers to summarize.
        get_group: Returns the group of an answer.
    """
    groups: dict[str, list[AnswerRecord]] = {}
    for answer in records:
        groups.setdefault(get_group(answer), []).append(answer)
    found = [_summarize_group(group, answers) for group, answers in groups.items()]
    return sorted(found, key=lambda one: (-one.answers, one.group))


def get_hour(record: AnswerRecord, zone: tzinfo | None) -> str:
    """Return the local hour in which the customer began to wait: "09:00".

    Args:
        record: Answer.
        zone: Zone of the agent; None for that of the system.
    """
    return f"{datetime.fromtimestamp(record.waited_from / 1_000, zone):%H}:00"


def _summarize_group(group: str, records: Sequence[AnswerRecord]) -> AnswerSummary:
    """Return the figures of one group."""
    import statistics  # late: the inbox uses the targets, but not these figures

    spans = sorted(max(0, record.answered_at - record.waited_from) for record in records)
    return AnswerSummary(
        group=group,
        answers=len(records),
        kept=sum(record.is_kept for record in records),
        broken=sum(record.is_broken for record in records),
        median_ms=round(statistics.median(spans)),
        p90_ms=spans[-(-9 * len(spans) // 10) - 1],
    )


class InvalidTargetError(ValueError):
    """A target that cannot be used; the message says how to write it."""


def parse_target(typed: str) -> tuple[int, str]:
    """Return the minutes and the own hours of a target; 0 minutes for none.

    Args:
        typed: "30m", "1 hour", "4h, mon-fri 9-17", or "off". A number alone is minutes.

    Raises:
        InvalidTargetError, InvalidHoursError: The text cannot be understood.
    """
    length, _, hours = typed.partition(",")
    length = length.strip()
    if length.casefold() == "off" and not hours.strip():
        return 0, ""
    try:
        minutes = parse_duration(f"{length}m" if length.isdecimal() else length) // MINUTE
    except ValueError:
        raise InvalidTargetError(
            f'"{one_line(typed, 40)}" is no time: write 30m, or "{TARGET_EXAMPLE}" with its own '
            "hours, or off"
        ) from None
    if minutes > MAX_MINUTES:
        raise InvalidTargetError(f"At most {MAX_MINUTES // 1440} days: write 30m or 2h")
    return minutes, format_hours(parse_hours(hours))


def format_target(minutes: int, hours: str) -> str:
    """Return a target as `parse_target` reads it.

    Args:
        minutes: Length; 0 for no target.
        hours: Own hours; empty for those of the desk.
    """
    if not minutes:
        return "off"
    parts = ((minutes // 1440, "d"), (minutes % 1440 // 60, "h"), (minutes % 60, "m"))
    length = " ".join(f"{count}{unit}" for count, unit in parts if count)
    return f"{length}, {hours}" if hours else length
