"""Run line mode (`smsdesk --plain`) on standard input and output."""

import asyncio
import codecs
import contextlib
import io
import os
import sys
import threading
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.desk.context import AppContext
    from tui.served_app import Background
    from tui.store.store import Store

_CHUNK_BYTES = 4_096
"""Bytes that are read at once."""


async def run_plain(
    store: "Store", app_context: "AppContext", background: "Background | None"
) -> int:
    """Run line mode on standard input and output and return the exit code.

    Args:
        store: Open store.
        app_context: Context of the app: agent, accounts, clock and preferences.
        background: Starts what serves the accounts; None if there is no account.
    """
    from tui.plain import PlainApp

    async with AsyncExitStack() as stack:
        if background is not None:
            await _start_background(stack, background)
        console = LineConsole(LineReader(sys.stdin.fileno()))
        await PlainApp(store, app_context, console.ask_question, console.print_line).run()
    return 0


async def _start_background(stack: AsyncExitStack, background: "Background") -> None:
    """Serve the accounts; if that fails, say so and continue for reading only."""
    from tui.domain.text import one_line
    from tui.store.errors import StoreError

    try:
        problem = await stack.enter_async_context(background())
    except (StoreError, OSError) as error:
        problem = str(error)
    if problem:
        print_line(one_line(f"Not connected: {problem}", 300))


def print_line(line: str) -> None:
    """Print a line, with characters the terminal cannot show replaced."""
    _write_text(line + "\n")


def _write_text(text: str) -> None:
    """Write and flush; a character that the terminal's encoding lacks becomes "?"."""
    encoding = sys.stdout.encoding or "ascii"
    sys.stdout.write(text.encode(encoding, "replace").decode(encoding))
    sys.stdout.flush()


class LineConsole:
    """Print lines and ask questions; an open question is repeated below new lines."""

    def __init__(self, lines: "LineReader") -> None:
        """Create a console whose answers come from `lines`."""
        self._lines = lines
        self._open_question = ""
        """Question that has no answer yet; empty if there is none."""

    def print_line(self, line: str) -> None:
        """Print a line and repeat the open question below it."""
        if self._open_question:
            _write_text(f"\n{line}\n{self._open_question}")
        else:
            print_line(line)

    async def ask_question(self, question: str) -> str | None:
        """Ask and return the next line without control characters; None at the end."""
        from tui.domain.typed_text import clean_typed_text

        self._open_question = question
        _write_text(question)
        try:
            line = await self._lines.read_line()
        finally:
            self._open_question = ""
        return clean_typed_text(line) if line is not None else None


class LineReader:
    """Read the lines of a file on a daemon thread.

    A blocked read cannot be cancelled, and an ordinary thread would delay the exit of the
    program.
    """

    def __init__(self, handle: int) -> None:
        """Start reading.

        Args:
            handle: File descriptor to read from.
        """
        self._handle = handle
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[str | None] = asyncio.Queue()
        threading.Thread(target=self._read_file, name="lines", daemon=True).start()

    async def read_line(self) -> str | None:
        """Return the next line; None at the end, also on every later call."""
        line = await self._queue.get()
        if line is None:
            # Put the end marker back, so that the next call also returns at once.
            self._queue.put_nowait(None)
        return line

    def _read_file(self) -> None:
        """Read until the end of the file; runs on the thread."""
        # CR and CR LF end a line too, and a byte order mark in front is not part of the text.
        decoder = io.IncrementalNewlineDecoder(
            codecs.getincrementaldecoder("utf-8-sig")("replace"), translate=True
        )
        remainder = ""
        while chunk := self._read_chunk():
            *lines, remainder = (remainder + decoder.decode(chunk)).split("\n")
            self._deliver_lines(*lines)
        self._deliver_lines(*([remainder] if remainder else []), None)

    def _read_chunk(self) -> bytes:
        """Return some bytes; none at the end of the file or when the terminal is gone."""
        with contextlib.suppress(OSError):
            return os.read(self._handle, _CHUNK_BYTES)
        return b""

    def _deliver_lines(self, *lines: str | None) -> None:
        """Pass lines to the event loop, unless the loop is closed."""
        with contextlib.suppress(RuntimeError):
            for line in lines:
                self._loop.call_soon_threadsafe(self._queue.put_nowait, line)
