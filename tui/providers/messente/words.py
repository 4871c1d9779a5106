"""Messente's words and numbers, with what they mean for a message and for an agent.

The two APIs share their status words and the `err` of a receipt. They do not share the codes of
refused calls: Omnichannel's 103 is wrong credentials, the classic 103 a forbidden address.
"""

from enum import StrEnum

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
"""Every status word of both APIs (Omnichannel API, status; classic API, `stat` and `status`)."""

WORD_MEANINGS = {
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

EXPIRED, BLACKLISTED = 2, 8
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
"""The `err` of a receipt, the same in both APIs; 0 means no error."""

_REJECTING = frozenset({4, 6, 7, BLACKLISTED})
_OPEN_TO_ERR = frozenset({"UNDELIV", "FAILED", "REJECTD", "EXPIRED", "NACK", "DELETED", "UNKNOWN"})
"""Words that `err` makes more exact; the others say something that no error can take back."""


def status_of(word: str, err: int | None) -> Status | None:
    """The status for a word and its `err`; None when they say nothing new or are unknown."""
    word = word.upper()
    status = STATUSES.get(word)
    if word not in _OPEN_TO_ERR:
        return status
    if err in _REJECTING:
        return Status.REJECTED
    if err == EXPIRED and status is not Status.REJECTED:
        return Status.EXPIRED
    return status


def reason_of(word: str, err: int | None, status: Status | None) -> str:
    """Why a message has not arrived, in words for an agent; empty for good news and for none."""
    if status in (Status.SUBMITTED, Status.DELIVERED):
        return ""
    known = ERR_MEANINGS.get(err) if err else None
    return known or WORD_MEANINGS.get(word.upper(), "")


class Call(StrEnum):
    """The calls of the classic API that a desk makes."""

    SEND = "send_sms"
    REPORT = "get_dlr_response"
    CANCEL = "cancel_sms"
    BALANCE = "get_balance"


_ANY_CALL = {
    "ERROR 101": "Messente does not accept the username or password of the API key",
    "ERROR 102": "Messente says that a field is wrong or missing",
    "ERROR 103": "This computer's IP address is not on the allow-list of the Messente API key",
    "FAILED 208": "Messente could not determine the account's credit just now",
    "FAILED 209": "Messente's server is in trouble just now",
}
_NO_SUCH_MESSAGE = {"ERROR 107": "Messente knows no message with this id"}
CLASSIC_CODES: dict[Call, dict[str, str]] = {
    Call.SEND: {
        **_ANY_CALL,
        "ERROR 104": "Messente finds no country for this number",
        "ERROR 105": "The number is malformed, or its country or area code does not exist",
        "ERROR 106": "Messente does not deliver to the country of this number",
        "ERROR 107": "Messente refuses the message, probably for lack of credit",
        "ERROR 108": "The number is on Messente's blacklist and must not be texted",
        "ERROR 111": "The sender is invalid or not activated for this Messente account",
    },
    Call.REPORT: {**_ANY_CALL, **_NO_SUCH_MESSAGE, "FAILED 102": "Messente has no report yet"},
    Call.CANCEL: {**_ANY_CALL, **_NO_SUCH_MESSAGE},
    Call.BALANCE: _ANY_CALL,
}
"""What a refusal means at each classic call: the same number differs from call to call."""

OMNICHANNEL_CODES = {
    "101": "Messente does not know this message",
    "102": "The Messente API key may not do this",
    "103": "Messente does not accept the username or password of the API key",
    "104": "Messente's server is in trouble just now",
    "105": "Messente refuses a value",
    "106": "Messente misses a value",
    "107": "Messente does not offer this call at this address",
}
"""The `code` of an Omnichannel error object (Omnichannel API, errors)."""
