"""Test pushes of MessagePort: receipts by reference, replies by number, local times."""

import json
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.clock import ManualClock
from tui.domain.events import OptOut, Receipt, Reply, Unreadable
from tui.domain.status import Status
from tui.providers.messageport import MessagePort
from tui.providers.protocol import Push

REPLY = (
    b"reference=m-000117&message=Yes%20please&number=61491570156"
    b"&time=2026-03-04%2010%3A11%3A12&timezone=Australia%2FSydney"
)
RECEIPT = (
    b"reference=m-000117&description=DELIVERED"
    b"&time=2026-03-04%2010%3A11%3A12&timezone=Australia%2FSydney"
)
AT = 1_772_579_472_000
"""4 March 2026, 10:11:12 in Sydney."""
FORM = Push(
    "POST", "/hooks/desk/s3cret", "", (), {"content-type": "application/x-www-form-urlencoded"}, b""
)


def create_account(
    clock: ManualClock | None = None, time_zone: str = "Australia/Sydney"
) -> MessagePort:
    """Return an account that only parses pushes."""
    return MessagePort(
        api_key="key-half",
        api_secret="pa55&pa55",
        clock=clock or ManualClock(),
        time_zone=time_zone,
    )


def read_reply(body: bytes, provider: MessagePort | None = None) -> Reply:
    """Return the one reply in a pushed form."""
    [event] = (provider or create_account()).read_push(replace(FORM, body=body)).events
    assert isinstance(event, Reply)
    return event


def read_receipt(body: bytes, provider: MessagePort | None = None) -> Receipt:
    """Return the one receipt in a pushed form."""
    [event] = (provider or create_account()).read_push(replace(FORM, body=body)).events
    assert isinstance(event, Receipt)
    return event


def test_a_reply_is_parsed() -> None:
    event = read_reply(REPLY)
    assert (event.party, event.text, event.received_at) == ("61491570156", "Yes please", AT)
    assert event.reference == "m-000117"
    assert json.loads(event.raw)["message"] == "Yes please"


@pytest.mark.parametrize(
    ("word", "status"),
    [("DELIVERED", Status.DELIVERED), ("FAILED", Status.FAILED), ("failed", Status.FAILED)],
)
def test_a_receipt_is_matched_by_the_reference(word: str, status: Status) -> None:
    event = read_receipt(RECEIPT.replace(b"DELIVERED", word.encode()))
    assert (event.reference, event.provider_id) == ("m-000117", "")
    assert (event.status, event.word, event.at) == (status, word, AT)


def test_a_failure_explains_that_the_provider_gives_no_reason() -> None:
    assert "no reason" in read_receipt(RECEIPT.replace(b"DELIVERED", b"FAILED")).reason


def test_an_undocumented_status_is_kept_without_effect() -> None:
    event = read_receipt(RECEIPT.replace(b"DELIVERED", b"BUFFERED"))
    assert (event.status, event.word) == (None, "BUFFERED")


def test_json_is_parsed_too() -> None:
    body = json.dumps({"reference": "m1", "description": "FAILED", "time": "2026-03-04 10:11:12"})
    push = replace(FORM, headers={"content-type": "application/json"}, body=body.encode())
    [event] = create_account().read_push(push).events
    assert isinstance(event, Receipt)
    assert (event.status, event.at) == (Status.FAILED, AT)


@pytest.mark.parametrize(
    ("notation", "at"),
    [
        (b"Australia%2FBrisbane", AT + 3_600_000),
        (b"AEDT", AT),
        (b"", AT),
        (b"..%2F..%2Fetc", AT),
        (b"%2B10:00", AT + 3_600_000),
    ],
)
def test_the_zone_of_the_push_has_priority_over_that_of_the_account(
    notation: bytes, at: int
) -> None:
    assert read_receipt(RECEIPT.replace(b"Australia%2FSydney", notation)).at == at


def test_the_accounts_zone_is_an_option() -> None:
    body = RECEIPT.replace(b"&timezone=Australia%2FSydney", b"")
    assert read_receipt(body, create_account(time_zone="Pacific/Auckland")).at == AT - 2 * 3_600_000


def test_an_unreadable_time_loses_only_the_time() -> None:
    event = read_reply(REPLY.replace(b"2026-03-04%2010%3A11%3A12", b"now"))
    assert (event.text, event.received_at) == ("Yes please", None)


