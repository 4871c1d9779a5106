"""Test the rules of each field and the location of a reported fault."""

import pytest

from tui.sandbox.messagemedia.submission import (
    InvalidSubmission,
    SubmittedMessage,
    guess_source_type,
    parse_submissions,
)

GOOD = {"content": "hello", "destination_number": "+61491570156"}
MMS = {**GOOD, "format": "MMS", "media": ["https://example.org/label.png"]}


def parse_message(**fields: object) -> SubmittedMessage:
    """Return one message with these fields."""
    (submission,) = parse_submissions({"messages": [{**GOOD, **fields}]})
    return submission


def list_faults(item: object) -> list[str]:
    """Return the faults of the second of two messages."""
    with pytest.raises(InvalidSubmission) as invalid:
        parse_submissions({"messages": [GOOD, item]})
    return invalid.value.details


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"content": "x" * 5000},
        {"content": "😀" * 5000},
        {"destination_number": "12345678"},
        {"destination_number": "+123456789012345"},
        {"format": "TTS"},
        {"source_number": "+61491570157", "source_number_type": "INTERNATIONAL"},
        {"source_number": "Smsdesk", "source_number_type": "ALPHANUMERIC"},
        {"source_number": "19001", "source_number_type": "SHORTCODE"},
        {"metadata": {"k" * 100: "v" * 256, **{f"k{n}": "" for n in range(9)}}},
        {"callback_url": "http://127.0.0.1:8080/hooks/mm"},
        {"callback_url": None, "metadata": None, "scheduled": None, "format": None},
        {"message_id": "ignored", "status": "ignored", "whatever": 1},
        MMS,
        {**MMS, "subject": "x" * 64},
    ],
)
def test_documented_fields_are_accepted(fields: dict[str, object]) -> None:
    content = fields.get("content", "hello")
    assert parse_message(**fields).content == content


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"content": ""}, "content"),
        ({"content": "x" * 5001}, "content"),
        ({"content": None}, "content"),
        ({"content": 5}, "content"),
        ({"destination_number": None}, "destination_number"),
        ({"destination_number": "+1234567"}, "destination_number"),
        ({"destination_number": "+1234567890123456"}, "destination_number"),
        ({"destination_number": "+6149157015x"}, "destination_number"),
        ({"destination_number": "++61491570156"}, "destination_number"),
        ({"destination_number": "+61491570١٥٦"}, "destination_number"),
        ({"callback_url": "desk.example.net"}, "callback_url"),
        ({"callback_url": "ftp://desk.example.net/"}, "callback_url"),
        ({"callback_url": "http://[1"}, "callback_url"),
        ({"delivery_report": "true"}, "delivery_report"),
        ({"format": "sms"}, "format"),
        ({"format": 1}, "format"),
        ({"source_number": ""}, "source_number"),
        ({"source_number": "A!", "source_number_type": "ALPHANUMERIC"}, "source_number"),
        ({"source_number_type": "INTERNATIONAL"}, "source_number_type"),
        ({"source_number": "1", "source_number_type": "PERSON"}, "source_number_type"),
        ({"scheduled": "tomorrow"}, "scheduled"),
        ({"scheduled": 1}, "scheduled"),
        ({"scheduled": "0001-01-01T00:00:00+10:00"}, "scheduled"),
        ({"message_expiry_timestamp": ""}, "message_expiry_timestamp"),
        ({"metadata": {f"k{n}": "" for n in range(11)}}, "metadata"),
        ({"metadata": {"k" * 101: ""}}, "metadata"),
        ({"metadata": {"k": "v" * 257}}, "metadata"),
        ({"metadata": {"k": 1}}, "metadata"),
        ({"metadata": []}, "metadata"),
        ({"format": "MMS"}, "media"),
        ({"media": ["https://example.org/label.png"]}, "media"),
        ({**MMS, "media": []}, "media"),
        ({**MMS, "media": ["label.png"]}, "media"),
        ({**MMS, "subject": "x" * 65}, "subject"),
    ],
)
def test_a_fault_is_reported_with_its_field(fields: dict[str, object], pointer: str) -> None:
    (detail,) = list_faults({**GOOD, **fields})
    assert detail.startswith(f"/messages/1/{pointer}: ")


def test_several_faults_of_a_field_come_in_one_text() -> None:
    assert list_faults({**GOOD, "destination_number": "abc"}) == [
        "/messages/1/destination_number: International address must be between 8 and 15 characters "
        "excluding the first '+', International address contains invalid characters."
    ]


def test_faults_of_several_fields_are_separate() -> None:
    assert len(list_faults({"format": "x"})) == 3


def test_a_message_has_to_be_an_object() -> None:
    assert list_faults("hello") == ["/messages/1: Message must be an object."]


@pytest.mark.parametrize(
    "body", [None, [], {}, {"messages": {}}, {"messages": []}, {"messages": [GOOD] * 101}]
)
def test_a_request_has_1_to_100_messages(body: object) -> None:
    with pytest.raises(InvalidSubmission, match="/messages: "):
        parse_submissions(body)
    assert len(parse_submissions({"messages": [GOOD] * 100})) == 100


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-04T09:00:00.000Z",
        "2026-03-04T09:00:00Z",
        "2026-03-04T09:00:00+00:00",
        "2026-03-04T09:00:00.000000+00:00",
        "2026-03-04T09:00:00",
        "2026-03-04T20:00:00+11:00",
    ],
)
def test_times_are_read_in_every_iso_form_and_without_zone_as_utc(text: str) -> None:
    assert parse_message(scheduled=text).scheduled == 1_772_614_800_000


@pytest.mark.parametrize(
    ("source", "kind"),
    [("+61491570157", "INTERNATIONAL"), ("19001", "SHORTCODE"), ("Smsdesk", "ALPHANUMERIC")],
)
def test_a_missing_kind_of_sender_is_guessed(source: str, kind: str) -> None:
    assert (
        guess_source_type(source) == parse_message(source_number=source).source_number_type == kind
    )
