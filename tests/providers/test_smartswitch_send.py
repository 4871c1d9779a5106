"""Test sending through SmartSwitch: the query and the meaning of the response body."""

import json

import httpx
import pytest

from tests.providers.smartswitch import (
    ANN,
    create_account,
    create_scripted_account,
    load_body,
    make_data,
    make_entry,
    read_parameters,
)
from tests.providers.wire import Wire
from tui.domain.message import Format
from tui.domain.status import Status
from tui.providers.errors import (
    CredentialsRefused,
    MessageInvalid,
    NotPossible,
    ProviderError,
    RateLimited,
    Unavailable,
    Uncertain,
)
from tui.providers.protocol import Outgoing, SendAccepted, SendOutcome, SendRefused

BOB = Outgoing(reference="desk-43", to="+12025550144", text="test & two")


async def read_result(
    status: int, content: bytes, *messages: Outgoing
) -> list[SendOutcome | ProviderError]:
    """Return the results of a send with this response; a raised error is the only item."""
    provider, _ = create_scripted_account(status, content)
    try:
        return list(await provider.send_messages(messages or [ANN]))
    except ProviderError as error:
        return [error]


async def test_a_send_is_a_post_with_everything_in_the_query_and_an_empty_body() -> None:
    provider, requests = create_scripted_account(200, load_body("one_recipient"))
    [outcome] = await provider.send_messages([ANN])
    assert isinstance(outcome, SendAccepted)
    assert (outcome.provider_id, outcome.status) == ("1700000000123", Status.ACCEPTED)
    assert (outcome.word, outcome.parts) == ("ok", 1)
    assert json.loads(outcome.raw)["meta"] == {"request_id": "desk-42"}
    [request] = requests
    assert (request.method, request.url.host, request.url.path) == (
        "POST",
        "sms.example.net",
        "/api/message",
    )
    assert request.content == b""
    assert read_parameters(request) == [
        ("destination_number", "12025550143"),
        ("body", "test one"),
        ("require_dlr", "1"),
        ("request_id", "desk-42"),
    ]
    assert b"+" not in request.url.query


@pytest.mark.parametrize(
    "base_url",
    ["https://s.example/api/", "https://s.example/api", "https://s.example", "https://s.example/"],
)
async def test_the_base_url_may_end_with_api_or_before_it(base_url: str) -> None:
    paths: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        paths.append(request.url.path)
        return httpx.Response(200, content=load_body("one_recipient"))

    await create_account(handle, base_url=base_url).send_messages([ANN])
    assert paths == ["/api/message"]


async def test_several_recipients_share_a_request_with_every_parameter_repeated() -> None:
    provider, requests = create_scripted_account(200, load_body("two_recipients"))
    first, second = await provider.send_messages([ANN, BOB])
    assert isinstance(first, SendAccepted)
    assert first.provider_id == "1700000000124"
    assert isinstance(second, SendRefused)
    assert isinstance(second.error, MessageInvalid)
    assert (second.error.index, second.error.code) == (1, "error")
    [request] = requests
    assert read_parameters(request) == [
        ("destination_number", "12025550143"),
        ("body", "test one"),
        ("require_dlr", "1"),
        ("request_id", "desk-42"),
        ("destination_number", "12025550144"),
        ("body", "test & two"),
        ("require_dlr", "1"),
        ("request_id", "desk-43"),
    ]


@pytest.mark.parametrize(
    ("sender", "pair"),
    [
        ("+12025550199", ("source_number", "12025550199")),
        ("77000", ("source_number", "77000")),
        ("Desk & Co", ("source_name", "Desk & Co")),
    ],
)
async def test_a_sender_is_a_number_or_a_name(sender: str, pair: tuple[str, str]) -> None:
    provider, requests = create_scripted_account(200, load_body("one_recipient"))
    await provider.send_messages([Outgoing("desk-42", "12025550143", "x", sender=sender)])
    assert read_parameters(requests[0])[2] == pair


@pytest.mark.parametrize(
    ("sender", "pairs"),
    [
        ("+12025550199", [("source_name", "Shop"), ("source_number", "12025550199")]),
        ("77000", [("source_name", "Shop"), ("source_number", "77000")]),
        ("Desk", [("source_name", "Desk")]),
        ("", [("source_name", "Shop")]),
    ],
)
async def test_the_name_of_the_account_goes_with_the_number(
    sender: str, pairs: list[tuple[str, str]]
) -> None:
    wire = Wire(httpx.Response(200, content=load_body("one_recipient")))
    provider = create_account(wire, source_name="Shop")
    await provider.send_messages([Outgoing("desk-42", "12025550143", "x", sender=sender)])
    sent = [pair for pair in read_parameters(wire.requests[0]) if pair[0].startswith("source_")]
    assert sent == pairs


