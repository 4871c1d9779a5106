"""Test on real sockets that connections without a request cost no push."""

import asyncio
import contextlib
import random
import socket
import threading
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.providers.pushes import SENDERS, open_account
from tests.waiting import wait_until
from tui.clock import MINUTE, ManualClock, SystemClock
from tui.desk.account_text import format_listener, list_account_notices
from tui.desk.format import format_account_health
from tui.domain.account import Account
from tui.domain.attention import AttentionKind
from tui.settings.values import ListenAddress
from tui.startup.background import run_listener as run_announced_listener
from tui.store.store import Store
from tui.sync import listener as push_listener
from tui.sync import listener_server
from tui.sync.connection_places import ConnectionPlaces, ListenerLimits
from tui.sync.context import ServedAccount
from tui.sync.listener import create_listener
from tui.sync.listener_server import run_listener

HOST = "127.0.0.1"
_SENDER = next(sender for sender in SENDERS if sender.provider == "messageport")
_BODY = b"number=61491570156&message=%d&time=2026-03-04%%2010:11:12"
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def make_account() -> ServedAccount:
    """Return an account that receives pushes."""
    return ServedAccount("mp", open_account(_SENDER), hook_secret="s3cret")


def make_push(number: int, *, secret: bytes = b"s3cret", end: bytes = b"") -> bytes:
    """Return the bytes of a push."""
    body = _BODY % number
    head = b"POST /hooks/mp/%b HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n%b\r\n"
    return head % (secret, len(body), end) + body


async def connect(url: str, local: str = "127.0.0.1") -> Streams:
    """Open a connection from a local address."""
    port = int(url.rpartition(":")[2])
    return await asyncio.open_connection(HOST, port, local_addr=(local, 0))


async def read_status(reader: asyncio.StreamReader) -> int:
    """Read one answer without a body and return its status; 0 if the connection was closed."""
    try:
        async with asyncio.timeout(15):
            head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return 0
    length = next(
        (
            int(line[15:])
            for line in head.lower().split(b"\r\n")
            if line.startswith(b"content-length")
        ),
        0,
    )
    await reader.readexactly(length)
    return int(head.split()[1])


async def push(url: str, number: int, local: str = "127.0.0.1") -> int:
    """Push on a connection of its own and return the status of the answer."""
    reader, writer = await connect(url, local)
    writer.write(make_push(number, end=b"Connection: close\r\n"))
    try:
        return await read_status(reader)
    finally:
        writer.close()


@contextlib.asynccontextmanager
async def crowd(
    url: str, count: int, first: bytes = b"", local: str = "127.0.0.1"
) -> AsyncIterator[list[Streams]]:
    """Hold many connections open that send a beginning and nothing more."""
    held: list[Streams] = []
    try:
        for _ in range(count):
            held.append(await connect(url, local))
        for _, writer in held:
            writer.write(first)
        yield held
    finally:
        for _, writer in held:
            writer.transport.abort()


async def count_stored(store: Store) -> int:
    """Return how many messages are stored."""
    rows = await store.database.read(
        lambda connection: connection.execute("select count(*) from messages").fetchall()
    )
    return int(rows[0][0])


@pytest.mark.parametrize("count", [64, 450])
@pytest.mark.parametrize(
    "first",
    [
        b"",
        b"P",
        b"POST /hooks/mp/s3cret HTTP/1.1\r\nX-Slow: ",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /hooks/mp/guess HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n\r\nx",
        b"POST /nothing HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n",
    ],
    ids=["silent", "one byte", "half a head", "idle", "body to no account", "chunks to nowhere"],
)
async def test_connections_without_a_secret_cost_no_push(
    store: Store, count: int, first: bytes
) -> None:
    async with (
        run_listener(create_listener(store, [make_account()]), HOST, 0) as url,
        crowd(url, count, first),
    ):
        assert [await push(url, number) for number in range(3)] == [200] * 3
        statuses = await asyncio.gather(*(push(url, number) for number in range(3, 43)))
        assert statuses == [200] * 40
    assert await count_stored(store) == 43


