"""Describe a conversation: all messages exchanged with one party, and its triage state."""

from enum import StrEnum
from typing import NamedTuple

from tui.domain.message import NO_MMS_CONTENT, Direction, Format, MmsContent
from tui.domain.phone import format_phone_number
from tui.domain.record_type import record
from tui.domain.status import Status


class State(StrEnum):
    """Whether a conversation needs work."""

    OPEN = "open"
    SNOOZED = "snoozed"
    CLOSED = "closed"


class Order(StrEnum):
    """How a list of conversations is sorted."""

    WAITING = "longest waiting"
    NEWEST = "newest"
    DUE = "least time left"


@record
class Conversation:
    """Summary of a conversation, as one row of the list."""

    id: int
    party: str
    """Key: E.164 number, or a short code or name in lower case."""
    address: str
    """Address that answers go to: the one that the customer last wrote from."""
    name: str
    """Name of the contact; empty if there is none."""
    state: State
    snoozed_until: int | None
    """Ms UTC; None while snoozed means until the customer replies."""
    assignee: str
    starred: bool
    labels: tuple[str, ...]
    unread: int
    waiting_since: int | None
    """When the oldest unanswered message was received, ms UTC; None if all are answered."""
    failed: int
    """Number of failed or uncertain outgoing messages that are not yet resolved."""
    last_id: int
    last_at: int
    last_direction: Direction | None
    last_status: Status | None
    preview: str
    """Beginning of the last message, as it was received."""
    account: str
    """Account that the customer last used, and therefore the account of a reply."""
    own: str
    """Our address that the customer last wrote to."""
    opted_out: bool
    rank: int
    """Sort key of "longest waiting": waiting conversations first, then by last message."""
    last_format: Format = Format.SMS
    last_rule: str = ""
    """Rule that wrote the last message; empty if an agent or the customer did."""
    other_addresses: tuple[str, ...] = ()
    """Further addresses of the customer, after conversations were merged."""
    suspected: bool = False
    """Whether one of its messages may be an opt-out that an agent has to judge."""
    last_arrival: int = 0
    """Highest `arrival_id` of its messages: a late text changes this, but not `last_id`."""
    due_at: int | None = None
    """Until when the customer has to be answered, ms UTC; None if no target holds."""
    due_view: str = ""
    """View whose target it is."""
    overdue: bool = False
    """Whether the time is over and agents were notified."""
    sentence_id: int = 0
    """Message that says how to opt out, as the settings want it once; 0 if none has."""

    @property
    def title(self) -> str:
        """Return the name of the contact, or the number as people write it if there is no name."""
        return self.name or format_phone_number(self.address)

    @property
    def is_last_message_ping(self) -> bool:
        """Return whether the last message only pinged the phone."""
        return self.last_direction is Direction.OUT and self.last_format is Format.PING


class ListGlimpse(NamedTuple):
    """What the list of open conversations shows at its top."""

    rows: list[Conversation]
    """First conversations, the longest waiting first."""
    total: int = 0
    """Number of open conversations."""
    drafted_ids: frozenset[int] = frozenset()
    """Conversations in which the agent has a draft."""


@record
class View:
    """Which conversations a list shows, and in which order."""

    state: State | None = State.OPEN
    """State of a list by state, assignee or label; the other lists show every state.

    None: every state, for a list by state or by label.
    """
    assignee: str | None = None
    """None: any assignee; empty: only unassigned conversations."""
    label: str = ""
    starred: bool = False
    failed: bool = False
    drafts_of: str = ""
    """Only conversations with a draft of this agent."""
    mentions_of: str = ""
    """Only conversations with a note that mentions this agent; closed ones until it is seen."""
    text: str = ""
    """Only conversations whose name or number contains this text."""
    order: Order = Order.WAITING
    account: str = ""
    """Only conversations that are answered through this account."""
    own: str = ""
    """Only conversations whose customer last wrote to this number of ours."""
    unread: bool = False
    overdue: bool = False
    """Only conversations that should have been answered by now."""
    team: str = ""
    """Only conversations of this team, or of one of its members."""
    assigned: tuple[str, ...] = ()
    """Further assignees: the teams of `assignee`, or `team` and its members.

    The store finds them when the view is shown; they are no part of what is saved.
    """
    only_state: bool = False
    """Whether the state also limits a list of failed, starred or unread conversations.

    Without it these lists show every state.
    """


_NOT_WAITING_BASE = 10_000_000_000_000
"""Later than any waiting time, so that all waiting conversations come first."""


def compute_waiting_rank(waiting_since: int | None, last_at: int) -> int:
    """Return the ascending sort key of "longest waiting".

    Args:
        waiting_since: When the oldest unanswered message was received, ms UTC; or None.
        last_at: When the last message was written, ms UTC.
    """
    return waiting_since if waiting_since is not None else _NOT_WAITING_BASE - last_at


@record
class Draft:
    """Text that an agent has typed but not sent."""

    conversation_id: int
    agent: str
    body: str
    account: str
    sender: str
    began_at: int
    updated_at: int
    mms: MmsContent = NO_MMS_CONTENT
    send_at: int | None = None
    """Time for which it is planned (ms UTC); None to send it at once."""
    cancel_on_reply: bool = False
    """Whether the planned message is cancelled when the customer writes first."""

    @property
    def has_content(self) -> bool:
        """Return whether there is anything to save."""
        return bool(self.body or self.mms)


@record
class Counts:
    """Numbers of the header line, each stored as a counter."""

    open: int = 0
    waiting: int = 0
    unread: int = 0
    failed: int = 0
    snoozed: int = 0
    closed: int = 0
    overdue: int = 0
