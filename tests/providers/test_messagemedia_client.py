"""Test fetching, confirming, look-ups and cancelling at MessageMedia."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tui.clock import ManualClock
from tui.domain.events import EventKind, Receipt, Reply, Unreadable
from tui.domain.status import Status
from tui.providers import errors
from tui.providers.messagemedia import MessageMedia
from tui.providers.messagemedia.fields import parse_time, to_stored_json
from tui.providers.messagemedia.status_codes import CODE_MEANINGS, OPT_OUT_CODES, STATUS_MEANINGS

DATA = Path(__file__).parents[1] / "data/messagemedia"
MESSAGE = "3f2b8c1e-5a77-4d0b-9c34-6e1f0a2d7b58"
REPLY = "b6c0f1d2-0e6b-4f3a-8a55-90d7c1b2e3f4"
REPORT = "0a9d4c77-2b61-4d3e-9f10-5c8e7a6b4d21"
Answer = httpx.Response | Callable[[httpx.Request], httpx.Response]


def load_body(name: str) -> Any:
    """Return a body from the provider's documentation."""
    return json.loads((DATA / f"{name}.json").read_text())


def connect(*answers: Answer) -> tuple[MessageMedia, list[str]]:
    """Return an account whose requests get these responses, and its requests."""
    made: list[str] = []
    waiting = iter(answers)

    def answer(request: httpx.Request) -> httpx.Response:
        body = request.content.decode()
        made.append(" ".join(filter(None, (request.method, request.url.path, body))))
        reply = next(waiting)
        return reply if isinstance(reply, httpx.Response) else reply(request)

    account = MessageMedia(
        base_url="https://sms.test",
        api_key="sandbox",
        api_secret="sandbox-secret",
        clock=ManualClock(),
        transport=httpx.MockTransport(answer),
    )
    return account, made


def make_replies(*changes: dict[str, Any]) -> httpx.Response:
    """Return the documented reply once for each set of changed fields."""
    item = load_body("replies")["replies"][0]
    return httpx.Response(200, json={"replies": [{**item, **change} for change in changes]})


def make_reports(*changes: dict[str, Any]) -> httpx.Response:
    """Return the documented report once for each set of changed fields."""
    item = load_body("delivery_reports")["delivery_reports"][0]
    items = [{**item, **change} for change in changes]
    return httpx.Response(200, json={"delivery_reports": items})


async def fetch_reply(change: dict[str, Any]) -> Reply:
    """Return the documented reply with changed fields, as the account parses it."""
    account, _ = connect(make_replies(change))
    (event,) = (await account.fetch_replies("")).events
    assert isinstance(event, Reply)
    return event


async def fetch_report(change: dict[str, Any]) -> Receipt:
    """Return the documented report with changed fields, as the account parses it."""
    account, _ = connect(make_reports(change))
    (event,) = (await account.fetch_receipts("")).events
    assert isinstance(event, Receipt)
    return event


async def test_all_fields_of_a_reply_are_parsed() -> None:
    account, made = connect(make_replies({"metadata": {"reference": "m7"}}))
    page = await account.fetch_replies("")
    (reply,) = page.events
    assert made == ["GET /v1/replies"]
    assert isinstance(reply, Reply)
    assert (reply.event_id, reply.party, reply.text) == (REPLY, "+61491570156", "On my way")
    assert (reply.own, reply.answered_id, reply.reference) == ("+61491570157", MESSAGE, "m7")
    assert reply.received_at == 1_762_233_151_408
    assert json.loads(reply.raw)["vendor_account_id"]["account_id"] == "SmsdeskDemo"
    assert not page.has_more


async def test_the_raw_payload_contains_no_callback_address() -> None:
    reply = await fetch_reply({"callback_url": "https://desk.test/hooks/mm/s3cret"})
    assert "s3cret" not in reply.raw
    nested = await fetch_reply({"extra": {"callback_url": "https://desk.test/hooks/mm/s3cret"}})
    assert "s3cret" not in nested.raw


@pytest.mark.parametrize("missing", ["destination_number", "message_id", "metadata", "content"])
async def test_optional_fields_may_be_null(missing: str) -> None:
    reply = await fetch_reply({missing: None})
    assert (reply.event_id, reply.party) == (REPLY, "+61491570156")
    assert "" in (reply.own, reply.answered_id, reply.reference, reply.text)


