"""What MessagePort pushes: receipts by reference, replies by number, local times."""

import json
from dataclasses import replace

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


def account(clock: ManualClock | None = None, time_zone: str = "Australia/Sydney") -> MessagePort:
    """An account that only reads pushes."""
    return MessagePort(
        api_key="key-half",
        api_secret="hush&hush",
        clock=clock or ManualClock(),
        time_zone=time_zone,
    )


def reply(body: bytes, provider: MessagePort | None = None) -> Reply:
    """The one reply in a pushed form."""
    [event] = (provider or account()).read_push(replace(FORM, body=body)).events
    assert isinstance(event, Reply)
    return event


def receipt(body: bytes, provider: MessagePort | None = None) -> Receipt:
    """The one receipt in a pushed form."""
    [event] = (provider or account()).read_push(replace(FORM, body=body)).events
    assert isinstance(event, Receipt)
    return event


def test_a_reply_is_read() -> None:
    event = reply(REPLY)
    assert (event.party, event.text, event.received_at) == ("61491570156", "Yes please", AT)
    assert event.reference == "m-000117"
    assert json.loads(event.raw)["message"] == "Yes please"


@pytest.mark.parametrize(
    ("word", "status"),
    [("DELIVERED", Status.DELIVERED), ("FAILED", Status.FAILED), ("failed", Status.FAILED)],
)
def test_a_receipt_is_matched_by_the_reference(word: str, status: Status) -> None:
    event = receipt(RECEIPT.replace(b"DELIVERED", word.encode()))
    assert (event.reference, event.provider_id) == ("m-000117", "")
    assert (event.status, event.word, event.at) == (status, word, AT)


def test_a_failure_says_that_no_reason_is_given() -> None:
    assert "no reason" in receipt(RECEIPT.replace(b"DELIVERED", b"FAILED")).reason


def test_a_word_nobody_documented_is_kept_and_changes_nothing() -> None:
    event = receipt(RECEIPT.replace(b"DELIVERED", b"BUFFERED"))
    assert (event.status, event.word) == (None, "BUFFERED")


def test_json_is_understood_too() -> None:
    body = json.dumps({"reference": "m1", "description": "FAILED", "time": "2026-03-04 10:11:12"})
    push = replace(FORM, headers={"content-type": "application/json"}, body=body.encode())
    [event] = account().read_push(push).events
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
def test_the_zone_of_the_push_counts_and_else_that_of_the_account(notation: bytes, at: int) -> None:
    assert receipt(RECEIPT.replace(b"Australia%2FSydney", notation)).at == at


def test_the_accounts_zone_is_an_option() -> None:
    body = RECEIPT.replace(b"&timezone=Australia%2FSydney", b"")
    assert receipt(body, account(time_zone="Pacific/Auckland")).at == AT - 2 * 3_600_000


def test_a_time_that_cannot_be_read_loses_only_the_time() -> None:
    event = reply(REPLY.replace(b"2026-03-04%2010%3A11%3A12", b"now"))
    assert (event.text, event.received_at) == ("Yes please", None)


def test_a_repeated_push_is_the_same_event_and_another_one_is_not() -> None:
    clock = ManualClock()
    provider = account(clock)
    first = reply(REPLY, provider).event_id
    clock.advance(86_400)
    assert reply(REPLY, provider).event_id == first
    for change in (b"Yes%20please", b"No"), (b"61491570156", b"61491570157"), (b"12&", b"13&"):
        assert reply(REPLY.replace(*change), provider).event_id != first


def test_both_ends_of_one_message_are_two_receipts() -> None:
    failed = RECEIPT.replace(b"DELIVERED", b"FAILED")
    assert receipt(RECEIPT).event_id != receipt(failed).event_id
    assert receipt(RECEIPT).event_id == receipt(RECEIPT.replace(b"10%3A11", b"10%3A12")).event_id


def test_a_reply_without_a_time_may_be_given_twice() -> None:
    clock = ManualClock()
    provider = account(clock)
    body = b"message=yes&number=61491570156"
    first = reply(body, provider).event_id
    assert reply(body, provider).event_id == first
    clock.advance(3_600)
    assert reply(body, provider).event_id != first


@pytest.mark.parametrize("body", [b"reference=&message=Hi&number=614", b"message=Hi&number=614"])
def test_a_text_that_answers_nothing_is_a_reply(body: bytes) -> None:
    assert (reply(body).text, reply(body).reference) == ("Hi", "")


def test_an_empty_text_is_a_reply() -> None:
    assert reply(b"reference=m1&message=&number=61491570156").text == ""


def test_a_text_is_kept_with_all_its_signs() -> None:
    text = reply(b"number=614&message=+a%26b%3D%00c+%F0%9F%98%80%0A[/]+").text
    assert text == " a&b=\ufffdc 😀\n[/] "


@pytest.mark.parametrize(
    "body", [b"description=DELIVERED", b"message=who+am+I", b"hello=world", b"\xff\xfe", b"[1]"]
)
def test_what_cannot_be_understood_is_set_aside(body: bytes) -> None:
    answer = account().read_push(replace(FORM, body=body))
    [event] = answer.events
    assert isinstance(event, Unreadable)
    assert not event.can_confirm
    assert json.loads(event.raw)
    assert answer.status == 200


def test_an_empty_request_is_no_event() -> None:
    assert account().read_push(FORM).events == ()


def test_the_answer_is_short() -> None:
    answer = account().read_push(replace(FORM, body=REPLY))
    assert (answer.status, answer.body) == (200, b"OK")


def test_secrets_in_a_push_are_not_kept() -> None:
    assert "hush" not in reply(b"number=614&message=hi&password=x-hush&note=hush%26hush").raw


@given(
    body=st.binary(max_size=300),
    kind=st.sampled_from(
        ["", "application/json", "text/plain", "application/x-www-form-urlencoded"]
    ),
)
def test_no_push_breaks_the_reader(body: bytes, kind: str) -> None:
    push = replace(FORM, headers={"content-type": kind}, body=body)
    for event in account().read_push(push).events:
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
def test_no_pushed_json_breaks_the_reader(value: object) -> None:
    push = replace(FORM, body=json.dumps(value).encode())
    for event in account().read_push(push).events:
        assert event.event_id
        event.raw.encode()
