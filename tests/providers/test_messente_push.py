"""Test pushes of Messente: signatures, receipts in both formats, customers' messages."""

import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.clock import ManualClock
from tui.domain.events import Event, Receipt, Reply, Unreadable
from tui.domain.status import Status
from tui.providers.errors import CredentialsRefused, ProviderError
from tui.providers.messente import Messente
from tui.providers.messente.parse import parse_time
from tui.providers.protocol import Push, PushAnswer

DATA = Path(__file__).parent.parent / "data" / "messente"
REFERENCE = "m1abcdefghi0"
OMNI_ID = "3c1c7c1e-7d5b-4b0e-9a55-0a4c3f1f6a21"
SMS_ID = "5f0c9a7be41d4f0f8a3c2b1e6d7f9a10"
VECTOR = (
    b'{"msg_id":"5b0e9f0e-2f0c-4c57-8a51-6f6f1f3a9c10",'
    b'"sub_msg_id":"0c9f2b1a-7f55-4d0c-9b0d-3d7a2f7c1e22","channel":"sms",'
    b'"recipient":"+37251990011","time":"2026-11-20T09:15:42.000000Z",'
    b'"text":"Still no parcel","sender":"+37251000000"}'
)
VECTOR_SIGNATURE = "b04febd8ac3a2913c56af3531740a8ecfbcb313b5844e27e2fd0ed193c1a746c"


def create_account(
    *, inbound_secret: str = "inbound-shared-secret", classic: bool = False
) -> Messente:
    """Return an account whose wire is never used."""
    return Messente(
        base_url="https://desk.test/messente",
        api_key="sandbox",
        api_secret="sandbox-secret",
        clock=ManualClock(),
        transport=httpx.MockTransport(lambda request: httpx.Response(500)),
        api="classic" if classic else "omnichannel",
        inbound_secret=inbound_secret,
    )


def make_post(body: bytes, signature: str | None, tail: str = "") -> Push:
    """Return a signed push."""
    headers = {} if signature is None else {"x-messente-signature": signature}
    return Push("POST", f"/hooks/ee/secret/{tail}", tail, (), headers, body)


def make_get(query: list[tuple[str, str]], tail: str = "") -> Push:
    """Return a classic receipt."""
    return Push("GET", f"/hooks/ee/secret/{tail}", tail, query, {}, b"")


def make_signature(body: bytes, key: str) -> str:
    """Return the signature as Messente computes it."""
    return hmac.new(key.encode(), body, hashlib.sha256).hexdigest()


def get_event(answer: PushAnswer) -> Event:
    """Return the only event of a push that is answered with 200."""
    (event,) = answer.events
    assert answer.status == 200
    return event


def read_report(tail: str = "", **fields: Any) -> Receipt:
    """Return the receipt of the recorded report with these fields changed and signed."""
    body = json.dumps({**json.loads((DATA / "push_delivered.json").read_bytes()), **fields})
    push = make_post(body.encode(), make_signature(body.encode(), "sandbox-secret"), tail)
    receipt = get_event(create_account().read_push(push))
    assert isinstance(receipt, Receipt)
    return receipt


def read_classic(query: str, tail: str = "") -> Receipt:
    """Return the classic receipt in a query."""
    pairs = list(httpx.QueryParams(query).multi_items())
    receipt = get_event(create_account(classic=True).read_push(make_get(pairs, tail)))
    assert isinstance(receipt, Receipt)
    return receipt


def test_the_documented_inbound_message_and_its_signature_are_accepted() -> None:
    reply = get_event(create_account().read_push(make_post(VECTOR, VECTOR_SIGNATURE, "inbound")))
    assert isinstance(reply, Reply)
    assert reply.event_id == "5b0e9f0e-2f0c-4c57-8a51-6f6f1f3a9c10"
    assert (reply.party, reply.own, reply.text) == (
        "+37251000000",
        "+37251990011",
        "Still no parcel",
    )
    assert reply.received_at == 1_795_166_142_000
    assert reply.raw == VECTOR.decode()


def test_the_documented_report_is_accepted_and_has_our_reference() -> None:
    signature = "ebc74f624cd4e732b3f099fa3ab51551ad9d1068e1bb3b2b3353f5ee26dc9ebe"
    push = make_post(b'{"status":"DELIVRD","err":0}', signature, f"row/{REFERENCE}")
    receipt = get_event(create_account().read_push(push))
    assert isinstance(receipt, Receipt)
    assert (receipt.status, receipt.reference) == (Status.DELIVERED, REFERENCE)


def test_all_fields_of_a_pushed_receipt_are_parsed() -> None:
    receipt = read_report(REFERENCE)
    assert (receipt.status, receipt.word, receipt.code) == (Status.DELIVERED, "DELIVRD", "")
    assert (receipt.provider_id, receipt.reference) == (OMNI_ID, REFERENCE)
    assert (receipt.at, receipt.parts, receipt.price) == (1_795_166_147_120, 1, "0.059")
    assert not receipt.opted_out and not receipt.is_last_report


