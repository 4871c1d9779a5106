"""Describe a provider and an account at it: its public settings and its current state."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tui.domain.capabilities import Capabilities
from tui.domain.message import Format
from tui.domain.phone import AddressKind, parse_address

DEFAULT_LOW_BALANCE = 20.0
"""Warning limit of an account without its own: credits, messages or units of currency."""


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True)
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
    low_balance: float = DEFAULT_LOW_BALANCE
    """Warn below this balance, in the provider's own unit; 0 never warns."""

    @property
    def can_send_pictures(self) -> bool:
        """Return whether it can send MMS."""
        return self.capabilities is None or Format.MMS in self.capabilities.formats

    def can_send_length(self, length: int) -> bool:
        """Return whether it accepts a text of so many characters."""
        return self.capabilities is None or length <= self.capabilities.max_characters

    def can_reach(self, party: str) -> bool:
        """Return whether it delivers to the country of a number.

        Args:
            party: E.164 number, or a short code or name.
        """
        if self.capabilities is None or not self.capabilities.regions:
            return True
        # A short code or a name can begin like a country code, but belongs to no country.
        if parse_address(party).kind in (AddressKind.SHORT_CODE, AddressKind.NAME):
            return False
        return party.removeprefix("+").startswith(tuple(self.capabilities.regions))

    def is_low(self, state: "AccountState | None") -> bool:
        """Return whether the account will soon be unable to send.

        Args:
            state: Current state of the account, or None if it is not known.
        """
        balance = state.balance_amount if state else None
        return balance is not None and balance < self.low_balance


@dataclass(frozen=True, slots=True)
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
