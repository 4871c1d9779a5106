"""Test the sources of settings and their priority."""

import getpass
import os
import sys
from pathlib import Path

import platformdirs
import pytest

from tui.domain.account import Account
from tui.settings.errors import SettingsError
from tui.settings.load import load_preferences, load_settings
from tui.settings.models import Settings
from tui.settings.paths import DirectoryKind, find_directory
from tui.settings.values import ListenAddress, QuietHours

FILE = """
theme = "light"
[accounts.support-au]
provider = "messagemedia"
api_key = "from-file"
api_secret = "from-file"
base_url = "https://from-file.example"
"""


def get_secret(settings: Settings, account: str) -> str:
    """Return the secret that the client of a provider gets."""
    return settings.accounts[account].clear_secret


def test_without_settings_the_defaults_apply(environ: dict[str, str], tmp_path: Path) -> None:
    desk, watched = load_preferences(environ)
    assert desk.database == tmp_path / ".local/share/smsdesk/inbox.db"
    assert desk.agent == "mia"
    assert desk.accounts == ()
    assert desk.warnings == ()
    assert watched == ()


def test_the_environment_overrides_secret_files_and_these_override_the_file(
    environ: dict[str, str], config: Path, tmp_path: Path
) -> None:
    config.write_text(FILE)
    assert get_secret(load_settings(environ), "support-au") == "from-file"

    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "support-au__api_secret").write_text("from-secrets\n")
    environ["SMSDESK_SECRETS_DIR"] = "~/secrets"
    assert get_secret(load_settings(environ), "support-au") == "from-secrets"

    environ["SMSDESK_ACCOUNTS__SUPPORT_AU__API_SECRET"] = "from-environment"
    settings = load_settings(environ)
    assert get_secret(settings, "support-au") == "from-environment"
    assert settings.accounts["support-au"].api_key == "from-file"
    assert settings.accounts["support-au"].base_url == "https://from-file.example"


def test_the_directory_of_secrets_can_be_named_in_the_file(
    environ: dict[str, str], config: Path, tmp_path: Path
) -> None:
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "au__api_secret").write_text("s3cret")
    config.write_text(
        f'secrets_dir = "{secrets}"\n[accounts.au]\nprovider = "messente"\napi_key = "k"\n'
    )
    assert get_secret(load_settings(environ), "au") == "s3cret"


def test_credentials_of_a_service_manager_are_found_automatically(
    environ: dict[str, str], config: Path, tmp_path: Path
) -> None:
    (tmp_path / "credentials").mkdir()
    (tmp_path / "credentials" / "support_au__api_secret").write_text("given")
    environ["CREDENTIALS_DIRECTORY"] = str(tmp_path / "credentials")
    config.write_text(FILE)
    assert get_secret(load_settings(environ), "support-au") == "given"


def test_unrelated_files_in_the_directory_of_secrets_are_ignored(
    environ: dict[str, str], config: Path, tmp_path: Path
) -> None:
    (tmp_path / "..data").mkdir()
    for name in ("database_password", "other__api_secret", "other__thing"):
        (tmp_path / name).write_text("not ours")
    environ["SMSDESK_SECRETS_DIR"] = str(tmp_path)
    config.write_text(FILE)
    assert list(load_settings(environ).accounts) == ["support-au"]


def test_an_account_can_live_in_the_environment_alone(environ: dict[str, str]) -> None:
    environ |= {
        "SMSDESK_DATABASE": "/srv/inbox.db",
        "SMSDESK_ACCOUNTS__SUPPORT_AU__PROVIDER": "messagemedia",
        "SMSDESK_ACCOUNTS__SUPPORT_AU__API_KEY": "0123",
        "SMSDESK_ACCOUNTS__SUPPORT_AU__API_SECRET": "456",
        "SMSDESK_ACCOUNTS__SUPPORT_AU__BASE_URL": "http://127.0.0.1:8765/messagemedia/",
        "SMSDESK_ACCOUNTS__SUPPORT_AU__SENDERS": "+61491570110, Shop",
        "SMSDESK_ACCOUNTS__SUPPORT_AU__DEFAULT_SENDER": "Shop",
        "SMSDESK_ACCOUNTS__SUPPORT_AU__HOOK_SECRET": "sandbox-hook",
        "SMSDESK_LISTEN": "127.0.0.1:8080",
        "SMSDESK_DEFAULT_REGION": "au",
    }
    account = load_settings(environ).accounts["support_au"]
    assert (account.api_key, account.clear_secret) == ("0123", "456")
    assert account.base_url == "http://127.0.0.1:8765/messagemedia"
    desk, _ = load_preferences(environ)
    assert desk.database == Path("/srv/inbox.db")
    assert desk.accounts == (
        Account(
            name="support_au",
            provider="messagemedia",
            title="support_au",
            senders=("Shop", "+61491570110"),
            region="AU",
            listener=True,
        ),
    )


