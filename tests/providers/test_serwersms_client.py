"""Test queries of SerwerSMS by id: reports, look-ups, cancelling; and the limits of the account."""

import json
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.serwersms import (
    NOON,
    PASSWORD,
    create_account,
    hostile_items,
    json_values,
    load_body,
)
from tests.providers.wire import Wire
from tui.clock import HOUR, MINUTE
from tui.domain.events import EventKind, Receipt, Unreadable
from tui.domain.status import Status
from tui.providers.errors import (
    CredentialsRefused,
    NotFound,
    NotPossible,
    ProviderError,
    UnreadableAnswer,
)
from tui.providers.serwersms import SerwerSms

REFERENCE = "m1dvi7vgg5c3e"


async def fetch_receipts(desk: SerwerSms, *ids: str) -> list[Receipt]:
    """Return the readable reports of these messages."""
    events = await desk.fetch_receipts_by_id(ids)
    return [event for event in events if isinstance(event, Receipt)]


async def test_reports_are_fetched_by_id() -> None:
    wire = Wire(load_body("reports"))
    [receipt] = await fetch_receipts(create_account(wire), "7c1f09ab52", "forgotten1")
    assert wire.paths == ["/serwersms/messages/reports.json"]
    assert wire.bodies[0]["id"] == ["7c1f09ab52", "forgotten1"]
    assert receipt.provider_id == "7c1f09ab52"
    assert receipt.status is Status.DELIVERED
    assert receipt.word == "delivered"
    assert receipt.at == NOON - 2 * HOUR - 44 * MINUTE - 53_000
    assert receipt.parts == 1


async def test_without_messages_there_is_no_request() -> None:
    wire = Wire(load_body("reports"))
    assert await create_account(wire).fetch_receipts_by_id([]) == []
    assert not wire.bodies


async def test_more_than_500_ids_take_a_second_request() -> None:
    wire = Wire({"items": []})
    ids = [f"id{n:08}" for n in range(501)]
    assert await create_account(wire).fetch_receipts_by_id(ids) == []
    assert [len(body["id"]) for body in wire.bodies] == [500, 1]


async def test_reports_are_read_from_all_pages() -> None:
    first = {"paging": {"page": 1, "count": 2}, "items": [{"id": "a", "status": "sent"}]}
    second = {"paging": {"page": 2, "count": 2}, "items": [{"id": "b", "status": "unsent"}]}
    wire = Wire(first, second)
    receipts = await fetch_receipts(create_account(wire), "a", "b", "c")
    assert {receipt.provider_id: receipt.word for receipt in receipts} == {
        "a": "sent",
        "b": "unsent",
    }
    assert [body["page"] for body in wire.bodies] == [1, 2]


async def test_a_repeated_page_ends_the_query() -> None:
    wire = Wire({"paging": {"page": 1, "count": 99}, "items": [{"id": "a", "status": "sent"}]})
    assert len(await create_account(wire).fetch_receipts_by_id(["a", "b"])) == 1
    assert len(wire.bodies) == 2


async def test_the_same_report_is_the_same_event_until_it_changes() -> None:
    sent = {"id": "a", "status": "sent", "sent": "2026-03-04 09:15:03"}
    delivered = {**sent, "status": "delivered", "delivered": "2026-03-04 09:15:07"}
    desk = create_account(Wire({"items": [sent]}, {"items": [sent]}, {"items": [delivered]}))
    ids = [(await desk.fetch_receipts_by_id(["a"]))[0].event_id for _ in range(3)]
    assert ids[0] == ids[1] != ids[2]


@pytest.mark.parametrize(("age", "ends"), [(71 * HOUR, False), (73 * HOUR, True)])
async def test_a_pending_message_gets_no_reports_after_72_hours(age: int, ends: bool) -> None:
    report = {"id": "a", "status": "sent", "sent": "2026-03-04 12:00:00"}
    [receipt] = await fetch_receipts(create_account(Wire({"items": [report]}), NOON + age), "a")
    assert receipt.status is Status.SUBMITTED
    assert receipt.is_last_report is ends


async def test_bad_reports_never_block_the_others() -> None:
    items = ["x", {}, {"status": "sent"}, {"id": "b", "status": ["x"]}, {"id": 7, "status": "odd"}]
    events = await create_account(Wire({"items": items})).fetch_receipts_by_id(["b", "7"])
    aside = [event for event in events if isinstance(event, Unreadable)]
    assert [json.loads(event.raw) for event in aside] == items[:3]
    assert {event.source for event in aside} == {EventKind.RECEIPT}
    receipts = [event for event in events if isinstance(event, Receipt)]
    assert [(r.provider_id, r.word, r.status) for r in receipts] == [
        ("b", "", None),
        ("7", "odd", None),
    ]


