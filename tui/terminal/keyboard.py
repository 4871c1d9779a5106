"""Repair the terminal's input before Textual reads it, and survive a terminal that vanishes.

Textual 8.2 ends a bracketed paste at the first ESC within it and takes the rest for keys, so that
a text copied from a customer could press Enter. It drops the Alt of Alt+Enter as most terminals
send it (ESC CR), which would send a message instead of breaking its line. And one byte that is
not UTF-8 ends it, while a terminal that has vanished does not.

A terminal that is closed while SIGHUP is ignored (nohup, some multiplexers) reads as empty input
for ever, and every write to it fails. Textual 8.2 would read it again without a pause, or wait
for a writer thread that has died.

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
from collections.abc import Iterable
from encodings import utf_8

from textual import constants
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.driver import Driver
from textual.drivers import linux_driver
from textual.drivers._writer_thread import WriterThread
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Key, Resize
from textual.geometry import Size
from textual.message import Message

from tui.terminal.modes import ENTER_SCREEN, MODES, is_in_background


class TerminalGone(Exception):
    """Nothing can be read from the terminal any more."""


class TerminalDecoder(utf_8.IncrementalDecoder):
    """Decode the input of a terminal: invalid bytes are shown, and empty input is its end."""

    def __init__(self) -> None:
        """Create a decoder that replaces invalid bytes."""
        super().__init__(errors="replace")

    def decode(self, input: object, final: bool = False) -> str:
        """Return the text of some bytes.

        Args:
            input: Bytes from the terminal.
            final: Whether this is the last call.

        Raises:
            TerminalGone: There is no input, so the terminal has vanished.
        """
        if not input and not final:
            raise TerminalGone
        return super().decode(input, final)  # type: ignore[arg-type]


class TerminalWriter(WriterThread):
    """Write while there is a terminal; afterwards discard everything, so that no call waits."""

    def run(self) -> None:
        """Run the thread."""
        with contextlib.suppress(OSError):
            super().run()
            return
        # The queue is bounded: without a reader the app would wait in it for ever.
        while self._queue.get() is not None:
            pass


_ESCAPE = "\x1b"
_VISIBLE_ESCAPE = "\u241b"
_PASTE_START = "\x1b[200~"
_PASTE_END = "\x1b[201~"
_ALT_ENTER = "\x1b\r"


class SafeKeyParser(XTermParser):
    """Parse keys like Textual, after removing the input that it would misread."""

    def __init__(self, debug: bool = False) -> None:
        """Create a parser outside of any paste."""
        self._pasting = False
        self._recent = ""
        """The last characters outside a paste, as the start of a paste may arrive in pieces."""
        self._held = ""
        """Characters that may become the end of a paste."""
        super().__init__(debug)

    def feed(self, data: str) -> Iterable[Message]:
        """Return the events of some input.

        Args:
            data: Characters from the terminal; empty at the end of the input.
        """
        safe = "".join(map(self._filter_character, data))
        return () if data and not safe else super().feed(safe)

    def _filter_character(self, character: str) -> str:
        """Return the characters to pass on for one more character."""
        if self._pasting:
            return self._filter_pasted(character)
        self._recent = (self._recent + character)[-len(_PASTE_START) :]
        self._pasting = self._recent == _PASTE_START
        return character

    def _filter_pasted(self, character: str) -> str:
        """Return the characters to pass on within a paste; make an ESC in it visible."""
        self._held += character
        if self._held == _PASTE_END:
            self._pasting, self._recent, self._held = False, "", ""
            return _PASTE_END
        if _PASTE_END.startswith(self._held):
            return ""
        passed, self._held = self._held, ""
        if character == _ESCAPE:
            passed, self._held = passed[:-1], character
        return passed.replace(_ESCAPE, _VISIBLE_ESCAPE)

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[Key]:
        """Return the key events of a sequence; Alt+Enter is a key of its own."""
        if sequence == _ALT_ENTER:
            return (Key("alt+enter", None),)
        return super()._sequence_to_key_events(sequence, alt)


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
    module["WriterThread"] = TerminalWriter
    return SteadyDriver


def _get_decoder(encoding: str) -> type[TerminalDecoder]:
    """Return our decoder for every encoding, as terminals send UTF-8."""
    return TerminalDecoder
