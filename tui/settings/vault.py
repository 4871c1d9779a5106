"""The system's keyring, behind two functions: whatever goes wrong in it is one clear error.

Its back ends are other people's plug-ins, chosen by the system or by `PYTHON_KEYRING_BACKEND`. They
raise what they like: a missing module, a broken file, a prompt without a terminal.
"""

import configparser
from collections.abc import Callable
from typing import Any, TypeVar

SERVICE = "smsdesk"
"""The service under which the keyring keeps the desk's secrets."""

T = TypeVar("T")
_RAISED = (
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
"""What back ends were seen or are known to raise beside the keyring's own errors."""


class NoKeyring(Exception):
    """The keyring library is not installed."""


class KeyringTrouble(Exception):
    """The keyring does not do what it is asked; the text names the kind of error, no secret."""


def from_keyring(name: str) -> str | None:
    """The secret of a name, None when there is none; raises `NoKeyring`, `KeyringTrouble`."""
    keyring = _library()
    found: str | None = _asked(lambda: keyring.get_password(SERVICE, name))
    return found


def into_keyring(name: str, secret: str) -> None:
    """Keep a secret under a name; raises `NoKeyring`, `KeyringTrouble`."""
    keyring = _library()
    _asked(lambda: keyring.set_password(SERVICE, name, secret))


def _library() -> Any:
    """The library, which is an extra."""
    try:
        import keyring
    except ModuleNotFoundError as error:
        if error.name != "keyring":
            raise KeyringTrouble(type(error).__name__) from None
        raise NoKeyring from None
    return keyring


def _asked(ask: Callable[[], T]) -> T:
    """What the back end answers."""
    from keyring.errors import KeyringError

    try:
        return ask()
    except (KeyringError, *_RAISED) as error:
        raise KeyringTrouble(type(error).__name__) from None