async def test_a_message_to_the_dedicated_number_is_no_reply_to_another() -> None:
    item = {"reply_id": REPLY, "source_number": "+61491570156", "content": "Hello?"}
    account, _ = connect(httpx.Response(200, json={"replies": [item]}))
    (reply,) = (await account.fetch_replies("")).events
    assert isinstance(reply, Reply)
    assert (reply.text, reply.own, reply.answered_id, reply.received_at) == ("Hello?", "", "", None)


@pytest.mark.parametrize("body", [{"replies": []}, {"replies": None}])
async def test_an_empty_page_is_empty(body: dict[str, Any]) -> None:
    account, _ = connect(httpx.Response(200, json=body))
    page = await account.fetch_replies("")
    assert (page.events, page.has_more) == ((), False)


async def test_a_bad_item_does_not_block_others_and_can_be_confirmed() -> None:
    account, _ = connect(
        make_replies({}, {"source_number": None}, {"content": 5}, {"reply_id": "r2"})
    )
    good, no_sender, no_text, last = (await account.fetch_replies("")).events
    assert isinstance(good, Reply)
    assert isinstance(last, Reply)
    for event in (no_sender, no_text):
        assert isinstance(event, Unreadable)
        assert (event.event_id, event.can_confirm) == (REPLY, True)


@pytest.mark.parametrize("item", ["text", None, 7, [], {}, {"reply_id": 5}])
async def test_an_item_without_id_is_stored_as_unreadable_under_a_digest(item: Any) -> None:
    account, made = connect(httpx.Response(200, json={"replies": [item]}))
    (event,) = (await account.fetch_replies("")).events
    assert isinstance(event, Unreadable)
    assert len(event.event_id) == 64
    assert not event.can_confirm
    await account.confirm_replies([event.event_id])
    assert len(made) == 1


async def test_a_reply_without_an_id_has_the_same_digest_every_time() -> None:
    first = await fetch_reply({"reply_id": None})
    again = await fetch_reply({"reply_id": None, "vendor_account_id": {"vendor_id": "SinchEU"}})
    other = await fetch_reply({"reply_id": None, "content": "On my way!"})
    assert len(first.event_id) == 64
    assert first.event_id == again.event_id != other.event_id


async def test_a_full_page_is_followed_only_if_it_can_be_confirmed() -> None:
    account, _ = connect(make_replies(*({"reply_id": f"r{n}"} for n in range(100))))
    assert (await account.fetch_replies("")).has_more
    account, _ = connect(httpx.Response(200, json={"replies": [{}] * 100}))
    assert not (await account.fetch_replies("")).has_more


async def test_lone_surrogates_and_nul_arrive_repaired() -> None:
    body = (
        '{"replies":[{"reply_id":"r1","source_number":"+61491570156","content":"a\\ud83d\\u0000"}]}'
    )
    account, _ = connect(httpx.Response(200, text=body))
    (reply,) = (await account.fetch_replies("")).events
    assert isinstance(reply, Reply)
    assert reply.text == "a\ufffd\ufffd"
    assert reply.raw.encode()


@pytest.mark.parametrize(
    "body", ["", "[]", "null", '{"replies": {}}', '{"messages": []}', "<html>"]
)
async def test_an_answer_without_a_list_is_unreadable(body: str) -> None:
    account, _ = connect(httpx.Response(200, text=body))
    with pytest.raises(errors.UnreadableAnswer):
        await account.fetch_replies("")


def test_a_too_deeply_nested_response_is_unreadable() -> None:
    nest: list[Any] = []
    for _ in range(100_000):
        nest = [nest]
    assert "too deeply" in to_stored_json({"content": nest})


async def test_an_unreadable_response_shows_no_callback_address() -> None:
    text = '{"replies":[{"callback_url":"https://desk.test/hooks/mm/s3cret","content'
    account, _ = connect(httpx.Response(200, text=text))
    with pytest.raises(errors.UnreadableAnswer) as raised:
        await account.fetch_replies("")
    assert "s3cret" not in raised.value.detail
    assert "replies" in raised.value.detail


async def test_all_fields_of_a_report_are_parsed() -> None:
    account, made = connect(make_reports({"metadata": {"reference": "m7"}, "error_code": "200"}))
    (receipt,) = (await account.fetch_receipts("")).events
    assert made == ["GET /v1/delivery_reports"]
    assert isinstance(receipt, Receipt)
    assert (receipt.event_id, receipt.provider_id, receipt.reference) == (REPORT, MESSAGE, "m7")
    assert (receipt.status, receipt.word) == (Status.SUBMITTED, "submitted")
    assert (receipt.code, receipt.reason) == ("200", "The message was handed to a carrier")
    assert receipt.at == 1_762_232_403_377
    assert receipt.parts == 1


