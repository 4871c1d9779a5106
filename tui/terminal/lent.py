"""The terminal in the hands of another program: an editor, a pager, a command.

Sync and the feed go on meanwhile: a message under way must not be taken for one whose desk has
died. Only painting and reading keys stop.
"""

import asyncio
import contextlib
import os
import signal
import sys
import termios
import tty
from collections.abc import Iterator

from textual.app import App


@contextlib.contextmanager
def lent(app: App[int]) -> Iterator[None]:
    """The terminal is another program's for the time of the block, whatever becomes of it.

    Raises `textual.app.SuspendNotSupported` where a terminal cannot be handed over.
    """
    with app.batch_update(), _deaf_to_interrupts():
        suspended = app.suspend()
        suspended.__enter__()
        try:
            yield
        finally:  # Textual 8.2 would not come back after an error
            suspended.__exit__(None, None, None)


@contextlib.contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Ctrl+C is for the other program, and reaches everybody in front of the terminal.

    It is heard and passed over, not ignored: a program would inherit that.
    """
    before = signal.signal(signal.SIGINT, lambda number, frame: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


async def any_key(words: str) -> None:
    """Say `words` and wait for a key, so that what a program has written can be read.

    Returns at once where no keyboard is: the terminal has to be lent.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return
    keyboard = sys.stdin.fileno()
    before = termios.tcgetattr(keyboard)
    try:
        tty.setcbreak(keyboard)  # forgets what was typed before: it answers nothing that was said
        print(f"\r\n{words}", end="", flush=True)
        await _pressed(keyboard)
        termios.tcflush(keyboard, termios.TCIFLUSH)
    finally:
        termios.tcsetattr(keyboard, termios.TCSANOW, before)
        print(flush=True)


async def _pressed(keyboard: int) -> None:
    """Wait until a key has been pressed, or the keyboard is gone."""
    loop, pressed = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(keyboard, pressed.set)
    try:
        await pressed.wait()
    finally:
        loop.remove_reader(keyboard)
    with contextlib.suppress(OSError):
        os.read(keyboard, 64)
