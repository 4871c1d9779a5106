"""Test status, cancelling and the key check at Messente's Omnichannel API."""

import httpx
import pytest

from tests.providers.messente import OMNI_ID, create_account, load_response
from tests.providers.wire import Wire
from tui.domain.status import Status
from tui.providers.errors import (
    AccountBlocked,
    CredentialsRefused,
    NotFound,
    NotPossible,
    ProviderError,
    RateLimited,
    Unavailable,
    UnreadableAnswer,
)


async def test_all_fields_of_a_status_are_parsed() -> None:
    wire = Wire(load_response("status_undelivered"))
    receipt = await create_account(wire).look_up_message(OMNI_ID)
    (request,) = wire.requests
    assert (request.method, request.url.path) == (
        "GET",
        f"/messente/v1/omnimessage/{OMNI_ID}/status",
    )
    assert (receipt.status, receipt.word, receipt.code) == (Status.FAILED, "UNDELIV", "1")
    assert receipt.reason.startswith("delivery failed")
    assert receipt.at == 1_795_166_147_120
    assert (receipt.parts, receipt.price, receipt.provider_id) == (1, "0.059", OMNI_ID)
    assert "Delivery failure" in receipt.raw


async def test_a_message_in_process_has_no_event() -> None:
    client = create_account(Wire(load_response("status_processing")))
    receipt = await client.look_up_message(OMNI_ID)
    assert (receipt.status, receipt.word, receipt.code, receipt.price) == (None, "", "", "")
    assert await client.fetch_receipts_by_id([OMNI_ID]) == []


def make_statuses(*entries: object) -> httpx.Response:
    """Return a status response with these entries."""
    return httpx.Response(200, json={"omnimessage_id": OMNI_ID, "statuses": list(entries)})


async def test_a_delivered_attempt_counts_and_a_broken_one_does_not_hide_it() -> None:
    wire = Wire(make_statuses(7, {"status": "DELIVRD"}, {"status": ["x"]}, {"status": "UNDELIV"}))
    assert (await create_account(wire).look_up_message(OMNI_ID)).status is Status.DELIVERED


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, text="OK"),
        httpx.Response(200, json={}),
        make_statuses(7),
        make_statuses({"status": 4}),
    ],
)
async def test_an_unreadable_status_is_an_error(answer: httpx.Response) -> None:
    with pytest.raises(UnreadableAnswer):
        await create_account(Wire(answer)).look_up_message(OMNI_ID)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (load_response("error_not_found", 404), NotFound),
        (httpx.Response(404, text="<html>"), AccountBlocked),
        (load_response("error_number", 400), NotPossible),
        (httpx.Response(500), Unavailable),
        (httpx.ReadTimeout("late"), Unavailable),
    ],
)
async def test_a_failed_look_up_is_never_uncertain(
    answer: httpx.Response | Exception, kind: type[ProviderError]
) -> None:
    with pytest.raises(kind):
        await create_account(Wire(answer)).look_up_message(OMNI_ID)


async def test_a_message_without_an_id_is_not_looked_up() -> None:
    wire = Wire(load_response("status_undelivered"))
    for odd in ("", "..", " "):
        with pytest.raises(NotFound):
            await create_account(wire).look_up_message(odd)
    assert not wire.requests


async def test_an_odd_id_is_escaped_in_the_address() -> None:
    wire = Wire(load_response("error_not_found", 404))
    with pytest.raises(NotFound):
        await create_account(wire).look_up_message("../x?y=1#z")
    assert wire.requests[0].url.raw_path == (b"/messente/v1/omnimessage/..%2Fx%3Fy%3D1%23z/status")


async def test_one_unreadable_response_does_not_hide_other_events() -> None:
    wire = Wire(httpx.Response(200, text="?"), load_response("status_undelivered"))
    receipts = await create_account(wire).fetch_receipts_by_id(["a", OMNI_ID])
    assert [one.provider_id for one in receipts] == [OMNI_ID]


async def test_a_forgotten_message_ends_its_reports() -> None:
    (receipt,) = await create_account(
        Wire(load_response("error_not_found", 404))
    ).fetch_receipts_by_id([OMNI_ID])
    assert receipt.is_last_report and receipt.status is None
    assert (receipt.provider_id, receipt.code) == (OMNI_ID, "101")


async def test_an_error_is_raised_if_there_is_no_event() -> None:
    wire = Wire(httpx.Response(429, headers={"Retry-After": "9"}))
    with pytest.raises(RateLimited) as caught:
        await create_account(wire).fetch_receipts_by_id(["a", "b"])
    assert caught.value.retry_after == 9.0
    assert len(wire.requests) == 1


async def test_events_before_an_error_are_kept() -> None:
    wire = Wire(load_response("status_undelivered"), httpx.Response(503))
    assert len(await create_account(wire).fetch_receipts_by_id([OMNI_ID, "b", "c"])) == 1
    assert len(wire.requests) == 2


async def test_a_scheduled_message_is_cancelled_by_delete() -> None:
    wire = Wire(httpx.Response(202, json={}))
    await create_account(wire).cancel_message(OMNI_ID)
    (request,) = wire.requests
    assert (request.method, request.url.path) == ("DELETE", f"/messente/v1/omnimessage/{OMNI_ID}")


async def test_a_late_cancel_reports_the_status_of_the_message() -> None:
    wire = Wire(load_response("error_not_found", 404), load_response("status_undelivered"))
    with pytest.raises(NotPossible, match="too late to cancel this message: Messente says UNDELIV"):
        await create_account(wire).cancel_message(OMNI_ID)


async def test_a_message_cancelled_before_counts_as_cancelled() -> None:
    wire = Wire(
        load_response("error_not_found", 404), make_statuses({"status": "DELETED", "err": 0})
    )
    await create_account(wire).cancel_message(OMNI_ID)
    assert [request.method for request in wire.requests] == ["DELETE", "GET"]


async def test_cancelling_an_unknown_message_is_reported() -> None:
    with pytest.raises(NotFound):
        await create_account(Wire(load_response("error_not_found", 404))).cancel_message(OMNI_ID)


async def test_the_check_looks_up_a_nonexistent_message() -> None:
    wire = Wire(load_response("error_not_found", 404))
    assert await create_account(wire).check_credentials() == "Messente accepts the API key"
    assert wire.requests[0].url.path.endswith("/00000000-0000-0000-0000-000000000000/status")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (load_response("error_unauthorized", 401), CredentialsRefused),
        (httpx.Response(404, text="no such page"), AccountBlocked),
    ],
)
async def test_the_check_fails_on_a_wrong_key_and_on_a_wrong_address(
    answer: httpx.Response, kind: type[ProviderError]
) -> None:
    with pytest.raises(kind):
        await create_account(Wire(answer)).check_credentials()