async def test_a_polled_report_may_have_no_code() -> None:
    receipt = await fetch_report({"status": "rejected"})
    assert (receipt.code, receipt.status) == ("", Status.REJECTED)
    assert receipt.reason.startswith("The message will not be delivered")


async def test_a_report_without_time_of_change_uses_its_own_time() -> None:
    receipt = await fetch_report({"submitted_date": None})
    assert receipt.at == 1_762_232_403_512


@pytest.mark.parametrize("code", ["302", "412"])
async def test_a_blocked_number_counts_as_opted_out(code: str) -> None:
    receipt = await fetch_report({"status": "rejected", "error_code": code})
    assert receipt.opted_out
    assert code in OPT_OUT_CODES


async def test_a_code_that_is_a_number_is_understood() -> None:
    receipt = await fetch_report({"status": "rejected", "error_code": 301})
    assert (receipt.code, receipt.opted_out) == ("301", False)
    assert "usage limit" in receipt.reason


async def test_unknown_statuses_and_codes_are_kept_without_effect() -> None:
    receipt = await fetch_report({"status": "teleported", "error_code": "999"})
    assert (receipt.status, receipt.word) == (None, "teleported")
    assert (receipt.code, receipt.reason) == ("999", "")


@pytest.mark.parametrize("units", [None, "x", -1, 10**9, True, 1.5])
async def test_impossible_billing_units_are_ignored(units: Any) -> None:
    assert (await fetch_report({"billing_units": units})).parts == 0


@pytest.mark.parametrize("change", [{"status": None}, {"message_id": None}])
async def test_a_report_without_content_is_unreadable(change: dict[str, Any]) -> None:
    account, _ = connect(make_reports({**change, "metadata": None}))
    (event,) = (await account.fetch_receipts("")).events
    assert isinstance(event, Unreadable)
    assert (event.event_id, event.can_confirm) == (REPORT, True)


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("queued", Status.ACCEPTED),
        ("processing", Status.ACCEPTED),
        ("processed", Status.ACCEPTED),
        ("scheduled", Status.SCHEDULED),
        ("held", Status.ACCEPTED),
        ("enroute", Status.ACCEPTED),
        ("submitted", Status.SUBMITTED),
        ("delivered", Status.DELIVERED),
        ("read", Status.DELIVERED),
        ("expired", Status.EXPIRED),
        ("rejected", Status.REJECTED),
        ("failed", Status.FAILED),
        ("cancelled", Status.CANCELLED),
        ("undefined", None),
        ("undeliverable", Status.FAILED),
    ],
)
async def test_every_documented_status_is_mapped(word: str, status: Status | None) -> None:
    account, made = connect(httpx.Response(200, json={**load_body("status"), "status": word}))
    receipt = await account.look_up_message(MESSAGE)
    assert made == [f"GET /v1/messages/{MESSAGE}"]
    assert (receipt.status, receipt.word, receipt.provider_id) == (status, word, MESSAGE)
    assert word in STATUS_MEANINGS


def test_every_documented_code_has_a_meaning() -> None:
    documented = (
        "101 102 151 200 210 211 212 213 220 221 320 401 301 302 303 304 305 402 403 410 411 412 "
        "413 414 330 331 332 333 400 405"
    )
    assert set(CODE_MEANINGS) == set(documented.split())
    assert all(CODE_MEANINGS.values())


async def test_looking_up_twice_is_one_event_until_the_status_changes() -> None:
    body = load_body("status")
    account, _ = connect(
        httpx.Response(200, json=body),
        httpx.Response(200, json=body),
        httpx.Response(200, json={**body, "status": "delivered"}),
    )
    ids = [(await account.look_up_message(MESSAGE)).event_id for _ in range(3)]
    assert ids[0] == ids[1] != ids[2]


async def test_a_forgotten_message_is_not_found() -> None:
    account, _ = connect(httpx.Response(404, json={"message": "Resource not found."}))
    with pytest.raises(errors.NotFound):
        await account.look_up_message(MESSAGE)