@pytest.mark.parametrize(
    "piece", [b"X", b"GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n"], ids=["bytes", "requests"]
)
async def test_connections_that_are_kept_busy_cost_no_push(
    store: Store, clock: ManualClock, piece: bytes
) -> None:
    places = ConnectionPlaces(clock, ListenerLimits(places=60, overflow=10))
    app = create_listener(store, [make_account()])
    ended = threading.Event()
    async with run_listener(app, HOST, 0, places) as url:
        port = int(url.rpartition(":")[2])
        busy = asyncio.create_task(asyncio.to_thread(_keep_busy, port, 70, piece, ended))
        await wait_until(lambda: places.crowd)
        try:
            statuses = [await asyncio.to_thread(_push_at_once, port, n) for n in range(5)]
        finally:
            ended.set()
            await busy
    assert statuses == [200] * 5


def _keep_busy(port: int, count: int, piece: bytes, ended: threading.Event) -> None:
    """Send on many connections without a pause and begin anew when one is closed."""
    held: list[socket.socket | None] = [None] * count
    while not ended.is_set():
        for place, one in enumerate(held):
            try:
                if one is None:
                    held[place] = one = socket.create_connection((HOST, port), timeout=5)
                    one.setblocking(False)
                one.send(piece)
                one.recv(100_000)
            except BlockingIOError:
                continue
            except OSError:
                if one is not None:
                    one.close()
                held[place] = None
        time.sleep(0.002)
    for one in held:
        if one is not None:
            one.close()


def _push_at_once(port: int, number: int) -> int:
    """Push with a client that writes as soon as it is connected; return the status."""
    with socket.create_connection((HOST, port), timeout=15) as one:
        one.sendall(make_push(number, end=b"Connection: close\r\n"))
        answer = one.recv(1_000)
    return int(answer.split()[1]) if answer else 0


async def test_a_burst_of_pushes_among_silent_connections_is_taken_in(store: Store) -> None:
    async with run_listener(create_listener(store, [make_account()]), HOST, 0) as url:
        silent = asyncio.create_task(_flood(url, 600))
        statuses = await asyncio.gather(*(push(url, number) for number in range(120)))
        silent.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await silent
    assert statuses == [200] * 120


async def _flood(url: str, count: int) -> None:
    """Open connections until cancelled, and keep them open."""
    async with crowd(url, count):
        await asyncio.Event().wait()


async def test_a_push_that_has_begun_is_not_cut(store: Store) -> None:
    async with run_listener(create_listener(store, [make_account()]), HOST, 0) as url:
        begun = [await connect(url) for _ in range(20)]
        for number, (_, writer) in enumerate(begun):
            writer.write(make_push(number)[:-10])
        await asyncio.gather(*(writer.drain() for _, writer in begun))
        async with crowd(url, 450):
            for number, (_, writer) in enumerate(begun):
                writer.write(make_push(number)[-10:])
            assert [await read_status(reader) for reader, _ in begun] == [200] * 20
        for _, writer in begun:
            writer.close()
    assert await count_stored(store) == 20


async def test_a_kept_connection_of_the_provider_outlives_a_crowd(store: Store) -> None:
    async with run_listener(create_listener(store, [make_account()]), HOST, 0) as url:
        reader, writer = await connect(url)
        writer.write(make_push(0))
        assert await read_status(reader) == 200
        for number in range(1, 4):
            async with crowd(url, 300):
                writer.write(make_push(number))
                assert await read_status(reader) == 200
        writer.close()
    assert await count_stored(store) == 4


