"""The values of the account set-up: what is asked, and where the secret is stored.

The set-up screen depends only on this module. The code that starts the app passes in the
providers and the functions that test and store an account, so the screen sees neither a
provider's client nor the settings.
"""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import field
from enum import Enum, IntEnum
from typing import NamedTuple

from tui.desk.panel_addresses import PanelAddress
from tui.domain.account import NeededSetting, ProviderInfo
from tui.domain.phone import is_country
from tui.domain.record_type import record

_VALID_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")


class ExitAction(IntEnum):
    """What the start-up code does after the app has ended."""

    DEMO = -2
    """Open the demo."""


class SecretLocation(Enum):
    """Where the secret half of the credentials is stored."""

    FILE = "in a file of its own that only you can read"
    KEYRING = "in this system's keyring"
    ENVIRONMENT = "in an environment variable that you set"


class SetupStep(Enum):
    """Progress of the form, and what Enter does then."""

    TYPING = "Enter tests the credentials"
    ASKING = "testing …"
    PROVEN = "Enter saves the account"
    SAVING = "saving …"
    DONE = "Its texts arrive and go out from now on · Enter closes"
    BY_HAND = "run that line, then start smsdesk again · Enter leaves"

    @property
    def can_change(self) -> bool:
        """Return whether provider and place can be changed, and the account saved untested."""
        return self in (SetupStep.TYPING, SetupStep.PROVEN)


SETUP_HINTS = {
    "kind": "F2 provider",
    "keep": "F4 secret",
    "copy_address": "F6 copies the next address",
    "demo": "F9 demo",
    "explain_dialog": "F1 help",
    "leave": "Esc closes",
}
"""Hints of the form by the action of their keys; each is shown while its key acts."""


class FormProblem(NamedTuple):
    """What is wrong with one field of the form."""

    field: str
    text: str


@record
class NewAccount:
    """The fields that were filled in."""

    provider: ProviderInfo
    name: str
    api_key: str
    api_secret: str = field(repr=False)
    base_url: str
    secret_location: SecretLocation = SecretLocation.FILE
    other_secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The secrets of `needed_settings` that were filled in, by setting."""
    region: str = ""
    """Country of numbers without a country code, as two characters; empty for that of the desk."""

    def find_problem(self) -> FormProblem | None:
        """Return what is missing or invalid before the provider is asked; None if nothing is."""
        # "__" separates the levels in the names of environment variables.
        if not _VALID_NAME.fullmatch(self.name) or "__" in self.name:
            text = "Use lower-case a-z, digits, - and _: the name is a key in the settings"
            return FormProblem("name", text)
        if not self.api_key:
            return FormProblem("key", f"{self.provider.key_label} is missing: type or paste it")
        if not self.api_secret:
            text = f"{self.provider.secret_label} is missing: type or paste it"
            return FormProblem("secret", text)
        if not self.base_url.startswith(("https://", "http://")):
            return FormProblem("url", "The address begins with https://")
        if self.region and not is_country(self.region):
            text = "The country has two characters, such as AU or GB; empty for that of the desk"
            return FormProblem("region", text)
        return None


class AccountSetupError(Exception):
    """Raised when an account could not be tested or stored; the text is fit for an agent."""

    def __init__(self, text: str, field: str = "") -> None:
        """Create the error.

        Args:
            text: What is wrong and what to do.
            field: Field of the form that it is about; empty if it is about none.
        """
        super().__init__(text)
        self.field = field


@record
class AccountSetup:
    """What the set-up screen is given: the providers, and the functions for a new account."""

    check: Callable[[NewAccount], Awaitable[str]]
    """Test the credentials and return the provider's answer; raises `AccountSetupError`."""
    save: Callable[[NewAccount], Awaitable[list[str]]]
    """Store the account and return commands that the agent must still run; raises
    `AccountSetupError`.
    """
    settings_path: str
    """Path of the settings file, to be shown."""
    providers: tuple[ProviderInfo, ...]
    """Providers to choose from."""
    list_addresses: Callable[[str], Awaitable[Sequence[PanelAddress]]] | None = None
    """Return what to enter at the provider's panel for a stored account, by its name."""


def get_secret_variable(name: str, setting: str = "api_secret") -> str:
    """Return the name of the environment variable that holds an account's secret.

    Args:
        name: Name of the account.
        setting: Setting that is the secret.
    """
    return f"SMSDESK_ACCOUNTS__{name.upper().replace('-', '_')}__{setting.upper()}"


def list_secret_fields(provider: ProviderInfo) -> tuple[NeededSetting, ...]:
    """Return the secrets that the form asks for besides the secret half of the credentials."""
    return tuple(need for need in provider.needed_settings if need.signs_replies)


def label_other_secrets(providers: Sequence[ProviderInfo]) -> dict[str, str]:
    """Return the labels of the other secrets that any of the providers needs, by setting."""
    return {
        need.name: f"{need.label} (for replies, can be added later)"
        for provider in providers
        for need in list_secret_fields(provider)
    }


def list_field_labels(provider: ProviderInfo) -> dict[str, str]:
    """Return the labels of the fields that every provider has, in its own words."""
    return {
        "name": "Account name",
        "key": provider.key_label,
        "secret": provider.secret_label,
        "url": "Address of the API" if provider.base_url else "Address of your operator's API",
        "region": "Country of numbers without +, such as AU (empty: that of the desk)",
    }
