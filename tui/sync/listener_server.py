"""Serve the listener on its own socket inside a program that has other work to do."""

import asyncio
import contextlib
import os
import re
import socket
from collections.abc import AsyncIterator, Iterator

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

_MOST_CONNECTIONS = 200
"""Connections at once; a burst above that is answered with 503. macOS permits 256 files."""
_SECONDS_OF_SILENCE = 15.0
"""How long a connection may send nothing, so that idle ones do not use up the number."""
_REQUEST_LINE = re.compile(rb"([A-Z]+ )(.+)( HTTP/\d\.\d\r?)")
_NOT_ASCII = re.compile(rb"[\x80-\xff]")


class CannotListen(Exception):
    """The address cannot be listened on; the text is one line that says how to fix it."""


class _LenientProtocol(H11Protocol):
    """Read the addresses that templates make of a customer's text without escaping it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin a connection, and end it if it stays silent."""
        super().connection_made(transport)
        self.timeout_keep_alive_task = self.loop.call_later(
            _SECONDS_OF_SILENCE, self.timeout_keep_alive_handler
        )

    def data_received(self, data: bytes) -> None:
        """Receive data; in the first line of a request, escape what is not allowed there."""
        if self.conn.their_state is h11.IDLE and b"\n" not in self.conn.trailing_data[0]:
            data = _escape_request_line(data)
        super().data_received(data)


def _escape_request_line(data: bytes) -> bytes:
    """Return the beginning of a request with blanks and bytes outside of ASCII escaped."""
    line, newline, rest = data.partition(b"\n")
    line = _NOT_ASCII.sub(lambda found: b"%%%02X" % found[0][0], line)
    parts = _REQUEST_LINE.fullmatch(line)
    if parts:
        line = parts[1] + parts[2].replace(b" ", b"%20") + parts[3]
    return line + newline + rest


class _EmbeddedServer(uvicorn.Server):
    """A server that does not handle the program's signals."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture no signals."""
        yield


@contextlib.asynccontextmanager
async def run_listener(app: ASGIApp, host: str, port: int) -> AsyncIterator[str]:
    """Serve an application on its own socket during the block; yield its base URL.

    Raises `CannotListen`.

    Args:
        app: Application to serve.
        host: Address to listen on.
        port: Port to listen on; 0 for a free one.
    """
    bound = _bind_socket(host, port)
    server = _EmbeddedServer(_build_config(app))
    task = asyncio.create_task(server.serve(sockets=[bound]), name="listener")
    try:
        await _wait_until_started(server, task)
        yield _format_url(bound)
    finally:
        server.should_exit = True
        await task
        bound.close()


def _bind_socket(host: str, port: int) -> socket.socket:
    """Return a bound socket.

    It names TCP explicitly, otherwise each answer waits 40 ms for an acknowledgement.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name != "nt":
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
    except (OSError, OverflowError) as error:
        bound.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise CannotListen(
            f"Cannot listen on {host}:{port} ({reason}): choose another address with --listen"
        ) from None
    return bound


def _build_config(app: ASGIApp) -> uvicorn.Config:
    """Return a quiet configuration for HTTP/1.1 only, with a limit on connections."""
    return uvicorn.Config(
        app,
        http=_LenientProtocol,
        ws="none",
        lifespan="auto",  # the listener stores what it has counted when it ends
        log_config=None,
        access_log=False,
        server_header=False,
        limit_concurrency=_MOST_CONNECTIONS,
        timeout_graceful_shutdown=3,
    )


async def _wait_until_started(server: uvicorn.Server, task: asyncio.Task[None]) -> None:
    """Wait until the server accepts requests."""
    while not server.started:
        if task.done():
            task.result()
            raise CannotListen("The listener ended before it had started")
        await asyncio.sleep(0.005)


def _format_url(bound: socket.socket) -> str:
    """Return the base URL of a bound socket."""
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
