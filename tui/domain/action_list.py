"""Describe what is done to a conversation in one go, by a macro or a rule.

As text an action is one line: "label billing", "assign @sales", "snooze 2h", "close". Several
stand on lines of their own, or in one line with semicolons between them.
"""

import difflib
from collections.abc import Iterable, Sequence
from datetime import tzinfo
from enum import StrEnum

from tui.domain.conversation import State
from tui.domain.date_input import InvalidMomentError, parse_moment
from tui.domain.record_type import record
from tui.domain.text import one_line

ROUND_ROBIN = "next of "
"""Before the name of a team: its members take turns."""
_MAX_ACTIONS = 20
_MAX_VALUE_LENGTH = 500


class ActionKind(StrEnum):
    """What an action does; the value is the first word of its text."""

    LABEL = "label"
    UNLABEL = "unlabel"
    ASSIGN = "assign"
    UNASSIGN = "unassign"
    STAR = "star"
    UNSTAR = "unstar"
    CLOSE = "close"
    REOPEN = "reopen"
    SNOOZE = "snooze"
    NOTE = "note"
    ANSWER = "answer"
    NOTIFY = "notify"
    HOOK = "hook"


CHANGING_KINDS = frozenset(ActionKind) - {ActionKind.ANSWER, ActionKind.NOTIFY, ActionKind.HOOK}
"""Actions that only change the conversation; a macro has no others, as its text is the answer."""
_EXAMPLES = {
    ActionKind.LABEL: "label billing",
    ActionKind.UNLABEL: "unlabel billing",
    ActionKind.ASSIGN: "assign mia, assign @sales or assign next of @sales",
    ActionKind.SNOOZE: "snooze 2h, snooze fri 9 or snooze until reply",
    ActionKind.NOTE: "note Asked for the invoice",
    ActionKind.ANSWER: "answer out_of_office",
    ActionKind.NOTIFY: "notify mia or notify @sales",
    ActionKind.HOOK: "hook ticket",
}
"""How each action with a value is written."""
_STATE_KINDS = frozenset({ActionKind.CLOSE, ActionKind.REOPEN, ActionKind.SNOOZE})


class InvalidActionError(ValueError):
    """An action that cannot be used; the message says why and how to write it, on one line."""


@record
class Action:
    """One thing that is done to a conversation."""

    kind: ActionKind
    value: str = ""
    """What follows the first word: a label, an agent, a time as typed; empty for none."""

    def __str__(self) -> str:
        """Return the action as it is written."""
        return f"{self.kind} {self.value}".rstrip()


@record
class ConversationChange:
    """What the actions of one list change in a conversation, for one moment."""

    labels: tuple[tuple[str, bool], ...] = ()
    """Labels with True to add and False to remove."""
    assignee: str | None = None
    """Agent, or @ and a team; empty to unassign; None leaves it."""
    starred: bool | None = None
    state: State | None = None
    snoozed_until: int | None = None
    """End of a snooze (ms UTC); None until the customer writes."""
    notes: tuple[str, ...] = ()


def parse_actions(
    text: str, now: int, zone: tzinfo | None, *, allowed: Iterable[ActionKind] = ActionKind
) -> tuple[Action, ...]:
    """Return the actions of a text, one on each line or between semicolons.

    Args:
        text: Text as typed or stored. A note contains no semicolon.
        now: Current time (ms UTC): a snooze has to be valid now.
        zone: Zone of the agent; None for that of the system.
        allowed: Actions that are possible here.

    Raises:
        InvalidActionError: An action is unknown, has no value or one too many, or contradicts
            another one.
    """
    lines = (line.strip() for line in text.replace(";", "\n").splitlines())
    actions = tuple(_parse_action(line, now, zone, tuple(allowed)) for line in lines if line)
    if len(actions) > _MAX_ACTIONS:
        raise InvalidActionError(f"{len(actions)} actions: {_MAX_ACTIONS} are allowed")
    states = [action for action in actions if action.kind in _STATE_KINDS]
    if len(states) > 1:
        raise InvalidActionError(f'"{states[0]}" and "{states[1]}" contradict each other: keep one')
    return actions


def format_actions(actions: Sequence[Action]) -> str:
    """Return actions as text, one on each line, as `parse_actions` reads it."""
    return "\n".join(str(action) for action in actions)


def plan_change(actions: Iterable[Action], now: int, zone: tzinfo | None) -> ConversationChange:
    """Return what actions change in a conversation; answers, notices and hooks are left out.

    Args:
        actions: Actions in their order; the last one about the same thing holds.
        now: Time of the change (ms UTC), from which a snooze counts.
        zone: Zone in which a snooze is read; None for that of the system.

    Raises:
        InvalidActionError: The end of a snooze has passed, such as that of a date.
    """
    labels: dict[str, bool] = {}
    assignee: str | None = None
    starred: bool | None = None
    state: State | None = None
    snoozed_until: int | None = None
    notes: list[str] = []
    for action in actions:
        match action.kind:
            case ActionKind.LABEL | ActionKind.UNLABEL:
                labels[action.value] = action.kind is ActionKind.LABEL
            case ActionKind.ASSIGN:
                assignee = action.value
            case ActionKind.UNASSIGN:
                assignee = ""
            case ActionKind.STAR | ActionKind.UNSTAR:
                starred = action.kind is ActionKind.STAR
            case ActionKind.CLOSE | ActionKind.REOPEN:
                state = State.CLOSED if action.kind is ActionKind.CLOSE else State.OPEN
            case ActionKind.SNOOZE:
                state, snoozed_until = State.SNOOZED, _read_snooze(action, now, zone)
            case ActionKind.NOTE:
                notes.append(action.value)
            case _:
                pass
    return ConversationChange(
        tuple(labels.items()), assignee, starred, state, snoozed_until, tuple(notes)
    )


def _parse_action(
    line: str, now: int, zone: tzinfo | None, allowed: Sequence[ActionKind]
) -> Action:
    """Return the action of one line."""
    word, _, rest = line.partition(" ")
    value = " ".join(rest.split())
    kind = next((kind for kind in allowed if kind == word.casefold()), None)
    if kind is None:
        near = difflib.get_close_matches(word.casefold(), allowed, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(allowed)}"
        raise InvalidActionError(f'"{one_line(word, 20)}" is no action here: {hint}')
    example = _EXAMPLES.get(kind, "")
    if bool(value) != bool(example):
        how = f"write {example}" if example else f"{kind} stands alone"
        raise InvalidActionError(f'"{one_line(line, 40)}": {how}')
    if len(value) > _MAX_VALUE_LENGTH:
        raise InvalidActionError(f"{kind}: {len(value)} characters, at most {_MAX_VALUE_LENGTH}")
    action = Action(kind, value)
    if kind is ActionKind.SNOOZE:
        _read_snooze(action, now, zone)
    return action


def _read_snooze(action: Action, now: int, zone: tzinfo | None) -> int | None:
    """Return the end of a snooze (ms UTC), or None for the customer's next text."""
    try:
        return parse_moment(action.value, now, zone)
    except InvalidMomentError as error:
        raise InvalidActionError(f'"{action}": {error}') from None
