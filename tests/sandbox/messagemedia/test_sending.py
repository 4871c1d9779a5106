"""Test sending, status, cancelling, schedules and expiry over HTTP."""

import httpx
import pytest

from tui.clock import DAY, ManualClock
from tui.sandbox.messagemedia.bodies import CODES_OF_STAGE
from tui.sandbox.state import Sandbox

BASE = "/messagemedia/v1"
UNKNOWN = "3f2b8c1e-5a77-4d0b-9c34-6e1f0a2d7b58"


async def send_message(client: httpx.AsyncClient, **fields: object) -> dict[str, object]:
    """Send one message and return the object of the response."""
    message = {"content": "hello", "destination_number": "+61491570156", **fields}
    answer = await client.post(f"{BASE}/messages", json={"messages": [message]})
    assert answer.status_code == 202
    (sent,) = answer.json()["messages"]
    assert isinstance(sent, dict)
    return sent


async def fetch_status(client: httpx.AsyncClient, message_id: object) -> str:
    """Return the current status of a message."""
    answer = await client.get(f"{BASE}/messages/{message_id}")
    assert answer.status_code == 200
    return str(answer.json()["status"])


async def list_codes(client: httpx.AsyncClient) -> list[tuple[str, str]]:
    """Return status and code of every report."""
    reports = (await client.get(f"{BASE}/delivery_reports")).json()["delivery_reports"]
    return [(report["status"], report["error_code"]) for report in reports]


async def test_the_answer_repeats_the_message_with_an_id_and_queued(
    client: httpx.AsyncClient,
) -> None:
    fields = {
        "callback_url": "https://desk.example.net/hooks/mm",
        "content": "Your parcel is at the counter.",
        "destination_number": "+61491570156",
        "delivery_report": True,
        "format": "MMS",
        "media": ["https://example.org/label.png"],
        "subject": "Parcel",
        "message_expiry_timestamp": "2026-03-05T03:00:00.000Z",
        "metadata": {"ticket": "T-1042", "agent": "ann"},
        "scheduled": "2026-03-04T09:00:00.000Z",
        "source_number": "+61491570157",
        "source_number_type": "INTERNATIONAL",
    }
    sent = await send_message(client, **fields)
    message_id = sent["message_id"]
    assert sent == {**fields, "message_id": message_id, "status": "queued"}
    looked_up = (await client.get(f"{BASE}/messages/{message_id}")).json()
    without = {name: value for name, value in sent.items() if name not in ("media", "subject")}
    assert looked_up == {**without, "status": "scheduled"}


async def test_unset_fields_are_absent(client: httpx.AsyncClient) -> None:
    sent = await send_message(client)
    assert set(sent) == {
        "content",
        "destination_number",
        "delivery_report",
        "format",
        "message_id",
        "status",
    }


async def test_messages_come_back_in_their_order(client: httpx.AsyncClient) -> None:
    messages = [{"content": f"{n}", "destination_number": "+61491570156"} for n in range(100)]
    answer = (await client.post(f"{BASE}/messages", json={"messages": messages})).json()
    assert [item["content"] for item in answer["messages"]] == [f"{n}" for n in range(100)]


