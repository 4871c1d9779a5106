"""Deliver alarms: to a command on this machine, and to a web address.

A channel is not ours: it may hang, fail or print without end. So each has a limit of time, nothing
it does stops the sync, and what went wrong becomes one line for `doctor`.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import UTC, datetime
from enum import StrEnum

import httpx

from tui.clock import SECOND
from tui.domain.record_type import record
from tui.domain.text import one_line
from tui.domain.web_addresses import is_unencrypted
from tui.sync.bounded_programs import URL_SECONDS, post_once, read_address, run_program

COMMAND, URL = "notify_command", "notify_url"
"""Names of the channels: the settings that name them."""
_COMMAND_SECONDS = 30.0
_URL_TRIES = 2
_JSON_HEADERS = {"Content-Type": "application/json"}


class AlarmState(StrEnum):
    """What a notification says of its alarm."""

    RAISED = "raised"
    OVER = "over"
    TEST = "test"


@record
class Notification:
    """What is sent; it holds no number and no text of a customer."""

    kind: str
    account: str
    """Account that it concerns; empty for several."""
    text: str
    state: AlarmState
    at: int
    """When it was sent, ms UTC."""


@record
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
        return await run_program(
            self.command,
            f"{notification.text}\n".encode(),
            self.environ,
            variables,
            seconds=self.command_seconds,
        )

    async def _post(self, notification: Notification) -> str:
        """Post to the address; return what went wrong, without the address."""
        url, problem = await asyncio.to_thread(read_address, self.url, "notify_url")
        if problem:
            return problem
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
        line, content = "", json.dumps(body).encode()
        async with httpx.AsyncClient(timeout=URL_SECONDS) as client:
            for _ in range(_URL_TRIES):
                line, can_retry = await post_once(client, url, content, _JSON_HEADERS)
                if not can_retry:
                    break
        return line
