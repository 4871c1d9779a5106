"""Stand between a desk and its server as a slow network does."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit


@contextlib.contextmanager
def delay_server(address: str, milliseconds: float) -> Iterator[str]:
    """Yield an address that leads to the server with a longer round trip.

    Args:
        address: Address of the server, `postgresql://user@host:port/name`.
        milliseconds: Time that is added to each round trip.
    """
    target = urlsplit(address)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def pass_on(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

        async def write_late() -> None:
            while True:
                due, data = await queue.get()
                await asyncio.sleep(max(0.0, due - loop.time()))
                sink.write(data)

        writing = loop.create_task(write_late())
        with contextlib.suppress(ConnectionError):
            while data := await source.read(1 << 16):
                queue.put_nowait((loop.time() + milliseconds / 2_000, data))
        writing.cancel()
        sink.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(target.hostname, target.port)
        await asyncio.gather(pass_on(reader, back), pass_on(there, writer), return_exceptions=True)

    started = asyncio.run_coroutine_threadsafe(asyncio.start_server(serve, "127.0.0.1", 0), loop)
    server = started.result()
    port = server.sockets[0].getsockname()[1]
    try:
        yield address.replace(f":{target.port}", f":{port}")
    finally:
        asyncio.run_coroutine_threadsafe(_end_all(server), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end_all(server: asyncio.Server) -> None:
    """Close the server and every connection."""
    server.close()
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
