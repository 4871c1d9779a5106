"""Describe a bulk text: one text that goes to each of many people, at a pace."""

from enum import StrEnum

from tui.domain.record_type import record
from tui.domain.status import Status

MINUTE_MS = 60_000


class BulkState(StrEnum):
    """State of a bulk text."""

    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    DONE = "done"
    """Each recipient was queued or left out."""

    @property
    def is_over(self) -> bool:
        """Return whether nothing of it waits any more."""
        return self in (BulkState.CANCELLED, BulkState.DONE)


class RecipientState(StrEnum):
    """What became of one recipient; that of the message itself is in its status."""

    WAITING = "waiting"
    QUEUED = "queued"
    LEFT_OUT = "left_out"
    CANCELLED = "cancelled"


class NightChoice(StrEnum):
    """What happens with people who are in their quiet hours."""

    LATER = "later"
    LEAVE_OUT = "leave_out"
    ANYWAY = "anyway"


@record
class BulkText:
    """One text to many people."""

    agent: str
    body: str
    """Text as it was written, with its fields."""
    pace: int
    """Texts a minute through each account."""
    starts_at: int
    """Time before which nothing is queued (ms UTC), so that it can be taken back."""
    night: NightChoice = NightChoice.LATER
    again: bool = False
    """Whether it also goes to those who got the same text within a day."""
    id: int = 0
    created_at: int = 0
    state: BulkState = BulkState.RUNNING

    @property
    def interval(self) -> float:
        """Return the time between two texts through one account, in ms."""
        return MINUTE_MS / self.pace


@record
class BulkRecipient:
    """One person who gets a bulk text, or why not."""

    party: str
    address: str
    conversation_id: int = 0
    """Conversation when it was planned; 0 if there was none."""
    account: str = ""
    sender: str = ""
    body: str = ""
    """Text for this person; empty once it does not wait any more."""
    seen_upto: int = 0
    """Last arrival in the conversation when it was planned."""
    state: RecipientState = RecipientState.WAITING
    reason: str = ""
    """Why it was left out, or waits until its time."""
    send_at: int = 0
    """Time before which it is not queued (ms UTC)."""
    message_id: int | None = None
    bulk_id: int = 0
    position: int = 0
    name: str = ""
    """Name of the customer now."""
    status: Status | None = None
    """Status of the message; None if there is none."""

    @property
    def outcome(self) -> "Outcome":
        """Return what became of it."""
        if self.state is not RecipientState.QUEUED:
            return Outcome(self.state.value)
        return find_outcome(self.status)


class Outcome(StrEnum):
    """What became of a recipient, with the result of the message."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    LEFT_OUT = "left_out"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        """Return the outcome as an agent reads it."""
        return self.value.replace("_", " ")


def find_outcome(status: Status | None) -> Outcome:
    """Return the outcome of a recipient whose message has this status."""
    if status is Status.CANCELLED:
        return Outcome.CANCELLED
    if status in (Status.QUEUED, Status.SENDING):
        return Outcome.SENDING
    return Outcome.FAILED if status is not None and status.is_problem else Outcome.SENT


def count_allowed(passed: float, interval: float, burst: int) -> int:
    """Return how many texts may be queued now.

    Args:
        passed: Time since the last one in ms; negative if the clock was set back.
        interval: Time between two of them in ms.
        burst: Most that are queued at once.
    """
    return burst if passed < 0 else min(burst, int(passed // interval))


_BURST_SECONDS = 5
_LONGEST_BURST = 100


def get_burst(pace: int) -> int:
    """Return how many texts may wait in the outbox of an account at once.

    Few, so that a reply of an agent never waits behind many of them.

    Args:
        pace: Texts a minute through the account.
    """
    return max(1, min(_LONGEST_BURST, pace * _BURST_SECONDS // 60))
