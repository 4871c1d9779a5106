"""Describe a provider and an account at it: its public settings and its current state."""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from tui.clock import SECOND, is_recent
from tui.domain.capabilities import Capabilities
from tui.domain.message import Format, SendOptions
from tui.domain.phone import AddressKind, parse_address
from tui.domain.record_type import record

DEFAULT_LOW_BALANCE = 20.0
"""Warning limit of an account without its own: credits, messages or units of currency."""


@record
class NeededSetting:
    """A setting that an account needs besides its key and its secret."""

    name: str
    label: str
    """What a form calls it."""
    reason: str
    """Why it is needed, as one sentence."""
    fix: str
    """Where to find the value and where to enter it, as the rest of a sentence."""
    signs_replies: bool = False
    """Whether it is the secret that signs pushed replies."""


@record(kw_only=True)
class ProviderInfo:
    """What a screen may know of a provider; the values stand in `tui.providers.catalog`."""

    name: str
    """Name in the settings."""
    capabilities: Capabilities
    """Capabilities of an account with default settings."""
    key_label: str
    """The provider's own name for the public half of the credentials."""
    secret_label: str
    default_urls: Mapping[str, str] = field(default_factory=dict)
    """Addresses of the provider's hosts, by the setting that replaces them."""
    needed_settings: tuple[NeededSetting, ...] = ()

    @property
    def title(self) -> str:
        """Return the common name of the provider."""
        return self.capabilities.title

    @property
    def base_url(self) -> str:
        """Return the usual address of the API; empty if every operator has an own address."""
        return self.default_urls.get("base_url", "")


class Health(StrEnum):
    """State of an account; `AccountState.line` holds the reason."""

    UNKNOWN = "unknown"
    OK = "ok"
    RETRYING = "retrying"
    """Failing; the program retries on its own."""
    STOPPED = "stopped"
    """Failing until a person fixes it."""
    ATTENTION = "attention"
    """Working as far as is known, but a person should look (see `tui.domain.attention`).

    Only shown: the stored health is what sync found.
    """


@record
class Account:
    """Settings of an account that a screen may show; it holds no secret."""

    name: str
    provider: str
    title: str = ""
    senders: tuple[str, ...] = ()
    """Own numbers and names to choose from, default first; empty: the provider's default."""
    region: str = ""
    """ISO country, like AU, of numbers without a country code, typed or received."""
    capabilities: Capabilities | None = field(default=None)
    listener: bool = False
    """Whether the account has an address at the listener, so that pushes can arrive."""
    missing_secret: NeededSetting | None = None
    """Setting that signs pushed replies, if pushes can arrive and it is not set."""
    low_balance: float = DEFAULT_LOW_BALANCE
    """Warn below this balance, in the provider's own unit; 0 never warns."""
    opt_out_sentence: str | None = None
    """Its own sentence about how to opt out; None for the general one."""

    @property
    def can_send_pictures(self) -> bool:
        """Return whether it can send MMS."""
        return self.capabilities is None or Format.MMS in self.capabilities.formats

    def find_missing_feature(self, format: Format, options: SendOptions) -> str:
        """Return what the account cannot do of what a message asks for, or "" if it can.

        Args:
            format: Format of the message.
            options: What it asks for besides its text.
        """
        can = self.capabilities
        if can is None:
            return ""
        if format is Format.TTS and format not in can.formats:
            return "read a text out in a call"
        if options.valid_for and not can.can_set_validity:
            return "limit the time for delivery"
        if len(options.metadata) <= can.max_metadata:
            return ""
        most = f"more than {can.max_metadata} pairs of " if can.max_metadata else ""
        return f"carry {most}metadata"

    def can_send_length(self, length: int) -> bool:
        """Return whether it accepts a text of so many characters."""
        return self.capabilities is None or length <= self.capabilities.max_characters

    def can_send_to_kind(self, party: str) -> bool:
        """Return whether it sends to addresses of this kind: some take only phone numbers.

        Args:
            party: E.164 number, or a short code or name.
        """
        is_short_code = parse_address(party).kind is AddressKind.SHORT_CODE
        return (
            self.capabilities is None
            or not is_short_code
            or self.capabilities.can_send_to_short_codes
        )

    def can_reach(self, party: str) -> bool:
        """Return whether it delivers to the country of a number, or to a short code.

        Args:
            party: E.164 number, or a short code or name.
        """
        if not self.can_send_to_kind(party):
            return False
        if self.capabilities is None or not self.capabilities.regions:
            return True
        # A short code or a name can begin like a country code, but belongs to no country.
        if parse_address(party).kind in (AddressKind.SHORT_CODE, AddressKind.NAME):
            return False
        return party.removeprefix("+").startswith(tuple(self.capabilities.regions))

    @property
    def needs_listener(self) -> bool:
        """Return whether replies or receipts arrive only while a process listens for pushes."""
        return self.capabilities is not None and self.capabilities.needs_listener

    def is_low(self, state: "AccountState | None") -> bool:
        """Return whether the account will soon be unable to send.

        Args:
            state: Current state of the account, or None if it is not known.
        """
        balance = state.balance_amount if state else None
        return balance is not None and balance < self.low_balance


