"""Test that the provider catalog is complete, agrees with the settings and has working texts."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import pytest
from pydantic import ValidationError

from tests.providers.test_messente_push import VECTOR, VECTOR_SIGNATURE
from tui.clock import ManualClock
from tui.domain import ids
from tui.domain.account import ProviderInfo
from tui.domain.capabilities import Capabilities, ReceiptChannel, ReplyChannel
from tui.domain.events import Event, OptOut, Receipt, Reply
from tui.domain.status import Status
from tui.providers.catalog import (
    CATALOG,
    MESSAGEMEDIA,
    MESSAGEPORT,
    MESSENTE,
    SERWERSMS,
    SMARTSWITCH,
)
from tui.providers.catalog_entry import HOOK_PATH, CatalogEntry, PanelEntry
from tui.providers.protocol import Push
from tui.providers.registry import open_provider
from tui.providers.serwersms import PushNames
from tui.sandbox.messagemedia.template import fill_template
from tui.settings.accounts import ACCOUNT_MODELS, build_account_models

HOOK = "https://desk.test" + HOOK_PATH.format(account="au", secret="sandbox-hook")
REFERENCE = ids.to_reference(ids.smallest_id_at(1_762_232_400_000))
KEY = {"base_url": "http://127.0.0.1:9", "api_key": "key", "api_secret": "secret"}
ENTRIES = pytest.mark.parametrize("entry", CATALOG.values(), ids=CATALOG)


async def read_push(
    entry: CatalogEntry,
    address: str,
    body: bytes = b"",
    headers: dict[str, str] | None = None,
    **options: str,
) -> Event:
    """Return the one event that the provider's parser finds in a request to this address."""
    parts = urlsplit(address)
    push = Push(
        "POST" if body else "GET",
        f"{parts.path}?{parts.query}",
        parts.path.removeprefix(urlsplit(HOOK).path).strip("/"),
        parse_qsl(parts.query, keep_blank_values=True),
        headers or {},
        body,
    )
    client = open_provider(entry.name, {**KEY, **options}, ManualClock())
    (event,) = client.read_push(push).events
    await client.aclose()
    return event


def find_panel(entry: CatalogEntry, carries: str) -> PanelEntry:
    """Return what to enter for replies or for receipts."""
    return next(panel for panel in entry.panel if carries in panel.carries)


def build_form(names: str, values: dict[str, str]) -> bytes:
    """Return a form with exactly the fields that the catalogue names."""
    return urlencode({name: values[name] for name in names.split(", ")}).encode()


def test_settings_and_catalog_have_the_same_providers() -> None:
    assert list(ACCOUNT_MODELS) == list(CATALOG)


@ENTRIES
def test_settings_and_catalog_have_the_same_default_addresses(entry: CatalogEntry) -> None:
    field = ACCOUNT_MODELS[entry.name].model_fields["base_url"]
    assert field.get_default() == entry.base_url or (field.is_required() and not entry.base_url)
    assert set(entry.default_urls) <= set(ACCOUNT_MODELS[entry.name].model_fields)


@ENTRIES
def test_required_settings_exist_and_include_an_address_without_default(
    entry: CatalogEntry,
) -> None:
    needed = {setting.name for setting in entry.needed_settings}
    assert needed <= set(ACCOUNT_MODELS[entry.name].model_fields)
    assert ("base_url" in needed) is (entry.base_url == "")


@ENTRIES
def test_settings_that_change_capabilities_exist(entry: CatalogEntry) -> None:
    model = ACCOUNT_MODELS[entry.name]
    values = {"provider": entry.name, **KEY}
    for (name, value), capabilities in entry.capability_variants.items():
        assert getattr(model.model_validate({**values, name: value}), name) == value
        assert capabilities != entry.capabilities


@ENTRIES
def test_a_provider_with_a_balance_names_its_unit(entry: CatalogEntry) -> None:
    assert bool(entry.balance_unit) is entry.capabilities.has_balance


@ENTRIES
def test_pushed_replies_need_an_entry_in_the_panel(entry: CatalogEntry) -> None:
    assert entry.capabilities.replies.is_pushed
    assert find_panel(entry, "replies").build_address(HOOK).startswith(HOOK)


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"reply_id": "r-1", "content": 'say "yes"', "source_number": "+61491570156"}, Reply),
        ({"delivery_report_id": "d-1", "status": "delivered", "message_id": "m-1"}, Receipt),
        ({"notification_id": "n-1", "source_number": "+61491570156"}, OptOut),
    ],
)
async def test_the_template_of_messagemedia_is_parsed(
    fields: dict[str, str], kind: type[Event]
) -> None:
    panel = find_panel(MESSAGEMEDIA, "replies and receipts")
    values = {
        **fields,
        "date_received": "2026-03-04T10:11:12.000Z",
        "metadata": {"reference": REFERENCE},
    }
    body = fill_template(panel.body, values).encode()
    assert json.loads(body)
    event = await read_push(MESSAGEMEDIA, panel.build_address(HOOK), body)
    assert type(event) is kind
    if isinstance(event, Reply):
        assert (event.event_id, event.text, event.party) == ("r-1", 'say "yes"', "+61491570156")
    if isinstance(event, Receipt):
        assert (event.event_id, event.status) == ("d-1", Status.DELIVERED)
    if isinstance(event, Reply | Receipt):
        assert event.reference == REFERENCE


