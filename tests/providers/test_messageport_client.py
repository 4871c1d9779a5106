"""Test sending through MessagePort: the four-field form, its seven responses, the credits."""

import json
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qsl

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.wire import Wire
from tui.clock import ManualClock
from tui.domain.capabilities import ReceiptChannel, ReplyChannel
from tui.domain.message import Format
from tui.domain.status import Status
from tui.providers.answer import Answer
from tui.providers.errors import (
    CredentialsRefused,
    MessageInvalid,
    NotPossible,
    OutOfCredit,
    ProviderError,
    RateLimited,
    RecipientOptedOut,
    Unavailable,
    Uncertain,
    UnreadableAnswer,
)
from tui.providers.masking import SecretMask
from tui.providers.messageport import MessagePort, parse
from tui.providers.protocol import Outgoing, Provider, SendAccepted, SendRefused

DATA = Path(__file__).parents[1] / "data" / "messageport"
SECRET = "pa55&pa55"
HELLO = Outgoing(reference="m0a1b2c", to="+61491570156", text="Hello World")

Handler = Callable[[httpx.Request], httpx.Response]


def load_body(name: str) -> bytes:
    """Return a recorded body."""
    return (DATA / f"{name}.json").read_bytes()


def create_scripted_account(status: int, content: bytes) -> tuple[MessagePort, list[httpx.Request]]:
    """Return an account whose provider always responds like this, and its requests."""
    wire = Wire(httpx.Response(status, content=content))
    return create_account(wire), wire.requests


def create_account(handler: Handler) -> MessagePort:
    """Return an account that sends its requests to `handler`."""
    return MessagePort(
        api_key="key-half",
        api_secret=SECRET,
        clock=ManualClock(),
        transport=httpx.MockTransport(handler),
    )


async def read_refusal(status: int, content: bytes) -> ProviderError:
    """Return the error of a send with this response, raised or as a result."""
    provider, _ = create_scripted_account(status, content)
    try:
        [outcome] = await provider.send_messages([HELLO])
    except ProviderError as error:
        return error
    assert isinstance(outcome, SendRefused)
    return outcome.error


async def test_a_send_is_a_form_with_number_text_and_reference() -> None:
    provider, requests = create_scripted_account(200, load_body("sent"))
    [outcome] = await provider.send_messages([HELLO])
    assert isinstance(outcome, SendAccepted)
    assert (outcome.provider_id, outcome.status, outcome.word) == ("", Status.ACCEPTED, "200")
    [request] = requests
    assert (request.method, str(request.url)) == (
        "POST",
        "https://messageport.com.au/rest/v1/messages",
    )
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    proof = b64encode(f"key-half:{SECRET}".encode()).decode()
    assert request.headers["authorization"] == f"Basic {proof}"
    assert parse_qsl(request.content.decode()) == [
        ("number", "61491570156"),
        ("message", "Hello World"),
        ("reference", "m0a1b2c"),
    ]


@pytest.mark.parametrize(
    ("sender", "on_the_wire"), [("Edgility", "Edgility"), ("+61491570110", "61491570110")]
)
async def test_a_sender_is_a_name_or_bare_digits(sender: str, on_the_wire: str) -> None:
    provider, requests = create_scripted_account(200, load_body("sent"))
    await provider.send_messages([Outgoing("m1", "+6421000000", "Kia ora", sender=sender)])
    assert dict(parse_qsl(requests[0].content.decode())) == {
        "number": "6421000000",
        "message": "Kia ora",
        "senderid": on_the_wire,
        "reference": "m1",
    }


async def test_a_lone_surrogate_does_not_stop_a_send() -> None:
    provider, requests = create_scripted_account(200, load_body("sent"))
    await provider.send_messages([Outgoing("m1", "+61491570156", "a\ud83db")])
    assert dict(parse_qsl(requests[0].content.decode()))["message"] == "a\ufffdb"


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        (Outgoing("", "+61491570156", "no link back"), MessageInvalid),
        (Outgoing("m1", "BANK", "to a name"), MessageInvalid),
        (Outgoing("m1", "+61491570156", ""), MessageInvalid),
        (Outgoing("m1", "+61491570156", "x" * 1601), MessageInvalid),
        (Outgoing("m1", "+61491570156", "later", scheduled_at=1), NotPossible),
        (Outgoing("m1", "+61491570156", "picture", format=Format.MMS), NotPossible),
    ],
)
async def test_an_unsendable_message_is_refused_without_a_request(
    message: Outgoing, kind: type[ProviderError]
) -> None:
    provider, requests = create_scripted_account(200, load_body("sent"))
    [outcome] = await provider.send_messages([message])
    assert isinstance(outcome, SendRefused)
    assert isinstance(outcome.error, kind)
    assert requests == []


