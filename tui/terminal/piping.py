"""A conversation as the standard input of a command: a pager, grep, a ticket system.

The command is the agent's own and goes to the agent's shell. What customers wrote is only ever
input: no part of it comes near the command line, and it is fit for a terminal.
"""

import asyncio
import contextlib
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator

from textual.app import App, SuspendNotSupported

from tui.domain.text import one_line
from tui.terminal.lent import any_key, lent

_NOT_FOUND = 127
"""What a shell ends with when there is no such command."""


async def pipe(app: App[int], command: str, text: AsyncIterator[str], shell: str) -> str:
    """Run `command` by `shell` with `text` as its input; returns what became of it in words.

    The terminal is the command's meanwhile. Raises what reading `text` raises.
    """
    try:
        with lent(app):
            process = await asyncio.create_subprocess_exec(shell, "-c", command, stdin=PIPE)
            await _fed(process, text)
            words = outcome_words(command, process.returncode or 0)
            await any_key(f"{words} · any key goes back to smsdesk")
            return words
    except SuspendNotSupported:
        return "This terminal cannot be handed to a command"
    except OSError as error:
        return f"{one_line(shell, 40)} cannot be run: {error.strerror}"


def outcome_words(command: str, status: int) -> str:
    """How a command ended, on one line."""
    shown = one_line(command, 60)
    if status == 0:
        return f"{shown}: done"
    if status == _NOT_FOUND:
        return f"No such command: {shown}"
    return f"Exit status {status}: {shown}" if status > 0 else f"Ended by signal {-status}: {shown}"


async def _fed(process: Process, text: AsyncIterator[str]) -> None:
    """Hand the text over while the command wants it, and wait for its end."""
    feeding = asyncio.create_task(_feed(process, text), name="pipe")
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


async def _feed(process: Process, text: AsyncIterator[str]) -> None:
    """Write everything; a command may stop reading whenever it likes."""
    assert process.stdin is not None  # it was asked for
    try:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            async for piece in text:
                process.stdin.write(piece.encode("utf-8", "replace"))
                await process.stdin.drain()
    finally:
        process.stdin.close()
