"""The set-up screen: what is typed is proven, kept, and the desk opens on it."""

import asyncio

import pytest

from tests.ui.desk import BOTH_SIZES, NARROW, WIDE, Desk, presses
from tui.desk.account_form import (
    AccountSetup,
    AccountSetupError,
    ExitAction,
    NewAccount,
    SecretLocation,
)
from tui.providers.catalog import CATALOG, MESSAGEMEDIA


class Provider:
    """Stands in for the provider and the settings."""

    def __init__(self) -> None:
        self.asked: list[NewAccount] = []
        self.saved: list[NewAccount] = []
        self.refuses = ""
        self.lines: list[str] = []
        self.slow = asyncio.Event()
        self.slow.set()

    async def check(self, new: NewAccount) -> str:
        self.asked.append(new)
        await self.slow.wait()
        if self.refuses:
            raise AccountSetupError(self.refuses)
        return "MessageMedia answers: 812 credits"

    async def save(self, new: NewAccount) -> list[str]:
        self.saved.append(new)
        return self.lines

    @property
    def enrol(self) -> AccountSetup:
        return AccountSetup(self.check, self.save, "/home/mia/config.toml", tuple(CATALOG.values()))


@pytest.fixture
def provider() -> Provider:
    return Provider()


async def types_credentials(desk: Desk) -> None:
    """Key and secret, from the field that has the focus."""
    await desk.shows("API key")
    await desk.type("mykey")
    await desk.press("tab")
    await desk.type("hush-hush")


@BOTH_SIZES
async def test_a_desk_without_accounts_begins_with_setting_one_up(
    empty_desk: Desk, provider: Provider, size: tuple[int, int]
) -> None:
    async with empty_desk.open(size, accounts=(), account_setup=provider.enrol):
        await empty_desk.shows("Set up smsdesk", "No account is set up yet", "F9 demo")
        await types_credentials(empty_desk)
        await empty_desk.hides("hush-hush")
        await empty_desk.press("enter")
        await empty_desk.shows("812 credits", "Enter saves it")
        assert provider.saved == []
        await empty_desk.press("enter")
        await empty_desk.shows("Saved in /home/mia/config.toml", "Enter opens the inbox")
        await empty_desk.press("enter")
        await empty_desk.until(lambda: empty_desk.app.return_value == ExitAction.RESTART, "the end")
    (saved,) = provider.saved
    assert (saved.name, saved.api_key, saved.api_secret) == ("messagemedia", "mykey", "hush-hush")
    assert saved.base_url == MESSAGEMEDIA.base_url and saved.secret_location is SecretLocation.FILE


async def test_the_demo_is_one_key_away(empty_desk: Desk, provider: Provider) -> None:
    async with empty_desk.open(NARROW, accounts=(), account_setup=provider.enrol):
        await empty_desk.shows("Set up smsdesk")
        await empty_desk.press("f9")
        await empty_desk.until(lambda: empty_desk.app.return_value == ExitAction.DEMO, "the demo")


@presses("add_account")
async def test_another_account_is_added_from_the_desk(
    desk: Desk, provider: Provider, size: tuple[int, int]
) -> None:
    async with desk.open(size, account_setup=provider.enrol):
        await desk.command("add_account")
        await desk.shows("Add an account", "MessageMedia")
        await desk.press("f2")
        await desk.shows("Messente", "API username", "https://api.messente.com")
        await desk.press("escape")
        await desk.hides("Add an account")


async def test_a_refusal_is_told_and_can_be_overruled(desk: Desk, provider: Provider) -> None:
    provider.refuses = "MessageMedia refused the key: correct it"
    async with desk.open(WIDE, account_setup=provider.enrol):
        await desk.command("add_account")
        await types_credentials(desk)
        await desk.press("enter")
        await desk.shows("MessageMedia refused the key", "F5 saves it anyway")
        assert provider.saved == []
        await desk.press("f5")
        await desk.shows("Saved in")
        assert len(provider.saved) == 1


async def test_what_is_changed_has_to_be_proven_again(desk: Desk, provider: Provider) -> None:
    async with desk.open(WIDE, account_setup=provider.enrol):
        await desk.command("add_account")
        await types_credentials(desk)
        await desk.press("enter")
        await desk.shows("Enter saves it")
        await desk.type("!")
        await desk.shows("Enter asks the provider")
        await desk.press("enter")
        await desk.until(lambda: len(provider.asked) == 2, "asked again")
        assert provider.asked[-1].api_secret == "hush-hush!"


async def test_an_answer_to_what_no_longer_stands_there_counts_for_nothing(
    desk: Desk, provider: Provider
) -> None:
    provider.slow.clear()
    async with desk.open(WIDE, account_setup=provider.enrol):
        await desk.command("add_account")
        await types_credentials(desk)
        await desk.press("enter")
        await desk.shows("asking")
        await desk.type("!")
        provider.slow.set()
        await desk.shows("Enter asks the provider")
        await desk.press("enter")
        await desk.shows("Enter saves it")
        assert len(provider.asked) == 2


async def test_a_secret_for_the_environment_gives_the_line_to_run(
    desk: Desk, provider: Provider
) -> None:
    provider.lines = ["export SMSDESK_ACCOUNTS__MESSAGEMEDIA__API_SECRET='the API secret'"]
    async with desk.open(WIDE, account_setup=provider.enrol):
        await desk.command("add_account")
        await types_credentials(desk)
        await desk.press("f4", "f4")
        await desk.shows("in an environment variable")
        await desk.press("enter")
        await desk.shows("Enter saves it")
        await desk.press("enter")
        await desk.shows("export SMSDESK_ACCOUNTS__MESSAGEMEDIA__API_SECRET=")
        assert provider.saved[0].secret_location is SecretLocation.ENVIRONMENT


async def test_nobody_is_asked_about_half_an_account(desk: Desk, provider: Provider) -> None:
    async with desk.open(WIDE, account_setup=provider.enrol):
        await desk.command("add_account")
        await desk.shows("API key")
        await desk.press("enter")
        await desk.shows("API key is missing")
        assert provider.asked == []


async def test_a_demo_has_all_its_accounts(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.command("add_account")
        await desk.shows("The demo has all its accounts")


def test_a_secret_is_in_no_repr() -> None:
    new = NewAccount(MESSAGEMEDIA, "au", "key", "hush-hush", MESSAGEMEDIA.base_url)
    assert "hush" not in repr(new)
