"""Define the `Provider` protocol, the values that pass through it, and its form without polling."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Protocol

from tui.domain.capabilities import Capabilities
from tui.domain.events import Balance, Event, EventKind, EventPage, Receipt, Unreadable
from tui.domain.message import Format
from tui.domain.record_type import record
from tui.domain.status import Status
from tui.providers.errors import NotPossible, ProviderError


@record
class Outgoing:
    """One message to send."""

    reference: str
    """Our client reference: alphanumeric characters only, never used twice."""
    to: str
    """E.164 with `+`, or a short code."""
    text: str
    sender: str = ""
    """Sender ID; empty for the account's default sender."""
    scheduled_at: int | None = None
    """When to send (ms UTC); None for immediately."""
    format: Format = Format.SMS
    subject: str = ""
    media: tuple[str, ...] = ()
    valid_for: int = 0
    """How long delivery may be tried (ms); 0 for the account's own setting."""
    metadata: tuple[tuple[str, str], ...] = ()
    """Names and values that come back with receipts and replies."""
    callback_url: str = ""
    """URL for pushes about this message, ending in the reference; may be empty."""


@record
class SendAccepted:
    """The provider has accepted the message."""

    provider_id: str
    """The provider's id of the message; empty if the provider returns none."""
    status: Status = Status.ACCEPTED
    word: str = ""
    parts: int = 0
    price: str = ""
    raw: str = ""


@record
class SendRefused:
    """The provider has not accepted the message; the error says why and what to do next."""

    error: ProviderError


SendOutcome = SendAccepted | SendRefused


@record
class Push:
    """One HTTP request that reached the listener for an account."""

    method: str
    path: str
    """Path and query as received; signatures cover the request line."""
    tail: str
    """The rest of the path after the account's secret, without slashes at the ends."""
    query: Sequence[tuple[str, str]]
    headers: Mapping[str, str]
    """Headers with names in lower case."""
    body: bytes
    http_version: str = "1.1"


@record
class PushAnswer:
    """The events of a push, and the answer to return once they are stored."""

    events: tuple[Event, ...] = ()
    status: int = 200
    body: bytes = b""
    content_type: str = "text/plain"


@record
class SentPing:
    """A sent ping: its receipt will arrive under this id and show whether the phone is on."""

    provider_id: str
    raw: str = field(default="", repr=False)


class Provider(Protocol):
    """An account at a provider. Every method raises only `ProviderError`s.

    `send_messages` returns one outcome per message, in order. It raises if one error holds
    for all of them: `Uncertain` then means that each of them may have been sent.
    """

    @property
    def capabilities(self) -> Capabilities:
        """Return what this provider can do with this account's settings."""
        ...

    async def send_messages(self, messages: Sequence[Outgoing]) -> list[SendOutcome]:
        """Send messages and return one outcome per message, in order.

        Args:
            messages: 1 to `capabilities.batch` messages.
        """
        ...

    async def look_up_message(self, provider_id: str) -> Receipt:
        """Return the current status of one message; raise `NotFound` if the provider has none.

        Args:
            provider_id: The provider's id, or our reference with `finds_references`.
        """
        ...

    async def cancel_message(self, provider_id: str) -> None:
        """Cancel a scheduled message; raise `NotPossible` if it is too late.

        Args:
            provider_id: The provider's id of the message.
        """
        ...

    async def fetch_replies(self, cursor: str) -> EventPage:
        """Return the oldest unconfirmed replies, or those since `cursor`.

        Args:
            cursor: Cursor of the previous page; empty for the first one.
        """
        ...

    async def confirm_replies(self, event_ids: Sequence[str]) -> None:
        """Confirm that these replies are stored; repeating it does no harm.

        Args:
            event_ids: The provider's ids of the replies.
        """
        ...

    async def fetch_receipts(self, cursor: str) -> EventPage:
        """Return the oldest unconfirmed receipts, if the provider has a page of them.

        Args:
            cursor: Cursor of the previous page; empty for the first one.
        """
        ...

    async def confirm_receipts(self, event_ids: Sequence[str]) -> None:
        """Confirm that these receipts are stored; repeating it does no harm.

        Args:
            event_ids: The provider's ids of the receipts.
        """
        ...

    async def fetch_receipts_by_id(
        self, provider_ids: Sequence[str]
    ) -> Sequence[Receipt | Unreadable]:
        """Return new receipts of messages, if the provider is queried by message id.

        Ids that the provider no longer has come back with `is_last_report`.

        Args:
            provider_ids: Up to `capabilities.ask_batch` ids.
        """
        ...

    async def fetch_balance(self) -> Balance:
        """Return the balance of the account."""
        ...

    async def ping_phone(self, to: str, reference: str) -> SentPing:
        """Send an invisible message whose receipt shows whether the phone is on.

        Args:
            to: Phone number.
            reference: Our client reference of the ping.
        """
        ...

    async def check_credentials(self) -> str:
        """Prove the credentials with a cheap, harmless call; return a line for the agent."""
        ...

    def read_push(self, push: Push) -> PushAnswer:
        """Return the events in a push; raise `CredentialsRefused` if its signature is wrong."""
        ...

    def read_polled_item(self, kind: EventKind, item: str) -> Event:
        """Parse one item of a polled page again, after a fix.

        Raises `NotPossible` if the provider has no such pages.

        Args:
            kind: Kind of the page: `REPLY` or `RECEIPT`.
            item: The item as JSON text, as in `Unreadable.raw`.
        """
        ...

    async def aclose(self) -> None:
        """Close the connections."""
        ...


