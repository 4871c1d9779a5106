"""Test sending through MessageMedia: the request, the results, and safe repetition."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from tui.clock import HOUR, ManualClock
from tui.domain.message import Format
from tui.domain.status import Status
from tui.providers.errors import (
    AccountBlocked,
    CredentialsRefused,
    MessageInvalid,
    NotPossible,
    ProviderError,
    RateLimited,
    Unavailable,
    Uncertain,
)
from tui.providers.messagemedia import MessageMedia
from tui.providers.protocol import Outgoing, Provider, SendAccepted, SendOutcome, SendRefused

DATA = Path(__file__).parents[1] / "data/messagemedia"
SENT = json.loads((DATA / "sent.json").read_text())
REFUSED = json.loads((DATA / "refused.json").read_text())
FIRST = "3f2b8c1e-5a77-4d0b-9c34-6e1f0a2d7b58"
SECRET = "sandbox-secret"
Reply = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


def connect(
    *replies: Reply, validity: int = 0, metadata: dict[str, str] | None = None
) -> tuple[MessageMedia, list[Any]]:
    """Return an account whose requests get these replies, and the bodies it has sent."""
    bodies: list[Any] = []
    waiting = iter(replies)

    def answer(request: httpx.Request) -> httpx.Response:
        assert (request.method, request.url.path) == ("POST", "/v1/messages")
        assert request.headers["Content-Type"] == "application/json"
        assert request.headers["Accept"] == "application/json"
        bodies.append(json.loads(request.content))
        reply = next(waiting)
        if isinstance(reply, Exception):
            raise reply
        return reply if isinstance(reply, httpx.Response) else reply(request)

    account = MessageMedia(
        base_url="https://sms.test",
        api_key="sandbox",
        api_secret=SECRET,
        clock=ManualClock(),
        transport=httpx.MockTransport(answer),
        validity=validity,
        metadata=metadata,
    )
    return account, bodies


def accept_all(request: httpx.Request) -> httpx.Response:
    """Accept every message as the provider does: return the list with ids."""
    messages = json.loads(request.content)["messages"]
    answered = [{**m, "message_id": f"id-{m['content']}", "status": "queued"} for m in messages]
    return httpx.Response(202, json={"messages": answered})


def make_refusal(*places: int) -> httpx.Response:
    """Return a refusal of the whole request because of these messages."""
    fault = REFUSED["details"][0]
    details = [fault.replace("/messages/1/", f"/messages/{place}/") for place in places]
    return httpx.Response(400, json={**REFUSED, "details": details})


def make_messages(*contents: str) -> list[Outgoing]:
    """Return messages with these texts; their references are made of the texts."""
    return [Outgoing(reference=f"m{text}", to="+61491570156", text=text) for text in contents]


def read_contents(body: Any) -> list[str]:
    """Return the texts in a request."""
    return [message["content"] for message in body["messages"]]


def get_error(outcome: SendOutcome) -> ProviderError:
    """Return the error of a refused message."""
    assert isinstance(outcome, SendRefused)
    return outcome.error


def get_id(outcome: SendOutcome) -> str:
    """Return the provider's id of an accepted message."""
    assert isinstance(outcome, SendAccepted)
    return outcome.provider_id


def test_the_client_is_a_provider() -> None:
    account: Provider = connect()[0]
    can = account.capabilities
    assert can.title == "MessageMedia"
    assert (can.batch, can.max_characters, can.must_confirm) == (100, 5000, True)
    assert can.formats == frozenset({Format.SMS, Format.MMS, Format.TTS})
    assert (can.can_schedule, can.can_cancel, can.can_look_up, can.can_ping) == (
        True,
        True,
        True,
        False,
    )


async def test_a_plain_message_requests_reports_and_has_our_reference() -> None:
    account, bodies = connect(httpx.Response(202, json=SENT))
    (outcome,) = await account.send_messages(
        [Outgoing("m1", "+61491570156", "Your parcel is here.")]
    )
    assert bodies == [
        {
            "messages": [
                {
                    "content": "Your parcel is here.",
                    "destination_number": "+61491570156",
                    "delivery_report": True,
                    "format": "SMS",
                    "metadata": {"reference": "m1"},
                }
            ]
        }
    ]
    assert isinstance(outcome, SendAccepted)
    assert outcome.provider_id == FIRST
    assert (outcome.status, outcome.word) == (Status.ACCEPTED, "queued")


