"""Test Messente's Omnichannel API: requests and the meaning of responses."""

import base64
import json
from dataclasses import replace
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.messente import OMNI_ID, create_account, load_response
from tests.providers.wire import Wire
from tui.clock import HOUR, ManualClock
from tui.domain.capabilities import ReceiptChannel, ReplyChannel
from tui.domain.message import Format
from tui.domain.status import Status
from tui.providers.errors import (
    AccountBlocked,
    AddressWrong,
    CredentialsRefused,
    MessageInvalid,
    NotPossible,
    OutOfCredit,
    ProviderError,
    RateLimited,
    Unavailable,
    Uncertain,
)
from tui.providers.messente import Messente
from tui.providers.protocol import Outgoing, Provider, SendAccepted, SendRefused

MESSAGE = Outgoing("m1abcdefghi0", "+37251234567", "Your parcel is at the front desk.")


def make_errors(*items: dict[str, Any], status: int = 400) -> httpx.Response:
    """Return an error response."""
    return httpx.Response(status, json={"errors": list(items)})


def make_error(code: str, source: str | None = None, detail: str = "words") -> dict[str, Any]:
    """Return an error object."""
    return {"code": code, "title": "title", "detail": detail, "source": source}


def read_sent_json(wire: Wire) -> Any:
    """Return the JSON of the only request."""
    (request,) = wire.requests
    return json.loads(request.content)


def test_the_client_is_a_provider_and_declares_its_capabilities() -> None:
    provider: Provider = create_account(Wire(httpx.Response(200)))
    can = provider.capabilities
    assert (can.title, can.replies, can.receipts) == (
        "Messente",
        ReplyChannel.PUSH,
        ReceiptChannel.BY_ID,
    )
    assert can.can_schedule and can.can_cancel and can.can_look_up and can.has_balance
    assert not can.must_confirm and not can.can_ping and can.formats == {Format.SMS}
    assert can.receipts_last_ms == 0


async def test_a_send_is_one_json_request_with_basic_credentials() -> None:
    wire = Wire(load_response("accepted", 201))
    message = replace(
        MESSAGE,
        sender="+37259990011",
        callback_url="https://desk.test/hooks/ee/9b7c1f/m1abcdefghi0",
    )
    outcomes = await create_account(wire).send_messages([message])
    (request,) = wire.requests
    assert (request.method, request.url.path) == ("POST", "/messente/v1/omnimessage")
    assert request.headers["authorization"] == (
        "Basic " + base64.b64encode(b"user:pass word").decode()
    )
    assert request.headers["content-type"] == "application/json"
    assert request.headers["accept"] == "application/json"
    assert read_sent_json(wire) == {
        "to": "+37251234567",
        "messages": [
            {
                "channel": "sms",
                "text": "Your parcel is at the front desk.",
                "sender": "+37259990011",
            }
        ],
        "dlr_url": "https://desk.test/hooks/ee/9b7c1f/m1abcdefghi0",
    }
    (accepted,) = outcomes
    assert isinstance(accepted, SendAccepted)
    assert (accepted.provider_id, accepted.status) == (OMNI_ID, Status.ACCEPTED)
    assert "8f2f6a9d-0b52-4a83-8d5e-2f3f7b7f0c64" in accepted.raw


async def test_a_send_without_sender_or_listener_leaves_those_fields_out() -> None:
    wire = Wire(load_response("accepted", 201))
    await create_account(wire).send_messages([MESSAGE])
    assert read_sent_json(wire) == {
        "to": "+37251234567",
        "messages": [{"channel": "sms", "text": "Your parcel is at the front desk."}],
    }


async def test_a_later_send_contains_its_time_in_utc_and_is_scheduled() -> None:
    wire, clock = Wire(load_response("accepted", 201)), ManualClock(1_795_242_600_000)
    later = replace(MESSAGE, scheduled_at=clock.now() + HOUR + 1)
    (accepted,) = await create_account(wire, clock).send_messages([later])
    assert read_sent_json(wire)["time_to_send"] == "2026-11-21T07:30:01Z"
    assert isinstance(accepted, SendAccepted) and accepted.status is Status.SCHEDULED


async def test_a_past_time_means_now() -> None:
    wire, clock = Wire(load_response("accepted", 201)), ManualClock()
    (accepted,) = await create_account(wire, clock).send_messages(
        [replace(MESSAGE, scheduled_at=clock.now())]
    )
    assert "time_to_send" not in read_sent_json(wire)
    assert isinstance(accepted, SendAccepted) and accepted.status is Status.ACCEPTED


async def test_a_text_with_a_lone_surrogate_is_sent() -> None:
    wire = Wire(load_response("accepted", 201))
    await create_account(wire).send_messages([replace(MESSAGE, text="hi \ud83d there")])
    assert read_sent_json(wire)["messages"][0]["text"] == "hi � there"


async def test_a_bad_number_refuses_the_message_and_names_the_field() -> None:
    (outcome,) = await create_account(Wire(load_response("error_number", 400))).send_messages(
        [MESSAGE]
    )
    assert isinstance(outcome, SendRefused) and isinstance(outcome.error, MessageInvalid)
    assert (outcome.error.field, outcome.error.code) == ("to", "105")
    assert str(outcome.error) == (
        "Messente refuses a value: to: Not a valid phone number; nothing was sent"
    )


