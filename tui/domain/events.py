"""Describe what providers report: replies, receipts and items that could not be used.

Each event is delivered at least once. `event_id` is the provider's own id where it has one,
otherwise a digest of the content: together with the account and the kind it is unique for ever.
`TimelineEntry` is one step in the history of a message, made from stored events.
"""

from dataclasses import field
from enum import StrEnum

from tui.domain.message import Advice, Attachment
from tui.domain.record_type import record
from tui.domain.status import Status

_MAX_CLOCK_LEAD = 5 * 60_000
"""Time (ms) by which a provider's clock may be ahead of ours."""
_MAX_AGE = 5 * 365 * 86_400_000
"""Age (ms) of the oldest event that is believed: no provider keeps replies that long."""


class TimeProblem(StrEnum):
    """Reason why the time that a provider gives is not used."""

    NONE = ""
    MISSING = "missing"
    FUTURE = "future"
    TOO_OLD = "too old"


def find_time_problem(at: int | None, received_at: int) -> TimeProblem:
    """Return why a provider's time is not credible.

    Args:
        at: Time given by the provider, in ms UTC, or None.
        received_at: When the event arrived, in ms UTC.

    Raises:
        TypeError: `at` is not a number.
    """
    if at is None:
        return TimeProblem.MISSING
    if not isinstance(at, int):
        raise TypeError(f"a time is a number of ms, not {at!r}")
    if at > received_at + _MAX_CLOCK_LEAD:
        return TimeProblem.FUTURE
    return TimeProblem.TOO_OLD if at <= max(0, received_at - _MAX_AGE) else TimeProblem.NONE


def sanitize_time(at: int | None, now: int) -> int:
    """Return the time of an event, never later than now; now if it is not credible.

    A provider's clock that is ahead must not put a message after all later ones.

    Args:
        at: Time given by the provider, in ms UTC, or None.
        now: Current time in ms UTC.

    Raises:
        TypeError: `at` is not a number.
    """
    return now if at is None or find_time_problem(at, now) else min(at, now)


class Cause(StrEnum):
    """Kind of reason why something that arrived is held; each needs a different fix."""

    SIGNATURE = "signature"
    UNREADABLE = "unreadable"
    NOT_STORED = "not stored"
    TOO_LARGE = "too large"


class EventKind(StrEnum):
    """Kind of an event; part of its unique key."""

    REPLY = "reply"
    RECEIPT = "receipt"
    OPT_OUT = "opt_out"


class CopyKind(StrEnum):
    """What an event is beside an earlier one with the same id."""

    FIRST = ""
    """The first one, or the only one."""
    REPEATED = "repeated"
    """A copy with less than what is known."""
    COMPLETED = "completed"
    """A copy that has completed the message."""
    REUSED = "reused"
    """One of several messages for which the provider used the same id."""


@record
class Reply:
    """A message from a customer."""

    event_id: str
    party: str
    """Address of the customer as it was received."""
    text: str
    received_at: int | None
    """When the provider received it, ms UTC; None if not given."""
    raw: str
    """Payload of the provider as JSON text, without secrets."""
    own: str = ""
    """Address that the customer wrote to, if given."""
    answered_id: str = ""
    """The provider's id of the message being answered, if given."""
    reference: str = ""
    """Our client reference of the message being answered, if given."""
    attachments: tuple[Attachment, ...] = ()
    subject: str = ""
    opted_out: bool = False
    """Whether the provider itself marks the customer as opted out."""
    party_name: str = ""
    """Name of the customer in the provider's address book, if given."""


@record
class Receipt:
    """A delivery receipt of a sent message."""

    event_id: str
    status: Status | None
    """None if the provider's status says nothing new or is not documented."""
    word: str
    """Status in the provider's own terms; always stored."""
    at: int | None
    """When it happened by the provider's clock, ms UTC; None if not given."""
    raw: str
    provider_id: str = ""
    reference: str = ""
    code: str = ""
    reason: str = ""
    """Meaning of the code, as text for an agent."""
    parts: int = 0
    price: str = ""
    """Decimal text, with its currency where known."""
    opted_out: bool = False
    is_last_report: bool = False
    """Whether the provider will report nothing more about this message."""
    advice: Advice = Advice.NONE
    """Advice that follows from the code if the message failed."""


@record
class OptOut:
    """A provider's notice that a customer must not be texted any more."""

    event_id: str
    party: str
    at: int | None
    raw: str
    text: str = ""
    """What the customer wrote, if the provider says it: shown as a message."""
    own: str = ""
    """Address that the customer wrote to, if given."""


@record
class Unreadable:
    """An item that could not be used: it is held with its content, so that it blocks no others."""

    event_id: str
    """The provider's id if it could be read (so that it can be confirmed), else a digest."""
    problem: str
    """Why it could not be used, as one line for an agent."""
    raw: str
    """The complete item as JSON text; it is read again after the reason is fixed."""
    can_confirm: bool = True
    """Whether `event_id` is the provider's own and should be confirmed."""
    source: EventKind = EventKind.REPLY
    """Kind of the polled page that the item stood in: replies or receipts."""
    cause: Cause = Cause.UNREADABLE


Event = Reply | Receipt | OptOut | Unreadable


@record
class EventPage:
    """A page of events, oldest first."""

    events: tuple[Event, ...] = ()
    has_more: bool = False
    """Whether an immediate second request can return more."""
    cursor: str = ""
    """Where to continue, for providers queried by date; empty for those that confirm."""


@record
class Balance:
    """Balance of an account, in the provider's own unit."""

    text: str
    """Text to show: "EUR 12.40", "250 credits"."""
    amount: float | None = None
    details: dict[str, str] = field(default_factory=dict)


@record
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
    raw: str
    advice: Advice = Advice.NONE
    copy: CopyKind = CopyKind.FIRST