async def test_every_documented_field_is_sent() -> None:
    account, bodies = connect(accept_all, validity=2 * HOUR)
    at = 1_772_618_400_000
    message = Outgoing(
        reference="m2",
        to="+61491570156",
        text="Look",
        sender="+61491570157",
        scheduled_at=at,
        format=Format.MMS,
        subject="Label",
        media=("https://desk.test/label.png",),
        callback_url="https://desk.test/hooks/mm/s3cret/m2",
    )
    (outcome,) = await account.send_messages([message])
    assert bodies[0]["messages"] == [
        {
            "content": "Look",
            "destination_number": "+61491570156",
            "delivery_report": True,
            "format": "MMS",
            "metadata": {"reference": "m2"},
            "source_number": "+61491570157",
            "source_number_type": "INTERNATIONAL",
            "callback_url": "https://desk.test/hooks/mm/s3cret/m2",
            "scheduled": "2026-03-04T10:00:00.000Z",
            "message_expiry_timestamp": "2026-03-04T12:00:00.000Z",
            "media": ["https://desk.test/label.png"],
            "subject": "Label",
        }
    ]
    assert isinstance(outcome, SendAccepted)
    assert "s3cret" not in outcome.raw


@pytest.mark.parametrize(
    ("sender", "kind"),
    [
        ("+61491570157", "INTERNATIONAL"),
        ("61491570157", "INTERNATIONAL"),
        ("19901", "SHORTCODE"),
        ("Parcels", "ALPHANUMERIC"),
    ],
)
async def test_the_type_of_the_sender_is_sent(sender: str, kind: str) -> None:
    account, bodies = connect(accept_all)
    await account.send_messages([Outgoing("m1", "+61491570156", "a", sender=sender)])
    assert bodies[0]["messages"][0]["source_number_type"] == kind


async def test_a_voice_message_differs_only_in_its_format() -> None:
    account, bodies = connect(accept_all)
    await account.send_messages([Outgoing("m1", "+61491570156", "a", format=Format.TTS)])
    assert bodies[0]["messages"][0]["format"] == "TTS"


@pytest.mark.parametrize(
    ("ahead", "status"), [(HOUR, Status.SCHEDULED), (-HOUR, Status.ACCEPTED), (0, Status.ACCEPTED)]
)
async def test_a_message_for_later_is_scheduled_although_the_response_is_queued(
    ahead: int, status: Status
) -> None:
    account, _ = connect(accept_all)
    later = Outgoing("m1", "+61491570156", "a", scheduled_at=ManualClock().now() + ahead)
    (outcome,) = await account.send_messages([later])
    assert isinstance(outcome, SendAccepted)
    assert (outcome.status, outcome.word) == (status, "queued")


async def test_a_hundred_messages_are_sent_in_one_request_in_order() -> None:
    account, bodies = connect(accept_all)
    batch = make_messages(*(str(number) for number in range(100)))
    outcomes = await account.send_messages(batch)
    assert len(bodies) == 1
    assert [get_id(outcome) for outcome in outcomes] == [f"id-{number}" for number in range(100)]


async def test_more_than_a_hundred_messages_are_refused() -> None:
    account, bodies = connect()
    with pytest.raises(NotPossible):
        await account.send_messages(make_messages(*(str(number) for number in range(101))))
    assert bodies == []


async def test_nothing_to_send_makes_no_request() -> None:
    account, bodies = connect()
    assert await account.send_messages([]) == []
    assert bodies == []


@pytest.mark.parametrize(
    ("message", "field"),
    [
        (Outgoing("m1", "Bob", "a"), "to"),
        (Outgoing("m1", "+6149157015600000", "a"), "to"),
        (Outgoing("m1", "+61491570156", ""), "text"),
        (Outgoing("m1", "+61491570156", "a" * 5001), "text"),
        (Outgoing("m1", "+61491570156", "a", format=Format.MMS), "media"),
        (Outgoing("m1", "+61491570156", "a", media=("https://x.test/a.png",)), "format"),
        (Outgoing("m1", "+61491570156", "a", subject="Label"), "format"),
        (
            Outgoing(
                "m1",
                "+61491570156",
                "a",
                format=Format.MMS,
                media=("https://x.test/a.png",),
                subject="s" * 65,
            ),
            "subject",
        ),
    ],
)
async def test_a_known_fault_is_removed_from_the_batch(message: Outgoing, field: str) -> None:
    account, bodies = connect(accept_all)
    good, bad = await account.send_messages([*make_messages("good"), message])
    error = get_error(bad)
    assert isinstance(error, MessageInvalid)
    assert (error.field, error.index) == (field, 1)
    assert get_id(good) == "id-good"
    assert read_contents(bodies[0]) == ["good"]


