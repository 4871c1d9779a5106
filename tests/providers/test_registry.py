"""Test that every provider opens from plain options."""

from typing import Any

import pytest

from tui.clock import ManualClock
from tui.providers.catalog import CATALOG, get_capabilities
from tui.providers.protocol import Push
from tui.providers.registry import open_provider

KEY = {"base_url": "http://127.0.0.1:9", "api_key": "key", "api_secret": "secret"}
VARIANTS: list[tuple[str, dict[str, Any]]] = [
    *((name, {}) for name in CATALOG),
    ("messagemedia", {"auth": "hmac-sha256", "sub_account": "shop"}),
    ("messente", {"api": "classic"}),
    ("messente", {"api": "omnichannel", "inbound_secret": "s"}),
    ("serwersms", {"api_key": "", "api_secret": "", "api_token": "token"}),
    ("messageport", {"time_zone": "Pacific/Auckland"}),
]


@pytest.mark.parametrize(("provider", "options"), VARIANTS)
async def test_the_client_has_the_capabilities_of_the_catalog(
    provider: str, options: dict[str, Any], clock: ManualClock
) -> None:
    client = open_provider(provider, {**KEY, **options}, clock)
    assert get_capabilities(provider, options) == client.capabilities
    await client.aclose()


def test_an_unknown_provider_is_an_error(clock: ManualClock) -> None:
    with pytest.raises(KeyError):
        open_provider("carrier-pigeon", KEY, clock)
    with pytest.raises(KeyError):
        get_capabilities("carrier-pigeon", {})


async def test_a_smartswitch_parses_pushes_by_the_names_of_the_operator(clock: ManualClock) -> None:
    fields = {
        "receipt_fields": {"message_id": "id", "message_state": "state"},
        "reply_fields": {"body": "msg", "source_number": "from"},
    }
    client = open_provider("smartswitch", {**KEY, **fields}, clock)
    query = [("from", "12025550143"), ("msg", "Hello")]
    push = Push("GET", "/", "", query, {}, b"")
    (event,) = client.read_push(push).events
    assert getattr(event, "text", "") == "Hello"
    await client.aclose()
