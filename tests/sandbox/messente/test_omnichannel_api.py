"""Test the Omnichannel API: sending, status, cancelling, and refusals."""

import uuid
from typing import Any

import httpx
import pytest

from tui.clock import ManualClock
from tui.sandbox.state import Sandbox

TO = "+37251234567"
SMS = {"channel": "sms", "sender": "+37259990011", "text": "Your parcel is here.", "validity": 360}


async def send_message(
    client: httpx.AsyncClient, *channels: dict[str, object], **more: object
) -> Any:
    """Return the response to a message that was accepted."""
    body = {"to": TO, "messages": list(channels) or [SMS], **more}
    answer = await client.post("/v1/omnimessage", json=body)
    assert answer.status_code == 201
    return answer.json()


async def fetch_statuses(client: httpx.AsyncClient, sent: Any) -> list[dict[str, Any]]:
    """Return the status entries of a message."""
    answer = await client.get(f"/v1/omnimessage/{sent['omnimessage_id']}/status")
    assert answer.status_code == 200
    entries: list[dict[str, Any]] = answer.json()["statuses"]
    return entries


async def test_a_send_is_answered_with_ids_and_sender(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    sent = await send_message(client, dlr_url="https://desk.example.org/hooks/messente/x/row-8123")
    assert uuid.UUID(sent["omnimessage_id"])
    assert sent["to"] == TO
    (message,) = sent["messages"]
    assert uuid.UUID(message["message_id"])
    assert (message["channel"], message["sender"]) == ("sms", "+37259990011")
    entry = sandbox.emulators["messente"].ledger.accepted[sent["omnimessage_id"]]
    assert (entry.to, entry.text, entry.sender) == (TO, SMS["text"], "+37259990011")


async def test_without_a_sender_the_default_one_is_shown(client: httpx.AsyncClient) -> None:
    sent = await send_message(client, {"text": "Hello"})
    assert sent["messages"][0]["sender"] == "+37259990011"


async def test_the_status_is_null_first_and_delivered_within_two_seconds(
    client: httpx.AsyncClient, clock: ManualClock
) -> None:
    sent = await send_message(client)
    (entry,) = await fetch_statuses(client, sent)
    assert (entry["status"], entry["err"], entry["error"], entry["price_info"]) == (None,) * 4
    clock.advance(2)
    (entry,) = await fetch_statuses(client, sent)
    assert (entry["status"], entry["err"], entry["error"]) == ("DELIVRD", 0, None)
    assert entry["price_info"] == {
        "part_price": "0.059",
        "parts_count": 1,
        "total_price": "0.059",
    }
    assert entry["timestamp"].startswith("2026-03-04T08:00:01.")
    assert len(entry["timestamp"]) == len("2026-11-20T09:15:47.120345")


async def test_the_price_is_that_of_all_parts(
    client: httpx.AsyncClient, clock: ManualClock
) -> None:
    sent = await send_message(client, {"text": "x" * 161})
    clock.advance(2)
    (entry,) = await fetch_statuses(client, sent)
    assert entry["price_info"] == {
        "part_price": "0.059",
        "parts_count": 2,
        "total_price": "0.118",
    }


@pytest.mark.parametrize(
    ("number", "status", "err"),
    [
        ("+37251234592", "EXPIRED", 2),
        ("+37251234593", "UNDELIV", 1),
        ("+37251234594", "REJECTD", 9),
        ("+37255500000", "DELIVRD", 0),
        ("+37255500003", "UNDELIV", 3),
        ("+37255500004", "REJECTD", 4),
        ("+37255500005", "UNDELIV", 5),
        ("+37255500006", "REJECTD", 6),
        ("+37255500007", "REJECTD", 7),
        ("+37255500008", "REJECTD", 8),
        ("+37255500009", "UNDELIV", 9),
        ("+37255500010", "SEEN", 10),
        ("+37255500999", "FAILED", 999),
        ("+37255500901", "FAILED", 1),
        ("+37255500902", "NACK", 1),
        ("+37255500903", "DELETED", 1),
        ("+37255500904", "UNKNOWN", 999),
        ("+37255500905", "ACK", 0),
        ("+37251234596", "ACCEPTD", 0),
    ],
)
async def test_every_documented_status_and_err_has_a_number(
    client: httpx.AsyncClient, clock: ManualClock, number: str, status: str, err: int
) -> None:
    sent = await send_message(client, to=number)
    clock.advance(60)
    (entry,) = await fetch_statuses(client, sent)
    assert (entry["status"], entry["err"]) == (status, err)
    assert (entry["error"] is None) == (err == 0)


async def test_an_inactive_sender_shows_only_in_the_receipt(
    client: httpx.AsyncClient, clock: ManualClock
) -> None:
    sent = await send_message(client, SMS | {"sender": "NotActive"})
    clock.advance(2)
    (entry,) = await fetch_statuses(client, sent)
    assert (entry["status"], entry["err"]) == ("REJECTD", 7)


@pytest.mark.parametrize(("number", "reached"), [(TO, "sms"), ("+37251234598", "viber")])
async def test_the_next_channel_is_tried_when_one_failed(
    client: httpx.AsyncClient, clock: ManualClock, number: str, reached: str
) -> None:
    sent = await send_message(client, {"channel": "viber", "text": "Hello"}, SMS, to=number)
    clock.advance(10)
    by_channel = {e["channel"]: e["status"] for e in await fetch_statuses(client, sent)}
    assert by_channel == (
        {"viber": "SEEN", "sms": None}
        if reached == "viber"
        else {"viber": "UNDELIV", "sms": "DELIVRD"}
    )


async def test_a_channel_that_takes_too_long_has_failed(
    client: httpx.AsyncClient, clock: ManualClock
) -> None:
    number = "+37251234596"
    sent = await send_message(
        client,
        {"text": "Hello", "ttl": 30},
        {"channel": "rcs", "text": "x", "sender": "Us"},
        to=number,
    )
    clock.advance(29)
    assert [e["status"] for e in await fetch_statuses(client, sent)] == ["ACCEPTD", None]
    clock.advance(3)
    assert [e["status"] for e in await fetch_statuses(client, sent)] == ["EXPIRED", "UNDELIV"]


async def test_a_slow_handset_is_too_late_for_a_short_ttl(
    client: httpx.AsyncClient, clock: ManualClock
) -> None:
    sent = await send_message(client, {"text": "Hello", "ttl": 10}, to="+37251234597")
    clock.advance(60)
    (entry,) = await fetch_statuses(client, sent)
    assert (entry["status"], entry["err"]) == ("EXPIRED", 2)


@pytest.mark.parametrize(
    "time", ["2026-03-04T11:00:00+02:00", "2026-03-04T09:00:00Z", "2026-03-04T09:00"]
)
async def test_a_scheduled_message_waits_for_its_time_and_can_be_cancelled_once(
    client: httpx.AsyncClient, clock: ManualClock, time: str
) -> None:
    sent, other = (
        await send_message(client, time_to_send=time),
        await send_message(client, time_to_send=time),
    )
    path = f"/v1/omnimessage/{other['omnimessage_id']}"
    cancelled = await client.delete(path)
    assert (cancelled.status_code, cancelled.json()) == (202, {})
    assert (await client.delete(path)).status_code == 404
    clock.advance(3599)
    assert (await fetch_statuses(client, sent))[0]["status"] is None
    clock.advance(4)
    assert (await fetch_statuses(client, sent))[0]["status"] == "DELIVRD"
    assert (await fetch_statuses(client, other))[0]["status"] == "DELETED"
    assert (await client.delete(f"/v1/omnimessage/{sent['omnimessage_id']}")).status_code == 404


@pytest.mark.parametrize(
    ("change", "code", "source"),
    [
        ({"to": None}, "106", "to"),
        ({"to": "37251234567"}, "105", "to"),
        ({"to": "+1"}, "105", "to"),
        ({"to": 5}, "105", "to"),
        ({"messages": None}, "106", "messages"),
        ({"messages": []}, "105", "messages"),
        ({"messages": [SMS, SMS]}, "105", "messages"),
        ({"messages": ["Hello"]}, "105", "messages.0"),
        ({"messages": [{"channel": "sms"}]}, "106", "messages.0.text"),
        ({"messages": [{"channel": "telegram", "text": "x"}]}, "105", "messages.0.channel"),
        ({"messages": [{"text": "x", "validity": 5, "ttl": 300}]}, "105", "messages.0.ttl"),
        ({"messages": [{"text": "x", "validity": "5"}]}, "105", "messages.0.validity"),
        ({"messages": [{"text": "x", "autoconvert": "yes"}]}, "105", "messages.0.autoconvert"),
        ({"messages": [{"text": "x", "udh": "%05"}]}, "105", "messages.0.udh"),
        ({"messages": [{"text": 7}]}, "105", "messages.0.text"),
        ({"dlr_url": "desk"}, "105", "dlr_url"),
        ({"time_to_send": "tomorrow"}, "105", "time_to_send"),
        ({"text_store": "md5"}, "105", "text_store"),
        ({"priority": "urgent"}, "105", "priority"),
    ],
)
async def test_a_wrong_field_is_named(
    client: httpx.AsyncClient,
    sandbox: Sandbox,
    change: dict[str, object],
    code: str,
    source: str,
) -> None:
    answer = await client.post("/v1/omnimessage", json={"to": TO, "messages": [SMS]} | change)
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert set(error) == {"code", "title", "detail", "source"}
    assert (error["code"], error["source"]) == (code, source)
    assert error["title"] == {"105": "Invalid data", "106": "Missing data"}[code]
    assert not sandbox.emulators["messente"].ledger.accepted


@pytest.mark.parametrize("value", ["on", "full", "off", "true", "false"])
async def test_all_five_values_of_autoconvert_are_accepted(
    client: httpx.AsyncClient, value: str
) -> None:
    await send_message(client, SMS | {"autoconvert": value})


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b'"x"'])
async def test_a_body_that_is_no_object_is_refused(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await client.post("/v1/omnimessage", content=body)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "105")


