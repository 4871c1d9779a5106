"""Process one key at a time: each does all its work before the next one is handled.

A slow connection brings keys in bursts. Textual passes every key of a burst to the widget that
has the focus when the burst arrives, so that of "r", "h", "i" the last two would be commands of
the list instead of the start of a reply. Here the next key waits until the one before it has done
its work, however long that takes: a limit in seconds would let keys overtake each other on a slow
machine. No key reaches a screen that is not mounted yet, be it the first one. Ctrl+C pressed twice
in a row does not wait: it leaves the app from any place, at any moment.

What a key stands for is decided when its turn comes, by what has the focus then: a burst of text
(see `tui.terminal.bursts`), and Alt with a key, which is Esc and the key unless it is bound.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any

from textual import events
from textual.dom import DOMNode
from textual.events import Key, Paste
from textual.screen import Screen
from textual.widgets import Input, TextArea

from tui.domain.typed_text import clean_typed_text
from tui.terminal.bursts import Burst, split_escaped
from tui.terminal.private_api import HookedApp
from tui.terminal.private_pumps import is_resting

_ROUNDS = 3
"""How often the widgets are asked in turn whether a key's work is done.

The first round waits for the key itself, the second for the messages that it posted ("Esc was
pressed in the composer"), the third for those that followed from them ("a reply was queued").
"""

Press = Key | Paste


class KeyQueue:
    """The keys that wait for their turn."""

    def __init__(self) -> None:
        """Create an empty queue."""
        self._waiting: deque[Press] = deque()
        self.is_busy = False
        """Whether a key is being processed."""

    def begin_or_queue(self, press: Press) -> bool:
        """Begin the turn of a key if none is before it, else queue it; return whether it began.

        Args:
            press: Key or paste from the terminal.
        """
        if self.is_busy:
            self._waiting.append(press)
            return False
        self.is_busy = True
        return True

    def take_next(self) -> Press | None:
        """Begin the turn of the next key and return it; None if none waits."""
        self.is_busy = bool(self._waiting)
        return self._waiting.popleft() if self._waiting else None

    def put_back(self, presses: Iterable[Press]) -> None:
        """Let keys have their turns before all others.

        Args:
            presses: Keys, the first one first.
        """
        self._waiting.extendleft(reversed([*presses]))


class OneKeyAtATime(HookedApp[int]):
    """Stand between the terminal's keys and the screens."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Create the app with an empty queue of keys."""
        super().__init__(*args, **kwargs)
        self._key_queue = KeyQueue()

    # Hooks for the app ----------------------------------------------------------------------

    def handle_urgent_key(self, press: Press) -> bool:
        """Act on a key that must not wait; return whether it was used up.

        Args:
            press: Key or paste from the terminal.
        """
        return False

    def discard_key(self, press: Press) -> bool:
        """Discard a key whose turn it is; return whether it was discarded.

        Args:
            press: Key or paste whose turn it is.
        """
        return False

    def is_bound_key(self, key: str) -> bool:
        """Return whether a key with Alt is bound where the focus is.

        Args:
            key: Name of the key.
        """
        return False

    def can_enter_follow_text(self) -> bool:
        """Return whether Enter is harmless in the focused field, although its text is unseen."""
        return False

    async def run_command_key(self, press: Key) -> bool:
        """Run the command of a key if nothing else where the focus is could handle the key.

        Textual lets the key pass every widget up to the app before it looks at the bindings.

        Args:
            press: Key whose turn it is.

        Returns:
            Whether a command was run.
        """
        return False

    def is_editing_key(self, key: str) -> bool:
        """Return whether a key does nothing but edit the focused text field.

        Args:
            key: Name of the key.
        """
        return False

    def report_pasted_text(self, *, dropped: bool) -> None:
        """Show that a pasted text was dropped, or that its Enter was not pressed.

        Args:
            dropped: Whether all of it was dropped.
        """

    def report_key_error(self, error: Exception) -> None:
        """Report an error of a key, which must not stop the keys after it.

        Args:
            error: What the handler of the key raised.
        """
        raise error

    def give_back_keys(self, presses: Sequence[Press]) -> None:
        """Let keys that were discarded act after all, before those that wait.

        Args:
            presses: Keys and pastes, the first one first.
        """
        self._key_queue.put_back(presses)
        if presses and not self._key_queue.is_busy:
            self._key_queue.is_busy = True
            self.call_later(self._process_next_key)

    # The queue ------------------------------------------------------------------------------

    @property
    def is_busy_with_keys(self) -> bool:
        """Return whether a key is being processed or waits for its turn."""
        return self._key_queue.is_busy

    @property
    def may_have_key(self) -> bool:
        """Return whether a key is processed, or one may have arrived that is not read yet."""
        return self.is_busy_with_keys or self.message_queue_size > 0

    @property
    def _top_screen(self) -> Screen[object] | None:
        """Return the screen that receives keys; None once the app removes its screens."""
        stack = self.screen_stack
        return stack[-1] if stack else None

    async def on_event(self, event: events.Event) -> None:
        """Make pasted text safe, and put keys and pastes from outside into the queue."""
        # Here, as pasted text can reach any widget and comes from outside.
        if isinstance(event, events.Paste) and not isinstance(event, Burst):
            event.text = clean_typed_text(event.text)
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            await self._receive_key(event)
        else:
            await super().on_event(event)

    async def _receive_key(self, press: Press) -> None:
        """Pass on a key from outside at once, or let it wait for its turn."""
        if self._top_screen is None or self.handle_urgent_key(press):
            return
        if self._key_queue.begin_or_queue(press):
            await self._process_key(press)

    async def _process_key(self, press: Press) -> None:
        """Pass a key to the focused widget, and go on once its work is done."""
        target = self._get_key_target()
        if isinstance(target, Screen) and not target.is_mounted:
            self._key_queue.put_back([press])
        elif not self.discard_key(press):
            presses = self._resolve_press(press)
            self._key_queue.put_back(presses[1:])
            for first in presses[:1]:
                await self._pass_on(first)
        self._follow_work(target, _ROUNDS)

    async def _pass_on(self, press: Press) -> None:
        """Run the command of a key, or pass the key to Textual; an error of it is reported."""
        try:
            if not (isinstance(press, Key) and await self.run_command_key(press)):
                await super().on_event(press)
        except Exception as error:
            self.report_key_error(error)

    def _resolve_press(self, press: Press) -> list[Press]:
        """Return the keys and pastes that a key stands for where the focus is now."""
        in_field = isinstance(self._get_key_target(), Input | TextArea)
        if isinstance(press, Burst):
            return self._resolve_in_field(press) if in_field else self._resolve_outside(press)
        if isinstance(press, Paste) and press.text and not in_field:
            self.report_pasted_text(dropped=True)
            return []
        if isinstance(press, Key) and not self.is_bound_key(press.key):
            return [*split_escaped(press)]
        return [press]

    def _resolve_in_field(self, burst: Burst) -> list[Press]:
        """Return what a burst stands for in a text field."""
        keys, rest = burst.split_editing_keys(self.is_editing_key)
        return [*keys, *(self._resolve_text(rest) if rest is not None else [])]

    def _resolve_text(self, burst: Burst) -> list[Press]:
        """Return what the text of a burst stands for in a text field."""
        if not burst.is_pasted_text:
            return [*burst.list_typed_keys()]
        paste = Paste(clean_typed_text(burst.pasted_text))
        paste.time = burst.time
        found: list[Press] = [paste] if paste.text else []
        if burst.ends_with_enter and "\n" not in paste.text and self.can_enter_follow_text():
            return [*found, *burst.list_keys()[-1:]]
        if burst.ends_with_enter:
            self.report_pasted_text(dropped=False)
        return found

    def _resolve_outside(self, burst: Burst) -> list[Press]:
        """Return what a burst stands for outside a text field."""
        if burst.is_text_for_no_field:
            self.report_pasted_text(dropped=True)
            return []
        first, rest = burst.split_command()
        return [first] if rest is None else [first, rest]

    def _get_key_target(self) -> DOMNode:
        """Return the widget that a key would go to: the focused one, the screen or the app."""
        screen = self._top_screen
        return self if screen is None else screen.focused or screen

    def _follow_work(self, node: DOMNode, rounds: int) -> None:
        """Let a widget, and then all that contain it, finish what is in their queues.

        Args:
            node: Next widget of the round, from the target of the key up to the app.
            rounds: Rounds to go, this one included.
        """
        while node is not self and is_resting(node):
            node = node.parent or self
        if node is self:
            self.call_later(self._finish_round, rounds)
            return
        container = node.parent or self
        # A widget that is being removed accepts nothing: its work is done.
        if not node.call_later(self._follow_work, container, rounds):
            self._follow_work(container, rounds)

    async def _finish_round(self, rounds: int) -> None:
        """Begin the next round where the focus is now, or pass on the next key."""
        if rounds > 1:
            self._follow_work(self._get_key_target(), rounds - 1)
        else:
            await self._process_next_key()

    async def _process_next_key(self) -> None:
        """Pass on the key whose turn it is."""
        press = self._key_queue.take_next()
        if press is not None and self._top_screen is not None:
            await self._process_key(press)
