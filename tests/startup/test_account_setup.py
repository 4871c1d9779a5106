"""Test that new accounts are checked with the provider and saved in the settings."""

import random
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tui.clock import SystemClock
from tui.desk.account_form import (
    AccountSetup,
    AccountSetupError,
    NewAccount,
    SecretLocation,
    get_secret_variable,
)
from tui.providers.catalog import CATALOG, MESSAGEMEDIA, MESSENTE
from tui.providers.catalog_entry import CatalogEntry
from tui.sandbox import API_KEY, API_SECRET
from tui.sandbox.app import create_app
from tui.sandbox.server import run_server
from tui.settings.accounts import MessenteAccount
from tui.settings.load import load_settings
from tui.startup.account_setup import create_account_setup

NEW = NewAccount(MESSAGEMEDIA, "support-au", "key", "s3cret", MESSAGEMEDIA.base_url)


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """Return an environment with an empty home directory."""
    return {"HOME": str(tmp_path), "USER": "mia"}


async def allow() -> str:
    """Allow every agent to save accounts, as before a lead is named."""
    return ""


@pytest.fixture
def account_setup(environ: dict[str, str]) -> AccountSetup:
    """Return the account set-up of that environment."""
    return create_account_setup(environ, None, SystemClock(), random.Random(1), allow)


async def test_a_secret_in_a_file_is_private_and_found(
    account_setup: AccountSetup, environ: dict[str, str], tmp_path: Path
) -> None:
    assert await account_setup.save(NEW) == []
    account = load_settings(environ).accounts["support-au"]
    assert (account.provider, account.api_key, account.clear_secret) == (
        "messagemedia",
        "key",
        "s3cret",
    )
    text = Path(account_setup.settings_path).read_text()
    assert "s3cret" not in text
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or path.stat().st_mode & 0o777 == 0o600, path


async def test_a_secret_in_the_environment_is_found_by_the_line_shown(
    account_setup: AccountSetup, environ: dict[str, str]
) -> None:
    (line,) = await account_setup.save(replace(NEW, secret_location=SecretLocation.ENVIRONMENT))
    name = line.removeprefix("export ").partition("=")[0]
    assert name == get_secret_variable("support-au")
    assert (
        load_settings({**environ, name: "s3cret"}).accounts["support-au"].clear_secret == "s3cret"
    )


REPLYING = NewAccount(
    MESSENTE,
    "support-eu",
    "key",
    "s3cret",
    MESSENTE.base_url,
    other_secrets={"inbound_secret": "of-the-number"},
)


async def test_the_secret_of_replies_is_private_and_found(
    account_setup: AccountSetup, environ: dict[str, str], tmp_path: Path
) -> None:
    assert await account_setup.save(REPLYING) == []
    account = load_settings(environ).accounts["support-eu"]
    assert isinstance(account, MessenteAccount)
    assert account.inbound_secret is not None
    assert account.inbound_secret.get_secret_value() == "of-the-number"
    assert account.clear_secret == "s3cret"
    assert "of-the-number" not in Path(account_setup.settings_path).read_text()
    assert "of-the-number" not in repr(REPLYING)
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or path.stat().st_mode & 0o777 == 0o600, path


async def test_every_secret_in_the_environment_has_its_line(
    account_setup: AccountSetup, environ: dict[str, str]
) -> None:
    lines = await account_setup.save(replace(REPLYING, secret_location=SecretLocation.ENVIRONMENT))
    names = [line.removeprefix("export ").partition("=")[0] for line in lines]
    assert names == [
        get_secret_variable("support-eu"),
        get_secret_variable("support-eu", "inbound_secret"),
    ]
    account = load_settings({**environ, names[0]: "s", names[1]: "t"}).accounts["support-eu"]
    assert isinstance(account, MessenteAccount)
    assert account.inbound_secret is not None
    assert account.inbound_secret.get_secret_value() == "t"


