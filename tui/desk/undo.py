"""The last actions of this agent, and how to take each back."""

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

_KEPT = 50

Undoing = Callable[[], Awaitable[str]]
"""Takes the action back and returns the words that say so."""


@dataclass(frozen=True, slots=True)
class Done:
    """An action that can be taken back."""

    words: str
    undo: Undoing


class UndoStack:
    """Newest first."""

    def __init__(self) -> None:
        """Nothing done yet."""
        self._done: deque[Done] = deque(maxlen=_KEPT)

    def push(self, words: str, undo: Undoing) -> None:
        """Remember an action."""
        self._done.append(Done(words, undo))

    def pop(self) -> Done | None:
        """The newest action, which is then forgotten."""
        return self._done.pop() if self._done else None
