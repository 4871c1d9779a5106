"""An app that takes one key after the other, and lets each do its whole work first."""

from time import monotonic
from typing import Any

from textual import events, on
from textual.app import App
from textual.screen import Screen

from tui.domain.text import printable
from tui.terminal.turns import LOOK, Done, Press, Turns


class OneKeyAtATime(App[int]):
    """Stands between the terminal's keys and the screens."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """No key has been pressed."""
        super().__init__(*args, **kwargs)
        self._turns = Turns()

    # What an app may say --------------------------------------------------------------------

    def keeps_back(self, press: Press, now: float) -> bool:
        """Whether a key acts at once, whatever else waits, and goes to no screen."""
        return False

    def passes_over(self, press: Press, now: float) -> bool:
        """Whether a key whose turn it is does nothing."""
        return False

    # Turn by turn ---------------------------------------------------------------------------

    @property
    def busy_with_keys(self) -> bool:
        """Whether a key that was pressed is at work, or waits for one that is."""
        return self._turns.any_waits or not self._turns.over(self._top, monotonic())

    @property
    def _top(self) -> Screen[object] | None:
        """The screen that keys go to; None once the app takes its screens away."""
        stack = self.screen_stack
        return stack[-1] if stack else None

    async def on_event(self, event: events.Event) -> None:
        """What is pasted is outside text wherever it goes: it becomes harmless at the door."""
        if isinstance(event, events.Paste):
            event.text = printable(event.text)
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            await self._press(event, monotonic())
        else:
            await super().on_event(event)

    async def _press(self, press: Press, now: float) -> None:
        """A key from outside: it has its turn, at once if none is before it."""
        if self._top is None or self.keeps_back(press, now):
            return
        if self._turns.mine(press, self._top, now):
            await self._hand_over(press)
        else:
            self.set_timer(LOOK, self._look_for_turn)

    async def _hand_over(self, press: Press) -> None:
        """Give a key to whom it concerns, and have it followed."""
        target, turn = self.focused or self.screen, self._turns.turn
        if not self.passes_over(press, monotonic()):
            await super().on_event(press)
        if not target.post_message(Done(turn)):
            self.post_message(Done(turn))

    @on(Done)
    def _key_is_done(self, event: Done) -> None:
        """The work of a key is done, but for the move of the focus that it may have asked for."""
        self.call_later(self._key_has_moved_the_focus, event.turn)

    async def _key_has_moved_the_focus(self, turn: int) -> None:
        """Nothing of a key is left to do: the next one's turn, unless it has had it already."""
        if turn == self._turns.turn:
            await self._next_key()

    async def _look_for_turn(self) -> None:
        """A key waits: the one before it may have taken its widget away, and not be told done."""
        if self._turns.over(self._top, monotonic()):
            await self._next_key()
        elif self._turns.any_waits:
            self.set_timer(LOOK, self._look_for_turn)

    async def _next_key(self) -> None:
        """Hand over the key whose turn it is."""
        top = self._top
        press = self._turns.next(top, monotonic())
        if press is not None and top is not None:
            await self._hand_over(press)
