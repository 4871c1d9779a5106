"""The sandbox on a real socket, for `smsdesk sandbox`, the demo and tests of broken connections."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from tui.sandbox.faults import CUT_EXTENSION

LOCALHOST = "127.0.0.1"


class CuttableProtocol(H11Protocol):
    """HTTP/1.1 that offers each request a way to cut its own connection."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Put the offer into the scope of every request."""
        super().__init__(*args, **kwargs)
        inner = self.app

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            """The application with the offer in its scope."""
            scope.setdefault("extensions", {})[CUT_EXTENSION] = self.cut
            await inner(scope, receive, send)

        self.app = app

    def cut(self) -> None:
        """Close the connection at once, with whatever was not sent yet."""
        self.transport.abort()


class EmbeddedServer(uvicorn.Server):
    """A server that leaves the program's signals alone."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def bind(host: str, port: int) -> socket.socket:
    """A bound TCP socket; raises `OSError` if the port is taken. Port 0 takes a free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
    except OSError:
        bound.close()
        raise
    return bound


def url_of(bound: socket.socket) -> str:
    """The base URL of a bound socket, without a slash at the end."""
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def config_of(app: ASGIApp) -> uvicorn.Config:
    """Quiet, HTTP/1.1 only, with the lifespan that keeps the sandbox's time."""
    return uvicorn.Config(
        app,
        http=CuttableProtocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=1,
    )


@contextlib.asynccontextmanager
async def running(app: ASGIApp, host: str = LOCALHOST, port: int = 0) -> AsyncIterator[str]:
    """The app on a socket of its own for the time of the block; yields its base URL."""
    bound = bind(host, port)
    server = EmbeddedServer(config_of(app))
    task = asyncio.create_task(server.serve(sockets=[bound]))
    try:
        while not server.started:
            if task.done():
                task.result()
                raise RuntimeError("the sandbox server ended before it had started")
            await asyncio.sleep(0.005)
        yield url_of(bound)
    finally:
        server.should_exit = True
        await task
        bound.close()


async def serve(app: ASGIApp, host: str = LOCALHOST, port: int = 8765) -> None:
    """Serve until interrupted, printing the URL when ready; raises `OSError` for a taken port."""
    bound = bind(host, port)
    server = uvicorn.Server(config_of(app))
    ready = asyncio.create_task(_announce(server, url_of(bound)))
    try:
        await server.serve(sockets=[bound])
    finally:
        ready.cancel()
        bound.close()


async def _announce(server: uvicorn.Server, url: str) -> None:
    """Print the URL once the server answers."""
    while not server.started:
        await asyncio.sleep(0.01)
    print(url, flush=True)
