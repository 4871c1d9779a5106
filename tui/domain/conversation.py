"""A conversation: everything exchanged with one remote party, and its place in the desk's work."""

from dataclasses import dataclass
from enum import StrEnum

from tui.domain.message import NOTHING, Direction, Enclosed, Format
from tui.domain.status import Status


class State(StrEnum):
    """Whether a conversation asks for work."""

    OPEN = "open"
    SNOOZED = "snoozed"
    CLOSED = "closed"


class Order(StrEnum):
    """How a list of conversations is sorted."""

    WAITING = "longest waiting"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class Conversation:
    """The summary of a thread, as one row of the list."""

    id: int
    party: str
    """The key: E.164, or a short code or name in lower case."""
    address: str
    """The party's address as it came."""
    name: str
    """The contact's name, empty when nobody gave one."""
    state: State
    snoozed_until: int | None
    """Ms UTC; None while snoozed means: until a reply."""
    assignee: str
    starred: bool
    labels: tuple[str, ...]
    unread: int
    waiting_since: int | None
    """When the oldest unanswered text came in, ms UTC; None when nobody waits."""
    failed: int
    """Outgoing messages in trouble that nobody has dealt with."""
    last_id: int
    last_at: int
    last_direction: Direction | None
    last_status: Status | None
    preview: str
    """The beginning of the last message, as it came."""
    account: str
    """The account the customer last used, so the one a reply goes out through."""
    own: str
    """Our address the customer last wrote to."""
    opted_out: bool
    rank: int
    """The place in the order "longest waiting": the waiting ones first, then by last message."""
    last_format: Format = Format.SMS
    suspected: bool = False
    """Whether a text in it may ask for no more texts, and waits to be judged."""

    @property
    def title(self) -> str:
        """What to call the other side."""
        return self.name or self.address

    @property
    def pinged(self) -> bool:
        """Whether the last thing that went out only asked whether the phone is on."""
        return self.last_direction is Direction.OUT and self.last_format is Format.PING


@dataclass(frozen=True, slots=True)
class View:
    """Which conversations a list shows, and in which order."""

    state: State | None = State.OPEN
    """Of a list by state, by assignee or by label; the others show every state.

    None: every state, of a list by state or by label.
    """
    assignee: str | None = None
    """None: anybody's; empty: nobody's."""
    label: str = ""
    starred: bool = False
    failed: bool = False
    drafts_of: str = ""
    """Only conversations with a draft of this agent."""
    mentions_of: str = ""
    """Only conversations with a note that names this agent, closed ones until it was seen."""
    text: str = ""
    """Only those whose name, number or last message contains this."""
    order: Order = Order.WAITING


_NEVER_WAITING = 10_000_000_000_000
"""Later than any waiting time, so that all who wait come first."""


def rank(waiting_since: int | None, last_at: int) -> int:
    """The ascending sort key of "longest waiting"."""
    return waiting_since if waiting_since is not None else _NEVER_WAITING - last_at


@dataclass(frozen=True, slots=True)
class Draft:
    """What an agent has typed and not sent."""

    conversation_id: int
    agent: str
    body: str
    account: str
    sender: str
    began_at: int
    updated_at: int
    enclosed: Enclosed = NOTHING


@dataclass(frozen=True, slots=True)
class Counts:
    """The numbers of the header line, each kept as a counter."""

    open: int = 0
    waiting: int = 0
    unread: int = 0
    failed: int = 0
    snoozed: int = 0
    closed: int = 0
