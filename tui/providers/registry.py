"""Open the client of a provider account; each client is imported only when it is needed."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tui.clock import Clock
from tui.providers.catalog import CATALOG
from tui.providers.protocol import Provider

if TYPE_CHECKING:
    from tui.providers.http import Transport

Options = Mapping[str, Any]
"""Settings of an account by name, with secrets in clear; a missing one has its default."""


def open_provider(
    provider: str, options: Options, clock: Clock, transport: "Transport | None" = None
) -> Provider:
    """Return the client of one account; it sends nothing until one of its methods is called.

    Raises `KeyError` for an unknown provider, `CredentialsRefused` or `ValueError` for
    options that cannot be used, `TypeError` for an option that the provider does not have.

    Args:
        provider: Name of the provider in the settings.
        options: Settings of the account, passed to the client as keyword arguments.
        clock: Source of the current time.
        transport: Replaces the network in tests.
    """
    open_client = CATALOG[provider].load_client()
    return open_client(clock=clock, transport=transport, **options)