async def test_a_bulk_request_accepts_valid_and_reports_invalid_messages(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    messages = [{"to": TO, "messages": [SMS]}, {"to": "1", "messages": [SMS]}, 3]
    answer = await client.post("/v1/omnimessages", json={"messages": messages})
    assert answer.status_code == 201
    good, bad, worse = answer.json()["messages"]
    assert "omnimessage_id" in good
    assert bad["errors"][0]["source"] == "to"
    assert worse["errors"][0]["code"] == "105"
    assert len(sandbox.emulators["messente"].ledger.accepted) == 1
    assert (await client.post("/v1/omnimessages", json={})).status_code == 400


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/omnimessage"),
        ("GET", f"/v1/omnimessage/{uuid.UUID(int=0)}/status"),
        ("DELETE", f"/v1/omnimessage/{uuid.UUID(int=0)}"),
        ("GET", "/v1/nothing"),
    ],
)
async def test_requests_without_credentials_are_401(
    client: httpx.AsyncClient, method: str, path: str
) -> None:
    for auth in (("sandbox", "wrong"), ("", "")):
        answer = await client.request(method, path, auth=auth)
        assert answer.status_code == 401
        assert answer.json() == {
            "errors": [
                {
                    "code": "103",
                    "title": "Unauthorized",
                    "detail": "Invalid credentials",
                    "source": None,
                }
            ]
        }