@pytest.mark.parametrize(
    "head", [b"POST /hooks/mp/s3cret HTTP/1.1\r\nHost: x\r\n", b"G", b"GET / HTTP/1.1\r\nX: "]
)
async def test_a_head_that_drips_is_closed_in_time(
    store: Store, monkeypatch: pytest.MonkeyPatch, head: bytes
) -> None:
    monkeypatch.setattr(listener_server, "_SECONDS_OF_SILENCE", 0.4)
    async with run_listener(create_listener(store, [make_account()]), HOST, 0) as url:
        start = asyncio.get_running_loop().time()
        reader, writer = await connect(url)
        writer.write(head)
        drip = asyncio.create_task(_drip(writer, b"X-More: y\r\n"))
        async with asyncio.timeout(20):
            with contextlib.suppress(ConnectionError):
                answer = await reader.read()
                assert answer == b"" or answer.startswith(b"HTTP/1.1 408")
        assert asyncio.get_running_loop().time() - start < 10
        drip.cancel()
        writer.close()
        assert await push(url, 1) == 200


async def test_the_second_head_of_a_connection_has_the_same_limit(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener_server, "_SECONDS_OF_SILENCE", 0.4)
    async with run_listener(create_listener(store, [make_account()]), HOST, 0) as url:
        reader, writer = await connect(url)
        writer.write(make_push(1))
        assert await read_status(reader) == 200
        await asyncio.sleep(0.6)  # an idle connection stays
        writer.write(make_push(2) + b"POST /hooks")
        assert await read_status(reader) == 200
        assert await read_status(reader) == 408
        writer.close()


@pytest.mark.parametrize("secret", [b"guess", b"s3cret"])
@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_that_drips_is_broken_off(
    store: Store, monkeypatch: pytest.MonkeyPatch, secret: bytes, chunked: bool
) -> None:
    monkeypatch.setattr(listener_server, "_SECONDS_OF_SILENCE", 0.3)
    monkeypatch.setattr(listener_server, "_SECONDS_FOR_A_REST", 0.3)
    monkeypatch.setattr(push_listener, "_SECONDS_WITHOUT_BODY", 0.3)
    length = b"Transfer-Encoding: chunked" if chunked else b"Content-Length: 9999"
    piece = b"1\r\nx\r\n" if chunked else b"x"
    async with run_listener(create_listener(store, [make_account()]), HOST, 0) as url:
        reader, writer = await connect(url)
        writer.write(b"POST /hooks/mp/%b HTTP/1.1\r\nHost: x\r\n%b\r\n\r\n" % (secret, length))
        drip = asyncio.create_task(_drip(writer, piece))
        assert await read_status(reader) == (404 if secret == b"guess" else 408)
        async with asyncio.timeout(20):
            with contextlib.suppress(ConnectionError):
                assert await reader.read() == b""
        drip.cancel()
        writer.close()


async def test_a_slow_body_above_the_rate_is_taken_in(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener_server, "_SECONDS_OF_SILENCE", 0.2)
    monkeypatch.setattr(push_listener, "_SECONDS_WITHOUT_BODY", 1.0)
    monkeypatch.setattr(push_listener, "_SLOWEST_RATE", 10)
    async with run_listener(create_listener(store, [make_account()]), HOST, 0) as url:
        reader, writer = await connect(url)
        request = make_push(1)
        writer.write(request[:-40])
        for place in range(-40, 0, 2):
            await asyncio.sleep(0.07)
            writer.write(request[place:][:2])
        assert await read_status(reader) == 200
        writer.close()


async def _drip(writer: asyncio.StreamWriter, piece: bytes) -> None:
    """Send a piece again and again."""
    with contextlib.suppress(ConnectionError):
        while True:
            await asyncio.sleep(0.05)
            writer.write(piece)
            await writer.drain()


async def test_unread_answers_cost_no_place(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener_server, "_SECONDS_OF_SILENCE", 0.5)
    bind = listener_server._bind_socket

    def bind_with_small_buffer(host: str, port: int) -> socket.socket:
        """Bind a socket whose connections buffer few answers."""
        bound = bind(host, port)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        return bound

    monkeypatch.setattr(listener_server, "_bind_socket", bind_with_small_buffer)
    request = b"GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n" * 2_000
    async with run_listener(create_listener(store, [make_account()]), HOST, 0) as url:
        _, writer = await connect(url)
        writer.write(request)
        with pytest.raises(ConnectionError):
            async with asyncio.timeout(30):
                while True:
                    await writer.drain()
                    writer.write(request)
        assert await push(url, 1) == 200


