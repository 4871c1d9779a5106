"""A new account as an agent types it in: what is asked, and what becomes of the secret.

The set-up screen knows only this; whoever starts the app hands in what proves and keeps an account,
so the screen never sees a provider's client or the settings.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum, IntEnum

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")


class Next(IntEnum):
    """What whoever ran the app does when it has ended."""

    AGAIN = -1
    """Open it again: the settings have changed."""
    DEMO = -2
    """Open the demo."""


class Keep(Enum):
    """Where the secret half of the credentials is kept."""

    FILE = "in a file of its own that only you can read"
    KEYRING = "in this system's keyring"
    ENVIRONMENT = "in an environment variable that you set"


@dataclass(frozen=True, slots=True)
class Kind:
    """A provider, as the set-up screen asks about it."""

    provider: str
    """The word in the settings."""
    title: str
    key: str
    """What the provider calls the name half of the credentials."""
    secret: str
    base_url: str = ""
    """Where the API usually is; empty: every operator has an own address."""


KINDS = (
    Kind("messagemedia", "MessageMedia", "API key", "API secret", "https://api.messagemedia.com"),
    Kind("messente", "Messente", "API username", "API password", "https://api.messente.com"),
    Kind("serwersms", "SerwerSMS", "API user", "Password", "https://api2.serwersms.pl"),
    Kind("smartswitch", "SmartSwitch", "User name", "Password"),
    Kind(
        "messageport",
        "MessagePort",
        "User name",
        "Password",
        "https://messageport.com.au/rest/v1",
    ),
)


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What was typed in."""

    kind: Kind
    name: str
    api_key: str
    api_secret: str = field(repr=False)
    base_url: str
    keep: Keep = Keep.FILE

    @property
    def problem(self) -> str:
        """What is missing or wrong before anybody is asked; empty for nothing."""
        if not _NAME.fullmatch(self.name) or "__" in self.name:
            return "The name needs small letters, digits, - and _: it stands in the settings"
        if not self.api_key:
            return f"{self.kind.key} is missing"
        if not self.api_secret:
            return f"{self.kind.secret} is missing"
        if not self.base_url.startswith(("https://", "http://")):
            return "The address begins with https://"
        return ""


class CannotEnrol(Exception):
    """The account was not proven, or not kept; the text is fit for an agent."""


@dataclass(frozen=True, slots=True)
class Enrol:
    """What the set-up screen is given."""

    check: Callable[[NewAccount], Awaitable[str]]
    """Asks the provider; returns what it says, raises `CannotEnrol`."""
    save: Callable[[NewAccount], Awaitable[list[str]]]
    """Keeps it; returns lines that the agent still has to run, raises `CannotEnrol`."""
    place: str
    """The settings file, for words."""


def variable(name: str) -> str:
    """The environment variable that holds an account's secret."""
    return f"SMSDESK_ACCOUNTS__{name.upper().replace('-', '_')}__API_SECRET"
