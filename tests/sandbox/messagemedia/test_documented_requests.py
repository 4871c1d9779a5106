"""Replay the requests of MessageMedia's own documentation exactly as written.

Only key and secret are the sandbox's, and ids are those that it returned. The clock is
set to 2016, as in the documentation, so that the dates there are in the future.
"""

import base64
import hashlib
import hmac
import json
import random
import re
from email.utils import formatdate

import httpx
import pytest

from tui.clock import ManualClock
from tui.sandbox.messagemedia.emulator import MessageMedia
from tui.sandbox.state import PushSettings, Sandbox

BASE = "http://sandbox/messagemedia"
JSON = {"Accept": "application/json", "Content-Type": "application/json"}
NOVEMBER_2016 = 1_478_170_800_000
"""Thu, 03 Nov 2016 11:00:00 GMT."""
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
DATE = re.compile(r"2016-11-03T\d\d:\d\d:\d\d\.\d{3}Z")

HELLO = """{
  "messages": [
    {
      "content": "Hello World",
      "destination_number": "+61491570156",
      "format": "SMS"
    }
  ]
}"""
MOST_BASIC = """{
    "messages": [
        {
            "content": "My first message!",
            "destination_number": "+61491570156"
        }
    ]
}"""
ADVANCED = {
    "format": "SMS",
    "content": "My first message!",
    "metadata": {"myKey": "myValue", "anotherKey": "anotherValue"},
    "callback_url": "https://my.callback.url.com",
    "delivery_report": True,
    "destination_number": "+61401760575",
    "scheduled": "2016-11-03T11:49:02.807Z",
    "source_number": "+61491570157",
    "source_number_type": "INTERNATIONAL",
    "message_expiry_timestamp": "2016-11-03T11:49:02.807Z",
}
"""A message with every property of the documented status, and its values."""
AT_ONCE = {name: value for name, value in ADVANCED.items() if name != "scheduled"}
"""The same message without a schedule."""
CANCEL = '{\n  "status": "cancelled"\n}'
UNKNOWN = "404b941b-2a29-469f-b114-9ea3e16bbe18"
CONFIRMED_REPLIES = {
    "reply_ids": [
        "011dcead-6988-4ad6-a1c7-6b6c68ea628d",
        "3487b3fa-6586-4979-a233-2d1b095c7718",
        "ba28e94b-c83d-4759-98e7-ff9c7edb87a1",
    ]
}
CONFIRMED_REPORTS = {"delivery_report_ids": CONFIRMED_REPLIES["reply_ids"]}
CODES = (
    *(101, 102, 151, 200, 210, 211, 212, 213, 220, 221, 320, 401, 301, 302, 303, 304, 305),
    *(402, 403, 410, 411, 412, 413, 414, 330, 331, 332, 333, 400, 405),
)

REPLY_FIELDS = {
    *("metadata", "message_id", "reply_id", "date_received", "callback_url"),
    *("destination_number", "source_number", "vendor_account_id", "content"),
}
REPORT_FIELDS = {
    *("callback_url", "delivery_report_id", "source_number", "date_received", "status", "delay"),
    *("submitted_date", "original_text", "message_id", "vendor_account_id", "metadata"),
}


@pytest.fixture
def clock() -> ManualClock:
    """Return a clock set to a morning of the documentation."""
    return ManualClock(NOVEMBER_2016)


@pytest.fixture
def pushes() -> list[httpx.Request]:
    """Return the list of pushes."""
    return []


@pytest.fixture
def sandbox(clock: ManualClock, pushes: list[httpx.Request]) -> Sandbox:
    """Return MessageMedia, whose pushes are recorded and answered with 200."""

    def accept_push(request: httpx.Request) -> httpx.Response:
        pushes.append(request)
        return httpx.Response(200)

    push = PushSettings(transport=httpx.MockTransport(accept_push))
    return Sandbox(clock=clock, rng=random.Random(7), push=push, emulators=[MessageMedia])


async def post_json(client: httpx.AsyncClient, path: str, body: object) -> httpx.Response:
    """Post JSON, given as text or as an object."""
    text = body if isinstance(body, str) else json.dumps(body)
    return await client.post(BASE + path, content=text, headers=JSON)


async def send_message(client: httpx.AsyncClient, message: object) -> str:
    """Send one message and return its id."""
    answer = await post_json(client, "/v1/messages", {"messages": [message]})
    assert answer.status_code == 202
    return str(answer.json()["messages"][0]["message_id"])


async def pass_time(sandbox: Sandbox, clock: ManualClock, seconds: float) -> None:
    """Let all events and pushes happen that are due within some seconds."""
    clock.advance(seconds)
    await sandbox.settle_all()


