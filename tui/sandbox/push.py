"""Push requests to the desk, in order for each provider, repeated as that provider repeats them.

This is the only module of the sandbox that is an HTTP client; the client library is imported when
the first push is sent, so that a sandbox without pushes starts quickly.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import field, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tui.domain.record_type import record
from tui.sandbox.agenda import Agenda
from tui.sandbox.ledger import PushCounts

if TYPE_CHECKING:
    import httpx

TimeSource = Callable[[], int]


def is_any_2xx(status: int, body: bytes) -> bool:
    """Return whether an answer has a 2xx status, which most providers accept as received.

    Args:
        status: HTTP status of the answer.
        body: Body of the answer, not used.
    """
    return 200 <= status < 300


@record
class PushRequest:
    """One request to the desk, and what to do when it is not answered as it should be."""

    url: str
    body: bytes = b""
    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict)
    pauses: tuple[float, ...] = ()
    """Seconds to wait before each repetition; empty means that it is tried once."""
    timeout: float = 10.0
    """Seconds until an unanswered attempt counts as failed."""
    on_delivered: Callable[[], None] = lambda: None
    """Called once when the desk has accepted it."""
    is_accepted: Callable[[int, bytes], bool] = is_any_2xx
    """Return whether an answer, by its status and body, means that the desk has accepted it."""
    http_version: str = "1.1"
    """Version of HTTP in which it arrives; "1.0" as through a proxy."""

    def with_headers(self, headers: Mapping[str, str]) -> "PushRequest":
        """Return the request with more headers; one of the same name is replaced."""
        return replace(self, headers={**self.headers, **headers})


class Pusher:
    """Send the pushes of one provider one after the other; repeat failed ones after their pause."""

    def __init__(
        self,
        count: PushCounts,
        agenda: Agenda,
        now: TimeSource,
        transport: "httpx.AsyncBaseTransport | None" = None,
        pace: float = 1.0,
    ) -> None:
        """Create the pusher of one provider.

        Args:
            count: Counters to update.
            agenda: Agenda in which repetitions are scheduled.
            now: Source of the current time in milliseconds UTC.
            transport: Replaces the network, for tests.
            pace: Factor for all pauses: 0.01 makes a minute 0.6 seconds.
        """
        self._count = count
        self._agenda = agenda
        self._now = now
        self._transport = transport
        self._pace = pace
        self._ready: deque[PushRequest] = deque()
        self._client: httpx.AsyncClient | None = None
        self._draining = asyncio.Lock()

    def add(self, push: PushRequest) -> None:
        """Add a push; it is sent by the next `send_ready`."""
        self._count.pending += 1
        self._ready.append(push)
        self._agenda.changed.set()

    @property
    def has_work(self) -> bool:
        """Return whether a push is ready and no task is sending."""
        return bool(self._ready) and not self._draining.locked()

    async def send_ready(self) -> None:
        """Try every push that is ready, in order."""
        async with self._draining:
            while self._ready:
                await self._attempt_push(self._ready.popleft())

    async def close(self) -> None:
        """Close the client's connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _attempt_push(self, push: PushRequest) -> None:
        """Send once; then count the result or schedule the repetition."""
        if await self._send_request(push):
            self._count.pending -= 1
            self._count.delivered += 1
            push.on_delivered()
        elif push.pauses:
            self._schedule_repeat(push)
        else:
            self._count.pending -= 1
            self._count.abandoned += 1

    async def _send_request(self, push: PushRequest) -> bool:
        """Send the request and return whether the desk accepted it."""
        import httpx

        if push.http_version == "1.0" and self._transport is None:
            return await _send_http_1_0(push)
        try:
            answer = await self._get_client().request(
                push.method,
                push.url,
                content=push.body,
                headers=dict(push.headers),
                timeout=push.timeout,
            )
        except (httpx.HTTPError, httpx.InvalidURL):
            return False
        return push.is_accepted(answer.status_code, answer.content)

    def _schedule_repeat(self, push: PushRequest) -> None:
        """Schedule the next attempt."""
        pause, *later = push.pauses
        next_attempt = replace(push, pauses=tuple(later))
        due = self._now() + round(pause * self._pace * 1000)
        self._agenda.schedule_callback(due, lambda at: self._ready.append(next_attempt))

    def _get_client(self) -> "httpx.AsyncClient":
        """Return the HTTP client, created on first use."""
        import httpx

        if self._client is None:
            # A proxy from the environment would stand between the sandbox and the desk.
            self._client = httpx.AsyncClient(transport=self._transport, trust_env=False)
        return self._client


async def _send_http_1_0(push: PushRequest) -> bool:
    """Send a request in HTTP/1.0, which the client library does not speak."""
    parts = urlsplit(push.url)
    target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    headers = {"Host": parts.netloc, "Content-Length": str(len(push.body)), **push.headers}
    lines = [f"{push.method} {target} HTTP/1.0", *(f"{k}: {v}" for k, v in headers.items())]
    head = "\r\n".join([*lines, "", ""]).encode("latin-1")
    try:
        async with asyncio.timeout(push.timeout):
            reader, writer = await asyncio.open_connection(parts.hostname, parts.port or 80)
            try:
                writer.write(head + push.body)
                answer = await reader.read()
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return False
    start, _, body = answer.partition(b"\r\n\r\n")
    status = start.split(b" ", 2)[1:2]
    return bool(status) and status[0].isdigit() and push.is_accepted(int(status[0]), body)
