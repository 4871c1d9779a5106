"""Turn what providers report into rows of the table `events`, whatever it contains.

Events become rows before anything is written, so that a bad item cannot stop the others.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from tui.domain.arrivals import Arrival, Channel, HeldReason
from tui.domain.events import Cause, CopyKind, Event, EventKind, Receipt, Reply, Unreadable
from tui.domain.ids import to_reference
from tui.domain.message import Advice
from tui.domain.record_type import record
from tui.domain.status import Status
from tui.domain.text import repair_text

_INTEGER_LIMIT = 1 << 63
"""Smallest positive number that an SQLite column cannot store."""
_MAX_PROBLEM_LENGTH = 500


@record
class EventRow:
    """Row of `events` before it is written."""

    kind: str
    event_id: str
    at: int | None = None
    status: Status | None = None
    word: str = ""
    code: str = ""
    reason: str = ""
    raw: str = ""
    provider_id: str = ""
    reference: str = ""
    parts: int = 0
    price: str = ""
    opted_out: bool = False
    advice: Advice = Advice.NONE
    own: str | None = None
    """Our address that the customer wrote to; None if it does not matter."""
    digest: str = ""
    """Digest of the content, which differs if two payloads have the same id."""
    copy: CopyKind = CopyKind.FIRST


def to_storable_time(at: int | None) -> int | None:
    """Return the provider's time unchanged, or None if no column can store it."""
    return None if at is None or not -_INTEGER_LIMIT <= at < _INTEGER_LIMIT else at


def parse_event_row(row: Any) -> EventRow:
    """Return a stored receipt in its original form."""
    return EventRow(
        kind=row["kind"],
        event_id=row["event_id"],
        at=row["at"],
        status=Status(row["status"]) if row["status"] else None,
        word=row["word"],
        code=row["code"],
        reason=row["reason"],
        raw=row["raw"],
        parts=row["parts"],
        price=row["price"],
        opted_out=bool(row["opted_out"]),
        advice=Advice(row["advice"]),
    )


def build_polled_arrival(item: Unreadable) -> Arrival:
    """Return an unusable item of a polled page as it is held, whatever its fields contain."""
    return Arrival(
        Channel.POLL,
        _to_text(item.raw).encode("utf-8"),
        source=item.source,
        tail=_to_text(item.event_id),
        headers={"content-type": "application/json; charset=utf-8"},
    )


def build_held_reason(items: Sequence[Unreadable]) -> HeldReason | None:
    """Return why the items of one arrival are held, or None if there are none.

    Args:
        items: Items that could not be used.
    """
    if not items:
        return None
    text = _to_text(items[0].problem)[:_MAX_PROBLEM_LENGTH]
    if len(items) > 1:
        text = f"{text} (and {len(items) - 1} more)"
    return HeldReason(items[0].cause, text)


def build_reply_row(
    reply: Reply, *, event_id: str, own: str | None, digest: str, copy: CopyKind
) -> EventRow:
    """Return a customer's message as a row of `events`.

    Args:
        reply: The customer's message.
        event_id: Id under which it is stored.
        own: Our address that the customer wrote to.
        digest: Digest of the content.
        copy: What it is beside an earlier event with the same id.
    """
    return EventRow(
        EventKind.REPLY.value,
        event_id,
        at=reply.received_at,
        raw=repair_text(reply.raw),
        provider_id=reply.event_id,
        own=own,
        digest=digest,
        opted_out=reply.opted_out,
        copy=copy,
    )


def build_receipt_row(receipt: Receipt) -> EventRow:
    """Return a delivery receipt as a row of `events`."""
    return EventRow(
        EventKind.RECEIPT.value,
        receipt.event_id,
        at=receipt.at,
        status=Status(receipt.status) if receipt.status else None,
        word=repair_text(receipt.word),
        code=repair_text(receipt.code),
        reason=repair_text(receipt.reason),
        raw=repair_text(receipt.raw),
        provider_id=receipt.provider_id,
        reference=receipt.reference,
        parts=receipt.parts,
        price=receipt.price,
        opted_out=receipt.opted_out,
        advice=Advice(receipt.advice),
    )


def replace_bad_events(events: Sequence[Event], bad: Mapping[int, Exception]) -> list[Event]:
    """Return the events of a page with the bad ones replaced by storable ones.

    Args:
        events: Events of the page.
        bad: Errors of the events that could not be stored, by their index in the page.
    """
    return [
        _make_unreadable(event, f"It could not be stored: {bad[index]}") if index in bad else event
        for index, event in enumerate(events)
    ]


def _make_unreadable(event: Event, problem: str) -> Unreadable:
    """Return an event that could not be stored as one that is held."""
    source = EventKind.RECEIPT if isinstance(event, Receipt) else EventKind.REPLY
    return Unreadable(event.event_id, problem, event.raw, source=source, cause=Cause.NOT_STORED)


def _to_text(value: object) -> str:
    """Return the content of a field as text that can be stored."""
    return repair_text(value if isinstance(value, str) else repr(value))


@record
class SendRecord:
    """Result of sending a message to the provider, as it is stored."""

    status: Status
    provider_id: str = ""
    word: str = ""
    code: str = ""
    reason: str = ""
    parts: int = 0
    price: str = ""
    raw: str = ""
    opted_out: bool = False
    advice: Advice = Advice.NONE


OPTED_OUT_RESULT = SendRecord(
    Status.REJECTED, reason="The customer has opted out: not sent", advice=Advice.STOP
)


def build_send_event(message_id: int, outcome: SendRecord, now: int) -> EventRow:
    """Return the answer to a send as an event of the message's history.

    Args:
        message_id: Id of the message.
        outcome: Result of the send.
        now: Current time in ms UTC.
    """
    return EventRow(
        kind="send",
        event_id=f"{to_reference(message_id)}-{now}-{outcome.status}",
        at=now,
        status=outcome.status,
        word=outcome.word,
        code=outcome.code,
        reason=outcome.reason,
        raw=outcome.raw,
        parts=outcome.parts,
        price=outcome.price,
        opted_out=outcome.opted_out,
        advice=outcome.advice,
    )