async def test_equal_polled_and_pushed_receipts_are_one_event() -> None:
    entry = json.loads((DATA / "push_delivered.json").read_bytes())
    client = Messente(
        base_url="https://desk.test",
        api_key="sandbox",
        api_secret="sandbox-secret",
        clock=ManualClock(),
        transport=httpx.MockTransport(
            lambda request: httpx.Response(200, json={"statuses": [entry]})
        ),
    )
    assert (await client.look_up_message(OMNI_ID)).event_id == read_report().event_id
    assert read_report().event_id != read_report(status="UNDELIV").event_id


@pytest.mark.parametrize("tail", ["", "inbound", "row-8123", f"{REFERENCE}/", "x/m1"])
def test_only_our_own_references_are_taken_from_the_address(tail: str) -> None:
    assert read_report(tail).reference == (REFERENCE if REFERENCE in tail else "")


@pytest.mark.parametrize("signature", [None, "", "0" * 64, "é\ud83d", VECTOR_SIGNATURE[:-1]])
def test_a_wrong_or_missing_signature_is_refused(signature: str | None) -> None:
    with pytest.raises(CredentialsRefused):
        create_account().read_push(make_post(VECTOR, signature))


def test_a_changed_body_is_refused() -> None:
    with pytest.raises(CredentialsRefused):
        create_account().read_push(make_post(VECTOR + b" ", VECTOR_SIGNATURE))


def test_each_kind_of_push_needs_its_own_key() -> None:
    body = (DATA / "push_delivered.json").read_bytes()
    with pytest.raises(CredentialsRefused):
        create_account().read_push(make_post(body, make_signature(body, "inbound-shared-secret")))
    with pytest.raises(CredentialsRefused):
        create_account().read_push(make_post(VECTOR, make_signature(VECTOR, "sandbox-secret")))


def test_without_an_inbound_secret_the_password_signs_inbound_messages() -> None:
    body = (DATA / "push_inbound.json").read_bytes()
    answer = create_account(inbound_secret="").read_push(
        make_post(body, make_signature(body, "sandbox-secret"))
    )
    assert isinstance(get_event(answer), Reply)


REPORT = (DATA / "push_delivered.json").read_bytes()
INBOUND = (DATA / "push_inbound.json").read_bytes()


@pytest.mark.parametrize(
    ("body", "key", "inbound_secret", "named"),
    [
        (INBOUND, "of-the-number", "", "inbound_secret is not set"),
        (VECTOR, "of-the-number", "", "inbound_secret is not set"),
        (b'{"msg_id":"1"}', "of-the-number", "", "inbound_secret is not set"),
        (INBOUND, "of-the-number", "of-another", "another secret than inbound_secret"),
        (INBOUND, "sandbox-secret", "of-the-number", "signed with api_secret"),
        (REPORT, "of-another", "", "not signed with api_secret"),
        (REPORT, "of-the-number", "of-the-number", "not signed with api_secret"),
        (INBOUND, None, "of-the-number", "X-Messente-Signature"),
        (b"no json", "of-another", "", "neither api_secret nor inbound_secret"),
        (b"[" * 100_000, "of-another", "", "neither api_secret nor inbound_secret"),
    ],
)
def test_a_refusal_names_the_setting_to_correct(
    body: bytes, key: str | None, inbound_secret: str, named: str
) -> None:
    signature = None if key is None else make_signature(body, key)
    with pytest.raises(CredentialsRefused, match=named) as refused:
        create_account(inbound_secret=inbound_secret).read_push(make_post(body, signature))
    assert "of-the-number" not in str(refused.value)


def test_an_empty_key_signs_nothing() -> None:
    client = Messente(api_key="u", api_secret="", clock=ManualClock())
    with pytest.raises(CredentialsRefused):
        client.read_push(make_post(VECTOR, make_signature(VECTOR, "")))


@pytest.mark.parametrize(
    ("word", "err", "status"),
    [
        (None, None, None),
        ("ACK", None, Status.SUBMITTED),
        ("ACCEPTD", 0, Status.SUBMITTED),
        ("DELIVRD", 0, Status.DELIVERED),
        ("DELIVRD", 8, Status.DELIVERED),
        ("SEEN", 10, Status.DELIVERED),
        ("UNDELIV", 1, Status.FAILED),
        ("FAILED", 999, Status.FAILED),
        ("FAILED", 2, Status.EXPIRED),
        ("FAILED", 4, Status.REJECTED),
        ("UNDELIV", 6, Status.REJECTED),
        ("FAILED", 7, Status.REJECTED),
        ("UNDELIV", 8, Status.REJECTED),
        ("REJECTD", 2, Status.REJECTED),
        ("NACK", 0, Status.REJECTED),
        ("EXPIRED", 2, Status.EXPIRED),
        ("DELETED", 0, Status.CANCELLED),
        ("UNKNOWN", 0, None),
        ("BRANDNEW", 4, None),
    ],
)
def test_status_and_err_together_determine_the_status(
    word: str | None, err: int | None, status: Status | None
) -> None:
    receipt = read_report(status=word, err=err)
    assert (receipt.status, receipt.word) == (status, word or "")
    assert receipt.code == (str(err) if err else "")


