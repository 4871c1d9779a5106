"""Test replies and delivery reports, polled and confirmed."""

import httpx
import pytest

from tui.clock import DAY, ManualClock
from tui.sandbox.ledger import MmsFile, ReceiptMode
from tui.sandbox.messagemedia.emulator import MessageMedia
from tui.sandbox.state import Sandbox

BASE = "/messagemedia/v1"
HANDSET, OWN = "+61491570156", "+61491570157"
UNKNOWN = "3f2b8c1e-5a77-4d0b-9c34-6e1f0a2d7b58"


async def send_message(client: httpx.AsyncClient, **fields: object) -> str:
    """Send one message and return its id."""
    message = {"content": "hello", "destination_number": HANDSET, **fields}
    answer = await client.post(f"{BASE}/messages", json={"messages": [message]})
    return str(answer.json()["messages"][0]["message_id"])


async def fetch_page(client: httpx.AsyncClient, name: str) -> list[dict[str, object]]:
    """Return one page of `replies` or `delivery_reports`."""
    answer = await client.get(f"{BASE}/{name}")
    assert set(answer.json()) == {name}
    items: list[dict[str, object]] = answer.json()[name]
    return items


def send_reply(sandbox: Sandbox, text: str, to: str | None = None, sender: str = HANDSET) -> str:
    """Let a handset write and return the id of the reply."""
    return sandbox.emulators["messagemedia"].receive_message(sender, to, text, ())


async def test_without_items_the_list_is_empty(client: httpx.AsyncClient) -> None:
    assert await fetch_page(client, "replies") == await fetch_page(client, "delivery_reports") == []


