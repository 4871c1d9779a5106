"""What every provider offers the desk, and how it says what it cannot do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from tui.domain.capabilities import Capabilities
from tui.domain.events import Balance, Event, Page, Receipt
from tui.domain.message import Format
from tui.domain.status import Status
from tui.providers.errors import ProviderError


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message on its way to a provider."""

    reference: str
    """Our client reference: letters and digits, unique for ever."""
    to: str
    """E.164 with `+`, or a short code."""
    text: str
    sender: str = ""
    """Empty: the account's default sender."""
    scheduled_at: int | None = None
    """Ms UTC; None: at once."""
    format: Format = Format.SMS
    subject: str = ""
    media: tuple[str, ...] = ()
    callback_url: str = ""
    """Where pushes about this message may go, ending in the reference; empty without a listener."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider has taken the message."""

    provider_id: str
    """Empty where the provider names none."""
    status: Status = Status.ACCEPTED
    word: str = ""
    parts: int = 0
    price: str = ""
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """The provider has not taken the message; the error says why and what to do next."""

    error: ProviderError


Outcome = Accepted | Refused


@dataclass(frozen=True, slots=True)
class Push:
    """One HTTP request that reached the listener for an account."""

    method: str
    path: str
    """As received, with the query, for signatures over the request line."""
    tail: str
    """What follows the account's secret in the path, without slashes at the ends."""
    query: Sequence[tuple[str, str]]
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    http_version: str = "1.1"


@dataclass(frozen=True, slots=True)
class PushAnswer:
    """What the provider wants to hear after the events are on disk."""

    events: tuple[Event, ...] = ()
    status: int = 200
    body: bytes = b""
    content_type: str = "text/plain"


@dataclass(frozen=True, slots=True)
class Presence:
    """The answer to "is this phone on?": the id under which a receipt will tell."""

    provider_id: str
    raw: str = field(default="", repr=False)


class Provider(Protocol):
    """A provider account. Every method raises only `ProviderError`s.

    `send` answers one outcome per message, in order. It raises when the answer holds for all of
    them: `Uncertain` then means that each of them may have gone out.
    """

    @property
    def capabilities(self) -> Capabilities:
        """What this provider can do, with this account's settings."""
        ...

    async def send(self, messages: Sequence[Outgoing]) -> list[Outcome]:
        """Hand over 1 to `capabilities.batch` messages."""
        ...

    async def look_up(self, provider_id: str) -> Receipt:
        """The present status of one message; `NotFound` when the provider has forgotten it."""
        ...

    async def cancel(self, provider_id: str) -> None:
        """Take back a scheduled message; `NotPossible` when it is too late."""
        ...

    async def replies(self, cursor: str) -> Page:
        """The oldest replies not yet confirmed, or those since `cursor`."""
        ...

    async def confirm_replies(self, event_ids: Sequence[str]) -> None:
        """Tell the provider that these are on disk; harmless when repeated."""
        ...

    async def receipts(self, cursor: str) -> Page:
        """The oldest receipts not yet confirmed, where the provider has a page of them."""
        ...

    async def confirm_receipts(self, event_ids: Sequence[str]) -> None:
        """Tell the provider that these are on disk; harmless when repeated."""
        ...

    async def ask_receipts(self, provider_ids: Sequence[str]) -> list[Receipt]:
        """News of up to `capabilities.ask_batch` messages, where receipts are asked by id.

        Ids the provider has forgotten come back with `ends_reports`.
        """
        ...

    async def balance(self) -> Balance:
        """What is left on the account."""
        ...

    async def ping_phone(self, to: str, reference: str) -> Presence:
        """Send an invisible message whose receipt tells whether the phone is on."""
        ...

    async def check(self) -> str:
        """Prove the credentials with the cheapest harmless call; one line that says so."""
        ...

    def read_push(self, push: Push) -> PushAnswer:
        """The events in a pushed request; `CredentialsRefused` when its signature is wrong."""
        ...

    async def aclose(self) -> None:
        """Close the connections."""
        ...
