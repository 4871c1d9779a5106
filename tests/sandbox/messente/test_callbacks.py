"""Test the pushes: receipts of both APIs, inbound messages, signatures, repetitions."""

import hashlib
import hmac
import json
from typing import Any

import httpx
import pytest

from tui.clock import ManualClock
from tui.sandbox import INBOUND_SECRET
from tui.sandbox.messente.callbacks import sign_body
from tui.sandbox.state import Sandbox

KEY = {"username": "sandbox", "password": "sandbox-secret"}
HOOK = "http://desk/hooks/messente/sandbox-hook"
TO = "+37251234567"


def get_ledger(sandbox: Sandbox) -> Any:
    """Return the ledger of Messente."""
    return sandbox.emulators["messente"].ledger


async def send_omnimessage(client: httpx.AsyncClient, to: str = TO, **more: object) -> str:
    """Return the id of an accepted omnimessage."""
    body = {"to": to, "messages": [{"channel": "sms", "text": "Hello"}], **more}
    answer = await client.post("/v1/omnimessage", json=body)
    omnimessage_id: str = answer.json()["omnimessage_id"]
    return omnimessage_id


async def send_classic(client: httpx.AsyncClient, **more: object) -> str:
    """Return the id of an accepted classic message."""
    answer = await client.post("/send_sms/", data={**KEY, "to": TO, "text": "Hello", **more})
    return answer.text.split(" ")[1]


async def send_reply(client: httpx.AsyncClient, **inbound: object) -> str:
    """Let a handset write and return the id of the reply."""
    body = {"provider": "messente", "from": TO, "text": "Still no parcel"} | inbound
    answer = await client.post("http://sandbox/_sandbox/inbound", content=json.dumps(body))
    reply_id: str = answer.json()["id"]
    return reply_id


async def pass_time(clock: ManualClock, sandbox: Sandbox, seconds: float) -> None:
    """Let time pass and due pushes be sent."""
    clock.advance(seconds)
    await sandbox.settle_all()


def test_the_documented_signatures_are_computed() -> None:
    assert (
        sign_body("sandbox-secret", b'{"status":"DELIVRD","err":0}')
        == "ebc74f624cd4e732b3f099fa3ab51551ad9d1068e1bb3b2b3353f5ee26dc9ebe"
    )
    inbound = (
        b'{"msg_id":"5b0e9f0e-2f0c-4c57-8a51-6f6f1f3a9c10",'
        b'"sub_msg_id":"0c9f2b1a-7f55-4d0c-9b0d-3d7a2f7c1e22","channel":"sms",'
        b'"recipient":"+37251990011","time":"2026-11-20T09:15:42.000000Z",'
        b'"text":"Still no parcel","sender":"+37251000000"}'
    )
    assert (
        sign_body("inbound-shared-secret", inbound)
        == "b04febd8ac3a2913c56af3531740a8ecfbcb313b5844e27e2fd0ed193c1a746c"
    )


async def test_each_status_change_of_an_omnimessage_is_posted_and_signed(
    client: httpx.AsyncClient, clock: ManualClock, sandbox: Sandbox, pushed: list[httpx.Request]
) -> None:
    omnimessage_id = await send_omnimessage(client)
    await pass_time(clock, sandbox, 2)
    bodies = [json.loads(request.content) for request in pushed]
    assert [body["status"] for body in bodies] == ["ACK", "ACCEPTD", "DELIVRD"]
    assert set(bodies[0]) == {
        *("status", "sender", "err", "message_id", "to", "channel", "error"),
        *("omnimessage_id", "timestamp", "price_info"),
    }
    assert {body["omnimessage_id"] for body in bodies} == {omnimessage_id}
    for request in pushed:
        assert (request.method, str(request.url)) == ("POST", HOOK)
        wanted = hmac.new(b"sandbox-secret", request.content, hashlib.sha256).hexdigest()
        assert request.headers["X-Messente-Signature"] == wanted
        assert request.headers["Content-Type"] == "application/json"
    assert len(get_ledger(sandbox).receipts.confirmed) == 3


async def test_a_message_may_have_its_own_push_address(
    client: httpx.AsyncClient, clock: ManualClock, sandbox: Sandbox, pushed: list[httpx.Request]
) -> None:
    await send_omnimessage(client, dlr_url="http://other/row-1")
    await send_classic(client, **{"dlr-url": "http://other/row-2?key=a%26b"})
    await pass_time(clock, sandbox, 2)
    assert {request.url.path for request in pushed} == {"/row-1", "/row-2"}
    query = next(r.url.params for r in pushed if r.url.path == "/row-2")
    assert (query["key"], query["stat"]) == ("a&b", "ACCEPTD")


async def test_classic_receipts_are_get_requests_with_all_parameters(
    client: httpx.AsyncClient, clock: ManualClock, sandbox: Sandbox, pushed: list[httpx.Request]
) -> None:
    message_id = await send_classic(client, to="37251234593")
    await pass_time(clock, sandbox, 2)
    assert [request.method for request in pushed] == ["GET", "GET"]
    sent, failed = (dict(request.url.params) for request in pushed)
    assert (sent["status"], sent["stat"], sent["dlr-mask"]) == ("SENT", "ACCEPTD", "8")
    assert failed == {
        "sms_unique_id": message_id,
        "status": "FAILED",
        "stat": "UNDELIV",
        "err": "001",
        "dlr-mask": "2",
    }
    assert "X-Messente-Signature" not in pushed[0].headers


