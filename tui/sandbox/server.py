"""Serve the sandbox on a real socket: `smsdesk sandbox`, the demo, tests of broken connections."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from typing import Any

import uvicorn
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from tui.sandbox.faults import CUT_EXTENSION

LOCALHOST = "127.0.0.1"


class CuttableProtocol(H11Protocol):
    """HTTP/1.1 whose requests can cut their own connection."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Add a function that cuts the connection to the scope of every request."""
        super().__init__(*args, **kwargs)
        inner_app = self.app

        async def wrapped_app(scope: Scope, receive: Receive, send: Send) -> None:
            """Call the application with the function in its scope.

            Args:
                scope: ASGI scope of the request.
                receive: ASGI channel from the client.
                send: ASGI channel to the client.
            """
            scope.setdefault("extensions", {})[CUT_EXTENSION] = self.cut_transport
            # A client that leaves in the middle of its request gets no answer, and is no error.
            with contextlib.suppress(ClientDisconnect):
                await inner_app(scope, receive, send)

        self.app = wrapped_app

    def cut_transport(self) -> None:
        """Close the connection at once and discard what was not sent yet."""
        self.transport.abort()


class EmbeddedServer(uvicorn.Server):
    """A server that does not handle the program's signals."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture no signals."""
        # uvicorn would replace the handlers of the program in which the sandbox runs.
        yield


def bind_socket(host: str, port: int) -> socket.socket:
    """Return a bound TCP socket; raise `OSError` if the port is in use.

    Args:
        host: IPv4 or IPv6 address.
        port: Port; 0 uses a free one.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        # A restarted sandbox can use a port whose old connections are not completely closed.
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
    except OSError:
        bound.close()
        raise
    return bound


def format_url(bound: socket.socket) -> str:
    """Return the base URL of a bound socket, without a slash at the end.

    Args:
        bound: Bound IPv4 or IPv6 socket.
    """
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def build_config(app: ASGIApp) -> uvicorn.Config:
    """Return a silent server configuration, HTTP/1.1 only, with the application's lifespan."""
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
async def run_server(app: ASGIApp, host: str = LOCALHOST, port: int = 0) -> AsyncIterator[str]:
    """Serve the application on its own socket during the block; yield its base URL.

    Args:
        app: Application to serve.
        host: Address to bind.
        port: Port; 0 uses a free one.
    """
    bound = bind_socket(host, port)
    server = EmbeddedServer(build_config(app))
    task = asyncio.create_task(server.serve(sockets=[bound]))
    try:
        # uvicorn has no event for this moment, so poll.
        while not server.started:
            if task.done():
                task.result()
                raise RuntimeError("the sandbox server ended before it had started")
            await asyncio.sleep(0.005)
        yield format_url(bound)
    finally:
        server.should_exit = True
        await task
        bound.close()


async def serve_until_interrupted(app: ASGIApp, host: str = LOCALHOST, port: int = 8765) -> None:
    """Serve until interrupted, and print the URL when ready.

    Args:
        app: Application to serve.
        host: Address to bind.
        port: Port; 0 uses a free one.

    Raises:
        OSError: The port is in use.
    """
    bound = bind_socket(host, port)
    server = uvicorn.Server(build_config(app))
    ready = asyncio.create_task(_print_url(server, format_url(bound)))
    try:
        await server.serve(sockets=[bound])
    finally:
        ready.cancel()
        bound.close()


async def _print_url(server: uvicorn.Server, url: str) -> None:
    """Print the URL once the server answers."""
    while not server.started:
        await asyncio.sleep(0.01)
    print(url, flush=True)
