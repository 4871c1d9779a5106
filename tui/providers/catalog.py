"""Hold every fact about a provider once, without importing its client.

The settings, the set-up form, the command line, the demo, the README and the clients read it
from here. Importing a client takes as long as drawing the first screen, so an entry only names
its client. A new provider is an entry here, a package beside this module and, if it has settings
of its own, a model in `tui.settings.accounts`.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from tui.clock import DAY, HOUR
from tui.domain.account import NeededSetting
from tui.domain.capabilities import Capabilities, ReceiptChannel, ReplyChannel, SenderKind
from tui.domain.message import Format
from tui.providers.catalog_entry import CatalogEntry, PanelEntry

_MESSAGEMEDIA_TEMPLATE: Final = (
    '{"reply_id":"$!moId","delivery_report_id":"$!drId","notification_id":"$!notificationId",'
    '"message_id":"$!mtId","source_number":"$!sourceAddress",'
    '"destination_number":"$!destinationAddress","content":"$esc.json($!moContent)",'
    '"date_received":"$!receivedTimestamp","submitted_date":"$!submittedTimestamp",'
    '"status":"$!status","error_code":"$!statusCode",'
    '"metadata":{"reference":"$!metadata.get(\'reference\')"}}'
)
MESSAGEMEDIA: Final = CatalogEntry(
    name="messagemedia",
    client="MessageMedia",
    capabilities=Capabilities(
        title="MessageMedia",
        replies=ReplyChannel.BOTH,
        receipts=ReceiptChannel.PAGE,
        must_confirm=True,
        batch=100,
        can_schedule=True,
        can_cancel=True,
        can_look_up=True,
        has_balance=True,
        can_set_validity=True,
        max_metadata=9,  # of 10; one holds our reference
        formats=frozenset({Format.SMS, Format.MMS, Format.TTS}),
        max_characters=5_000,
        has_opt_out_signal=True,
        # Destinations have 8 to 15 digits (MessageMedia API, `destination_number`).
        can_send_to_short_codes=False,
        rewrite_note="the account's character converter may replace characters",
        receipts_last_ms=45 * DAY,
    ),
    key_label="API key",
    secret_label="API secret",
    credentials_place="the API settings of the account's web portal",
    default_urls={"base_url": "https://api.messagemedia.com"},
    balance_unit="prepaid credits",
    signs_request_line=True,
    panel=(
        PanelEntry(
            place="a webhook of the account: method POST, encoding JSON, events RECEIVED_SMS, "
            "OPT_OUT_SMS and those that end in _DR",
            carries="replies and receipts",
            body=_MESSAGEMEDIA_TEMPLATE,
            note="Not required: everything is polled, and with `public_url` each message names "
            "its own callback address. If the account signs its webhooks, put the public key into "
            "`signature_key`.",
        ),
    ),
)
_MESSENTE_CAPABILITIES: Final = Capabilities(
    title="Messente",
    replies=ReplyChannel.PUSH,
    receipts=ReceiptChannel.BY_ID,
    receipt_batch=4,
    can_schedule=True,
    can_cancel=True,
    can_look_up=True,
    has_balance=True,
    # Receivers are numbers with their country code (Messente API, `to`).
    can_send_to_short_codes=False,
    can_set_validity=True,
    can_answer_default_sender=False,
    rewrite_note="Messente may replace characters (autoconvert)",
)
MESSENTE: Final = CatalogEntry(
    name="messente",
    client="Messente",
    capabilities=_MESSENTE_CAPABILITIES,
    # The classic API forgets receipts earlier than the Omnichannel API.
    capability_variants={
        ("api", "classic"): replace(_MESSENTE_CAPABILITIES, receipts_last_ms=48 * HOUR)
    },
    key_label="API username",
    secret_label="API password",
    credentials_place="the API keys in the dashboard; the login of the dashboard is another one",
    default_urls={
        "base_url": "https://api.messente.com",
        "classic_url": "https://api2.messente.com",
        "backup_url": "https://api3.messente.com",
    },
    balance_unit="euros",
    needed_settings=(
        NeededSetting(
            "inbound_secret",
            label="Shared secret of the inbound number",
            reason="Replies are signed with the shared secret of the inbound number.",
            fix="copy it from the dashboard, Inbound numbers, into inbound_secret",
            signs_replies=True,
        ),
    ),
    panel=(
        PanelEntry(
            place="Inbound numbers, callback URL of the number",
            carries="replies",
            address="{hook}/inbound",
            note="Put the shared secret that is shown there into `inbound_secret`. Receipts need "
            "no entry: each message names its own callback address.",
        ),
    ),
)
SERWERSMS: Final = CatalogEntry(
    name="serwersms",
    client="SerwerSms",
    capabilities=Capabilities(
        title="SerwerSMS",
        replies=ReplyChannel.BOTH,
        receipts=ReceiptChannel.BY_ID,
        receipt_batch=500,
        can_schedule=True,
        can_cancel=True,
        can_look_up=True,
        can_look_up_references=True,
        has_balance=True,
        max_characters=918,
        has_opt_out_signal=True,
        # It stands for a number of the provider (SerwerSMS, parameter `sender`).
        answerable_names=frozenset({"2waysms"}),
        rewrite_note="without a sender (ECO+) characters may be replaced",
        has_no_rewrite_with_sender=True,
        receipts_last_ms=72 * HOUR,
    ),
    key_label="API user",
    secret_label="Password",
    credentials_place="Interface settings, HTTPS API, Users; or API Tokens for `api_token`",
    default_urls={"base_url": "https://api2.serwersms.pl"},
    charset="windows-1250",
    country="PL",  # a number without a prefix is Polish (SerwerSMS, phone numbers)
    balance_unit="messages left",
    panel=(
        PanelEntry(
            place="Interface settings for ECO replies, and each ND keyword and NDI number",
            carries="replies",
            address="{hook}?wiadomosc=#WIADOMOSC#&numer=#NUMER#&data=#DATA#&id=#ID#",
            note="Not required: replies are polled. #ID# and #DATA# must not be left out: without "
            "them a pushed reply cannot be recognised when it is polled, and waits for that.",
        ),
        PanelEntry(
            place="delivery reports",
            carries="receipts",
            address="{hook}?smsid=#SMSID#&stan=#STAN#&data=#DATA#&przyczyna=#PRZYCZYNA#",
            note="Not required: with `public_url` each message names its own address.",
        ),
    ),
)
SMARTSWITCH: Final = CatalogEntry(
    name="smartswitch",
    client="open_smartswitch",
    capabilities=Capabilities(
        title="SmartSwitch",
        replies=ReplyChannel.PUSH,
        receipts=ReceiptChannel.NONE,
        batch=10,
        can_ping=True,
        receipts_last_ms=72 * HOUR,
    ),
    key_label="User name",
    secret_label="Password",
    credentials_place="the operator: the login of the personal account",
    needed_settings=(
        NeededSetting(
            "base_url",
            label="Address of your operator's API",
            reason="Every operator runs SmartSwitch on a server of its own.",
            fix="ask the operator for it and enter it as base_url",
        ),
    ),
    panel=(
        PanelEntry(
            place="Originator, Technologies, HTTP, Delivery receipt, URL (by the operator)",
            carries="receipts",
            body="message_id, message_state",
            note="Form, lines or JSON; other names go into `receipt_fields`.",
        ),
        PanelEntry(
            place="the operator's own template for messages to a customer",
            carries="replies",
            body="source_number, destination_number, body, message_id",
            note="The names are a convention of smsdesk, as the vendor documents none: form, lines "
            "or JSON; other names go into `reply_fields`. The answer is `message_id=<id>`.",
        ),
    ),
)
MESSAGEPORT: Final = CatalogEntry(
    name="messageport",
    client="MessagePort",
    capabilities=Capabilities(
        title="MessagePort",
        replies=ReplyChannel.PUSH,
        receipts=ReceiptChannel.NONE,
        has_balance=True,
        senders=frozenset({SenderKind.NUMBER, SenderKind.NAME}),
        regions=frozenset({"61", "64"}),
        rewrite_note="MessagePort guarantees only characters of the GSM alphabet",
        has_whole_160_parts=True,
    ),
    key_label="User name",
    secret_label="Password",
    credentials_place="Settings, API: the two halves of an API key",
    default_urls={"base_url": "https://messageport.com.au/rest/v1"},
    country="AU",  # it serves Australia and New Zealand, by Australian time
    balance_unit="credits",
    panel=(
        PanelEntry(
            place='Settings, API, "Handle Delivery Receipts & Replies", URL for replies',
            carries="replies",
            address="{hook}/reply",
        ),
        PanelEntry(
            place='Settings, API, "Handle Delivery Receipts & Replies", URL for receipts',
            carries="receipts",
            address="{hook}/receipt",
        ),
    ),
)
CATALOG: Final[Mapping[str, CatalogEntry]] = {
    entry.name: entry for entry in (MESSAGEMEDIA, MESSENTE, SERWERSMS, SMARTSWITCH, MESSAGEPORT)
}
"""Every provider by its name in the settings, in the order in which they are offered."""


def get_capabilities(provider: str, options: Mapping[str, Any]) -> Capabilities:
    """Return the capabilities of an account.

    Args:
        provider: Name of the provider in the settings; an unknown one raises `KeyError`.
        options: The account's settings by name; some change its capabilities.
    """
    entry = CATALOG[provider]
    for (name, value), capabilities in entry.capability_variants.items():
        if options.get(name) == value:
            return capabilities
    return entry.capabilities
