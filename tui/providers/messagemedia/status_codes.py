"""Map MessageMedia's status words and codes to statuses, meanings and advice.

The tables follow the provider's documentation, which is not a promise: an unknown status
word or code is stored as it came and changes no status.
"""

from tui.domain.message import Advice
from tui.domain.record_type import record
from tui.domain.status import Status


@record
class StatusMeaning:
    """Meaning of a status word of MessageMedia."""

    status: Status | None
    """None if the documentation lists the status word without explaining it."""
    meaning: str


STATUS_MEANINGS: dict[str, StatusMeaning] = {
    "queued": StatusMeaning(Status.ACCEPTED, "MessageMedia has accepted the message"),
    "processing": StatusMeaning(Status.ACCEPTED, "MessageMedia is working on the message"),
    "processed": StatusMeaning(Status.ACCEPTED, "MessageMedia has worked on the message"),
    "scheduled": StatusMeaning(Status.SCHEDULED, "The message waits at MessageMedia for its time"),
    "held": StatusMeaning(
        Status.ACCEPTED, "MessageMedia holds the message back, probably to screen it"
    ),
    "enroute": StatusMeaning(Status.ACCEPTED, "MessageMedia has the message and is working on it"),
    "submitted": StatusMeaning(Status.SUBMITTED, "The message was handed to a carrier"),
    "delivered": StatusMeaning(Status.DELIVERED, "The carrier confirms the delivery"),
    "read": StatusMeaning(Status.DELIVERED, "The customer has read the message"),
    "expired": StatusMeaning(Status.EXPIRED, "The message ran out of time before it was delivered"),
    "rejected": StatusMeaning(
        Status.REJECTED,
        "The message will not be delivered: usage limit, credit, a blocked number or its content",
    ),
    "failed": StatusMeaning(
        Status.FAILED, "No route to the number, or the carrier could not deliver"
    ),
    "cancelled": StatusMeaning(Status.CANCELLED, "The message was cancelled before its time"),
    "undefined": StatusMeaning(None, "MessageMedia does not say where the message is"),
    "undeliverable": StatusMeaning(Status.FAILED, "The message cannot be delivered"),
}
"""Every documented status word (MessageMedia API, statuses), in lower case."""

CODE_MEANINGS: dict[str, str] = {
    "101": "MessageMedia is working on the message",
    "102": "The first carrier failed; MessageMedia is trying another",
    "151": "MessageMedia holds the message back to screen it",
    "200": "The message was handed to a carrier",
    "210": "The carrier has accepted the message",
    "211": "The carrier is delivering the message",
    "212": "The carrier has the message; its delivery is pending",
    "213": "The carrier has scheduled the message",
    "220": "The message was delivered",
    "221": "The message was delivered to the handset",
    "301": "The account's usage limit is reached; the message was discarded",
    "302": "The number is blocked: the customer has opted out; the message was discarded",
    "303": "The sender is blocked; the message was discarded",
    "304": "MessageMedia dropped the message; its support can say why",
    "305": "The same text went to this number within a day; the repeat was discarded",
    "320": "The message ran out of time before it reached a carrier",
    "330": "MessageMedia's gateway failed",
    "331": "MessageMedia discarded the message",
    "332": "There is no route to this number",
    "333": "This sender does not work for this number",
    "400": "The message cannot be delivered",
    "401": "The message ran out of time before it was delivered",
    "402": "The carrier rejected the message",
    "403": "The carrier skipped the message",
    "405": "The carrier cancelled or deleted the message",
    "410": "The sender is not valid",
    "411": "The number is not valid",
    "412": "The carrier blocks this number",
    "413": "This number cannot receive SMS",
    "414": "The number cannot be reached",
}
"""Every documented code of a delivery report (MessageMedia API, error codes)."""

OPT_OUT_CODES = frozenset({"302", "412"})
"""Codes that mean that the customer must not be texted."""


def map_status(word: str) -> Status | None:
    """Return the status for a provider's status word, or None for an undocumented one."""
    known = STATUS_MEANINGS.get(word.strip().lower())
    return known.status if known else None


def describe_reason(word: str, code: str) -> str:
    """Return the meaning of the code, or of the status word of a message in trouble.

    Empty if neither is known.

    Args:
        word: The provider's status word.
        code: Code of the delivery report; empty without one.
    """
    if code in CODE_MEANINGS:
        return CODE_MEANINGS[code]
    known = STATUS_MEANINGS.get(word.strip().lower())
    return known.meaning if known and known.status and known.status.is_problem else ""


ADVICE_BY_CODE: dict[str, Advice] = {
    "101": Advice.WAIT,
    "102": Advice.WAIT,
    "151": Advice.WAIT,
    "200": Advice.WAIT,
    "210": Advice.WAIT,
    "211": Advice.WAIT,
    "212": Advice.WAIT,
    "213": Advice.WAIT,
    "220": Advice.WAIT,
    "221": Advice.WAIT,
    "301": Advice.TOP_UP,
    "302": Advice.STOP,
    "303": Advice.FIX_SENDER,
    "304": Advice.ASK_PROVIDER,
    "305": Advice.FIX_TEXT,
    "320": Advice.RETRY,
    "330": Advice.RETRY,
    "331": Advice.OTHER_ACCOUNT,
    "332": Advice.OTHER_ACCOUNT,
    "333": Advice.FIX_SENDER,
    "400": Advice.OTHER_ACCOUNT,
    "401": Advice.LATER,
    "402": Advice.OTHER_ACCOUNT,
    "403": Advice.OTHER_ACCOUNT,
    "405": Advice.OTHER_ACCOUNT,
    "410": Advice.FIX_SENDER,
    "411": Advice.FIX_NUMBER,
    "412": Advice.STOP,
    "413": Advice.FIX_NUMBER,
    "414": Advice.LATER,
}
"""Advice for each code of a delivery report (MessageMedia API, error codes)."""
_ADVICE_BY_STATUS: dict[str, Advice] = {
    "expired": Advice.LATER,
    "rejected": Advice.ASK_PROVIDER,
    "failed": Advice.OTHER_ACCOUNT,
    "undeliverable": Advice.OTHER_ACCOUNT,
    "held": Advice.WAIT,
}


def get_advice(word: str, code: str) -> Advice:
    """Return the advice for a code, else for a status word; `NONE` if neither adds anything.

    Args:
        word: The provider's status word.
        code: Code of the delivery report; empty without one.
    """
    return ADVICE_BY_CODE.get(code) or _ADVICE_BY_STATUS.get(word.strip().lower(), Advice.NONE)
