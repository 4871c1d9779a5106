"""Drive the terminal so that it can be stopped and continued, and is given back as it was.

A stopped program (Ctrl+Z, `kill -STOP`) is continued with its modes set again. Textual 8.2 does
all of it inside the signal handler, where a lock may be held, and starts a second reader of the
keyboard after a SIGSTOP that it could not prepare for.
"""

import contextlib
import os
import signal
import sys
import termios
import tty
from collections.abc import Callable
from functools import partial

from textual import constants
from textual.app import App
from textual.driver import Driver
from textual.drivers import linux_driver
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Resize
from textual.geometry import Size

from tui.terminal.keyboard import SafeKeyParser
from tui.terminal.modes import ENTER_SCREEN, MODES, is_in_background
from tui.terminal.private_api import HookedApp
from tui.terminal.streams import TerminalDecoder, TerminalWriter


class SteadyDriver(LinuxDriver):
    """Driver that stops and continues with its job, and gives the terminal back as it was."""

    def __init__(
        self,
        app: App[object],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        """Create the driver.

        Args:
            app: App that is shown.
            debug: Whether to log what is parsed.
            mouse: Whether to use the mouse.
            size: Size of the terminal; None to look it up.
        """
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        # The output that was checked to be a terminal; standard error may be a file.
        self._file = sys.__stdout__

    def write(self, data: str) -> None:
        """Write a sequence; discard it while the terminal belongs to another program.

        Args:
            data: Sequence to write.
        """
        writer = self._writer_thread
        if writer is not None and writer.is_alive():
            super().write(data)

    def start_application_mode(self) -> None:
        """Take the terminal, and record that it has to be given back."""
        super().start_application_mode()  # type: ignore[no-untyped-call]
        self._forget_cells()
        MODES.has_screen = self._is_reading
        MODES.has_keyboard_protocol = MODES.has_screen and not constants.DISABLE_KITTY_KEY
        # Not the settings of the first paint, which Textual has found.
        self.attrs_before = MODES.attributes or self.attrs_before

    def stop_application_mode(self) -> None:
        """Give the terminal back."""
        if is_in_background():
            self.attrs_before = None  # the job in the foreground has its own settings
        self.write(_DEFAULT_STYLE)  # a frame leaves the style that it used
        super().stop_application_mode()
        MODES.has_screen = MODES.has_keyboard_protocol = False

    def _forget_cells(self) -> None:
        """Make the app forget what the terminal shows, before it writes the next frame."""
        if isinstance(self._app, HookedApp):
            self._app.forget_cells()

    @property
    def _is_reading(self) -> bool:
        """Return whether the driver has the terminal."""
        return self._key_thread is not None and self._key_thread.is_alive()

    def _sigtstp_application(self, *_: object) -> None:
        """Stop as soon as the event loop is free."""
        self._loop.call_soon_threadsafe(self._stop_process)

    def _sigcont_application(self, *_: object) -> None:
        """Continue as soon as the event loop is free."""
        self._loop.call_soon_threadsafe(self._continue_process)

    def _stop_process(self) -> None:
        """Give the terminal back and stop, until SIGCONT comes."""
        if MODES.is_ending:
            return
        if self._auto_restart and self._is_reading:
            self._app.app_suspend_signal.publish(self._app)
            self.suspend_application_mode()
        os.kill(os.getpid(), signal.SIGSTOP)

    def _continue_process(self) -> None:
        """Take the terminal again and paint everything; stop again in the background."""
        if not self._auto_restart or MODES.is_ending:
            return  # another program has the terminal, or nothing is painted any more
        if is_in_background():
            os.kill(os.getpid(), signal.SIGSTOP)
            return
        if self._is_reading:
            self._set_modes_again()
        else:
            self._must_signal_resume = False
            self.resume_application_mode()
        size = Size(*self._get_terminal_size())
        self._app.post_message(Resize(size, size))
        self._app.post_message(self.SignalResume())

    def _set_modes_again(self) -> None:
        """Set the modes that a shell may have changed while the process was stopped."""
        self._forget_cells()
        with contextlib.suppress(termios.error):
            attributes = termios.tcgetattr(self.fileno)
            attributes[tty.LFLAG] = self._patch_lflag(attributes[tty.LFLAG])
            attributes[tty.IFLAG] = self._patch_iflag(attributes[tty.IFLAG])
            attributes[tty.CC][termios.VMIN] = 1
            termios.tcsetattr(self.fileno, termios.TCSANOW, attributes)
        self.write(ENTER_SCREEN)
        self._enable_mouse_support()
        if MODES.has_keyboard_protocol:
            # Set, not pushed: what was pushed before is popped only once.
            self.write(f"\x1b[={_KEYBOARD_FLAGS};1u")
        self.write(_FOCUS_REPORTS)
        self._enable_bracketed_paste()
        self._disable_line_wrap()
        if self._in_band_window_resize:
            self._enable_in_band_window_resize()
        self.flush()


_KEYBOARD_FLAGS = (
    linux_driver.KITTY_DISAMBIGUATE_ESCAPE_CODES
    | linux_driver.KITTY_REPORT_ALL_KEYS
    | linux_driver.KITTY_REPORT_ASSOCIATED_TEXT
)
_DEFAULT_STYLE = "\x1b[0m"
_FOCUS_REPORTS = "\x1b[?1004h"


def patch_driver(driver: type[Driver]) -> type[Driver]:
    """Return the driver, patched to use our parser, decoder and writer.

    Of another driver, as that of a browser, only the parser is replaced: it keeps pastes and
    Alt+Enter from sending a message, wherever the keys come from.
    """
    if driver is not LinuxDriver:
        other = vars(sys.modules[driver.__module__])
        if other.get("XTermParser") is SafeKeyParser.__base__:
            other["XTermParser"] = SafeKeyParser
        return driver
    # Textual has no hook for these classes: the driver looks them up in its own module.
    module = vars(linux_driver)
    module["XTermParser"] = SafeKeyParser
    module["getincrementaldecoder"] = _get_decoder
    module["WriterThread"] = TerminalWriter
    return SteadyDriver


def _get_decoder(encoding: str) -> Callable[[], TerminalDecoder]:
    """Return what makes our decoder for every encoding, as terminals send UTF-8."""
    return partial(TerminalDecoder, sys.__stdin__.fileno() if sys.__stdin__ else None)
