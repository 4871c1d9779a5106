"""Test that any request to Messente or SerwerSMS gets one of their documented responses."""

import json
import random
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.clock import ManualClock
from tui.sandbox.app import create_app
from tui.sandbox.messente.emulator import Messente
from tui.sandbox.serwersms.emulator import SerwerSms
from tui.sandbox.state import Sandbox

KEY = {"username": "sandbox", "password": "sandbox-secret"}

WORDS = ("sms", "viber", "whatsapp", "rcs", "+37251234567", "500600700", "true", "2026-03-04")
scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(WORDS)
)
values: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)

OMNI_FIELDS = ("to", "messages", "dlr_url", "time_to_send", "text_store", "priority")
CHANNEL_FIELDS = (
    *("channel", "text", "sender", "validity", "ttl", "autoconvert", "udh", "image_url", "video"),
    *("carousel", "template", "button_text", "button_url", "image", "content_info", "suggestions"),
)
SERWER_FIELDS = (
    *("phone", "text", "sender", "utf", "flash", "test", "details", "date", "unique_id", "id"),
    *("messages", "status", "type", "page", "limit", "order", "read", "ndi", "date_from", "name"),
    *("title", "file_id", "file", "url", "ndi_number", "stat_id", "group_id", "voice", "sort"),
)
CLASSIC_FIELDS = (
    *("to", "text", "data", "from", "time_to_send", "dlr-url", "charset", "validity"),
    *("autoconvert", "udh", "mclass", "text-store", "sms_unique_id", "country", "format"),
)


def make_objects(names: tuple[str, ...], inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return a strategy for objects with any of these fields."""
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names, inner))


channels = make_objects(CHANNEL_FIELDS, values)
omnimessages = make_objects(OMNI_FIELDS, values) | st.fixed_dictionaries(
    {"to": st.just("+37251234567"), "messages": st.lists(channels, min_size=1, max_size=3)}
)


def create_client(kind: type[Messente] | type[SerwerSms]) -> httpx.AsyncClient:
    """Return a client of a new sandbox; exceptions in the sandbox are raised in the test."""
    sandbox = Sandbox(clock=ManualClock(), rng=random.Random(7), emulators=[kind])
    transport = httpx.ASGITransport(create_app(sandbox))
    return httpx.AsyncClient(transport=transport, base_url=f"http://sandbox/{kind.name}")


@settings(max_examples=150, deadline=None)
@given(body=omnimessages | values)
async def test_any_omnimessage_is_accepted_or_refused_with_errors(body: object) -> None:
    async with create_client(Messente) as client:
        content = json.dumps(body).encode()
        answer = await client.post(
            "/v1/omnimessage", content=content, auth=("sandbox", "sandbox-secret")
        )
    assert answer.status_code in (201, 400)
    assert ("errors" in answer.json()) == (answer.status_code == 400)


@settings(max_examples=100, deadline=None)
@given(
    call=st.sampled_from(["send_sms", "get_dlr_response", "cancel_sms", "prices"]),
    fields=make_objects(
        CLASSIC_FIELDS, st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(WORDS)
    ),
)
async def test_any_classic_call_has_one_of_three_responses(
    call: str, fields: dict[str, str]
) -> None:
    async with create_client(Messente) as client:
        answer = await client.post(f"/{call}", data=KEY | fields)
    assert answer.status_code == 200
    assert answer.text.split(" ")[0] in ("OK", "ERROR", "FAILED") or answer.json()


@pytest.mark.parametrize(
    "action",
    [
        *("messages/send_sms", "messages/send_personalized", "messages/send_mms"),
        *("messages/reports", "messages/view", "messages/delete", "messages/recived"),
        *("messages/send_ndi", "blacklist/add", "blacklist/index", "senders/add"),
        *("senders/index", "files/add", "files/index", "phones/check", "account/limits"),
    ],
)
@settings(max_examples=25, deadline=None)
@given(fields=make_objects(SERWER_FIELDS, values))
async def test_any_action_of_serwersms_is_answered_with_http_200(
    action: str, fields: dict[str, object]
) -> None:
    async with create_client(SerwerSms) as client:
        content = json.dumps(fields | KEY).encode()
        answers = [await client.post(f"/{action}{s}", content=content) for s in (".json", ".xml")]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert isinstance(answers[0].json(), dict)
