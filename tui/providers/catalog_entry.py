"""Define what the catalogue holds of each provider."""

from collections.abc import Callable, Mapping
from dataclasses import field
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from tui.domain.account import ProviderInfo
from tui.domain.capabilities import Capabilities
from tui.domain.record_type import record

if TYPE_CHECKING:
    from tui.providers.protocol import Provider

HOOK_PATH: Final = "/hooks/{account}/{secret}"
"""Path of an account's address at the listener; a provider may call any path below it."""


@record
class PanelEntry:
    """One address to enter at the provider's own panel, so that it pushes to the listener."""

    place: str
    """Where it is entered."""
    carries: str
    """What arrives by it: replies, receipts or both."""
    address: str = "{hook}"
    """Address to enter; `build_address` puts the account's own in."""
    body: str = ""
    """Template of the body, or the fields that the body must have; empty: nothing to enter."""
    note: str = ""
    """What else to know, as one or more sentences."""

    def build_address(self, hook: str) -> str:
        """Return the address to enter for one account.

        Args:
            hook: Public address of the account: `public_url` and `HOOK_PATH`.
        """
        return self.address.replace("{hook}", hook)


@record(kw_only=True)
class CatalogEntry(ProviderInfo):
    """Everything that is known of one provider."""

    client: str
    """Name of what opens its client, in the package that is named as the provider."""
    credentials_place: str
    """Where its customers find or create the credentials."""
    charset: str = "windows-1252"
    """Charset that pushed texts probably have if they are not UTF-8, by the provider's country."""
    country: str = ""
    """ISO country of its customers' numbers, where it serves one country or has a home country."""
    balance_unit: str = ""
    """What the balance counts, if there is one."""
    capability_variants: Mapping[tuple[str, Any], Capabilities] = field(default_factory=dict)
    """Other capabilities of an account, by the setting and the value that change them."""
    signs_request_line: bool = False
    """Whether signatures of pushes cover the path, so that its client takes `public_path`."""
    panel: tuple[PanelEntry, ...] = ()
    """What to enter at its panel."""

    def load_client(self) -> "Callable[..., Provider]":
        """Import the client, with its parser of pushes, and return what opens it."""
        package = import_module(f"tui.providers.{self.name}")
        opener: Callable[..., Provider] = getattr(package, self.client)
        return opener
