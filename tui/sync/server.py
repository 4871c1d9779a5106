"""The listener on a real socket, inside a program that has other things to do."""

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator, Iterator

import uvicorn
from starlette.types import ASGIApp


class CannotListen(Exception):
    """The address cannot be listened on; the text is one line that names the mend."""


class _EmbeddedServer(uvicorn.Server):
    """A server that leaves the program's signals alone."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


@contextlib.asynccontextmanager
async def listening(app: ASGIApp, host: str, port: int) -> AsyncIterator[str]:
    """The app on a socket of its own for the time of the block; yields its base URL.

    Port 0 takes a free one. Raises `CannotListen`.
    """
    bound = _bind(host, port)
    server = _EmbeddedServer(_config(app))
    task = asyncio.create_task(server.serve(sockets=[bound]), name="listener")
    try:
        await _started(server, task)
        yield _url(bound)
    finally:
        server.should_exit = True
        await task
        bound.close()


def _bind(host: str, port: int) -> socket.socket:
    """A bound socket; with TCP named, or each answer would wait 40 ms for an acknowledgement."""
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


def _config(app: ASGIApp) -> uvicorn.Config:
    """Quiet, HTTP/1.1 only, and never more than it can carry."""
    return uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        limit_concurrency=64,
        timeout_graceful_shutdown=3,
    )


async def _started(server: uvicorn.Server, task: asyncio.Task[None]) -> None:
    """Return when the server answers."""
    while not server.started:
        if task.done():
            task.result()
            raise CannotListen("The listener ended before it had started")
        await asyncio.sleep(0.005)


def _url(bound: socket.socket) -> str:
    """The base URL of a bound socket."""
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
