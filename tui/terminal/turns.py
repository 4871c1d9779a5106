"""One key after the other, however many come at once.

A slow connection brings keys in bursts. Textual hands every key of a burst to whatever has the
focus when the burst comes, so that of "r", "h", "i" the last two would be commands of the list in
place of the begin of a reply. Here the next key waits until the one before it has done its work.
"""

from collections import deque

from textual.events import Key, Paste
from textual.message import Message
from textual.screen import Screen

LOOK = 0.05
"""Seconds between two looks whether the work of a key is over while another one waits."""
_LOST = 1.0
"""Seconds after which a key's work is taken for done: its widget may be gone."""

Press = Key | Paste


class Done(Message):
    """Follows a key on its way through the widgets, and so arrives when its work is done."""

    def __init__(self, turn: int) -> None:
        """Says whose work is done: a key that led to another screen may be told done late."""
        self.turn = turn
        super().__init__()


class Turns:
    """The keys that wait."""

    def __init__(self) -> None:
        """Nothing has been pressed."""
        self._waiting: deque[Press] = deque()
        self._since: float | None = None
        self._screen: Screen[object] | None = None
        self.turn = 0
        """The number of the key at work, or of the last one that was."""

    @property
    def any_waits(self) -> bool:
        """Whether a key waits."""
        return bool(self._waiting)

    def mine(self, press: Press, screen: Screen[object] | None, now: float) -> bool:
        """Whether this one may go to the screen at once, `now` in seconds; else it waits."""
        if self._waiting or not self.over(screen, now):
            self._waiting.append(press)
            return False
        self._begin(screen, now)
        return True

    def over(self, screen: Screen[object] | None, now: float) -> bool:
        """Whether no key is at work: none was, it has led to another screen, or it is lost."""
        since = self._since
        return since is None or screen is not self._screen or now - since > _LOST

    def next(self, screen: Screen[object] | None, now: float) -> Press | None:
        """The work of one is done: the one whose turn it is, if any waits."""
        if not self._waiting:
            self._since = None
            return None
        self._begin(screen, now)
        return self._waiting.popleft()

    def _begin(self, screen: Screen[object] | None, now: float) -> None:
        """A key goes to this screen."""
        self._since, self._screen = now, screen
        self.turn += 1
