"""The draft in the agent's own editor: a private file, there only while the editor is open."""

import asyncio
import contextlib
import os
import shlex
import tempfile
from pathlib import Path

from textual.app import App, SuspendNotSupported

from tui.domain.text import printable
from tui.terminal.lent import lent

_LARGEST = 100_000
"""Bytes that are read back."""


class EditorProblem(Exception):
    """The editor could not be used; the text says why, on one line."""


async def edit(app: App[int], text: str, editor: str) -> str:
    """Return `text` as the agent leaves it in `editor`; raises `EditorProblem`.

    The terminal is the editor's meanwhile.
    """
    with tempfile.TemporaryDirectory(prefix="smsdesk-") as folder:
        path = Path(folder, "draft.txt")
        _write_private(path, text)
        await _run(app, [*_command(editor), str(path)])
        return await asyncio.to_thread(_read, path)


def _command(editor: str) -> list[str]:
    """The editor's command as its words."""
    try:
        words = shlex.split(editor)
    except ValueError as error:
        raise EditorProblem(f"$EDITOR cannot be read: {error}") from None
    if not words:
        raise EditorProblem("No editor is set: set EDITOR, to nano for one")
    return words


async def _run(app: App[int], command: list[str]) -> None:
    """Run the editor in the app's terminal; nothing is painted until it ends."""
    try:
        with lent(app):
            process = await asyncio.create_subprocess_exec(*command)
            try:
                status = await process.wait()
            finally:
                if process.returncode is None:
                    with contextlib.suppress(ProcessLookupError):
                        process.terminate()
    except SuspendNotSupported:
        raise EditorProblem("This terminal cannot be handed to an editor") from None
    except OSError as error:
        raise EditorProblem(f"{command[0]} cannot be run: {error.strerror}") from None
    if status != 0:
        raise EditorProblem(f"{command[0]} ended with {status}: the draft is as it was")


def _write_private(path: Path, text: str) -> None:
    """A new file that only this user can read."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with open(os.open(path, flags, 0o600), "w", encoding="utf-8", errors="replace") as file:
        file.write(text)


def _read(path: Path) -> str:
    """What the editor left, fit for the composer; editors end a file with a line break."""
    try:
        with path.open("rb") as file:
            raw = file.read(_LARGEST)
    except OSError as error:
        raise EditorProblem(f"The edited file cannot be read: {error.strerror}") from None
    return printable(raw.decode("utf-8", "replace")).rstrip("\n")