async def test_an_unanswered_receipt_is_repeated_five_times(
    client: httpx.AsyncClient,
    clock: ManualClock,
    sandbox: Sandbox,
    pushed: list[httpx.Request],
    answers: list[httpx.Response],
) -> None:
    await send_classic(client, to="37255500006")
    answers += [httpx.Response(500) for _ in range(20)]
    await pass_time(clock, sandbox, 2)
    assert len(pushed) == 2
    for pause in (5, 30, 120, 600, 1800, 7200):
        await pass_time(clock, sandbox, pause)
    assert len(pushed) == 12, "two receipts, six tries each"
    assert (get_ledger(sandbox).pushes.delivered, get_ledger(sandbox).pushes.pending) == (0, 0)
    assert len(get_ledger(sandbox).receipts.unconfirmed_ids) == 2


@pytest.mark.parametrize(("status", "tries"), [(302, 1), (204, 1), (400, 2), (500, 2)])
async def test_the_omnichannel_api_treats_200_to_399_as_received(
    client: httpx.AsyncClient,
    clock: ManualClock,
    sandbox: Sandbox,
    pushed: list[httpx.Request],
    answers: list[httpx.Response],
    status: int,
    tries: int,
) -> None:
    await send_omnimessage(client, to="+37255500905")
    answers.append(httpx.Response(status))
    await pass_time(clock, sandbox, 3)
    await pass_time(clock, sandbox, 5)
    assert len(pushed) == tries


async def test_an_inbound_message_is_posted_and_signed(
    client: httpx.AsyncClient, sandbox: Sandbox, pushed: list[httpx.Request]
) -> None:
    sandbox.emulators["messente"].inbound_secret = "inbound-shared-secret"  # type: ignore[attr-defined]
    reply_id = await send_reply(client)
    await sandbox.settle_all()
    (request,) = pushed
    body = json.loads(request.content)
    assert (request.method, str(request.url)) == ("POST", HOOK)
    assert body.pop("sub_msg_id") != reply_id
    assert body == {
        "msg_id": reply_id,
        "channel": "sms",
        "recipient": "+37259990011",
        "time": "2026-03-04T08:00:00.000000Z",
        "text": "Still no parcel",
        "sender": TO,
    }
    signature = sign_body("inbound-shared-secret", request.content)
    assert request.headers["X-Messente-Signature"] == signature
    assert list(get_ledger(sandbox).replies.confirmed) == [reply_id]


async def test_a_reply_goes_to_the_last_sender_number_never_to_a_name(
    client: httpx.AsyncClient, sandbox: Sandbox, pushed: list[httpx.Request]
) -> None:
    await send_classic(client, **{"from": "17010"})
    await send_reply(client)
    await send_classic(client, **{"from": "Parcels"})
    await send_reply(client)
    await send_reply(client, to="1234")
    await sandbox.settle_all()
    bodies = [json.loads(request.content) for request in pushed]
    assert [body["recipient"] for body in bodies] == ["17010", "+37259990011", "1234"]


@pytest.mark.parametrize(("sender", "replies"), [("", 1), ("+37259990011", 1), ("Parcels", 0)])
async def test_only_a_sender_number_gets_replies(
    client: httpx.AsyncClient, clock: ManualClock, sandbox: Sandbox, sender: str, replies: int
) -> None:
    await send_classic(client, to="37251234591", **{"from": sender})
    await pass_time(clock, sandbox, 10)
    assert len(get_ledger(sandbox).replies.confirmed) == replies


async def test_hostile_text_is_transmitted_unchanged(
    client: httpx.AsyncClient, sandbox: Sandbox, pushed: list[httpx.Request]
) -> None:
    text = "\ud83d\x00\x1b[31m[b]õ😀"
    await send_reply(client, text=text)
    await sandbox.settle_all()
    assert json.loads(pushed[0].content)["text"] == text
    assert pushed[0].headers["X-Messente-Signature"] == sign_body(INBOUND_SECRET, pushed[0].content)


async def test_duplicated_receipts_are_pushed_twice(
    client: httpx.AsyncClient, clock: ManualClock, sandbox: Sandbox, pushed: list[httpx.Request]
) -> None:
    mode = {"provider": "messente", "mode": "duplicated"}
    await client.post("http://sandbox/_sandbox/receipts", json=mode)
    await send_omnimessage(client)
    await pass_time(clock, sandbox, 2)
    words = [json.loads(request.content)["status"] for request in pushed]
    assert words == ["ACK", "ACK", "ACCEPTD", "ACCEPTD", "DELIVRD", "DELIVRD"]


async def test_receipts_out_of_order_are_pushed_latest_first(
    client: httpx.AsyncClient, clock: ManualClock, sandbox: Sandbox, pushed: list[httpx.Request]
) -> None:
    mode = {"provider": "messente", "mode": "out_of_order"}
    await client.post("http://sandbox/_sandbox/receipts", json=mode)
    await send_omnimessage(client)
    await pass_time(clock, sandbox, 2)
    words = [json.loads(request.content)["status"] for request in pushed]
    assert words == ["DELIVRD", "ACCEPTD", "ACK"]


async def test_a_stop_message_blocks_the_number(
    client: httpx.AsyncClient, clock: ManualClock, sandbox: Sandbox
) -> None:
    await send_omnimessage(client, to="+37251234595")
    await pass_time(clock, sandbox, 10)
    later = await send_omnimessage(client, to="+37251234595")
    await pass_time(clock, sandbox, 10)
    (entry,) = (await client.get(f"/v1/omnimessage/{later}/status")).json()["statuses"]
    assert (entry["status"], entry["err"]) == ("REJECTD", 8)
