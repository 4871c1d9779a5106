"""Parse SerwerSMS's answers into domain values: sent messages, the account, incoming messages.

Incoming messages are of several types: ECO+, shared and own numbers, premium, MMS.
"""

import json
from typing import Any

from tui.clock import HOUR
from tui.domain.events import Balance, EventKind, Receipt, Reply, Unreadable
from tui.domain.status import Status
from tui.domain.text import repair_json
from tui.providers.errors import MessageInvalid, ProviderError, Uncertain, UnreadableAnswer
from tui.providers.masking import digest_parts
from tui.providers.protocol import SendAccepted, SendOutcome, SendRefused
from tui.providers.serwersms.attachments import join_text_parts, parse_attachments, remove_content
from tui.providers.serwersms.fields import (
    AccountContext,
    Item,
    read_count,
    read_flag,
    read_items,
    read_text,
)
from tui.providers.serwersms.refusals import find_advice, make_refusal
from tui.providers.serwersms.status_codes import (
    LIMIT_LABELS,
    LIMIT_VALUES,
    REASON_BLACKLISTED,
    REASON_MEANINGS,
    describe_code,
    map_status,
)
from tui.providers.serwersms.times import format_local_time, parse_local_time, parse_time

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


_NATIONAL_DIGITS = 9
_DATE_FIELDS = ("received", "recived")
"""The documentation spells it `recived`, the newest clients `received`."""


def parse_reply(
    item: Any, account: AccountContext, *, plain_ids_until: int = 0
) -> Reply | Unreadable:
    """Parse one incoming message. Source: SerwerSMS HTTPS API v2, incoming messages.

    Args:
        item: Entry of the list of messages, of any type.
        account: Time zone and secrets of the account.
        plain_ids_until: Messages up to this time (ms UTC) get an id without their sender.
    """
    if not isinstance(item, dict):
        return make_unreadable("a reply that is not an object", item, account)
    party = read_text(item, "phone").strip()
    if not party:
        return make_unreadable("a reply without the number it came from", item, account)
    if not _has_content(item):
        return make_unreadable("a reply without text, title or attachments", item, account)
    attachments = parse_attachments(item)
    received_at = parse_time(read_text(item, *_DATE_FIELDS), account.zone)
    names_sender = received_at is None or received_at > plain_ids_until
    return Reply(
        event_id=_make_event_id(item, party if names_sender else ""),
        party=party,
        text=read_text(item, "text") or join_text_parts(attachments),
        received_at=received_at,
        raw=account.format_raw(remove_content(item)),
        own=read_text(item, "to_number"),
        answered_id=read_text(item, "message_id"),
        attachments=attachments,
        subject=read_text(item, "title"),
        opted_out=read_flag(item, "blacklist"),
        party_name=_read_contact_name(item.get("contact")),
    )


def has_stable_id(item: Item) -> bool:
    """Return whether the item gets the same event id from polling and from a push.

    Args:
        item: Incoming message.
    """
    return (
        bool(read_text(item, "id")) and parse_local_time(read_text(item, *_DATE_FIELDS)) is not None
    )


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


def make_unreadable(
    problem: str, payload: Any, account: AccountContext, source: EventKind = EventKind.REPLY
) -> Unreadable:
    """Return an event for a payload that cannot be parsed.

    Args:
        problem: Description of the payload, as the rest of a sentence.
        payload: Payload as received, completely.
        account: Secrets of the account.
        source: Kind of the page that it was on.
    """
    raw = account.format_raw(payload)
    return Unreadable(
        event_id=digest_parts(raw),
        problem=f"SerwerSMS sent {problem}",
        raw=raw,
        can_confirm=False,
        source=source,
    )


def _has_content(item: Item) -> bool:
    """Return whether there is anything to show; a text that is empty or null still counts."""
    text = item.get("text", False)
    if text is None or (isinstance(text, str | int | float) and not isinstance(text, bool)):
        return True
    return bool(read_text(item, "title") or read_items(item, "attachments"))


def _read_contact_name(contact: Any) -> str:
    """Return the name of an entry of the address book (`show_contact`).

    Its form is not documented; the names are those of the address book's own calls.
    """
    if isinstance(contact, list):
        return next(filter(None, map(_read_contact_name, contact)), "")
    if not isinstance(contact, dict):
        return contact.strip() if isinstance(contact, str) else ""
    parts = [read_text(contact, name).strip() for name in ("first_name", "last_name")]
    person = " ".join(part for part in parts if part)
    return person or read_text(contact, "name", "company").strip()


def _make_event_id(item: Item, party: str) -> str:
    """Return the provider's id with second and sender, the same whether polled or pushed.

    Each type of message numbers its ids separately, and a pushed reply does not name its
    type. Two messages that share id, second and sender can only be told apart by content.

    Args:
        item: Incoming message.
        party: Sender; empty to leave it out.
    """
    identity = read_text(item, "id")
    date = read_text(item, *_DATE_FIELDS)
    wall = parse_local_time(date)
    if not identity:
        return digest_parts(read_text(item, "phone"), date, read_text(item, "text", "title"))
    key = f"{identity}@{format_local_time(wall) if wall else date}"
    return f"{key}/{_shorten_party(party)}" if party else key


def _shorten_party(party: str) -> str:
    """Return what is equal in all notations of a sender: a template may leave out the `+48`."""
    digits = "".join(character for character in party if character in "0123456789")
    is_number = len(digits) >= _NATIONAL_DIGITS and not any(map(str.isalpha, party))
    return digits[-_NATIONAL_DIGITS:] if is_number else "".join(party.split()).casefold()
