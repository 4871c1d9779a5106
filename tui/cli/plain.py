"""`smsdesk --plain`: the desk in lines, on whatever reads and writes lines."""

import asyncio
import codecs
import contextlib
import os
import sys
import threading
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.app import Background
    from tui.seat import Seat
    from tui.store.store import Store

_CHUNK = 4_096


async def run_plain(store: "Store", seat: "Seat", background: "Background | None") -> int:
    """Talk with the agent over standard input and output; the exit code."""
    from tui.plain import PlainDesk

    async with AsyncExitStack() as stack:
        if background is not None:
            await _serve(stack, background)
        paper = Paper(Lines(sys.stdin.fileno()))
        await PlainDesk(store, seat, paper.ask, paper.say).run()
    return 0


async def _serve(stack: AsyncExitStack, background: "Background") -> None:
    """Serve the accounts; a desk that cannot is still good for reading."""
    from tui.domain.text import one_line
    from tui.store.errors import StoreError
    from tui.unserved import CannotServe

    try:
        await stack.enter_async_context(background())
    except (CannotServe, StoreError, OSError) as error:
        say(one_line(f"Not connected: {error}", 300))


def say(line: str) -> None:
    """Add a line, in what the terminal can show."""
    _write(line + "\n")


def _write(text: str) -> None:
    """Write now; what the terminal's encoding lacks becomes "?"."""
    encoding = sys.stdout.encoding or "ascii"
    sys.stdout.write(text.encode(encoding, "replace").decode(encoding))
    sys.stdout.flush()


class Paper:
    """What is said and asked, line under line; a question that waits is said again under news."""

    def __init__(self, lines: "Lines") -> None:
        """Answers come from `lines`."""
        self._lines = lines
        self._waiting = ""
        """The question that has no answer yet."""

    def say(self, line: str) -> None:
        """Add a line, in what the terminal can show."""
        if self._waiting:
            _write(f"\n{line}\n{self._waiting}")
        else:
            say(line)

    async def ask(self, question: str) -> str | None:
        """The next line, made harmless; None at the end."""
        from tui.domain.text import printable

        self._waiting = question
        _write(question)
        line = await self._lines.next()
        self._waiting = ""
        return printable(line.rstrip("\r")) if line is not None else None


class Lines:
    """Lines of a file, read by a thread of their own that nobody waits for at the end.

    A blocked read cannot be called off, and an ordinary thread would hold the exit back.
    """

    def __init__(self, handle: int) -> None:
        """Begin to read."""
        self._handle = handle
        self._loop = asyncio.get_running_loop()
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        threading.Thread(target=self._read, name="lines", daemon=True).start()

    async def next(self) -> str | None:
        """The next line; None at the end, however often it is asked for."""
        line = await self._lines.get()
        if line is None:
            self._lines.put_nowait(None)
        return line

    def _read(self) -> None:
        """On the thread: everything until the end of the file."""
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        rest = ""
        while chunk := self._chunk():
            *lines, rest = (rest + decoder.decode(chunk)).split("\n")
            self._give(*lines)
        self._give(*([rest] if rest else []), None)

    def _chunk(self) -> bytes:
        """Some bytes; none at the end, also that of a terminal which has gone."""
        with contextlib.suppress(OSError):
            return os.read(self._handle, _CHUNK)
        return b""

    def _give(self, *lines: str | None) -> None:
        """Hand lines over, unless nobody is there any more."""
        with contextlib.suppress(RuntimeError):
            for line in lines:
                self._loop.call_soon_threadsafe(self._lines.put_nowait, line)