async def test_one_address_has_a_limit_of_its_own(store: Store, clock: ManualClock) -> None:
    limits = ListenerLimits(per_address=10, shared_networks=())
    places = ConnectionPlaces(clock, limits)
    app = create_listener(store, [make_account()])
    async with (
        run_listener(app, HOST, 0, places) as url,
        crowd(url, 30, local="127.0.0.7") as guilty,
        crowd(url, 9, local="127.0.0.8") as innocent,
    ):
        # None is closed as long as its head may be on the way.
        assert places.crowd is None
        await asyncio.sleep(1.1)
        statuses = await asyncio.gather(*(push(url, n, "127.0.0.7") for n in range(20)))
        assert statuses == [200] * 20
        found = places.crowd
        assert found is not None
        assert (found.address, found.closed) == ("127.0.0.7", found.address_closed)
        assert found.closed >= 20
        assert sum(reader.at_eof() for reader, _ in guilty) >= 20
        assert not any(reader.at_eof() for reader, _ in innocent)


@pytest.mark.parametrize(
    ("first", "second", "is_one"),
    [
        ("203.0.113.5", "203.0.113.5", True),
        ("203.0.113.5", "203.0.113.6", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:203.0.113.5", "203.0.113.5", True),
        ("127.0.0.1", "127.0.0.1", False),
        ("10.1.2.3", "10.1.2.3", False),
        ("::1", "::1", False),
        ("::ffff:127.0.0.1", "::ffff:127.0.0.1", False),
        ("fe80::1%eth0", "fe80::1%eth0", False),
        ("", "", False),
    ],
)
def test_an_address_of_a_private_network_can_be_a_proxy(
    clock: ManualClock, first: str, second: str, is_one: bool
) -> None:
    places = ConnectionPlaces(clock)
    groups = places.find_group(first), places.find_group(second)
    assert (bool(groups[0]) and groups[0] == groups[1]) == is_one


async def test_screen_and_doctor_say_when_the_listener_was_full(tmp_path: Path) -> None:
    clock, rng = SystemClock(), random.Random(1)
    served = make_account()
    account = Account("mp", "messageport", capabilities=served.provider.capabilities, listener=True)
    async with (
        Store(tmp_path / "inbox.db", clock=clock, rng=rng, owner="listening") as store,
        run_announced_listener(
            *(store, [served], ListenAddress(HOST, 0), clock, rng), kind="service", agent="ops"
        ) as url,
        crowd(url, 221),
    ):

        async def is_recorded() -> bool:
            state = (await store.accounts.get_states()).get("mp")
            return bool(state and state.listener and state.listener.crowd)

        await wait_until(is_recorded)
        state = (await store.accounts.get_states())["mp"]
    assert state.listener is not None
    assert state.listener.crowd is not None
    assert state.listener.crowd.closed >= 61
    now = max(state.listener.crowd.until, state.listener.seen_at)
    notice = next(
        one
        for one in list_account_notices(account, state, now)
        if one.kind is AttentionKind.LISTENER_FULL
    )
    assert notice.line.startswith("The listener was full ")
    assert f"{state.listener.crowd.closed} connections from 127.0.0.1 closed" in notice.line
    assert "firewall" in notice.fix
    assert "listener full since" in format_account_health(account, state, now)[1]
    assert "listener was full" not in format_listener(state, now)
    listener = replace(state.listener, seen_at=now + 20 * MINUTE)
    later = replace(state, listener=listener)
    assert "listener was full" in format_listener(later, now + 20 * MINUTE)
    assert not list_account_notices(account, later, now + 20 * MINUTE)