def test_a_failure_has_a_readable_reason() -> None:
    assert read_report(status="FAILED", err=4).reason.endswith("out of credit")
    assert read_report(status="NACK", err=0).reason == "the message was not accepted for delivery"
    assert read_report(status="FAILED", err=57, error="odd").reason == "delivery failed"
    assert read_report(status="BRANDNEW", err=57, error="odd").reason == "odd"
    assert read_report(status="DELIVRD").reason == ""


def test_a_blacklisted_number_counts_as_opted_out() -> None:
    assert read_report(status="REJECTD", err=8).opted_out
    assert not read_report(status="REJECTD", err=7).opted_out


def test_odd_fields_do_not_invalidate_a_report() -> None:
    receipt = read_report(err="9x", timestamp="yesterday", price_info={"parts_count": 10**9})
    assert (receipt.code, receipt.at, receipt.parts, receipt.price) == ("9x", None, 0, "")
    assert read_report(err=True, timestamp=5, price_info=[]).code == ""


@pytest.mark.parametrize(
    ("given_time", "at"),
    [
        ("2026-11-20T09:15:42.000000Z", 1_795_166_142_000),
        ("2026-11-20T09:15:42", 1_795_166_142_000),
        ("2026-11-20T11:15:42+02:00", 1_795_166_142_000),
        ("2026-11-20", 1_795_132_800_000),
        ("9999-12-31T23:59:59-14:00", 253_402_351_199_000),
        ("2026-13-01T00:00:00Z", None),
        ("", None),
        (12, None),
    ],
)
def test_times_are_utc_unless_they_have_an_offset(given_time: object, at: int | None) -> None:
    assert parse_time(given_time) == at


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"no json", "The push is not a JSON object"),
        (b"\xff\xfe", "The push is not a JSON object"),
        (b"[" * 100_000, "The push is not a JSON object"),
        (b"{}", "The push is neither a delivery report nor an inbound message"),
        (b'{"status":"DELIVRD"}', "The delivery report names no message"),
        (b'{"omnimessage_id":"x","status":7}', "The delivery report's status is not a word"),
        (b'{"msg_id":5,"text":"x","sender":"+1"}', "The inbound message has no id"),
        (b'{"msg_id":"5","text":"x"}', "The inbound message names no sender"),
        (b'{"msg_id":"5","sender":"+1"}', "The inbound message has no text"),
    ],
)
def test_an_unreadable_push_is_stored_and_answered(body: bytes, problem: str) -> None:
    push = make_post(body, make_signature(body, "sandbox-secret"))
    event = get_event(create_account(inbound_secret="").read_push(push))
    assert isinstance(event, Unreadable)
    assert (event.problem, event.can_confirm) == (problem, False)
    assert event.raw == body.decode("utf-8", "replace")


def test_a_hostile_text_is_kept_except_unstorable_characters() -> None:
    body = b'{"msg_id":"1","sender":"+372","text":"[b]\\u001b[2J \\ud83d \\u0000 ","time":null}'
    push = make_post(body, make_signature(body, "inbound-shared-secret"))
    reply = get_event(create_account().read_push(push))
    assert isinstance(reply, Reply)
    assert reply.text == "[b]\x1b[2J � � "
    assert (reply.received_at, reply.own) == (None, "")


def test_an_empty_text_is_a_message() -> None:
    body = b'{"msg_id":"1","sender":"+372","text":""}'
    reply = get_event(
        create_account().read_push(make_post(body, make_signature(body, "inbound-shared-secret")))
    )
    assert isinstance(reply, Reply) and reply.text == ""


def test_an_echoed_secret_is_not_stored() -> None:
    body = b'{"msg_id":"1","sender":"+372","text":"x","password":"sandbox-secret"}'
    reply = get_event(
        create_account().read_push(make_post(body, make_signature(body, "inbound-shared-secret")))
    )
    assert isinstance(reply, Reply) and "sandbox-secret" not in reply.raw