TOP_UP_HINT = "top up the account; what is queued waits here"
"""What to do about an account without credit."""
SLOW_ANSWER_MS = 10 * SECOND
"""Time (ms) from which a provider that has not answered a message is shown."""
LISTENER_TIMEOUT_MS = 12 * SECOND
"""Time (ms) without a heartbeat after which a listener counts as gone."""


@record
class ListenerCrowd:
    """A time at which a listener had more connections than places."""

    since: int
    """When the first connection was closed for another one, ms UTC."""
    until: int
    """When the last one was, ms UTC."""
    closed: int
    """Number of connections that were closed."""
    address: str
    """Address that most of them came from."""
    address_closed: int
    """Number of closed connections from that address."""


@record
class ListenerState:
    """The process that receives an account's pushes, or was the last to do so."""

    host: str
    agent: str
    kind: str
    """`desk` or `service`."""
    address: str
    """Where it listens, as a URL."""
    since: int
    """When it began to listen, ms UTC."""
    seen_at: int
    """Its last heartbeat, ms UTC by the clock of the process that reads it."""
    has_ended: bool = False
    """Whether it stopped in good order."""
    crowd: ListenerCrowd | None = None
    """When it was full the last time; None if it never was."""

    def is_alive(self, now: int) -> bool:
        """Return whether it listens now.

        Args:
            now: Current time (ms UTC).
        """
        return not self.has_ended and is_recent(self.seen_at, now, LISTENER_TIMEOUT_MS)


@record
class AccountState:
    """State of an account, last written by the process that holds its lease."""

    name: str
    health: Health = Health.UNKNOWN
    line: str = ""
    """What is wrong and how to fix it, as text."""
    retry_at: int | None = None
    ok_at: int | None = None
    """When the provider last answered correctly, ms UTC."""
    event_at: int | None = None
    """When the account last delivered a reply or a receipt, ms UTC."""
    latency_ms: int = 0
    balance: str = ""
    holder: str = ""
    """Process that polls the account."""
    balance_amount: float | None = None
    """Balance as a number, in the provider's own unit."""
    held: int = 0
    """Number of arrivals that could not be used and wait for a person."""
    refused_at: int | None = None
    """When a request with a wrong secret in its address was last refused, ms UTC."""
    listener: ListenerState | None = None
    """Who receives its pushes, or did last; None if no process ever did."""
    push_at: int | None = None
    """When the provider last pushed anything, ms UTC."""
    credit_out_at: int = 0
    """Since when it has no credit, ms UTC; 0 if it has."""
    silent_since: int | None = None
    """Last reply before a silence that is unusual for this account, ms UTC; None for no alarm."""
    stuck_messages: int = 0
    """Number of messages whose receipts are later than usual; 0 for no alarm."""
    stuck_since: int | None = None
    """When the oldest of these messages was sent, ms UTC."""
    sending_since: int | None = None
    """Since when the oldest message that is being sent has had no answer, ms UTC."""
    unserved_since: int | None = None
    """Since when no process polls it and sends for it, ms UTC; None if one does."""
    receipt_limit_ms: int = 0
    """Time (ms) after which a receipt is unusually late for this account; 0 if not known."""
