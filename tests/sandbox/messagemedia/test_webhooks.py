"""Test pushes to the address of a message, to the listener, and to account webhooks."""

import json
import random
from collections.abc import AsyncIterator

import httpx
import pytest

from tui.clock import ManualClock
from tui.sandbox.app import create_app
from tui.sandbox.ledger import MmsFile, ReceiptMode
from tui.sandbox.messagemedia.emulator import MessageMedia
from tui.sandbox.state import PushSettings, Sandbox

BASE = "/messagemedia/v1"
HOOKS = f"{BASE}/webhooks/messages"
CALLBACK = "https://desk.example.net/hooks/mm"
HANDSET = "+61491570156"
HOOK = {
    "url": "https://desk.example.net/own",
    "method": "POST",
    "encoding": "JSON",
    "events": ["RECEIVED_SMS", "DELIVERED_DR"],
}


class Receiver:
    """Receive pushes."""

    def __init__(self) -> None:
        """Answer 200 and record the requests."""
        self.received: list[httpx.Request] = []
        self.status = 200

    def handle(self, request: httpx.Request) -> httpx.Response:
        """Answer one push."""
        self.received.append(request)
        return httpx.Response(self.status)

    def bodies(self) -> list[dict[str, object]]:
        """Return all received bodies as JSON."""
        return [json.loads(request.content) for request in self.received]


@pytest.fixture
def receiver() -> Receiver:
    """Return a receiver of all pushes."""
    return Receiver()


@pytest.fixture
def sandbox(clock: ManualClock, receiver: Receiver) -> Sandbox:
    """Return a sandbox whose pushes end at the receiver."""
    push = PushSettings(transport=httpx.MockTransport(receiver.handle))
    return Sandbox(clock=clock, rng=random.Random(7), emulators=[MessageMedia], push=push)


async def send_message(client: httpx.AsyncClient, **fields: object) -> str:
    """Send one message and return its id."""
    message = {"content": "hello", "destination_number": HANDSET, **fields}
    answer = await client.post(f"{BASE}/messages", json={"messages": [message]})
    return str(answer.json()["messages"][0]["message_id"])


async def pass_time(sandbox: Sandbox, clock: ManualClock, seconds: float) -> None:
    """Let time pass and due pushes be sent."""
    clock.advance(seconds)
    await sandbox.settle_all()


def send_reply(sandbox: Sandbox, text: str, *files: MmsFile) -> str:
    """Let the handset write."""
    return sandbox.emulators["messagemedia"].receive_message(HANDSET, None, text, files)


async def test_reports_and_replies_go_to_the_address_of_their_message(
    client: httpx.AsyncClient, sandbox: Sandbox, clock: ManualClock, receiver: Receiver
) -> None:
    message_id = await send_message(client, callback_url=CALLBACK, delivery_report=True)
    await pass_time(sandbox, clock, 3)
    send_reply(sandbox, "On my way")
    await sandbox.settle_all()
    assert {str(request.url) for request in receiver.received} == {CALLBACK}
    *reports, reply = receiver.bodies()
    assert [(r["status"], r["error_code"]) for r in reports] == [
        ("enroute", "101"),
        ("submitted", "200"),
        ("delivered", "220"),
    ]
    assert (reply["message_id"], reply["content"]) == (message_id, "On my way")


async def test_a_delivered_push_does_not_confirm_the_item(
    client: httpx.AsyncClient, sandbox: Sandbox, receiver: Receiver
) -> None:
    await send_message(client, callback_url=CALLBACK)
    reply_id = send_reply(sandbox, "Yes")
    await sandbox.settle_all()
    state = (await client.get("/_sandbox/state")).json()["messagemedia"]
    assert (len(receiver.received), state["replies"]["waiting"]) == (1, [reply_id])
    assert state["pushes"] == {"delivered": 1, "pending": 0}


async def test_pictures_are_pushed(
    client: httpx.AsyncClient, sandbox: Sandbox, receiver: Receiver
) -> None:
    await send_message(client, callback_url=CALLBACK)
    send_reply(sandbox, "Here is the label", MmsFile("image/jpeg", "AAAA", "label.jpg"))
    await sandbox.settle_all()
    (body,) = receiver.bodies()
    assert body["attachments"] == [
        {"content_type": "image/jpeg", "content": "AAAA", "original_name": "label.jpg"}
    ]


async def test_an_unanswered_push_is_repeated_after_growing_pauses(
    client: httpx.AsyncClient, sandbox: Sandbox, clock: ManualClock, receiver: Receiver
) -> None:
    receiver.status = 503
    await send_message(client, callback_url=CALLBACK)
    send_reply(sandbox, "Yes")
    await sandbox.settle_all()
    for seconds, heard in ((0.9, 1), (0.1, 2), (1.9, 2), (0.1, 3)):
        await pass_time(sandbox, clock, seconds)
        assert len(receiver.received) == heard
    state = (await client.get("/_sandbox/state")).json()["messagemedia"]
    assert state["pushes"] == {"delivered": 0, "pending": 1}


async def test_duplicated_receipts_are_pushed_twice(
    client: httpx.AsyncClient, sandbox: Sandbox, clock: ManualClock, receiver: Receiver
) -> None:
    sandbox.emulators["messagemedia"].ledger.receipts.set_mode(ReceiptMode.DUPLICATED)
    await send_message(client, callback_url=CALLBACK, delivery_report=True)
    await pass_time(sandbox, clock, 3)
    ids = [body["delivery_report_id"] for body in receiver.bodies()]
    assert (len(ids), len(set(ids))) == (6, 3)


