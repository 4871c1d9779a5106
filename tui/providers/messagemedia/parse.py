"""MessageMedia's answers as domain values, item by item: a bad one never hides the others."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tui.domain.events import Balance, Event, Page, Receipt, Reply, Unreadable
from tui.domain.message import Attachment
from tui.domain.status import Status
from tui.domain.text import one_line, repair
from tui.providers import errors
from tui.providers.http import Answer
from tui.providers.messagemedia.advice import advice_for
from tui.providers.messagemedia.words import OPT_OUT_CODES, reason_for, status_of
from tui.providers.protocol import Accepted

PAGE_SIZE = 100
"""Most items in an answer, and most ids in a confirmation."""

Item = Mapping[str, Any]
"""One JSON object of the provider's."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DIGEST = re.compile(r"[0-9a-f]{64}")
_REFERENCE = re.compile(r"""\breference["']?\s*[:=]\s*["']?([A-Za-z0-9]+)""")
_HIDDEN = re.compile(r"(callback_?url\W{1,12})[^\s\"'<>&]*", re.IGNORECASE)
_REPLY_IS = ("source_number", "date_received", "content", "message_id", "attachments")
_RECEIPT_IS = ("message_id", "status", "error_code", "submitted_date", "metadata")
_LONGEST_DETAIL = 200
_MOST_PARTS = 999


def replies_page(body: Any) -> Page:
    """The page in an answer to check replies; raises `errors.Unreadable` when it holds no list."""
    return _page(_items(body, "replies"), read_reply)


def receipts_page(body: Any) -> Page:
    """The page in an answer to check delivery reports; raises like `replies_page`."""
    return _page(_items(body, "delivery_reports"), read_receipt)


def body_of(answer: Answer) -> Any:
    """The JSON of an answer; `errors.Unreadable`, secrets removed, when it is none."""
    try:
        return answer.json()
    except errors.Unreadable as error:
        detail = hide(answer.text)[:_LONGEST_DETAIL]
        raise errors.Unreadable(error.message, code=error.code, detail=detail) from None


def _items(body: Any, name: str) -> list[Any]:
    """The list in an answer; null means that nothing waits."""
    if isinstance(body, dict) and name in body:
        items = body[name]
        if isinstance(items, list) or items is None:
            return items or []
    raise errors.Unreadable(
        f'MessageMedia answered without the list "{name}"', detail=keep(body)[:_LONGEST_DETAIL]
    )


def _page(items: list[Any], read: Callable[[Any], Event]) -> Page:
    """A page of events. A full one that can be confirmed hides newer items behind it."""
    events = tuple(read(item) for item in items)
    unlocks = any(confirmable(event.event_id) for event in events)
    return Page(events, more=len(items) >= PAGE_SIZE and unlocks)


def read_reply(item: Any, *, attachments: tuple[Attachment, ...] = (), raw: str = "") -> Event:
    """A reply, or why it is none. Fields that were never set may be absent or null.

    `raw` replaces the item where its attachments need not be kept twice.
    """
    event_id = text_in(item, "reply_id")
    raw = raw or keep(item)
    party, text = text_in(item, "source_number"), item_value(item, "content")
    if not party.strip():
        return unreadable(event_id, "a reply that does not say who wrote it", raw)
    if text is not None and not isinstance(text, str):
        return unreadable(event_id, "a reply whose text is no text", raw)
    return Reply(
        event_id=event_id or digest_of(item, *_REPLY_IS),
        party=party,
        text=text or "",
        received_at=moment(item_value(item, "date_received")),
        raw=raw,
        own=text_in(item, "destination_number"),
        answers=text_in(item, "message_id"),
        reference=reference_in(item),
        attachments=attachments,
    )


def read_receipt(item: Any) -> Event:
    """A delivery report, or why it is none."""
    event_id = text_in(item, "delivery_report_id")
    word, raw = text_in(item, "status"), keep(item)
    code = _code_in(item)
    if not word and not code:
        return unreadable(event_id, "a delivery report without a status", raw)
    if not text_in(item, "message_id") and not reference_in(item):
        return unreadable(event_id, "a delivery report that names no message", raw)
    at = moment(item_value(item, "submitted_date"))
    return Receipt(
        event_id=event_id or digest_of(item, *_RECEIPT_IS),
        status=status_of(word),
        word=word,
        at=at if at is not None else moment(item_value(item, "date_received")),
        raw=raw,
        provider_id=text_in(item, "message_id"),
        reference=reference_in(item),
        code=code,
        reason=reason_for(word, code),
        parts=_count(item_value(item, "billing_units")),
        opted_out=code in OPT_OUT_CODES,
        advice=advice_for(word, code),
    )


