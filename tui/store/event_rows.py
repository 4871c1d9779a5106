"""Turn what providers report into rows of the table `events`, whatever it contains.

Events become rows before anything is written, so that a bad item cannot stop the others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tui.domain.events import Event, EventKind, Receipt, Reply, Unreadable
from tui.domain.message import Advice
from tui.domain.status import Status
from tui.domain.text import repair_text

_INTEGER_LIMIT = 1 << 63
"""Smallest positive number that an SQLite column cannot store."""
_MAX_PROBLEM_LENGTH = 500


@dataclass(frozen=True, slots=True)
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
    problem: str = ""
    opted_out: bool = False
    advice: Advice = Advice.NONE


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


def build_unreadable_row(item: Unreadable) -> EventRow:
    """Return an unreadable item as a row of `events`, whatever its fields contain."""
    return EventRow(
        EventKind.UNREADABLE.value,
        _to_text(item.event_id),
        raw=_to_text(item.raw),
        problem=_to_text(item.problem)[:_MAX_PROBLEM_LENGTH],
    )


def build_reply_row(reply: Reply) -> EventRow:
    """Return a customer's message as a row of `events`."""
    return EventRow(
        EventKind.REPLY.value,
        reply.event_id,
        at=reply.received_at,
        raw=repair_text(reply.raw),
        provider_id=reply.event_id,
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
        Unreadable(
            event.event_id,
            f"could not be stored: {bad[index]}",
            event.raw,
            source=EventKind.RECEIPT if isinstance(event, Receipt) else EventKind.REPLY,
        )
        if index in bad
        else event
        for index, event in enumerate(events)
    ]


def _to_text(value: object) -> str:
    """Return the content of a field as text that can be stored."""
    return repair_text(value if isinstance(value, str) else repr(value))