async def test_a_webhook_receives_only_its_events_with_its_headers(
    client: httpx.AsyncClient, sandbox: Sandbox, clock: ManualClock, receiver: Receiver
) -> None:
    await client.post(HOOKS, json={**HOOK, "headers": {"X-Desk": "1"}})
    await send_message(client, delivery_report=True)
    await pass_time(sandbox, clock, 3)
    (request,) = receiver.received
    assert (str(request.url), request.headers["x-desk"]) == (HOOK["url"], "1")
    assert request.headers["content-type"] == "application/json"
    assert receiver.bodies()[0]["status"] == "delivered"


async def test_a_stop_phrase_is_a_notification_without_a_reply_id(
    client: httpx.AsyncClient, sandbox: Sandbox, receiver: Receiver
) -> None:
    await client.post(HOOKS, json={**HOOK, "events": ["OPT_OUT_SMS"]})
    message_id = await send_message(client)
    send_reply(sandbox, "Stop")
    await sandbox.settle_all()
    (body,) = receiver.bodies()
    assert (body["message_id"], body["source_number"]) == (message_id, HANDSET)
    assert "reply_id" not in body


async def test_a_webhook_retries_as_configured(
    client: httpx.AsyncClient, sandbox: Sandbox, clock: ManualClock, receiver: Receiver
) -> None:
    receiver.status = 500
    await client.post(HOOKS, json={**HOOK, "retries": 2, "retry_delay": 5})
    send_reply(sandbox, "Yes")
    await sandbox.settle_all()
    for _ in range(5):
        await pass_time(sandbox, clock, 5)
    assert len(receiver.received) == 3


async def test_webhooks_are_listed_in_pages_from_0(client: httpx.AsyncClient) -> None:
    for number in range(3):
        await client.post(HOOKS, json={**HOOK, "url": f"https://desk.example.net/{number}"})
    for name in ("page_size", "pageSize"):
        answer = await client.get(HOOKS, params={"page": "1", name: "2"})
        body = answer.json()
        assert (body["page"], body["pageSize"]) == (1, 2)
        assert [hook["url"] for hook in body["pageData"]] == ["https://desk.example.net/2"]
    assert (await client.get(HOOKS, params={"page": "x"})).status_code == 400


async def test_a_webhook_is_created_read_changed_and_deleted(client: httpx.AsyncClient) -> None:
    created = await client.post(HOOKS, json={**HOOK, "template": "$mtId", "read_timeout": 5000})
    hook = created.json()
    assert created.status_code == 201
    assert (hook["template"], hook["read_timeout"], hook["retries"]) == ("$mtId", 5000, 0)
    one = f"{HOOKS}/{hook['id']}"
    assert (await client.get(one)).json() == hook
    changed = await client.patch(one, json={"events": ["FAILED_DR"]})
    assert (changed.status_code, changed.json()) == (200, {**hook, "events": ["FAILED_DR"]})
    assert (await client.patch(one, json={})).status_code == 400
    assert (await client.patch(one, json={"retries": 1})).status_code == 400
    assert (await client.delete(one)).status_code == 204
    for method in ("GET", "PATCH", "DELETE"):
        assert (await client.request(method, one, json=HOOK)).status_code == 404


async def test_a_second_webhook_with_the_same_url_and_method_is_refused(
    client: httpx.AsyncClient,
) -> None:
    assert (await client.post(HOOKS, json=HOOK)).status_code == 201
    assert (await client.post(HOOKS, json=HOOK)).status_code == 409
    assert (await client.post(HOOKS, json={**HOOK, "method": "PUT"})).status_code == 201


@pytest.mark.parametrize(
    "fields",
    [
        {"url": "desk"},
        {"url": "https://desk.example.net/" + "x" * 1000},
        {"method": "HEAD"},
        {"encoding": "YAML"},
        {"events": []},
        {"events": ["READ_DR"]},
        {"events": None},
        {"headers": {"content-type": "text/plain"}},
        {"headers": {"x" * 201: "1"}},
        {"headers": {"x": "1" * 1001}},
        {"headers": {"x": "ł"}},
        {"headers": {"x": 1}},
        {"template": 1},
        {"read_timeout": 0},
        {"retries": 6},
        {"retries": True},
        {"retry_delay": 4},
    ],
)
async def test_a_faulty_webhook_is_refused(
    client: httpx.AsyncClient, fields: dict[str, object]
) -> None:
    answer = await client.post(HOOKS, json={**HOOK, **fields})
    assert (answer.status_code, set(answer.json())) == (400, {"message"})


@pytest.fixture
async def sandbox_with_listener(clock: ManualClock, receiver: Receiver) -> AsyncIterator[Sandbox]:
    """Return a sandbox that pushes everything to the listener."""
    push = PushSettings("http://desk:9000/", transport=httpx.MockTransport(receiver.handle))
    yield Sandbox(clock=clock, rng=random.Random(7), emulators=[MessageMedia], push=push)


async def test_without_an_own_address_pushes_go_to_the_listener(
    sandbox_with_listener: Sandbox, clock: ManualClock, receiver: Receiver
) -> None:
    transport = httpx.ASGITransport(create_app(sandbox_with_listener))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://sandbox", auth=("sandbox", "sandbox-secret")
    ) as client:
        await send_message(client, delivery_report=True)
    await pass_time(sandbox_with_listener, clock, 3)
    urls = {str(request.url) for request in receiver.received}
    assert urls == {"http://desk:9000/hooks/messagemedia/sandbox-hook"}
    assert len(receiver.received) == 3
