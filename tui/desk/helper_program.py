"""Run the program that helps to write: what it prints comes piece by piece, within limits.

No shell is used. The program is not ours: it may hang, fail, leave children behind, print without
end or print codes of a terminal. So it has limits, is killed with its group of processes, and its
answer is cleaned as a typed text is.
"""

import asyncio
import codecs
import contextlib
import os
import re
import signal
import tempfile
from asyncio.subprocess import Process
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from tui.domain.record_type import record
from tui.domain.text import one_line
from tui.domain.typed_text import clean_typed_text, is_blank_text

ANSWER_LENGTH = 5_000
"""Characters of an answer that are kept."""
ANSWER_SECONDS = 120.0
"""Time after which the program is killed."""
_READ_BYTES = 4_096
_TERMINAL_CODES = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\|$)|[()][0-9A-Z]|\[?[0-?]*$|[@-Z\\^_])"
)
"""Colours, titles and movements of the cursor, also one of which the rest has not come yet."""
_ERROR_BYTES = 2_000
"""Bytes at the end of the error output that are looked at."""
_CLOSING_SECONDS = 0.5
"""Time for the last output after the program has ended, which a child of it may hold open."""


@dataclass(slots=True)
class HelperAnswer:
    """What a helper has printed, as a text for the composer."""

    text: str = ""
    problem: str = ""
    """Why it is not to be used, on one line; empty if it is."""
    is_cut: bool = False
    """Whether it printed more than is kept."""


@record
class HelperProgram:
    """Command that helps, and its limits."""

    command: Sequence[str]
    environ: Mapping[str, str] | None = field(default=None, repr=False)
    """Environment of the command; None for that of smsdesk."""
    seconds: float = ANSWER_SECONDS
    """Time after which it is killed."""

    async def run(self, text: str, show: Callable[[str], None]) -> HelperAnswer:
        """Run the command and return its answer; a cancelled task kills it and its children.

        Args:
            text: Standard input of the command.
            show: Gets the answer each time that more of it has come.
        """
        name, answer, errors = one_line(self.command[0], 40), HelperAnswer(), bytearray()
        async with contextlib.AsyncExitStack() as stack:
            output, output_end = await _open_pipe(stack)
            error_output, error_end = await _open_pipe(stack)
            try:
                process = await _start_or_kill(self._start(text, output_end, error_end))
            except (OSError, ValueError) as error:
                reason = getattr(error, "strerror", None) or type(error).__name__
                return HelperAnswer(problem=f"{name} cannot be run: {reason}")
            for end in (output_end, error_end):
                end.close()
            reading = asyncio.create_task(_read_errors(error_output, errors), name="assist errors")
            try:
                async with asyncio.timeout(self.seconds):
                    await _collect_answer(process, output, answer, show)
            except TimeoutError:
                answer.problem = f"{name} gave no answer within {self.seconds:g} s and was stopped"
            finally:
                code = process.returncode
                _kill_group(process.pid)
                await process.wait()
                await asyncio.wait({reading}, timeout=_CLOSING_SECONDS)
                reading.cancel()
        if not answer.problem and code:
            answer.problem = _describe_failure(name, code, bytes(errors))
        if not answer.problem and is_blank_text(answer.text):
            answer.problem = f"{name} printed nothing"
        return answer

    async def _start(self, text: str, output: IO[bytes], errors: IO[bytes]) -> Process:
        """Start the command in a group of processes of its own."""
        with tempfile.TemporaryFile() as given:
            given.write(text.encode("utf-8", "replace"))
            given.seek(0)
            return await asyncio.create_subprocess_exec(
                *self.command,
                stdin=given,
                stdout=output,
                stderr=errors,
                env=self.environ,
                start_new_session=True,
            )


async def _open_pipe(stack: contextlib.AsyncExitStack) -> tuple[asyncio.StreamReader, IO[bytes]]:
    """Return a reader and the end to write to; a pipe of a process would wait for its children.

    Args:
        stack: Closes both ends.
    """
    read_end, write_end = (
        os.fdopen(handle, mode) for handle, mode in zip(os.pipe(), ("rb", "wb"), strict=True)
    )
    stack.callback(write_end.close)
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), read_end
    )
    stack.callback(transport.close)
    return reader, write_end


async def _start_or_kill(starting: Coroutine[Any, Any, Process]) -> Process:
    """Return a program that was started; if that is cancelled, kill it as soon as it runs."""
    task = asyncio.ensure_future(starting)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        with contextlib.suppress(OSError, ValueError):
            process = await task
            _kill_group(process.pid)
            await process.wait()
        raise


def _kill_group(group: int) -> None:
    """Kill a command and all that it has started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


async def _read_errors(output: asyncio.StreamReader, tail: bytearray) -> None:
    """Keep the end of the error output."""
    while piece := await output.read(_READ_BYTES):
        tail += piece
        del tail[:-_ERROR_BYTES]


async def _collect_answer(
    process: Process,
    output: asyncio.StreamReader,
    answer: HelperAnswer,
    show: Callable[[str], None],
) -> None:
    """Read the answer until the command has ended or has printed too much."""
    reading = asyncio.create_task(_read_answer(output, answer, show), name="assist output")
    ending = asyncio.create_task(process.wait(), name="assist end")
    try:
        await asyncio.wait({reading, ending}, return_when=asyncio.FIRST_COMPLETED)
        if not reading.done():
            await asyncio.wait({reading}, timeout=_CLOSING_SECONDS)
        elif not answer.is_cut:
            await asyncio.wait({ending})
    finally:
        for task in (reading, ending):
            task.cancel()
        await asyncio.wait({reading, ending})


async def _read_answer(
    output: asyncio.StreamReader, answer: HelperAnswer, show: Callable[[str], None]
) -> None:
    """Add each piece of the output to the answer and show it."""
    decoder, raw = codecs.getincrementaldecoder("utf-8")("replace"), ""
    while not answer.is_cut and (piece := await output.read(_READ_BYTES)):
        raw += decoder.decode(piece)
        answer.is_cut = len(raw) > ANSWER_LENGTH
        text = clean_typed_text(_TERMINAL_CODES.sub("", raw))[:ANSWER_LENGTH].strip()
        if text != answer.text:
            answer.text = text
            show(text)


def _describe_failure(name: str, code: int, errors: bytes) -> str:
    """Return how a command failed, with the last line of its error output."""
    lines = _TERMINAL_CODES.sub("", errors.decode("utf-8", "replace")).splitlines()
    last = next((line for line in reversed(lines) if line.strip()), "")
    how = f"ended with status {code}" if code > 0 else f"was ended by signal {-code}"
    said = f": {one_line(last, 120)}" if last else ""
    return f"{name} {how}{said}"
