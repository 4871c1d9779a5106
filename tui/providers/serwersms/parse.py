"""Parse SerwerSMS's answers into domain values: sent messages, reports, the account."""

import json
from typing import Any

from tui.clock import HOUR
from tui.domain.events import Balance, EventKind, Receipt, Reply, Unreadable
from tui.domain.status import Status
from tui.domain.text import repair_json
from tui.providers.errors import MessageInvalid, ProviderError, Uncertain, UnreadableAnswer
from tui.providers.masking import digest_parts
from tui.providers.protocol import SendAccepted, SendOutcome, SendRefused
from tui.providers.serwersms.fields import (
    AccountContext,
    Item,
    read_count,
    read_flag,
    read_items,
    read_text,
)
from tui.providers.serwersms.incoming import make_unreadable, parse_reply
from tui.providers.serwersms.refusals import find_advice, make_refusal
from tui.providers.serwersms.status_codes import (
    LIMIT_LABELS,
    LIMIT_VALUES,
    REASON_BLACKLISTED,
    REASON_MEANINGS,
    describe_code,
    map_status,
)
from tui.providers.serwersms.times import parse_time

REPORTS_LAST_MS = 72 * HOUR
"""Period in ms after which a message that is still `sent` will not change any more."""
_EVENT_ID_FIELDS = ("id", "unique_id", "status", "reason", "queued", "sent", "delivered")
"""Fields that make up the event id of a report."""
_SHOWN_LIMITS = ("eco", "full", "mms")
"""Message types that are named in the balance."""
_SMS_LIMITS = ("eco", "full")
"""Message types that a text message can use up."""
_NO_OUTCOME = "SerwerSMS answered the send without saying whether the message was queued"
_UNSENT_WITHOUT_REASON = "SerwerSMS did not send the message and gave no reason"


def parse_outcome(body: Item, account: AccountContext, *, scheduled: bool) -> SendOutcome:
    """Return the outcome of one message that was sent with `details`.

    Source: SerwerSMS HTTPS API v2, sending SMS with the same content.

    Args:
        body: Parsed answer.
        account: Time zone and secrets of the account.
        scheduled: Whether the message was sent with a date.

    Raises:
        Uncertain: If the answer does not show whether the message was queued.
    """
    items = read_items(body) or []
    item = items[0] if items and isinstance(items[0], dict) else {}
    provider_status = read_text(item, "status").lower()
    if provider_status == "unsent" or (not provider_status and read_count(body, "unsent")):
        return SendRefused(_make_unsent_error(item))
    if provider_status == "queued" or read_count(body, "queued"):
        status = Status.SCHEDULED if scheduled else Status.ACCEPTED
        return _make_accepted(item, status, account.format_raw(item))
    if "success" in body and not read_flag(body, "success"):
        return SendRefused(MessageInvalid(_UNSENT_WITHOUT_REASON))
    raise Uncertain(_NO_OUTCOME, detail=account.format_raw(body)[:200])


def parse_report(item: Any, account: AccountContext, now: int) -> Receipt | None:
    """Parse one delivery report; None if it names no message.

    Source: SerwerSMS HTTPS API v2, delivery reports.

    Args:
        item: Entry of the list of reports, of any type.
        account: Time zone and secrets of the account.
        now: Current time in ms UTC.
    """
    if not isinstance(item, dict) or not read_text(item, "id", "unique_id"):
        return None
    provider_status = read_text(item, "status")
    status = map_status(provider_status, read_text(item, "reason"))
    at = parse_time(_choose_date(item, status), account.zone)
    ended = status is Status.SUBMITTED and at is not None and now - at > REPORTS_LAST_MS
    return Receipt(
        event_id=digest_parts(*(read_text(item, name) for name in _EVENT_ID_FIELDS), str(ended)),
        status=status,
        word=provider_status,
        at=at,
        raw=account.format_raw(item),
        provider_id=read_text(item, "id"),
        reference=read_text(item, "unique_id"),
        code=read_text(item, "reason", "error_code"),
        reason=_describe_reason(item),
        parts=read_count(item, "parts"),
        price=read_text(item, "cost"),
        opted_out=read_text(item, "reason") == REASON_BLACKLISTED,
        is_last_report=ended,
        advice=find_advice(
            provider_status, read_text(item, "reason"), read_count(item, "error_code")
        ),
    )


