"""Deliver alarms: to a command on this machine, and to a web address.

A channel is not ours: it may hang, fail or print without end. So each has a limit of time, nothing
it does stops the sync, and what went wrong becomes one line for `doctor`.
"""

import asyncio
import contextlib
import os
import signal
import tempfile
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import IO, Any

import httpx

from tui.clock import SECOND
from tui.domain.text import one_line
from tui.domain.web_addresses import is_unencrypted

COMMAND, URL = "notify_command", "notify_url"
"""Names of the channels: the settings that name them."""
_COMMAND_SECONDS = 30.0
_URL_SECONDS = 10.0
_URL_TRIES = 2
_LONGEST_LINE = 200
_LONGEST_OUTPUT = 2_000
"""Bytes at the end of what a command prints that are looked at."""
_OWN_VARIABLES = "SMSDESK_"
"""Prefix of our variables, which can hold secrets of accounts."""


class AlarmState(StrEnum):
    """What a notification says of its alarm."""

    RAISED = "raised"
    OVER = "over"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Notification:
    """What is sent; it holds no number and no text of a customer."""

    kind: str
    account: str
    """Account that it concerns; empty for several."""
    text: str
    state: AlarmState
    at: int
    """When it was sent, ms UTC."""


@dataclass(frozen=True, slots=True)
class AlarmChannels:
    """Where alarms are sent, as the settings say."""

    command: Sequence[str] = ()
    """Program and its arguments; empty for none."""
    url: str = field(default="", repr=False)
    """Address, or `file:` and the path of a file with it; empty for none."""
    allow_http: bool = False
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Environment of the command; our own variables are left out."""
    host: str = ""
    command_seconds: float = _COMMAND_SECONDS
    """Time after which the command is killed."""

    @property
    def is_set(self) -> bool:
        """Return whether there is any channel."""
        return bool(self.command or self.url)

    async def send_notification(self, notification: Notification) -> dict[str, str]:
        """Send to every channel; return what went wrong by channel, empty if nothing did.

        Args:
            notification: What to send.
        """
        sending = {}
        if self.command:
            sending[COMMAND] = self._run_command(notification)
        if self.url:
            sending[URL] = self._post(notification)
        lines = await asyncio.gather(*sending.values())
        return {channel: one_line(line, 300) for channel, line in zip(sending, lines, strict=True)}

    async def _run_command(self, notification: Notification) -> str:
        """Run the command; return what went wrong."""
        variables = {
            "SMSDESK_ALARM_KIND": notification.kind,
            "SMSDESK_ALARM_ACCOUNT": notification.account,
            "SMSDESK_ALARM_TEXT": notification.text,
            "SMSDESK_ALARM_STATE": notification.state.value,
        }
        others = {k: v for k, v in self.environ.items() if not k.startswith(_OWN_VARIABLES)}
        # Files in place of pipes: a child that lives on and keeps a pipe open cannot delay us.
        with tempfile.TemporaryFile() as text, tempfile.TemporaryFile() as output:
            text.write(f"{notification.text}\n".encode())
            text.seek(0)
            try:
                starting = asyncio.create_subprocess_exec(
                    *self.command,
                    stdin=text,
                    stdout=output,
                    stderr=output,
                    env={**others, **variables},
                    start_new_session=True,
                )
                process = await _start_or_kill(starting)
            except (OSError, ValueError) as error:
                reason = getattr(error, "strerror", None) or type(error).__name__
                return f"{self.command[0]} cannot be run ({reason})"
            try:
                async with asyncio.timeout(self.command_seconds):
                    code = await process.wait()
            except TimeoutError:
                return f"{self.command[0]} did not end within {self.command_seconds:g} s"
            finally:
                _kill_group(process.pid)
                await process.wait()
            return "" if code == 0 else f"{self.command[0]} ended with {_describe(code, output)}"

    async def _post(self, notification: Notification) -> str:
        """Post to the address; return what went wrong, without the address."""
        url = self.url
        if url.startswith("file:"):
            path = Path(url.removeprefix("file:").strip()).expanduser()
            try:
                url = (await asyncio.to_thread(path.read_text, encoding="utf-8")).strip()
            except (OSError, ValueError, RuntimeError) as error:
                reason = getattr(error, "strerror", None) or type(error).__name__
                return f"{path} cannot be read ({reason})"
        if not url.startswith(("http://", "https://")):
            return "the file of notify_url holds no address with https://"
        if is_unencrypted(url) and not self.allow_http:
            return "the address is not encrypted: use https://, or set notify_allow_http = true"
        body = {
            "kind": notification.kind,
            "account": notification.account,
            "text": notification.text,
            "state": notification.state.value,
            "host": self.host,
            "at": datetime.fromtimestamp(notification.at / SECOND, UTC).isoformat(),
        }
        line = ""
        async with httpx.AsyncClient(timeout=_URL_SECONDS) as client:
            for _ in range(_URL_TRIES):
                line, can_retry = await _post_once(client, url, body)
                if not can_retry:
                    break
        return line


async def _post_once(
    client: httpx.AsyncClient, url: str, body: Mapping[str, str]
) -> tuple[str, bool]:
    """Post once; return what went wrong, and whether another try may succeed."""
    try:
        # The limit of the client is one for each part of an exchange; an answer could drip.
        async with asyncio.timeout(2 * _URL_SECONDS), client.stream("POST", url, json=body) as got:
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