def test_a_repeated_push_is_the_same_event() -> None:
    clock = ManualClock()
    provider = create_account(clock)
    first = read_reply(REPLY, provider).event_id
    clock.advance(86_400)
    assert read_reply(REPLY, provider).event_id == first
    for change in (b"Yes%20please", b"No"), (b"61491570156", b"61491570157"), (b"12&", b"13&"):
        assert read_reply(REPLY.replace(*change), provider).event_id != first


def test_two_final_statuses_of_one_message_are_two_receipts() -> None:
    failed = RECEIPT.replace(b"DELIVERED", b"FAILED")
    assert read_receipt(RECEIPT).event_id != read_receipt(failed).event_id
    assert (
        read_receipt(RECEIPT).event_id
        == read_receipt(RECEIPT.replace(b"10%3A11", b"10%3A12")).event_id
    )


def test_an_equal_reply_without_a_time_is_new_an_hour_later() -> None:
    clock = ManualClock()
    provider = create_account(clock)
    body = b"message=yes&number=61491570156"
    first = read_reply(body, provider).event_id
    assert read_reply(body, provider).event_id == first
    clock.advance(3_600)
    assert read_reply(body, provider).event_id != first


@pytest.mark.parametrize("body", [b"reference=&message=Hi&number=614", b"message=Hi&number=614"])
def test_a_message_without_reference_is_a_reply(body: bytes) -> None:
    assert (read_reply(body).text, read_reply(body).reference) == ("Hi", "")


def test_an_empty_text_is_a_reply() -> None:
    assert read_reply(b"reference=m1&message=&number=61491570156").text == ""


def test_a_text_keeps_all_its_characters() -> None:
    text = read_reply(b"number=614&message=+a%26b%3D%00c+%F0%9F%98%80%0A[/]+").text
    assert text == " a&b=\ufffdc 😀\n[/] "


@pytest.mark.parametrize(
    "body", [b"description=DELIVERED", b"message=who+am+I", b"hello=world", b"\xff\xfe", b"[1]"]
)
def test_an_invalid_push_is_stored_as_unreadable(body: bytes) -> None:
    answer = create_account().read_push(replace(FORM, body=body))
    [event] = answer.events
    assert isinstance(event, Unreadable)
    assert not event.can_confirm
    assert json.loads(event.raw)
    assert answer.status == 200


def test_an_empty_request_is_no_event() -> None:
    assert create_account().read_push(FORM).events == ()


def test_the_response_is_short() -> None:
    answer = create_account().read_push(replace(FORM, body=REPLY))
    assert (answer.status, answer.body) == (200, b"OK")


def test_secrets_in_a_push_are_not_stored() -> None:
    assert "pa55" not in read_reply(b"number=614&message=hi&password=x-pa55&note=pa55%26pa55").raw


@given(
    body=st.binary(max_size=300),
    kind=st.sampled_from(
        ["", "application/json", "text/plain", "application/x-www-form-urlencoded"]
    ),
)
def test_any_push_is_parsed_without_exception(body: bytes, kind: str) -> None:
    push = replace(FORM, headers={"content-type": kind}, body=body)
    for event in create_account().read_push(push).events:
        assert isinstance(event, Reply | Receipt | OptOut | Unreadable)
        assert event.event_id
        event.raw.encode()


@given(
    value=st.recursive(
        st.none() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["message", "number", "description", "reference", "time"]), inner
            )
        ),
        max_leaves=10,
    )
)
def test_any_pushed_json_is_parsed_without_exception(value: object) -> None:
    push = replace(FORM, body=json.dumps(value).encode())
    for event in create_account().read_push(push).events:
        assert event.event_id
        event.raw.encode()


@pytest.mark.parametrize(
    ("zone", "number", "party"),
    [
        ("Australia/Sydney", "0491570156", "+61491570156"),
        ("Australia/Perth", "0491 570 156", "+61491570156"),
        ("Pacific/Auckland", "0211234567", "+64211234567"),
        ("Pacific/Auckland", "021 123 4567", "+64211234567"),
        ("Australia/Sydney", "61491570156", "61491570156"),
        ("Australia/Sydney", "+61491570156", "+61491570156"),
        ("Australia/Sydney", "0061491570156", "0061491570156"),
        ("Australia/Sydney", "0000", "0000"),
        ("Australia/Sydney", "Shop", "Shop"),
    ],
)
def test_a_national_number_is_one_of_the_account_s_country(
    zone: str, number: str, party: str
) -> None:
    body = urlencode({"message": "Hi", "number": number, "time": "2026-03-04 10:11:12"})
    assert read_reply(body.encode(), create_account(time_zone=zone)).party == party