@pytest.mark.parametrize(
    ("status", "recorded", "kind"),
    [
        (400, "missing_text", MessageInvalid),
        (400, "extra_field", MessageInvalid),
        (400, "characters_in_number", MessageInvalid),
        (402, "no_credits", OutOfCredit),
        (403, "authentication", CredentialsRefused),
        (405, "get_not_allowed", NotPossible),
        (406, "opted_out", RecipientOptedOut),
        (409, "country", MessageInvalid),
    ],
)
async def test_each_documented_refusal_is_an_error_of_its_own(
    status: int, recorded: str, kind: type[ProviderError]
) -> None:
    error = await read_refusal(status, load_body(recorded))
    assert type(error) is kind
    assert error.code == str(status)
    assert error.message
    assert "\n" not in error.message


@pytest.mark.parametrize(
    ("recorded", "field", "expected"),
    [
        ("missing_text", "text", "Messagefield not supplied"),
        ("extra_field", "", "This form should not contain extra fields."),
        ("characters_in_number", "to", "Number field contains invalid characters"),
    ],
)
async def test_a_refused_form_names_the_field(recorded: str, field: str, expected: str) -> None:
    error = await read_refusal(400, load_body(recorded))
    assert isinstance(error, MessageInvalid)
    assert error.field == field
    assert expected in error.message


async def test_a_foreign_number_is_reported_as_such() -> None:
    error = await read_refusal(409, load_body("country"))
    assert isinstance(error, MessageInvalid)
    assert (error.field, error.detail) == ("to", "Country not supported")


async def test_account_errors_are_raised_and_message_errors_are_results() -> None:
    broke, _ = create_scripted_account(402, load_body("no_credits"))
    with pytest.raises(OutOfCredit):
        await broke.send_messages([HELLO])
    locked, _ = create_scripted_account(406, load_body("opted_out"))
    [outcome] = await locked.send_messages([HELLO])
    assert isinstance(outcome, SendRefused)


@pytest.mark.parametrize(
    ("status", "content"),
    [
        (200, b"<html>"),
        (200, b""),
        (200, b"{}"),
        (200, b"[]"),
        (200, b'{"code": 500}'),
        (200, b'{"code": true}'),
        (409, b'{"code": 200, "errors": 0, "message": ""}'),
        (500, b"oops"),
        (500, b'{"code": 402}'),
        (502, b""),
    ],
)
async def test_an_ambiguous_response_leaves_the_send_uncertain(status: int, content: bytes) -> None:
    assert type(await read_refusal(status, content)) is Uncertain


async def test_a_code_in_the_body_counts_despite_http_200() -> None:
    assert isinstance(await read_refusal(200, load_body("no_credits")), OutOfCredit)


async def test_a_code_may_be_a_string() -> None:
    provider, _ = create_scripted_account(200, b'{"code": "200", "errors": 0, "message": ""}')
    assert isinstance((await provider.send_messages([HELLO]))[0], SendAccepted)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, CredentialsRefused),
        (403, CredentialsRefused),
        (404, Unavailable),
        (301, Unavailable),
        (413, MessageInvalid),
        (429, RateLimited),
        (503, Unavailable),
    ],
)
async def test_undocumented_responses_are_classified_by_their_http_status(
    status: int, kind: type[ProviderError]
) -> None:
    assert type(await read_refusal(status, b"<html>")) is kind


async def test_a_requested_pause_is_passed_on() -> None:
    provider = create_account(lambda _: httpx.Response(429, headers={"Retry-After": "7"}))
    with pytest.raises(RateLimited) as caught:
        await provider.send_messages([HELLO])
    assert caught.value.retry_after == 7


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (httpx.ConnectError("refused"), Unavailable),
        (httpx.ReadTimeout("late"), Uncertain),
        (httpx.RemoteProtocolError("cut"), Uncertain),
    ],
)
async def test_only_a_sent_request_is_uncertain(
    fault: Exception, kind: type[ProviderError]
) -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise fault

    with pytest.raises(kind):
        await create_account(fail).send_messages([HELLO])


async def test_each_of_several_messages_has_its_own_result() -> None:
    codes = iter([("sent", 200), ("no_credits", 402)])

    def handle(_: httpx.Request) -> httpx.Response:
        name, status = next(codes)
        return httpx.Response(status, content=load_body(name))

    first, second = await create_account(handle).send_messages(
        [HELLO, Outgoing("m2", "+61491570157", "Hi")]
    )
    assert isinstance(first, SendAccepted)
    assert isinstance(second, SendRefused)
    assert isinstance(second.error, OutOfCredit)


async def test_the_balance_is_read_in_credits() -> None:
    provider, requests = create_scripted_account(200, load_body("users"))
    balance = await provider.fetch_balance()
    assert (balance.text, balance.amount) == ("250 credits", 250.0)
    assert balance.details["senderid"] == "ExampleCo"
    assert (requests[0].method, requests[0].url.path) == ("GET", "/rest/v1/users")
    assert requests[0].content == b""
    assert await provider.check_credentials() == "MessagePort accepts the key: 250 credits left"


