"""Which keys the last line offers, by what the agent is doing."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from tui.commands import Command, Scope, by_id, shown

Pair = tuple[str, str]
"""A key and its word."""

_LISTED = (Scope.LIST, Scope.THREAD, Scope.DESK)
_FOR_NOTE = ("new_line", "editor")
_FOR_MARKED = ("close", "snooze", "assign", "label", "star")
_FOR_TRIAGE = ("reply", "close", "snooze", "skip", "undo")


def while_writing(commands: Iterable[Command]) -> list[Pair]:
    """For the composer."""
    return [*_pairs(c for c in commands if c.scope is Scope.WRITE), ("Esc", "Back")]


def while_noting(commands: Iterable[Command]) -> list[Pair]:
    """For the composer while it holds a private note, which goes to nobody."""
    send, *others = _named(commands, ("send", *_FOR_NOTE))
    return [(send[0], "Save the note"), ("Tab", "Name a colleague"), *others, ("Esc", "Back")]


def while_filtering() -> list[Pair]:
    """For the field that narrows the list: letters are letters there."""
    return [("Enter", "Keep the filter"), ("Esc", "Show all")]


def while_looking(commands: Iterable[Command]) -> list[Pair]:
    """For the list and the conversation."""
    return _pairs(c for c in commands if c.bar and (c.scope in _LISTED or c.id == "triage"))


def while_marking(commands: Iterable[Command], marked: int) -> list[Pair]:
    """For conversations that are selected: how many, and what can be done to all."""
    return [(str(marked), "selected"), *_named(commands, _FOR_MARKED), ("Esc", "Clear")]


def while_triaging(commands: Iterable[Command]) -> list[Pair]:
    """For triage mode."""
    return [("1-9", "Canned"), *_named(commands, _FOR_TRIAGE), ("Esc", "End")]


def when_triaged(commands: Iterable[Command]) -> list[Pair]:
    """For the end of a round, where nobody is shown."""
    known = by_id(commands)
    again = replace(known["skip"], bar="Begin again")
    return [*_pairs((known["undo"], again)), ("Esc", "To the list")]


def _named(commands: Iterable[Command], ids: Sequence[str]) -> list[Pair]:
    """Commands by their ids."""
    known = by_id(commands)
    return _pairs(known[name] for name in ids)


def _pairs(commands: Iterable[Command]) -> list[Pair]:
    """The first key and the short word of each command."""
    return [(shown(c.keys[0]), c.bar or c.words) for c in commands if c.keys]