async def test_the_faulty_message_is_named_and_the_others_are_sent_again() -> None:
    account, bodies = connect(make_refusal(1), accept_all)
    a, b, c = await account.send_messages(make_messages("a", "b", "c"))
    assert [read_contents(body) for body in bodies] == [["a", "b", "c"], ["a", "c"]]
    assert (get_id(a), get_id(c)) == ("id-a", "id-c")
    error = get_error(b)
    assert isinstance(error, MessageInvalid)
    assert (error.field, error.index, error.code) == ("to", 1, "400")
    assert "between 8 and 15 characters" in error.message


async def test_the_reported_index_is_that_of_the_whole_batch() -> None:
    account, bodies = connect(make_refusal(1), accept_all)
    batch = [Outgoing("m0", "unknown", "x"), *make_messages("a", "b", "c")]
    outcomes = await account.send_messages(batch)
    errors = [outcome.error for outcome in outcomes if isinstance(outcome, SendRefused)]
    assert [error.index for error in errors if isinstance(error, MessageInvalid)] == [0, 2]
    assert read_contents(bodies[1]) == ["a", "c"]


async def test_a_second_refusal_leaves_the_others_queued() -> None:
    account, bodies = connect(make_refusal(0), make_refusal(1))
    a, b, c = await account.send_messages(make_messages("a", "b", "c"))
    assert [read_contents(body) for body in bodies] == [["a", "b", "c"], ["b", "c"]]
    invalid = [error for error in (get_error(a), get_error(c)) if isinstance(error, MessageInvalid)]
    assert [error.index for error in invalid] == [0, 2]
    assert isinstance(get_error(b), Unavailable)


async def test_all_faulty_means_no_second_request() -> None:
    account, bodies = connect(make_refusal(0, 1))
    outcomes = await account.send_messages(make_messages("a", "b"))
    assert all(isinstance(get_error(outcome), MessageInvalid) for outcome in outcomes)
    assert len(bodies) == 1


async def test_a_refusal_without_an_index_sends_each_message_alone() -> None:
    nameless = httpx.Response(400, json={"message": "Request failed to parse correctly."})
    account, bodies = connect(nameless, accept_all, nameless, accept_all)
    a, b, c = await account.send_messages(make_messages("a", "b", "c"))
    assert [read_contents(body) for body in bodies[1:]] == [["a"], ["b"], ["c"]]
    assert (get_id(a), get_id(c)) == ("id-a", "id-c")
    assert isinstance(get_error(b), MessageInvalid)


async def test_a_refusal_with_an_invalid_index_is_treated_as_without_index() -> None:
    account, bodies = connect(make_refusal(7), accept_all, accept_all)
    outcomes = await account.send_messages(make_messages("a", "b"))
    assert [get_id(outcome) for outcome in outcomes] == ["id-a", "id-b"]
    assert len(bodies) == 3


async def test_an_error_of_the_second_request_affects_only_its_messages() -> None:
    nameless = httpx.Response(400, json={"message": "no"})
    account, bodies = connect(nameless, accept_all, httpx.ReadTimeout("late"))
    a, b, c = await account.send_messages(make_messages("a", "b", "c"))
    assert get_id(a) == "id-a"
    assert isinstance(get_error(b), Uncertain)
    assert isinstance(get_error(c), Unavailable)
    assert len(bodies) == 3


async def test_a_fault_found_locally_does_not_become_uncertain() -> None:
    account, _ = connect(httpx.ReadTimeout("late"))
    bad, good = await account.send_messages([Outgoing("m0", "unknown", "x"), *make_messages("a")])
    assert isinstance(get_error(bad), MessageInvalid)
    assert isinstance(get_error(good), Uncertain)


async def test_only_the_singapore_address_is_refused_with_an_old_tls() -> None:
    account, bodies = connect(httpx.Response(422), accept_all)
    batch = [Outgoing("m0", "+6581234567", "x"), *make_messages("a")]
    singapore, other = await account.send_messages(batch)
    assert isinstance(get_error(singapore), MessageInvalid)
    assert "Singapore" in get_error(singapore).message
    assert get_id(other) == "id-a"
    assert read_contents(bodies[1]) == ["a"]


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (httpx.Response(401, json={"message": "Unauthorized"}), CredentialsRefused),
        (httpx.Response(403, json={"message": "Invalid authentication"}), CredentialsRefused),
        (httpx.Response(404), AccountBlocked),
        (httpx.Response(301, headers={"Location": "https://x.test/?k=1"}), AccountBlocked),
        (httpx.Response(408), Unavailable),
        (httpx.Response(429, headers={"Retry-After": "7"}), RateLimited),
        (httpx.Response(503), Unavailable),
        (httpx.Response(500, text="<html>"), Uncertain),
        (httpx.Response(502), Uncertain),
        (httpx.Response(504), Uncertain),
        (httpx.ReadTimeout("late"), Uncertain),
        (httpx.RemoteProtocolError("cut"), Uncertain),
        (httpx.ConnectError("refused"), Unavailable),
        (httpx.Response(202, text="{"), Uncertain),
        (httpx.Response(202, json={}), Uncertain),
        (httpx.Response(202, json={"messages": "none"}), Uncertain),
    ],
)
async def test_an_error_of_the_whole_request_is_raised_and_not_repeated(
    reply: Reply, error: type[ProviderError]
) -> None:
    account, bodies = connect(reply)
    with pytest.raises(error) as raised:
        await account.send_messages(make_messages("a", "b"))
    assert len(bodies) == 1
    assert SECRET not in repr(raised.value)
    assert "?" not in raised.value.message


