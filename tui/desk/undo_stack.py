"""Undo: the last actions of this agent, and when one of them may be undone without a question."""

from collections import deque
from collections.abc import Awaitable, Callable, Collection, Iterable
from typing import Protocol

from tui.clock import DAY, HOUR, MINUTE
from tui.commands import get_first_keys
from tui.desk.context import AppContext
from tui.desk.format import format_title
from tui.domain.conversation import State, View
from tui.domain.record_type import record
from tui.domain.text import one_line
from tui.domain.views import is_in_view
from tui.store.store import Store

_MAX_ENTRIES = 50
UNDO_HINTS = (" · z undoes", " cancels")
"""What a confirmation contains while it says how to undo the last action."""

UndoAction = Callable[[], Awaitable[str]]
"""Undo an action and return the message that confirms it."""


UndoQuestion = str | Callable[[], Awaitable[str]]
"""What undo would do, or a function that finds it out at the time of the question."""
FindUndoProblem = Callable[[], Awaitable[str]]
"""Return why an action cannot be undone any more, or "" if it can."""


class RememberUndo(Protocol):
    """Remember how to undo an action; return the message with the key that undoes it."""

    def __call__(
        self,
        message: str,
        undo: UndoAction,
        scope: str = "",
        *,
        about: Iterable[int] = (),
        question: UndoQuestion = "",
        find_problem: FindUndoProblem | None = None,
    ) -> str:
        """Remember an action.

        Args:
            message: Message that confirms the action.
            undo: Undoes the action.
            scope: Dialog that can undo the action by itself; empty for none.
            about: Ids of the conversations that the action has changed.
            question: What undo would do, as `UndoEntry.question`.
            find_problem: Finds out whether it is too late; None if it never is.
        """


@record(eq=False)
class UndoEntry:
    """An action that can be undone."""

    description: str
    undo: UndoAction
    at: int
    """When it was done, ms UTC."""
    scope: str = ""
    """Dialog that can undo the action by itself; empty for none."""
    about: frozenset[int] = frozenset()
    """Ids of the conversations that it has changed."""
    question: UndoQuestion = ""
    """What undo would do, up to the time of the action: "reopens {target}, closed".

    Empty quotes the description instead.
    """
    find_problem: FindUndoProblem | None = None
    """Finds out whether it is too late to undo it; None if it never is."""

    async def is_too_late(self) -> bool:
        """Return whether undo would change nothing any more, so that there is nothing to ask."""
        return self.find_problem is not None and bool(await self.find_problem())


class UndoStack:
    """The actions that can be undone, newest first."""

    def __init__(self) -> None:
        """Create an empty stack."""
        self._entries: deque[UndoEntry] = deque(maxlen=_MAX_ENTRIES)

    @property
    def newest(self) -> UndoEntry | None:
        """Return the newest action of all, or None if there is none."""
        return self._entries[-1] if self._entries else None

    def push(self, entry: UndoEntry) -> None:
        """Add an action."""
        self._entries.append(entry)

    def pop(self, scope: str = "") -> UndoEntry | None:
        """Remove and return the newest action, or return None if there is none.

        Args:
            scope: Dialog whose actions count; empty for all actions.
        """
        for entry in reversed(self._entries):
            if not scope or entry.scope == scope:
                self._entries.remove(entry)
                return entry
        return None


class UndoGuard:
    """Allow undo at once for what the agent sees, and after a question for anything else.

    An agent sees the conversation that is shown, and the confirmation of an action until they do
    something else: closing a conversation in triage shows the next one, and undo still means the
    one that was closed.
    """

    def __init__(self) -> None:
        """Create a guard that has seen no action."""
        self._announced: tuple[UndoEntry, int] | None = None
        self._asked: tuple[UndoEntry, int] | None = None

    def record_action(self, entry: UndoEntry | None, shown_id: int) -> None:
        """Record what the agent sees together with the confirmation of an action.

        Args:
            entry: The action; None if it cannot be undone.
            shown_id: Id of the conversation that is shown now; 0 for none.
        """
        self._announced = (entry, shown_id) if entry is not None else None

    def record_question(self, entry: UndoEntry, shown_id: int) -> None:
        """Record that the agent was asked whether to undo an action.

        Args:
            entry: The action.
            shown_id: Id of the conversation that is shown; 0 for none.
        """
        self._asked = (entry, shown_id)

    def drop_question(self) -> None:
        """Forget the question, because the agent has done something else."""
        self._asked = None

    def is_in_sight(self, entry: UndoEntry, shown_id: int, *, is_offered: bool) -> bool:
        """Return whether the agent sees what undo would change.

        Args:
            entry: The action that would be undone.
            shown_id: Id of the conversation that is shown; 0 for none.
            is_offered: Whether the screen still says how to undo the last action.
        """
        seen = (entry, shown_id)
        return entry.about == {shown_id} or (is_offered and self._announced == seen)

    def is_confirmed(self, entry: UndoEntry, shown_id: int) -> bool:
        """Return whether the agent was asked about this action, on this screen.

        Args:
            entry: The action that would be undone.
            shown_id: Id of the conversation that is shown; 0 for none.
        """
        return self._asked == (entry, shown_id)


