"""List the capabilities of each provider without importing its client.

Importing a client takes as long as drawing the first screen, and screens need the
capabilities before any network call. So the declarations stand here, and the clients refer
to them instead of declaring their own.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from tui.clock import DAY, HOUR
from tui.domain.capabilities import Capabilities, ReceiptChannel, ReplyChannel, SenderKind
from tui.domain.message import Format

MESSAGEMEDIA: Final = Capabilities(
    title="MessageMedia",
    replies=ReplyChannel.BOTH,
    receipts=ReceiptChannel.PAGE,
    must_confirm=True,
    batch=100,
    can_schedule=True,
    can_cancel=True,
    can_look_up=True,
    has_balance=True,
    formats=frozenset({Format.SMS, Format.MMS, Format.TTS}),
    max_characters=5_000,
    has_opt_out_signal=True,
    rewrite_note="the account's character converter may turn signs into plain ones",
    receipts_last_ms=45 * DAY,
)
MESSENTE: Final = Capabilities(
    title="Messente",
    replies=ReplyChannel.PUSH,
    receipts=ReceiptChannel.BY_ID,
    receipt_batch=4,
    can_schedule=True,
    can_cancel=True,
    can_look_up=True,
    has_balance=True,
    can_answer_default_sender=False,
    rewrite_note="Messente may replace letters (autoconvert)",
)
SERWERSMS: Final = Capabilities(
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
    rewrite_note="without a sender (ECO+) letters may be replaced",
    has_no_rewrite_with_sender=True,
    receipts_last_ms=72 * HOUR,
)
SMARTSWITCH: Final = Capabilities(
    title="SmartSwitch",
    replies=ReplyChannel.PUSH,
    receipts=ReceiptChannel.NONE,
    batch=10,
    can_ping=True,
    receipts_last_ms=72 * HOUR,
)
MESSAGEPORT: Final = Capabilities(
    title="MessagePort",
    replies=ReplyChannel.PUSH,
    receipts=ReceiptChannel.NONE,
    has_balance=True,
    senders=frozenset({SenderKind.NUMBER, SenderKind.NAME}),
    regions=frozenset({"61", "64"}),
    rewrite_note=("MessagePort promises only letters of the GSM alphabet"),
    has_whole_160_parts=True,
)
_BY_PROVIDER: Final = {
    "messagemedia": MESSAGEMEDIA,
    "messente": MESSENTE,
    "serwersms": SERWERSMS,
    "smartswitch": SMARTSWITCH,
    "messageport": MESSAGEPORT,
}
_CLASSIC_RECEIPTS_LAST_MS: Final = 48 * HOUR


def get_capabilities(provider: str, options: Mapping[str, Any]) -> Capabilities:
    """Return the capabilities of an account.

    Args:
        provider: Name of the provider in the settings; an unknown one raises `KeyError`.
        options: The account's settings by name; some change its capabilities.
    """
    found = _BY_PROVIDER[provider]
    # Messente's classic API forgets receipts earlier than the Omnichannel API.
    if found is MESSENTE and options.get("api") == "classic":
        return replace(found, receipts_last_ms=_CLASSIC_RECEIPTS_LAST_MS)
    return found
