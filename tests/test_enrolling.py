"""Accounts proven against a provider and kept in the settings."""

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
from tui.providers.catalog import CATALOG, MESSAGEMEDIA
from tui.providers.catalog_entry import CatalogEntry
from tui.sandbox import API_KEY, API_SECRET
from tui.sandbox.app import create_app
from tui.sandbox.server import run_server
from tui.settings.load import load_settings
from tui.startup.account_setup import create_account_setup

NEW = NewAccount(MESSAGEMEDIA, "support-au", "key", "hush", MESSAGEMEDIA.base_url)


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path), "USER": "mia"}


@pytest.fixture
def enrol(environ: dict[str, str]) -> AccountSetup:
    return create_account_setup(environ, None, SystemClock(), random.Random(1))


async def test_a_secret_in_a_file_is_private_and_found(
    enrol: AccountSetup, environ: dict[str, str], tmp_path: Path
) -> None:
    assert await enrol.save(NEW) == []
    account = load_settings(environ).accounts["support-au"]
    assert (account.provider, account.api_key, account.clear_secret) == (
        "messagemedia",
        "key",
        "hush",
    )
    text = Path(enrol.settings_path).read_text()
    assert "hush" not in text
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or path.stat().st_mode & 0o777 == 0o600, path


async def test_a_secret_in_the_environment_is_found_by_the_line_that_was_told(
    enrol: AccountSetup, environ: dict[str, str]
) -> None:
    (line,) = await enrol.save(replace(NEW, secret_location=SecretLocation.ENVIRONMENT))
    name = line.removeprefix("export ").partition("=")[0]
    assert name == get_secret_variable("support-au")
    assert load_settings({**environ, name: "hush"}).accounts["support-au"].clear_secret == "hush"


async def test_a_name_that_is_taken_is_refused(enrol: AccountSetup) -> None:
    await enrol.save(NEW)
    with pytest.raises(AccountSetupError, match="already has an account named support-au"):
        await enrol.save(NEW)


async def test_another_address_is_kept(enrol: AccountSetup, environ: dict[str, str]) -> None:
    await enrol.save(replace(NEW, base_url="https://eu.example.com"))
    assert load_settings(environ).accounts["support-au"].base_url == "https://eu.example.com"


def test_every_provider_of_the_catalogue_can_be_set_up(enrol: AccountSetup) -> None:
    assert [provider.name for provider in enrol.providers] == list(CATALOG)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": "Support AU"}, "small letters"),
        ({"name": "a__b"}, "small letters"),
        ({"api_key": ""}, "API key is missing"),
        ({"api_secret": ""}, "API secret is missing"),
        ({"base_url": "api.example.com"}, "https://"),
    ],
)
def test_what_is_missing_is_named(change: dict[str, str], words: str) -> None:
    assert words in replace(NEW, **change).problem  # type: ignore[arg-type]
    assert NEW.problem == ""


@pytest.mark.parametrize("entry", CATALOG.values(), ids=CATALOG)
async def test_the_provider_itself_proves_the_credentials(
    enrol: AccountSetup, entry: CatalogEntry
) -> None:
    async with run_server(create_app()) as url:
        place = f"{url}/{entry.name}{urlsplit(entry.base_url).path}"
        right = NewAccount(entry, "new", API_KEY, API_SECRET, place)
        assert await enrol.check(right)


async def test_wrong_credentials_are_refused_without_telling_them(enrol: AccountSetup) -> None:
    async with run_server(create_app()) as url:
        wrong = NewAccount(MESSAGEMEDIA, "new", API_KEY, "not-this-one", f"{url}/messagemedia")
        with pytest.raises(AccountSetupError) as refused:
            await enrol.check(wrong)
    assert "not-this-one" not in str(refused.value)


async def test_an_address_where_nobody_answers_is_said(enrol: AccountSetup) -> None:
    nobody = replace(NEW, base_url="http://127.0.0.1:9")
    with pytest.raises(AccountSetupError):
        await enrol.check(nobody)


async def test_an_address_that_is_none_is_said(enrol: AccountSetup) -> None:
    with pytest.raises(AccountSetupError, match="base_url"):
        await enrol.check(replace(NEW, base_url="https://example.com?x=1"))
