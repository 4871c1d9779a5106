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
from tui.terminal.lent import hand_over_terminal, wait_for_key

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
        with hand_over_terminal(app):
            process = await asyncio.create_subprocess_exec(shell, "-c", command, stdin=PIPE)
            await _feed_process(process, text)
            outcome = describe_exit(command, process.returncode or 0)
            await wait_for_key(f"{outcome} · any key goes back to smsdesk")
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