@pytest.mark.parametrize("header", ["", "Basic", "Basic !", "Basic é", "Bearer sandbox-secret"])
async def test_any_other_authorization_is_401(client: httpx.AsyncClient, header: str) -> None:
    request = httpx.Request(
        "GET",
        "http://sandbox/messente/v1/omnimessage/x/status",
        headers={b"Authorization": header.encode()},
    )
    assert (await client.send(request, auth=None)).status_code == 401


async def test_unknown_ids_paths_and_methods_are_errors(client: httpx.AsyncClient) -> None:
    answers = [
        await client.get("/v1/omnimessage/unknown/status"),
        await client.delete(f"/v1/omnimessage/{uuid.UUID(int=0)}"),
        await client.get("/v1/nothing"),
        await client.put("/v1/omnimessage", json={}),
    ]
    assert [a.status_code for a in answers] == [404, 404, 404, 405]
    codes = [a.json()["errors"][0]["code"] for a in answers]
    assert codes == ["101", "101", "101", "107"]
    assert all(a.json()["errors"][0]["source"] is None for a in answers)


@pytest.mark.parametrize(("number", "status", "code"), [(403, 403, "102"), (500, 500, "104")])
async def test_the_other_documented_errors_have_numbers(
    client: httpx.AsyncClient, number: int, status: int, code: str
) -> None:
    body = {"to": f"+37255500{number}", "messages": [SMS]}
    answer = await client.post("/v1/omnimessage", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (status, code)


VIDEO = {"url": "https://a.example/v", "thumbnail": "https://a.example/t", "duration": 600}
CARDS = [{"title": "One"}, {"title": "Two"}]


@pytest.mark.parametrize(
    "channel",
    [
        {"channel": "viber", "image_url": "https://a.example/i.png"},
        {"channel": "viber", "text": "x", "button_text": "y", "button_url": "https://a.example"},
        {"channel": "viber", "video": VIDEO | {"file_size": 1}},
        {"channel": "viber", "text": "x", "carousel": {"items": CARDS}},
        {"channel": "viber", "template": {"id": "1", "lang": "et", "params": {}}},
        {"channel": "whatsapp", "text": {"body": "x", "preview_url": False}},
        {"channel": "whatsapp", "image": {"link": "https://a.example/i.png"}},
        {"channel": "whatsapp", "template": {"name": "x", "language": {"code": "et"}}},
        {"channel": "rcs", "sender": "Us", "text": "x"},
    ],
)
async def test_chat_messages_are_accepted(
    client: httpx.AsyncClient, channel: dict[str, object]
) -> None:
    sent = await send_message(client, channel)
    assert sent["messages"][0]["channel"] == channel["channel"]


@pytest.mark.parametrize(
    "channel",
    [
        {"channel": "viber"},
        {"channel": "viber", "text": "x" * 1001},
        {"channel": "viber", "text": "x", "button_text": "y"},
        {"channel": "viber", "video": VIDEO},
        {"channel": "viber", "video": VIDEO | {"file_size": 201 * 1024 * 1024}},
        {"channel": "viber", "text": "x", "carousel": {"items": CARDS[:1]}},
        {"channel": "viber", "text": "x", "carousel": {"items": [{"title": "x"}] * 2}},
        {"channel": "viber", "template": {"id": "1"}},
        {"channel": "whatsapp"},
        {"channel": "whatsapp", "text": "x"},
        {"channel": "whatsapp", "text": {"body": "x"}, "image": {"id": "1"}},
        {"channel": "whatsapp", "image": {"id": "1", "link": "https://a.example"}},
        {"channel": "whatsapp", "template": {"name": "x"}},
        {"channel": "rcs", "text": "x"},
        {"channel": "rcs", "sender": "Us"},
        {"channel": "rcs", "sender": "Us", "text": "x" * 3073},
        {"channel": "rcs", "sender": "Us", "text": "x", "suggestions": [{}] * 12},
    ],
)
async def test_invalid_chat_messages_are_refused(
    client: httpx.AsyncClient, channel: dict[str, object]
) -> None:
    answer = await client.post("/v1/omnimessage", json={"to": TO, "messages": [channel]})
    assert answer.status_code == 400
