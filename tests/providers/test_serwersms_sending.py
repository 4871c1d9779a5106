"""Test requests to SerwerSMS and the meaning of its responses to a send."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.wire import Wire
from tui.clock import ManualClock
from tui.domain.message import Format
from tui.domain.status import Status
from tui.domain.text import repair_text
from tui.providers.errors import (
    AccountBlocked,
    AddressWrong,
    CredentialsRefused,
    MessageInvalid,
    NotFound,
    NotPossible,
    OutOfCredit,
    ProviderError,
    RateLimited,
    RecipientOptedOut,
    Unavailable,
    Uncertain,
)
from tui.providers.protocol import Outgoing, Provider, SendAccepted, SendRefused
from tui.providers.serwersms import SerwerSms

DATA = Path(__file__).parent.parent / "data" / "serwersms"
BASE = "https://desk.test/serwersms"
MESSAGE = Outgoing("m1dvi7vgg5c3e", "+48500600700", "Paczka czeka w recepcji")
PASSWORD = "tajne hasło"


def load_response(name: str) -> httpx.Response:
    """Return a recorded body, as always with HTTP 200."""
    return httpx.Response(200, content=(DATA / f"{name}.json").read_bytes())


def make_error(
    code: Any, message: str = "Komunikat po polsku", status: int = 200
) -> httpx.Response:
    """Return an error in the format of SerwerSMS."""
    error = {"code": code, "type": "SendError", "message": message}
    return httpx.Response(status, json={"error": error})


def create_account(wire: Wire, **options: Any) -> SerwerSms:
    """Return an account on that wire."""
    return SerwerSms(
        base_url=BASE,
        api_key="desk",
        api_secret=PASSWORD,
        clock=ManualClock(),
        transport=httpx.MockTransport(wire),
        **options,
    )


def test_the_client_is_a_provider() -> None:
    provider: Provider = create_account(Wire(load_response("sent")))
    assert provider.capabilities.title == "SerwerSMS"
    assert provider.capabilities.receipt_batch == 500


async def test_an_eco_message_has_details_and_our_reference() -> None:
    wire = Wire(load_response("sent"))
    outcomes = await create_account(wire).send_messages([MESSAGE])
    request = wire.requests[0]
    assert (request.method, str(request.url)) == ("POST", f"{BASE}/messages/send_sms.json")
    assert request.headers["content-type"] == "application/json"
    assert "authorization" not in request.headers
    assert wire.body == {
        "username": "desk",
        "password": PASSWORD,
        "phone": "+48500600700",
        "text": "Paczka czeka w recepcji",
        "details": True,
        "unique_id": "m1dvi7vgg5c3e",
    }
    [accepted] = outcomes
    assert isinstance(accepted, SendAccepted)
    assert accepted.provider_id == "7c1f09ab52"
    assert accepted.status is Status.ACCEPTED
    assert accepted.word == "queued"
    assert accepted.parts == 1
    assert json.loads(accepted.raw)["stat_id"] == "9120443"


async def test_a_token_replaces_user_and_password() -> None:
    wire = Wire(load_response("sent"))
    await create_account(wire, api_token="token-1").send_messages([MESSAGE])
    assert wire.requests[0].headers["authorization"] == "Bearer token-1"
    assert not {"username", "password"} & wire.body.keys()


@pytest.mark.parametrize(
    ("text", "utf"), [("Dzien dobry", False), ("Dzień dobry", True), ("10 €", False)]
)
async def test_a_full_message_requests_unicode_only_when_needed(text: str, utf: bool) -> None:
    wire = Wire(load_response("sent"))
    await create_account(wire).send_messages([replace(MESSAGE, sender="INFORMACJA", text=text)])
    assert (wire.body["sender"], wire.body["utf"]) == ("INFORMACJA", utf)


async def test_an_eco_message_never_requests_unicode() -> None:
    wire = Wire(load_response("sent"))
    await create_account(wire).send_messages([replace(MESSAGE, text="Dzień dobry")])
    assert "utf" not in wire.body
    assert wire.body["text"] == "Dzień dobry"


async def test_a_scheduled_message_has_a_time_in_warsaw() -> None:
    wire = Wire(load_response("sent"))
    [outcome] = await create_account(wire).send_messages(
        [replace(MESSAGE, scheduled_at=1_772_615_702_999)]
    )
    assert wire.body["date"] == "2026-03-04 10:15:02"
    assert isinstance(outcome, SendAccepted)
    assert outcome.status is Status.SCHEDULED


async def test_the_zone_of_the_account_is_an_option() -> None:
    wire = Wire(load_response("sent"))
    account_in_utc = create_account(wire, time_zone="UTC")
    await account_in_utc.send_messages([replace(MESSAGE, scheduled_at=1_772_615_702_000)])
    assert wire.body["date"] == "2026-03-04 09:15:02"


async def test_an_impossible_time_is_refused_without_a_request() -> None:
    wire = Wire(load_response("sent"))
    [outcome] = await create_account(wire).send_messages([replace(MESSAGE, scheduled_at=10**18)])
    assert isinstance(outcome, SendRefused)
    assert isinstance(outcome.error, MessageInvalid)
    assert outcome.error.field == "scheduled_at"
    assert not wire.requests


@pytest.mark.parametrize(
    ("callback", "expected"),
    [
        ("https://desk.test/hooks/pl/x/m1", "https://desk.test/hooks/pl/x/m1?"),
        ("https://desk.test/hooks?a=b", "https://desk.test/hooks?a=b&"),
    ],
)
async def test_reports_are_requested_for_the_listener(callback: str, expected: str) -> None:
    wire = Wire(load_response("sent"))
    await create_account(wire).send_messages([replace(MESSAGE, callback_url=callback)])
    template = "smsid=#SMSID#&stan=#STAN#&data=#DATA#&przyczyna=#PRZYCZYNA#"
    assert wire.body["dlr_url"] == expected + template


async def test_an_unsent_message_is_refused_with_its_reason() -> None:
    [outcome] = await create_account(Wire(load_response("unsent"))).send_messages([MESSAGE])
    assert isinstance(outcome, SendRefused)
    assert isinstance(outcome.error, MessageInvalid)
    assert (outcome.error.field, outcome.error.code) == ("to", "2001")
    assert outcome.error.message == "The phone number is wrong"
    assert outcome.error.detail == "Nieprawidłowy numer telefonu"


async def test_a_single_bad_number_may_also_refuse_the_whole_request() -> None:
    [outcome] = await create_account(Wire(make_error(2001))).send_messages([MESSAGE])
    assert isinstance(outcome, SendRefused)
    assert isinstance(outcome.error, MessageInvalid)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"success": True, "queued": 0, "unsent": 1}, MessageInvalid),
        ({"success": False, "queued": 0, "unsent": 0}, MessageInvalid),
        ({"success": True, "unsent": 1, "items": [{"status": "unsent"}]}, MessageInvalid),
        (
            {"success": True, "unsent": 1, "items": [{"status": "unsent", "error_code": 3000}]},
            OutOfCredit,
        ),
        ({"items": [{"status": "unsent", "error_code": "4601"}]}, RecipientOptedOut),
    ],
)
async def test_an_unsent_message_is_refused_even_without_details(
    body: dict[str, Any], kind: type[ProviderError]
) -> None:
    [outcome] = await create_account(Wire(httpx.Response(200, json=body))).send_messages([MESSAGE])
    assert isinstance(outcome, SendRefused)
    assert type(outcome.error) is kind


async def test_a_queued_message_without_an_id_is_accepted() -> None:
    wire = Wire(httpx.Response(200, json={"success": True, "queued": 1, "unsent": 0}))
    [outcome] = await create_account(wire).send_messages([MESSAGE])
    assert isinstance(outcome, SendAccepted)
    assert outcome.provider_id == ""


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, content=b'{"success": true, "que'),
        httpx.Response(200, json={"success": True}),
        httpx.Response(200, json=[]),
        httpx.Response(200, json="ok"),
        httpx.Response(200, json={"error": {}}),
        httpx.Response(500, content=b"<h1>Internal error</h1>"),
        httpx.Response(504),
        make_error(9999, status=500),
        httpx.ReadTimeout("slow"),
        httpx.RemoteProtocolError("cut"),
    ],
)
async def test_an_ambiguous_response_leaves_the_send_uncertain(
    answer: httpx.Response | Exception,
) -> None:
    wire = Wire(answer)
    with pytest.raises(Uncertain):
        await create_account(wire).send_messages([MESSAGE])
    assert len(wire.requests) == 1


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (httpx.ConnectError("refused"), Unavailable),
        (httpx.Response(503), Unavailable),
        (httpx.Response(408), Unavailable),
        (httpx.Response(429, headers={"Retry-After": "7"}), RateLimited),
        (httpx.Response(401), CredentialsRefused),
        (httpx.Response(403), AccountBlocked),
        (httpx.Response(404, content=b"<h1>Not found</h1>"), AddressWrong),
        (httpx.Response(301, headers={"Location": "https://else.test"}), AddressWrong),
    ],
)
async def test_a_request_without_effect_raises_a_specific_error(
    answer: httpx.Response | Exception, kind: type[ProviderError]
) -> None:
    with pytest.raises(ProviderError) as caught:
        await create_account(Wire(answer)).send_messages([MESSAGE])
    assert type(caught.value) is kind


@pytest.mark.parametrize("status", [200, 400, 401, 500])
async def test_the_error_in_the_body_counts_with_any_http_status(status: int) -> None:
    body = json.loads((DATA / "error_1001.json").read_bytes())
    with pytest.raises(CredentialsRefused) as caught:
        await create_account(Wire(httpx.Response(status, json=body))).send_messages([MESSAGE])
    assert caught.value.message == "Wrong login, password or token"
    assert caught.value.code == "1001"
    assert caught.value.detail == "Nieprawidłowy login lub hasło"


RAISED = {
    1001: CredentialsRefused,
    1002: AccountBlocked,
    1003: CredentialsRefused,
    1005: AccountBlocked,
    1007: AccountBlocked,
    1008: AccountBlocked,
    3000: OutOfCredit,
    3001: AccountBlocked,
    3002: OutOfCredit,
    3003: AccountBlocked,
    3004: OutOfCredit,
    3005: AccountBlocked,
    3006: OutOfCredit,
    3007: AccountBlocked,
    3008: AccountBlocked,
    3009: AccountBlocked,
    3100: AccountBlocked,
    4500: AccountBlocked,
}
REFUSED: dict[int, tuple[type[ProviderError], str]] = {
    1000: (NotPossible, ""),
    1004: (NotFound, ""),
    1006: (MessageInvalid, ""),
    2000: (MessageInvalid, ""),
    2001: (MessageInvalid, "to"),
    2002: (NotFound, ""),
    3101: (MessageInvalid, "text"),
    3102: (MessageInvalid, "text"),
    3106: (MessageInvalid, "sender"),
    4000: (MessageInvalid, "media"),
    4100: (MessageInvalid, "to"),
    4200: (NotPossible, ""),
    4312: (NotPossible, ""),
    4400: (MessageInvalid, "sender"),
    4407: (MessageInvalid, "sender"),
    4600: (RecipientOptedOut, ""),
}


@pytest.mark.parametrize("code", RAISED)
async def test_errors_of_the_account_are_raised(code: int) -> None:
    with pytest.raises(ProviderError) as caught:
        await create_account(Wire(make_error(code))).send_messages([MESSAGE])
    assert type(caught.value) is RAISED[code]
    assert caught.value.code == str(code)
    assert "known reason" not in caught.value.message


@pytest.mark.parametrize("code", REFUSED)
async def test_errors_of_the_message_are_its_result(code: int) -> None:
    [outcome] = await create_account(Wire(make_error(str(code)))).send_messages([MESSAGE])
    assert isinstance(outcome, SendRefused)
    assert (type(outcome.error), getattr(outcome.error, "field", "")) == REFUSED[code]
    assert "known reason" not in outcome.error.message


@pytest.mark.parametrize("code", [3103, 9999, None, "x", [1]])
async def test_an_undocumented_code_refuses_the_message_and_is_kept(code: Any) -> None:
    [outcome] = await create_account(Wire(make_error(code))).send_messages([MESSAGE])
    assert isinstance(outcome, SendRefused)
    assert isinstance(outcome.error, MessageInvalid)
    assert "without a known reason" in outcome.error.message
    assert outcome.error.detail == "Komunikat po polsku"


async def test_an_error_of_one_word_refuses_the_message() -> None:
    wire = Wire(httpx.Response(200, json={"error": "blokada"}))
    [outcome] = await create_account(wire).send_messages([MESSAGE])
    assert isinstance(outcome, SendRefused)
    assert outcome.error.detail == "blokada"


@pytest.mark.parametrize("echo", [PASSWORD, "token-1"])
async def test_an_echoed_secret_is_masked(echo: str) -> None:
    with pytest.raises(CredentialsRefused) as caught:
        await create_account(
            Wire(make_error(1001, f"bad {echo}")), api_token="token-1"
        ).send_messages([MESSAGE])
    assert caught.value.detail == "bad ***"
    assert echo not in repr(caught.value)


async def test_an_mms_is_not_possible() -> None:
    wire = Wire(load_response("sent"))
    [outcome] = await create_account(wire).send_messages([replace(MESSAGE, format=Format.MMS)])
    assert isinstance(outcome, SendRefused)
    assert isinstance(outcome.error, NotPossible)
    assert not wire.requests


@given(text=st.text(), sender=st.text(max_size=11))
async def test_any_text_can_be_sent(text: str, sender: str) -> None:
    wire = Wire(load_response("sent"))
    [outcome] = await create_account(wire).send_messages(
        [replace(MESSAGE, text=text, sender=sender)]
    )
    assert isinstance(outcome, SendAccepted)
    assert wire.body["text"] == repair_text(text)


async def test_a_lone_surrogate_does_not_stop_a_send() -> None:
    wire = Wire(load_response("sent"))
    await create_account(wire).send_messages([replace(MESSAGE, text="Hej \ud83d")])
    assert wire.body["text"] == "Hej \ufffd"


@given(body=st.binary(max_size=200), status=st.sampled_from([200, 400, 500]))
async def test_arbitrary_response_bytes_never_mean_accepted(body: bytes, status: int) -> None:
    try:
        outcomes = await create_account(Wire(httpx.Response(status, content=body))).send_messages(
            [MESSAGE]
        )
    except ProviderError:
        outcomes = []
    assert not any(isinstance(outcome, SendAccepted) for outcome in outcomes)
