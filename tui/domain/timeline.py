"""The history of one message: what was asked, and everything the provider ever said about it."""

from dataclasses import dataclass

from tui.domain.advice import Advice
from tui.domain.status import Status


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One step in the history of a message."""

    kind: str
    """`send`, `receipt` or `reply`."""
    received_at: int
    """When the program received it, ms UTC."""
    at: int | None
    """When it happened by the provider's clock, ms UTC."""
    status: Status | None
    word: str
    code: str
    reason: str
    is_status_changed: bool
    """Whether it changed the status of the message."""
    problem: str
    raw: str
    advice: Advice = Advice.NONE
