"""An account as the desk knows it: its place in the settings and its state on screen."""

from dataclasses import dataclass, field
from enum import StrEnum

from tui.domain.capabilities import Capabilities

LOW_BALANCE = 20.0
"""Where an account says nothing else: credits, messages or a currency."""


class Health(StrEnum):
    """How an account is doing; the reason stands beside it in words."""

    UNKNOWN = "unknown"
    OK = "ok"
    RETRYING = "retrying"
    """In trouble; the desk tries again by itself."""
    STOPPED = "stopped"
    """In trouble that a person has to mend."""


@dataclass(frozen=True, slots=True)
class Account:
    """What the settings say about an account that a screen may know: no secret is here."""

    name: str
    provider: str
    title: str = ""
    senders: tuple[str, ...] = ()
    """Own numbers and names to choose from; the first is the default, empty: the provider's."""
    region: str = ""
    """Two-letter country for numbers typed without a country code."""
    capabilities: Capabilities | None = field(default=None)
    listener: bool = False
    """Whether the account has an address at the listener, so that pushes can come in."""
    low_balance: float = LOW_BALANCE
    """Less than this is said in the header, in the provider's own measure; 0 never is."""

    def is_low(self, state: "AccountState | None") -> bool:
        """Whether the account will soon be unable to send."""
        left = state.balance_amount if state else None
        return left is not None and left < self.low_balance


@dataclass(frozen=True, slots=True)
class AccountState:
    """How an account is doing, as whoever holds its lease last wrote it."""

    name: str
    health: Health = Health.UNKNOWN
    line: str = ""
    """What is the matter and what to do about it, in words."""
    retry_at: int | None = None
    ok_at: int | None = None
    """When the provider last answered as it should, ms UTC."""
    event_at: int | None = None
    """When it last brought a reply or a receipt, ms UTC."""
    latency_ms: int = 0
    balance: str = ""
    holder: str = ""
    """Which process polls it."""
    balance_amount: float | None = None
    """What is left as a number, in the provider's own measure."""