def make_hmac_headers(method: str, path: str, body: str, clock: ManualClock) -> dict[str, str]:
    """Return the headers of a signed request, built in the documented steps."""
    headers = {"Date": formatdate(clock.now() / 1000, usegmt=True)}
    if body:
        headers["Content-MD5"] = hashlib.md5(body.encode(), usedforsecurity=False).hexdigest()
    lines = [f"{name}: {value}" for name, value in headers.items()]
    text = "\n".join([*lines, f"{method} {path} HTTP/1.1"])
    digest = hmac.new(b"sandbox-secret", text.encode(), hashlib.sha1).digest()
    signature = base64.b64encode(digest).decode()
    names = " ".join([*headers, "request-line"])
    headers["Authorization"] = (
        f'hmac username="sandbox", algorithm="hmac-sha1", headers="{names}", '
        f'signature="{signature}"'
    )
    return headers


# messages


@pytest.mark.parametrize("body", [HELLO, MOST_BASIC])
async def test_a_send_returns_the_messages_with_an_id_and_queued(
    client: httpx.AsyncClient, body: str
) -> None:
    answer = await post_json(client, "/v1/messages", body)
    (asked,) = json.loads(body)["messages"]
    (message,) = answer.json()["messages"]
    assert (answer.status_code, message["status"]) == (202, "queued")
    assert ID.fullmatch(message["message_id"])
    assert asked.items() <= message.items()


async def test_a_signed_request_with_a_body(client: httpx.AsyncClient, clock: ManualClock) -> None:
    headers = JSON | make_hmac_headers("POST", "/v1/messages", HELLO, clock)
    client.auth = httpx.Auth()
    answer = await client.post(f"{BASE}/v1/messages", content=HELLO, headers=headers)
    assert answer.status_code == 202


async def test_a_signed_request_without_a_body(
    client: httpx.AsyncClient, clock: ManualClock
) -> None:
    path = f"/v1/messages/{await send_message(client, json.loads(HELLO)['messages'][0])}"
    client.auth = httpx.Auth()
    headers = make_hmac_headers("GET", path, "", clock)
    answer = await client.get(BASE + path, headers={"Accept": "application/json", **headers})
    assert (answer.status_code, answer.json()["content"]) == (200, "Hello World")


