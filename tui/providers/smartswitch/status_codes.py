"""Map SmartSwitch's states and codes to statuses, meanings and advice."""

from typing import Final

from tui.domain.message import Advice
from tui.domain.status import Status
from tui.providers import catalog

TITLE: Final = catalog.SMARTSWITCH.title

MESSAGE_STATES: Final[dict[str, Status | None]] = {
    "accepted": Status.SUBMITTED,
    "enroute": Status.SUBMITTED,
    "delivered": Status.DELIVERED,
    "expired": Status.EXPIRED,
    "undeliverable": Status.FAILED,
    "rejected": Status.REJECTED,
    "unknown": None,
}
"""Status by `message_state` of a receipt (HTTP API, deliver delivery receipt).

`unknown` changes nothing.
"""

STATE_MEANINGS: Final = {
    "accepted": "The network has taken the message",
    "enroute": "The message is on its way to the phone",
    "delivered": "The message reached the phone",
    "expired": "The phone was out of reach until the message's time ran out",
    "undeliverable": "The network cannot deliver to this number",
    "rejected": "The network refused the message",
    "unknown": "The network does not know whether the message was delivered",
}

ENTRY_STATUSES: Final = {
    "ok": "The switch has sent the message on and charged it",
    "error": "The switch did not send the message and did not charge it; it gives no reason",
}
"""Meaning of `attributes.status` in the answer to a send (HTTP API message)."""

ERROR_CODES: Final = {
    "authentication": "SmartSwitch does not accept the account's login and password",
}
"""The only documented `code`; any other is stored as it came."""


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
