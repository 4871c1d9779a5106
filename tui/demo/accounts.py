"""The demo's accounts: one at each provider, all of them on the sandbox."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tui.clock import Clock
from tui.domain.account import Account
from tui.sandbox import API_KEY, API_SECRET, HOOK_SECRET
from tui.sandbox.scenario import OWN_NUMBERS
from tui.settings.desk import Desk

if TYPE_CHECKING:
    from tui.sync.served import ServedAccount

AGENT = "mia"
"""Who sits at the demo's desk."""


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One account of the demo."""

    name: str
    provider: str
    title: str
    region: str
    path: str
    """Where the sandbox has the provider's base URL."""

    @property
    def own(self) -> str:
        """The desk's number there."""
        return OWN_NUMBERS[self.provider]


ACCOUNTS = (
    DemoAccount("au", "messagemedia", "Sydney shop", "AU", "/messagemedia"),
    DemoAccount("eu", "messente", "Europe", "GB", "/messente"),
    DemoAccount("pl", "serwersms", "Warsaw shop", "PL", "/serwersms"),
    DemoAccount("sw", "smartswitch", "Own switch", "US", "/smartswitch"),
    DemoAccount("mp", "messageport", "Surveys", "AU", "/messageport/rest/v1"),
)


def account_of(provider: str) -> DemoAccount:
    """The demo's account at a provider."""
    return next(account for account in ACCOUNTS if account.provider == provider)


def shown() -> tuple[Account, ...]:
    """The accounts as a seat knows them."""
    return tuple(
        Account(
            name=account.name,
            provider=account.provider,
            title=account.title,
            senders=(account.own,),
            region=account.region,
            listener=True,
        )
        for account in ACCOUNTS
    )


def desk_of(database: Path, ascii: bool | None) -> Desk:
    """The settings of the demo's desk, whatever is set on this machine."""
    return Desk(
        database=database,
        agent=AGENT,
        ascii=ascii,
        default_region="AU",
        quiet_hours=None,
        accounts=shown(),
    )


def served(url: str, clock: Clock) -> list["ServedAccount"]:
    """The accounts with their clients, on the sandbox at `url`."""
    from tui.providers.registry import open_provider
    from tui.sync.served import ServedAccount

    return [
        ServedAccount(
            name=account.name,
            provider=open_provider(
                account.provider,
                {"base_url": url + account.path, "api_key": API_KEY, "api_secret": API_SECRET}
                | ({"inbound_secret": API_SECRET} if account.provider == "messente" else {}),
                clock,
            ),
            sender=account.own,
            hook_secret=HOOK_SECRET,
        )
        for account in ACCOUNTS
    ]
