"""Map Messente's statuses and error codes to statuses, reasons and advice.

The two APIs share their statuses and the `err` of a receipt. They do not share the codes of
refused calls: Omnichannel's 103 is wrong credentials, the classic 103 a forbidden address.
"""

from enum import StrEnum

from tui.domain.message import Advice
from tui.domain.status import Status

STATUSES: dict[str, Status | None] = {
    "ACK": Status.SUBMITTED,
    "ACCEPTD": Status.SUBMITTED,
    "SENT": Status.SUBMITTED,
    "DELIVRD": Status.DELIVERED,
    "DELIVERED": Status.DELIVERED,
    "SEEN": Status.DELIVERED,
    "UNDELIV": Status.FAILED,
    "FAILED": Status.FAILED,
    "REJECTD": Status.REJECTED,
    "NACK": Status.REJECTED,
    "EXPIRED": Status.EXPIRED,
    "DELETED": Status.CANCELLED,
    "UNKNOWN": None,
}
"""Provider statuses of both APIs (Omnichannel API, status; classic API, `stat`, `status`)."""

STATUS_MEANINGS = {
    "ACK": "the operator has taken the message",
    "ACCEPTD": "the message is in the operator's queue",
    "SENT": "the message was handed on, delivery is not known yet",
    "DELIVRD": "delivered to the phone",
    "DELIVERED": "delivered to the phone",
    "SEEN": "read by the customer",
    "UNDELIV": "the message cannot be delivered to this number",
    "FAILED": "delivery failed",
    "REJECTD": "the operator rejected the message",
    "NACK": "the message was not accepted for delivery",
    "EXPIRED": "the time for delivery is over",
    "DELETED": "the message was removed from the delivery queue",
    "UNKNOWN": "the operator reported an unknown state",
}
"""Meaning of each provider status, as shown to an agent."""

ERR_EXPIRED, ERR_BLACKLISTED = 2, 8
"""The `err` values that decide something by themselves."""

ERR_MEANINGS = {
    1: "delivery failed: the phone may be switched off, or the number is invalid at the operator",
    2: "the time for delivery is over: the phone was not reachable",
    3: "the number is invalid",
    4: "the account could not be charged: it is out of credit",
    5: "no country or operator was found for the number, or it is malformed",
    6: "too many identical messages to this number: blocked for 60 minutes, change the text",
    7: "the sender name is not allowed or not verified",
    8: "the number is on a blacklist at Messente or its operator",
    9: "there is no route to this number",
    10: "the customer has seen the message",
    999: "a temporary general error: the message may be sent again",
}
"""Meaning of the `err` of a receipt, the same in both APIs; 0 means no error."""

_REJECTING_ERRS = frozenset({4, 6, 7, ERR_BLACKLISTED})
"""The `err` values that mean a rejection, whatever the provider status."""
_REFINED_BY_ERR = frozenset(
    {"UNDELIV", "FAILED", "REJECTD", "EXPIRED", "NACK", "DELETED", "UNKNOWN"}
)
"""Statuses that `err` makes more exact; it never overrides the others."""


def map_status(provider_status: str, err: int | None) -> Status | None:
    """Map a provider status and its `err` to a status.

    Args:
        provider_status: Provider status, in any case.
        err: The receipt's `err`; None if it has none.

    Returns:
        The status; None if the provider status says nothing new or is unknown.
    """
    provider_status = provider_status.upper()
    status = STATUSES.get(provider_status)
    if provider_status not in _REFINED_BY_ERR:
        return status
    if err in _REJECTING_ERRS:
        return Status.REJECTED
    if err == ERR_EXPIRED and status is not Status.REJECTED:
        return Status.EXPIRED
    return status


def describe_reason(provider_status: str, err: int | None, status: Status | None) -> str:
    """Describe why a message failed; empty if it has arrived or may still arrive.

    Args:
        provider_status: Provider status, in any case.
        err: The receipt's `err`; None if it has none.
        status: Status from `map_status`.
    """
    if status in (Status.SUBMITTED, Status.DELIVERED):
        return ""
    known = ERR_MEANINGS.get(err) if err else None
    return known or STATUS_MEANINGS.get(provider_status.upper(), "")


