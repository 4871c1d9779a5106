"""Test at every provider that no body makes a refused login look accepted."""

import json
from typing import Any

import httpx
import pytest

from tests.providers.wire import Wire
from tui.clock import ManualClock
from tui.providers.catalog import CATALOG
from tui.providers.errors import (
    AccountBlocked,
    CredentialsRefused,
    NotFound,
    ProviderError,
    Uncertain,
)
from tui.providers.protocol import Outgoing, Provider, SendRefused
from tui.providers.registry import open_provider

BODIES: dict[str, list[Any]] = {
    "messagemedia": [{"replies": []}, {"message": "Resource not found"}, [], "OK"],
    "messente": [
        {"errors": [{"code": code, "title": "t", "detail": "d", "source": None}]}
        for code in ("101", "104", "105", "106", "107", "999")
    ]
    + [{"errors": []}, {"statuses": []}, {"omnimessage_id": "x"}],
    "messente-classic": ["OK 12.50", "ERROR 107", "FAILED 102", "FAILED 209", "OK DELIVERED"],
    "serwersms": [
        {"error": {"code": code, "type": "t", "message": "m"}}
        for code in (1000, 1004, 1006, 2000, 2001, 3000, 9999)
    ]
    + [{"items": []}, {"success": True, "queued": 1}],
    "smartswitch": [
        {"errors": [{"code": "missing", "title": "No destination_number"}]},
        {"data": {"type": "message", "id": "1", "attributes": {"status": "ok"}}},
        {"errors": []},
    ],
    "messageport": [
        {"code": code, "errors": code, "message": "m"} for code in (400, 402, 405, 406, 409)
    ]
    + [{"code": 200, "errors": 0, "message": "", "credits": 5}],
}
CASES = [(name, body) for name, bodies in BODIES.items() for body in bodies]
MESSAGE = Outgoing("m1abcdefghi0", "+61491570156", "Your parcel is here")


def open_account(name: str, status: int, body: Any) -> Provider:
    """Return an account whose requests are all answered with this status and body."""
    provider, _, api = name.partition("-")
    content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    wire = Wire(httpx.Response(status, content=content))
    options = {"base_url": CATALOG[provider].base_url or "https://switch.test"}
    return open_provider(
        provider,
        {**options, "api_key": "u", "api_secret": "p", **({"api": api} if api else {})},
        ManualClock(),
        httpx.MockTransport(wire),
    )


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize(("name", "body"), CASES)
async def test_a_refused_login_is_never_an_accepted_one(name: str, body: Any, status: int) -> None:
    with pytest.raises(ProviderError):
        await open_account(name, status, body).check_credentials()


@pytest.mark.parametrize(("name", "body"), CASES)
async def test_after_a_401_no_message_counts_as_sent_or_wrong(name: str, body: Any) -> None:
    try:
        (outcome,) = await open_account(name, 401, body).send_messages([MESSAGE])
        assert isinstance(outcome, SendRefused)
        error = outcome.error
    except ProviderError as raised:
        error = raised
    assert isinstance(error, CredentialsRefused | AccountBlocked | Uncertain)


@pytest.mark.parametrize("status", [401, 403, 500, 503])
@pytest.mark.parametrize(
    ("name", "body"), [case for case in CASES if case[0].startswith(("messente", "serwersms"))]
)
async def test_a_refusal_never_says_that_a_message_is_unknown(
    name: str, body: Any, status: int
) -> None:
    provider = open_account(name, status, body)
    with pytest.raises(ProviderError) as caught:
        await provider.look_up_message("7c1f09ab52")
    # A documented code of SerwerSMS counts with every status but these two.
    if status in (401, 403) or name.startswith("messente"):
        assert not isinstance(caught.value, NotFound)


async def test_only_not_found_twice_proves_that_messente_accepts_the_key() -> None:
    body = {"errors": [{"code": "101", "title": "Not found", "detail": "", "source": None}]}
    assert "accepts" in await open_account("messente", 404, body).check_credentials()
    for status in (400, 401, 403, 405, 409, 418, 500):
        with pytest.raises(ProviderError):
            await open_account("messente", status, body).check_credentials()
    other = {"errors": [{"code": "103", "title": "Unauthorized", "detail": "", "source": None}]}
    with pytest.raises(ProviderError):
        await open_account("messente", 404, other).check_credentials()
