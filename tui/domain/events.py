"""What providers tell the desk: replies, receipts, and things that could not be read.

All are delivered at least once. `event_id` is the provider's own id where it has one, otherwise a
digest of the content: with the account and the kind it is unique for ever.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from tui.domain.advice import Advice
from tui.domain.message import Attachment
from tui.domain.status import Status


class EventKind(StrEnum):
    """What an event is about; part of its unique key."""

    REPLY = "reply"
    RECEIPT = "receipt"
    OPT_OUT = "opt_out"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Reply:
    """A text from a customer."""

    event_id: str
    party: str
    """The customer's address as it came."""
    text: str
    received_at: int | None
    """When the provider got it (ms UTC); None when it did not say."""
    raw: str
    """The provider's payload as JSON text, secrets removed."""
    own: str = ""
    """The address the customer wrote to, when the provider says."""
    answers: str = ""
    """The provider's id of the message answered, when it says."""
    reference: str = ""
    """Our client reference of the message answered, when it comes back."""
    attachments: tuple[Attachment, ...] = ()
    subject: str = ""
    opted_out: bool = False
    """Whether the provider itself marks the sender as opted out."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """News about a message that was sent."""

    event_id: str
    status: Status | None
    """None when the provider's word says nothing new, or a word nobody documented."""
    word: str
    """The provider's own word, always kept."""
    at: int | None
    """When it happened by the provider's clock (ms UTC); None when it did not say."""
    raw: str
    provider_id: str = ""
    reference: str = ""
    code: str = ""
    reason: str = ""
    """The code's meaning in words for an agent."""
    parts: int = 0
    price: str = ""
    """As a decimal text with its currency where known."""
    opted_out: bool = False
    ends_reports: bool = False
    """Whether the provider says that nothing more can be asked about this message."""
    advice: Advice = Advice.NONE
    """What the code advises when the message is in trouble."""


@dataclass(frozen=True, slots=True)
class OptOut:
    """A provider's notice that a customer must not be texted any more."""

    event_id: str
    party: str
    at: int | None
    raw: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An item that could not be understood: kept raw, set aside, never in the way of others."""

    event_id: str
    """The provider's id where it could be read (so that it can be confirmed), else a digest."""
    problem: str
    raw: str
    confirm: bool = True
    """Whether `event_id` is the provider's own and should be confirmed."""


Event = Reply | Receipt | OptOut | Unreadable


@dataclass(frozen=True, slots=True)
class Page:
    """A page of events, oldest first."""

    events: tuple[Event, ...] = ()
    more: bool = False
    """Whether asking again at once can bring more."""
    cursor: str = ""
    """Where to go on, for providers that are asked by date; empty for those that confirm."""


@dataclass(frozen=True, slots=True)
class Balance:
    """What is left on an account, in the provider's own measure."""

    text: str
    """For people: "EUR 12.40", "250 credits"."""
    amount: float | None = None
    details: dict[str, str] = field(default_factory=dict)
