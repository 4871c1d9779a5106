"""Run a program, or post to an address, that is not ours: it may hang, fail or print without end.

Each has a limit of time, nothing that it does stops the sync, and what went wrong is one line.
"""

import asyncio
import contextlib
import os
import signal
import socket
import ssl
import tempfile
from collections.abc import Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import httpx

from tui.domain.text import one_line

URL_SECONDS = 10.0
"""Limit of each part of an exchange; the whole may take twice as long."""
_LONGEST_LINE = 200
_LONGEST_OUTPUT = 2_000
"""Bytes at the end of what a program prints that are looked at."""
MOST_PRINTED = 50_000_000
"""Bytes after which a program is killed that prints without end."""
_CHUNK = 65_536
_OWN_VARIABLES = "SMSDESK_"
"""Prefix of our variables, which can hold secrets of accounts."""


async def run_program(
    words: Sequence[str],
    given: bytes,
    environ: Mapping[str, str],
    variables: Mapping[str, str],
    *,
    seconds: float,
) -> str:
    """Run a program without a shell; return what went wrong, empty if nothing did.

    Args:
        words: Program and its arguments.
        given: What it reads from its input.
        environ: Environment of the program; our own variables are left out.
        variables: Variables that it gets besides.
        seconds: Time after which it is killed.
    """
    others = {k: v for k, v in environ.items() if not k.startswith(_OWN_VARIABLES)}
    # A file and a pipe of our own: a child that lives on and keeps them open cannot delay us.
    with tempfile.TemporaryFile() as text, OutputTail() as output:
        text.write(given)
        text.seek(0)
        try:
            starting = asyncio.create_subprocess_exec(
                *words,
                stdin=text,
                stdout=output.writer,
                stderr=output.writer,
                env={**others, **variables},
                start_new_session=True,
            )
            process = await _start_or_kill(starting)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or type(error).__name__
            return f"{words[0]} cannot be run ({reason})"
        output.begin_reading(process.pid)
        try:
            async with asyncio.timeout(seconds):
                code = await process.wait()
        except TimeoutError:
            return f"{words[0]} did not end within {seconds:g} s"
        finally:
            _kill_group(process.pid)
            await process.wait()
        tail = output.read_rest()
        if output.is_flooded:
            return f"{words[0]} printed more than {MOST_PRINTED // 1_000_000} MB, and was stopped"
        return "" if code == 0 else f"{words[0]} ended with {_describe(code, tail)}"


class OutputTail:
    """The end of what a program prints, read from a pipe; a program that floods it is killed."""

    def __init__(self) -> None:
        """Open the pipe."""
        self._reader, self.writer = os.pipe()
        os.set_blocking(self._reader, False)
        self._tail = b""
        self._printed = 0
        self._group = 0

    def __enter__(self) -> Self:
        """Return the open pipe."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the pipe."""
        if self._group:
            asyncio.get_running_loop().remove_reader(self._reader)
        self._close_writer()
        os.close(self._reader)

    @property
    def is_flooded(self) -> bool:
        """Return whether the program has printed too much."""
        return self._printed > MOST_PRINTED

    def begin_reading(self, group: int) -> None:
        """Read what the program prints, as soon as it does.

        Args:
            group: Group of processes of the program, which is killed if it prints too much.
        """
        self._group = group
        self._close_writer()
        asyncio.get_running_loop().add_reader(self._reader, self._read_chunk)

    def read_rest(self) -> bytes:
        """Read what is in the pipe; return the end of all."""
        while self._read_chunk():
            pass
        return self._tail

    def _read_chunk(self) -> bool:
        """Read some bytes; return whether there can be more now."""
        try:
            chunk = os.read(self._reader, _CHUNK)
        except BlockingIOError:
            return False
        self._printed += len(chunk)
        self._tail = (self._tail + chunk)[-_LONGEST_OUTPUT:]
        if self.is_flooded:
            _kill_group(self._group)
        if not chunk or self.is_flooded:
            asyncio.get_running_loop().remove_reader(self._reader)
            return False
        return True

    def _close_writer(self) -> None:
        """Close our copy of the end that the program writes to."""
        if self.writer >= 0:
            os.close(self.writer)
            self.writer = -1


def read_address(url: str, setting: str) -> tuple[str, str]:
    """Return an address of the settings, or what is wrong with the file that holds it.

    Args:
        url: Address, or `file:` and the path of a file with it.
        setting: Name of the setting.
    """
    if url.startswith("file:"):
        path = Path(url.removeprefix("file:").strip()).expanduser()
        try:
            url = path.read_text(encoding="utf-8").strip()
        except (OSError, ValueError, RuntimeError) as error:
            reason = getattr(error, "strerror", None) or type(error).__name__
            return "", f"{path} cannot be read ({reason})"
    if not url.startswith(("http://", "https://")):
        return "", f"the file of {setting} holds no address with https://"
    return url, ""


async def post_once(
    client: httpx.AsyncClient, url: str, content: bytes, headers: Mapping[str, str]
) -> tuple[str, bool]:
    """Post once; return what went wrong, and whether another try may succeed.

    Args:
        client: Client with the limits of time.
        url: Address.
        content: Body.
        headers: Headers of the request.
    """
    try:
        # The limit of the client is one for each part of an exchange; an answer could drip.
        posting = client.stream("POST", url, content=content, headers=headers)
        async with asyncio.timeout(2 * URL_SECONDS), posting as got:
            status = got.status_code
    except (TimeoutError, httpx.TimeoutException):
        return "no answer in time", True
    except httpx.ConnectError as error:
        return _explain_no_connection(error), True
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        return f"no answer ({type(error).__name__})", isinstance(error, httpx.TransportError)
    if 200 <= status < 300:
        return "", False
    line = f"it answered with HTTP status {status}"
    if 300 <= status < 400:
        line += ", a redirect, which is not followed"
    return line, status >= 500 or status == 429


def _explain_no_connection(error: httpx.ConnectError) -> str:
    """Return why there is no connection, without the address."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return "no connection: its certificate is not valid"
        if isinstance(cause, socket.gaierror):
            return "no connection: the name of its host is not known"
        cause = cause.__cause__ or cause.__context__
    return "no connection: nothing accepts it at this address"


async def _start_or_kill(
    starting: Coroutine[Any, Any, asyncio.subprocess.Process],
) -> asyncio.subprocess.Process:
    """Return a program that was started; if that is cancelled, kill it as soon as it runs."""
    task = asyncio.ensure_future(starting)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        process = await task
        _kill_group(process.pid)
        await process.wait()
        raise


def _kill_group(group: int) -> None:
    """End what a command has left running, which has a group of processes of its own."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def _describe(code: int, tail: bytes) -> str:
    """Return how a command ended, with the end of the last line that it printed."""
    lines = tail.decode("utf-8", "replace").splitlines()
    last = one_line(next((line for line in reversed(lines) if line.strip()), ""), _LONGEST_OUTPUT)
    cut = f"…{last[1 - _LONGEST_LINE :]}" if len(last) > _LONGEST_LINE else last
    said = f": {cut}" if cut else ""
    return f"code {code}{said}" if code > 0 else f"signal {-code}{said}"
