"""Decide for the inbox which keys act, and go on after a key whose handler has failed.

A key typed as text behind a refused reply is discarded (`tui.desk.key_guard`), a pasted text
that has no text field is dropped (`tui.terminal.bursts`), and the second Ctrl+C in a row leaves.
Keys typed before the first set-up is on the screen are dropped too: its first field would take
them for a credential.

An error in a handler of ours or of Textual's is shown in one line and logged with its traceback.
The app goes on, as everything that matters is stored with each key, and an agent in the middle of
a reply loses more by an inbox that ends than by a key that did nothing. Only a program that fails
again and again ends, as does one whose main screen cannot be built.
"""

from collections import deque
from collections.abc import Callable
from functools import partial
from inspect import isawaitable
from typing import Any

from textual import events
from textual.dom import DOMNode
from textual.message import Message
from textual.message_pump import MessagePump
from textual.screen import Screen

from tui.desk.context import AppContext
from tui.desk.key_guard import DROPPED_TEXT, UNSEEN_ENTER, DoubleInterrupt
from tui.desk.outages import explain_failure
from tui.screens.base import DialogScreen
from tui.screens.inbox import InboxScreen
from tui.store.errors import StoreError, Unreachable
from tui.terminal.bursts import EDITING_KEYS
from tui.terminal.key_queue import OneKeyAtATime, Press
from tui.terminal.private_api import HookedApp

_MAX_ERRORS = 20
"""Errors within `_ERROR_SECONDS` after which the app ends."""
_ERROR_SECONDS = 10.0
_AFTER_KEY = "the last key may have done nothing; look, then press it again"
_AFTER_UPDATE = "what has just changed may be missing here until the next change"


