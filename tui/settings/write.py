"""Accounts written into the settings file, its comments and its order left alone."""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from tui.settings.errors import SettingsError
from tui.settings.files import write_private
from tui.settings.sources import read_toml

Value = str | bool | int | float | Sequence[str]
_BARE = re.compile(r"[A-Za-z0-9_-]+")


def add_account(path: Path, name: str, values: Mapping[str, Value]) -> None:
    """Append `[accounts.name]` with these values; raises `SettingsError`.

    The file is made if need be, mode 0600, and replaced whole: what was in it stays as it was. The
    values are not validated here. They may hold the account's secret.
    """
    before = read_toml(path, must_exist=False)
    if name in before.get("accounts", {}):
        raise SettingsError([f"{path}: already has an account named {name}; choose another name"])
    text = _with_table(_text(path), f"accounts.{_key(name)}", values)
    if not _reads_as(text, before, name, values):
        raise SettingsError([f"{path}: has its accounts in one line; add {name} by hand"])
    try:
        write_private(path, text)
    except OSError as error:
        raise SettingsError([f"{path}: cannot be written ({error.strerror})"]) from None
    except UnicodeEncodeError:
        raise SettingsError([f"accounts.{name}: holds text that no file can hold"]) from None


def _with_table(text: str, header: str, values: Mapping[str, Value]) -> str:
    """The text with one more table at its end."""
    lines = [f"[{header}]", *(f"{_key(key)} = {_value(item)}" for key, item in values.items())]
    head = text.rstrip("\n")
    return (f"{head}\n\n" if head else "") + "\n".join(lines) + "\n"


def _reads_as(
    text: str, before: Mapping[str, object], name: str, values: Mapping[str, Value]
) -> bool:
    """Whether the text says what the file said before, and the account, and nothing else."""
    try:
        after = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    added = after["accounts"].pop(name)
    if not after["accounts"] and "accounts" not in before:
        del after["accounts"]
    return after == before and json.dumps(added) == json.dumps(dict(values))


def _text(path: Path) -> str:
    """The file's text, empty when there is none."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return ""


def _key(key: str) -> str:
    """A key, in quotes where TOML wants them."""
    return key if _BARE.fullmatch(key) else _string(key)


def _value(value: Value) -> str:
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, int | float):
        return repr(value)
    return f"[{', '.join(map(_string, value))}]"


def _string(text: str) -> str:
    """A basic string: JSON's escapes are TOML's, but for DEL and for pairs of surrogates."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