@pytest.mark.parametrize(
    ("credits_left", "text"),
    [(b"1", "1 credit"), (b"12.5", "12.50 credits"), (b'"40"', "40 credits"), (b"0", "0 credits")],
)
async def test_credits_may_be_decimals_or_strings(credits_left: bytes, text: str) -> None:
    provider, _ = create_scripted_account(200, b'{"code": 200, "credits": ' + credits_left + b"}")
    assert (await provider.fetch_balance()).text == text


@pytest.mark.parametrize("credits_left", [b"null", b"true", b"NaN", b"1e999", b'"x"', b"[]"])
async def test_credits_that_are_no_number_are_unreadable(credits_left: bytes) -> None:
    provider, _ = create_scripted_account(200, b'{"code": 200, "credits": ' + credits_left + b"}")
    with pytest.raises(UnreadableAnswer):
        await provider.fetch_balance()


async def test_the_check_reports_a_wrong_key() -> None:
    provider, _ = create_scripted_account(403, load_body("authentication"))
    with pytest.raises(CredentialsRefused):
        await provider.check_credentials()


async def test_a_failed_query_is_never_uncertain() -> None:
    provider, _ = create_scripted_account(500, b"oops")
    with pytest.raises(Unavailable):
        await provider.fetch_balance()


async def test_an_echoed_secret_is_not_in_the_error() -> None:
    echo = b'{"code": 400, "errors": {"errors": ["bad key pa55&pa55 or pa55%26pa55"]}}'
    error = await read_refusal(400, echo)
    assert "pa55" not in error.message + error.detail + repr(error)


async def test_unsupported_features_are_not_possible() -> None:
    provider, requests = create_scripted_account(200, b"{}")
    for call in (
        provider.look_up_message("1"),
        provider.cancel_message("1"),
        provider.fetch_replies(""),
        provider.confirm_replies(["1"]),
        provider.fetch_receipts(""),
        provider.confirm_receipts(["1"]),
        provider.fetch_receipts_by_id(["1"]),
        provider.ping_phone("+61491570156", "m1"),
    ):
        with pytest.raises(NotPossible, match="MessagePort"):
            await call
    assert requests == []


async def test_its_capabilities_are_declared() -> None:
    provider: Provider = create_scripted_account(200, b"{}")[0]
    abilities = provider.capabilities
    assert (abilities.replies, abilities.receipts) == (ReplyChannel.PUSH, ReceiptChannel.NONE)
    assert (abilities.batch, abilities.has_balance, abilities.can_ping) == (1, True, False)
    assert abilities.has_whole_160_parts
    assert "GSM" in abilities.rewrite_note
    assert abilities.regions == {"61", "64"}
    await provider.aclose()


def test_an_unknown_time_zone_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="Australia/Sidney"):
        MessagePort(api_key="k", api_secret="s", clock=ManualClock(), time_zone="Australia/Sidney")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["code", "errors", "children", "message", "number", "credits"])
            | st.text(),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)
STATUS = st.sampled_from([200, 201, 204, 301, 400, 402, 403, 405, 406, 409, 429, 500, 503])


def parse_any(status: int, content: bytes) -> None:
    """Parse with both parsers, which either succeed or raise a typed error."""
    answer = Answer(status, {}, content, now=0)
    for parse_answer in (parse.parse_send_answer, parse.parse_balance):
        try:
            parse_answer(answer, SecretMask(SECRET))
        except ProviderError as error:
            assert error.message


@given(status=STATUS, content=st.binary(max_size=200))
def test_any_bytes_are_parsed_or_raise_a_typed_error(status: int, content: bytes) -> None:
    parse_any(status, content)


@given(status=STATUS, value=JSON)
def test_any_json_is_parsed_or_raises_a_typed_error(status: int, value: object) -> None:
    parse_any(status, json.dumps(value).encode())


@pytest.mark.parametrize(
    ("zone", "to", "number"),
    [
        ("Australia/Sydney", "0491570156", "61491570156"),
        ("Australia/Sydney", "(04) 9157 0156", "61491570156"),
        ("Pacific/Auckland", "0211234567", "64211234567"),
        ("Pacific/Auckland", "+61491570156", "61491570156"),
    ],
)
async def test_a_national_number_is_sent_in_international_form(
    zone: str, to: str, number: str
) -> None:
    wire = Wire({"code": 200, "errors": 0, "message": ""})
    account = MessagePort(
        api_key="key",
        api_secret="secret",
        clock=ManualClock(),
        transport=httpx.MockTransport(wire),
        time_zone=zone,
    )
    await account.send_messages([Outgoing("m1", to, "Hi")])
    assert httpx.QueryParams(wire.requests[0].content.decode())["number"] == number
