"""Drive the terminal so that it can be stopped and continued, and is given back as it was.

A stopped program (Ctrl+Z, `kill -STOP`) is continued with its modes set again. Textual 8.2 does
all of it inside the signal handler, where a lock may be held, and starts a second reader of the
keyboard after a SIGSTOP that it could not prepare for.
"""

import contextlib
import math
import os
import select
import signal
import sys
import termios
import time
import tty
from collections.abc import Callable
from functools import partial
from typing import IO

from textual import constants
from textual.app import App
from textual.driver import Driver
from textual.drivers import linux_driver
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Resize
from textual.geometry import Size

from tui.terminal.bursts import GAP_SECONDS
from tui.terminal.keyboard import SafeKeyParser, TerminalDecoder, TerminalWriter
from tui.terminal.modes import ENTER_SCREEN, MODES, is_in_background


class ReadMark(str):
    """Stand between two pictures in the output, and record when what came before has been read.

    The reader of the keyboard can be late while the event loop is at work, so that the time of a
    key alone does not say whether it was typed before a picture or after it.
    """

    __slots__ = ("at",)

    def __new__(cls) -> "ReadMark":
        """Create a mark that is not passed yet; its text is never written."""
        mark = super().__new__(cls, "mark")
        mark.at = math.inf
        return mark

    at: float
    """Moment in seconds of a steady clock: keys of an earlier time were typed before it."""


class MarkedOutput:
    """Output to the terminal that waits at a mark until all keys typed before it are read."""

    def __init__(self, output: IO[str], keyboard: int | None) -> None:
        """Create an output.

        Args:
            output: Where the texts between the marks are written.
            keyboard: File from which another thread reads the keys; None for none.
        """
        self._output = output
        self._keyboard = keyboard
        self.flush, self.fileno = output.flush, output.fileno

    def write(self, text: str) -> None:
        """Write a text, or pass a mark.

        Args:
            text: Text or mark.
        """
        if not isinstance(text, ReadMark):
            self._output.write(text)
        elif text.at == math.inf:
            self._output.flush()
            self._wait_for_reader()
            text.at = time.monotonic()

    def _wait_for_reader(self) -> None:
        """Wait until the keyboard is read, and what was read at last has become a key."""
        now = quiet_at = time.monotonic()
        end = now + _READER_SECONDS
        while self._keyboard is not None and now < min(end, quiet_at + 2 * GAP_SECONDS):
            with contextlib.suppress(OSError, ValueError):
                if select.select([self._keyboard], [], [], 0)[0]:
                    quiet_at = now
            time.sleep(_STEP_SECONDS)
            now = time.monotonic()


_READER_SECONDS, _STEP_SECONDS = 0.5, 0.002
"""How long to wait for the reader of the keyboard at most, and from one look to the next."""


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
        MODES.has_screen = self._is_reading
        MODES.has_keyboard_protocol = MODES.has_screen and not constants.DISABLE_KITTY_KEY
        # Not the settings of the first paint, which Textual has found.
        self.attrs_before = MODES.attributes or self.attrs_before

    def stop_application_mode(self) -> None:
        """Give the terminal back."""
        if is_in_background():
            self.attrs_before = None  # the job in the foreground has its own settings
        super().stop_application_mode()
        MODES.has_screen = MODES.has_keyboard_protocol = False

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
_FOCUS_REPORTS = "\x1b[?1004h"


def patch_driver(driver: type[Driver]) -> type[Driver]:
    """Return the driver, patched to use our parser, decoder and writer; leave others unchanged."""
    if driver is not LinuxDriver:
        return driver
    # Textual has no hook for these classes: the driver looks them up in its own module.
    module = vars(linux_driver)
    module["XTermParser"] = SafeKeyParser
    module["getincrementaldecoder"] = _get_decoder
    module["WriterThread"] = lambda output: TerminalWriter(MarkedOutput(output, _find_keyboard()))  # type: ignore[arg-type]
    return SteadyDriver


def _get_decoder(encoding: str) -> Callable[[], TerminalDecoder]:
    """Return what makes our decoder for every encoding, as terminals send UTF-8."""
    return partial(TerminalDecoder, _find_keyboard())


def _find_keyboard() -> int | None:
    """Return the file of the keyboard; None if there is none."""
    return sys.__stdin__.fileno() if sys.__stdin__ else None