def test_the_documented_classic_receipt_is_parsed() -> None:
    receipt = read_classic(
        f"sms_unique_id={SMS_ID}&status=FAILED&stat=UNDELIV&err=001&dlr-mask=2", REFERENCE
    )
    assert (receipt.status, receipt.word, receipt.code) == (Status.FAILED, "UNDELIV", "1")
    assert (receipt.provider_id, receipt.reference, receipt.at) == (SMS_ID, REFERENCE, None)
    assert json.loads(receipt.raw)[0] == ["sms_unique_id", SMS_ID]


@pytest.mark.parametrize(
    ("query", "word", "status"),
    [
        ("stat=DELIVRD&err=", "DELIVRD", Status.DELIVERED),
        ("stat=delivrd&err=000", "delivrd", Status.DELIVERED),
        ("status=DELIVERED", "DELIVERED", Status.DELIVERED),
        ("status=SENT&stat=ACCEPTD", "ACCEPTD", Status.SUBMITTED),
        ("status=FAILED&stat=FAILED&err=004", "FAILED", Status.REJECTED),
        ("status=FAILED&stat=EXPIRED&err=002", "EXPIRED", Status.EXPIRED),
        ("status=FAILED&stat=DELETED&err=", "DELETED", Status.CANCELLED),
        ("status=SENT&stat=UNKNOWN&err=", "SENT", Status.SUBMITTED),
        ("status=FAILED&stat=UNKNOWN&err=", "FAILED", Status.FAILED),
        ("stat=UNKNOWN&err=", "UNKNOWN", None),
        ("stat=BRANDNEW&err=x", "BRANDNEW", None),
        ("dlr-mask=1", "DELIVERED", Status.DELIVERED),
        ("dlr-mask=16", "FAILED", Status.FAILED),
        ("dlr-mask=8", "SENT", Status.SUBMITTED),
    ],
)
def test_the_detailed_status_has_priority_over_the_coarse_one(
    query: str, word: str, status: Status | None
) -> None:
    receipt = read_classic(f"sms_unique_id={SMS_ID}&{query}")
    assert (receipt.word, receipt.status) == (word, status)


@pytest.mark.parametrize("query", ["stat=DELIVRD&err=", f"sms_unique_id={SMS_ID}&err=1", "x=y"])
def test_a_classic_receipt_without_message_or_status_is_unreadable(query: str) -> None:
    pairs = list(httpx.QueryParams(query).multi_items())
    event = get_event(create_account(classic=True).read_push(make_get(pairs)))
    assert isinstance(event, Unreadable) and not event.can_confirm


def test_only_a_repeated_receipt_has_the_same_event_id() -> None:
    first = read_classic(f"sms_unique_id={SMS_ID}&stat=ACCEPTD&err=")
    again = read_classic(f"sms_unique_id={SMS_ID.upper()}&stat=ACCEPTD&err=", REFERENCE)
    later = read_classic(f"sms_unique_id={SMS_ID}&stat=DELIVRD&err=000")
    assert first.event_id == again.event_id != later.event_id


def test_unsigned_receipts_are_refused_if_signatures_are_expected() -> None:
    with pytest.raises(CredentialsRefused):
        create_account().read_push(
            make_get([("sms_unique_id", SMS_ID), ("stat", "DELIVRD")], REFERENCE)
        )


def test_a_classic_account_accepts_signed_inbound_messages() -> None:
    event = get_event(create_account(classic=True).read_push(make_post(VECTOR, VECTOR_SIGNATURE)))
    assert isinstance(event, Reply)


def test_a_request_without_content_has_no_event() -> None:
    assert create_account().read_push(make_get([])) == PushAnswer()
    assert create_account().read_push(Push("PUT", "/x", "", (), {}, b"")) == PushAnswer(status=405)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)
names = st.sampled_from(
    ["status", "err", "error", "omnimessage_id", "message_id", "timestamp", "price_info", "msg_id"]
) | st.sampled_from(["sender", "recipient", "text", "time", "stat", "sms_unique_id", "dlr-mask"])
bodies = st.binary(max_size=200) | (st.dictionaries(names, json_values) | json_values).map(
    lambda value: json.dumps(value).encode()
)


@given(body=bodies, tail=st.text(max_size=20), key=st.sampled_from(["sandbox-secret", "other"]))
def test_any_signed_body_is_one_event_or_a_refusal(body: bytes, tail: str, key: str) -> None:
    try:
        event = get_event(
            create_account(inbound_secret="").read_push(
                make_post(body, make_signature(body, key), tail)
            )
        )
    except ProviderError:
        assert key == "other"
    else:
        event.raw.encode()
        assert event.event_id


anything = st.text(st.characters(exclude_categories=()), max_size=12)


@given(query=st.lists(st.tuples(names | anything, anything), min_size=1), tail=anything)
def test_any_query_is_one_event(query: list[tuple[str, str]], tail: str) -> None:
    event = get_event(create_account(classic=True).read_push(make_get(query, tail)))
    event.raw.encode()
    assert event.event_id