async def test_one_invalid_message_refuses_the_whole_request(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    good = json.loads(MOST_BASIC)["messages"][0]
    answer = await post_json(client, "/v1/messages", {"messages": [good, {"content": "no number"}]})
    assert answer.status_code == 400
    assert sandbox.emulators["messagemedia"].ledger.accepted == {}


async def test_the_status_has_every_property_of_the_message(client: httpx.AsyncClient) -> None:
    message_id = await send_message(client, ADVANCED)
    answer = await client.get(f"{BASE}/v1/messages/{message_id}")
    expected = {**ADVANCED, "message_id": message_id, "status": "scheduled"}
    assert (answer.status_code, answer.json()) == (200, expected)


async def test_a_scheduled_message_is_cancelled_once(client: httpx.AsyncClient) -> None:
    url = f"{BASE}/v1/messages/{await send_message(client, ADVANCED)}"
    assert (await client.put(url, content=CANCEL, headers=JSON)).status_code == 200
    assert (await client.get(url)).json()["status"] == "cancelled"
    again = await client.put(url, content=CANCEL, headers=JSON)
    assert again.status_code == 400
    assert again.json()["message"] == "Message is not currently scheduled"


async def test_wrong_credentials_are_forbidden(client: httpx.AsyncClient) -> None:
    client.auth = httpx.BasicAuth("thisisakey", "thisisasecretformmbasicauthrestapi")
    answer = await client.put(f"{BASE}/v1/messages/{UNKNOWN}", content=CANCEL, headers=JSON)
    assert answer.status_code == 403
    assert answer.json() == {"message": "Invalid authentication credentials"}


async def test_an_unknown_id_is_not_found(client: httpx.AsyncClient) -> None:
    url = f"{BASE}/v1/messages/{UNKNOWN}"
    for answer in (await client.get(url), await client.put(url, content=CANCEL, headers=JSON)):
        assert (answer.status_code, answer.json()) == (404, {"message": "Resource not found"})


# replies and delivery reports


async def test_replies_are_listed_until_they_are_confirmed(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    message_id = await send_message(client, AT_ONCE)
    sandbox.emulators["messagemedia"].receive_message("+61401760575", None, "My first reply!", ())
    for _ in range(2):
        (reply,) = (await client.get(f"{BASE}/v1/replies")).json()["replies"]
        assert set(reply) == REPLY_FIELDS
        assert ID.fullmatch(reply["reply_id"]) and DATE.fullmatch(reply["date_received"])
        assert (reply["message_id"], reply["content"]) == (message_id, "My first reply!")
        assert reply["source_number"] == ADVANCED["destination_number"]
        assert reply["destination_number"] == ADVANCED["source_number"]
        assert reply["metadata"] == ADVANCED["metadata"]
        assert reply["vendor_account_id"]["vendor_id"] == "MessageMedia"
    confirmed = await post_json(client, "/v1/replies/confirmed", {"reply_ids": [reply["reply_id"]]})
    assert confirmed.status_code == 202
    assert (await client.get(f"{BASE}/v1/replies")).json() == {"replies": []}


async def test_delivery_reports_are_listed_until_they_are_confirmed(
    client: httpx.AsyncClient, sandbox: Sandbox, clock: ManualClock
) -> None:
    message_id = await send_message(client, AT_ONCE)
    await pass_time(sandbox, clock, 2)
    for _ in range(2):
        answer = await client.get(f"{BASE}/v1/delivery_reports")
        reports = answer.json()["delivery_reports"]
        assert [report["status"] for report in reports] == ["enroute", "submitted", "delivered"]
        assert all(set(report) >= REPORT_FIELDS for report in reports)
        assert {report["message_id"] for report in reports} == {message_id}
        assert {report["original_text"] for report in reports} == {"My first message!"}
        assert {report["source_number"] for report in reports} == {"+61401760575"}
        assert all(DATE.fullmatch(report["submitted_date"]) for report in reports)
    ids = {"delivery_report_ids": [report["delivery_report_id"] for report in reports]}
    assert (await post_json(client, "/v1/delivery_reports/confirmed", ids)).status_code == 202
    left = (await client.get(f"{BASE}/v1/delivery_reports")).json()
    assert left == {"delivery_reports": []}


@pytest.mark.parametrize(
    ("path", "ids"),
    [
        ("/v1/replies/confirmed", CONFIRMED_REPLIES),
        ("/v1/delivery_reports/confirmed", CONFIRMED_REPORTS),
    ],
)
async def test_the_documented_confirmations_are_accepted(
    client: httpx.AsyncClient, path: str, ids: object
) -> None:
    assert (await post_json(client, path, ids)).status_code == 202


@pytest.mark.parametrize("code", CODES)
async def test_every_documented_error_code_can_be_produced(
    client: httpx.AsyncClient, sandbox: Sandbox, clock: ManualClock, code: int
) -> None:
    await send_message(client, AT_ONCE | {"destination_number": f"+61491579{code}"})
    await pass_time(sandbox, clock, 60)
    reports = (await client.get(f"{BASE}/v1/delivery_reports")).json()["delivery_reports"]
    assert reports[-1]["error_code"] == str(code)


# webhooks


async def test_reports_and_replies_are_pushed_to_the_callback_url(
    client: httpx.AsyncClient, sandbox: Sandbox, clock: ManualClock, pushes: list[httpx.Request]
) -> None:
    await send_message(client, AT_ONCE)
    await pass_time(sandbox, clock, 2)
    sandbox.emulators["messagemedia"].receive_message("+61401760575", None, "Hello back", ())
    await pass_time(sandbox, clock, 0)
    *reports, reply = [json.loads(request.content) for request in pushes]
    assert {str(request.url) for request in pushes} == {"https://my.callback.url.com"}
    assert {request.method for request in pushes} == {"POST"}
    assert all(set(report) >= REPORT_FIELDS | {"error_code"} for report in reports)
    assert set(reply) == REPLY_FIELDS
    assert reply["content"] == "Hello back"


async def test_an_mms_reply_is_pushed_with_its_attachments(
    client: httpx.AsyncClient, sandbox: Sandbox, pushes: list[httpx.Request]
) -> None:
    await send_message(client, AT_ONCE)
    files = [
        {"content_type": "image/jpeg", "content": "/9j/4AAQ", "name": "image000000.jpg"},
        {"content_type": "image/gif", "content": "R0lGODlh", "name": "gif0001.jpg"},
    ]
    inbound = {"provider": "messagemedia", "from": "+61401760575", "text": "Hello back"}
    await client.post("/_sandbox/inbound", json=inbound | {"attachments": files})
    await sandbox.settle_all()
    reply = json.loads(pushes[-1].content)
    assert set(reply) == REPLY_FIELDS | {"attachments"}
    assert reply["attachments"] == [
        {
            "content_type": file["content_type"],
            "content": file["content"],
            "original_name": file["name"],
        }
        for file in files
    ]
