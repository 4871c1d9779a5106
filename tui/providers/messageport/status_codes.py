"""Map MessagePort's codes and receipts to statuses, meanings and advice."""

from typing import Final

from tui.domain.message import Advice
from tui.domain.status import Status
from tui.providers import catalog

TITLE: Final = catalog.MESSAGEPORT.title

ANSWER_MEANINGS: Final = {
    200: "MessagePort has taken the message",
    400: "MessagePort refused the message: a field is missing, wrong or unknown",
    402: "The MessagePort account has no credits left; the message was not sent",
    403: "MessagePort does not accept the account's API key: it is wrong or disabled",
    405: "MessagePort does not take this kind of call at this address",
    406: "The customer is on the account's opt-out list at MessagePort; nothing was sent",
    409: "MessagePort sends to Australian and New Zealand numbers only; nothing was sent",
}
"""The documented answers (REST response headers); the HTTP status and `code` agree."""

FIELD_NAMES: Final = {
    "number": "to",
    "message": "text",
    "senderid": "sender",
    "reference": "reference",
}
"""Our field names by the four fields of the form."""

RECEIPT_STATUSES: Final = {"DELIVERED": Status.DELIVERED, "FAILED": Status.FAILED}
"""Status by `description` of a receipt; both are final, and no others are sent."""

RECEIPT_REASONS: Final = {"FAILED": "The message was not delivered; MessagePort gives no reason"}


RECEIPT_ADVICE: Final = {"DELIVERED": Advice.WAIT, "FAILED": Advice.RETRY}
"""Advice by `description` of a receipt; a failure comes without any reason."""
