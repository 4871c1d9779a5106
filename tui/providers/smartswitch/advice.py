"""What SmartSwitch's message states advise (HTTP API, deliver delivery receipt)."""

from typing import Final

from tui.domain.message import Advice

STATE_ADVICE: Final = {
    "accepted": Advice.WAIT,
    "enroute": Advice.WAIT,
    "delivered": Advice.WAIT,
    "expired": Advice.LATER,
    "undeliverable": Advice.FIX_NUMBER,
    "rejected": Advice.OTHER_ACCOUNT,
    "unknown": Advice.WAIT,
}
"""Advice by `message_state` of a receipt (HTTP API, deliver delivery receipt)."""
