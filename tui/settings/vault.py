"""Access the system's keyring through two functions that turn every failure into one clear error.

Its back ends are third-party plug-ins, chosen by the system or by `PYTHON_KEYRING_BACKEND`. They
raise many kinds of errors: a missing module, a broken file, a prompt without a terminal.
"""

import configparser
from collections.abc import Callable
from typing import Any, TypeVar

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