def format_undone(what: str, restored: int, left: int) -> str:
    """Return what undo did: "Undone: closed Ana", and whether something stays as it is now.

    Args:
        what: What was undone.
        restored: Number of conversations that were restored, as `Triage.undo_changes` returns it.
        left: Number of conversations in which something was changed again since.
    """
    if left and not restored:
        return f"Not undone: {what} · {_STAYS}"
    return format_rest_undone(f"Undone: {what}", restored, left)


def format_rest_undone(done: str, restored: int, left: int) -> str:
    """Return what was undone besides a text that is taken back.

    Args:
        done: What undo has done if nothing was changed again since.
        restored: Number of conversations that were restored, as `Triage.undo_changes` returns it.
        left: Number of conversations in which something was changed again since.
    """
    if not left:
        return done
    return f"{done} · what was changed again since stays" if restored else _STAYS


_STAYS = "it was changed again since, and stays as it is now"


async def format_undo_question(store: Store, entry: UndoEntry, now: int) -> str:
    """Return what undo would do: "reopens Ana Kowalska, closed 2 min ago".

    Args:
        store: Store with the names.
        entry: The action that would be undone.
        now: Current time (ms UTC).
    """
    target = await _format_target(store, entry.about)
    ago = _format_ago(now - entry.at)
    question = entry.question if isinstance(entry.question, str) else await entry.question()
    if question:
        return f"{question.replace('{target}', target)} {ago}"
    about = f" for {target}" if target and target not in entry.description else ""
    return f'undoes "{entry.description}"{about}, {ago}'


async def name_unseen(
    store: Store, entry: UndoEntry, text: str, context: AppContext, view: View | None
) -> str:
    """Return the answer of undo with the customer whom it is about, and the key that leads there.

    Args:
        store: Store with the conversations.
        entry: The action that was undone, about a conversation that is not shown.
        text: Answer of undo.
        context: Agent and commands.
        view: List on the screen; None if there is none.
    """
    ids = [*entry.about]
    conversation = await store.conversations.get(ids[0]) if len(ids) == 1 else None
    if conversation is None:
        return text
    name, (first, *more) = await _format_target(store, ids), text.split(" · ")
    answer = [first if name in text else f"{first} for {name}", *more]
    draft = await store.drafts.get_draft(conversation.id, context.agent)
    command_id, label = _LISTS[conversation.state]
    if draft is not None and draft.has_content:
        command_id, label = "show_drafts", "drafts"
        is_listed = view is not None and bool(view.drafts_of)
    else:
        is_listed = view is not None and not view.drafts_of and is_in_view(conversation, view)
    if not is_listed:
        answer.append(f"{get_first_keys(context.commands)[command_id]} lists {label}")
    return " · ".join(answer)


_LISTS = {
    State.OPEN: ("show_open", "open"),
    State.SNOOZED: ("show_snoozed", "snoozed"),
    State.CLOSED: ("show_closed", "closed"),
}
"""Command that lists the conversations in a state, and what it lists."""


async def _format_target(store: Store, ids: Collection[int]) -> str:
    """Return the title of one conversation, or how many there are; "" for none."""
    found = [await store.conversations.get(identity) for identity in ids] if len(ids) == 1 else []
    if found and found[0] is not None:
        return one_line(format_title(found[0]), 40)
    return f"{len(ids)} conversations" if len(ids) > 1 else ""


def _format_ago(passed: int) -> str:
    """Return how long ago something was done: "just now", "2 min ago"."""
    if passed < MINUTE:
        return "just now"
    if passed < HOUR:
        return f"{passed // MINUTE} min ago"
    if passed < DAY:
        return f"{passed // HOUR} h ago"
    return "1 day ago" if passed < 2 * DAY else f"{passed // DAY} days ago"