def read_status(body: Any, provider_id: str) -> Receipt:
    """The answer to a status look-up, which carries neither an id nor a time of its own."""
    word = text_in(body, "status")
    if not word:
        raise errors.Unreadable(
            "MessageMedia answered without the message's status",
            detail=keep(body)[:_LONGEST_DETAIL],
        )
    return Receipt(
        event_id=_digest("look-up", provider_id, word),
        status=status_of(word),
        word=word,
        at=None,
        raw=keep(body),
        provider_id=provider_id,
        reference=reference_in(body),
        reason=reason_for(word, ""),
        advice=advice_for(word, ""),
    )


def read_sent(body: Any, references: Sequence[str]) -> list[Accepted | None]:
    """What became of each message of a send; None where the answer does not tell.

    The answer keeps the order of the request; where it names our reference, that decides. Raises
    like `replies_page`.
    """
    items = _items(body, "messages")
    named = {reference_in(item): item for item in items if reference_in(item)}
    whole = len(items) == len(references)
    by_place = items if whole else [None] * len(references)
    return [
        _accepted(named.get(reference, None if reference_in(item) else item))
        for reference, item in zip(references, by_place, strict=True)
    ]


def _accepted(item: Any) -> Accepted | None:
    """One accepted message, if it names its id."""
    provider_id, word = text_in(item, "message_id"), text_in(item, "status")
    if not provider_id:
        return None
    return Accepted(provider_id, status_of(word) or Status.ACCEPTED, word, raw=keep(item))


def read_balance(body: Any) -> Balance:
    """The credits, whose shape nobody documents: one number in words, all else as it came."""
    leaves = list(_leaves(body, ""))
    numbers = [float(value) for _, value in leaves if _is_number(value)]
    return Balance(
        text=one_line(_in_words(leaves)) or "not told",
        amount=numbers[0] if len(numbers) == 1 else None,
        details={name or "value": one_line(str(value)) for name, value in leaves},
    )


def _in_words(leaves: list[tuple[str, Any]]) -> str:
    """`1,000 credits` for one number, `credits: 250, used: 3` for more than that."""
    if len(leaves) == 1 and _is_number(leaves[0][1]):
        name, value = leaves[0]
        return f"{value:,} {name.removesuffix('s') if value == 1 else name}".rstrip()
    return ", ".join(f"{name}: {value}" if name else str(value) for name, value in leaves)


def _leaves(body: Any, name: str) -> list[tuple[str, Any]]:
    """The values of an object, one level down: (name, value)."""
    if not isinstance(body, dict):
        return [(name, body)]
    return [
        (key, value if isinstance(value, str | int | float) else keep(value))
        for key, value in body.items()
    ]


def _is_number(value: Any) -> bool:
    """Whether a JSON value is a number that can be an amount."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15


def unreadable(event_id: str, problem: str, raw: str) -> Unreadable:
    """An item set aside; it is confirmed when its id could be read."""
    return Unreadable(event_id or _digest(raw), problem, raw, confirm=bool(event_id))


def confirmable(event_id: str) -> bool:
    """Whether an event's id is the provider's own and not a digest of ours."""
    return bool(event_id) and not _DIGEST.fullmatch(event_id)


def item_value(item: Any, name: str) -> Any:
    """A field of what should be an object; None when it is not there."""
    return item.get(name) if isinstance(item, Mapping) else None


def text_in(item: Any, name: str) -> str:
    """A text field; empty when it is absent, null or no text."""
    value = item_value(item, name)
    return value if isinstance(value, str) else ""


def reference_in(item: Any) -> str:
    """Our reference in the metadata; templates may print the metadata as one text."""
    metadata = item_value(item, "metadata")
    if isinstance(metadata, str):
        found = _REFERENCE.search(metadata)
        return found[1] if found else ""
    return text_in(metadata, "reference")


def moment(value: Any) -> int | None:
    """ISO 8601 as ms UTC, a time without a zone being UTC; None when it is no such text."""
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value.strip())
        since = (at if at.tzinfo else at.replace(tzinfo=UTC)) - _EPOCH
    except (ValueError, OverflowError):
        return None
    return since // timedelta(milliseconds=1) if since >= timedelta(0) else None


def keep(item: Any) -> str:
    """An item as JSON text to keep, secrets removed."""
    if isinstance(item, Mapping):
        item = {name: value for name, value in item.items() if name != "callback_url"}
    try:
        return hide(json.dumps(item, ensure_ascii=False))
    except RecursionError:
        return '"nested too deeply to be kept"'


def hide(text: str) -> str:
    """Text to keep, without the listener's address: it holds a secret."""
    return _HIDDEN.sub(r"\1(hidden)", repair(text))


def _code_in(item: Any) -> str:
    """The report's code; a text by the documentation, a number by some templates."""
    value = item_value(item, "error_code")
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return str(value) if is_number else text_in(item, "error_code")


def _count(value: Any) -> int:
    """The billing units; 0 when they are not told or not believable."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value[:6])
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number and 0 < value <= _MOST_PARTS else 0


def digest_of(item: Any, *names: str) -> str:
    """An id made of the fields that define an item which has none."""
    return _digest(*(keep(item_value(item, name)) for name in names))


def _digest(*parts: str) -> str:
    """SHA-256 of the parts, in hex."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()
