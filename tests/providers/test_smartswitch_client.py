"""Test a SmartSwitch account besides sending: ping, check, unsupported features, its password."""

import json
import logging
import traceback

import httpx
import pytest

from tests.providers.smartswitch import (
    ANN,
    SECRET,
    create_account,
    create_scripted_account,
    load_body,
    make_data,
    make_entry,
    read_parameters,
)
from tui.clock import HOUR
from tui.domain.capabilities import ReceiptChannel, ReplyChannel
from tui.providers.errors import (
    CredentialsRefused,
    MessageInvalid,
    NotPossible,
    ProviderError,
    Unavailable,
    Uncertain,
    UnreadableAnswer,
)
from tui.providers.protocol import Provider


async def test_a_ping_is_an_invisible_message_with_a_receipt() -> None:
    provider, requests = create_scripted_account(200, load_body("one_recipient"))
    presence = await provider.ping_phone("+12025550143", "desk-42")
    assert presence.provider_id == "1700000000123"
    assert read_parameters(requests[0]) == [
        ("destination_number", "12025550143"),
        ("require_dlr", "1"),
        ("stealth_ping", "1"),
        ("request_id", "desk-42"),
    ]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (make_data(make_entry(status="error")), MessageInvalid),
        (make_data(make_entry(identity="")), UnreadableAnswer),
        (load_body("authentication"), CredentialsRefused),
        (b"", Uncertain),
    ],
)
async def test_a_ping_without_an_id_is_an_error(content: bytes, kind: type[ProviderError]) -> None:
    provider, _ = create_scripted_account(200, content)
    with pytest.raises(kind):
        await provider.ping_phone("+12025550143", "desk-42")


async def test_a_ping_of_a_name_is_refused() -> None:
    provider, requests = create_scripted_account(200, load_body("one_recipient"))
    with pytest.raises(MessageInvalid):
        await provider.ping_phone("BANK", "desk-42")
    assert requests == []


async def test_the_check_names_no_recipient() -> None:
    missing = b'{"errors": [{"code": "destination_number", "title": "Missing", "detail": ""}]}'
    provider, requests = create_scripted_account(422, missing)
    assert "nothing was sent" in await provider.check_credentials()
    assert read_parameters(requests[0]) == []


@pytest.mark.parametrize(
    ("status", "content", "kind"),
    [
        (200, load_body("authentication"), CredentialsRefused),
        (200, b"<html>", UnreadableAnswer),
        (500, b"", Unavailable),
        (404, b"", Unavailable),
        (414, b"", MessageInvalid),
    ],
)
async def test_the_check_fails_with_the_reason(
    status: int, content: bytes, kind: type[ProviderError]
) -> None:
    provider, _ = create_scripted_account(status, content)
    with pytest.raises(kind):
        await provider.check_credentials()


async def test_unsupported_features_are_not_possible() -> None:
    provider, requests = create_scripted_account(200, b"{}")
    for call in (
        provider.look_up_message("1"),
        provider.cancel_message("1"),
        provider.fetch_replies(""),
        provider.confirm_replies(["1"]),
        provider.fetch_receipts(""),
        provider.confirm_receipts(["1"]),
        provider.fetch_receipts_by_id(["1"]),
        provider.fetch_balance(),
    ):
        with pytest.raises(NotPossible, match="SmartSwitch"):
            await call
    assert requests == []


async def test_its_capabilities_are_declared() -> None:
    provider: Provider = create_account(lambda _: httpx.Response(200), batch=3)
    abilities = provider.capabilities
    assert (abilities.replies, abilities.receipts) == (ReplyChannel.PUSH, ReceiptChannel.NONE)
    assert (abilities.batch, abilities.has_balance, abilities.can_ping) == (3, False, True)
    assert abilities.receipts_last_ms == 72 * HOUR
    await provider.aclose()


ECHO = json.dumps(
    {"errors": [{"code": SECRET, "title": f"/api/message?_password={SECRET}", "detail": SECRET}]}
).encode()


@pytest.mark.parametrize(
    ("status", "content"),
    [
        (200, load_body("one_recipient")),
        (200, ECHO),
        (500, ECHO),
        (302, ECHO),
        (200, b"<html>"),
        (200, make_data({**make_entry("desk-42"), "echo": f"_password={SECRET}"})),
    ],
)
async def test_the_password_reaches_neither_a_log_nor_an_error_nor_a_payload(
    status: int, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    headers = {"Location": f"https://elsewhere.example/?_password={SECRET}"}
    provider = create_account(lambda _: httpx.Response(status, content=content, headers=headers))
    seen = [repr(provider)]
    for call in (
        provider.send_messages([ANN]),
        provider.check_credentials(),
        provider.ping_phone("+12025550143", "m"),
    ):
        try:
            seen.append(repr(await call))
        except ProviderError as error:
            seen += [repr(error), error.detail, error.code, *traceback.format_exception(error)]
    assert "POST https://sms.example.net/api/message " in caplog.text
    for text in [*seen, caplog.text]:
        assert "w0rd" not in text


async def test_the_password_stays_out_of_the_error_of_a_broken_connection() -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadError(f"cut: {request.url}", request=request)

    with pytest.raises(Uncertain) as caught:
        await create_account(fail).send_messages([ANN])
    assert "w0rd" not in "".join(traceback.format_exception(caught.value))
