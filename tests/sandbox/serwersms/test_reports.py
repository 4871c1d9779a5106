"""Test reports and their filters, one report, and deleting."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from tui.clock import DAY, SECOND, ManualClock
from tui.sandbox.serwersms.message_records import format_local, parse_local
from tui.sandbox.state import Sandbox

PHONE = "+48500600700"

Call = Callable[..., Awaitable[Any]]


async def send_message(call: Call, phone: str = PHONE, **fields: object) -> str:
    """Return the id of an accepted message."""
    answer = await call("messages/send_sms", phone=phone, text="Hej", details=True, **fields)
    message_id: str = answer["items"][0]["id"]
    return message_id


async def list_reports(call: Call, **filters: object) -> list[Any]:
    """Return the matching reports."""
    found: list[Any] = (await call("messages/reports", **filters))["items"]
    return found


async def test_a_message_is_delivered_within_two_seconds_in_two_steps(
    call: Call, clock: ManualClock
) -> None:
    message_id = await send_message(call)
    heard = []
    for pause in (0.0, 0.95, 1.05):
        clock.advance(pause)
        heard += await list_reports(call, id=message_id)
    assert [report["status"] for report in heard] == ["in_progress", "sent", "delivered"]
    assert heard[-1] == {
        "id": message_id,
        "phone": PHONE,
        "status": "delivered",
        "queued": "2026-03-04 09:00:00",
        "sent": "2026-03-04 09:00:00",
        "delivered": "2026-03-04 09:00:01",
        "sender": "",
        "type": "eco",
        "text": "Hej",
        "parts": 1,
        "utf": False,
        "stat_id": "9120444",
    }


@pytest.mark.parametrize(
    ("code", "status", "reason"),
    [
        (1, "undelivered", "message_expired"),
        (2, "undelivered", "unsupported_number"),
        (3, "undelivered", "message_rejected"),
        (4, "undelivered", "missed_call"),
        (5, "undelivered", "wrong_number"),
        (6, "unsent", "limit_exhausted"),
        (7, "unsent", "lock_send"),
        (8, "unsent", "wrong_message"),
        (9, "undelivered", "operator_error"),
        (10, "unsent", "wrong_sender_name"),
        (11, "unsent", "number_is_blacklisted"),
        (12, "unsent", "sending_to_foreign_networks_is_locked"),
        (13, "unsent", "no_permission_to_send_messages"),
        (14, "undelivered", "other_error"),
    ],
)
async def test_every_documented_reason_has_a_number(
    call: Call, clock: ManualClock, code: int, status: str, reason: str
) -> None:
    message_id = await send_message(call, f"+48690000{code:03d}")
    clock.advance(5)
    report = await call("messages/view", id=message_id)
    assert (report["status"], report["reason"]) == (status, reason)


@pytest.mark.parametrize(
    ("last", "status", "reason"),
    [
        ("92", "undelivered", "message_expired"),
        ("93", "undelivered", "operator_error"),
        ("94", "unsent", "message_rejected"),
        ("96", "sent", None),
        ("97", "delivered", None),
    ],
)
async def test_the_last_digits_determine_the_behaviour_of_the_handset(
    call: Call, clock: ManualClock, last: str, status: str, reason: str | None
) -> None:
    message_id = await send_message(call, f"+485006007{last}")
    clock.advance(60)
    report = await call("messages/view", id=message_id)
    assert (report["status"], report.get("reason")) == (status, reason)


async def test_a_stop_message_blacklists_the_number(call: Call, clock: ManualClock) -> None:
    await send_message(call, "+48500600795")
    clock.advance(10)
    message_id = await send_message(call, "+48500600795")
    clock.advance(10)
    report = await call("messages/view", id=message_id)
    assert (report["status"], report["reason"]) == ("unsent", "number_is_blacklisted")
    (reply,) = (await call("messages/recived"))["items"]
    assert (reply["text"], reply["blacklist"]) == ("STOP", True)
    assert (await call("blacklist/check", phone="500600795")) == {"exists": True}


async def test_filters_narrow_the_reports(call: Call, clock: ManualClock) -> None:
    one = await send_message(call, unique_id="abc1")
    clock.advance(60)
    two = await send_message(call, "+48500600793", sender="INFORMACJA", unique_id="abc2")
    clock.advance(60)
    found: list[tuple[dict[str, object], list[str]]] = [
        ({}, [two, one]),
        ({"order": "asc"}, [one, two]),
        ({"id": [one, two, "unknown"]}, [two, one]),
        ({"unique_id": "abc1"}, [one]),
        ({"unique_id": ["abc1", "abc2"], "order": "asc"}, [one, two]),
        ({"phone": "500600700"}, [one]),
        ({"status": "delivered"}, [one]),
        ({"status": "undelivered"}, [two]),
        ({"status": "pending"}, []),
        ({"type": "full"}, [two]),
        ({"stat_id": 9120444}, [one]),
        ({"date_from": "2026-03-04 09:01:00"}, [two]),
        ({"date_to": "2026-03-04 09:00:59"}, [one]),
        ({"limit": 1}, [two]),
        ({"limit": 1, "page": 2}, [one]),
    ]
    for filters, ids in found:
        assert [report["id"] for report in await list_reports(call, **filters)] == ids, filters


async def test_pages_are_counted(call: Call) -> None:
    for _ in range(3):
        await send_message(call)
    answer = await call("messages/reports", limit="2", page="2")
    assert (answer["paging"], len(answer["items"])) == ({"page": 2, "count": 2}, 1)


async def test_without_filters_only_the_latest_are_listed(call: Call) -> None:
    await call("messages/send_sms", phone=[PHONE] * 101, text="Hej")
    assert len(await list_reports(call)) == 100
    assert len(await list_reports(call, phone=PHONE)) == 101


@pytest.mark.parametrize(
    "filters",
    [
        {"id": ["x"] * 501},
        {"status": "lost"},
        {"type": "fax"},
        {"page": 0},
        {"stat_id": "x"},
        {"order": "up"},
        {"date_from": "yesterday"},
    ],
)
async def test_invalid_filters_are_refused(call: Call, filters: dict[str, object]) -> None:
    assert (await call("messages/reports", **filters))["error"]["code"] == 1006


async def test_reports_are_kept_for_14_days(call: Call, clock: ManualClock) -> None:
    message_id = await send_message(call)
    clock.advance(14 * DAY / SECOND)
    assert len(await list_reports(call, id=message_id)) == 1
    clock.advance(1)
    assert await list_reports(call, id=message_id) == []


async def test_a_report_can_be_viewed_by_either_id(call: Call) -> None:
    message_id = await send_message(call, unique_id="abc1")
    assert (await call("messages/view", id=message_id))["id"] == message_id
    assert (await call("messages/view", unique_id="abc1"))["id"] == message_id
    assert (await call("messages/view", id="unknown"))["error"]["code"] == 1004
    assert (await call("messages/view"))["error"]["code"] == 2000


async def test_a_scheduled_message_is_saved_and_sent_at_its_time(
    call: Call, clock: ManualClock, sandbox: Sandbox
) -> None:
    message_id = await send_message(call, date="2026-03-04 10:00:00")
    assert (await call("messages/view", id=message_id))["status"] == "saved"
    clock.advance(3599)
    assert (await call("messages/view", id=message_id))["status"] == "saved"
    clock.advance(4)
    report = await call("messages/view", id=message_id)
    assert (report["status"], report["sent"][:16]) == ("delivered", "2026-03-04 10:00")


async def test_only_a_scheduled_message_can_be_deleted(call: Call, sandbox: Sandbox) -> None:
    later = {"date": "2026-03-04 10:00:00"}
    one, two, gone = (
        await send_message(call, **later),
        await send_message(call, unique_id="abc1", **later),
        await send_message(call),
    )
    assert await call("messages/delete", id=one, unique_id=None) == {
        "success": True,
        "correct": 1,
        "failed": 0,
    }
    assert (await call("messages/delete", id="", unique_id="abc1"))["correct"] == 1
    for again in (one, two, gone, "unknown"):
        answer = await call("messages/delete", id=again, unique_id="")
        assert answer == {"success": False, "correct": 0, "failed": 1}
    assert [report["id"] for report in await list_reports(call)] == [gone]
    ledger = sandbox.emulators["serwersms"].ledger
    assert [m.status for m in ledger.accepted.values()][:2] == ["deleted", "deleted"]
    assert (await call("messages/delete"))["error"]["code"] == 2000


async def test_reports_can_be_held_and_duplicated(
    client: httpx.AsyncClient, call: Call, clock: ManualClock
) -> None:
    async def set_mode(mode: str) -> None:
        """Change how receipts are delivered."""
        control = {"provider": "serwersms", "mode": mode}
        await client.post("http://sandbox/_sandbox/receipts", json=control)

    await set_mode("held")
    message_id = await send_message(call)
    clock.advance(5)
    assert [r["status"] for r in await list_reports(call, id=message_id)] == ["in_progress"]
    await set_mode("duplicated")
    assert [r["status"] for r in await list_reports(call, id=message_id)] == ["delivered"] * 2
    await set_mode("out_of_order")
    other = await send_message(call)
    clock.advance(10)
    assert [r["status"] for r in await list_reports(call, id=other)] == ["delivered"]


async def test_fetching_a_report_confirms_its_receipts(
    call: Call, clock: ManualClock, sandbox: Sandbox
) -> None:
    receipts = sandbox.emulators["serwersms"].ledger.receipts
    message_id = await send_message(call)
    clock.advance(3)
    sandbox.run_due()
    assert len(receipts.unconfirmed_ids) == 2
    await list_reports(call, id=message_id)
    assert (len(receipts.unconfirmed_ids), len(receipts.confirmed)) == (0, 2)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-03-04 09:15:02", 1_772_612_102_000),
        ("2026-07-01 00:00:00", 1_782_856_800_000),
        ("2026-10-25 02:30:00", 1_792_888_200_000),
    ],
)
def test_times_are_local_to_warsaw(text: str, utc: int) -> None:
    assert parse_local(text) == utc
    assert format_local(utc) == text
