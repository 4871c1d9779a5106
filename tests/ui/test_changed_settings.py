"""Test that accounts work as soon as they stand in the settings, while the inbox is open."""

import contextlib
import functools
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

from tests.ui.desk import BOTH_SIZES, WIDE, Desk
from tui.app import SmsDeskApp
from tui.desk.account_form import NewAccount
from tui.desk.context import AppContext, ReadChangedSettings
from tui.desk.permissions import explain_missing_level
from tui.domain.agent_level import Level
from tui.providers.catalog import MESSAGEMEDIA
from tui.settings.cache import read_preferences
from tui.startup.account_setup import create_account_setup, create_settings_reader
from tui.startup.wiring import create_context

_ACCOUNT = """
[accounts.{name}]
provider = "messagemedia"
api_key = "key"
api_secret = "s3cret"
senders = ["{sender}"]
"""


class Service:
    """Stand in for the background work: record which accounts it was started with."""

    def __init__(self, context: AppContext) -> None:
        """Create a service that has not run."""
        self._context = context
        self.running: tuple[str, ...] | None = None
        self.starts = 0

    @contextlib.asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        """Run until the app ends or starts it again."""
        assert self.running is None, "two services at once"
        self.running = tuple(account.name for account in self._context.accounts)
        self.starts += 1
        try:
            yield
        finally:
            self.running = None


@contextlib.asynccontextmanager
async def open_with_settings(
    desk: Desk, tmp_path: Path, text: str, size: tuple[int, int] = WIDE
) -> AsyncIterator[tuple[Service, Path]]:
    """Open the app over a settings file."""
    environ = {"HOME": str(tmp_path), "LANG": "C.UTF-8"}
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    used = read_preferences(environ, path)
    context = replace(
        create_context(used, desk.clock, environ),
        account_setup=create_account_setup(
            *(environ, path, desk.clock, random.Random(1)),
            functools.partial(explain_missing_level, desk.store, used.agent, "accounts"),
        ),
        read_changed_settings=create_settings_reader(environ, path, used),
    )
    service = Service(context)
    desk.app_context = context
    desk.app = SmsDeskApp(desk.store, context, service.run)
    async with desk.app.run_test(size=size) as pilot:
        desk.pilot = pilot
        await desk.settle()
        yield service, path


@BOTH_SIZES
async def test_a_saved_account_works_at_once(
    empty_desk: Desk, tmp_path: Path, size: tuple[int, int]
) -> None:
    async with open_with_settings(empty_desk, tmp_path, "", size) as (service, _):
        await empty_desk.shows("Set up smsdesk")
        assert service.starts == 0
        setup = empty_desk.app_context.account_setup
        assert setup is not None
        await setup.save(NewAccount(MESSAGEMEDIA, "shop", "k", "s", MESSAGEMEDIA.base_url))
        await empty_desk.until(lambda: service.running == ("shop",), "the service runs")
        await empty_desk.press("escape")
        await empty_desk.shows("shop", "All clear")
        await empty_desk.press("c", *"+61491570156", "enter")
        await empty_desk.until(lambda: empty_desk.inbox.is_composer_focused, "the composer")


@BOTH_SIZES
async def test_the_first_set_up_of_an_inbox_with_leads_is_for_them(
    empty_desk: Desk, tmp_path: Path, size: tuple[int, int]
) -> None:
    await empty_desk.store.team.set_level("zoe", Level.LEAD)
    async with open_with_settings(empty_desk, tmp_path, 'agent = "bo"', size):
        await empty_desk.shows("Only leads change accounts: nothing was changed · ask zoe")
        await empty_desk.press("f3", "n")
        await empty_desk.shows("Only leads change accounts: nothing was changed · ask zoe")
    async with open_with_settings(empty_desk, tmp_path, 'agent = "zoe"', size):
        await empty_desk.shows("Set up smsdesk")


async def test_an_account_is_not_saved_once_a_lead_was_named_meanwhile(
    empty_desk: Desk, tmp_path: Path
) -> None:
    async with open_with_settings(empty_desk, tmp_path, 'agent = "bo"') as (_, path):
        await empty_desk.shows("Set up smsdesk")
        await empty_desk.type("key")
        await empty_desk.press("tab")
        await empty_desk.type("secret")
        await empty_desk.store.team.set_level("zoe", Level.LEAD)
        await empty_desk.press("f5")
        await empty_desk.shows("Only leads change accounts: nothing was changed · ask zoe")
    assert not (tmp_path / "secrets").exists()
    assert path.read_text(encoding="utf-8") == 'agent = "bo"'


