"""Parse MessageMedia's answers item by item, so that a bad item never hides the others."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from tui.domain.events import Balance, Event, EventKind, EventPage, Receipt, Reply, Unreadable
from tui.domain.message import Attachment
from tui.domain.status import Status
from tui.domain.text import one_line, repair_json
from tui.providers import errors
from tui.providers.answer import Answer
from tui.providers.messagemedia.fields import (
    can_confirm,
    digest_fields,
    digest_parts,
    find_reference,
    get_text,
    get_value,
    hide_callback_url,
    parse_time,
    to_stored_json,
)
from tui.providers.messagemedia.status_codes import (
    OPT_OUT_CODES,
    describe_reason,
    get_advice,
    map_status,
)
from tui.providers.protocol import SendAccepted

PAGE_SIZE = 100
"""Maximum number of items in an answer and of ids in a confirmation."""


_REPLY_ID_FIELDS = ("source_number", "date_received", "content", "message_id", "attachments")
_RECEIPT_ID_FIELDS = ("message_id", "status", "error_code", "submitted_date", "metadata")
_LONGEST_DETAIL = 200
_MOST_PARTS = 999
_RECEIPT = EventKind.RECEIPT


def parse_replies_page(body: Any) -> EventPage:
    """Return the page of replies in an answer; raise `UnreadableAnswer` if it has no list."""
    return _build_page(_get_items(body, "replies"), parse_reply)


def parse_receipts_page(body: Any) -> EventPage:
    """Return the page of delivery reports in an answer; raise as `parse_replies_page` does."""
    return _build_page(_get_items(body, "delivery_reports"), parse_receipt)


def parse_body(answer: Answer) -> Any:
    """Return the JSON of an answer; raise `UnreadableAnswer` without secrets if invalid."""
    try:
        return answer.parse_json()
    except errors.UnreadableAnswer as error:
        detail = hide_callback_url(answer.text)[:_LONGEST_DETAIL]
        raise errors.UnreadableAnswer(error.message, code=error.code, detail=detail) from None


def _get_items(body: Any, name: str) -> list[Any]:
    """Return the list in an answer; null means that no item is waiting."""
    if isinstance(body, dict) and name in body:
        items = body[name]
        if isinstance(items, list) or items is None:
            return items or []
    raise errors.UnreadableAnswer(
        f'MessageMedia answered without the list "{name}"',
        detail=to_stored_json(body)[:_LONGEST_DETAIL],
    )


def _build_page(items: list[Any], parse_item: Callable[[Any], Event]) -> EventPage:
    """Return a page of events; a full page that can be confirmed hides newer items."""
    events = tuple(parse_item(item) for item in items)
    # If no item can be confirmed, the same page would come again and again.
    can_continue = any(can_confirm(event.event_id) for event in events)
    return EventPage(events, has_more=len(items) >= PAGE_SIZE and can_continue)


def parse_reply(item: Any, *, attachments: tuple[Attachment, ...] = (), raw: str = "") -> Event:
    """Return a reply, or `Unreadable` with the reason. Unset fields may be absent or null.

    Args:
        item: JSON object of the reply.
        attachments: Files that came with it.
        raw: Text to store in place of the item, so that attachments are not stored twice.
    """
    event_id = get_text(item, "reply_id")
    raw = raw or to_stored_json(item)
    party, text = get_text(item, "source_number"), get_value(item, "content")
    if not party.strip():
        return make_unreadable(event_id, "a reply without a sender", raw)
    if text is not None and not isinstance(text, str):
        return make_unreadable(event_id, "a reply whose text is not a string", raw)
    return Reply(
        event_id=event_id or digest_fields(item, *_REPLY_ID_FIELDS),
        party=party,
        text=text or "",
        received_at=parse_time(get_value(item, "date_received")),
        raw=raw,
        own=get_text(item, "destination_number"),
        answered_id=get_text(item, "message_id"),
        reference=find_reference(item),
        attachments=attachments,
    )


def parse_receipt(item: Any) -> Event:
    """Return a delivery report, or `Unreadable` with the reason."""
    event_id = get_text(item, "delivery_report_id")
    word, raw = get_text(item, "status"), to_stored_json(item)
    code = _get_error_code(item)
    if not word and not code:
        return make_unreadable(event_id, "a delivery report without a status", raw, _RECEIPT)
    if not get_text(item, "message_id") and not find_reference(item):
        problem = "a delivery report that names no message"
        return make_unreadable(event_id, problem, raw, _RECEIPT)
    at = parse_time(get_value(item, "submitted_date"))
    return Receipt(
        event_id=event_id or digest_fields(item, *_RECEIPT_ID_FIELDS),
        status=map_status(word),
        word=word,
        at=at if at is not None else parse_time(get_value(item, "date_received")),
        raw=raw,
        provider_id=get_text(item, "message_id"),
        reference=find_reference(item),
        code=code,
        reason=describe_reason(word, code),
        parts=_parse_part_count(get_value(item, "billing_units")),
        opted_out=code in OPT_OUT_CODES,
        advice=get_advice(word, code),
    )


def parse_status(body: Any, provider_id: str) -> Receipt:
    """Return the answer to a status look-up, which has neither an id nor a time of its own.

    Args:
        body: JSON of the answer.
        provider_id: The provider's id of the message.
    """
    word = get_text(body, "status")
    if not word:
        raise errors.UnreadableAnswer(
            "MessageMedia answered without the message's status",
            detail=to_stored_json(body)[:_LONGEST_DETAIL],
        )
    return Receipt(
        event_id=digest_parts("look-up", provider_id, word),
        status=map_status(word),
        word=word,
        at=None,
        raw=to_stored_json(body),
        provider_id=provider_id,
        reference=find_reference(body),
        reason=describe_reason(word, ""),
        advice=get_advice(word, ""),
    )


def parse_send_answer(body: Any, references: Sequence[str]) -> list[SendAccepted | None]:
    """Return what the answer to a send says about each message; None where it says nothing.

    The answer has the order of the request; if an item names our reference, the reference
    decides. Raises as `parse_replies_page` does.

    Args:
        body: JSON of the answer.
        references: Our client references, in the order of the request.
    """
    items = _get_items(body, "messages")
    named = {find_reference(item): item for item in items if find_reference(item)}
    is_complete = len(items) == len(references)
    by_position = items if is_complete else [None] * len(references)
    return [
        _parse_accepted(named.get(reference, None if find_reference(item) else item))
        for reference, item in zip(references, by_position, strict=True)
    ]


def _parse_accepted(item: Any) -> SendAccepted | None:
    """Return one accepted message, or None if it has no id."""
    provider_id, word = get_text(item, "message_id"), get_text(item, "status")
    if not provider_id:
        return None
    return SendAccepted(
        provider_id, map_status(word) or Status.ACCEPTED, word, raw=to_stored_json(item)
    )


def parse_balance(body: Any) -> Balance:
    """Return the credits; their shape is not documented, so all values are stored as details."""
    values = list(_list_values(body, ""))
    numbers = [float(value) for _, value in values if _is_number(value)]
    return Balance(
        text=one_line(_format_balance(values)) or "unknown",
        # Among several numbers it is unknown which one is the balance.
        amount=numbers[0] if len(numbers) == 1 else None,
        details={name or "value": one_line(str(value)) for name, value in values},
    )


def _format_balance(values: list[tuple[str, Any]]) -> str:
    """Return `1,000 credits` for one number, `credits: 250, used: 3` for several values."""
    if len(values) == 1 and _is_number(values[0][1]):
        name, value = values[0]
        return f"{value:,} {name.removesuffix('s') if value == 1 else name}".rstrip()
    return ", ".join(f"{name}: {value}" if name else str(value) for name, value in values)


def _list_values(body: Any, name: str) -> list[tuple[str, Any]]:
    """Return the values of an object as (name, value), one level deep."""
    if not isinstance(body, dict):
        return [(name, body)]
    return [
        (key, value if isinstance(value, str | int | float) else to_stored_json(value))
        for key, value in body.items()
    ]


def _is_number(value: Any) -> bool:
    """Return whether a JSON value is a number that can be an amount."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15


