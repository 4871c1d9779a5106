"""Test that any input from MessageMedia becomes a domain value or a typed error."""

import json
from typing import Any

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.clock import ManualClock
from tui.domain.events import Event, EventPage, OptOut, Receipt, Reply, Unreadable
from tui.providers.errors import ProviderError
from tui.providers.messagemedia import MessageMedia
from tui.providers.protocol import Outgoing, Push, SendAccepted, SendRefused

NAMES = st.sampled_from(
    (
        "messages",
        "replies",
        "delivery_reports",
        "message_id",
        "reply_id",
        "delivery_report_id",
        "status",
        "content",
        "source_number",
        "destination_number",
        "metadata",
        "reference",
        "date_received",
        "submitted_date",
        "error_code",
        "billing_units",
        "attachments",
        "original_name",
        "content_type",
        "base64",
        "message",
        "details",
        "callback_url",
        "notificationId",
        "event",
        "drId",
        "moContent",
    )
)
WORDS = st.sampled_from(
    ["delivered", "queued", "220", "302", "/messages/0/content: no", "$mtId", "OPT_OUT_SMS", "mmm"]
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | WORDS
    | st.sampled_from(["\ud83d", "\0", "9" * 400, "2025-11-04T05:12:31.408Z"])
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(NAMES | st.text(max_size=5), inner, max_size=8)
    ),
    max_leaves=25,
)
ITEMS = st.dictionaries(NAMES, VALUES, max_size=10)
BODIES = (
    st.binary(max_size=60)
    | VALUES.map(lambda value: json.dumps(value).encode())
    | st.dictionaries(
        st.sampled_from(["messages", "replies", "delivery_reports", "details"]),
        st.lists(ITEMS | VALUES, max_size=4),
        max_size=4,
    ).map(lambda value: json.dumps(value).encode())
    | st.integers(400, 1100).map(lambda depth: b"[" * depth + b"]" * depth)
    | st.integers(400, 1100).map(
        lambda depth: b'{"replies":[' + b"[" * depth + b"]" * depth + b"]}"
    )
)
STATUSES = st.sampled_from([200, 202, 204, 301, 400, 401, 403, 404, 422, 429, 500, 503, 599])


def create_account(status: int, body: bytes) -> MessageMedia:
    """Return an account whose every request gets this response."""
    return MessageMedia(
        base_url="https://sms.test",
        api_key="sandbox",
        api_secret="sandbox-secret",
        clock=ManualClock(),
        transport=httpx.MockTransport(lambda request: httpx.Response(status, content=body)),
    )


async def run_all_requests(desk: MessageMedia) -> list[Any]:
    """Return the result of every request; typed errors are results too."""
    messages = [Outgoing(f"m{n}", "+61491570156", "hello") for n in range(2)]
    found: list[Any] = []
    for question in (
        desk.send_messages(messages),
        desk.look_up_message("3f2b8c1e"),
        desk.cancel_message("3f2b8c1e"),
        desk.fetch_replies(""),
        desk.fetch_receipts(""),
        desk.confirm_replies(["r1", "r2"]),
        desk.fetch_balance(),
        desk.check_credentials(),
    ):
        try:
            found.append(await question)
        except ProviderError as error:
            found.append(error)
    await desk.aclose()
    return found


def check_event(event: Event) -> None:
    """Check that an event is one of the four types, has an id, and can be stored."""
    assert isinstance(event, Reply | Receipt | OptOut | Unreadable)
    assert event.event_id
    assert event.raw.encode()
    if isinstance(event, Reply):
        assert event.party.strip()
        assert event.text.encode() is not None


@settings(max_examples=300, deadline=None)
@given(STATUSES, BODIES)
async def test_every_response_becomes_a_value_or_a_typed_error(status: int, body: bytes) -> None:
    found = await run_all_requests(create_account(status, body))
    for result in found:
        if isinstance(result, ProviderError):
            assert result.message
            assert "sandbox" not in repr(result)
        if isinstance(result, EventPage):
            for event in result.events:
                check_event(event)
    if isinstance(found[0], list):
        assert len(found[0]) == 2
        assert all(isinstance(outcome, SendAccepted | SendRefused) for outcome in found[0])


@settings(max_examples=400, deadline=None)
@given(
    st.binary(max_size=60) | BODIES | ITEMS.map(lambda item: json.dumps(item).encode()),
    st.sampled_from(["application/json", "application/x-www-form-urlencoded", "", "text/xml"]),
    st.text(max_size=20),
    st.lists(st.tuples(NAMES, st.text(max_size=5)), max_size=3),
)
def test_every_push_becomes_events(
    body: bytes, kind: str, tail: str, query: list[tuple[str, str]]
) -> None:
    pushed = Push("POST", "/hooks/mm/" + tail, tail, query, {"content-type": kind}, body)
    answer = create_account(200, b"").read_push(pushed)
    assert answer.status == 200
    for event in answer.events:
        check_event(event)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(["date", "x-messagemedia-signature"]), st.text()))
def test_any_header_is_accepted(headers: dict[str, str]) -> None:
    pushed = Push("POST", "/hooks/\ud83d", "", (), headers, b"{}")
    assert isinstance(create_account(200, b"").read_push(pushed).events[0], Unreadable)
