"""One key after the other, however many come at once.

A slow connection brings keys in bursts. Textual hands every key of a burst to whatever has the
focus when the burst comes, so that of "r", "h", "i" the last two would be commands of the list in
place of the begin of a reply. Here the next key waits until the one before it has done its work.
"""

from collections import deque

from textual.events import Key, Paste
from textual.message import Message
from textual.screen import Screen

POLL_SECONDS = 0.05
"""Seconds between two checks whether a key's work is over while another one waits."""
_LOST_SECONDS = 1.0
"""Seconds after which a key's work counts as done, as its widget may be gone."""

Press = Key | Paste


class KeyDone(Message):
    """Follows a key through the widgets, and so arrives when the key's work is done."""

    def __init__(self, turn: int) -> None:
        """Create the marker of one turn.

        Args:
            turn: Number of the key; a key that opened another screen may be reported late.
        """
        self.turn = turn
        super().__init__()


class KeyQueue:
    """The keys that wait for their turn."""

    def __init__(self) -> None:
        """Create an empty queue."""
        self._waiting: deque[Press] = deque()
        self._since: float | None = None
        self._screen: Screen[object] | None = None
        self.turn = 0
        """Number of the key being processed, or of the last one that was."""

    @property
    def has_waiting(self) -> bool:
        """Return whether a key waits."""
        return bool(self._waiting)

    def begin_or_queue(self, press: Press, screen: Screen[object] | None, now: float) -> bool:
        """Begin the turn of a key if none is before it, else queue it; return whether it began.

        Args:
            press: Key or paste from the terminal.
            screen: Screen that receives keys.
            now: Current time in seconds of a steady clock.
        """
        if self._waiting or not self.is_idle(screen, now):
            self._waiting.append(press)
            return False
        self._begin_turn(screen, now)
        return True

    def is_idle(self, screen: Screen[object] | None, now: float) -> bool:
        """Return whether no key is being processed.

        A key that has led to another screen or has taken too long does not count.

        Args:
            screen: Screen that receives keys.
            now: Current time in seconds of a steady clock.
        """
        since = self._since
        return since is None or screen is not self._screen or now - since > _LOST_SECONDS

    def take_next(self, screen: Screen[object] | None, now: float) -> Press | None:
        """Begin the turn of the next key and return it; None if none waits.

        Args:
            screen: Screen that receives keys.
            now: Current time in seconds of a steady clock.
        """
        if not self._waiting:
            self._since = None
            return None
        self._begin_turn(screen, now)
        return self._waiting.popleft()

    def _begin_turn(self, screen: Screen[object] | None, now: float) -> None:
        """Record that a key goes to this screen."""
        self._since, self._screen = now, screen
        self.turn += 1
