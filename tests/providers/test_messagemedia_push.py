"""Test pushes of MessageMedia in each format, and their signatures."""

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tui.clock import ManualClock
from tui.domain import ids
from tui.domain.events import Event, OptOut, Receipt, Reply, Unreadable
from tui.domain.status import Status
from tui.providers.errors import CredentialsRefused
from tui.providers.messagemedia import MessageMedia
from tui.providers.protocol import Push

DATA = Path(__file__).parents[1] / "data/messagemedia"
SIGNED = json.loads((DATA / "signatures.json").read_text())
REFERENCE = ids.to_reference(ids.smallest_id_at(1_762_232_400_000))
PICTURE = b"\x89PNG\r\n\x1a\nlabel"
FORM = "application/x-www-form-urlencoded"


def load_body(name: str) -> Any:
    """Return a body from the provider's documentation."""
    return json.loads((DATA / f"{name}.json").read_text())


def create_account(signature_key: str = "", public_path: str = "") -> MessageMedia:
    """Return an account that needs no wire to parse a push."""
    return MessageMedia(
        base_url="https://sms.test",
        api_key="sandbox",
        api_secret="sandbox-secret",
        clock=ManualClock(),
        signature_key=signature_key,
        public_path=public_path,
    )


def make_push(
    body: bytes,
    kind: str = "application/json",
    *,
    tail: str = "",
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> Push:
    """Return a pushed request."""
    sent = {"content-type": kind, **(headers or {})}
    return Push("POST", "/hooks/mm", tail, more.pop("query", ()), sent, body, **more)


def read_events(body: Any, **options: Any) -> tuple[Event, ...]:
    """Return the events in a pushed JSON body."""
    answer = create_account().read_push(make_push(json.dumps(body).encode(), **options))
    assert answer.status == 200
    return answer.events


def read_event(body: Any, **options: Any) -> Event:
    """Return the one event in a pushed JSON body."""
    (event,) = read_events(body, **options)
    return event


def test_all_fields_of_a_pushed_report_are_parsed() -> None:
    receipt = read_event({**load_body("pushed_report"), "metadata": {"reference": "m7"}})
    assert isinstance(receipt, Receipt)
    assert receipt.event_id == "5d1b3c2a-77e0-4c19-8d2f-0b9a8c7d6e5f"
    assert receipt.provider_id == "3f2b8c1e-5a77-4d0b-9c34-6e1f0a2d7b58"
    assert (receipt.status, receipt.word, receipt.code) == (Status.DELIVERED, "delivered", "220")
    assert (receipt.reason, receipt.reference) == ("The message was delivered", "m7")
    assert (receipt.at, receipt.parts) == (1_762_232_408_951, 1)


def test_a_pushed_reply_has_the_id_under_which_it_is_polled() -> None:
    reply = read_event(load_body("pushed_reply"))
    assert isinstance(reply, Reply)
    assert reply.event_id == load_body("replies")["replies"][0]["reply_id"]
    assert (reply.party, reply.own, reply.text) == ("+61491570156", "+61491570157", "On my way")
    assert "desk.example.net" not in reply.raw


def make_mms(encoded: str, **changes: Any) -> dict[str, Any]:
    """Return the documented MMS reply with this base64 as its picture."""
    body = load_body("pushed_mms_reply")
    body["attachments"][0]["content"] = encoded
    return {"source_number": "+61491570156", **body, **changes}


def test_a_picture_comes_with_its_reply() -> None:
    content = base64.b64encode(PICTURE).decode()
    reply = read_event(make_mms(content))
    assert isinstance(reply, Reply)
    (file,) = reply.attachments
    assert (file.name, file.content_type, file.data) == ("label.jpg", "image/jpeg", PICTURE)
    assert reply.text == "Here is the label"
    assert content not in reply.raw
    assert json.loads(reply.raw)["attachments"][0]["size"] == len(PICTURE)


def test_a_picture_without_text_is_a_reply() -> None:
    reply = read_event(make_mms(base64.b64encode(PICTURE).decode(), content=None, reply_id=None))
    assert isinstance(reply, Reply)
    assert (reply.text, len(reply.attachments)) == ("", 1)


@pytest.mark.parametrize("prefix", ["data:image/jpeg;base64,", "DATA:;base64,", "\r\n"])
@pytest.mark.parametrize("padding", ["=", ""])
def test_the_base64_of_a_picture_may_be_written_in_several_ways(prefix: str, padding: str) -> None:
    content = base64.b64encode(PICTURE).decode().rstrip("=") + padding * (-len(PICTURE) % 3)
    reply = read_event(make_mms(f"{prefix}{content}"))
    assert isinstance(reply, Reply)
    assert [file.data for file in reply.attachments] == [PICTURE]


def test_numbers_without_quotes_are_texts() -> None:
    fields = {**load_body("pushed_reply"), "content": 42, "source_number": 61491570156}
    reply = read_event(fields)
    assert isinstance(reply, Reply)
    assert (reply.party, reply.text) == ("61491570156", "42")


def test_an_undecodable_picture_is_shown_empty_and_stays_in_the_raw_payload() -> None:
    reply = read_event(make_mms("<base64>"))
    assert isinstance(reply, Reply)
    assert [(file.name, file.data) for file in reply.attachments] == [("label.jpg", b"")]
    assert json.loads(reply.raw)["attachments"][0]["content"] == "<base64>"


@pytest.mark.parametrize("attachments", ["rubbish", 5, [None, 7, "x", {}], [[]], {"a": 1}])
def test_odd_attachments_lose_no_reply(attachments: Any) -> None:
    reply = read_event(make_mms("", attachments=attachments))
    assert isinstance(reply, Reply)
    assert (reply.text, reply.attachments) == ("Here is the label", ())


def test_a_form_is_parsed_like_json() -> None:
    fields = {**load_body("pushed_reply"), "metadata": '{"reference":"m7"}'}
    fields["attachments"] = json.dumps(
        [{"contentType": "image/png", "base64": base64.b64encode(PICTURE).decode()}]
    )
    del fields["vendor_account_id"]
    answer = create_account().read_push(
        make_push(urlencode(fields).encode(), f"{FORM}; charset=utf-8")
    )
    (reply,) = answer.events
    assert isinstance(reply, Reply)
    assert (reply.party, reply.text, reply.reference) == ("+61491570156", "On my way", "m7")
    assert [file.data for file in reply.attachments] == [PICTURE]


def test_a_report_comes_as_a_form() -> None:
    body = b"drId=d1&mtId=3f2b&status=rejected&statusCode=302&billingUnits=2"
    body += b"&metadata=%7Breference%3Dm7%7D"
    (receipt,) = create_account().read_push(make_push(body, FORM)).events
    assert isinstance(receipt, Receipt)
    assert (receipt.event_id, receipt.provider_id, receipt.parts) == ("d1", "3f2b", 2)
    assert (receipt.status, receipt.code, receipt.opted_out) == (Status.REJECTED, "302", True)
    assert receipt.reference == "m7"


def test_a_webhook_without_a_body_is_read_from_its_query() -> None:
    sender = ("sourceAddress", "+61491570156")
    query = (("moId", "r1"), sender, ("moContent", "Hi"), ("reference", "m7"))
    (reply,) = create_account().read_push(make_push(b"", "", query=query)).events
    assert isinstance(reply, Reply)
    assert (reply.event_id, reply.party) == ("r1", "+61491570156")
    assert (reply.text, reply.reference) == ("Hi", "m7")


def test_unfilled_variables_count_as_missing() -> None:
    reply = read_event(
        {
            "reply_id": "r1",
            "source_number": "+61491570156",
            "destination_number": "$destinationAddress",
            "message_id": "$!{mtId}",
            "date_received": "$receivedTimestamp",
            "metadata": "$metadata.get('ref')",
            "content": "It costs $5, $name",
        }
    )
    assert isinstance(reply, Reply)
    assert (reply.own, reply.answered_id, reply.received_at, reply.reference) == ("", "", None, "")
    assert reply.text == "It costs $5, $name"


def test_the_reference_is_found_in_the_callback_address() -> None:
    body = {**load_body("pushed_reply"), "metadata": None}
    reply = read_event(body, tail=f"x/{REFERENCE}")
    other = read_event(body, tail="nothing")
    assert isinstance(reply, Reply)
    assert isinstance(other, Reply)
    assert (reply.reference, other.reference) == (REFERENCE, "")


def test_the_metadata_has_priority_over_the_callback_address() -> None:
    receipt = read_event(
        {**load_body("pushed_report"), "metadata": {"reference": "m7"}}, tail=REFERENCE
    )
    assert isinstance(receipt, Receipt)
    assert receipt.reference == "m7"


def test_an_opt_out_is_a_separate_event() -> None:
    notice = read_event(
        {
            "notificationId": "n1",
            "sourceAddress": "+61491570156",
            "receivedTimestamp": "2025-11-04T05:12:31.408Z",
            "moContent": "STOP",
        }
    )
    assert isinstance(notice, OptOut)
    assert (notice.event_id, notice.party, notice.at) == ("n1", "+61491570156", 1_762_233_151_408)
    assert (notice.text, notice.own) == ("STOP", "")


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"replyContent": "STOP - call me about my refund"}, "STOP - call me about my refund"),
        ({"content": "Стоп"}, "Стоп"),
        ({"content": None}, ""),
        ({"moContent": "$moContent"}, ""),
        ({}, ""),
    ],
)
def test_an_opt_out_has_the_words_of_the_customer(fields: dict[str, object], text: str) -> None:
    body = {"notification_id": "n1", "source_number": "+61491570156", **fields}
    notice = read_event({**body, "destination_number": "+61400000001"})
    assert isinstance(notice, OptOut)
    assert (notice.text, notice.own) == (text, "+61400000001")


