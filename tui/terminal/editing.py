"""Run an editor for the draft, or a command on a conversation, in the terminal.

The draft goes to the editor in a private file, which exists only while the editor is open. The
text of a conversation is the standard input of a command: a pager, grep, a ticket system. The
command is the agent's own and goes to the agent's shell; the texts of customers are only input,
safe for a terminal, and never part of the command line.

Sync and the feed continue meanwhile, because a message that is being sent must not look as if its
desk had died. Only painting and reading keys stop.
"""

import asyncio
import contextlib
import os
import shlex
import tempfile
from pathlib import Path

from textual.app import App, SuspendNotSupported

from tui.domain.text import to_printable
from tui.terminal.lent import hand_over_terminal

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
        with hand_over_terminal(app):
            process = await asyncio.create_subprocess_exec(*command)
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
    if status != 0:
        raise EditorError(f"{command[0]} ended with {status}: the draft is as it was")


def _write_private(path: Path, text: str) -> None:
    """Write a new file that only this user can read."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with open(os.open(path, flags, 0o600), "w", encoding="utf-8", errors="replace") as file:
        file.write(text)


def _read_edited(path: Path) -> str:
    """Return the edited text, made safe for the composer and without the final line break."""
    try:
        with path.open("rb") as file:
            raw = file.read(_MAX_EDITED_BYTES)
    except OSError as error:
        raise EditorError(f"The edited file cannot be read: {error.strerror}") from None
    return to_printable(raw.decode("utf-8", "replace")).rstrip("\n")
