"""The history of one message: what was asked, and everything the provider ever said about it."""

from dataclasses import dataclass

from tui.domain.advice import Advice
from tui.domain.status import Status


@dataclass(frozen=True, slots=True)
class Entry:
    """One step of a message's history."""

    kind: str
    """`send`, `receipt` or `reply`."""
    received_at: int
    """When the desk learnt it, ms UTC."""
    at: int | None
    """When it happened by the provider's clock."""
    status: Status | None
    word: str
    code: str
    reason: str
    moved: bool
    """Whether it changed the badge."""
    problem: str
    raw: str
    advice: Advice = Advice.NONE