class ClassicCall(StrEnum):
    """Calls of the classic API, by the last part of their address."""

    SEND = "send_sms"
    REPORT = "get_dlr_response"
    CANCEL = "cancel_sms"
    BALANCE = "get_balance"


_COMMON_CODES = {
    "ERROR 101": "Messente does not accept the username or password of the API key",
    "ERROR 102": "Messente says that a field is wrong or missing",
    "ERROR 103": "This computer's IP address is not on the allow-list of the Messente API key",
    "FAILED 208": "Messente could not determine the account's credit just now",
    "FAILED 209": "Messente's server is in trouble just now",
}
"""Codes with the same meaning in every classic call."""
_UNKNOWN_MESSAGE_CODES = {"ERROR 107": "Messente knows no message with this id"}
CLASSIC_CODES: dict[ClassicCall, dict[str, str]] = {
    ClassicCall.SEND: {
        **_COMMON_CODES,
        "ERROR 104": "Messente finds no country for this number",
        "ERROR 105": "The number is malformed, or its country or area code does not exist",
        "ERROR 106": "Messente does not deliver to the country of this number",
        "ERROR 107": "Messente refuses the message, probably for lack of credit",
        "ERROR 108": "The number is on Messente's blacklist and must not be texted",
        "ERROR 111": "The sender is invalid or not activated for this Messente account",
    },
    ClassicCall.REPORT: {
        **_COMMON_CODES,
        **_UNKNOWN_MESSAGE_CODES,
        "FAILED 102": "Messente has no report yet",
    },
    ClassicCall.CANCEL: {**_COMMON_CODES, **_UNKNOWN_MESSAGE_CODES},
    ClassicCall.BALANCE: _COMMON_CODES,
}
"""Meaning of a refusal in each classic call: the same number differs from call to call."""

OMNICHANNEL_CODES = {
    "101": "Messente does not know this message",
    "102": "The Messente API key may not do this",
    "103": "Messente does not accept the username or password of the API key",
    "104": "Messente's server is in trouble just now",
    "105": "Messente refuses a value",
    "106": "Messente misses a value",
    "107": "Messente has no such call at this address",
}
"""Meaning of the `code` of an Omnichannel error object (Omnichannel API, errors)."""


ERR_ADVICE: dict[int, Advice] = {
    1: Advice.LATER,
    2: Advice.LATER,
    3: Advice.FIX_NUMBER,
    4: Advice.TOP_UP,
    5: Advice.FIX_NUMBER,
    6: Advice.FIX_TEXT,
    7: Advice.FIX_SENDER,
    8: Advice.STOP,
    9: Advice.OTHER_ACCOUNT,
    10: Advice.WAIT,
    999: Advice.RETRY,
}
"""Advice for the `err` of a receipt, the same in both APIs."""
STATUS_ADVICE: dict[str, Advice] = {
    "ACK": Advice.WAIT,
    "ACCEPTD": Advice.WAIT,
    "SENT": Advice.WAIT,
    "DELIVRD": Advice.WAIT,
    "DELIVERED": Advice.WAIT,
    "SEEN": Advice.WAIT,
    "UNDELIV": Advice.FIX_NUMBER,
    "FAILED": Advice.RETRY,
    "REJECTD": Advice.OTHER_ACCOUNT,
    "NACK": Advice.OTHER_ACCOUNT,
    "EXPIRED": Advice.LATER,
    "DELETED": Advice.WAIT,
    "UNKNOWN": Advice.WAIT,
}
"""Advice for a provider status, used when the receipt has no known `err`."""


def find_advice(provider_status: str, err: int | None) -> Advice:
    """Return the advice for the `err`, else for the status; `NONE` if neither is documented.

    Args:
        provider_status: Provider status, in any case.
        err: The receipt's `err`; None if it has none.
    """
    return (ERR_ADVICE.get(err) if err else None) or STATUS_ADVICE.get(
        provider_status.upper(), Advice.NONE
    )