def test_an_opt_out_with_a_reply_are_two_events() -> None:
    notice, reply = read_events({**load_body("pushed_reply"), "event": "OPT_OUT_SMS"})
    assert isinstance(notice, OptOut)
    assert isinstance(reply, Reply)
    assert notice.party == reply.party


def test_an_opt_out_without_a_number_is_unreadable() -> None:
    event = read_event({"notification_id": "n1"})
    assert isinstance(event, Unreadable)
    assert event.event_id == "n1"


def test_several_items_in_one_push_are_parsed_separately() -> None:
    found = read_events([load_body("pushed_reply"), "rubbish", load_body("pushed_report")])
    assert [type(event) for event in found] == [Reply, Unreadable, Receipt]


@pytest.mark.parametrize("body", [b"", b"  \n"])
def test_an_empty_push_is_answered_and_has_no_event(body: bytes) -> None:
    assert create_account().read_push(make_push(body)).events == ()


@pytest.mark.parametrize(
    "body",
    [
        b"<reply><callback_url>https://desk.test/s3cret</callback_url></reply>",
        b'{"callback_url": "https://desk.test/s3cret", ',
        b'{"callback_url": "https://desk.test/s3cret"}',
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b"7",
    ],
)
def test_an_unreadable_push_is_stored_without_secrets(body: bytes) -> None:
    answer = create_account().read_push(make_push(body))
    (event,) = answer.events
    assert isinstance(event, Unreadable)
    assert answer.status == 200
    assert "s3cret" not in event.raw
    assert not event.can_confirm