async def test_every_secret_can_be_in_the_keyring(
    account_setup: AccountSetup, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stored: dict[str, str] = {}
    monkeypatch.setattr("tui.settings.secrets.write_keyring", stored.__setitem__)
    await account_setup.save(replace(REPLYING, secret_location=SecretLocation.KEYRING))
    account = load_settings(environ, keyring=stored.get).accounts["support-eu"]
    assert isinstance(account, MessenteAccount)
    assert account.inbound_secret is not None
    assert account.inbound_secret.get_secret_value() == "of-the-number"
    assert account.clear_secret == "s3cret"


async def test_a_name_that_is_taken_is_refused(account_setup: AccountSetup) -> None:
    await account_setup.save(NEW)
    with pytest.raises(AccountSetupError, match="already has an account named support-au"):
        await account_setup.save(NEW)


@pytest.mark.parametrize("name", ["messageport", "smartswitch", "messente"])
async def test_an_account_that_is_pushed_to_gets_an_address_of_its_own(
    environ: dict[str, str], name: str
) -> None:
    setup = create_account_setup(
        *(environ, None, SystemClock(), random.Random(1), allow),
        make_secret=lambda: "q7Rk2mXw9ZtB4nLs",
    )
    url = CATALOG[name].base_url or "https://switch.example.com"
    new = NewAccount(CATALOG[name], "new", "key", "s3cret", url)
    await setup.save(new)
    account = load_settings(environ).accounts["new"]
    assert account.hook_secret is not None
    assert account.hook_secret.get_secret_value() == "q7Rk2mXw9ZtB4nLs"
    assert setup.list_addresses is not None
    entries = await setup.list_addresses("new")
    assert len(entries) == len(CATALOG[name].panel)
    assert all("/hooks/new/q7Rk2mXw9ZtB4nLs" in entry.address for entry in entries)
    assert all("public_url" in entry.problem for entry in entries)
    assert await setup.list_addresses("other") == []


async def test_generated_hook_secrets_are_valid_and_differ(
    account_setup: AccountSetup, environ: dict[str, str]
) -> None:
    for name in ("one", "two"):
        await account_setup.save(replace(NEW, provider=CATALOG["messageport"], name=name))
    accounts = load_settings(environ).accounts.values()
    found = {account.hook_secret.get_secret_value() for account in accounts if account.hook_secret}
    assert len(found) == 2 and min(map(len, found)) >= 32


async def test_an_account_that_is_polled_needs_no_address(account_setup: AccountSetup) -> None:
    await account_setup.save(NEW)
    assert "hook_secret" not in Path(account_setup.settings_path).read_text()
    assert account_setup.list_addresses is not None
    assert await account_setup.list_addresses("support-au") == []


async def test_another_address_is_saved(
    account_setup: AccountSetup, environ: dict[str, str]
) -> None:
    await account_setup.save(replace(NEW, base_url="https://eu.example.com"))
    assert load_settings(environ).accounts["support-au"].base_url == "https://eu.example.com"


def test_every_provider_of_the_catalogue_can_be_set_up(account_setup: AccountSetup) -> None:
    assert [provider.name for provider in account_setup.providers] == list(CATALOG)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"name": "Support AU"}, "lower-case a-z"),
        ({"name": "a__b"}, "lower-case a-z"),
        ({"api_key": ""}, "API key is missing"),
        ({"api_secret": ""}, "API secret is missing"),
        ({"base_url": "api.example.com"}, "https://"),
    ],
)
def test_a_missing_or_invalid_value_is_named(change: dict[str, str], expected: str) -> None:
    problem = replace(NEW, **change).find_problem()  # type: ignore[arg-type]
    assert problem is not None and expected in problem.text
    assert NEW.find_problem() is None


@pytest.mark.parametrize("entry", CATALOG.values(), ids=CATALOG)
async def test_the_provider_accepts_correct_credentials(
    account_setup: AccountSetup, entry: CatalogEntry
) -> None:
    async with run_server(create_app()) as url:
        base_url = f"{url}/{entry.name}{urlsplit(entry.base_url).path}"
        right = NewAccount(entry, "new", API_KEY, API_SECRET, base_url)
        assert await account_setup.check(right)


async def test_wrong_credentials_are_refused_without_showing_them(
    account_setup: AccountSetup,
) -> None:
    async with run_server(create_app()) as url:
        wrong = NewAccount(MESSAGEMEDIA, "new", API_KEY, "not-this-one", f"{url}/messagemedia")
        with pytest.raises(AccountSetupError) as refused:
            await account_setup.check(wrong)
    assert "not-this-one" not in str(refused.value)
    assert str(refused.value).endswith(": correct the key and secret above")
    assert refused.value.field == "", "the focus stays: the secret is not typed where it is seen"


async def test_an_address_without_a_server_is_an_error(account_setup: AccountSetup) -> None:
    unreachable = replace(NEW, base_url="http://127.0.0.1:9")
    with pytest.raises(AccountSetupError):
        await account_setup.check(unreachable)


async def test_an_invalid_address_is_an_error(account_setup: AccountSetup) -> None:
    with pytest.raises(AccountSetupError, match="base_url"):
        await account_setup.check(replace(NEW, base_url="https://example.com?x=1"))
