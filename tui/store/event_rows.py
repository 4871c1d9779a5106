"""The events of a page as rows, before anything of them is written."""

from collections.abc import Mapping, Sequence

from tui.domain.advice import Advice
from tui.domain.events import Event, EventKind, Receipt, Reply, Unreadable
from tui.domain.status import Status
from tui.domain.text import repair
from tui.store.events import EventRow

_LONGEST_PROBLEM = 500


def unreadable_row(item: Unreadable) -> EventRow:
    """An item to be set aside as a row of `events`, whatever its fields hold."""
    return EventRow(
        EventKind.UNREADABLE.value,
        _as_text(item.event_id),
        raw=_as_text(item.raw),
        problem=_as_text(item.problem)[:_LONGEST_PROBLEM],
    )


def reply_row(reply: Reply) -> EventRow:
    """A text as a row of `events`."""
    return EventRow(
        EventKind.REPLY.value,
        reply.event_id,
        at=reply.received_at,
        raw=repair(reply.raw),
        provider_id=reply.event_id,
    )


def receipt_row(receipt: Receipt) -> EventRow:
    """A receipt as a row of `events`."""
    return EventRow(
        EventKind.RECEIPT.value,
        receipt.event_id,
        at=receipt.at,
        status=Status(receipt.status) if receipt.status else None,
        word=repair(receipt.word),
        code=repair(receipt.code),
        reason=repair(receipt.reason),
        raw=repair(receipt.raw),
        provider_id=receipt.provider_id,
        reference=receipt.reference,
        parts=receipt.parts,
        price=receipt.price,
        opted_out=receipt.opted_out,
        advice=Advice(receipt.advice),
    )


def with_aside(events: Sequence[Event], bad: Mapping[int, Exception]) -> list[Event]:
    """The page with its bad items as ones that can be stored."""
    return [
        Unreadable(event.event_id, f"could not be stored: {bad[place]}", event.raw)
        if place in bad
        else event
        for place, event in enumerate(events)
    ]


def _as_text(value: object) -> str:
    """What a field holds, as text that can be stored."""
    return repair(value if isinstance(value, str) else repr(value))