async def test_an_answer_without_one_id_leaves_only_that_message_uncertain() -> None:
    def half(request: httpx.Request) -> httpx.Response:
        answered = json.loads(accept_all(request).content)
        del answered["messages"][1]["message_id"]
        return httpx.Response(202, json=answered)

    account, _ = connect(half)
    a, b = await account.send_messages(make_messages("a", "b"))
    assert get_id(a) == "id-a"
    assert isinstance(get_error(b), Uncertain)


async def test_the_reference_in_the_response_has_priority_over_its_order() -> None:
    def shuffled(request: httpx.Request) -> httpx.Response:
        messages = json.loads(accept_all(request).content)["messages"]
        return httpx.Response(202, json={"messages": [*reversed(messages), "rubbish"]})

    account, _ = connect(shuffled)
    outcomes = await account.send_messages(make_messages("a", "b", "c"))
    assert [get_id(outcome) for outcome in outcomes] == ["id-a", "id-b", "id-c"]


async def test_addresses_in_a_refusal_are_not_shown() -> None:
    details = ["/messages/0/callback_url: https://desk.test/hooks/mm/s3cret is not reachable"]
    account, _ = connect(httpx.Response(400, json={"message": "no", "details": details}))
    (outcome,) = await account.send_messages(make_messages("a"))
    error = get_error(outcome)
    assert "s3cret" not in error.message + error.detail
    assert "is not reachable" in error.message


@pytest.mark.parametrize(
    ("account_ms", "message_ms", "expiry"),
    [
        (0, 0, None),
        (2 * HOUR, 0, "1970-01-01T02:00:00.000Z"),
        (2 * HOUR, HOUR, "1970-01-01T01:00:00.000Z"),
        (0, HOUR, "1970-01-01T01:00:00.000Z"),
    ],
)
async def test_the_validity_of_a_message_replaces_that_of_the_account(
    account_ms: int, message_ms: int, expiry: str | None
) -> None:
    account, bodies = connect(accept_all, validity=account_ms)
    message = replace(make_messages("a")[0], valid_for=message_ms)
    await account.send_messages([message])
    start = datetime.fromtimestamp(ManualClock().now() / 1000, UTC)
    sent = bodies[0]["messages"][0].get("message_expiry_timestamp")
    if expiry is None:
        assert sent is None
    else:
        shift = datetime.fromisoformat(expiry) - datetime(1970, 1, 1, tzinfo=UTC)
        assert datetime.fromisoformat(sent) == start + shift


async def test_own_metadata_goes_with_our_reference() -> None:
    account, bodies = connect(accept_all, metadata={"shop": "Sydney", "reference": "x"})
    message = replace(make_messages("a")[0], metadata=(("ticket", "T-1042"), ("shop", "Perth")))
    await account.send_messages([message])
    assert bodies[0]["messages"][0]["metadata"] == {
        "shop": "Perth",
        "ticket": "T-1042",
        "reference": "ma",
    }


@pytest.mark.parametrize(
    "metadata",
    [
        tuple((f"k{n}", "v") for n in range(10)),
        (("k" * 101, "v"),),
        (("k", "v" * 257),),
    ],
)
async def test_metadata_beyond_the_limits_is_refused_before_the_request(
    metadata: tuple[tuple[str, str], ...],
) -> None:
    account, bodies = connect(accept_all)
    message = replace(make_messages("a")[0], metadata=metadata)
    fine, refused = await account.send_messages([*make_messages("b"), message])
    assert isinstance(fine, SendAccepted)
    assert isinstance(refused, SendRefused)
    assert isinstance(refused.error, MessageInvalid) and refused.error.field == "metadata"
    assert len(bodies[0]["messages"]) == 1


async def test_nine_pairs_of_metadata_are_sent() -> None:
    account, bodies = connect(accept_all)
    pairs = tuple((f"{n:0100}", "v" * 256) for n in range(9))
    await account.send_messages([replace(make_messages("a")[0], metadata=pairs)])
    assert len(bodies[0]["messages"][0]["metadata"]) == 10