async def test_replies_of_messente_are_parsed_with_the_required_secret() -> None:
    (secret,) = (need.name for need in MESSENTE.needed_settings if need.signs_replies)
    event = await read_push(
        MESSENTE,
        find_panel(MESSENTE, "replies").build_address(HOOK),
        VECTOR,
        {"x-messente-signature": VECTOR_SIGNATURE},
        **{secret: "inbound-shared-secret"},
    )
    assert isinstance(event, Reply) and event.text == "Still no parcel"


async def test_the_templates_of_serwersms_are_parsed() -> None:
    macros = {
        "#WIADOMOSC#": "Będę o 16",
        "#NUMER#": "+48500600700",
        "#DATA#": "2026-03-04 09:15:07",
        "#ID#": "4810233",
        "#SMSID#": "eba39e4fe1",
        "#STAN#": "DELIVRD",
        "#PRZYCZYNA#": "",
    }

    def fill(address: str) -> str:
        """Replace the macros as the provider does."""
        for macro, value in macros.items():
            address = address.replace(macro, quote(value))
        assert "#" not in address
        return address

    reply = await read_push(SERWERSMS, fill(find_panel(SERWERSMS, "replies").build_address(HOOK)))
    assert isinstance(reply, Reply)
    assert (reply.text, reply.party) == ("Będę o 16", "+48500600700")
    report = find_panel(SERWERSMS, "receipts").build_address(HOOK)
    receipt = await read_push(SERWERSMS, fill(report))
    assert isinstance(receipt, Receipt)
    assert (receipt.provider_id, receipt.status) == ("eba39e4fe1", Status.DELIVERED)
    assert report == PushNames().build_report_url(HOOK)


@pytest.mark.parametrize(
    ("entry", "reply_fields", "receipt_fields"),
    [
        (SMARTSWITCH, find_panel(SMARTSWITCH, "replies").body, "message_id, message_state"),
        (MESSAGEPORT, "number, message, reference", "reference, description"),
    ],
    ids=["smartswitch", "messageport"],
)
async def test_forms_of_push_only_providers_are_parsed(
    entry: CatalogEntry, reply_fields: str, receipt_fields: str
) -> None:
    values = {
        **dict.fromkeys(("source_number", "number"), "12025550143"),
        **dict.fromkeys(("body", "message"), "Yes please"),
        **{"destination_number": "77000", "message_id": "in-9", "reference": "m-1"},
        **{"message_state": "delivered", "description": "DELIVERED"},
    }
    headers = {"content-type": "application/x-www-form-urlencoded"}
    address = find_panel(entry, "replies").build_address(HOOK)
    reply = await read_push(entry, address, build_form(reply_fields, values), headers)
    assert isinstance(reply, Reply) and reply.text == "Yes please"
    address = find_panel(entry, "receipts").build_address(HOOK)
    receipt = await read_push(entry, address, build_form(receipt_fields, values), headers)
    assert isinstance(receipt, Receipt) and receipt.status is Status.DELIVERED


@pytest.mark.parametrize("urls", [{"base_url": "https://api.pigeon.test"}, {}])
def test_a_provider_without_own_settings_needs_no_model(urls: dict[str, str]) -> None:
    info = ProviderInfo(
        name="pigeon",
        capabilities=Capabilities("Pigeon", ReplyChannel.POLL, ReceiptChannel.NONE),
        key_label="Loft",
        secret_label="Ring",
        default_urls=urls,
    )
    models = build_account_models({**CATALOG, "pigeon": info})
    assert list(models) == [*CATALOG, "pigeon"]
    given: dict[str, Any] = {"provider": "pigeon", "api_key": "k", "api_secret": "s"}
    if urls:
        assert models["pigeon"].model_validate(given).base_url == info.base_url
    else:
        with pytest.raises(ValidationError, match="base_url"):
            models["pigeon"].model_validate(given)
    with pytest.raises(ValidationError, match="provider"):
        models["pigeon"].model_validate({**given, "provider": "messente"})


def test_the_catalog_imports_no_network_module() -> None:
    code = (
        "import sys\n"
        "from tui.providers.catalog import CATALOG, get_capabilities\n"
        "[get_capabilities(name, {}) for name in CATALOG]\n"
        "print(*sys.modules)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    modules = set(ran.stdout.split())
    assert not {"httpx", "asyncio", "pydantic"} & modules
    assert not {f"tui.providers.{name}" for name in CATALOG} & modules
