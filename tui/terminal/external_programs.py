"""Run an editor for the draft, or a command on a conversation, in the terminal.

The draft goes to the editor in a private file, which exists only while the editor is open. The
text of a conversation is the standard input of a command: a pager, grep, a ticket system. The
command is the agent's own and goes to the agent's shell; the texts of customers are only input,
safe for a terminal, and never part of the command line.

Sync and the feed continue meanwhile, because a message that is being sent must not look as if its
desk had died. Only painting and reading keys stop. A signal that ends smsdesk is passed on to the
program, and what its user has saved is read before the end.
"""

import asyncio
import contextlib
import os
import shlex
import signal
import sys
import tempfile
import termios
import tty
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from textual.app import App, SuspendNotSupported

from tui.domain.text import one_line
from tui.domain.typed_text import clean_typed_text
from tui.private_files import create_file


class _ProgramEnd:
    """Request to end the program that has the terminal."""

    def __init__(self) -> None:
        """Create the request before a program runs."""
        self.process: Process | None = None
        self.is_requested = asyncio.Event()
        self.is_over = asyncio.Event()


_program_end: _ProgramEnd | None = None
"""Request for the program that has the terminal now; None while the app has it."""
_END_SECONDS = 2.0
"""Seconds in which a program has to end after it was asked to."""


async def end_program() -> None:
    """End the program that has the terminal, if there is one, and wait until the app has it."""
    if (end := _program_end) is None:
        return
    end.is_requested.set()
    for stop in (Process.terminate, Process.kill):
        if end.process is not None and end.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                stop(end.process)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(end.is_over.wait(), _END_SECONDS)
            return


@contextlib.contextmanager
def hand_over_terminal(app: App[int]) -> Iterator[_ProgramEnd]:
    """Give the terminal to another program for the block, and always take it back.

    Args:
        app: App whose painting and reading of keys stop.

    Raises:
        SuspendNotSupported: The terminal cannot be handed over.
    """
    global _program_end
    end = _ProgramEnd()
    try:
        with _suspend_app(app):
            _program_end = end
            yield end
    finally:
        _program_end = None
        end.is_over.set()


@contextlib.contextmanager
def _suspend_app(app: App[int]) -> Iterator[None]:
    """Stop painting and reading keys for the block."""
    with app.batch_update(), _ignore_interrupts():
        suspended = app.suspend()
        suspended.__enter__()
        try:
            yield
        finally:  # Textual 8.2 would not resume after an error
            suspended.__exit__(None, None, None)


