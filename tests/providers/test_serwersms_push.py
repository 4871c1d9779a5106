"""Test the pushes of SerwerSMS: replies and reports by GET, MMS by POST."""

import json
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.clock import ManualClock
from tui.domain.events import Event, Receipt, Reply, Unreadable
from tui.domain.status import Status
from tui.providers.protocol import Push, PushAnswer
from tui.providers.serwersms import PushNames, SerwerSms

NINE_O_SEVEN = 1_772_612_107_000
"""4 March 2026, 09:15:07 in Warsaw."""
KNOWN = "id=1&data=2026-03-04+09:15:07"
REFERENCE = "m1dvi7vgg5c3e"


def create_account(names: PushNames | None = None, answer: Any = None) -> SerwerSms:
    """Return an account that is only pushed to, or polled with one response."""
    return SerwerSms(
        base_url="https://desk.test",
        api_key="sandbox",
        api_secret="sandbox-secret",
        clock=ManualClock(),
        transport=httpx.MockTransport(lambda _: httpx.Response(200, json=answer)),
        push_names=names,
    )


def make_get(query: str, tail: str = "") -> Push:
    """Return a pushed GET as the listener passes it on."""
    return Push("GET", f"/hooks/pl/x?{query}", tail, parse_qsl(query, True), {}, b"")


def make_post(body: bytes) -> Push:
    """Return a pushed POST."""
    return Push("POST", "/hooks/pl/x", "", (), {}, body)


def read_event(push: Push, names: PushNames | None = None) -> Event:
    """Return the one event in a push."""
    answer = create_account(names).read_push(push)
    assert (answer.status, answer.body, answer.content_type) == (200, b"OK", "text/plain")
    [event] = answer.events
    return event


def test_a_reply_comes_by_get_and_is_answered_with_ok() -> None:
    reply = read_event(
        make_get(
            "wiadomosc=B%C4%99d%C4%99+o+16&numer=%2B48500600700"
            "&data=2026-03-04%2009:15:07&id=4810233"
        )
    )
    assert isinstance(reply, Reply)
    assert reply.text == "Będę o 16"
    assert reply.party == "+48500600700"
    assert reply.received_at == NINE_O_SEVEN
    assert json.loads(reply.raw)["id"] == "4810233"


@pytest.mark.parametrize("kind", ["eco", "nd", "ndi", "pre"])
async def test_a_pushed_reply_is_the_same_event_as_the_polled_one(kind: str) -> None:
    item = {
        "id": 4810233,
        "type": kind,
        "phone": "+48500600700",
        "recived": "2026-03-04 09:15:07",
        "text": "Tak",
    }
    page = await create_account(answer={"items": [item]}).fetch_replies("")
    event = read_event(
        make_get("wiadomosc=Tak&numer=48500600700&data=2026-03-04+09:15:07&id=4810233")
    )
    assert event.event_id == page.events[0].event_id


def test_an_unescaped_plus_of_a_number_is_restored() -> None:
    reply = read_event(make_get(f"wiadomosc=Tak&numer=+48500600700&{KNOWN}"))
    assert isinstance(reply, Reply)
    assert reply.party == "+48500600700"


def test_the_parameter_names_are_configurable() -> None:
    names = PushNames(text="msg", sender="from", own="to", date="when", id="key")
    query = "msg=Tak&from=%2B48500600700&to=%2B48664078059&when=2026-03-04+09:15:07&key=9"
    reply = read_event(make_get(query), names)
    assert isinstance(reply, Reply)
    assert (reply.party, reply.own, reply.text) == ("+48500600700", "+48664078059", "Tak")
    assert reply.received_at == NINE_O_SEVEN
    assert reply.event_id == "9@2026-03-04 09:15:07/500600700"


def test_an_empty_reply_is_a_reply() -> None:
    reply = read_event(make_get(f"wiadomosc=&numer=%2B48500600700&{KNOWN}"))
    assert isinstance(reply, Reply)
    assert reply.text == ""


@pytest.mark.parametrize(
    "query", [f"wiadomosc=Tak&{KNOWN}", f"numer=%2B48500600700&{KNOWN}", "what=ever"]
)
def test_an_invalid_push_is_unreadable_and_answered_with_ok(query: str) -> None:
    event = read_event(make_get(query))
    assert isinstance(event, Unreadable)
    assert not event.can_confirm
    assert dict(parse_qsl(query)) == json.loads(event.raw)


@pytest.mark.parametrize("rest", ["", "&id=1", "&data=2026-03-04+09:15:07", "&id=1&data=4.3.26"])
def test_a_reply_that_polling_would_duplicate_is_unreadable(rest: str) -> None:
    event = read_event(make_get(f"wiadomosc=Tak&numer=%2B48500600700{rest}"))
    assert isinstance(event, Unreadable)
    assert "#ID# and #DATA#" in event.problem


def test_an_empty_call_is_answered_with_ok_and_has_no_event() -> None:
    assert create_account().read_push(make_get("")) == PushAnswer(body=b"OK")