async def test_one_bad_message_refuses_the_whole_request(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    messages = [{"content": "hello", "destination_number": n} for n in ("+61491570156", "x")]
    answer = await client.post(f"{BASE}/messages", json={"messages": messages})
    assert answer.status_code == 400
    assert answer.json()["message"].startswith("Request failed to parse correctly.")
    assert answer.json()["details"][0].startswith("/messages/1/destination_number: ")
    assert not sandbox.emulators["messagemedia"].ledger.accepted


async def test_a_body_that_is_not_json_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.post(f"{BASE}/messages", content=b"{")
    assert (answer.status_code, set(answer.json())) == (400, {"message"})


async def test_a_message_is_delivered_within_two_seconds(
    client: httpx.AsyncClient, clock: ManualClock
) -> None:
    message_id = (await send_message(client))["message_id"]
    seen = [await fetch_status(client, message_id)]
    for _ in range(20):
        clock.advance(0.1)
        seen.append(await fetch_status(client, message_id))
    assert list(dict.fromkeys(seen)) == ["queued", "enroute", "submitted", "delivered"]


@pytest.mark.parametrize(
    ("digits", "last"),
    [
        ("91", "delivered"),
        ("92", "expired"),
        ("93", "failed"),
        ("94", "rejected"),
        ("95", "delivered"),
        ("96", "submitted"),
        ("97", "submitted"),
    ],
)
async def test_the_number_determines_the_behaviour_of_the_handset(
    client: httpx.AsyncClient, clock: ManualClock, digits: str, last: str
) -> None:
    message_id = (await send_message(client, destination_number=f"+614915701{digits}"))[
        "message_id"
    ]
    clock.advance(10)
    assert await fetch_status(client, message_id) == last
    clock.advance(20)
    assert await fetch_status(client, message_id) == ("delivered" if digits == "97" else last)


@pytest.mark.parametrize(
    ("code", "word"), [(c, stage.value) for stage, codes in CODES_OF_STAGE.items() for c in codes]
)
async def test_every_documented_code_has_a_number(
    client: httpx.AsyncClient, clock: ManualClock, code: int, word: str
) -> None:
    await send_message(client, destination_number=f"+61491579{code}", delivery_report=True)
    clock.advance(5)
    assert (await list_codes(client))[-1] == (word, str(code))


async def test_an_undocumented_code_is_an_ordinary_number(
    client: httpx.AsyncClient, clock: ManualClock
) -> None:
    message_id = (await send_message(client, destination_number="+61491579999"))["message_id"]
    clock.advance(5)
    assert await fetch_status(client, message_id) == "delivered"


@pytest.mark.parametrize("path", [UNKNOWN, "not-an-id", UNKNOWN + "0"])
async def test_an_unknown_or_malformed_id_is_not_found(
    client: httpx.AsyncClient, path: str
) -> None:
    for method in ("GET", "PUT"):
        body = {"status": "cancelled"}
        answer = await client.request(method, f"{BASE}/messages/{path}", json=body)
        assert (answer.status_code, answer.json()) == (404, {"message": "Resource not found"})


async def test_an_id_is_found_in_capitals_too_and_for_45_days(
    client: httpx.AsyncClient, clock: ManualClock
) -> None:
    message_id = str((await send_message(client))["message_id"])
    clock.advance(45 * DAY / 1000)
    assert await fetch_status(client, message_id.upper()) == "delivered"
    clock.advance(1)
    answer = await client.get(f"{BASE}/messages/{message_id}")
    assert answer.status_code == 404


async def test_a_scheduled_message_leaves_at_its_time(
    client: httpx.AsyncClient, clock: ManualClock
) -> None:
    message_id = (await send_message(client, scheduled="2026-03-04T09:00:00.000000+00:00"))[
        "message_id"
    ]
    clock.advance(3599)
    assert await fetch_status(client, message_id) == "scheduled"
    clock.advance(1)
    assert await fetch_status(client, message_id) == "queued"
    clock.advance(2)
    assert await fetch_status(client, message_id) == "delivered"


async def test_a_schedule_in_the_past_means_now(
    client: httpx.AsyncClient, clock: ManualClock
) -> None:
    message_id = (await send_message(client, scheduled="2016-11-03T11:49:02.807Z"))["message_id"]
    clock.advance(2)
    assert await fetch_status(client, message_id) == "delivered"


async def test_a_scheduled_message_can_be_cancelled_and_is_never_sent(
    client: httpx.AsyncClient, clock: ManualClock
) -> None:
    sent = await send_message(client, scheduled="2026-03-04T09:00:00Z", delivery_report=True)
    path = f"{BASE}/messages/{sent['message_id']}"
    answer = await client.put(path, json={"status": "cancelled"})
    assert (answer.status_code, answer.content) == (200, b"")
    clock.advance(4000)
    assert await fetch_status(client, sent["message_id"]) == "cancelled"
    assert await list_codes(client) == []
    again = await client.put(path, json={"status": "cancelled"})
    assert again.status_code == 400


async def test_only_a_scheduled_message_can_be_cancelled(client: httpx.AsyncClient) -> None:
    path = f"{BASE}/messages/{(await send_message(client))['message_id']}"
    answer = await client.put(path, json={"status": "cancelled"})
    assert answer.status_code == 400
    assert answer.json() == {"message": "Message is not currently scheduled"}


async def test_a_status_can_only_be_set_to_cancelled(client: httpx.AsyncClient) -> None:
    sent = await send_message(client, scheduled="2026-03-04T09:00:00Z")
    answer = await client.put(f"{BASE}/messages/{sent['message_id']}", json={"status": "sent"})
    assert (answer.status_code, "/status: Must" in answer.text) == (400, True)


@pytest.mark.parametrize(
    ("expiry", "scheduled", "last"),
    [
        ("2026-03-04T08:00:10Z", None, ("expired", "401")),
        ("2016-11-03T11:49:02.807Z", None, ("expired", "320")),
        ("2026-03-04T08:30:00Z", "2026-03-04T09:00:00Z", ("expired", "320")),
    ],
)
async def test_an_undelivered_message_expires(
    client: httpx.AsyncClient,
    clock: ManualClock,
    expiry: str,
    scheduled: str | None,
    last: tuple[str, str],
) -> None:
    silent = "+61491570196"
    await send_message(
        client,
        destination_number=silent,
        delivery_report=True,
        scheduled=scheduled,
        message_expiry_timestamp=expiry,
    )
    clock.advance(7200)
    assert (await list_codes(client))[-1] == last


async def test_a_delivered_message_does_not_expire(
    client: httpx.AsyncClient, clock: ManualClock
) -> None:
    sent = await send_message(client, message_expiry_timestamp="2026-03-04T08:00:10Z")
    clock.advance(20)
    assert await fetch_status(client, sent["message_id"]) == "delivered"


async def test_the_credits_go_down(client: httpx.AsyncClient) -> None:
    await send_message(client)
    assert (await client.get(f"{BASE}/messaging/credits")).json() == {"credits": 999}


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "messages"), ("DELETE", "messages"), ("POST", "replies"), ("GET", "nothing/here")],
)
async def test_other_paths_are_not_found_as_json(
    client: httpx.AsyncClient, method: str, path: str
) -> None:
    answer = await client.request(method, f"{BASE}/{path}")
    assert (answer.status_code, answer.json()) == (404, {"message": "Resource not found"})


@pytest.mark.parametrize("path", ["", "/enabled", "/1"])
async def test_signing_keys_are_not_enabled(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(f"{BASE}/iam/signature_keys{path}")
    assert answer.status_code == 403
    assert answer.json() == {"message": "This feature has not been enabled in your account."}