async def test_one_message_is_looked_up_by_its_id() -> None:
    wire = Wire(load_body("view"))
    receipt = await create_account(wire).look_up_message("7c1f09ab52")
    assert wire.paths == ["/serwersms/messages/view.json"]
    assert wire.bodies[0]["id"] == "7c1f09ab52"
    assert receipt.status is Status.EXPIRED
    assert receipt.code == "message_expired"
    assert "expired" in receipt.reason
    assert (receipt.parts, receipt.price) == (2, "0.14")


async def test_a_send_without_response_is_looked_up_by_our_reference() -> None:
    wire = Wire(load_body("reports"))
    receipt = await create_account(wire).look_up_message(REFERENCE)
    assert wire.bodies[0]["unique_id"] == REFERENCE
    assert receipt.reference == REFERENCE
    assert receipt.provider_id == "7c1f09ab52"


@pytest.mark.parametrize("body", [{}, [], {"items": []}, {"error": {"code": 1004}}])
async def test_an_unknown_message_is_not_found(body: Any) -> None:
    with pytest.raises(NotFound):
        await create_account(Wire(body)).look_up_message("7c1f09ab52")


@pytest.mark.parametrize("body", [{"x": 1}, {"items": ["x"]}])
async def test_an_undocumented_description_is_unreadable(body: Any) -> None:
    with pytest.raises(UnreadableAnswer):
        await create_account(Wire(body)).look_up_message("7c1f09ab52")


async def test_limits_are_a_text_and_an_amount() -> None:
    wire = Wire(load_body("limits"))
    balance = await create_account(wire).fetch_balance()
    assert wire.paths == ["/serwersms/account/limits.json"]
    assert wire.bodies[0]["show_type"] is True
    assert balance.text == "ECO+ no limit, FULL 412, MMS 6"
    assert balance.amount == 412
    assert balance.details == {
        "account": "prepaid",
        "eco": "no_limit",
        "full": "412",
        "voice": "not_available",
        "mms": "6",
        "lookup": "20",
        "hlr": "70",
    }


async def test_an_account_without_counts_has_no_amount() -> None:
    items = [{"type": "eco", "value": "no_limit"}, "x", {"value": "4"}, {"type": "new", "value": 3}]
    balance = await create_account(Wire({"items": items})).fetch_balance()
    assert balance.amount is None
    assert balance.details == {"eco": "no_limit", "new": "3"}


async def test_the_check_fetches_the_limits() -> None:
    assert "FULL 412" in await create_account(Wire(load_body("limits"))).check_credentials()
    with pytest.raises(CredentialsRefused):
        await create_account(Wire(load_body("error_1001"))).check_credentials()


async def test_unsupported_features_are_one_line_errors() -> None:
    desk = create_account(Wire({}))
    for call in (
        desk.fetch_receipts(""),
        desk.confirm_replies(["1"]),
        desk.confirm_receipts(["1"]),
        desk.ping_phone("+48500600700", REFERENCE),
    ):
        with pytest.raises(NotPossible):
            await call
    assert not desk.capabilities.must_confirm
    assert not desk.capabilities.can_ping
    await desk.aclose()


async def test_a_scheduled_message_is_deleted_by_its_id() -> None:
    wire = Wire(load_body("deleted"))
    await create_account(wire).cancel_message("7c1f09ab52")
    assert wire.paths == ["/serwersms/messages/delete.json"]
    assert wire.bodies[0] == {"username": "sandbox", "password": PASSWORD, "id": "7c1f09ab52"}


async def test_a_send_without_response_is_deleted_by_our_reference() -> None:
    wire = Wire(load_body("deleted"))
    await create_account(wire).cancel_message(REFERENCE)
    assert wire.bodies[0]["unique_id"] == REFERENCE
    assert "id" not in wire.bodies[0]


@pytest.mark.parametrize("name", ["not_deleted", "none_deleted"])
async def test_a_sent_message_cannot_be_deleted(name: str) -> None:
    none_deleted = {"success": "true", "correct": 0, "failed": 1}
    answer = none_deleted if name == "none_deleted" else load_body(name)
    with pytest.raises(NotPossible, match="Too late"):
        await create_account(Wire(answer)).cancel_message("7c1f09ab52")


async def test_deleting_an_unknown_id_is_reported() -> None:
    with pytest.raises(NotFound):
        await create_account(Wire({"error": {"code": 1004}})).cancel_message("0000000000")


@given(items=hostile_items)
async def test_any_items_become_receipts_or_are_unreadable(items: list[Any]) -> None:
    for event in await create_account(Wire({"items": items})).fetch_receipts_by_id(["a", "b"]):
        if isinstance(event, Receipt):
            assert event.provider_id or event.reference
        assert event.event_id
        assert event.raw.encode()


@given(body=st.binary(max_size=100) | json_values.map(lambda v: json.dumps(v).encode()))
async def test_any_response_is_a_value_or_a_provider_error(body: bytes) -> None:
    desk = create_account(Wire(httpx.Response(200, content=body)))
    for call in (
        desk.fetch_replies(""),
        desk.fetch_receipts_by_id(["a"]),
        desk.look_up_message("a"),
        desk.fetch_balance(),
    ):
        try:
            await call
        except ProviderError:
            continue