class InboxKeys(OneKeyAtATime, HookedApp[int]):
    """Apply the rules of the inbox to keys, and survive their handlers."""

    _app_context: AppContext

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Create the app; the arguments are those of Textual."""
        super().__init__(*args, **kwargs)
        self._interrupts = DoubleInterrupt()
        self._early_keys: list[Press] | None = None
        """Keys of which the time decides later whether they act; None if all keys act."""
        self._keys_from = 0.0
        """Time of a press from which on keys act, in seconds of a steady clock."""
        self.has_dropped_keys = False
        """Whether a key was pressed before that time."""
        self._error_times: deque[float] = deque(maxlen=_MAX_ERRORS)
        self.handler_errors: list[Exception] = []
        """Unexpected errors of handlers after which the app went on, at most 100."""

    @property
    def inbox(self) -> InboxScreen:
        """Return the inbox, the screen at the bottom of the stack."""
        screen = self.screen_stack[0]
        assert isinstance(screen, InboxScreen)
        return screen

    # Keys -----------------------------------------------------------------------------------

    def handle_urgent_key(self, press: Press) -> bool:
        """Leave the app at once on a second Ctrl+C; return whether the key was used for that.

        Args:
            press: Key or paste from the terminal.
        """
        key = press.key if isinstance(press, events.Key) else ""
        # The time of the press, as on a slow machine a key may wait before it is handled.
        if self._interrupts.record_key(key, press.time):
            from tui.handlers.general import quit_at_once

            self.run_worker(quit_at_once(self.inbox), exit_on_error=False)
            return True
        return False

    def discard_key(self, press: Press) -> bool:
        """Discard a key that was typed after a refused reply, or before the first set-up was seen.

        The agent is shown why the key did nothing.

        Args:
            press: Key or paste whose turn it is.

        Returns:
            Whether the key was discarded.
        """
        if self._early_keys is not None:
            self._early_keys.append(press)
            return True
        if press.time < self._keys_from:
            self.has_dropped_keys = True
            self.report_dropped_keys()
            return True
        self.inbox.pressed_at = press.time
        key_guard = self.inbox.key_guard
        key = press.key if isinstance(press, events.Key) else ""
        is_guarded = self.screen is self.inbox and not self.inbox.is_typing
        discarded = is_guarded and key_guard.consume_key(key, press.time)
        if discarded:
            self.inbox.show_status(key_guard.notice if key != "escape" else "")
        return discarded

    def hold_keys(self) -> None:
        """Let no key act until `accept_keys`."""
        self._early_keys = []

    def accept_keys(self, pressed_from: float) -> None:
        """Let keys act again, and drop those that were pressed before a moment.

        Args:
            pressed_from: Time in seconds of a steady clock.
        """
        early, self._early_keys, self._keys_from = self._early_keys or [], None, pressed_from
        self.has_dropped_keys = any(press.time < pressed_from for press in early)
        self.give_back_keys([press for press in early if press.time >= pressed_from])
        self.report_dropped_keys()

    def report_dropped_keys(self) -> None:
        """Show that keys were dropped, if one was."""

    def is_bound_key(self, key: str) -> bool:
        """Return whether a key with Alt is bound where the focus is.

        Args:
            key: Name of the key.
        """
        if not key.startswith("alt+"):
            return True
        if self.screen is self.inbox and self.inbox.is_composer_focused:
            return key in self.inbox.composer.command_keys
        return key in self.screen.active_bindings

    def can_enter_follow_text(self) -> bool:
        """Return whether the filter has the focus, where Enter only goes back to the list."""
        return self.screen is self.inbox and self.focused is self.inbox.filter

    def is_editing_key(self, key: str) -> bool:
        """Return whether a key does nothing but edit the focused text field.

        Args:
            key: Name of the key.
        """
        if key not in EDITING_KEYS or self.focused is None:
            return False
        if self.focused is self.inbox.composer and key in self.inbox.composer.command_keys:
            return False
        bound = self.screen.active_bindings.get(key)
        return bound is not None and bound.node is self.focused

    def report_pasted_text(self, *, dropped: bool) -> None:
        """Show that a pasted text was dropped, or that its Enter was not pressed.

        Args:
            dropped: Whether all of it was dropped.
        """
        self.inbox.show_status(DROPPED_TEXT if dropped else UNSEEN_ENTER)
        if dropped and isinstance(self.screen, DialogScreen):
            self.screen.show_dropped_text(DROPPED_TEXT)

    # Errors ---------------------------------------------------------------------------------

    async def run_action(
        self, action: Any, default_namespace: DOMNode | None = None, namespaces: Any = None
    ) -> bool:
        """Run an action of Textual's or ours; report an error of it.

        Args:
            action: Action as Textual names it.
            default_namespace: Node that has the action.
            namespaces: Further nodes by name.
        """
        try:
            return await super().run_action(action, default_namespace, namespaces)
        except Exception as error:
            self.report_key_error(error)
            return True

    def report_key_error(self, error: Exception) -> None:
        """Report an error of a key, which must not stop the keys after it.

        Args:
            error: What the handler of the key raised.
        """
        if isinstance(error, Unreachable):
            self._show_error(error, _AFTER_KEY)
        elif not self._survive_error(error):
            self.report_failure(error)

    def report_update_error(self, error: Exception) -> None:
        """Report an error of showing what has changed; the app goes on in any case.

        Args:
            error: What an update of a screen raised.
        """
        # A line of its own stays while a server is away.
        if not self.is_exiting and not isinstance(error, Unreachable):
            self._show_error(error, _AFTER_UPDATE)

    def absorb_error(self, pump: MessagePump, message: Message, error: Exception) -> bool:
        """Report an error of any handler, and return whether the app goes on.

        Args:
            pump: Widget, screen or app whose handler failed.
            message: What it handled.
            error: What it raised.
        """
        if self.is_exiting:
            # A screen that is mounted after the end was requested has no widgets.
            return True
        is_start = isinstance(message, events.Compose | events.Mount | events.Load)
        nodes = pump.ancestors_with_self if isinstance(pump, DOMNode) else ()
        screen = next((node for node in nodes if isinstance(node, Screen)), None)
        if is_start and (screen is None or isinstance(screen, InboxScreen)):
            return False
        if not self._survive_error(error):
            return False
        if is_start and screen is not None:
            # A dialog that cannot be built would keep the keyboard with nothing to answer.
            self.call_later(self._remove_dialog, screen)
        return True

    def push_screen(self, screen: Any, callback: Any = None, *args: Any, **kwargs: Any) -> Any:
        """Show a screen; an error of what is done with its answer does not end the app.

        Textual calls that outside of any handler, where every error would be fatal.

        Args:
            screen: Screen to show.
            callback: Called with its answer; None for none.
            *args: Further arguments of Textual.
            **kwargs: Further arguments of Textual.
        """
        guarded = callback and partial(self._use_answer, callback)
        return super().push_screen(screen, guarded, *args, **kwargs)

    async def _use_answer(self, callback: Callable[[Any], Any], answer: Any) -> None:
        """Call a function with the answer of a dialog, and report what it raises."""
        try:
            result = callback(answer)
            if isawaitable(result):
                await result
        except Exception as error:
            if not self.is_exiting and not self._survive_error(error):
                raise

    def survive_failure(self, error: Exception) -> bool:
        """Report an error with which Textual would end; return whether the app goes on.

        Args:
            error: The error.
        """
        screen = self.screen_stack[-1] if self.screen_stack else None
        is_dialog = screen is not None and not isinstance(screen, InboxScreen)
        # Textual reports what `compose` raises without any message that could be absorbed.
        if screen is None or not is_dialog or screen.is_mounted or not self._survive_error(error):
            return False
        self.call_later(self._remove_dialog, screen)
        return True

    def _remove_dialog(self, screen: Screen[Any]) -> None:
        """Close a dialog that could not be built."""
        if self.screen is screen and len(self.screen_stack) > 1:
            self.pop_screen()

    def _survive_error(self, error: Exception) -> bool:
        """Show and log an error of a handler; return False if there are too many of them."""
        if isinstance(error, Unreachable):  # often while a server is away, which has a line
            return True
        now = self._app_context.clock.monotonic()
        self._error_times.append(now)
        is_full = len(self._error_times) == _MAX_ERRORS
        if is_full and now - self._error_times[0] < _ERROR_SECONDS:
            return False
        self._show_error(error, _AFTER_KEY)
        return True

    def _show_error(self, error: Exception, effect: str) -> None:
        """Show an error in one line, and log it unless it is one of the store."""
        if isinstance(error, StoreError):
            text = explain_failure(error)
        else:
            from tui.log import log_error

            self.handler_errors = [*self.handler_errors[-99:], error]
            log_error("screen", "handler failed", error, self._app_context.log_file)
            text = f"An error in smsdesk ({type(error).__name__}, in its log): {effect}"
        if self.screen_stack and self.is_running:
            self.inbox.show_status(text)
