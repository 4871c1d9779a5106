"""Stand between a desk and its database server, and cut, hold or delay what they say.

It runs in a thread of its own, so that a stalled desk cannot stall it.
"""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Self

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tui.domain.database import ServerDatabase

COMMIT = b"commit\0"
"""Part of a request that commits."""
_CHUNK = 65_536


@dataclass
class Rule:
    """When a connection is cut: at the first request with a pattern, and then never again."""

    pattern: bytes
    """Part of a request of the desk."""
    is_passed: bool = False
    """Whether the request still reaches the server, so that only the answer is lost."""
    closes_proxy: bool = False
    """Whether nothing can be reached afterwards, until `open_again`."""
    after: bytes = b""
    """Part of an earlier request that must have come first."""
    has_struck: bool = False


class CuttingProxy:
    """Proxy in front of one server, on a port of its own."""

    def __init__(self, database: ServerDatabase) -> None:
        """Create the proxy; entering it starts it.

        Args:
            database: Database as it is reached without the proxy.
        """
        self.direct = database
        behind = conninfo_to_dict(database.address)
        self._server_host = str(behind.get("host") or "127.0.0.1")
        self._server_port = int(behind.get("port") or 5432)
        self.port = 0
        self.delay = 0.0
        """Seconds that each part takes in each direction."""
        self.is_stalled = False
        """Whether nothing passes in any direction, though connections stay open."""
        self.is_open = True
        """Whether new connections are accepted and served."""
        self.rules: list[Rule] = []
        self.accepted = 0
        """Number of connections so far."""
        self.refused = 0
        """Number of connections that were refused while it was closed."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._pairs: set[asyncio.StreamWriter] = set()
        self._clients: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    def __enter__(self) -> Self:
        """Start to listen."""
        self._thread.start()
        self._run(self._listen())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Cut everything and end."""
        self._run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def database(self) -> ServerDatabase:
        """Return the database as it is reached through the proxy."""
        address = make_conninfo(self.direct.address, host="127.0.0.1", port=self.port)
        return replace(self.direct, address=address)

    def cut_at(
        self,
        pattern: bytes,
        *,
        is_passed: bool = False,
        closes_proxy: bool = False,
        after: bytes = b"",
    ) -> Rule:
        """Cut the connection of the next request that contains a pattern.

        Args:
            pattern: Part of the request.
            is_passed: Whether the request reaches the server; then the answer is lost.
            closes_proxy: Whether nothing can be reached afterwards.
            after: Part of an earlier request that must have come first.
        """
        rule = Rule(pattern, is_passed, closes_proxy, after)
        self.rules.append(rule)
        return rule

    def cut_all(self) -> None:
        """Cut every open connection."""
        self._run(self._cut_all())

    def close(self) -> None:
        """Cut everything and refuse new connections."""
        self.is_open = False
        self.cut_all()

    def open_again(self) -> None:
        """Serve new connections again, and let what was held pass."""
        self.is_open, self.is_stalled = True, False

    def _run(self, work: Any) -> None:
        """Run work on the loop of the proxy and wait for it."""
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self) -> None:
        """Accept connections."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _end(self) -> None:
        """Stop accepting and cut everything."""
        assert self._server is not None
        self._server.close()
        await self._cut_all()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _cut_all(self) -> None:
        """Cut every open connection."""
        for writer in list(self._pairs):
            writer.transport.abort()

    async def _cut_clients(self) -> None:
        """Cut the connections of the desks; the server may still read what was passed on."""
        for writer in self._clients:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Connect a client with the server, until one of them ends."""
        if not self.is_open:
            self.refused += 1
            writer.transport.abort()
            return
        self.accepted += 1
        self._clients = {writer for writer in (*self._clients, writer) if not writer.is_closing()}
        with self._remember(writer):
            try:
                behind, server = await asyncio.open_connection(self._server_host, self._server_port)
            except OSError:
                return
            with self._remember(server):
                async with asyncio.TaskGroup() as group:
                    link = _Link(writer, server)
                    group.create_task(self._pass_requests(reader, link))
                    group.create_task(self._pass_answers(behind, link))

    @contextlib.contextmanager
    def _remember(self, writer: asyncio.StreamWriter) -> Iterator[None]:
        """Know a connection while it is open."""
        self._pairs.add(writer)
        try:
            yield
        finally:
            self._pairs.discard(writer)
            writer.transport.abort()

    def _find_rule(self, part: bytes) -> Rule | None:
        """Return the rule that strikes at a request, if one does."""
        for rule in self.rules:
            if rule.after in part:
                rule.after = b""
            if rule.after:
                continue
            if not rule.has_struck and rule.pattern in part:
                rule.has_struck = True
                return rule
        return None

    async def _pass_requests(self, reader: asyncio.StreamReader, link: "_Link") -> None:
        """Pass on what the desk says, until it ends or a rule strikes."""
        with contextlib.suppress(OSError):
            async for part in self._read_parts(reader):
                rule = self._find_rule(part)
                if rule is not None and rule.is_passed:
                    await link.pass_last(part)
                if rule is not None and rule.closes_proxy:
                    self.is_open = False
                    await self._cut_clients()
                if rule is not None:
                    break
                link.server.write(part)
                await link.server.drain()
        link.cut()

    async def _pass_answers(self, reader: asyncio.StreamReader, link: "_Link") -> None:
        """Pass on what the server says, until it ends; nothing after the last request."""
        with contextlib.suppress(OSError):
            async for part in self._read_parts(reader):
                if not link.is_last:
                    link.desk.write(part)
                    await link.desk.drain()
        link.is_over.set()
        if not link.is_last:
            link.cut()

    async def _read_parts(self, reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
        """Yield what arrives, late or held as the proxy is set."""
        while part := await reader.read(_CHUNK):
            if self.delay:
                await asyncio.sleep(self.delay)
            while self.is_stalled:
                await asyncio.sleep(0.01)
            yield part


class _Link:
    """Both sides of one connection."""

    def __init__(self, desk: asyncio.StreamWriter, server: asyncio.StreamWriter) -> None:
        """Create it.

        Args:
            desk: Writes to the desk.
            server: Writes to the server.
        """
        self.desk = desk
        self.server = server
        self.is_last = False
        """Whether the last request was passed on, whose answer is lost."""
        self.is_over = asyncio.Event()
        """Whether the server has ended its side."""

    async def pass_last(self, part: bytes) -> None:
        """Pass a request on and wait until the server has done it and has seen that we are gone.

        Args:
            part: The request.
        """
        self.is_last = True
        self.server.write(part)
        self.server.write_eof()
        await self.is_over.wait()

    def cut(self) -> None:
        """Cut both sides."""
        for one in (self.desk, self.server):
            one.transport.abort()
