"""Inject faults on demand below every emulator, as a provider's connection can fail.

Each applies to the next `count` requests to that provider, one fault after the other:

    http_500           answered 500 with an HTML page; not processed
    http_429           answered 429 with `Retry-After: 1`; not processed
    refuse             the connection is cut without an answer; not processed
    timeout            no answer until the client disconnects; not processed
    drop_after_accept  processed, then the connection is cut before the answer
    malformed_json     processed, then answered with its status and half of its body
    slow               processed and answered properly after 1.5 seconds
    drip               processed, then answered with one byte of the body every five seconds

A negative count lasts until the faults are cleared; a count of 0 clears them. On a real socket
(`tui.sandbox.server`) a cut is a closed connection; without one it raises `ConnectionCut`.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

if TYPE_CHECKING:
    from tui.sandbox.state import Sandbox

CUT_EXTENSION = "smsdesk.cut"
"""Key in `scope["extensions"]` of the function that cuts the connection."""

SLOW_SECONDS = 1.5
DRIP_SECONDS = 5.0


class Fault(StrEnum):
    """Kind of fault."""

    HTTP_500 = "http_500"
    HTTP_429 = "http_429"
    REFUSE = "refuse"
    TIMEOUT = "timeout"
    DROP_AFTER_ACCEPT = "drop_after_accept"
    MALFORMED_JSON = "malformed_json"
    SLOW = "slow"
    DRIP = "drip"


class ConnectionCut(ConnectionResetError):
    """The connection was cut on demand, where there is no socket to close."""


class FaultQueue:
    """The faults that apply to one provider's next requests."""

    def __init__(self) -> None:
        """Create a queue without faults."""
        self._queue: deque[tuple[Fault, int]] = deque()

    def add(self, fault: Fault, count: int) -> None:
        """Let the next requests fail.

        Args:
            fault: Kind of fault.
            count: Number of requests; negative: until cleared; 0 clears all faults.
        """
        if count == 0:
            self._queue.clear()
        else:
            self._queue.append((fault, count))

    @property
    def has_pending(self) -> bool:
        """Return whether the next request gets a fault."""
        return bool(self._queue)

    def take_next(self) -> Fault | None:
        """Remove and return the fault of the current request, or None."""
        if not self._queue:
            return None
        fault, count = self._queue.popleft()
        if count != 1:
            self._queue.appendleft((fault, count - 1 if count > 0 else count))
        return fault


class FaultMiddleware:
    """Run due callbacks, then apply the fault of the provider that the path names."""

    def __init__(self, app: ASGIApp, sandbox: "Sandbox") -> None:
        """Wrap the whole application.

        Args:
            app: Application with all mounts.
            sandbox: Sandbox whose faults apply.
        """
        self._app = app
        self._sandbox = sandbox

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or let it fail."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        # Polling works without a background task because due callbacks run before each request.
        self._sandbox.run_due()
        queue = self._sandbox.faults.get(scope["path"].split("/", 2)[1])
        fault = queue.take_next() if queue is not None else None
        await self._answer_request(fault, scope, receive, send)

    async def _answer_request(
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
                await cut_connection(scope, receive)
            case Fault.TIMEOUT:
                await wait_for_disconnect(receive)
            case Fault.DROP_AFTER_ACCEPT:
                await self._app(scope, receive, CapturedResponse())
                await cut_connection(scope, receive)
            case Fault.MALFORMED_JSON:
                await self._answer_malformed(scope, receive, send)
            case Fault.SLOW:
                await self._sandbox.clock.sleep(SLOW_SECONDS)
                await self._app(scope, receive, send)
            case Fault.DRIP:
                await self._answer_in_drops(scope, receive, send)

    async def _answer_in_drops(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Process the request and send the body byte by byte, until the client has enough."""
        captured = CapturedResponse()
        await self._app(scope, receive, captured)
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": captured.status, "headers": headers})
        disconnected = asyncio.create_task(wait_for_disconnect(receive))
        try:
            for byte in captured.body:
                part = {"type": "http.response.body", "body": bytes((byte,)), "more_body": True}
                await send(part)
                await self._sandbox.clock.sleep(DRIP_SECONDS)
                if disconnected.done():
                    return
            await send({"type": "http.response.body", "body": b""})
        finally:
            disconnected.cancel()

    async def _answer_malformed(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Process the request and answer with half of the body."""
        captured = CapturedResponse()
        await self._app(scope, receive, captured)
        # An empty body has no half; an unfinished object is malformed in any case.
        half = captured.body[: len(captured.body) // 2] or b'{"'
        answer = PlainTextResponse(half, captured.status, media_type="application/json")
        await answer(scope, receive, send)


class CapturedResponse:
    """A response that is not passed to the client."""

    def __init__(self) -> None:
        """Create an empty response with status 200."""
        self.status = 200
        self.body = b""

    async def __call__(self, message: Message) -> None:
        """Store one part of the response."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")


async def wait_for_disconnect(receive: Receive) -> None:
    """Wait until the client has disconnected."""
    while True:
        if (await receive())["type"] == "http.disconnect":
            return


async def cut_connection(scope: Scope, receive: Receive) -> None:
    """Cut the connection at once; raise `ConnectionCut` if the server cannot do it.

    Args:
        scope: ASGI scope of the request.
        receive: ASGI channel, used to wait for the disconnect.
    """
    cut_socket: Callable[[], None] | None = scope.get("extensions", {}).get(CUT_EXTENSION)
    if cut_socket is None:
        raise ConnectionCut("the connection was cut on demand")
    cut_socket()
    await wait_for_disconnect(receive)
