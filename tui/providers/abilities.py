"""What each provider can do, known without its client: for screens that show before any network.

Importing a client takes as long as drawing the first screen, so these declarations stand apart
from the clients, which declare nothing else.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from tui.clock import DAY, HOUR
from tui.domain.capabilities import Capabilities, Channel, ReceiptChannel, SenderKind
from tui.domain.message import Format

MESSAGEMEDIA: Final = Capabilities(
    title="MessageMedia",
    replies=Channel.BOTH,
    receipts=ReceiptChannel.PAGE,
    confirm=True,
    batch=100,
    schedule=True,
    cancel=True,
    look_up=True,
    balance=True,
    formats=frozenset({Format.SMS, Format.MMS, Format.TTS}),
    longest=5_000,
    opt_out_signal=True,
    rewrites="the account's character converter may turn signs into plain ones",
    receipts_last_ms=45 * DAY,
)
MESSENTE: Final = Capabilities(
    title="Messente",
    replies=Channel.PUSH,
    receipts=ReceiptChannel.ASK,
    ask_batch=4,
    schedule=True,
    cancel=True,
    look_up=True,
    balance=True,
    default_sender_answerable=False,
    rewrites="Messente may replace letters (autoconvert)",
)
SERWERSMS: Final = Capabilities(
    title="SerwerSMS",
    replies=Channel.BOTH,
    receipts=ReceiptChannel.ASK,
    ask_batch=500,
    schedule=True,
    cancel=True,
    look_up=True,
    finds_references=True,
    balance=True,
    longest=918,
    opt_out_signal=True,
    rewrites="without a sender (ECO+) letters may be replaced",
    keeps_texts_with_sender=True,
    receipts_last_ms=72 * HOUR,
)
SMARTSWITCH: Final = Capabilities(
    title="SmartSwitch",
    replies=Channel.PUSH,
    receipts=ReceiptChannel.NONE,
    batch=10,
    ping=True,
    receipts_last_ms=72 * HOUR,
)
MESSAGEPORT: Final = Capabilities(
    title="MessagePort",
    replies=Channel.PUSH,
    receipts=ReceiptChannel.NONE,
    balance=True,
    senders=frozenset({SenderKind.NUMBER, SenderKind.NAME}),
    regions=frozenset({"61", "64"}),
    rewrites=("MessagePort promises only letters of the GSM alphabet"),
    whole_160_parts=True,
)
_BY_PROVIDER: Final = {
    "messagemedia": MESSAGEMEDIA,
    "messente": MESSENTE,
    "serwersms": SERWERSMS,
    "smartswitch": SMARTSWITCH,
    "messageport": MESSAGEPORT,
}
_CLASSIC_REPORTS_LAST: Final = 48 * HOUR


def capabilities_of(provider: str, options: Mapping[str, Any]) -> Capabilities:
    """What an account of `provider` with these options can do; `KeyError` for an unknown one."""
    found = _BY_PROVIDER[provider]
    if found is MESSENTE and options.get("api") == "classic":
        return replace(found, receipts_last_ms=_CLASSIC_REPORTS_LAST)
    return found
