"""Give the terminal back as it was, however the program ends.

A process has one terminal, so what was changed at it is known here once: the first paint and the
app's driver record what they switch on, and `restore` switches off what is still on. It needs no
event loop and imports nothing that draws, because it also runs while these are being loaded, or
when they do not answer any more.
"""

import contextlib
import os
import signal
import sys
import termios
import threading
from collections.abc import Iterator, Mapping

ENTER_SCREEN = "\x1b[?1049h\x1b[?25l"
"""Switch to the alternate screen and hide the cursor."""
_LEAVE_SCREEN = (
    "\x1b[?2026l\x1b[?2004l\x1b[?2048l\x1b[?1004l"  # updates, pastes, sizes, focus
    "\x1b[?1016l\x1b[?1006l\x1b[?1015l\x1b[?1003l\x1b[?1000l"  # mouse
    "\x1b[0m\x1b[?7h\x1b[?1049l\x1b[?25h"
)
_POP_KEYBOARD = "\x1b[<u"
"""End the kitty keyboard protocol; only once, as the shell may have its own entry below ours."""
_WRITE_SECONDS = 1.0
"""Seconds to wait for a terminal that accepts nothing, when the process ends at once."""
_OUR_HANDLERS = (signal.SIGTSTP, signal.SIGCONT, signal.SIGWINCH)

Attributes = list[int | list[bytes | int]]
_OUR_DRIVER = "textual.drivers.linux_driver:LinuxDriver"


def has_other_driver(environ: Mapping[str, str]) -> bool:
    """Return whether `TEXTUAL_DRIVER` names a driver that shows the app elsewhere.

    Standard input and output are then no terminal, but carry what that driver sends and reads, as
    for a browser: nothing else may be written to them.

    Args:
        environ: Environment variables.
    """
    return environ.get("TEXTUAL_DRIVER", "") not in ("", _OUR_DRIVER)


class TerminalModes:
    """What the program has changed at its terminal."""

    def __init__(self) -> None:
        """Create the record of an unchanged terminal."""
        self.attributes: Attributes | None = None
        """Settings of the terminal's line before the program; None if they were not saved."""
        self.has_screen = False
        """Whether the alternate screen, the mouse and the like are switched on."""
        self.has_keyboard_protocol = False
        """Whether the kitty keyboard protocol is switched on."""
        self.title_sequence = ""
        """Sequence that restores the title; empty if it was not changed."""
        self.is_ending = False
        """Whether a signal has ended the program: it must not stop any more."""

    def save(self) -> None:
        """Record the line settings of standard input, if that is a terminal."""
        with contextlib.suppress(termios.error, OSError, ValueError, AttributeError):
            self.attributes = termios.tcgetattr(sys.__stdin__.fileno())  # type: ignore[union-attr]

    def restore(self) -> None:
        """Switch off all that is on, and restore the line settings; never raises."""
        sequence = _POP_KEYBOARD if self.has_keyboard_protocol else ""
        sequence += f"{_LEAVE_SCREEN if self.has_screen else ''}{self.title_sequence}"
        self.has_screen = self.has_keyboard_protocol = False
        self.title_sequence = ""
        with contextlib.suppress(OSError, ValueError, AttributeError):
            os.write(sys.__stdout__.fileno(), sequence.encode())  # type: ignore[union-attr]
        self.restore_attributes()

    def restore_attributes(self) -> None:
        """Restore the line settings, unless the terminal belongs to another job by now."""
        if self.attributes is None or is_in_background():
            return
        with contextlib.suppress(termios.error, OSError, ValueError, AttributeError):
            keyboard = sys.__stdin__.fileno()  # type: ignore[union-attr]
            termios.tcsetattr(keyboard, termios.TCSANOW, self.attributes)

    def restore_in_time(self) -> None:
        """Restore, but do not wait for a terminal that accepts nothing."""
        writer = threading.Thread(target=self.restore, name="restore terminal", daemon=True)
        writer.start()
        writer.join(_WRITE_SECONDS)


MODES = TerminalModes()
"""Record of this process's terminal."""


@contextlib.contextmanager
def keep_terminal() -> Iterator[TerminalModes]:
    """Give the terminal back at the end of the block; within another such block do nothing."""
    if MODES.attributes is not None:
        yield MODES
        return
    MODES.save()
    handlers = {number: signal.getsignal(number) for number in _OUR_HANDLERS}
    try:
        yield MODES
    finally:
        MODES.restore()
        MODES.attributes = None
        for number, handler in handlers.items():
            # None stands for a handler that Python did not install.
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)


def is_in_background() -> bool:
    """Return whether another job has the terminal: changing its settings would stop this one."""
    try:
        return os.tcgetpgrp(sys.__stdin__.fileno()) != os.getpgrp()  # type: ignore[union-attr]
    except (OSError, ValueError, AttributeError):
        return False


def can_return_to_shell() -> bool:
    """Return whether a shell with job control started this program, and can continue it.

    Without one (`ssh -t host smsdesk`, a window of tmux that runs smsdesk alone) a stopped program
    would stay stopped for ever.
    """
    process = os.getpid()
    if not MODES.has_screen:
        return False  # no terminal was taken, as in tests without one
    try:
        while os.getpgid(process) == os.getpgrp():
            process = _find_parent(process)
        return os.getsid(process) == os.getsid(0)
    except (OSError, ValueError, IndexError):
        return False


def stop_job() -> None:
    """Stop all processes of this job, as a shell expects it; each handles the signal itself."""
    os.killpg(0, signal.SIGTSTP)


def _find_parent(process: int) -> int:
    """Return the process that started a process of this group."""
    if process == os.getpid():
        return os.getppid()
    with open(f"/proc/{process}/stat", encoding="utf-8", errors="replace") as file:
        return int(file.read().rpartition(")")[2].split()[1])