def parse_item(kind: EventKind, text: str) -> Event:
    """Parse one item of a polled page again.

    Args:
        kind: `REPLY` for a reply, `RECEIPT` for a delivery report.
        text: The item as JSON text.
    """
    try:
        item = repair_json(json.loads(text))
    except (ValueError, RecursionError):
        return make_unreadable("", "an item that is not JSON", text, kind)
    return parse_receipt(item) if kind is _RECEIPT else parse_reply(item)


def make_unreadable(
    event_id: str, problem: str, raw: str, source: EventKind = EventKind.REPLY
) -> Unreadable:
    """Return an event for an item that cannot be read; it is confirmed if its id is known.

    Args:
        event_id: The provider's id of the item; empty if it cannot be read.
        problem: Why the item cannot be read.
        raw: The complete item as text, without secrets.
        source: Kind of the page that it was on.
    """
    return Unreadable(event_id or digest_parts(raw), problem, raw, bool(event_id), source)


def _get_error_code(item: Any) -> str:
    """Return the code of a report: a text by the documentation, a number in some templates."""
    value = get_value(item, "error_code")
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return str(value) if is_number else get_text(item, "error_code")


def _parse_part_count(value: Any) -> int:
    """Return the billing units; 0 if they are missing or not plausible."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value[:6])
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number and 0 < value <= _MOST_PARTS else 0
