"""Test secrets that the settings only refer to."""

import sys
from pathlib import Path

import pytest

from tui.settings.accounts import MessenteAccount
from tui.settings.errors import SettingsError
from tui.settings.load import load_preferences, load_settings

KEYRING = {"au": "of-the-account", "shared": "of-a-name"}
HEAD = '[accounts.au]\nprovider = "messente"\napi_key = "k"\n'


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("api_secret_keyring = true", "of-the-account"),
        ('api_secret = "keyring:"', "of-the-account"),
        ('api_secret = "keyring:shared"', "of-a-name"),
    ],
)
def test_a_secret_is_read_from_the_keyring(
    environ: dict[str, str], config: Path, written: str, found: str
) -> None:
    config.write_text(f"{HEAD}{written}\n")
    settings = load_settings(environ, keyring=KEYRING.get)
    assert settings.accounts["au"].clear_secret == found


def test_other_secrets_of_an_account_can_be_in_the_keyring_too(
    environ: dict[str, str], config: Path
) -> None:
    config.write_text(f'{HEAD}api_secret = "s"\ninbound_secret = "keyring:shared"\n')
    account = load_settings(environ, keyring=KEYRING.get).accounts["au"]
    assert isinstance(account, MessenteAccount)
    assert account.inbound_secret is not None
    assert account.inbound_secret.get_secret_value() == "of-a-name"


def test_other_secrets_of_an_account_can_be_in_files_of_their_own(
    environ: dict[str, str], config: Path, tmp_path: Path
) -> None:
    (tmp_path / "shared").write_text("of-a-file\n")
    config.write_text(f'{HEAD}api_secret = "s"\ninbound_secret = "file:~/shared"\n')
    account = load_settings(environ).accounts["au"]
    assert isinstance(account, MessenteAccount)
    assert account.inbound_secret is not None
    assert account.inbound_secret.get_secret_value() == "of-a-file"
    config.write_text(f'{HEAD}api_secret = "file:~/shared"\n')
    assert load_settings(environ).accounts["au"].clear_secret == "of-a-file"
    config.write_text(f'{HEAD}api_secret = "s"\ninbound_secret = "file:~/none"\n')
    with pytest.raises(SettingsError, match="none: cannot be read"):
        load_settings(environ)


def test_public_settings_are_read_without_the_keyring(
    environ: dict[str, str], config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    config.write_text(f"{HEAD}api_secret_keyring = true\n")
    assert load_preferences(environ)[0].accounts[0].name == "au"


def test_a_secret_missing_in_the_keyring_is_reported_with_the_fix(
    environ: dict[str, str], config: Path
) -> None:
    config.write_text(f'{HEAD}api_secret = "keyring:lost"\n')
    with pytest.raises(SettingsError) as caught:
        load_settings(environ, keyring=KEYRING.get)
    assert caught.value.lines == (
        'accounts.au: the keyring has no "lost"; add it with: keyring set smsdesk lost',
    )


def test_a_missing_keyring_library_is_reported_with_the_fix(
    environ: dict[str, str], config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    config.write_text(f"{HEAD}api_secret_keyring = true\n")
    with pytest.raises(SettingsError) as caught:
        load_settings(environ)
    assert caught.value.lines == (
        "accounts.au: a secret is in the keyring; install it with: pip install 'smsdesk[keyring]'",
    )


def test_a_secret_is_read_from_its_file_without_the_line_end(
    environ: dict[str, str], config: Path, tmp_path: Path
) -> None:
    (tmp_path / "au.secret").write_text(" s3cret \r\n")
    config.write_text(f'{HEAD}api_secret_file = "~/au.secret"\n')
    assert load_settings(environ).accounts["au"].clear_secret == " s3cret "


def test_all_accounts_with_missing_secrets_are_reported_at_once(
    environ: dict[str, str], config: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty").write_text("\n")
    config.write_text(
        f'{HEAD}api_secret_file = "~/empty"\n'
        + HEAD.replace("au", "ee")
        + 'api_secret_file = "~/none"\n'
    )
    with pytest.raises(SettingsError) as caught:
        load_settings(environ)
    assert caught.value.lines == (
        "accounts.au: ~/empty: is empty; it has to hold the secret",
        f"accounts.ee: {tmp_path}/none: cannot be read (No such file or directory)",
    )


def test_the_repr_of_the_settings_shows_no_secret(environ: dict[str, str], config: Path) -> None:
    config.write_text(
        f'{HEAD}api_secret = "s3cret-1"\ninbound_secret = "s3cret-2"\nhook_secret = "s3cret-3"\n'
    )
    settings = load_settings(environ)
    assert "messente" in repr(settings)
    assert "s3cret" not in repr(settings) + str(settings) + settings.model_dump_json()
