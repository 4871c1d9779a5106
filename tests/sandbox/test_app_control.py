"""The control interface and its truth."""

import json

import httpx
import pytest

from tui.clock import ManualClock
from tui.sandbox.state import Sandbox

INBOUND = {
    "provider": "messagemedia",
    "from": "+61491570156",
    "to": "+61491570157",
    "text": "On my way",
}


async def test_an_inbound_message_is_answered_with_its_id(client: httpx.AsyncClient) -> None:
    answer = await client.post("/_sandbox/inbound", json=INBOUND)
    state = (await client.get("/_sandbox/state")).json()
    assert answer.status_code == 202
    assert state["messagemedia"]["replies"]["waiting"] == [answer.json()["id"]]


async def test_hostile_text_comes_out_as_it_went_in(client: httpx.AsyncClient) -> None:
    text = "\ud83d \u0000 \u001b[31m [/] \u202e"
    await client.post("/_sandbox/inbound", content=json.dumps({**INBOUND, "text": text}))
    replies = (await client.get("/messagemedia/v1/replies")).json()["replies"]
    assert replies[0]["content"] == text


@pytest.mark.parametrize(
    ("path", "body", "line"),
    [
        ("inbound", {**INBOUND, "provider": "unknown"}, "provider: must be one of messagemedia"),
        ("inbound", {**INBOUND, "from": ""}, "from: must be a text"),
        ("inbound", {**INBOUND, "text": 7}, "text: must be a text"),
        ("inbound", {**INBOUND, "to": 7}, "to: must be a text"),
        ("inbound", {**INBOUND, "attachments": "x"}, "attachments: must be a list"),
        ("inbound", {**INBOUND, "attachments": [1]}, "attachments: each must be an object"),
        ("faults", {"provider": "messagemedia", "fault": "rain"}, "fault: must be one of http_500"),
        (
            "faults",
            {"provider": "messagemedia", "fault": "slow", "count": "2"},
            "count: must be a whole number",
        ),
        ("receipts", {"provider": "messagemedia", "mode": 1}, "mode: must be one of normal"),
        ("receipts", [], "the body is not a JSON object"),
    ],
)
async def test_a_bad_request_is_answered_with_one_clear_line(
    client: httpx.AsyncClient, path: str, body: object, line: str
) -> None:
    answer = await client.post(f"/_sandbox/{path}", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(line)


async def test_a_body_that_is_not_json_is_a_bad_request(client: httpx.AsyncClient) -> None:
    answer = await client.post("/_sandbox/faults", content=b"\xff{")
    assert (answer.status_code, answer.json()) == (400, {"error": "the body is not valid JSON"})


async def test_faults_are_set_for_the_next_requests(client: httpx.AsyncClient) -> None:
    fault = {"provider": "messagemedia", "fault": "http_500", "count": 2}
    assert (await client.post("/_sandbox/faults", json=fault)).status_code == 200
    seen = [(await client.get("/messagemedia/v1/replies")).status_code for _ in range(3)]
    assert seen == [500, 500, 200]


async def test_the_state_has_every_key_and_every_acceptance(client: httpx.AsyncClient) -> None:
    message = {
        "content": "hello",
        "destination_number": "+61491570156",
        "source_number": "+61491570157",
    }
    sent = await client.post("/messagemedia/v1/messages", json={"messages": [message, message]})
    ids = [item["message_id"] for item in sent.json()["messages"]]
    state = (await client.get("/_sandbox/state")).json()
    assert state == {
        "messagemedia": {
            "accepted": [
                {
                    "id": message_id,
                    "to": "+61491570156",
                    "from": "+61491570157",
                    "text": "hello",
                    "reference": None,
                    "status": "queued",
                }
                for message_id in ids
            ],
            "replies": {"waiting": [], "confirmed": []},
            "receipts": {"waiting": [], "confirmed": []},
            "pushes": {"delivered": 0, "pending": 0},
        }
    }


async def test_held_receipts_come_when_the_mode_changes(
    client: httpx.AsyncClient, clock: ManualClock, sandbox: Sandbox
) -> None:
    held = {"provider": "messagemedia", "mode": "held"}
    await client.post("/_sandbox/receipts", json=held)
    message = {
        "content": "hello",
        "destination_number": "+61491570156",
        "delivery_report": True,
    }
    await client.post("/messagemedia/v1/messages", json={"messages": [message]})
    clock.advance(5)
    reports = await client.get("/messagemedia/v1/delivery_reports")
    assert reports.json() == {"delivery_reports": []}
    (accepted,) = sandbox.emulators["messagemedia"].ledger.accepted.values()
    assert (accepted.status, accepted.shown) == ("delivered", "queued")
    await client.post("/_sandbox/receipts", json={**held, "mode": "normal"})
    reports = await client.get("/messagemedia/v1/delivery_reports")
    assert len(reports.json()["delivery_reports"]) == 3
    assert accepted.shown == "delivered"


async def test_the_front_page_lists_mounts_credentials_and_handsets(
    client: httpx.AsyncClient,
) -> None:
    page = (await client.get("/")).text
    known = ("/messagemedia", "sandbox / sandbox-secret", "sandbox-token", "..95  opts out")
    for word in (*known, "+61491579nnn"):
        assert word in page


def test_the_same_chance_gives_the_same_ids(sandbox: Sandbox, clock: ManualClock) -> None:
    other = Sandbox(clock=clock, rng=type(sandbox.rng)(7), emulators=[])
    assert other.new_uuid() == sandbox.new_uuid()
    assert other.new_uuid() == sandbox.new_uuid() != other.new_uuid()