async def test_a_reply_has_the_numbers_of_its_message_the_other_way_round(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    message_id = await send_message(
        client,
        source_number=OWN,
        callback_url="https://desk.example.net/hooks/mm",
        metadata={"ticket": "T-1042"},
    )
    reply_id = send_reply(sandbox, "On my way")
    assert await fetch_page(client, "replies") == [
        {
            "metadata": {"ticket": "T-1042"},
            "message_id": message_id,
            "reply_id": reply_id,
            "date_received": "2026-03-04T08:00:00.000Z",
            "callback_url": "https://desk.example.net/hooks/mm",
            "destination_number": OWN,
            "source_number": HANDSET,
            "vendor_account_id": {"vendor_id": "MessageMedia", "account_id": "SmsdeskDemo"},
            "content": "On my way",
        }
    ]


async def test_a_reply_has_no_destination_when_its_message_named_no_sender(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    await send_message(client)
    send_reply(sandbox, "On my way", to=OWN)
    (reply,) = await fetch_page(client, "replies")
    assert "destination_number" not in reply


async def test_an_unsolicited_message_has_no_message_id(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    send_reply(sandbox, "Hello?", to=OWN)
    (reply,) = await fetch_page(client, "replies")
    assert reply["destination_number"] == OWN
    assert {"message_id", "metadata", "callback_url"}.isdisjoint(reply)


async def test_a_reply_answers_the_latest_message(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    await send_message(client)
    latest = await send_message(client)
    send_reply(sandbox, "Yes")
    assert (await fetch_page(client, "replies"))[0]["message_id"] == latest


async def test_a_reply_names_the_sub_account_that_sent(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    client.headers["Account"] = "SmsdeskBranch"
    await send_message(client)
    send_reply(sandbox, "Yes")
    owner = (await fetch_page(client, "replies"))[0]["vendor_account_id"]
    assert owner == {"vendor_id": "MessageMedia", "account_id": "SmsdeskBranch"}


async def test_the_oldest_hundred_come_until_they_are_confirmed(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    ids = [send_reply(sandbox, f"{number}") for number in range(105)]
    for _ in range(2):
        assert [reply["reply_id"] for reply in await fetch_page(client, "replies")] == ids[:100]
    answer = await client.post(f"{BASE}/replies/confirmed", json={"reply_ids": ids[:100]})
    assert (answer.status_code, answer.content) == (202, b"")
    assert [reply["reply_id"] for reply in await fetch_page(client, "replies")] == ids[100:]


@pytest.mark.parametrize(
    ("path", "name"),
    [("replies", "reply_ids"), ("delivery_reports", "delivery_report_ids")],
)
async def test_unknown_ids_can_be_confirmed(
    client: httpx.AsyncClient, path: str, name: str
) -> None:
    answer = await client.post(f"{BASE}/{path}/confirmed", json={name: [UNKNOWN]})
    assert answer.status_code == 202


@pytest.mark.parametrize(
    "ids", [[], [UNKNOWN] * 101, None, "x", ["x"], [1], ["z" * 36], [UNKNOWN.replace("-", "")]]
)
async def test_a_confirmation_needs_1_to_100_ids(client: httpx.AsyncClient, ids: object) -> None:
    answer = await client.post(f"{BASE}/replies/confirmed", json={"reply_ids": ids})
    assert (answer.status_code, "/reply_ids" in answer.text) == (400, True)


async def test_ids_are_confirmed_in_capitals_too(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    reply_id = send_reply(sandbox, "Yes")
    await client.post(f"{BASE}/replies/confirmed", json={"reply_ids": [reply_id.upper()]})
    assert await fetch_page(client, "replies") == []


async def test_replies_are_kept_for_45_days(
    client: httpx.AsyncClient, sandbox: Sandbox, clock: ManualClock
) -> None:
    send_reply(sandbox, "Yes")
    clock.advance(45 * DAY / 1000 + 1)
    assert await fetch_page(client, "replies") == []


async def test_attachments_are_not_polled(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    picture = MmsFile("image/jpeg", "AAAA", "label.jpg")
    sandbox.emulators["messagemedia"].receive_message(HANDSET, OWN, "Here is the label", [picture])
    (reply,) = await fetch_page(client, "replies")
    assert (reply["content"], "attachments" in reply) == ("Here is the label", False)


async def test_each_status_change_is_reported_if_requested(
    client: httpx.AsyncClient, clock: ManualClock
) -> None:
    message_id = await send_message(client, delivery_report=True, metadata={"agent": "ann"})
    clock.advance(5)
    reports = await fetch_page(client, "delivery_reports")
    reported = [(report["status"], report["error_code"]) for report in reports]
    assert reported == [("enroute", "101"), ("submitted", "200"), ("delivered", "220")]
    report = reports[0]
    assert report == {
        "delivery_report_id": report["delivery_report_id"],
        "source_number": HANDSET,
        "date_received": report["submitted_date"],
        "submitted_date": report["date_received"],
        "status": "enroute",
        "error_code": "101",
        "delay": 0,
        "billing_units": 1,
        "original_text": "hello",
        "message_id": message_id,
        "vendor_account_id": {"vendor_id": "MessageMedia", "account_id": "SmsdeskDemo"},
        "metadata": {"agent": "ann"},
    }


async def test_the_report_has_the_time_of_the_change_however_late_it_is_polled(
    client: httpx.AsyncClient, clock: ManualClock
) -> None:
    await send_message(client, delivery_report=True)
    clock.advance(3600)
    times = [
        str(report["date_received"]) for report in await fetch_page(client, "delivery_reports")
    ]
    assert times == sorted(times)
    assert times[-1] < "2026-03-04T08:00:02"


async def test_without_a_request_there_are_no_reports(
    client: httpx.AsyncClient, clock: ManualClock
) -> None:
    await send_message(client)
    clock.advance(5)
    assert await fetch_page(client, "delivery_reports") == []


async def test_confirmed_reports_do_not_come_again(
    client: httpx.AsyncClient, clock: ManualClock, sandbox: Sandbox
) -> None:
    await send_message(client, delivery_report=True)
    clock.advance(5)
    ids = [report["delivery_report_id"] for report in await fetch_page(client, "delivery_reports")]
    path = f"{BASE}/delivery_reports/confirmed"
    answer = await client.post(path, json={"delivery_report_ids": ids})
    assert (answer.status_code, answer.content) == (202, b"")
    assert await fetch_page(client, "delivery_reports") == []
    assert list(sandbox.emulators["messagemedia"].ledger.receipts.confirmed) == ids


async def test_codes_can_be_left_out_of_polled_reports(
    client: httpx.AsyncClient, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MessageMedia, "codes_in_polls", False)
    await send_message(client, delivery_report=True)
    clock.advance(5)
    assert all("error_code" not in r for r in await fetch_page(client, "delivery_reports"))


async def test_out_of_order_lists_the_final_status_first(
    client: httpx.AsyncClient, clock: ManualClock, sandbox: Sandbox
) -> None:
    sandbox.emulators["messagemedia"].ledger.receipts.set_mode(ReceiptMode.OUT_OF_ORDER)
    await send_message(client, delivery_report=True)
    clock.advance(3)
    reported = [report["status"] for report in await fetch_page(client, "delivery_reports")]
    assert reported == ["delivered", "submitted", "enroute"]


async def test_out_of_order_waits_only_some_time_for_a_final_status(
    client: httpx.AsyncClient, clock: ManualClock, sandbox: Sandbox
) -> None:
    sandbox.emulators["messagemedia"].ledger.receipts.set_mode(ReceiptMode.OUT_OF_ORDER)
    await send_message(client, destination_number="+61491570196", delivery_report=True)
    clock.advance(6)
    reported = [report["status"] for report in await fetch_page(client, "delivery_reports")]
    assert reported == ["submitted", "enroute"]
