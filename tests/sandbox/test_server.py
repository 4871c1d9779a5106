"""Test the sandbox on a real socket: broken connections, pushes, and ports in use."""

import asyncio
import socket
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.waiting import wait_until
from tui.sandbox.app import create_app
from tui.sandbox.faults import Fault
from tui.sandbox.messagemedia.emulator import MessageMedia
from tui.sandbox.server import bind_socket, run_server, serve_until_interrupted
from tui.sandbox.state import Hook, PushSettings, Sandbox

SEND = {
    "messages": [
        {"content": "hello", "destination_number": "+61491570156", "delivery_report": True}
    ]
}
PATH = "/messagemedia/v1/messages"


@pytest.fixture
def fast_sandbox() -> Sandbox:
    """Return a sandbox in real time whose handsets are a hundred times faster."""
    return Sandbox(pace=0.01, emulators=[MessageMedia])


@pytest.fixture
async def live_client(fast_sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client of that sandbox on a real socket."""
    async with (
        run_server(create_app(fast_sandbox)) as url,
        httpx.AsyncClient(
            base_url=url, auth=("sandbox", "sandbox-secret"), timeout=60, trust_env=False
        ) as client,
    ):
        yield client


def count_accepted(sandbox: Sandbox) -> int:
    """Return the number of accepted messages."""
    return len(sandbox.emulators["messagemedia"].ledger.accepted)


async def test_a_client_that_leaves_in_its_request_is_no_error(
    live_client: httpx.AsyncClient, fast_sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    url = live_client.base_url
    reader, writer = await asyncio.open_connection(url.host, url.port)
    writer.write(f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{{".encode())
    await writer.drain()
    writer.write_eof()
    assert await reader.read() == b""
    writer.close()
    assert (await live_client.post(PATH, json=SEND)).status_code == 202
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


@pytest.mark.parametrize(("fault", "accepted"), [(Fault.REFUSE, 0), (Fault.DROP_AFTER_ACCEPT, 1)])
async def test_a_cut_connection_has_no_response(
    live_client: httpx.AsyncClient, fast_sandbox: Sandbox, fault: Fault, accepted: int
) -> None:
    fast_sandbox.faults["messagemedia"].add(fault, 1)
    with pytest.raises(httpx.RemoteProtocolError):
        await live_client.post(PATH, json=SEND)
    assert count_accepted(fast_sandbox) == accepted
    assert (await live_client.post(PATH, json=SEND)).status_code == 202


async def test_a_timeout_never_responds_and_sends_nothing(
    live_client: httpx.AsyncClient, fast_sandbox: Sandbox
) -> None:
    fast_sandbox.faults["messagemedia"].add(Fault.TIMEOUT, 1)
    with pytest.raises(httpx.ReadTimeout):
        await live_client.post(PATH, json=SEND, timeout=httpx.Timeout(30, read=0.1))
    await wait_until(
        lambda: not fast_sandbox.faults["messagemedia"].has_pending, what="the fault was met"
    )
    assert count_accepted(fast_sandbox) == 0
    assert (await live_client.post(PATH, json=SEND)).status_code == 202


async def test_a_cut_connection_does_not_affect_others(
    live_client: httpx.AsyncClient, fast_sandbox: Sandbox
) -> None:
    fast_sandbox.faults["messagemedia"].add(Fault.TIMEOUT, 1)
    held = asyncio.create_task(live_client.post(PATH, json=SEND, timeout=30))
    while fast_sandbox.faults["messagemedia"].has_pending:
        await asyncio.sleep(0)
    fast_sandbox.faults["messagemedia"].add(Fault.REFUSE, 1)
    with pytest.raises(httpx.RemoteProtocolError):
        await live_client.post(PATH, json=SEND)
    assert not held.done()
    held.cancel()


async def test_a_message_is_delivered_in_real_time(live_client: httpx.AsyncClient) -> None:
    answer = (await live_client.post(PATH, json=SEND)).json()
    path = f"{PATH}/{answer['messages'][0]['message_id']}"
    async with asyncio.timeout(30):
        while (await live_client.get(path)).json()["status"] != "delivered":
            await asyncio.sleep(0.005)


async def test_pushes_reach_the_listener() -> None:
    heard: asyncio.Queue[tuple[str, object]] = asyncio.Queue()

    async def hook(request: Request) -> Response:
        """Record one push."""
        heard.put_nowait((request.url.path, await request.json()))
        return Response()

    desk = Starlette(routes=[Route("/{rest:path}", hook, methods=["POST"])])
    async with run_server(desk) as url:
        push = PushSettings(base_url=url, hooks={"messagemedia": Hook("support-au", "s3cret")})
        sandbox = Sandbox(pace=0.01, push=push, emulators=[MessageMedia])
        async with run_server(create_app(sandbox)) as there, httpx.AsyncClient() as client:
            body = {"provider": "messagemedia", "from": "+61491570156", "to": "", "text": "hi"}
            answer = await client.post(f"{there}/_sandbox/inbound", json=body)
            async with asyncio.timeout(30):
                path, reply = await heard.get()
    assert path == "/hooks/support-au/s3cret"
    assert isinstance(reply, dict)
    assert (reply["reply_id"], reply["content"]) == (answer.json()["id"], "hi")


def test_a_port_in_use_is_a_readable_error() -> None:
    with bind_socket("127.0.0.1", 0) as taken:
        taken.listen()
        with pytest.raises(OSError, match="in use"):
            bind_socket("127.0.0.1", taken.getsockname()[1])


async def test_serving_prints_the_address_when_ready(
    fast_sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    served = asyncio.create_task(
        serve_until_interrupted(create_app(fast_sandbox), "127.0.0.1", port)
    )
    printed = ""
    async with asyncio.timeout(30):
        while not (printed := printed + capsys.readouterr().out):
            await asyncio.sleep(0.01)
    async with httpx.AsyncClient(base_url=printed.strip(), trust_env=False) as client:
        assert (await client.get("/")).status_code == 200
    served.cancel()
    with pytest.raises(asyncio.CancelledError):
        await served
