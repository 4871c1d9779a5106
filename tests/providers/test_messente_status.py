"""What becomes of a message at Messente's Omnichannel API: its status, its cancelling, the key."""

import httpx
import pytest

from tests.providers.messente import OMNI_ID, account, recorded
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


async def test_a_status_tells_word_code_reason_time_parts_and_price() -> None:
    wire = Wire(recorded("status_undelivered"))
    receipt = await account(wire).look_up_message(OMNI_ID)
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


async def test_a_message_in_process_has_no_news() -> None:
    client = account(Wire(recorded("status_processing")))
    receipt = await client.look_up_message(OMNI_ID)
    assert (receipt.status, receipt.word, receipt.code, receipt.price) == (None, "", "", "")
    assert await client.fetch_receipts_by_id([OMNI_ID]) == []


def statuses(*entries: object) -> httpx.Response:
    """A status answer with these entries."""
    return httpx.Response(200, json={"omnimessage_id": OMNI_ID, "statuses": list(entries)})


async def test_a_delivered_attempt_counts_and_a_broken_one_does_not_hide_it() -> None:
    wire = Wire(statuses(7, {"status": "DELIVRD"}, {"status": ["x"]}, {"status": "UNDELIV"}))
    assert (await account(wire).look_up_message(OMNI_ID)).status is Status.DELIVERED


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, text="OK"),
        httpx.Response(200, json={}),
        statuses(7),
        statuses({"status": 4}),
    ],
)
async def test_an_unreadable_status_is_said_to_be_so(answer: httpx.Response) -> None:
    with pytest.raises(UnreadableAnswer):
        await account(Wire(answer)).look_up_message(OMNI_ID)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (recorded("error_not_found", 404), NotFound),
        (httpx.Response(404, text="<html>"), AccountBlocked),
        (recorded("error_number", 400), NotPossible),
        (httpx.Response(500), Unavailable),
        (httpx.ReadTimeout("late"), Unavailable),
    ],
)
async def test_a_look_up_in_trouble_is_never_uncertain(
    answer: httpx.Response | Exception, kind: type[ProviderError]
) -> None:
    with pytest.raises(kind):
        await account(Wire(answer)).look_up_message(OMNI_ID)


async def test_a_message_without_an_id_is_not_asked_for() -> None:
    wire = Wire(recorded("status_undelivered"))
    for odd in ("", "..", " "):
        with pytest.raises(NotFound):
            await account(wire).look_up_message(odd)
    assert not wire.requests


async def test_an_odd_id_stays_one_segment_of_the_address() -> None:
    wire = Wire(recorded("error_not_found", 404))
    with pytest.raises(NotFound):
        await account(wire).look_up_message("../x?y=1#z")
    assert wire.requests[0].url.raw_path == (b"/messente/v1/omnimessage/..%2Fx%3Fy%3D1%23z/status")


async def test_one_unreadable_answer_does_not_hide_the_other_news() -> None:
    wire = Wire(httpx.Response(200, text="?"), recorded("status_undelivered"))
    receipts = await account(wire).fetch_receipts_by_id(["a", OMNI_ID])
    assert [one.provider_id for one in receipts] == [OMNI_ID]


async def test_a_forgotten_message_ends_its_reports() -> None:
    (receipt,) = await account(Wire(recorded("error_not_found", 404))).fetch_receipts_by_id(
        [OMNI_ID]
    )
    assert receipt.is_last_report and receipt.status is None
    assert (receipt.provider_id, receipt.code) == (OMNI_ID, "101")


async def test_trouble_while_asking_is_raised_when_there_is_no_news() -> None:
    wire = Wire(httpx.Response(429, headers={"Retry-After": "9"}))
    with pytest.raises(RateLimited) as caught:
        await account(wire).fetch_receipts_by_id(["a", "b"])
    assert caught.value.retry_after == 9.0
    assert len(wire.requests) == 1


async def test_news_before_the_trouble_is_kept() -> None:
    wire = Wire(recorded("status_undelivered"), httpx.Response(503))
    assert len(await account(wire).fetch_receipts_by_id([OMNI_ID, "b", "c"])) == 1
    assert len(wire.requests) == 2


async def test_a_scheduled_message_is_cancelled_by_delete() -> None:
    wire = Wire(httpx.Response(202, json={}))
    await account(wire).cancel_message(OMNI_ID)
    (request,) = wire.requests
    assert (request.method, request.url.path) == ("DELETE", f"/messente/v1/omnimessage/{OMNI_ID}")


async def test_a_cancel_that_comes_too_late_says_what_the_message_is() -> None:
    wire = Wire(recorded("error_not_found", 404), recorded("status_undelivered"))
    with pytest.raises(NotPossible, match="too late to cancel this message: Messente says UNDELIV"):
        await account(wire).cancel_message(OMNI_ID)


async def test_a_message_cancelled_before_counts_as_cancelled() -> None:
    wire = Wire(recorded("error_not_found", 404), statuses({"status": "DELETED", "err": 0}))
    await account(wire).cancel_message(OMNI_ID)
    assert [request.method for request in wire.requests] == ["DELETE", "GET"]


async def test_cancelling_an_unknown_message_says_so() -> None:
    with pytest.raises(NotFound):
        await account(Wire(recorded("error_not_found", 404))).cancel_message(OMNI_ID)


async def test_the_check_asks_for_a_message_that_cannot_exist() -> None:
    wire = Wire(recorded("error_not_found", 404))
    assert await account(wire).check_credentials() == "Messente accepts the API key"
    assert wire.requests[0].url.path.endswith("/00000000-0000-0000-0000-000000000000/status")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (recorded("error_unauthorized", 401), CredentialsRefused),
        (httpx.Response(404, text="no such page"), AccountBlocked),
    ],
)
async def test_the_check_fails_on_a_wrong_key_and_on_a_wrong_address(
    answer: httpx.Response, kind: type[ProviderError]
) -> None:
    with pytest.raises(kind):
        await account(Wire(answer)).check_credentials()