@contextlib.contextmanager
def _ignore_interrupts() -> Iterator[None]:
    """Ignore the keys that interrupt the other program: their signals reach this one too."""
    # A handler, not SIG_IGN: the other program would inherit the latter and miss its Ctrl+C.
    numbers = (signal.SIGINT, signal.SIGQUIT)
    before = {number: signal.signal(number, lambda *_: None) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


async def wait_for_key(text: str, is_ending: asyncio.Event) -> None:
    """Show a text and wait for a key, so that a program's output can be read.

    Returns at once without a keyboard. The terminal must have been handed over.

    Args:
        text: Text to show.
        is_ending: Set when there is no time for a key any more.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return
    keyboard = sys.stdin.fileno()
    before = termios.tcgetattr(keyboard)
    try:
        tty.setcbreak(keyboard)  # discards keys typed before the text was shown
        print(f"\r\n{text}", end="", flush=True)
        await _wait_for_input(keyboard, is_ending)
        termios.tcflush(keyboard, termios.TCIFLUSH)
    finally:
        termios.tcsetattr(keyboard, termios.TCSANOW, before)
        print(flush=True)


async def _wait_for_input(keyboard: int, is_ending: asyncio.Event) -> None:
    """Wait until a key has been pressed, the keyboard is gone or the program ends."""
    loop, pressed = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(keyboard, pressed.set)
    waiting = [asyncio.create_task(event.wait()) for event in (pressed, is_ending)]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        loop.remove_reader(keyboard)
        for task in waiting:
            task.cancel()
    if pressed.is_set():
        with contextlib.suppress(OSError):
            os.read(keyboard, 64)


_MAX_EDITED_BYTES = 100_000
"""Bytes that are read back from the edited file."""


class EditorError(Exception):
    """The editor could not be used; the text says why, on one line."""


async def edit_text(app: App[int], text: str, editor: str) -> str:
    """Return the text as the agent leaves it in the editor.

    The editor has the terminal meanwhile.

    Args:
        app: App whose terminal is used.
        text: Text to begin with.
        editor: Command line of the editor.

    Raises:
        EditorError: The editor could not be used.
    """
    with tempfile.TemporaryDirectory(prefix="smsdesk-") as folder:
        path = Path(folder, "draft.txt")
        _write_private(path, text)
        await _run_editor(app, [*_split_command(editor), str(path)])
        return await asyncio.to_thread(_read_edited, path)


def _split_command(editor: str) -> list[str]:
    """Return the parts of the editor's command line."""
    try:
        parts = shlex.split(editor)
    except ValueError as error:
        raise EditorError(f"$EDITOR cannot be read: {error}") from None
    if not parts:
        raise EditorError("No editor is set: set EDITOR, to nano for one")
    return parts


async def _run_editor(app: App[int], command: list[str]) -> None:
    """Run the editor in the app's terminal; nothing is painted until it ends."""
    try:
        with hand_over_terminal(app) as end:
            process = end.process = await asyncio.create_subprocess_exec(*command)
            try:
                status = await process.wait()
            finally:
                if process.returncode is None:
                    with contextlib.suppress(ProcessLookupError):
                        process.terminate()
    except SuspendNotSupported:
        raise EditorError("This terminal cannot be handed to an editor") from None
    except OSError as error:
        raise EditorError(f"{command[0]} cannot be run: {error.strerror}") from None
    if status != 0 and not end.is_requested.is_set():
        raise EditorError(f"{command[0]} ended with {status}: the draft is as it was")


def _write_private(path: Path, text: str) -> None:
    """Write a new file that only this user can read."""
    with open(create_file(path), "w", encoding="utf-8", errors="replace") as file:
        file.write(text)


def _read_edited(path: Path) -> str:
    """Return the edited text, made safe for the composer and without the final line break."""
    try:
        with path.open("rb") as file:
            raw = file.read(_MAX_EDITED_BYTES)
    except OSError as error:
        raise EditorError(f"The edited file cannot be read: {error.strerror}") from None
    return clean_typed_text(raw.decode("utf-8", "replace")).rstrip("\n")


_COMMAND_NOT_FOUND = 127
"""Exit status of a shell that finds no such command."""


async def pipe_text(app: App[int], command: str, text: AsyncIterator[str], shell: str) -> str:
    """Run a command with a text as its standard input; return a sentence about how it ended.

    The command has the terminal meanwhile. Errors while reading the text are raised.

    Args:
        app: App whose terminal is used.
        command: Command line of the agent.
        text: Text in pieces, safe for a terminal.
        shell: Shell that runs the command.
    """
    try:
        with hand_over_terminal(app) as end:
            process = await asyncio.create_subprocess_exec(shell, "-c", command, stdin=PIPE)
            end.process = process
            await _feed_process(process, text)
            outcome = describe_exit(command, process.returncode or 0)
            await wait_for_key(f"{outcome} · any key goes back to smsdesk", end.is_requested)
            return outcome
    except SuspendNotSupported:
        return "This terminal cannot be handed to a command"
    except OSError as error:
        return f"{one_line(shell, 40)} cannot be run: {error.strerror}"


def describe_exit(command: str, status: int) -> str:
    """Return how a command ended, on one line.

    Args:
        command: Command line of the agent.
        status: Exit status; negative for the number of a signal.
    """
    shown = one_line(command, 60)
    if status == 0:
        return f"{shown}: done"
    if status == _COMMAND_NOT_FOUND:
        return f"No such command: {shown}"
    return f"Exit status {status}: {shown}" if status > 0 else f"Ended by signal {-status}: {shown}"


async def _feed_process(process: Process, text: AsyncIterator[str]) -> None:
    """Write the text to the process and wait for the process to end."""
    feeding = asyncio.create_task(_write_input(process, text), name="pipe")
    try:
        await process.wait()
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        feeding.cancel()
        await asyncio.wait([feeding])
    if not feeding.cancelled():
        feeding.result()


async def _write_input(process: Process, text: AsyncIterator[str]) -> None:
    """Write the whole text; the command may stop reading at any time."""
    assert process.stdin is not None  # it was created with stdin=PIPE
    try:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            async for piece in text:
                process.stdin.write(piece.encode("utf-8", "replace"))
                await process.stdin.drain()
    finally:
        process.stdin.close()
