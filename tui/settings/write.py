"""Add accounts to the settings file without changing its comments and its order."""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from tui.settings.errors import SettingsError
from tui.settings.paths import write_private
from tui.settings.sources import read_toml

TomlValue = str | bool | int | float | Sequence[str]
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def add_account(path: Path, name: str, values: Mapping[str, TomlValue]) -> None:
    """Append `[accounts.name]` with these values to the settings file.

    The file is created if necessary, mode 0600, and replaced as a whole: its content stays
    unchanged. The values are not validated here. They may contain the account's secret.

    Args:
        path: Settings file.
        name: Name of the new account.
        values: Values of the account by key.

    Raises:
        SettingsError: The name is in use, or the file cannot be written.
    """
    before = read_toml(path, must_exist=False)
    if name in before.get("accounts", {}):
        raise SettingsError([f"{path}: already has an account named {name}; choose another name"])
    text = _append_table(_read_text(path), f"accounts.{_format_key(name)}", values)
    # An inline table `accounts = {...}` cannot be extended by appending text.
    if not _has_only_added(text, before, name, values):
        raise SettingsError([f"{path}: has its accounts in one line; add {name} by hand"])
    try:
        write_private(path, text)
    except OSError as error:
        raise SettingsError([f"{path}: cannot be written ({error.strerror})"]) from None
    except UnicodeEncodeError:
        raise SettingsError([f"accounts.{name}: holds text that no file can hold"]) from None


def _append_table(text: str, header: str, values: Mapping[str, TomlValue]) -> str:
    """Return the text with one more table at its end."""
    lines = [
        f"[{header}]",
        *(f"{_format_key(key)} = {_format_value(item)}" for key, item in values.items()),
    ]
    head = text.rstrip("\n")
    return (f"{head}\n\n" if head else "") + "\n".join(lines) + "\n"


def _has_only_added(
    text: str, before: Mapping[str, object], name: str, values: Mapping[str, TomlValue]
) -> bool:
    """Return whether the new text adds the account and changes nothing else."""
    try:
        after = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    added = after["accounts"].pop(name)
    if not after["accounts"] and "accounts" not in before:
        del after["accounts"]
    # Compared as JSON because True == 1 in Python.
    return after == before and json.dumps(added) == json.dumps(dict(values))


def _read_text(path: Path) -> str:
    """Return the file's text, empty if there is none."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return ""


def _format_key(key: str) -> str:
    """Return a key, in quotes where TOML requires them."""
    return key if _BARE_KEY.fullmatch(key) else _format_string(key)


def _format_value(value: TomlValue) -> str:
    """Return a value as TOML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _format_string(value)
    if isinstance(value, int | float):
        return repr(value)
    return f"[{', '.join(map(_format_string, value))}]"


def _format_string(text: str) -> str:
    """Return a basic string: JSON's escapes are TOML's, except for DEL and surrogate pairs."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
