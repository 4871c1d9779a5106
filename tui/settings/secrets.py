"""Fetch secrets that the settings only refer to: from a file, or from the system's keyring.

The keyring's back ends are third-party plug-ins, chosen by the system or by
`PYTHON_KEYRING_BACKEND`. They raise many kinds of errors: a missing module, a broken file, a prompt
without a terminal. Every failure becomes one clear error here.
"""

import configparser
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import SecretStr

from tui.settings.account_base import FILE_PREFIX, KEYRING_PREFIX, AccountBase
from tui.settings.accounts import AnyAccount
from tui.settings.errors import SettingsError
from tui.settings.models import Settings
from tui.settings.paths import expand_path
from tui.settings.sources import read_secret

KEYRING_SERVICE = "smsdesk"
"""Service name of the program's secrets in the keyring."""

T = TypeVar("T")
_BACK_END_ERRORS = (
    ImportError,
    OSError,
    EOFError,
    RuntimeError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    configparser.Error,
)
"""Errors that back ends raise in addition to the keyring's own."""


class KeyringMissingError(Exception):
    """The keyring library is not installed."""


class KeyringAccessError(Exception):
    """The keyring failed; the message names the kind of error, never a secret."""


def read_keyring(name: str) -> str | None:
    """Return the secret of a name, or None.

    Raises:
        KeyringMissingError: The library is not installed.
        KeyringAccessError: The back end failed.
    """
    keyring = _import_library()
    found: str | None = _call_back_end(lambda: keyring.get_password(KEYRING_SERVICE, name))
    return found


def write_keyring(name: str, secret: str) -> None:
    """Store a secret under a name.

    Args:
        name: Name of the secret.
        secret: Secret in clear.

    Raises:
        KeyringMissingError: The library is not installed.
        KeyringAccessError: The back end failed.
    """
    keyring = _import_library()
    _call_back_end(lambda: keyring.set_password(KEYRING_SERVICE, name, secret))


def _import_library() -> Any:
    """Return the library, which is an optional dependency."""
    try:
        import keyring
    except ModuleNotFoundError as error:
        # The library is there, but one of its own dependencies is not.
        if error.name != "keyring":
            raise KeyringAccessError(type(error).__name__) from None
        raise KeyringMissingError from None
    return keyring


def _call_back_end(call: Callable[[], T]) -> T:
    """Return the answer of the back end."""
    from keyring.errors import KeyringError

    try:
        return call()
    except (KeyringError, *_BACK_END_ERRORS) as error:
        raise KeyringAccessError(type(error).__name__) from None


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
    named = [
        name
        for account in settings.accounts.values()
        for name in (account.api_secret_file, *_list_secret_paths(account).values())
    ]
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
    for field, path in _list_secret_paths(account).items():
        found[field] = SecretStr(_read_from_file(path, environ))
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


def _list_secret_paths(account: AccountBase) -> dict[str, str]:
    """Return the files of the account's secrets that name one, by setting."""
    return {
        field: value.removeprefix(FILE_PREFIX)
        for field, value in _list_secrets(account).items()
        if value.startswith(FILE_PREFIX)
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
