"""Choose the keys that the last line of the screen shows.

For a failed message, also format the key that does the next best step.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from tui.command_types import Command, Scope
from tui.commands import index_by_id
from tui.desk.context import AppContext
from tui.desk.key_names import format_key
from tui.domain.failure_advice import recommend_step
from tui.domain.message import Message
from tui.domain.record_type import record

KeyHint = tuple[str, str]
"""A key and its label."""

_NOTE_COMMANDS = ("new_line", "editor")
_SELECTION_COMMANDS = ("close", "snooze", "assign", "label", "star")
_READING_COMMANDS = ("reply", "close", "snooze", "assign", "note", "undo", "help")
_FAILED_COMMANDS = (("retry", "Send again"), ("resolve", "Resolve"))
_TRIAGE_COMMANDS = ("reply", "close", "snooze", "skip", "undo")


def get_compose_hints(commands: Iterable[Command]) -> list[KeyHint]:
    """Return the hints for the composer."""
    return [*_make_hints(c for c in commands if c.scope is Scope.COMPOSE), ("Esc", "Back")]


def get_note_hints(commands: Iterable[Command]) -> list[KeyHint]:
    """Return the hints for the composer while it holds a private note, which is never sent."""
    send, *others = _make_hints_by_id(commands, ("send", *_NOTE_COMMANDS))
    return [(send[0], "Save the note"), ("Tab", "Name a colleague"), *others, ("Esc", "Back")]


def get_suggestion_hints() -> list[KeyHint]:
    """Return the hints for a suggestion in the place of the composer."""
    return [("Enter", "Keep it"), ("Esc", "Discard it")]


def get_filter_hints(*, finds_people: bool = False) -> list[KeyHint]:
    """Return the hints for the filter field, where typed characters are text and not commands.

    Args:
        finds_people: Whether only people who never wrote match.
    """
    return [("Enter", "Write to them" if finds_people else "Keep the filter"), ("Esc", "Show all")]


def get_browsing_hints(commands: Iterable[Command]) -> list[KeyHint]:
    """Return the hints for the list: first how to open and how to answer, last the help."""
    return [
        *_make_hints_by_id(commands, ("open", "reply")),
        *_make_hints(
            c
            for c in commands
            if c.bar_label and c.scope is not Scope.COMPOSE and c.id not in ("skip", "reply")
        ),
    ]


def get_reading_hints(commands: Iterable[Command]) -> list[KeyHint]:
    """Return the hints for a conversation: first how to answer and close it, last the way back."""
    return [*_make_hints_by_id(commands, _READING_COMMANDS), ("Esc", "Back")]


def get_selection_hints(commands: Iterable[Command], selected: int) -> list[KeyHint]:
    """Return the hints for selected conversations.

    Args:
        commands: The registry with the agent's own keys.
        selected: Number of selected conversations.
    """
    reply = replace(index_by_id(commands)["reply"], bar_label="Write")
    return [
        (str(selected), "selected"),
        *_make_hints([reply]),
        *_make_hints_by_id(commands, _SELECTION_COMMANDS),
        ("Esc", "Clear"),
    ]


def get_failure_hints(commands: Iterable[Command]) -> list[KeyHint]:
    """Return the hints for failed messages, which come first where they are listed."""
    known = index_by_id(commands)
    return _make_hints(replace(known[name], bar_label=label) for name, label in _FAILED_COMMANDS)


def get_triage_hints(commands: Iterable[Command]) -> list[KeyHint]:
    """Return the hints for triage mode."""
    return [("1-9", "Canned"), *_make_hints_by_id(commands, _TRIAGE_COMMANDS), ("Esc", "End")]


def get_triage_end_hints(commands: Iterable[Command]) -> list[KeyHint]:
    """Return the hints for the end of a triage round, where no conversation is shown."""
    known = index_by_id(commands)
    restart = replace(known["skip"], bar_label="Start again")
    return [*_make_hints((known["undo"], restart)), ("Esc", "To the list")]


@record
class HintState:
    """What decides which keys matter on the main screen."""

    is_writing: bool = False
    """Whether the composer has the focus."""
    is_note: bool = False
    """Whether the composer holds a private note."""
    is_suggested: bool = False
    """Whether a suggestion stands in the place of the composer."""
    is_filtering: bool = False
    """Whether the filter has the focus."""
    finds_people: bool = False
    """Whether only people who never wrote match the filter."""
    is_triage: bool = False
    is_open: bool = False
    """Whether a conversation is shown."""
    is_reading: bool = False
    """Whether a conversation was opened from the list."""
    is_failed: bool = False
    """Whether the failures are listed; in a conversation, whether it is one of them."""
    selected: int = 0
    """Number of selected conversations."""


def choose_hints(commands: Iterable[Command], state: HintState) -> list[KeyHint]:
    """Return the keys that matter in a state of the main screen.

    Args:
        commands: The registry with the agent's own keys.
        state: What the agent is doing.
    """
    if state.is_writing:
        return get_note_hints(commands) if state.is_note else get_compose_hints(commands)
    if state.is_suggested:
        return get_suggestion_hints()
    if state.is_filtering:
        return get_filter_hints(finds_people=state.finds_people)
    if state.is_triage:
        return get_triage_hints(commands) if state.is_open else get_triage_end_hints(commands)
    failures = get_failure_hints(commands) if state.is_failed else []
    if state.selected:
        count, *others = get_selection_hints(commands, state.selected)
        return [count, *failures, *others]
    hints = get_reading_hints(commands) if state.is_reading else get_browsing_hints(commands)
    return [*failures, *hints]


class Place(NamedTuple):
    """Where the agent is, for the help and the list of all commands."""

    name: str
    """Phrase for a title: "in the list"."""
    scopes: tuple[Scope, ...]
    """What the commands that matter there are about, the nearest first."""
    must_leave: bool = False
    """Whether a character key types there, so that Esc comes before the other commands."""


_ABOUT_CONVERSATION = (Scope.CONVERSATION, Scope.MESSAGES, Scope.FAILED, Scope.CUSTOMER)


def find_place(state: HintState) -> Place:
    """Return where the agent is in a state of the main screen.

    Args:
        state: What the agent is doing.
    """
    if state.is_writing:
        name = "writing a private note" if state.is_note else "writing a message"
        return Place(name, (Scope.COMPOSE,), must_leave=True)
    if state.is_suggested:
        return Place("at a suggestion", (), must_leave=True)
    if state.is_filtering:
        return Place("in the filter of the list", (), must_leave=True)
    if state.is_triage:
        return Place("in triage", (Scope.TRIAGE, *_ABOUT_CONVERSATION))
    if state.is_reading:
        return Place("in a conversation", _ABOUT_CONVERSATION)
    return Place("in the list", (Scope.CONVERSATIONS, Scope.CONVERSATION, Scope.TRIAGE))


def sort_commands(commands: Iterable[Command], place: Place) -> list[Command]:
    """Return the commands with those first that matter where the agent is.

    Args:
        commands: The registry with the agent's own keys.
        place: Where the agent is.
    """
    order = (*place.scopes, *(scope for scope in Scope if scope not in place.scopes))
    return sorted(commands, key=lambda command: order.index(command.scope))


def _make_hints_by_id(commands: Iterable[Command], ids: Sequence[str]) -> list[KeyHint]:
    """Return the hints of the commands with these ids."""
    known = index_by_id(commands)
    return _make_hints(known[name] for name in ids)


def _make_hints(commands: Iterable[Command]) -> list[KeyHint]:
    """Return the first key and the short label of each command that has a key."""
    return [(format_key(c.keys[0]), c.bar_label or c.title) for c in commands if c.keys]


def format_failure_hint(context: AppContext, message: Message) -> str:
    """Return the next best step for a failed message, with the agent's own key for it.

    Args:
        context: Settings and helpers shared by the screens.
        message: Any message.

    Returns:
        A hint like "R sends it again now"; "" if there is nothing to do.
    """
    advice = recommend_step(message, several_accounts=context.has_several_accounts)
    if advice is None:
        return ""
    keys = next((command.keys for command in context.commands if command.id == advice.command), ())
    return f"{format_key(keys[0])} {advice.text}" if keys else advice.text