def test_a_text_with_invalid_bytes_is_kept() -> None:
    body = b'{"reply_id":"r1","source_number":"+61491570156","content":"a\xff\nb"}'
    (reply,) = create_account().read_push(make_push(body)).events
    assert isinstance(reply, Reply)
    assert reply.text == "aÿ\nb"


def make_signed_headers(digest: str, **changes: str) -> dict[str, str]:
    """Return the headers of the recorded push, signed with this digest."""
    return {
        "date": SIGNED["date"],
        "x-messagemedia-signature": SIGNED["signatures"][digest],
        "x-messagemedia-digest-type": digest,
        "x-messagemedia-cipher-type": "RSA",
        "x-messagemedia-key-id": "0b7b4d5e-0000-4000-8000-000000000001",
        **changes,
    }


@pytest.mark.parametrize("digest", ["SHA-224", "SHA-256", "SHA-512"])
def test_a_push_with_a_valid_signature_is_accepted(digest: str) -> None:
    desk = create_account(SIGNED["public_key"])
    answer = desk.read_push(make_push(SIGNED["body"].encode(), headers=make_signed_headers(digest)))
    (reply,) = answer.events
    assert isinstance(reply, Reply)
    assert reply.text == "On my way"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        make_signed_headers("SHA-256", date="Tue, 04 Nov 2025 05:12:33 GMT"),
        make_signed_headers("SHA-256", **{"x-messagemedia-signature": "no base64"}),
        make_signed_headers("SHA-256", **{"x-messagemedia-signature": "ключ"}),
        make_signed_headers("SHA-256", **{"x-messagemedia-digest-type": "MD5"}),
        make_signed_headers("SHA-256", **{"x-messagemedia-cipher-type": "DSA"}),
        make_signed_headers(
            "SHA-256", **{"x-messagemedia-signature": SIGNED["signatures"]["SHA-512"]}
        ),
    ],
)
def test_a_push_without_a_valid_signature_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(CredentialsRefused):
        create_account(SIGNED["public_key"]).read_push(
            make_push(SIGNED["body"].encode(), headers=headers)
        )


