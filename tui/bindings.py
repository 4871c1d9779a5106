"""The registry as Textual's bindings."""

from collections.abc import Iterable

from textual.binding import Binding

from tui.commands import PREFIX, Command, Scope


def writing_keys(commands: Iterable[Command]) -> dict[str, str]:
    """The command's id for each key that does not type while an agent writes."""
    return {
        key: command.id
        for command in commands
        for key in command.keys
        if command.scope is Scope.WRITE or (command.id in _ALSO_WRITING and _types_nothing(key))
    }


_ALSO_WRITING = frozenset({"palette", "help", "accounts", "schedule"})
"""Commands of other places that act while an agent writes, too."""


_ALSO_READING = frozenset({"canned"})
"""Commands of the composer that act outside it, too: they begin a reply."""


def _types_nothing(key: str) -> bool:
    """Whether a key is none that a text could want."""
    return "ctrl+" in key or (key[:1] == "f" and key[1:].isdigit())


def bindings(commands: Iterable[Command], scopes: Iterable[Scope]) -> list[Binding]:
    """A binding for each command of these scopes, and one for the prefix key."""
    wanted = set(scopes)
    made = [
        Binding(
            ",".join(keys), f"run('{command.id}')", command.words, show=False, tooltip=command.hint
        )
        for command in commands
        if (command.scope in wanted or command.id in _ALSO_READING)
        and (keys := [k for k in command.keys if " " not in k])
    ]
    return [*made, Binding(PREFIX, "prefix", "Go to …", show=False)]