async def test_the_field_is_the_last_name_of_a_longer_source() -> None:
    wire = Wire(
        make_errors(make_error("106", "messages.0.text", "Missing\ndata for required field."))
    )
    (outcome,) = await create_account(wire).send_messages([MESSAGE])
    assert isinstance(outcome, SendRefused) and isinstance(outcome.error, MessageInvalid)
    assert outcome.error.field == "text"
    assert "\n" not in str(outcome.error)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (load_response("error_unauthorized", 401), CredentialsRefused),
        (httpx.Response(401, text="<html>"), CredentialsRefused),
        (make_errors(make_error("102"), status=403), AccountBlocked),
        (httpx.Response(403), AccountBlocked),
        (httpx.Response(402), OutOfCredit),
        (load_response("error_not_found", 404), AccountBlocked),
        (make_errors(make_error("107"), status=405), AccountBlocked),
        (httpx.Response(301, headers={"Location": "https://elsewhere.test/"}), AddressWrong),
        (httpx.Response(408), Unavailable),
        (httpx.Response(429, headers={"Retry-After": "7"}), RateLimited),
        (httpx.Response(503), Unavailable),
        (make_errors(make_error("104"), status=500), Uncertain),
        (httpx.Response(502, text="<html>"), Uncertain),
        (httpx.Response(201, text="not json"), Uncertain),
        (httpx.Response(201, json=[]), Uncertain),
        (httpx.Response(201, json={"omnimessage_id": 7}), Uncertain),
        (httpx.ReadTimeout("late"), Uncertain),
        (httpx.RemoteProtocolError("cut"), Uncertain),
        (httpx.ConnectError("refused"), Unavailable),
    ],
)
async def test_errors_that_stop_a_send_have_their_type(
    answer: httpx.Response | Exception, kind: type[ProviderError]
) -> None:
    wire = Wire(answer)
    with pytest.raises(ProviderError) as caught:
        await create_account(wire).send_messages([MESSAGE])
    assert type(caught.value) is kind
    assert "pass word" not in repr(caught.value) and "\n" not in str(caught.value)
    assert len(wire.requests) == 1


async def test_account_errors_have_priority_over_message_errors() -> None:
    wire = Wire(make_errors(make_error("105", "to"), make_error("103")))
    with pytest.raises(CredentialsRefused):
        await create_account(wire).send_messages([MESSAGE])


async def test_only_one_sms_at_a_time_is_accepted() -> None:
    wire = Wire(load_response("accepted", 201))
    with pytest.raises(NotPossible):
        await create_account(wire).send_messages([MESSAGE, MESSAGE])
    (outcome,) = await create_account(wire).send_messages([replace(MESSAGE, format=Format.MMS)])
    assert isinstance(outcome, SendRefused) and isinstance(outcome.error, MessageInvalid)
    assert not wire.requests


async def test_the_balance_comes_from_the_classic_calls() -> None:
    wire = Wire(httpx.Response(200, text="OK 123.45"))
    balance = await create_account(wire).fetch_balance()
    assert (balance.text, balance.amount) == ("EUR 123.45", 123.45)
    (request,) = wire.requests
    assert request.url.path == "/messente/get_balance/"
    assert "authorization" not in request.headers


@pytest.mark.parametrize("base_url", ["https://api.messente.com", "https://api.messente.com/v1/"])
async def test_an_official_account_gets_the_balance_from_the_official_classic_host(
    base_url: str,
) -> None:
    wire = Wire(httpx.Response(200, text="OK 1"))
    client = Messente(
        base_url=base_url,
        api_key="u",
        api_secret="p",
        clock=ManualClock(),
        transport=httpx.MockTransport(wire),
    )
    await client.fetch_balance()
    with pytest.raises(ProviderError):
        await client.look_up_message(OMNI_ID)
    assert [str(request.url) for request in wire.requests] == [
        "https://api2.messente.com/get_balance/",
        f"https://api.messente.com/v1/omnimessage/{OMNI_ID}/status",
    ]
    await client.aclose()


async def test_unsupported_features_are_one_line_errors() -> None:
    client = create_account(Wire(httpx.Response(200)))
    for call in (
        client.fetch_replies(""),
        client.fetch_receipts(""),
        client.confirm_replies(["x"]),
        client.confirm_receipts(["x"]),
        client.ping_phone("+37251234567", "m1"),
    ):
        with pytest.raises(NotPossible):
            await call


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)
known_names = st.sampled_from(
    ["status", "err", "error", "timestamp", "price_info", "omnimessage_id", "message_id", "errors"]
)
documents = (
    json_values
    | st.dictionaries(known_names, json_values)
    | st.fixed_dictionaries(
        {"statuses": st.lists(st.dictionaries(known_names, json_values) | json_values, max_size=3)}
    )
)


@given(
    body=st.binary(max_size=200) | documents.map(lambda value: json.dumps(value).encode()),
    status=st.sampled_from([200, 201, 202, 204, 302, 400, 401, 404, 418, 429, 500, 503]),
)
async def test_any_response_is_a_result_or_a_provider_error(body: bytes, status: int) -> None:
    client = create_account(Wire(httpx.Response(status, content=body)))
    for call in (
        client.send_messages([MESSAGE]),
        client.look_up_message(OMNI_ID),
        client.fetch_receipts_by_id([OMNI_ID]),
        client.cancel_message(OMNI_ID),
        client.fetch_balance(),
        client.check_credentials(),
    ):
        try:
            await call
        except ProviderError as error:
            assert "pass word" not in str(error) and "\n" not in str(error)
    await client.aclose()


@pytest.mark.parametrize(
    ("account_ms", "message_ms", "minutes"),
    [(0, 0, None), (2 * HOUR, 0, 120), (2 * HOUR, HOUR, 60), (0, 1, 1), (0, 90_000, 2)],
)
async def test_the_validity_is_sent_in_whole_minutes(
    account_ms: int, message_ms: int, minutes: int | None
) -> None:
    wire = Wire(load_response("accepted", 201))
    client = create_account(wire, validity=account_ms)
    await client.send_messages([replace(MESSAGE, valid_for=message_ms)])
    assert read_sent_json(wire)["messages"][0].get("validity") == minutes