@pytest.mark.parametrize(("batch", "requests"), [(1, 4), (2, 2), (3, 2), (10, 1)])
async def test_no_request_has_more_recipients_than_the_operator_accepts(
    batch: int, requests: int
) -> None:
    entries = [make_entry(f"m{n}") for n in range(4)]
    wire = Wire(httpx.Response(200, content=make_data(*entries)))
    messages = [Outgoing(f"m{n}", f"+1202555014{n}", "x") for n in range(4)]
    provider = create_account(wire, batch=batch)
    await provider.send_messages(messages)
    sizes = [
        sum(name == "destination_number" for name, _ in read_parameters(request))
        for request in wire.requests
    ]
    assert len(sizes) == requests and sum(sizes) == 4 and max(sizes) <= batch
    assert provider.capabilities.batch == batch


async def test_messages_with_other_parameters_do_not_share_a_request() -> None:
    named = Outgoing("desk-44", "+12025550145", "x", sender="Desk")
    provider, requests = create_scripted_account(
        200,
        make_data(make_entry("desk-42", identity="a")),
        make_data(make_entry("desk-44", identity="b")),
    )
    first, second = await provider.send_messages([ANN, named])
    assert isinstance(first, SendAccepted)
    assert isinstance(second, SendAccepted)
    assert (first.provider_id, second.provider_id) == ("a", "b")
    assert [len(read_parameters(request)) for request in requests] == [4, 5]


async def test_long_texts_do_not_share_a_request() -> None:
    long = [Outgoing(f"desk-{n}", f"+1202555014{n}", "ж" * 900) for n in range(3)]
    provider, requests = create_scripted_account(
        200, *(make_data(make_entry(message.reference)) for message in long)
    )
    assert all(isinstance(outcome, SendAccepted) for outcome in await provider.send_messages(long))
    assert len(requests) == 3


async def test_an_error_of_one_request_does_not_affect_the_others() -> None:
    named = Outgoing("desk-44", "+12025550145", "x", sender="Desk")
    provider, _ = create_scripted_account(
        200, make_data(make_entry("desk-42")), load_body("authentication")
    )
    first, second = await provider.send_messages([ANN, named])
    assert isinstance(first, SendAccepted)
    assert isinstance(second, SendRefused)
    assert isinstance(second.error, CredentialsRefused)


async def test_an_echoed_reference_has_priority_over_the_order() -> None:
    swapped = make_data(
        make_entry("desk-43", number="12025550144", identity="b"),
        make_entry("DESK-42", number="12025550143", identity="a"),
    )
    found = [
        o.provider_id
        for o in await read_result(200, swapped, ANN, BOB)
        if isinstance(o, SendAccepted)
    ]
    assert found == ["a", "b"]


async def test_an_entry_for_another_number_is_not_matched_by_position() -> None:
    swapped = make_data(make_entry(number="12025550144"), make_entry(number="12025550143"))
    for outcome in await read_result(200, swapped, ANN, BOB):
        assert isinstance(outcome, SendRefused)
        assert isinstance(outcome.error, Uncertain)


async def test_an_entry_for_another_message_is_not_matched_by_position() -> None:
    first, second = await read_result(200, make_data(make_entry("desk-43", identity="b")), ANN, BOB)
    assert isinstance(first, SendRefused)
    assert isinstance(first.error, Uncertain)
    assert isinstance(second, SendAccepted)
    assert second.provider_id == "b"


async def test_messages_missing_in_the_response_are_uncertain() -> None:
    first, second = await read_result(200, make_data(make_entry("desk-42")), ANN, BOB)
    assert isinstance(first, SendAccepted)
    assert isinstance(second, SendRefused)
    assert isinstance(second.error, Uncertain)


async def test_one_bad_entry_does_not_affect_the_next() -> None:
    first, second = await read_result(200, make_data("nonsense", make_entry("desk-43")), ANN, BOB)
    assert isinstance(first, SendRefused)
    assert isinstance(first.error, Uncertain)
    assert isinstance(second, SendAccepted)


@pytest.mark.parametrize("status", [200, 202, 400, 500])
async def test_an_accepted_message_is_accepted_with_any_http_status(status: int) -> None:
    assert isinstance((await read_result(status, load_body("one_recipient")))[0], SendAccepted)


