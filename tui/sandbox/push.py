"""Pushes to the desk, in order for each provider, repeated as that provider repeats them.

The only module of the sandbox that is an HTTP client; the client library is imported when the
first push goes out, so that a sandbox without pushes starts quickly.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tui.sandbox.agenda import Agenda
from tui.sandbox.ledger import PushCount

if TYPE_CHECKING:
    import httpx

Now = Callable[[], int]


def any_2xx(status: int, body: bytes) -> bool:
    """What most providers take for "the desk has got it"."""
    return 200 <= status < 300


@dataclass(frozen=True, slots=True)
class Push:
    """One request to the desk and what to do when it is not answered as it should be."""

    url: str
    body: bytes = b""
    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict)
    pauses: tuple[float, ...] = ()
    """Seconds to wait before each repetition; empty means that it is tried once."""
    timeout: float = 10.0
    """Seconds until an unanswered try counts as failed."""
    delivered: Callable[[], None] = lambda: None
    """Called once when the desk has taken it."""
    taken: Callable[[int, bytes], bool] = any_2xx
    """Whether an answer, by its status and body, means that the desk has taken it."""


class Pusher:
    """The pushes of one provider: one after the other, failed ones again after their pause."""

    def __init__(
        self,
        count: PushCount,
        agenda: Agenda,
        now: Now,
        transport: "httpx.AsyncBaseTransport | None" = None,
        pace: float = 1.0,
    ) -> None:
        """`pace` stretches the pauses: 0.01 makes a minute 0.6 seconds."""
        self._count = count
        self._agenda = agenda
        self._now = now
        self._transport = transport
        self._pace = pace
        self._ready: deque[Push] = deque()
        self._client: httpx.AsyncClient | None = None
        self._draining = asyncio.Lock()

    def queue(self, push: Push) -> None:
        """Take a push; it goes out at the next `drain`."""
        self._count.pending += 1
        self._ready.append(push)
        self._agenda.changed.set()

    @property
    def has_work(self) -> bool:
        """Whether something is ready to go out and nobody is at it."""
        return bool(self._ready) and not self._draining.locked()

    async def drain(self) -> None:
        """Try everything that is ready, in order."""
        async with self._draining:
            while self._ready:
                await self._try(self._ready.popleft())

    async def close(self) -> None:
        """Close the client's connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _try(self, push: Push) -> None:
        """Send once; count it, or write down the repetition."""
        if await self._send(push):
            self._count.pending -= 1
            self._count.delivered += 1
            push.delivered()
        elif push.pauses:
            self._repeat(push)
        else:
            self._count.pending -= 1
            self._count.abandoned += 1

    async def _send(self, push: Push) -> bool:
        """Whether the desk took it."""
        import httpx

        try:
            answer = await self._http().request(
                push.method,
                push.url,
                content=push.body,
                headers=dict(push.headers),
                timeout=push.timeout,
            )
        except (httpx.HTTPError, httpx.InvalidURL):
            return False
        return push.taken(answer.status_code, answer.content)

    def _repeat(self, push: Push) -> None:
        """Write down the next try."""
        pause, *later = push.pauses
        again = replace(push, pauses=tuple(later))
        due = self._now() + round(pause * self._pace * 1000)
        self._agenda.at(due, lambda at: self._ready.append(again))

    def _http(self) -> "httpx.AsyncClient":
        """The client, made when first needed."""
        import httpx

        if self._client is None:
            self._client = httpx.AsyncClient(transport=self._transport, trust_env=False)
        return self._client
