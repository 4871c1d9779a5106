"""Describe hooks and webhooks as they are stored, and what they have not handled."""

from collections.abc import Sequence

from tui.domain.record_type import record
from tui.store.connections import Row

ERASED_LINE = "erased with a customer"
"""What stands for the output of a program that may have named a customer who was forgotten."""


@record
class EventTarget:
    """A hook or webhook, and how far it has come."""

    name: str
    position: int
    """Id of the last event that was begun (hook), confirmed or given up (webhook)."""
    owner: str
    """Process that delivers the next event now; empty for none."""
    claimed_until: int
    attempts: int
    """How often the next event has failed."""
    failing_since: int
    """When it failed for the first time (ms UTC); 0 if it has not."""
    next_try_at: int
    line: str
    """What went wrong last; empty if nothing did."""
    line_at: int
    """When that was, or when the last event was delivered (ms UTC); 0 for never."""


@record
class FailedRun:
    """An event that a hook or webhook has not handled, and gets no more."""

    target: str
    event_id: int
    at: int
    line: str
    """What went wrong."""


def to_targets(found: Sequence[Row]) -> list[EventTarget]:
    """Convert rows of `event_targets`."""
    return [to_target(row) for row in found]


def to_failed_runs(found: Sequence[Row]) -> list[FailedRun]:
    """Convert rows of `event_runs`."""
    return [
        FailedRun(row["target"], row["event_id"], row["ended_at"], row["line"]) for row in found
    ]


def to_target(row: Row) -> EventTarget:
    """Convert one row of `event_targets`."""
    return EventTarget(
        *(row["name"], row["position"], row["owner"], row["claimed_until"], row["attempts"]),
        *(row["failing_since"], row["next_try_at"], row["line"], row["line_at"]),
    )
