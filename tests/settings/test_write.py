"""Test writing an account into the settings file without changing the rest of the file."""

import os
import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tui
from tui.settings.errors import SettingsError
from tui.settings.load import load_settings
from tui.settings.write import TomlValue, add_account

ACCOUNT: dict[str, TomlValue] = {
    "provider": "messagemedia",
    "api_key": "k",
    "api_secret": 'with "quotes", \\ and\nlines',
    "senders": ["+61491570110", "Shop"],
    "auth": "hmac-sha256",
}
BEFORE = """\
# Our desk. Ask Mia before changing.
theme = "light"   # the old monitor

[accounts.ee]  # Tallinn
provider = "messente"
api_key = "k"
api_secret = "s"
"""

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
values = texts | st.booleans() | st.integers(-(2**53), 2**53) | st.lists(texts, max_size=3)


def test_the_first_account_creates_a_private_file(environ: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "new" / "config.toml"
    add_account(path, "support_au", ACCOUNT)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    account = load_settings(environ, path).accounts["support_au"]
    assert account.clear_secret == ACCOUNT["api_secret"]
    assert account.senders == ("+61491570110", "Shop")


def test_comments_and_other_accounts_are_unchanged(environ: dict[str, str], config: Path) -> None:
    config.write_text(BEFORE)
    add_account(config, "au", ACCOUNT)
    text = config.read_text()
    assert text.startswith(BEFORE)
    assert list(load_settings(environ).accounts) == ["ee", "au"]


def test_a_file_that_everyone_could_read_is_private_afterwards(config: Path) -> None:
    config.write_text(BEFORE)
    config.chmod(0o644)
    add_account(config, "au", ACCOUNT)
    assert config.stat().st_mode & 0o777 == 0o600


def test_a_link_stays_a_link(config: Path, tmp_path: Path) -> None:
    (tmp_path / "dotfiles.toml").write_text(BEFORE)
    config.symlink_to(tmp_path / "dotfiles.toml")
    add_account(config, "au", ACCOUNT)
    assert config.is_symlink()
    assert "[accounts.au]" in (tmp_path / "dotfiles.toml").read_text()


def test_an_existing_account_is_never_replaced(config: Path) -> None:
    config.write_text(BEFORE)
    with pytest.raises(SettingsError, match="already has an account named ee"):
        add_account(config, "ee", ACCOUNT)
    assert config.read_text() == BEFORE


def test_an_inline_table_of_accounts_is_not_changed(config: Path) -> None:
    config.write_text("accounts = {}\n")
    with pytest.raises(SettingsError, match="add au by hand"):
        add_account(config, "au", ACCOUNT)
    assert config.read_text() == "accounts = {}\n"


def test_an_invalid_file_is_not_changed(config: Path) -> None:
    config.write_text("theme =\n")
    with pytest.raises(SettingsError, match="line 1, column 8"):
        add_account(config, "au", ACCOUNT)
    assert config.read_text() == "theme =\n"


def test_unstorable_text_is_refused(config: Path) -> None:
    config.write_text(BEFORE)
    with pytest.raises(SettingsError, match="holds text that no file can hold"):
        add_account(config, "au", {"provider": "messente", "api_secret": "\udcff"})
    assert config.read_text() == BEFORE
    assert os.listdir(config.parent) == ["config.toml"]


def test_an_unwritable_path_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" / "config.toml"
    with pytest.raises(SettingsError) as caught:
        add_account(path, "au", ACCOUNT)
    assert caught.value.lines == (f"{path}: cannot be read (Not a directory)",)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(name=texts, account=st.dictionaries(texts, values, max_size=4))
def test_any_written_account_is_read_again(
    tmp_path: Path, name: str, account: dict[str, TomlValue]
) -> None:
    path = tmp_path / "config.toml"
    path.unlink(missing_ok=True)
    add_account(path, name, account)
    assert tomllib.loads(path.read_text(encoding="utf-8"))["accounts"] == {name: account}


def test_accounts_are_written_in_one_place_which_asks_for_the_level() -> None:
    package = Path(tui.__file__).parent
    calls = re.compile(r"\b(?:settings\.write import|write_keyring|import.* write_keyring)\b")
    found = {
        file.relative_to(package).as_posix()
        for file in package.rglob("*.py")
        if calls.search(file.read_text(encoding="utf-8"))
    }
    assert found == {"startup/account_setup.py", "settings/secrets.py"}