@pytest.mark.parametrize("provider_id", ["", "../replies", "a?b=c", "ключ", "a" * 65])
async def test_an_id_in_another_format_is_never_looked_up(provider_id: str) -> None:
    account, made = connect()
    with pytest.raises(errors.NotFound):
        await account.look_up_message(provider_id)
    with pytest.raises(errors.NotFound):
        await account.cancel_message(provider_id)
    assert made == []


async def test_a_look_up_without_a_status_is_unreadable() -> None:
    account, _ = connect(httpx.Response(200, json={"content": "a"}))
    with pytest.raises(errors.UnreadableAnswer):
        await account.look_up_message(MESSAGE)


async def test_a_scheduled_message_is_cancelled() -> None:
    account, made = connect(httpx.Response(200))
    await account.cancel_message(MESSAGE)
    assert made == [f'PUT /v1/messages/{MESSAGE} {{"status": "cancelled"}}']


async def test_a_late_cancel_reports_the_status_of_the_message() -> None:
    too_late = httpx.Response(400, json={"message": "Message is not currently scheduled"})
    status = httpx.Response(200, json={**load_body("status"), "status": "delivered"})
    account, _ = connect(too_late, status)
    with pytest.raises(errors.NotPossible, match="delivered") as raised:
        await account.cancel_message(MESSAGE)
    assert raised.value.detail == "Message is not currently scheduled"


async def test_a_late_cancel_is_reported_without_the_status() -> None:
    account, _ = connect(httpx.Response(400), httpx.Response(500))
    with pytest.raises(errors.NotPossible, match="Too late"):
        await account.cancel_message(MESSAGE)


async def test_cancelling_twice_is_harmless() -> None:
    status = httpx.Response(200, json={**load_body("status"), "status": "cancelled"})
    account, made = connect(httpx.Response(400), status)
    await account.cancel_message(MESSAGE)
    assert len(made) == 2


async def test_cancelling_an_unknown_message_is_not_found() -> None:
    account, _ = connect(httpx.Response(404))
    with pytest.raises(errors.NotFound):
        await account.cancel_message(MESSAGE)


async def test_confirmations_send_the_ids_and_ignore_the_response() -> None:
    account, made = connect(httpx.Response(202, text="ok"), httpx.Response(202))
    await account.confirm_replies([REPLY])
    await account.confirm_receipts([REPORT])
    assert made == [
        f'POST /v1/replies/confirmed {{"reply_ids": ["{REPLY}"]}}',
        f'POST /v1/delivery_reports/confirmed {{"delivery_report_ids": ["{REPORT}"]}}',
    ]


async def test_confirmations_are_sent_by_the_hundred() -> None:
    account, made = connect(*[httpx.Response(202)] * 3)
    await account.confirm_replies([f"r{n}" for n in range(250)])
    sent = [json.loads(line.split(" ", 2)[2])["reply_ids"] for line in made]
    assert [len(ids) for ids in sent] == [100, 100, 50]
    assert [event_id for ids in sent for event_id in ids] == [f"r{n}" for n in range(250)]


async def test_nothing_to_confirm_makes_no_request() -> None:
    account, made = connect()
    await account.confirm_receipts([])
    assert made == []


async def test_an_unconfirmable_id_does_not_block_others() -> None:
    confirmed: list[str] = []

    def pick(request: httpx.Request) -> httpx.Response:
        ids = json.loads(request.content)["reply_ids"]
        if "bad" in ids:
            return httpx.Response(400)
        confirmed.extend(ids)
        return httpx.Response(202)

    account, _ = connect(*[pick] * 20)
    with pytest.raises(errors.UnreadableAnswer, match="1 of 6"):
        await account.confirm_replies(["r1", "r2", "bad", "r3", "r4", "r5"])
    assert confirmed == ["r1", "r2", "r3", "r4", "r5"]


async def test_a_refused_confirmation_is_raised() -> None:
    account, _ = connect(*[httpx.Response(400)] * 3)
    with pytest.raises(errors.UnreadableAnswer):
        await account.confirm_replies(["r1", "r2"])


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, errors.UnreadableAnswer),
        (401, errors.CredentialsRefused),
        (403, errors.CredentialsRefused),
        (404, errors.AccountBlocked),
        (302, errors.AccountBlocked),
        (408, errors.Unavailable),
        (429, errors.RateLimited),
        (500, errors.Unavailable),
        (503, errors.Unavailable),
    ],
)
async def test_every_refusal_of_a_poll_has_an_error_type(
    status: int, error: type[errors.ProviderError]
) -> None:
    account, _ = connect(httpx.Response(status, json={"message": "words of theirs"}))
    with pytest.raises(error) as raised:
        await account.fetch_replies("")
    assert raised.value.code == str(status)
    assert "sandbox" not in repr(raised.value)


