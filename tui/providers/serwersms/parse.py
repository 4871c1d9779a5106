"""Answers of SerwerSMS about messages sent and the account, as domain values."""

from typing import Any

from tui.clock import HOUR
from tui.domain.events import Balance, Receipt
from tui.domain.status import Status
from tui.providers.errors import MessageInvalid, ProviderError, Uncertain, Unreadable
from tui.providers.masking import digest
from tui.providers.protocol import Accepted, Outcome, Refused
from tui.providers.serwersms.account import Account
from tui.providers.serwersms.advice import advice_for
from tui.providers.serwersms.fields import Item, count_of, flag_of, items_of, text_of
from tui.providers.serwersms.refusals import refusal
from tui.providers.serwersms.times import read_time
from tui.providers.serwersms.words import (
    BLACKLISTED,
    LIMIT_WORDS,
    LIMITS,
    REASONS,
    meaning,
    status_of,
)

REPORTS_LAST = 72 * HOUR
"""After this a message that is still `sent` will stay so."""
_DEFINING = ("id", "unique_id", "status", "reason", "queued", "sent", "delivered")
_SHOWN = ("eco", "full", "mms")
_SENDING = ("eco", "full")
_WITHOUT_NEWS = "SerwerSMS answered the send without saying whether the message was queued"
_UNSENT = "SerwerSMS did not send the message and gave no reason"


def read_outcome(body: Item, account: Account, *, scheduled: bool) -> Outcome:
    """What became of one message sent with `details`. Raises Uncertain when it cannot be told.

    Source: SerwerSMS HTTPS API v2, sending SMS with the same content.
    """
    items = items_of(body) or []
    item = items[0] if items and isinstance(items[0], dict) else {}
    word = text_of(item, "status").lower()
    if word == "unsent" or (not word and count_of(body, "unsent")):
        return Refused(_unsent(item))
    if word == "queued" or count_of(body, "queued"):
        status = Status.SCHEDULED if scheduled else Status.ACCEPTED
        return _accepted(item, status, account.raw(item))
    if "success" in body and not flag_of(body, "success"):
        return Refused(MessageInvalid(_UNSENT))
    raise Uncertain(_WITHOUT_NEWS, detail=account.raw(body)[:200])


def read_report(item: Any, account: Account, now: int) -> Receipt | None:
    """One delivery report; None for what names no message.

    Source: SerwerSMS HTTPS API v2, delivery reports.
    """
    if not isinstance(item, dict) or not text_of(item, "id", "unique_id"):
        return None
    word = text_of(item, "status")
    status = status_of(word, text_of(item, "reason"))
    at = read_time(_date(item, status), account.zone)
    ended = status is Status.SUBMITTED and at is not None and now - at > REPORTS_LAST
    return Receipt(
        event_id=digest(*(text_of(item, name) for name in _DEFINING), str(ended)),
        status=status,
        word=word,
        at=at,
        raw=account.raw(item),
        provider_id=text_of(item, "id"),
        reference=text_of(item, "unique_id"),
        code=text_of(item, "reason", "error_code"),
        reason=_reason(item),
        parts=count_of(item, "parts"),
        price=text_of(item, "cost"),
        opted_out=text_of(item, "reason") == BLACKLISTED,
        ends_reports=ended,
        advice=advice_for(word, text_of(item, "reason"), count_of(item, "error_code")),
    )


def read_limits(body: Item) -> Balance:
    """Messages left of each type. Source: SerwerSMS HTTPS API v2, account balance."""
    items = items_of(body)
    if items is None:
        raise Unreadable("SerwerSMS told the account's limits in an unknown form")
    left = {
        text_of(item, "type"): text_of(item, "value")
        for item in items
        if isinstance(item, dict) and text_of(item, "type")
    }
    account = body.get("account")
    kind = text_of(account, "type") if isinstance(account, dict) else ""
    return Balance(
        text=", ".join(_limit(name, value) for name, value in left.items() if name in _SHOWN),
        amount=_scarcest(left),
        details=left | ({"account": kind} if kind else {}),
    )


def _accepted(item: Item, status: Status, raw: str) -> Accepted:
    """The message is queued."""
    return Accepted(
        provider_id=text_of(item, "id"),
        status=status,
        word=text_of(item, "status"),
        parts=count_of(item, "parts"),
        raw=raw,
    )


def _unsent(item: Item) -> ProviderError:
    """The error of a message that was left unsent."""
    code = count_of(item, "error_code")
    return refusal(code, text_of(item, "error_message")) if code else MessageInvalid(_UNSENT)


def _date(item: Item, status: Status | None) -> str:
    """When the reported status began, as far as the report tells."""
    if status is None or status.final:
        return text_of(item, "delivered", "sent", "queued")
    return (
        text_of(item, "sent", "queued") if status is Status.SUBMITTED else text_of(item, "queued")
    )


def _reason(item: Item) -> str:
    """Why it failed, in words for an agent; the provider's own word when nobody documented it."""
    word = text_of(item, "reason")
    if word:
        return REASONS.get(word, word)
    return meaning(count_of(item, "error_code")) or text_of(item, "error_message")


def _limit(name: str, value: str) -> str:
    """One type with what is left of it."""
    return f"{LIMITS.get(name, name)} {LIMIT_WORDS.get(value, value)}"


def _scarcest(left: dict[str, str]) -> float | None:
    """The smaller of the counts that a text message can use up; None when neither is a count."""
    counts = [int(left[name]) for name in _SENDING if _is_count(left.get(name, ""))]
    return float(min(counts)) if counts else None


def _is_count(value: str) -> bool:
    """Whether a limit is a number and not a word."""
    return value.isascii() and value.isdigit() and len(value) < 15
