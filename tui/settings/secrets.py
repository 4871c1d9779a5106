"""Secrets that the settings only point at: in a file, or in the system's keyring."""

from collections.abc import Callable, Mapping
from pathlib import Path

from pydantic import SecretStr

from tui.settings.accounts import KEYRING, Account, AccountBase
from tui.settings.errors import SettingsError
from tui.settings.models import Settings
from tui.settings.paths import expanded
from tui.settings.sources import read_secret
from tui.settings.vault import SERVICE, KeyringTrouble, NoKeyring, from_keyring

Keyring = Callable[[str], str | None]
"""The secret of a name in the keyring, None when there is none; raises `SettingsError`."""


def system_keyring(name: str) -> str | None:
    """The secret of a name in the system's keyring; raises `SettingsError`."""
    try:
        return from_keyring(name)
    except NoKeyring:
        raise SettingsError(
            ["a secret is in the keyring; install it with: pip install 'smsdesk[keyring]'"]
        ) from None
    except KeyringTrouble as trouble:
        raise SettingsError(
            [f"the keyring does not answer ({trouble}); use api_secret_file instead"]
        ) from None


def with_secrets(
    settings: Settings, environ: Mapping[str, str], keyring: Keyring = system_keyring
) -> Settings:
    """The settings with every secret in place; raises `SettingsError` with a line for each."""
    accounts: dict[str, Account] = {}
    problems: list[str] = []
    for name, account in settings.accounts.items():
        try:
            accounts[name] = account.model_copy(update=_fetched(name, account, environ, keyring))
        except SettingsError as error:
            problems += [f"accounts.{name}: {line}" for line in error.lines]
    if problems:
        raise SettingsError(problems)
    return settings.model_copy(update={"accounts": accounts})


def secret_files(settings: Settings, environ: Mapping[str, str]) -> tuple[Path, ...]:
    """The files that accounts name as holding their secrets."""
    named = (account.api_secret_file for account in settings.accounts.values())
    return tuple(expanded(name, environ) for name in named if name)


def _fetched(
    name: str, account: AccountBase, environ: Mapping[str, str], keyring: Keyring
) -> dict[str, SecretStr]:
    """The account's secrets that stand elsewhere."""
    found = {
        field: SecretStr(_from_keyring(value.removeprefix(KEYRING) or name, keyring))
        for field, value in _secrets(account).items()
        if value.startswith(KEYRING)
    }
    if account.api_secret_keyring:
        found["api_secret"] = SecretStr(_from_keyring(name, keyring))
    if account.api_secret_file:
        found["api_secret"] = SecretStr(_from_file(account.api_secret_file, environ))
    return found


def _secrets(account: AccountBase) -> dict[str, str]:
    """The account's secrets as they stand in the settings."""
    return {
        field: value.get_secret_value() for field, value in account if isinstance(value, SecretStr)
    }


def _from_keyring(name: str, keyring: Keyring) -> str:
    """A secret from the keyring; raises `SettingsError`."""
    found = keyring(name)
    if not found:
        raise SettingsError(
            [f'the keyring has no "{name}"; add it with: keyring set {SERVICE} {name}']
        )
    return found


def _from_file(path: str, environ: Mapping[str, str]) -> str:
    """A secret from a file; raises `SettingsError`."""
    secret = read_secret(expanded(path, environ))
    if not secret:
        raise SettingsError([f"{path}: is empty; it has to hold the secret"])
    return secret
