"""Run a program, or post to an address, that is not ours: it may hang, fail or print without end.

Each has a limit of time, nothing that it does stops the sync, and what went wrong is one line.
"""

import asyncio
import contextlib
import os
import signal
import tempfile
from collections.abc import Coroutine, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import httpx

from tui.domain.text import one_line

URL_SECONDS = 10.0
"""Limit of each part of an exchange; the whole may take twice as long."""
_LONGEST_LINE = 200
_LONGEST_OUTPUT = 2_000
"""Bytes at the end of what a program prints that are looked at."""
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
    # Files in place of pipes: a child that lives on and keeps a pipe open cannot delay us.
    with tempfile.TemporaryFile() as text, tempfile.TemporaryFile() as output:
        text.write(given)
        text.seek(0)
        try:
            starting = asyncio.create_subprocess_exec(
                *words,
                stdin=text,
                stdout=output,
                stderr=output,
                env={**others, **variables},
                start_new_session=True,
            )
            process = await _start_or_kill(starting)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or type(error).__name__
            return f"{words[0]} cannot be run ({reason})"
        try:
            async with asyncio.timeout(seconds):
                code = await process.wait()
        except TimeoutError:
            return f"{words[0]} did not end within {seconds:g} s"
        finally:
            _kill_group(process.pid)
            await process.wait()
        return "" if code == 0 else f"{words[0]} ended with {_describe(code, output)}"


async def read_address(url: str, setting: str) -> tuple[str, str]:
    """Return an address of the settings, or what is wrong with the file that holds it.

    Args:
        url: Address, or `file:` and the path of a file with it.
        setting: Name of the setting.
    """
    if url.startswith("file:"):
        path = Path(url.removeprefix("file:").strip()).expanduser()
        try:
            url = (await asyncio.to_thread(path.read_text, encoding="utf-8")).strip()
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
    except TimeoutError:
        return "no answer in time", True
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        return f"no answer ({type(error).__name__})", isinstance(error, httpx.TransportError)
    if 200 <= status < 300:
        return "", False
    return f"it answered with HTTP status {status}", status >= 500 or status == 429


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


def _describe(code: int, output: IO[bytes]) -> str:
    """Return how a command ended, with the last line that it printed."""
    output.seek(max(0, os.fstat(output.fileno()).st_size - _LONGEST_OUTPUT))
    lines = output.read().decode("utf-8", "replace").split("\n")
    last = next((line for line in reversed(lines) if line.strip()), "")
    said = f": {one_line(last, _LONGEST_LINE)}" if last else ""
    return f"code {code}{said}" if code > 0 else f"signal {-code}{said}"
