"""Test the listener on a real socket."""

import signal
import socket

import httpx
import pytest

from tui.store.store import Store
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
