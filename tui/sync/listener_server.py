"""Serve the listener on its own socket inside a program that has other work to do."""

import asyncio
import contextlib
import functools
import os
import re
import socket
from collections.abc import AsyncIterator, Iterator
from typing import Any

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from tui.clock import SystemClock
from tui.sync.connection_places import KEEP_OPEN, ConnectionPlaces

_SECONDS_OF_SILENCE = 10.0
"""How long a request's head may take from its first byte on, or a new connection until its head."""
_SECONDS_FOR_A_REST = 60.0
"""How long a provider may go on with a body that is too large: not all read the answer before."""
_KERNEL_QUEUE = 1_024
"""Connections that the system keeps until they are accepted."""
_ACCEPTED_AT_ONCE = 16
"""Connections accepted before any of them is looked at, so that a burst cannot use up all files."""
_TIMED_OUT = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_REQUEST_LINE = re.compile(rb"([A-Z]+ )(.+)( HTTP/\d\.\d\r?)")
_NOT_ASCII = re.compile(rb"[\x80-\xff]")


class CannotListen(Exception):
    """The address cannot be listened on; the text is one line that says how to fix it."""


class _LenientProtocol(H11Protocol):
    """Read the addresses that templates make of a customer's text without escaping it.

    A connection has a place among others, and limits for the time that each of its parts takes.
    """

    address = ""
    waiting_since = 0.0
    has_pushed = False
    _deadline: asyncio.TimerHandle | None = None

    def __init__(self, *arguments: Any, places: ConnectionPlaces, **named: Any) -> None:
        """Create the protocol of one connection.

        Args:
            arguments: What uvicorn gives to its protocols.
            places: Open connections of the listener.
            named: What uvicorn gives to its protocols by name.
        """
        super().__init__(*arguments, **named)
        self._places = places

    @property
    def is_waiting(self) -> bool:
        """Return whether no request is to be answered."""
        return self.cycle is None or self.cycle.response_complete

    def fileno(self) -> int:
        """Return the number of the socket; -1 if it is closed."""
        bound = self.transport.get_extra_info("socket")
        return -1 if bound is None else int(bound.fileno())

    def end(self) -> None:
        """Close the connection; what its sender does not read is discarded."""
        if self.transport.get_write_buffer_size():
            self.transport.abort()
        else:
            self.transport.close()

    def keep_open(self) -> None:
        """Let the request take its time: its path is that of an account."""
        self.has_pushed = True
        self._set_deadline(None)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin a connection if there is a place, and end it if no request comes."""
        super().connection_made(transport)
        self.address = self.client[0] if self.client else ""
        self.waiting_since = self.loop.time()
        if self._places.admit(self):
            self._set_deadline(_SECONDS_OF_SILENCE)
        else:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Free the place of the connection."""
        self._places.release(self)
        self._set_deadline(None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Receive data; in the first line of a request, escape what is not allowed there."""
        if self.is_waiting and self._deadline is None:
            # The time of a head counts from its first byte, however many pieces it comes in.
            self._set_deadline(_SECONDS_OF_SILENCE)
        if self.conn.their_state is h11.IDLE and b"\n" not in self.conn.trailing_data[0]:
            data = _escape_request_line(data)
        super().data_received(data)

    def handle_events(self) -> None:
        """Begin the requests that have arrived; the application may keep their connection open."""
        before = self.scope
        super().handle_events()
        if self.scope is not before:
            # The task of the request has not begun yet, and reads this scope.
            self.scope["extensions"] = {KEEP_OPEN: {"call": self.keep_open}}
            if not self.is_waiting:
                # Whatever is not the path of an account is answered at once.
                self._set_deadline(_SECONDS_OF_SILENCE)

    def on_response_complete(self) -> None:
        """Wait for the next request, or for the rest of a body that is not read."""
        if self.has_pushed:
            self.waiting_since = self.loop.time()
        answered = self.cycle
        super().on_response_complete()
        if self.cycle is not answered or self.transport.is_closing():
            return
        if self.conn.their_state is h11.SEND_BODY:
            self._set_deadline(_SECONDS_FOR_A_REST if self.has_pushed else _SECONDS_OF_SILENCE)
            if not self.has_pushed and any(
                name == b"transfer-encoding" for name, _ in self.headers
            ):
                # Small chunks cost much time, and how many follow is not known.
                self.transport.close()
        else:
            self._set_deadline(_SECONDS_OF_SILENCE if self.conn.trailing_data[0] else None)

    def _set_deadline(self, seconds: float | None) -> None:
        """End the connection after a time unless this is called again; None for no limit."""
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = None if seconds is None else self.loop.call_later(seconds, self._end_late)

    def _end_late(self) -> None:
        """End a connection whose request has not come in time."""
        has_begun = self.conn.their_state is h11.IDLE and self.conn.trailing_data[0]
        if has_begun and not self.transport.is_closing():
            self.transport.write(_TIMED_OUT)
        self.end()


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
async def run_listener(
    app: ASGIApp,
    host: str,
    port: int,
    places: ConnectionPlaces | None = None,
) -> AsyncIterator[str]:
    """Serve an application on its own socket during the block; yield its base URL.

    Raises `CannotListen`.

    Args:
        app: Application to serve.
        host: Address to listen on.
        port: Port to listen on; 0 for a free one.
        places: Places of the connections; None for places with the usual limits.
    """
    bound = _bind_socket(host, port)
    places = places or ConnectionPlaces(SystemClock())
    server = _EmbeddedServer(_build_config(app, places))
    task = asyncio.create_task(server.serve(sockets=[bound]), name="listener")
    try:
        await _wait_until_started(server, task)
        bound.listen(_KERNEL_QUEUE)
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


def _build_config(app: ASGIApp, places: ConnectionPlaces) -> uvicorn.Config:
    """Return a quiet configuration for HTTP/1.1 only; the places limit the connections."""
    return uvicorn.Config(
        app,
        http=functools.partial(_LenientProtocol, places=places),  # type: ignore[arg-type]
        ws="none",
        lifespan="auto",  # the listener stores what it has counted when it ends
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=places.limits.idle_seconds,  # type: ignore[arg-type]
        backlog=_ACCEPTED_AT_ONCE,
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
