"""Serve the listener on its own socket inside a program that has other work to do."""

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator, Iterator

import uvicorn
from starlette.types import ASGIApp


class CannotListen(Exception):
    """The address cannot be listened on; the text is one line that says how to fix it."""


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
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        limit_concurrency=64,
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
