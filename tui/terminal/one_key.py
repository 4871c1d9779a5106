"""Process one key at a time: each does all its work before the next one is handled.

A slow connection brings keys in bursts. Textual passes every key of a burst to the widget that
has the focus when the burst arrives, so that of "r", "h", "i" the last two would be commands of
the list instead of the start of a reply. Here the next key waits until the one before it has done
its work. Ctrl+C pressed twice in a row does not wait: it leaves the app from any place, at any
moment.
"""

from time import monotonic
from typing import Any

from textual import events, on
from textual.app import App
from textual.screen import Screen

from tui.domain.text import to_printable
from tui.terminal.turns import POLL_SECONDS, KeyDone, KeyQueue, Press


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
