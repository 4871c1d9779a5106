"""MessageMedia's own words and codes, with what they mean to an agent.

The tables are the provider's documentation, not a promise: a word or a code that is not here is
kept as it came and moves no badge.
"""

from dataclasses import dataclass

from tui.domain.status import Status


@dataclass(frozen=True, slots=True)
class Word:
    """A status word of MessageMedia."""

    status: Status | None
    """None where the documentation lists the word and does not say what it means."""
    meaning: str


STATUSES: dict[str, Word] = {
    "queued": Word(Status.ACCEPTED, "MessageMedia has accepted the message"),
    "processing": Word(Status.ACCEPTED, "MessageMedia is working on the message"),
    "processed": Word(Status.ACCEPTED, "MessageMedia has worked on the message"),
    "scheduled": Word(Status.SCHEDULED, "The message waits at MessageMedia for its time"),
    "held": Word(Status.ACCEPTED, "MessageMedia holds the message back, probably to screen it"),
    "enroute": Word(Status.ACCEPTED, "MessageMedia has the message and is working on it"),
    "submitted": Word(Status.SUBMITTED, "The message was handed to a carrier"),
    "delivered": Word(Status.DELIVERED, "The carrier confirms the delivery"),
    "read": Word(Status.DELIVERED, "The customer has read the message"),
    "expired": Word(Status.EXPIRED, "The message ran out of time before it was delivered"),
    "rejected": Word(
        Status.REJECTED,
        "The message will not be delivered: usage limit, credit, a blocked number or its content",
    ),
    "failed": Word(Status.FAILED, "No route to the number, or the carrier could not deliver"),
    "cancelled": Word(Status.CANCELLED, "The message was cancelled before its time"),
    "undefined": Word(None, "MessageMedia does not say where the message is"),
    "undeliverable": Word(Status.FAILED, "The message cannot be delivered"),
}
"""Every documented status word (MessageMedia API, statuses), lower case."""

CODES: dict[str, str] = {
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
"""Codes that say that the customer must not be texted."""


def status_of(word: str) -> Status | None:
    """The desk's status for a provider's word; None for a word nobody documented."""
    known = STATUSES.get(word.strip().lower())
    return known.status if known else None


def reason_for(word: str, code: str) -> str:
    """Why a message is where it is: the code's meaning, or the word's where a message ended badly.

    Empty when neither is known.
    """
    if code in CODES:
        return CODES[code]
    known = STATUSES.get(word.strip().lower())
    return known.meaning if known and known.status and known.status.trouble else ""