def parse_limits(body: Item) -> Balance:
    """Parse the messages left of each type. Source: SerwerSMS HTTPS API v2, account balance.

    Args:
        body: Parsed answer of `account/limits`.
    """
    items = read_items(body)
    if items is None:
        raise UnreadableAnswer("SerwerSMS reported the account's limits in an unknown form")
    left = {
        read_text(item, "type"): read_text(item, "value")
        for item in items
        if isinstance(item, dict) and read_text(item, "type")
    }
    account = body.get("account")
    kind = read_text(account, "type") if isinstance(account, dict) else ""
    return Balance(
        text=", ".join(
            _format_limit(name, value) for name, value in left.items() if name in _SHOWN_LIMITS
        ),
        amount=_find_lowest_limit(left),
        details=left | ({"account": kind} if kind else {}),
    )


def _make_accepted(item: Item, status: Status, raw: str) -> SendAccepted:
    """Return the outcome of a queued message."""
    return SendAccepted(
        provider_id=read_text(item, "id"),
        status=status,
        word=read_text(item, "status"),
        parts=read_count(item, "parts"),
        raw=raw,
    )


def _make_unsent_error(item: Item) -> ProviderError:
    """Return the error of a message that was not sent."""
    code = read_count(item, "error_code")
    return (
        make_refusal(code, read_text(item, "error_message"))
        if code
        else MessageInvalid(_UNSENT_WITHOUT_REASON)
    )


def _choose_date(item: Item, status: Status | None) -> str:
    """Return when the reported status began, as far as the report shows."""
    if status is None or status.is_final:
        return read_text(item, "delivered", "sent", "queued")
    return (
        read_text(item, "sent", "queued")
        if status is Status.SUBMITTED
        else read_text(item, "queued")
    )


def _describe_reason(item: Item) -> str:
    """Describe why a message failed; an undocumented reason is returned unchanged."""
    reason = read_text(item, "reason")
    if reason:
        return REASON_MEANINGS.get(reason, reason)
    return describe_code(read_count(item, "error_code")) or read_text(item, "error_message")


def _format_limit(name: str, value: str) -> str:
    """Return a message type with its remaining count."""
    return f"{LIMIT_LABELS.get(name, name)} {LIMIT_VALUES.get(value, value)}"


def _find_lowest_limit(left: dict[str, str]) -> float | None:
    """Return the lowest count that a text message can use up, or None without a count."""
    counts = [int(left[name]) for name in _SMS_LIMITS if _is_count(left.get(name, ""))]
    return float(min(counts)) if counts else None


def _is_count(value: str) -> bool:
    """Return whether a limit is a number and not a text such as `no_limit`."""
    return value.isascii() and value.isdigit() and len(value) < 15


def parse_item(
    kind: EventKind, text: str, account: AccountContext, now: int
) -> Reply | Receipt | Unreadable:
    """Parse one item of a polled page again.

    Args:
        kind: `REPLY` for an incoming message, `RECEIPT` for a report.
        text: The item as JSON text.
        account: Time zone and secrets of the account.
        now: Current time in ms UTC.
    """
    try:
        item = repair_json(json.loads(text))
    except (ValueError, RecursionError):
        return make_unreadable("an item that is not JSON", text, account, kind)
    if kind is EventKind.RECEIPT:
        return parse_report_item(item, account, now)
    return parse_reply(item, account)


def parse_report_item(item: Any, account: AccountContext, now: int) -> Receipt | Unreadable:
    """Parse one entry of a page of delivery reports.

    Args:
        item: Entry of the list of reports, of any type.
        account: Time zone and secrets of the account.
        now: Current time in ms UTC.
    """
    problem = "a report that names no message"
    return parse_report(item, account, now) or make_unreadable(
        problem, item, account, EventKind.RECEIPT
    )
