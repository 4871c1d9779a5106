"""Read held items again with the settings as they are now, outside of the running service."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.clock import Clock
from tui.settings.errors import SettingsError

if TYPE_CHECKING:
    from tui.desk.held_text import RetryHeld
    from tui.domain.arrivals import HeldItem, RetryResult
    from tui.startup.background import LoadSettings
    from tui.store.store import Store
    from tui.sync.context import ServedAccount


def create_held_retry(
    store: "Store", load: "LoadSettings", clock: Clock, agent: str
) -> "RetryHeld":
    """Return the function that reads held items again.

    The settings are loaded each time, because the fix is usually a change of them.

    Args:
        store: Open store that holds the items.
        load: Reads the settings with their secrets.
        clock: Source of the current time.
        agent: Name of the agent.
    """

    async def retry_held(items: "Sequence[HeldItem]") -> "RetryResult":
        # Imported late: the function is created before the first paint.
        from tui.desk.held_text import HeldRetryError
        from tui.sync.held_retry import retry_items

        try:
            accounts = await asyncio.to_thread(_open_accounts, load, clock)
        except SettingsError as error:
            raise HeldRetryError(f"The settings have an error: {error.lines[0]}") from None
        try:
            return await retry_items(store, accounts, items, agent)
        finally:
            for account in accounts.values():
                await account.provider.aclose()

    return retry_held


def _open_accounts(load: "LoadSettings", clock: Clock) -> "dict[str, ServedAccount]":
    """Return every account by its name, with the secret of its path even without a listener."""
    from tui.settings.values import ListenAddress
    from tui.startup.wiring import open_clients

    settings = load()
    preferences = settings.preferences
    if preferences.listen is None:
        preferences = replace(preferences, listen=ListenAddress("127.0.0.1", 0))
    opened = open_clients(settings.clients, preferences, clock)
    return {account.name: account for account in opened}