def test_a_report_comes_by_get() -> None:
    receipt = read_event(
        make_get(
            "smsid=7c1f09ab52&stan=undelivered&data=2026-03-04+09:15:07&przyczyna=wrong_number"
        )
    )
    assert isinstance(receipt, Receipt)
    assert receipt.provider_id == "7c1f09ab52"
    assert receipt.status is Status.FAILED
    assert receipt.at == NINE_O_SEVEN
    assert receipt.code == "wrong_number"
    assert receipt.reason == "The number does not exist or is wrong"
    assert not receipt.opted_out


def test_a_report_about_a_blacklisted_number_is_an_opt_out() -> None:
    receipt = read_event(make_get("smsid=7c1f09ab52&stan=unsent&przyczyna=number_is_blacklisted"))
    assert isinstance(receipt, Receipt)
    assert receipt.status is Status.REJECTED
    assert receipt.opted_out


@pytest.mark.parametrize(
    ("tail", "reference"),
    [(REFERENCE, REFERENCE), (f"reports/{REFERENCE}", REFERENCE), ("reports", ""), ("", "")],
)
def test_the_address_of_a_report_may_contain_our_reference(tail: str, reference: str) -> None:
    receipt = read_event(make_get("smsid=7c1f09ab52&stan=delivered", tail))
    assert isinstance(receipt, Receipt)
    assert receipt.reference == reference


def test_a_report_without_a_message_is_unreadable() -> None:
    assert isinstance(read_event(make_get("stan=delivered")), Unreadable)


def test_only_a_repeated_push_is_the_same_event() -> None:
    sent = "smsid=7c1f09ab52&stan=sent&data=2026-03-04+09:15:03"
    first, again = read_event(make_get(sent)), read_event(make_get(sent))
    later = read_event(make_get("smsid=7c1f09ab52&stan=delivered&data=2026-03-04+09:15:07"))
    assert first.event_id == again.event_id != later.event_id


MMS = {
    "id": 88120931,
    "phone": "+48500600700",
    "recived": "2026-03-04 09:15:07",
    "to_number": "+48664078059",
    "title": "Zdjęcie",
    "attachments": [{"name": "a.gif", "content_type": "image/gif", "data": "R0lG"}],
}
FORM = urlencode({**MMS, "attachments": json.dumps(MMS["attachments"])}).encode()


@pytest.mark.parametrize("body", [json.dumps(MMS).encode(), FORM])
def test_an_mms_comes_by_post_as_json_or_as_a_form(body: bytes) -> None:
    reply = read_event(make_post(body))
    assert isinstance(reply, Reply)
    assert reply.event_id == "88120931@2026-03-04 09:15:07/500600700"
    assert (reply.subject, reply.own) == ("Zdjęcie", "+48664078059")
    assert [part.data for part in reply.attachments] == [b"GIF"]


def test_a_form_may_also_use_the_names_of_the_template() -> None:
    reply = read_event(make_post(f"wiadomosc=Tak&numer=%2B48500600700&title=Hej&{KNOWN}".encode()))
    assert isinstance(reply, Reply)
    assert (reply.text, reply.subject) == ("Tak", "Hej")


def test_an_undocumented_body_is_stored() -> None:
    event = read_event(make_post(b"\xff\xfe picture"))
    assert isinstance(event, Unreadable)
    assert "picture" in event.raw


@given(
    query=st.lists(st.tuples(st.sampled_from(["stan", "smsid", "numer", "id"]), st.text())),
    body=st.binary(),
    tail=st.text(),
)
def test_any_push_ends_in_events_and_ok(
    query: list[tuple[str, str]], body: bytes, tail: str
) -> None:
    answer = create_account().read_push(Push("POST", "/", tail, query, {}, body))
    assert answer.body == b"OK"
    for event in answer.events:
        assert isinstance(event, Reply | Receipt | Unreadable)
        assert event.raw.encode()


def test_a_deep_or_huge_body_is_harmless() -> None:
    deep = b'{"numer":' * 3000 + b"1" + b"}" * 3000
    for body in (deep, b"a=1&" * 5000, b"[" * 100_000, b"9" * 10_000):
        assert create_account().read_push(make_post(body)).body == b"OK"


def push_reply(number: str) -> Event:
    """Return the reply `Tak` from a number, with a fixed id and second."""
    fields = {"wiadomosc": "Tak", "numer": number, "data": "2026-03-04 09:15:07", "id": "1001"}
    return read_event(make_get(urlencode(fields)))


@pytest.mark.parametrize("number", ["+48500600700", " 48500600700", "48500600700", "500600700"])
async def test_a_polled_reply_is_the_pushed_one_in_every_notation(number: str) -> None:
    item = {"id": 1001, "type": "ndi", "phone": "+48500600700", "recived": "2026-03-04 09:15:07"}
    desk = create_account(answer={"items": [{**item, "text": "Tak"}]})
    (polled,) = (await desk.fetch_replies("")).events
    assert polled.event_id == push_reply(number).event_id


def test_another_sender_under_the_same_id_is_another_reply() -> None:
    assert push_reply("+48500600700").event_id != push_reply("+48600700800").event_id