@pytest.mark.parametrize("listen", ["", "127.0.0.1:8080"])
def test_an_account_with_a_hook_secret_accepts_pushes(environ: dict[str, str], listen: str) -> None:
    account = "SMSDESK_ACCOUNTS__MP__"
    environ |= {f"{account}PROVIDER": "messageport", f"{account}API_KEY": "k"}
    environ |= {f"{account}API_SECRET": "s"} | ({"SMSDESK_LISTEN": listen} if listen else {})
    assert [a.listener for a in load_preferences(environ)[0].accounts] == [False]
    environ[f"{account}HOOK_SECRET"] = "sandbox-hook"
    assert [a.listener for a in load_preferences(environ)[0].accounts] == [True]


def test_values_from_the_environment_are_converted_to_their_type(environ: dict[str, str]) -> None:
    environ |= {
        "SMSDESK_ASCII": "true",
        "SMSDESK_ENTER_SENDS": "no",
        "SMSDESK_GRACE_SECONDS": "0",
        "SMSDESK_QUIET_HOURS": "22 - 7",
        "SMSDESK_LISTEN": "[::1]:90",
        "SMSDESK_KEYS": '{"close": ["e", "ctrl+e"]}',
        "SMSDESK_NOTIFICATIONS__BELL": "0",
        "SMSDESK_OPT_OUT_WORDS__PL": "rezygnuję, wypisz",
    }
    desk, _ = load_preferences(environ)
    assert desk.ascii is True
    assert desk.enter_sends is False
    assert desk.grace_seconds == 0
    assert desk.quiet_hours == QuietHours(22, 7)
    assert desk.listen == ListenAddress("::1", 90)
    assert desk.keys == {"close": ("e", "ctrl+e")}
    assert desk.notifications.bell is False
    assert desk.notifications.desktop is True
    assert desk.opt_out_words == {"PL": ("rezygnuję", "wypisz")}


@pytest.mark.parametrize("word", ["off", "None"])
def test_quiet_hours_can_be_switched_off(environ: dict[str, str], word: str) -> None:
    environ["SMSDESK_QUIET_HOURS"] = word
    assert load_preferences(environ)[0].quiet_hours is None


def test_an_empty_variable_counts_as_not_set(environ: dict[str, str], config: Path) -> None:
    config.write_text('theme = "light"\n')
    environ["SMSDESK_THEME"] = ""
    assert load_preferences(environ)[0].theme == "light"


