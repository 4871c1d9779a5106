"""Faults on demand, beneath every emulator: what a provider's line does on a bad day.

Each applies to the next `count` requests to that provider, one fault after the other:

    http_500           answered 500 with an HTML page; not processed
    http_429           answered 429 with `Retry-After: 1`; not processed
    refuse             the connection is cut without an answer; not processed
    timeout            no answer until the client goes away; not processed
    drop_after_accept  processed, then the connection is cut before the answer
    malformed_json     processed, then answered with its status and half of its body
    slow               processed and answered properly after 1.5 seconds

A negative count lasts until the faults are cleared; a count of 0 clears them. On a real socket
(`tui.sandbox.server`) a cut is a closed connection; without one it raises `ConnectionCut`.
"""

from collections import deque
from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

if TYPE_CHECKING:
    from tui.sandbox.world import Sandbox

CUT_EXTENSION = "smsdesk.cut"
"""Key in `scope["extensions"]` under which a server offers to cut the connection."""

SLOW_SECONDS = 1.5


class Fault(StrEnum):
    """What goes wrong."""

    HTTP_500 = "http_500"
    HTTP_429 = "http_429"
    REFUSE = "refuse"
    TIMEOUT = "timeout"
    DROP_AFTER_ACCEPT = "drop_after_accept"
    MALFORMED_JSON = "malformed_json"
    SLOW = "slow"


class ConnectionCut(ConnectionResetError):
    """The connection was cut on demand, where there is no socket to close."""


class FaultQueue:
    """The faults that one provider's next requests meet."""

    def __init__(self) -> None:
        """Start without faults."""
        self._queue: deque[tuple[Fault, int]] = deque()

    def add(self, fault: Fault, count: int) -> None:
        """Let the next `count` requests fail so; negative: until cleared; 0 clears all."""
        if count == 0:
            self._queue.clear()
        else:
            self._queue.append((fault, count))

    @property
    def pending(self) -> bool:
        """Whether the next request meets a fault."""
        return bool(self._queue)

    def take(self) -> Fault | None:
        """The fault for the request that has just come, if any."""
        if not self._queue:
            return None
        fault, count = self._queue.popleft()
        if count != 1:
            self._queue.appendleft((fault, count - 1 if count > 0 else count))
        return fault


class FaultMiddleware:
    """Lets due things happen, then applies the fault of the provider that the path names."""

    def __init__(self, app: ASGIApp, sandbox: "Sandbox") -> None:
        """Wrap the whole application."""
        self._app = app
        self._sandbox = sandbox

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or fail it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        self._sandbox.run_due()
        queue = self._sandbox.faults.get(scope["path"].split("/", 2)[1])
        fault = queue.take() if queue is not None else None
        await self._answer(fault, scope, receive, send)

    async def _answer(
        self, fault: Fault | None, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Answer as the fault says."""
        match fault:
            case None:
                await self._app(scope, receive, send)
            case Fault.HTTP_500:
                page = "<html><body><h1>500 Internal Server Error</h1></body></html>"
                await HTMLResponse(page, 500)(scope, receive, send)
            case Fault.HTTP_429:
                answer = PlainTextResponse("Too Many Requests", 429, {"Retry-After": "1"})
                await answer(scope, receive, send)
            case Fault.REFUSE:
                await cut(scope, receive)
            case Fault.TIMEOUT:
                await until_gone(receive)
            case Fault.DROP_AFTER_ACCEPT:
                await self._app(scope, receive, Swallowed())
                await cut(scope, receive)
            case Fault.MALFORMED_JSON:
                await self._malformed(scope, receive, send)
            case Fault.SLOW:
                await self._sandbox.clock.sleep(SLOW_SECONDS)
                await self._app(scope, receive, send)

    async def _malformed(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Process the request and answer with half of the body."""
        swallowed = Swallowed()
        await self._app(scope, receive, swallowed)
        half = swallowed.body[: len(swallowed.body) // 2] or b'{"'
        answer = PlainTextResponse(half, swallowed.status, media_type="application/json")
        await answer(scope, receive, send)


class Swallowed:
    """An answer that is kept from the client."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.status = 200
        self.body = b""

    async def __call__(self, message: Message) -> None:
        """Keep one part of the answer."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")


async def until_gone(receive: Receive) -> None:
    """Wait until the client has gone away."""
    while True:
        if (await receive())["type"] == "http.disconnect":
            return


async def cut(scope: Scope, receive: Receive) -> None:
    """Cut the connection at once; raises `ConnectionCut` where there is none."""
    offered: Callable[[], None] | None = scope.get("extensions", {}).get(CUT_EXTENSION)
    if offered is None:
        raise ConnectionCut("the connection was cut on demand")
    offered()
    await until_gone(receive)
