"""Define the demo's accounts: one at each provider, all in the sandbox."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tui.clock import Clock
from tui.domain.account import Account
from tui.domain.database import Database
from tui.domain.record_type import record
from tui.sandbox import API_KEY, API_SECRET, HOOK_SECRET, INBOUND_SECRET
from tui.sandbox.scenario import OWN_NUMBERS
from tui.settings.public import Preferences

if TYPE_CHECKING:
    from tui.sync.context import ServedAccount

AGENT = "mia"
"""Name of the agent in the demo."""


@record
class DemoAccount:
    """One account of the demo."""

    name: str
    provider: str
    title: str
    region: str

    @property
    def own_number(self) -> str:
        """Return the number that this account sends from."""
        return OWN_NUMBERS[self.provider]


ACCOUNTS = (
    DemoAccount("au", "messagemedia", "Sydney shop", "AU"),
    DemoAccount("eu", "messente", "Europe", "GB"),
    DemoAccount("pl", "serwersms", "Warsaw shop", "PL"),
    DemoAccount("sw", "smartswitch", "Own switch", "US"),
    DemoAccount("mp", "messageport", "Surveys", "AU"),
)
"""Accounts of the demo, one for each provider."""


def format_banner(keys: Mapping[str, str], *, plain: bool = False) -> str:
    """Return the line that says that this is a demo, and three things to try.

    Args:
        keys: What to press or to type for each command, by id.
        plain: Whether it is for line mode, which has no triage and no list of commands.
    """
    tries = (
        ((keys["next_waiting"], "next"), (keys["reply"], "reply"), (keys["help"], "help"))
        if plain
        else (
            (keys["reply"], "to reply"),
            (keys["triage"], "for all who wait"),
            (keys["palette"], "for commands"),
        )
    )
    return "DEMO: nothing is sent · try " + ", ".join(" ".join(pair) for pair in tries)


def find_account(provider: str) -> DemoAccount:
    """Return the demo's account at a provider."""
    return next(account for account in ACCOUNTS if account.provider == provider)


def list_accounts() -> tuple[Account, ...]:
    """Return the accounts as the app knows them."""
    return tuple(
        Account(
            name=account.name,
            provider=account.provider,
            title=account.title,
            senders=(account.own_number,),
            region=account.region,
            listener=True,
        )
        for account in ACCOUNTS
    )


def make_demo_settings(database: Database, ascii: bool | None) -> Preferences:
    """Return the settings of the demo, independent of this machine's settings.

    Args:
        database: Where the demo's inbox is stored.
        ascii: Whether to use ASCII characters only; None decides by the terminal.
    """
    return Preferences(
        database=database,
        agent=AGENT,
        ascii=ascii,
        downloads=Path.home() / "Downloads",
        default_region="AU",
        quiet_hours=None,
        accounts=list_accounts(),
    )


def _list_options(provider: str, url: str) -> dict[str, str]:
    """Return the settings of an account in the sandbox, as its client takes them."""
    from tui.providers.catalog import CATALOG

    entry = CATALOG[provider]
    # The sandbox serves each provider below its name, with the path of its usual address.
    options = {"base_url": f"{url}/{provider}{urlsplit(entry.base_url).path}"}
    options |= {need.name: INBOUND_SECRET for need in entry.needed_settings if need.signs_replies}
    return options | {"api_key": API_KEY, "api_secret": API_SECRET}


def open_accounts(url: str, clock: Clock) -> list["ServedAccount"]:
    """Open the accounts' clients on a sandbox.

    Args:
        url: Address of the running sandbox.
        clock: Source of the current time.
    """
    from tui.providers.registry import open_provider
    from tui.sync.context import ServedAccount

    return [
        ServedAccount(
            name=account.name,
            provider=open_provider(account.provider, _list_options(account.provider, url), clock),
            region=account.region,
            sender=account.own_number,
            hook_secret=HOOK_SECRET,
        )
        for account in ACCOUNTS
    ]