def test_only_the_given_environment_is_read(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMSDESK_THEME", "light")
    monkeypatch.setenv("THEME", "light")
    assert load_preferences(environ)[0].theme == "dark"


def test_a_file_that_begins_with_a_byte_order_mark_is_read(
    environ: dict[str, str], config: Path
) -> None:
    config.write_bytes(b'\xef\xbb\xbftheme = "light"\n')
    assert load_preferences(environ)[0].theme == "light"


def test_a_named_settings_file_has_to_exist(environ: dict[str, str], tmp_path: Path) -> None:
    missing = tmp_path / "none.toml"
    environ["SMSDESK_CONFIG"] = str(missing)
    with pytest.raises(SettingsError) as caught:
        load_preferences(environ)
    assert caught.value.lines == (f"{missing}: there is no such settings file",)


def test_a_file_given_on_the_command_line_overrides_the_variable(
    environ: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "a.toml").write_text('theme = "light"\n')
    environ["SMSDESK_CONFIG"] = "~/none.toml"
    assert load_preferences(environ, tmp_path / "a.toml")[0].theme == "light"


def test_a_public_file_with_a_secret_causes_a_warning(
    environ: dict[str, str], config: Path
) -> None:
    config.write_text(FILE)
    config.chmod(0o644)
    assert load_preferences(environ)[0].warnings == (
        f"{config}: holds a secret and everyone can read it; chmod 600 it",
    )
    config.chmod(0o600)
    assert load_preferences(environ)[0].warnings == ()


def test_a_public_file_with_the_password_causes_a_warning(
    environ: dict[str, str], tmp_path: Path
) -> None:
    password = tmp_path / "password"
    password.write_text("s3cret")
    password.chmod(0o644)
    environ["SMSDESK_DATABASE"] = "postgresql://desk@localhost/inbox"
    environ["SMSDESK_DATABASE_PASSWORD_FILE"] = str(password)
    assert load_preferences(environ)[0].warnings == (
        f"{password}: holds the password and everyone can read it; chmod 600 it",
    )
    password.chmod(0o600)
    assert load_preferences(environ)[0].warnings == ()


def test_a_public_file_without_a_secret_causes_no_warning(
    environ: dict[str, str], config: Path
) -> None:
    config.write_text(FILE.replace('api_secret = "from-file"', 'api_secret = "keyring:"'))
    config.chmod(0o644)
    assert load_preferences(environ)[0].warnings == ()


@pytest.mark.parametrize("address", ["http://sms.example", "HTTP://10.0.0.1/api"])
def test_an_unencrypted_address_is_refused_unless_it_is_allowed(
    environ: dict[str, str], config: Path, address: str
) -> None:
    config.write_text(FILE.replace("https://from-file.example", address))
    config.chmod(0o600)
    with pytest.raises(SettingsError, match="is not encrypted: use https://, or set allow_http"):
        load_settings(environ)


def test_an_unencrypted_address_causes_a_warning(environ: dict[str, str], config: Path) -> None:
    table = FILE.replace("https://from-file.example", "http://sms.example")
    config.write_text(table.replace("api_key", "allow_http = true\napi_key"))
    config.chmod(0o600)
    assert load_preferences(environ)[0].warnings == (
        "accounts.support-au: http://sms.example is not encrypted; use https",
    )


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere it is platformdirs")
@pytest.mark.parametrize("kind", ["config", "data", "state"])
@pytest.mark.parametrize("chosen", ["", "/srv/x", "relative/is/ignored"])
def test_the_default_paths_are_those_of_the_platform(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: DirectoryKind, chosen: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv(f"XDG_{kind.upper()}_HOME", chosen)
    expected = {
        "config": platformdirs.user_config_path,
        "data": platformdirs.user_data_path,
        "state": platformdirs.user_state_path,
    }[kind]("smsdesk", appauthor=False)
    if chosen.startswith("relative"):
        assert find_directory(kind, os.environ).is_relative_to(tmp_path)
    else:
        assert find_directory(kind, os.environ) == expected


def test_the_agent_is_the_system_user_by_default(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    del environ["LOGNAME"]
    monkeypatch.setattr(getpass, "getuser", lambda: "root")
    assert load_preferences(environ)[0].agent == "root"
    environ["SMSDESK_AGENT"] = "Mia"
    assert load_preferences(environ)[0].agent == "Mia"


def test_an_unknown_system_user_gets_a_fallback_name(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail_to_find_user() -> str:
        raise KeyError("getpwuid(): uid not found: 12345")

    del environ["LOGNAME"]
    monkeypatch.setattr(getpass, "getuser", fail_to_find_user)
    assert load_preferences(environ)[0].agent == "agent"


def test_the_limit_of_the_balance_warning_is_configurable(environ: dict[str, str]) -> None:
    environ |= {
        "SMSDESK_ACCOUNTS__AU__PROVIDER": "messente",
        "SMSDESK_ACCOUNTS__AU__API_KEY": "k",
        "SMSDESK_ACCOUNTS__AU__API_SECRET": "s",
    }
    assert [a.low_balance for a in load_preferences(environ)[0].accounts] == [20.0]
    environ["SMSDESK_ACCOUNTS__AU__LOW_BALANCE"] = "3.5"
    assert [a.low_balance for a in load_preferences(environ)[0].accounts] == [3.5]
