"""Test the listener on a real socket."""

import asyncio
import signal
import socket

import httpx
import pytest

from tests.providers.pushes import SENDERS, open_account
from tests.sync.doubles import ScriptedProvider
from tui.store.store import Store
from tui.sync import listener_server
from tui.sync.context import ServedAccount
from tui.sync.listener import create_listener
from tui.sync.listener_server import CannotListen, run_listener

HOST = "127.0.0.1"


async def test_the_listener_answers_on_a_free_port_and_closes_it(store: Store) -> None:
    async with (
        run_listener(create_listener(store, []), HOST, 0) as url,
        httpx.AsyncClient(base_url=url, trust_env=False) as client,
    ):
        answer = await client.get("/healthz")
        assert answer.text == "ok"
        assert "server" not in answer.headers
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}/healthz", trust_env=False)


async def test_a_port_in_use_is_one_error_line(store: Store) -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CannotListen, match=f"Cannot listen on {HOST}:{port} .*--listen"):
            async with run_listener(create_listener(store, []), HOST, port):
                raise AssertionError


@pytest.mark.parametrize(("host", "port"), [("192.0.2.1", 0), ("not a host", 0), (HOST, 70_000)])
async def test_an_impossible_address_is_one_error_line(store: Store, host: str, port: int) -> None:
    with pytest.raises(CannotListen, match="choose another address"):
        async with run_listener(create_listener(store, []), host, port):
            raise AssertionError


async def test_the_signal_handlers_of_the_program_are_unchanged(store: Store) -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    async with run_listener(create_listener(store, []), HOST, 0):
        assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


_MESSAGEPORT = next(sender for sender in SENDERS if sender.provider == "messageport")
_FORM = b"number=61491570156&message=%b&time=2026-03-04%%2010:11:12"


async def exchange(url: str, *pieces: bytes) -> bytes:
    """Send the pieces of a request one after another and return the answers."""
    reader, writer = await asyncio.open_connection(HOST, int(url.rpartition(":")[2]))
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(0.01)
    answers = await reader.read()
    writer.close()
    return answers


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("utf-8", "Gdzie jest żółć i paczka?"),
        ("cp1252", "Crème brûlée à 10 €"),
        ("ascii", "a b  c"),
        ("utf-8", "żółć"),
        ("cp1252", "Crème€"),
    ],
)
async def test_an_address_with_an_unescaped_text_is_read(
    store: Store, charset: str, text: str
) -> None:
    provider = open_account(_MESSAGEPORT, charset="cp1252")
    app = create_listener(store, [ServedAccount("mp", provider, hook_secret="s3cret")])
    target = b"GET /hooks/mp/s3cret?" + _FORM % text.encode(charset)
    request = target + b" HTTP/1.1\r\nHost: x\r\nX-Odd: \xe9\r\nConnection: close\r\n\r\n"
    async with run_listener(app, HOST, 0) as url:
        # A blank in an address is recognised only if the line comes at once.
        for cut in (0,) if " " in text else (0, 3, len(target) - 30):
            answer = await exchange(url, request[:cut], request[cut:])
            assert answer.startswith(b"HTTP/1.1 200"), answer
    stored = await store.database.read(
        lambda connection: connection.execute("select body from messages").fetchall()
    )
    assert [row[0] for row in stored] == [text]


async def test_the_bytes_of_a_body_are_not_changed(store: Store) -> None:
    provider = open_account(_MESSAGEPORT)
    app = create_listener(store, [ServedAccount("mp", provider, hook_secret="s3cret")])
    body = _FORM % "ż ó".encode()
    head = b"POST /hooks/mp/%b HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n%b\r\n"
    async with run_listener(app, HOST, 0) as url:
        wrong, right = (
            head % (secret, len(body), end)
            for secret, end in ((b"guess", b""), (b"s3cret", b"Connection: close\r\n"))
        )
        answers = await exchange(url, wrong, body, right, body[:40], body[40:])
    assert answers.count(b"HTTP/1.1 404") == 1
    assert answers.count(b"HTTP/1.1 200") == 1
    stored = await store.database.read(
        lambda connection: connection.execute("select body from arrivals").fetchall()
    )
    assert [bytes(row[0]) for row in stored] == [body]


async def test_a_connection_that_stays_silent_is_closed(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener_server, "_SECONDS_OF_SILENCE", 0.05)
    async with run_listener(create_listener(store, []), HOST, 0) as url:
        reader, writer = await asyncio.open_connection(HOST, int(url.rpartition(":")[2]))
        async with asyncio.timeout(10):
            assert await reader.read() == b""
        writer.close()
        assert (await exchange(url, b"GET /healthz HTTP/1.0\r\n\r\n")).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("count", [1, 3])
async def test_refusals_of_the_last_moment_are_counted_when_the_listener_ends(
    store: Store, count: int
) -> None:
    account = ServedAccount("s", ScriptedProvider(), hook_secret="secret")
    async with (
        run_listener(create_listener(store, [account]), HOST, 0) as url,
        httpx.AsyncClient(base_url=url) as client,
    ):
        for _ in range(count):
            assert (await client.post("/hooks/s/wrong")).status_code == 404
            assert (await client.post("/hooks/unknown/wrong")).status_code == 404
    found = {one.account: one.count for one in await store.held_items.list_refusals()}
    assert found == {"s": count, "": count}