async def test_an_array_of_one_and_a_response_without_meta_are_parsed() -> None:
    [outcome] = await read_result(200, make_data(make_entry(identity="77")))
    assert isinstance(outcome, SendAccepted)
    assert outcome.provider_id == "77"


@pytest.mark.parametrize("word", ["ок", "", "sent", None, 7, {"a": 1}])
async def test_a_status_that_is_neither_ok_nor_error_is_uncertain(word: object) -> None:
    assert [type(o) for o in await read_result(200, make_data(make_entry(status=word)))] == [
        Uncertain
    ]


@pytest.mark.parametrize("status", [200, 400, 401, 403, 422, 429, 500, 503])
async def test_wrong_credentials_are_recognized_by_the_code_alone(status: int) -> None:
    [error] = await read_result(status, load_body("authentication"), ANN, BOB)
    assert isinstance(error, CredentialsRefused)
    assert error.code == "authentication"
    assert "Please check your login and password" in error.detail


async def test_an_undocumented_code_refuses_the_message_and_is_kept() -> None:
    errors = b'{"errors": [{"code": "no_route", "title": "No route", "detail": "Try\\nlater"}]}'
    [outcome] = await read_result(422, errors)
    assert isinstance(outcome, SendRefused)
    assert isinstance(outcome.error, MessageInvalid)
    assert outcome.error.code == "no_route"
    assert outcome.error.message.endswith("nothing was sent: No route: Try⏎later")


@pytest.mark.parametrize(
    ("status", "content", "kind"),
    [
        (200, b"<html>", Uncertain),
        (200, b"", Uncertain),
        (200, b"{}", Uncertain),
        (200, b'{"data": [], "errors": []}', Uncertain),
        (200, b'{"data": 7}', Uncertain),
        (500, b"oops", Uncertain),
        (500, b'{"errors": [{"code": "internal"}]}', Uncertain),
        (502, b"", Uncertain),
        (503, b"", Unavailable),
        (429, b'{"errors": [{"code": "slow_down"}]}', RateLimited),
        (401, b"", CredentialsRefused),
        (404, b"<html>", Unavailable),
        (302, b"", Unavailable),
    ],
)
async def test_a_response_without_a_result_is_classified_by_its_http_status(
    status: int, content: bytes, kind: type[ProviderError]
) -> None:
    assert [type(o) for o in await read_result(status, content, ANN, BOB)] == [kind]


async def test_a_text_too_long_for_the_server_refuses_the_message() -> None:
    [outcome] = await read_result(414, b"")
    assert isinstance(outcome, SendRefused)
    assert isinstance(outcome.error, MessageInvalid)
    assert outcome.error.field == "text"


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (httpx.ConnectError("refused"), Unavailable),
        (httpx.ConnectTimeout("late"), Unavailable),
        (httpx.ReadTimeout("late"), Uncertain),
        (httpx.WriteError("cut"), Uncertain),
    ],
)
async def test_only_a_sent_request_is_uncertain(
    fault: Exception, kind: type[ProviderError]
) -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise fault

    with pytest.raises(kind):
        await create_account(fail).send_messages([ANN, BOB])


async def test_an_unwritable_request_was_never_sent() -> None:
    provider, requests = create_scripted_account(200, load_body("one_recipient"))
    with pytest.raises(Unavailable):
        await provider.send_messages([Outgoing("m1", "+12025550143", "x", sender="x" * 70_000)])
    assert requests == []


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        (Outgoing("m1", "BANK", "to a name"), MessageInvalid),
        (Outgoing("m1", "+12025550143", ""), MessageInvalid),
        (Outgoing("m1", "+12025550143", "later", scheduled_at=1), NotPossible),
        (Outgoing("m1", "+12025550143", "aloud", format=Format.TTS), NotPossible),
    ],
)
async def test_an_unsendable_message_is_refused_and_the_others_are_sent(
    message: Outgoing, kind: type[ProviderError]
) -> None:
    provider, requests = create_scripted_account(200, load_body("one_recipient"))
    first, second = await provider.send_messages([message, ANN])
    assert isinstance(first, SendRefused)
    assert isinstance(first.error, kind)
    assert isinstance(second, SendAccepted)
    assert len(requests) == 1


async def test_nothing_to_send_is_no_request() -> None:
    provider, requests = create_scripted_account(200, b"")
    assert await provider.send_messages([]) == []
    assert requests == []