@BOTH_SIZES
async def test_an_empty_inbox_without_accounts_says_how_to_add_one(
    empty_desk: Desk, tmp_path: Path, size: tuple[int, int]
) -> None:
    keys = '[keys]\nadd_account = "g y"\n'
    async with open_with_settings(empty_desk, tmp_path, keys, size):
        await empty_desk.shows("Set up smsdesk")
        await empty_desk.press("escape")
        await empty_desk.shows("No accounts yet: g y adds one")
        await empty_desk.hides("All clear")
        await empty_desk.press("g", "y")
        await empty_desk.shows("Set up smsdesk")
        await empty_desk.press("escape", "f3")
        await empty_desk.shows("No accounts yet: n adds one")
        await empty_desk.press("n")
        await empty_desk.shows("Set up smsdesk")


async def test_added_changed_and_removed_accounts_are_served(
    empty_desk: Desk, tmp_path: Path
) -> None:
    one = _ACCOUNT.format(name="one", sender="+61491570156")
    async with open_with_settings(empty_desk, tmp_path, one) as (service, path):
        await empty_desk.until(lambda: service.running == ("one",), "the first")
        two = _ACCOUNT.format(name="two", sender="+61491570157")
        path.write_text(one + two, encoding="utf-8")
        await empty_desk.until(lambda: service.running == ("one", "two"), "the second")
        await empty_desk.shows("two", "Accounts: two added")
        path.write_text(one.replace("570156", "570158") + two, encoding="utf-8")
        await empty_desk.shows("Accounts: one changed")
        assert empty_desk.app_context.accounts[0].senders == ("+61491570158",)
        path.write_text(two, encoding="utf-8")
        await empty_desk.until(lambda: service.running == ("two",), "the first is gone")
        await empty_desk.shows("Accounts: one removed")
        assert " one " not in empty_desk.lines()[0]


async def test_a_changed_secret_is_used(empty_desk: Desk, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("old", encoding="utf-8")
    secret.chmod(0o600)
    text = _ACCOUNT.format(name="one", sender="+61491570156").replace(
        'api_secret = "s3cret"', f'api_secret_file = "{secret}"'
    )
    async with open_with_settings(empty_desk, tmp_path, text) as (service, _):
        await empty_desk.until(lambda: service.starts == 1, "the start")
        reader = empty_desk.app_context.read_changed_settings
        assert reader is not None
        await empty_desk.until(lambda: read_nothing(reader), "the settings are known")
        secret.write_text("new", encoding="utf-8")
        await empty_desk.until(lambda: service.starts == 2, "the second start")


async def read_nothing(reader: ReadChangedSettings) -> bool:
    """Return whether the settings have not changed since they were read."""
    return await reader() is None


async def test_settings_with_an_error_leave_everything_as_it_is(
    empty_desk: Desk, tmp_path: Path
) -> None:
    one = _ACCOUNT.format(name="one", sender="+61491570156")
    async with open_with_settings(empty_desk, tmp_path, one) as (service, path):
        await empty_desk.until(lambda: service.running == ("one",), "the first")
        path.write_text(one + "[accounts.two]\nprovider = 7\n", encoding="utf-8")
        await empty_desk.shows("Settings not used, the old ones stay: ")
        assert service.running == ("one",) and service.starts == 1


async def test_a_hook_that_was_added_to_the_settings_can_be_named_by_rules_at_once(
    empty_desk: Desk, tmp_path: Path
) -> None:
    one = _ACCOUNT.format(name="one", sender="+61491570156")
    async with open_with_settings(empty_desk, tmp_path, one) as (service, path):
        await empty_desk.until(lambda: service.starts == 1, "the service runs")
        path.write_text(f'{one}\n[hooks]\nticket = ["true"]\n', encoding="utf-8")
        empty_desk.app.check_settings()
        await empty_desk.until(lambda: service.starts == 2, "the service runs again")
        assert list(empty_desk.app_context.preferences.hooks) == ["ticket"]
