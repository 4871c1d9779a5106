"""Fetch secrets that the settings only refer to: from a file, or from the system's keyring."""

from collections.abc import Callable, Mapping
from pathlib import Path

from pydantic import SecretStr

from tui.settings.accounts import KEYRING_PREFIX, AccountBase, AnyAccount
from tui.settings.errors import SettingsError
from tui.settings.models import Settings
from tui.settings.paths import expand_path
from tui.settings.sources import read_secret
from tui.settings.vault import (
    KEYRING_SERVICE,
    KeyringAccessError,
    KeyringMissingError,
    read_keyring,
)

KeyringReader = Callable[[str], str | None]
"""Returns the secret of a name, None if there is none; raises `SettingsError`."""


def read_system_keyring(name: str) -> str | None:
    """Return the secret of a name in the system's keyring, or None.

    Raises:
        SettingsError: The keyring is not installed or fails.
    """
    try:
        return read_keyring(name)
    except KeyringMissingError:
        raise SettingsError(
            ["a secret is in the keyring; install it with: pip install 'smsdesk[keyring]'"]
        ) from None
    except KeyringAccessError as error:
        raise SettingsError(
            [f"the keyring does not answer ({error}); use api_secret_file instead"]
        ) from None


def fetch_secrets(
    settings: Settings, environ: Mapping[str, str], keyring: KeyringReader = read_system_keyring
) -> Settings:
    """Return the settings with every secret in place.

    Args:
        settings: Validated settings.
        environ: Environment variables.
        keyring: Reads a secret from the keyring.

    Raises:
        SettingsError: Secrets are missing; it has a line for each.
    """
    accounts: dict[str, AnyAccount] = {}
    problems: list[str] = []
    for name, account in settings.accounts.items():
        try:
            accounts[name] = account.model_copy(
                update=_fetch_account_secrets(name, account, environ, keyring)
            )
        except SettingsError as error:
            problems += [f"accounts.{name}: {line}" for line in error.lines]
    if problems:
        raise SettingsError(problems)
    return settings.model_copy(update={"accounts": accounts})


def list_secret_files(settings: Settings, environ: Mapping[str, str]) -> tuple[Path, ...]:
    """Return the files that accounts name as holding their secrets.

    Args:
        settings: Validated settings.
        environ: Environment variables.
    """
    named = (account.api_secret_file for account in settings.accounts.values())
    return tuple(expand_path(name, environ) for name in named if name)


def _fetch_account_secrets(
    name: str, account: AccountBase, environ: Mapping[str, str], keyring: KeyringReader
) -> dict[str, SecretStr]:
    """Return the account's secrets that are stored elsewhere."""
    found = {
        field: SecretStr(_read_from_keyring(value.removeprefix(KEYRING_PREFIX) or name, keyring))
        for field, value in _list_secrets(account).items()
        if value.startswith(KEYRING_PREFIX)
    }
    if account.api_secret_keyring:
        found["api_secret"] = SecretStr(_read_from_keyring(name, keyring))
    if account.api_secret_file:
        found["api_secret"] = SecretStr(_read_from_file(account.api_secret_file, environ))
    return found


def _list_secrets(account: AccountBase) -> dict[str, str]:
    """Return the account's secrets as written in the settings."""
    return {
        field: value.get_secret_value() for field, value in account if isinstance(value, SecretStr)
    }


def _read_from_keyring(name: str, keyring: KeyringReader) -> str:
    """Return a secret from the keyring; raise `SettingsError` if there is none."""
    found = keyring(name)
    if not found:
        raise SettingsError(
            [f'the keyring has no "{name}"; add it with: keyring set {KEYRING_SERVICE} {name}']
        )
    return found


def _read_from_file(path: str, environ: Mapping[str, str]) -> str:
    """Return a secret from a file; raise `SettingsError` if it is empty."""
    secret = read_secret(expand_path(path, environ))
    if not secret:
        raise SettingsError([f"{path}: is empty; it has to hold the secret"])
    return secret
