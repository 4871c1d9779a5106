"""Process one key at a time: each does all its work before the next one is handled.

A slow connection brings keys in bursts. Textual passes every key of a burst to the widget that
has the focus when the burst arrives, so that of "r", "h", "i" the last two would be commands of
the list instead of the start of a reply. Here the next key waits until the one before it has done
its work. Ctrl+C pressed twice in a row does not wait: it leaves the app from any place, at any
moment.
"""

from collections import deque
from time import monotonic
from typing import Any

from textual import events, on
from textual.app import App
from textual.events import Key, Paste
from textual.message import Message
from textual.screen import Screen

from tui.domain.text import to_printable

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


class OneKeyAtATime(App[int]):
    """Stand between the terminal's keys and the screens."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Create the app with an empty queue of keys."""
        super().__init__(*args, **kwargs)
        self._key_queue = KeyQueue()

    # Hooks for the app ----------------------------------------------------------------------

    def handle_urgent_key(self, press: Press, now: float) -> bool:
        """Act on a key that must not wait; return whether it was used up.

        Args:
            press: Key or paste from the terminal.
            now: Current time in seconds of a steady clock.
        """
        return False

    def discard_key(self, press: Press, now: float) -> bool:
        """Discard a key whose turn it is; return whether it was discarded.

        Args:
            press: Key or paste whose turn it is.
            now: Current time in seconds of a steady clock.
        """
        return False

    # The queue ------------------------------------------------------------------------------

    @property
    def is_busy_with_keys(self) -> bool:
        """Return whether a key is being processed or waits for its turn."""
        return self._key_queue.has_waiting or not self._key_queue.is_idle(
            self._top_screen, monotonic()
        )

    @property
    def _top_screen(self) -> Screen[object] | None:
        """Return the screen that receives keys; None once the app removes its screens."""
        stack = self.screen_stack
        return stack[-1] if stack else None

    async def on_event(self, event: events.Event) -> None:
        """Make pasted text safe, and put keys and pastes from outside into the queue."""
        # Here, as pasted text can reach any widget and comes from outside.
        if isinstance(event, events.Paste):
            event.text = to_printable(event.text)
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            await self._receive_key(event, monotonic())
        else:
            await super().on_event(event)

    async def _receive_key(self, press: Press, now: float) -> None:
        """Pass on a key from outside at once, or let it wait for its turn."""
        if self._top_screen is None or self.handle_urgent_key(press, now):
            return
        if self._key_queue.begin_or_queue(press, self._top_screen, now):
            await self._process_key(press)
        else:
            self.set_timer(POLL_SECONDS, self._poll_queue)

    async def _process_key(self, press: Press) -> None:
        """Pass a key to the focused widget, followed by a marker of the end of its work."""
        target, turn = self.focused or self.screen, self._key_queue.turn
        if not self.discard_key(press, monotonic()):
            await super().on_event(press)
        # A widget that is being removed accepts no messages: then the app gets the marker.
        if not target.post_message(KeyDone(turn)):
            self.post_message(KeyDone(turn))

    @on(KeyDone)
    def _finish_key(self, event: KeyDone) -> None:
        """Continue after a key's work, once a move of the focus that it caused has been done."""
        self.call_later(self._finish_turn, event.turn)

    async def _finish_turn(self, turn: int) -> None:
        """Pass on the next key, unless that has happened already."""
        if turn == self._key_queue.turn:
            await self._process_next_key()

    async def _poll_queue(self) -> None:
        """Pass on a waiting key if the marker of the one before it was lost with its widget."""
        if self._key_queue.is_idle(self._top_screen, monotonic()):
            await self._process_next_key()
        elif self._key_queue.has_waiting:
            self.set_timer(POLL_SECONDS, self._poll_queue)

    async def _process_next_key(self) -> None:
        """Pass on the key whose turn it is."""
        screen = self._top_screen
        press = self._key_queue.take_next(screen, monotonic())
        if press is not None and screen is not None:
            await self._process_key(press)


_INTERRUPT_KEY = "ctrl+c"
_INTERRUPT_SECONDS = 1.5
"""Seconds within which the second Ctrl+C has to follow."""


class DoubleInterrupt:
    """Recognise Ctrl+C pressed twice in a row."""

    def __init__(self) -> None:
        """Create a counter that has seen no Ctrl+C."""
        self._pressed_at: float | None = None

    def record_key(self, key: str, now: float) -> bool:
        """Record a key; return whether it is the second Ctrl+C in a row.

        Args:
            key: Name of the key.
            now: Current time in seconds of a steady clock.
        """
        again = (
            key == _INTERRUPT_KEY
            and self._pressed_at is not None
            and now - self._pressed_at <= _INTERRUPT_SECONDS
        )
        self._pressed_at = now if key == _INTERRUPT_KEY else None
        return again