async def test_refused_credentials_show_the_message_of_the_provider() -> None:
    account, _ = connect(
        httpx.Response(403, json={"message": "Invalid authentication credentials\x1b[2J"})
    )
    with pytest.raises(errors.CredentialsRefused, match="Invalid authentication") as raised:
        await account.check_credentials()
    assert "\x1b" not in raised.value.message


@pytest.mark.parametrize(
    ("body", "text", "amount"),
    [
        ({"credits": 1000}, "1,000 credits", 1000.0),
        ({"credits": 1}, "1 credit", 1.0),
        ({"credits": 2.5}, "2.5 credits", 2.5),
        ({"credits": 250, "used": 3}, "credits: 250, used: 3", None),
        ({"balance": {"credits": 1}}, 'balance: {"credits": 1}', None),
        (12.5, "12.5", 12.5),
        ({}, "unknown", None),
        (
            {"expires": "2026-12-31", "credits": 9, "active": True},
            "expires: 2026-12-31, credits: 9, active: True",
            9.0,
        ),
    ],
)
async def test_credits_are_formatted_and_other_balances_are_shown_unchanged(
    body: Any, text: str, amount: float | None
) -> None:
    account, made = connect(httpx.Response(200, json=body))
    balance = await account.fetch_balance()
    assert made == ["GET /v1/messaging/credits"]
    assert (balance.text, balance.amount) == (text, amount)


@pytest.mark.parametrize("status", [403, 404])
async def test_an_account_without_credits_is_no_wrong_key(status: int) -> None:
    account, _ = connect(httpx.Response(status))
    with pytest.raises(errors.NotPossible):
        await account.fetch_balance()


async def test_a_check_confirms_nothing() -> None:
    account, made = connect(make_replies({}))
    assert await account.check_credentials() == "MessageMedia accepts the key; replies waiting: 1"
    assert made == ["GET /v1/replies"]


async def test_unsupported_features_of_messagemedia_are_errors() -> None:
    account, _ = connect()
    with pytest.raises(errors.NotPossible):
        await account.fetch_receipts_by_id([MESSAGE])
    with pytest.raises(errors.NotPossible):
        await account.ping_phone("+61491570156", "m1")
    await account.aclose()


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("1970-01-01T00:00:01.500Z", 1_500),
        ("1970-01-01T10:00:00+10:00", 0),
        ("1970-01-01T00:00:01", 1_000),
        ("1970-01-01T00:00:01.123999Z", 1_123),
        ("1969-12-31T23:59:59Z", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("yesterday", None),
        ("", None),
        (5, None),
    ],
)
def test_times_are_milliseconds_in_utc(text: Any, at: int | None) -> None:
    assert parse_time(text) == at


async def test_an_unreadable_item_names_its_page_and_can_be_parsed_again() -> None:
    account, _ = connect(make_replies({"source_number": ""}), make_reports({"message_id": None}))
    (reply,) = (await account.fetch_replies("")).events
    (report,) = (await account.fetch_receipts("")).events
    assert isinstance(reply, Unreadable)
    assert isinstance(report, Unreadable)
    assert (reply.source, report.source) == (EventKind.REPLY, EventKind.RECEIPT)
    for event, field in ((reply, "source_number"), (report, "message_id")):
        assert account.read_polled_item(event.source, event.raw) == event
        fixed = {**json.loads(event.raw), field: "+61491570156"}
        again = account.read_polled_item(event.source, json.dumps(fixed))
        assert isinstance(again, Reply | Receipt)
        assert again.event_id == event.event_id
    assert isinstance(account.read_polled_item(EventKind.REPLY, "{"), Unreadable)


@pytest.mark.parametrize("call", ["confirm_replies", "confirm_receipts", "cancel_message"])
async def test_calls_without_json_in_the_answer_accept_any(call: str) -> None:
    accepted: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        accepted.append(request.headers["Accept"])
        return httpx.Response(202, text="", headers={"Content-Type": "text/plain"})

    account, _ = connect(answer)
    await getattr(account, call)(MESSAGE if call == "cancel_message" else [REPLY])
    assert "text/plain" in accepted[0] and "application/json" in accepted[0]
    assert "*/*" in accepted[0]