def make_signed_push(**change: Any) -> Push:
    """Return the signed push with changed parts."""
    parts = {
        "method": "POST",
        "path": SIGNED["path"],
        "tail": "",
        "query": (),
        "headers": make_signed_headers("SHA-256"),
        "body": SIGNED["body"].encode(),
        **change,
    }
    return Push(**parts)


@pytest.mark.parametrize("change", [{"body": b"{}"}, {"method": "PUT"}, {"path": "/hooks/mm?a"}])
def test_the_signature_covers_the_request_line_and_the_body(change: dict[str, Any]) -> None:
    with pytest.raises(CredentialsRefused, match="signature_key"):
        create_account(SIGNED["public_key"]).read_push(make_signed_push(**change))


@pytest.mark.parametrize("version", ["1.0", "1.1", "2", "2.0"])
def test_a_proxy_may_speak_another_version_of_http(version: str) -> None:
    push = make_signed_push(http_version=version)
    (event,) = create_account(SIGNED["public_key"]).read_push(push).events
    assert isinstance(event, Reply)


@pytest.mark.parametrize(
    ("public_path", "received"),
    [
        ("/hooks", "/mm"),
        ("/hooks/", "/mm"),
        ("", "/hooks/mm"),
        ("/sms", "/hooks/mm"),
        ("/sms", "/sms/hooks/mm"),
    ],
)
@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_a_proxy_may_remove_or_add_the_path_of_the_public_address(
    public_path: str, received: str, version: str
) -> None:
    desk = create_account(SIGNED["public_key"], public_path=public_path)
    push = make_signed_push(path=received, http_version=version)
    (event,) = desk.read_push(push).events
    assert isinstance(event, Reply)


def test_no_other_path_is_accepted() -> None:
    for public_path, received in (("", "/mm"), ("/sms", "/mm")):
        desk = create_account(SIGNED["public_key"], public_path=public_path)
        with pytest.raises(CredentialsRefused):
            desk.read_push(make_signed_push(path=received))


def test_an_unsigned_push_is_refused_with_what_to_do() -> None:
    with pytest.raises(CredentialsRefused, match="X-MessageMedia-Signature"):
        create_account(SIGNED["public_key"]).read_push(make_signed_push(headers={}))
