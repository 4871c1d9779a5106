"""Decide for the inbox which keys act, and go on after a key whose handler has failed.

A key typed as text behind a refused reply is discarded (`tui.desk.key_guard`), a burst of text
that has no text field is dropped (`tui.terminal.bursts`), and the second Ctrl+C in a row leaves.
Keys typed before the first set-up is on the screen are dropped too, by the time of their press:
its first field would take them for a credential.

An error in a handler of ours or of Textual's is shown in one line and logged with its traceback.
The app goes on, as everything that matters is stored with each key, and an agent in the middle of
a reply loses more by an inbox that ends than by a key that did nothing. Only a program that fails
again and again ends, as does one whose main screen cannot be built.
"""

import math
from collections import deque
from typing import Any

from textual import events
from textual.dom import DOMNode
from textual.message import Message
from textual.message_pump import MessagePump
from textual.screen import Screen

from tui.desk.context import AppContext
from tui.desk.key_guard import DROPPED_TEXT, EARLY_KEYS, UNSEEN_ENTER
from tui.domain.text import one_line
from tui.handlers.general import quit_at_once
from tui.screens.base import FormScreen
from tui.screens.inbox import InboxScreen
from tui.store.errors import StoreError
from tui.terminal.bursts import Burst
from tui.terminal.driver import ReadMark
from tui.terminal.key_queue import DoubleInterrupt, OneKeyAtATime, Press
from tui.terminal.private_api import HookedApp

_MAX_ERRORS = 20
"""Errors within `_ERROR_SECONDS` after which the app ends."""
_ERROR_SECONDS = 10.0


class InboxKeys(OneKeyAtATime, HookedApp[int]):
    """Apply the rules of the inbox to keys, and survive their handlers."""

    _app_context: AppContext

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Create the app; the arguments are those of Textual."""
        super().__init__(*args, **kwargs)
        self._interrupts = DoubleInterrupt()
        self._is_behind_early_key = False
        """Whether the last key was dropped as too early."""
        self._form_mark: ReadMark | None = None
        """Mark before the first picture of the form that opens by itself; None without a form."""
        self._has_early_keys = False
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
        if self._is_too_early(press):
            return True
        key_guard = self.inbox.key_guard
        key = press.key if isinstance(press, events.Key) else ""
        is_guarded = self.screen is self.inbox and not self.inbox.is_typing
        discarded = is_guarded and key_guard.consume_key(key, press.time)
        if discarded:
            self.inbox.show_status(key_guard.notice if key != "escape" else "")
        return discarded

    def await_first_form(self) -> None:
        """Drop all keys that are pressed before the form that opens by itself is on the screen."""
        self._form_mark = ReadMark()

    def stop_waiting_for_form(self) -> None:
        """Let keys act although no form has opened."""
        self._form_mark = None

    def prepare_paint(self, screen: Screen[object]) -> None:
        """Record when the first form is painted: what is pressed from then on is for it.

        Args:
            screen: Screen that has changed.
        """
        mark = self._form_mark
        is_form = isinstance(screen, FormScreen) and screen.focused is not None
        if mark is None or mark.at < math.inf or not is_form:
            return
        if self.is_headless:
            mark.at = self._app_context.clock.monotonic()
        else:
            self.write_to_terminal(mark)
        self.call_later(self._report_early_keys)

    def _is_too_early(self, press: Press) -> bool:
        """Return whether a key was pressed before the form that opens by itself was painted."""
        if self._form_mark is None or press.time >= self._form_mark.at:
            if self._is_behind_early_key and isinstance(press, Burst):
                # What was dropped is no part of the text that is typed now.
                press.follows_paste = press.break_before = False
            self._is_behind_early_key = False
            return False
        self._has_early_keys = self._is_behind_early_key = True
        self.call_later(self._report_early_keys)
        return True

    def _report_early_keys(self) -> None:
        """Show in the form, once it is there, that keys were dropped."""
        screen = self._top_screen
        if self._has_early_keys and isinstance(screen, FormScreen) and screen.focused is not None:
            self._has_early_keys = False
            screen.show_notice(EARLY_KEYS)

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

    def report_burst(self, burst: Burst, *, dropped: bool) -> None:
        """Show that a burst was dropped, or that its Enter was not pressed.

        Args:
            burst: Text that arrived at once.
            dropped: Whether all of it was dropped.
        """
        self.inbox.show_status(DROPPED_TEXT if dropped else UNSEEN_ENTER)

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
        if not self._survive_error(error):
            self.report_failure(error)

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
        self.stop_waiting_for_form()
        if self.screen is screen and len(self.screen_stack) > 1:
            self.pop_screen()

    def _survive_error(self, error: Exception) -> bool:
        """Show and log an error of a handler; return False if there are too many of them."""
        now = self._app_context.clock.monotonic()
        self._error_times.append(now)
        is_full = len(self._error_times) == _MAX_ERRORS
        if is_full and now - self._error_times[0] < _ERROR_SECONDS:
            return False
        if isinstance(error, StoreError):
            text = one_line(str(error), 300)
        else:
            from tui.log import log_error

            self.handler_errors = [*self.handler_errors[-99:], error]
            log_error("screen", "handler failed", error, self._app_context.log_file)
            text = (
                f"An error in smsdesk ({type(error).__name__}, in its log): "
                "the last key may have done nothing; look, then press it again"
            )
        if self.screen_stack and self.is_running:
            self.inbox.show_status(text)
        return True
