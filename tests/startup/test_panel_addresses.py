"""Test the addresses to enter at the providers' panels."""

from pathlib import Path

import pytest

from tui.providers.catalog import CATALOG
from tui.settings.models import Settings
from tui.startup.panel_addresses import build_panel_addresses, load_panel_addresses

SECRET = "q7Rk2mXw9ZtB4nLs"


def make_settings(provider: str, **account: str) -> Settings:
    """Return settings with one account at a provider."""
    values = {"provider": provider, "api_key": "k", "api_secret": "s", **account}
    values.setdefault("base_url", "https://api.example.com")
    return Settings({"accounts": {"one": values}, "public_url": "https://sms.example.com/desk"})


@pytest.mark.parametrize("provider", CATALOG)
def test_every_entry_of_the_catalogue_becomes_an_address_of_the_account(provider: str) -> None:
    entries = build_panel_addresses(make_settings(provider, hook_secret=SECRET))
    hook = f"https://sms.example.com/desk/hooks/one/{SECRET}"
    assert [entry.address for entry in entries] == [
        panel.build_address(hook) for panel in CATALOG[provider].panel
    ]
    assert [(entry.body, entry.place) for entry in entries] == [
        (panel.body, panel.place) for panel in CATALOG[provider].panel
    ]
    assert {entry.problem for entry in entries} == {""}
    assert all(entry.address.startswith(hook) for entry in entries)


@pytest.mark.parametrize(
    ("provider", "shown"), [("messagemedia", False), ("serwersms", False), ("smartswitch", True)]
)
def test_without_a_hook_secret_only_accounts_that_need_one_are_listed(
    provider: str, shown: bool
) -> None:
    entries = build_panel_addresses(make_settings(provider))
    assert bool(entries) is shown
    assert all("hook_secret" in entry.problem for entry in entries)
    assert all("/hooks/one/SECRET" in entry.address for entry in entries)


def test_an_agent_who_cannot_read_the_api_secret_sees_the_address_all_the_same(
    tmp_path: Path,
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(
        f"""public_url = "https://sms.example.com"
[accounts.one]
provider = "messageport"
api_key = "k"
api_secret_file = "{tmp_path}/not-there"
hook_secret = "{SECRET}"
"""
    )
    config.chmod(0o600)
    entries = load_panel_addresses({"HOME": str(tmp_path)}, config)
    assert entries[0].address == f"https://sms.example.com/hooks/one/{SECRET}/reply"
