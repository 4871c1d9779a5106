"""Translate the command registry into Textual's key bindings."""

from collections.abc import Iterable

from textual.binding import Binding

from tui.command_types import Command, Scope
from tui.commands import PREFIX_KEY, get_first_keys
from tui.desk.key_names import format_key


def get_writing_keys(commands: Iterable[Command]) -> dict[str, str]:
    """Return the command's id for each key that does not type while an agent writes."""
    return {
        key: command.id
        for command in commands
        for key in command.keys
        if command.scope is Scope.COMPOSE
        or (command.id in _ALSO_WHILE_WRITING and _is_control_key(key))
    }


_ALSO_WHILE_WRITING = frozenset({"palette", "help", "accounts", "schedule", "redraw", "assist"})
"""Commands of other scopes that also work while an agent writes."""


_ALSO_OUTSIDE_COMPOSER = frozenset({"canned", "unsend"})
"""Commands of the composer that also work outside it: they begin a reply, or give one back."""


def _is_control_key(key: str) -> bool:
    """Return whether a key can never be part of a text."""
    return "ctrl+" in key or (key[:1] == "f" and key[1:].isdigit())


def get_reachable_keys(commands: Iterable[Command], *, is_writing: bool) -> dict[str, str]:
    """Return what to press for each command from where the agent is, by id; "" for no key.

    In the composer it is a key that does not type, else Esc comes before the first key.

    Args:
        commands: Commands of the registry.
        is_writing: Whether the composer has the focus.
    """
    first_keys = get_first_keys(commands)
    if not is_writing:
        return first_keys
    found = {one: f"Esc {key}" if key else "" for one, key in first_keys.items()}
    # Reversed, so that the first of several keys of a command is the one that stays.
    writing_keys = reversed(get_writing_keys(commands).items())
    return found | {command_id: format_key(key) for key, command_id in writing_keys}


def make_bindings(commands: Iterable[Command], scopes: Iterable[Scope]) -> list[Binding]:
    """Return a binding for each command of the scopes, and one for the prefix key.

    Args:
        commands: Commands of the registry.
        scopes: Scopes whose commands are bound.
    """
    wanted_scopes = set(scopes)
    found = [
        Binding(
            ",".join(keys),
            f"run('{command.id}')",
            command.title,
            show=False,
            tooltip=command.description,
        )
        for command in commands
        if (command.scope in wanted_scopes or command.id in _ALSO_OUTSIDE_COMPOSER)
        and (keys := [k for k in command.keys if " " not in k])
    ]
    return [*found, Binding(PREFIX_KEY, "prefix", "Go to …", show=False)]
