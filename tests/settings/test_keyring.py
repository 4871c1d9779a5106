"""The keyring, with a back end that is a plain file, one that fails, and none."""

import configparser
import sys
from types import ModuleType

import pytest

from tui.settings.secrets import (
    KEYRING_SERVICE,
    KeyringAccessError,
    KeyringMissingError,
    read_keyring,
    write_keyring,
)


class Kept:
    """A back end in memory that may fail."""

    def __init__(self, failure: BaseException | None = None) -> None:
        self.failure = failure
        self.secrets: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, name: str) -> str | None:
        self._fail()
        return self.secrets.get((service, name))

    def set_password(self, service: str, name: str, secret: str) -> None:
        self._fail()
        self.secrets[service, name] = secret

    def _fail(self) -> None:
        if self.failure is not None:
            raise self.failure


class KeyringError(Exception):
    """As the library has it."""


def install(monkeypatch: pytest.MonkeyPatch, kept: Kept) -> None:
    """A keyring library with this back end."""
    library, errors = ModuleType("keyring"), ModuleType("keyring.errors")
    vars(library).update(get_password=kept.get_password, set_password=kept.set_password)
    vars(errors).update(KeyringError=KeyringError)
    monkeypatch.setitem(sys.modules, "keyring", library)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)


def test_what_is_kept_is_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Kept()
    install(monkeypatch, kept)
    assert read_keyring("au") is None
    write_keyring("au", "s3cret")
    assert (read_keyring("au"), kept.secrets) == ("s3cret", {(KEYRING_SERVICE, "au"): "s3cret"})


@pytest.mark.parametrize(
    "failure",
    [
        KeyringError("locked"),
        ModuleNotFoundError("No module named 'nonsense'"),
        RuntimeError("no terminal to ask for the password"),
        configparser.MissingSectionHeaderError("f", 1, "garbage"),
        PermissionError(13, "Permission denied"),
        EOFError(),
    ],
    ids=lambda failure: type(failure).__name__,
)
def test_whatever_a_back_end_raises_is_one_kind_of_trouble(
    monkeypatch: pytest.MonkeyPatch, failure: BaseException
) -> None:
    install(monkeypatch, Kept(failure))
    with pytest.raises(KeyringAccessError, match=type(failure).__name__):
        read_keyring("au")
    with pytest.raises(KeyringAccessError) as caught:
        write_keyring("au", "s3cret")
    assert "s3cret" not in repr(caught.value)


def test_a_library_that_is_not_installed_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(KeyringMissingError):
        read_keyring("au")
