"""Remapped keys: a command that is not there or a key that cannot work is told, not left dead."""

import difflib
import string
import unicodedata
from collections.abc import Mapping
from functools import cache

_MODIFIERS = {"ctrl", "shift", "alt", "super", "hyper", "meta"}


def known_command(name: str) -> str:
    """The id of a command that is there; raises `ValueError` with the likely one."""
    from tui.commands import COMMANDS

    ids = [command.id for command in COMMANDS]
    if name in ids:
        return name
    close = difflib.get_close_matches(name.lower(), ids, n=1)
    mean = f"did you mean {close[0]}?" if close else "the table of keys in the README names them"
    raise ValueError(f"is not a command; {mean}")


def pressable(keys: str) -> str:
    """Keys with commas between them that exist; raises `ValueError` naming the first other one."""
    for key in split_keys(keys):
        if not _is_key(key):
            raise ValueError(f'has no key "{key}"; write keys like "e", "ctrl+w", "f5", "g x"')
    return keys


def without_clash(table: Mapping[str, str]) -> None:
    """Raise `ValueError` where one key would stand for two commands in one place."""
    from tui.commands import PREFIX, Scope, remapped

    taken = {(False, PREFIX): "the key that waits for a second one"}
    for command in remapped({name: split_keys(keys) for name, keys in table.items()}):
        for key in map(_as_pressed, command.keys):
            place = (command.scope is Scope.WRITE, key)
            if place in taken:
                clash = f"{taken[place]} and {command.id}"
                raise ValueError(f'would make "{key}" both {clash}; give one of them another key')
            taken[place] = command.id


def split_keys(keys: str) -> tuple[str, ...]:
    """The keys of one command."""
    return tuple(key.strip() for key in keys.split(",") if key.strip())


def _is_key(key: str) -> bool:
    """Whether a terminal can send this key, or these two one after the other."""
    from tui.commands import PREFIX

    first, _, second = key.partition(" ")
    if second:
        return first == PREFIX and " " not in second and _is_key(second)
    *modifiers, name = key.split("+")
    return _MODIFIERS.issuperset(modifiers) and (name in _names() or _is_sign(name))


def _is_sign(name: str) -> bool:
    """Whether a key is written as the one sign that it types."""
    return len(name) == 1 and name.isprintable()


def _as_pressed(key: str) -> str:
    """A key by its name where it is written as its sign: "/" as "slash"."""
    return " ".join(_named(part) if part in string.punctuation else part for part in key.split(" "))


def _named(sign: str) -> str:
    """The name of the key that types a punctuation sign, as Textual calls it."""
    from textual.keys import KEY_NAME_REPLACEMENTS

    name = unicodedata.name(sign).lower().replace("-", "_").replace(" ", "_")
    return KEY_NAME_REPLACEMENTS.get(name, name)


@cache
def _names() -> frozenset[str]:
    """The names of all keys that have one."""
    from textual.keys import Keys

    return frozenset({key.value for key in Keys} | {_named(sign) for sign in string.punctuation})
