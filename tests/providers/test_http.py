"""Test the limit of a whole request, on real sockets that answer byte by byte or not at all."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from tests.waiting import wait_until
from tui.clock import SystemClock
from tui.providers.errors import ProviderError, Unavailable, Uncertain
from tui.providers.http import MOST_CONNECTIONS, HttpClient

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
LIMIT = 0.4
PIECE_SECONDS = 0.05
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@pytest.fixture(autouse=True)
def _limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the limit of a request; the pauses between two bytes stay far below it."""
    monkeypatch.setattr("tui.providers.http.REQUEST_SECONDS", LIMIT)


@asynccontextmanager
async def run_socket(serve: Serve) -> AsyncIterator[int]:
    """Run a server on a free port and return the port; it ends with the block."""
    tasks: set[asyncio.Task[None]] = set()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await serve(reader, writer)
        except (asyncio.CancelledError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def drip(writer: asyncio.StreamWriter, data: bytes) -> None:
    """Write one byte after the other, for ever."""
    for byte in data:
        writer.write(bytes((byte,)))
        await writer.drain()
        await asyncio.sleep(PIECE_SECONDS)


async def drip_body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer with a body that drips."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(HEAD + b"Content-Length: 1000\r\n\r\n")
    await drip(writer, b"x" * 1000)


async def drip_head(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer with headers that drip."""
    await reader.readuntil(b"\r\n\r\n")
    await drip(writer, HEAD + b"X: " + b"y" * 1000)


async def drip_chunks(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer with chunks of one byte without an end."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"1\r\n \r\n")
        await writer.drain()
        await asyncio.sleep(PIECE_SECONDS)


async def stay_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Read and never answer."""
    while await reader.read(1 << 16):
        pass


async def read_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Accept the connection and leave the request in the socket."""
    await asyncio.sleep(60)


async def request(port: int, *, effect: bool, size: int = 10) -> str:
    """Send a request and return the name of the error that it ends with."""
    client = HttpClient(f"http://127.0.0.1:{port}", clock=SystemClock())
    try:
        async with asyncio.timeout(LIMIT * 8):
            await client.send_request("POST", "/x", json_body="a" * size, effect=effect)
    except ProviderError as error:
        assert "complete" in error.message
        return type(error).__name__
    finally:
        await client.aclose()
    return ""


@pytest.mark.parametrize("serve", [drip_body, drip_head, drip_chunks, stay_silent, read_nothing])
@pytest.mark.parametrize(("effect", "error"), [(True, Uncertain), (False, Unavailable)])
async def test_no_answer_takes_longer_than_the_limit(
    serve: Serve, effect: bool, error: type[ProviderError]
) -> None:
    async with run_socket(serve) as port:
        assert await request(port, effect=effect) == error.__name__


async def test_a_body_that_cannot_be_written_in_time_may_have_arrived() -> None:
    async with run_socket(read_nothing) as port:
        assert await request(port, effect=True, size=30_000_000) == "Uncertain"


async def test_a_request_that_never_left_was_surely_not_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    arrived: list[None] = []

    async def count_and_stay_silent(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        arrived.append(None)
        await stay_silent(reader, writer)

    async with run_socket(count_and_stay_silent) as port:
        client = HttpClient(f"http://127.0.0.1:{port}", clock=SystemClock())

        async def send() -> str:
            with pytest.raises(ProviderError) as raised:
                await client.send_request("POST", "/x", json_body="a", effect=True)
            return type(raised.value).__name__

        monkeypatch.setattr("tui.providers.http.REQUEST_SECONDS", 3.0)
        first = [asyncio.create_task(send()) for _ in range(MOST_CONNECTIONS)]
        await wait_until(lambda: len(arrived) == MOST_CONNECTIONS)
        # Every connection is in use, so this one waits for a free one until its limit is over.
        monkeypatch.setattr("tui.providers.http.REQUEST_SECONDS", LIMIT)
        assert await send() == "Unavailable"
        assert await asyncio.gather(*first) == ["Uncertain"] * MOST_CONNECTIONS
        await client.aclose()
