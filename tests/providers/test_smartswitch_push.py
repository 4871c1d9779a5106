"""Test pushes of an operator's SmartSwitch: receipts and replies in the operator's notation."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.clock import ManualClock
from tui.domain.events import Event, Receipt, Reply, Unreadable
from tui.domain.status import Status
from tui.providers.protocol import Push
from tui.providers.smartswitch import ReceiptFieldNames, ReplyFieldNames, SmartSwitch

EMPTY = Push("POST", "/hooks/desk/s3cret", "", (), {}, b"")
LINES = b"message_id=1700000000123\nmessage_state=delivered"
REPLY = b"source_number=12025550143&destination_number=77000&body=Yes+please&message_id=in-9"


def create_account(
    clock: ManualClock | None = None,
    receipt_fields: ReceiptFieldNames | None = None,
    reply_fields: ReplyFieldNames | None = None,
) -> SmartSwitch:
    """Return an account that only parses pushes."""
    return SmartSwitch(
        base_url="https://sms.example.net",
        api_key="desk",
        api_secret="pa55",
        clock=clock or ManualClock(),
        receipt_fields=receipt_fields,
        reply_fields=reply_fields,
    )


def read_event(body: bytes, provider: SmartSwitch | None = None, kind: str = "") -> Event:
    """Return the one event in a pushed body."""
    push = replace(EMPTY, headers={"content-type": kind}, body=body)
    [found] = (provider or create_account()).read_push(push).events
    return found


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (LINES, ""),
        (LINES, "text/plain"),
        (LINES.replace(b"\n", b"\r\n"), ""),
        (LINES.replace(b"\n", b"&"), "application/x-www-form-urlencoded"),
        (b'{"message_id": "1700000000123", "message_state": "delivered"}', "application/json"),
        (b'{"message_id": 1700000000123, "message_state": "DELIVERED"}', ""),
    ],
)
def test_a_receipt_is_parsed_in_every_notation(body: bytes, kind: str) -> None:
    found = read_event(body, kind=kind)
    assert isinstance(found, Receipt)
    assert (found.provider_id, found.status) == ("1700000000123", Status.DELIVERED)
    assert (found.word.lower(), found.at) == ("delivered", None)
    assert json.loads(found.raw)["message_state"].lower() == "delivered"


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("accepted", Status.SUBMITTED),
        ("enroute", Status.SUBMITTED),
        ("delivered", Status.DELIVERED),
        ("expired", Status.EXPIRED),
        ("undeliverable", Status.FAILED),
        ("rejected", Status.REJECTED),
        ("unknown", None),
    ],
)
def test_every_documented_state_has_a_status_and_a_meaning(
    word: str, status: Status | None
) -> None:
    found = read_event(LINES.replace(b"delivered", word.encode()))
    assert isinstance(found, Receipt)
    assert (found.word, found.status) == (word, status)
    assert found.reason


def test_an_undocumented_state_is_kept_without_effect() -> None:
    found = read_event(LINES.replace(b"delivered", b"deleted"))
    assert isinstance(found, Receipt)
    assert (found.word, found.status, found.reason) == ("deleted", None, "")


def test_only_a_repeated_receipt_is_the_same_event() -> None:
    enroute = LINES.replace(b"delivered", b"enroute")
    assert read_event(LINES).event_id == read_event(LINES).event_id != read_event(enroute).event_id
    assert read_event(LINES).event_id != read_event(LINES.replace(b"123", b"124")).event_id


def test_the_field_names_of_a_receipt_are_configurable() -> None:
    names = ReceiptFieldNames(message_id="Ref", message_state="report.state")
    body = b'{"ref": 17, "report": {"state": "expired"}}'
    found = read_event(body, create_account(receipt_fields=names))
    assert isinstance(found, Receipt)
    assert (found.provider_id, found.status) == ("17", Status.EXPIRED)


def test_a_receipt_may_come_in_the_query() -> None:
    push = replace(EMPTY, method="GET", query=(("message_id", "17"), ("message_state", "expired")))
    [found] = create_account().read_push(push).events
    assert isinstance(found, Receipt)
    assert found.provider_id == "17"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (REPLY, "application/x-www-form-urlencoded"),
        (REPLY.replace(b"&", b"\n").replace(b"+", b" "), "text/plain"),
        (
            b'{"source_number": "12025550143", "destination_number": "77000",'
            b' "body": "Yes please", "message_id": "in-9"}',
            "application/json",
        ),
    ],
)
def test_a_reply_is_parsed_in_every_notation(body: bytes, kind: str) -> None:
    found = read_event(body, kind=kind)
    assert isinstance(found, Reply)
    assert (found.party, found.own, found.text) == ("12025550143", "77000", "Yes please")
    assert found.event_id.startswith("in-9/")
    assert found.received_at is None


def test_the_field_names_of_a_reply_are_configurable() -> None:
    names = ReplyFieldNames(
        source_number="from", destination_number="to", body="sms", message_id="n"
    )
    found = read_event(
        b"from=%2B12025550143&to=77000&sms=Hi&n=5", create_account(reply_fields=names)
    )
    assert isinstance(found, Reply)
    assert (found.party, found.own, found.text) == ("+12025550143", "77000", "Hi")
    assert found.event_id.startswith("5/")


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ((b"Yes", b"Yes"), True),
        ((b"Yes", b"No"), False),
        ((b"0143", b"0144"), False),
        ((b"in-9", b"in-8"), False),
        ((b"77000", b"77001"), True),
    ],
)
def test_a_message_id_that_is_used_again_is_another_reply(
    change: tuple[bytes, bytes], same: bool
) -> None:
    first, second = read_event(REPLY), read_event(REPLY.replace(*change))
    assert (first.event_id == second.event_id) is same


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("2026-03-04T10:11:12Z", 1_772_619_072_000),
        ("2026-03-04 11:11:12+01:00", 1_772_619_072_000),
        ("2026-03-04T10:11:12", 1_772_619_072_000),
        ("1772619072", 1_772_619_072_000),
        ("1772619072000", 1_772_619_072_000),
        ("soon", None),
        ("", None),
        ("9" * 400, 999_999_999_999_000),
    ],
)
def test_name_and_time_have_fields_of_the_operators_choice(written: str, at: int | None) -> None:
    names = ReplyFieldNames(source_name="Who", time="meta.when")
    item = {"source_number": "12025550143", "body": "Hi", "who": " Ann ", "meta": {"when": written}}
    found = read_event(json.dumps(item).encode(), create_account(reply_fields=names))
    assert isinstance(found, Reply)
    assert (found.party_name, found.received_at) == ("Ann", at)
    receipt_names = ReceiptFieldNames(request_id="ref", time="when")
    body = json.dumps({"message_state": "delivered", "ref": "m1", "when": written}).encode()
    receipt = read_event(body, create_account(receipt_fields=receipt_names))
    assert isinstance(receipt, Receipt)
    assert (receipt.reference, receipt.at) == ("m1", at)


def test_the_response_to_a_reply_contains_its_id() -> None:
    assert create_account().read_push(replace(EMPTY, body=REPLY)).body == b"message_id=in-9"
    assert create_account().read_push(replace(EMPTY, body=LINES)).body == b"OK"
    odd = create_account().read_push(replace(EMPTY, body=REPLY.replace(b"in-9", b"a%0Ab%20c"))).body
    assert odd == b"message_id=a%0Ab%20c"


def test_a_reply_without_an_id_is_identified_by_its_content_for_minutes() -> None:
    clock = ManualClock()
    provider = create_account(clock)
    body = REPLY.replace(b"&message_id=in-9", b"")
    first = read_event(body, provider).event_id
    assert read_event(body, provider).event_id == first
    assert read_event(body.replace(b"Yes", b"No"), provider).event_id != first
    assert read_event(body + b"&sent=12:00", provider).event_id != first
    clock.advance(3_600)
    assert read_event(body, provider).event_id != first


@pytest.mark.parametrize("state", [b"message_state=&", b"message_state=+&"])
def test_a_reply_may_have_the_fields_of_a_receipt_without_values(state: bytes) -> None:
    event = read_event(state + REPLY)
    assert isinstance(event, Reply)
    assert event.text == "Yes please"


def test_one_bad_item_never_hides_the_next() -> None:
    body = b'[{"message_id": "1", "message_state": "delivered"}, 5, {"message_state": "expired"}]'
    found = create_account().read_push(replace(EMPTY, body=body))
    assert [type(item) for item in found.events] == [Receipt, Unreadable, Unreadable]
    assert found.status == 200


@pytest.mark.parametrize(
    "body",
    [
        b"message_state=delivered",
        b"message_id=17&message_state=",
        b"body=who+am+I",
        b"source_number=12025550143",
        b"message_id=17",
        b"hello",
    ],
)
def test_an_invalid_push_is_stored_as_unreadable(body: bytes) -> None:
    found = read_event(body)
    assert isinstance(found, Unreadable)
    assert not found.can_confirm
    assert json.loads(found.raw)


def test_an_empty_request_is_no_event() -> None:
    assert create_account().read_push(EMPTY).events == ()


def test_credentials_in_a_push_are_not_stored() -> None:
    found = read_event(REPLY + b"&_login=desk&_password=other&note=pa55")
    assert isinstance(found, Reply)
    assert "other" not in found.raw
    assert "pa55" not in found.raw


NAMES = [
    "message_id",
    "message_state",
    "source_number",
    "destination_number",
    "body",
    "request_id",
    "data",
]


@given(
    body=st.binary(max_size=300),
    kind=st.sampled_from(["", "application/json", "text/plain; charset=koi8-r"]),
)
def test_any_bytes_are_parsed_without_exception(body: bytes, kind: str) -> None:
    push = replace(EMPTY, headers={"content-type": kind}, body=body)
    answer = create_account().read_push(push)
    for found in answer.events:
        assert found.event_id
        found.raw.encode()


@given(
    st.recursive(
        st.none() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner),
        max_leaves=10,
    )
)
def test_any_json_is_parsed_without_exception(value: object) -> None:
    answer = create_account().read_push(replace(EMPTY, body=json.dumps(value).encode()))
    for found in answer.events:
        assert found.event_id
        found.raw.encode()


@given(st.dictionaries(st.sampled_from(NAMES), st.text(), min_size=1))
def test_any_texts_in_the_right_fields_become_one_event(fields: dict[str, str]) -> None:
    answer = create_account().read_push(replace(EMPTY, body=json.dumps(fields).encode()))
    [found] = answer.events
    if isinstance(found, Reply):
        assert found.party
    answer.body.decode("ascii")
