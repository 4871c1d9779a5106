"""Test faults without a socket; `test_server.py` has those of the connection."""

import asyncio
import contextlib
import json

import httpx
import pytest

from tui.clock import ManualClock
from tui.sandbox.faults import ConnectionCut, Fault, FaultQueue
from tui.sandbox.state import Sandbox

SEND = {"messages": [{"content": "hello", "destination_number": "+61491570156"}]}


def count_accepted(sandbox: Sandbox) -> int:
    """Return the number of accepted messages."""
    return len(sandbox.emulators["messagemedia"].ledger.accepted)


async def send_message(client: httpx.AsyncClient) -> httpx.Response:
    """Send one message."""
    return await client.post("/messagemedia/v1/messages", json=SEND)


def test_faults_occur_one_after_the_other() -> None:
    queue = FaultQueue()
    queue.add(Fault.HTTP_500, 2)
    queue.add(Fault.REFUSE, 1)
    met = [queue.take_next() for _ in range(4)]
    assert met == [Fault.HTTP_500, Fault.HTTP_500, Fault.REFUSE, None]


def test_a_negative_count_lasts_until_cleared() -> None:
    queue = FaultQueue()
    queue.add(Fault.HTTP_429, -1)
    assert {queue.take_next() for _ in range(50)} == {Fault.HTTP_429}
    queue.add(Fault.HTTP_429, 0)
    assert queue.take_next() is None


async def test_a_server_error_is_html_and_sends_nothing(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    sandbox.faults["messagemedia"].add(Fault.HTTP_500, 1)
    answer = await send_message(client)
    assert (answer.status_code, count_accepted(sandbox)) == (500, 0)
    assert answer.headers["content-type"].startswith("text/html")
    assert (await send_message(client)).status_code == 202


async def test_too_many_requests_has_a_retry_time(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    sandbox.faults["messagemedia"].add(Fault.HTTP_429, 1)
    answer = await send_message(client)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    assert count_accepted(sandbox) == 0


async def test_malformed_json_is_half_a_response_to_an_accepted_message(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    sandbox.faults["messagemedia"].add(Fault.MALFORMED_JSON, 1)
    answer = await send_message(client)
    assert (answer.status_code, count_accepted(sandbox)) == (202, 1)
    with pytest.raises(json.JSONDecodeError):
        answer.json()


async def test_malformed_json_replaces_an_empty_body(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    sandbox.faults["messagemedia"].add(Fault.MALFORMED_JSON, 1)
    body = {"reply_ids": ["b6c0f1d2-0e6b-4f3a-8a55-90d7c1b2e3f4"]}
    answer = await client.post("/messagemedia/v1/replies/confirmed", json=body)
    assert (answer.status_code, answer.text) == (202, '{"')


async def test_a_slow_response_takes_one_and_a_half_seconds(
    client: httpx.AsyncClient, sandbox: Sandbox, clock: ManualClock
) -> None:
    sandbox.faults["messagemedia"].add(Fault.SLOW, 1)
    answer = asyncio.create_task(send_message(client))
    await asyncio.sleep(0)
    clock.advance(1.4)
    await asyncio.sleep(0)
    assert not answer.done()
    clock.advance(0.1)
    assert (await answer).status_code == 202


@pytest.mark.parametrize(("fault", "accepted"), [(Fault.REFUSE, 0), (Fault.DROP_AFTER_ACCEPT, 1)])
async def test_a_cut_connection_raises_without_a_socket(
    client: httpx.AsyncClient, sandbox: Sandbox, fault: Fault, accepted: int
) -> None:
    sandbox.faults["messagemedia"].add(fault, 1)
    with pytest.raises(ConnectionCut):
        await send_message(client)
    assert count_accepted(sandbox) == accepted


async def test_a_timeout_holds_the_request_without_effect(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    sandbox.faults["messagemedia"].add(Fault.TIMEOUT, 1)
    answer = asyncio.create_task(send_message(client))
    done, _ = await asyncio.wait([answer], timeout=0.05)
    assert (done, count_accepted(sandbox)) == (set(), 0)
    answer.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await answer


async def test_faults_do_not_affect_the_control_interface(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    sandbox.faults["messagemedia"].add(Fault.REFUSE, -1)
    assert (await client.get("/_sandbox/state")).status_code == 200
