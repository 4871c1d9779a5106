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
def hand_over_terminal(app: App[int]) -> Iterator[None]:
    """Give the terminal to another program for the block, and always take it back.

    Args:
        app: App whose painting and reading of keys stop.

    Raises:
        SuspendNotSupported: The terminal cannot be handed over.
    """
    with app.batch_update(), _ignore_interrupts():
        suspended = app.suspend()
        suspended.__enter__()
        try:
            yield
        finally:  # Textual 8.2 would not resume after an error
            suspended.__exit__(None, None, None)


@contextlib.contextmanager
def _ignore_interrupts() -> Iterator[None]:
    """Ignore Ctrl+C, which is meant for the other program but reaches this one too."""
    # A handler, not SIG_IGN: the other program would inherit the latter and miss its Ctrl+C.
    before = signal.signal(signal.SIGINT, lambda number, frame: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


async def wait_for_key(text: str) -> None:
    """Show a text and wait for a key, so that a program's output can be read.

    Returns at once without a keyboard. The terminal must have been handed over.

    Args:
        text: Text to show.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return
    keyboard = sys.stdin.fileno()
    before = termios.tcgetattr(keyboard)
    try:
        tty.setcbreak(keyboard)  # discards keys typed before the text was shown
        print(f"\r\n{text}", end="", flush=True)
        await _wait_for_input(keyboard)
        termios.tcflush(keyboard, termios.TCIFLUSH)
    finally:
        termios.tcsetattr(keyboard, termios.TCSANOW, before)
        print(flush=True)


async def _wait_for_input(keyboard: int) -> None:
    """Wait until a key has been pressed or the keyboard is gone."""
    loop, pressed = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(keyboard, pressed.set)
    try:
        await pressed.wait()
    finally:
        loop.remove_reader(keyboard)
    with contextlib.suppress(OSError):
        os.read(keyboard, 64)
