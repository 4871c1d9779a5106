"""Undo: the last actions of this agent, and the grace period of messages that were just submitted.

An agent can cancel a message until the end of its grace period, counted down on screen.
Messages that have not been sent when the agent quits may have no process left that sends them.
"""

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

_MAX_ENTRIES = 50

UndoAction = Callable[[], Awaitable[str]]
"""Undo an action and return the message that confirms it."""


@dataclass(frozen=True, slots=True)
class UndoEntry:
    """An action that can be undone."""

    description: str
    undo: UndoAction


class UndoStack:
    """The actions that can be undone, newest first."""

    def __init__(self) -> None:
        """Create an empty stack."""
        self._entries: deque[UndoEntry] = deque(maxlen=_MAX_ENTRIES)

    def push(self, description: str, undo: UndoAction) -> None:
        """Add an action.

        Args:
            description: What was done.
            undo: Undoes the action.
        """
        self._entries.append(UndoEntry(description, undo))

    def pop(self) -> UndoEntry | None:
        """Remove and return the newest action, or return None if there is none."""
        return self._entries.pop() if self._entries else None
