"""Check remapped keys: an unknown command or an impossible key is reported, not ignored."""

import difflib
import string
import unicodedata
from collections.abc import Mapping
from functools import cache

_MODIFIERS = {"ctrl", "shift", "alt", "super", "hyper", "meta"}


def validate_command(name: str) -> str:
    """Return the id of an existing command; raise `ValueError` with a suggestion for others."""
    from tui.commands import COMMANDS

    ids = [command.id for command in COMMANDS]
    if name in ids:
        return name
    close = difflib.get_close_matches(name.lower(), ids, n=1)
    mean = f"did you mean {close[0]}?" if close else "smsdesk help keys lists their names"
    raise ValueError(f"is not a command; {mean}")


def validate_keys(keys: tuple[str, ...]) -> tuple[str, ...]:
    """Return existing keys; raise `ValueError` naming the first one that does not exist."""
    for key in keys:
        if not _is_key(key):
            raise ValueError(f'has no key "{key}"; write keys like "e", "ctrl+w", "f5", "g x"')
    return keys


def check_clashes(table: Mapping[str, tuple[str, ...]]) -> None:
    """Raise `ValueError` if one key would run two commands in one place.

    Args:
        table: Command id to its keys.
    """
    from tui.command_types import Scope
    from tui.commands import PREFIX_KEY, remap_keys

    taken = {(False, PREFIX_KEY): "the key that waits for a second one"}
    for command in remap_keys(table):
        for key in map(_normalize_key, command.keys):
            # The composer has its own keys: only commands of the same place can clash.
            place = (command.scope is Scope.COMPOSE, key)
            if place in taken:
                clash = f"{taken[place]} and {command.id}"
                raise ValueError(f'would make "{key}" both {clash}; give one of them another key')
            taken[place] = command.id


def split_keys(keys: str) -> tuple[str, ...]:
    """Return the keys of one command.

    Args:
        keys: Keys separated by commas.
    """
    return tuple(key.strip() for key in keys.split(",") if key.strip())


def _is_key(key: str) -> bool:
    """Return whether a terminal can send this key, or these two one after the other."""
    from tui.commands import PREFIX_KEY

    first, _, second = key.partition(" ")
    if second:
        return first == PREFIX_KEY and " " not in second and _is_key(second)
    *modifiers, name = key.split("+")
    return _MODIFIERS.issuperset(modifiers) and (name in _list_key_names() or _is_character(name))


def _is_character(name: str) -> bool:
    """Return whether a key is written as the one character that it types."""
    return len(name) == 1 and name.isprintable()


def _normalize_key(key: str) -> str:
    """Return a key by its name if it is written as a character: "/" as "slash"."""
    return " ".join(
        _find_key_name(part) if part in string.punctuation else part for part in key.split(" ")
    )


def _find_key_name(character: str) -> str:
    """Return Textual's name of the key that types a punctuation character."""
    from textual.keys import KEY_NAME_REPLACEMENTS

    name = unicodedata.name(character).lower().replace("-", "_").replace(" ", "_")
    return KEY_NAME_REPLACEMENTS.get(name, name)


@cache
def _list_key_names() -> frozenset[str]:
    """Return the names of all keys that have one."""
    from textual.keys import Keys

    return frozenset(
        {key.value for key in Keys} | {_find_key_name(sign) for sign in string.punctuation}
    )