class PushOnlyProvider:
    """Raise `NotPossible` with the reason from each call that is not supported."""

    def __init__(self, title: str) -> None:
        """Keep the provider's title for the error messages.

        Args:
            title: The provider's name as agents know it.
        """
        self._title = title

    async def look_up_message(self, provider_id: str) -> Receipt:
        """Raise `NotPossible`: no call returns the status of a message."""
        raise NotPossible(f"{self._title} cannot be asked about a message: it only pushes events")

    async def cancel_message(self, provider_id: str) -> None:
        """Raise `NotPossible`: an accepted message cannot be cancelled."""
        raise NotPossible(f"{self._title} cannot cancel a message")

    async def fetch_replies(self, cursor: str) -> EventPage:
        """Raise `NotPossible`: replies are pushed."""
        raise NotPossible(f"{self._title} cannot be asked for replies: it pushes them")

    async def confirm_replies(self, event_ids: Sequence[str]) -> None:
        """Raise `NotPossible`: the answer to the push is the confirmation."""
        raise NotPossible(f"{self._title} has no confirmation besides the answer to its push")

    async def fetch_receipts(self, cursor: str) -> EventPage:
        """Raise `NotPossible`: receipts are pushed."""
        raise NotPossible(f"{self._title} cannot be asked for receipts: it pushes them")

    async def confirm_receipts(self, event_ids: Sequence[str]) -> None:
        """Raise `NotPossible`: the answer to the push is the confirmation."""
        raise NotPossible(f"{self._title} has no confirmation besides the answer to its push")

    async def fetch_receipts_by_id(self, provider_ids: Sequence[str]) -> list[Receipt]:
        """Raise `NotPossible`: receipts are pushed."""
        raise NotPossible(f"{self._title} cannot be asked for receipts: it pushes them")

    async def fetch_balance(self) -> Balance:
        """Raise `NotPossible`, unless the provider overrides it."""
        raise NotPossible(f"{self._title} does not report the balance; its web account shows it")

    def read_polled_item(self, kind: EventKind, item: str) -> Event:
        """Raise `NotPossible`: nothing is polled."""
        raise NotPossible(f"{self._title} has no pages of {kind.value} items: it pushes them")

    async def ping_phone(self, to: str, reference: str) -> SentPing:
        """Raise `NotPossible`, unless the provider overrides it."""
        raise NotPossible(f"{self._title} cannot ping a phone")
