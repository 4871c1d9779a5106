"""Messente's receipts and inbound messages as domain values, item by item."""

import hashlib
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from tui.domain.events import Receipt, Reply
from tui.providers.messente.advice import advice_for
from tui.providers.messente.words import BLACKLISTED, reason_of, status_of

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DECIMAL = re.compile(r"-?\d{1,12}(\.\d{1,12})?", re.ASCII)
_MOST_PARTS = 10_000


class BadItem(ValueError):
    """An item that lacks what makes it one; its text is the problem in one line."""


def digest(*parts: str) -> str:
    """An event id for what Messente gives none: the defining content as sha256 hex."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()


def milliseconds(value: object) -> int | None:
    """An ISO 8601 text as ms UTC, None when it is none; Messente's times without offset are UTC."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return (aware - _EPOCH) // timedelta(milliseconds=1)
    except (ValueError, OverflowError):
        return None


def whole(value: object) -> int | None:
    """An `err`: an integer, or digits as in `001`; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if 0 <= value < 1_000_000 else None
    text = value.strip() if isinstance(value, str) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else None


def text_of(item: dict[str, Any], name: str) -> str:
    """A field that should be a text; empty when it is missing or something else."""
    value = item.get(name)
    return value.strip() if isinstance(value, str) else ""


def make_receipt(
    *,
    provider_id: str,
    message_id: str = "",
    word: str,
    err: int | None,
    code: str = "",
    fallback_reason: str = "",
    at: int | None = None,
    raw: str,
    reference: str = "",
    parts: int = 0,
    price: str = "",
) -> Receipt:
    """A receipt from what both APIs tell; the same news has the same id, polled or pushed."""
    status = status_of(word, err)
    key = provider_id.casefold() or reference
    return Receipt(
        event_id=digest(key, message_id.casefold(), word.upper(), str(err), str(at)),
        status=status,
        word=word,
        at=at,
        raw=raw,
        provider_id=provider_id,
        reference=reference,
        code=code or (str(err) if err else ""),
        reason=reason_of(word, err, status) or fallback_reason,
        parts=parts,
        price=price,
        opted_out=err == BLACKLISTED and bool(status and status.trouble),
        advice=advice_for(word, err),
    )


def read_status(
    item: dict[str, Any], *, provider_id: str = "", reference: str = "", raw: str
) -> Receipt:
    """One Omnichannel status, as polled (for a known id) or as pushed (Omnichannel API, status).

    Raises `BadItem` when it names no message or its status is no word.
    """
    provider_id = provider_id or text_of(item, "omnimessage_id")
    if not provider_id and not reference:
        raise BadItem("The delivery report names no message")
    word = item.get("status")
    if word is not None and not isinstance(word, str):
        raise BadItem("The delivery report's status is not a word")
    parts, price = _cost(item.get("price_info"))
    err = item.get("err")
    return make_receipt(
        provider_id=provider_id,
        message_id=text_of(item, "message_id"),
        word=(word or "").strip(),
        err=whole(err),
        code=err[:40] if isinstance(err, str) and whole(err) is None else "",
        fallback_reason=text_of(item, "error")[:200],
        at=milliseconds(item.get("timestamp")),
        raw=raw,
        reference=reference,
        parts=parts,
        price=price,
    )


def _cost(value: object) -> tuple[int, str]:
    """Parts and total price of `price_info`; 0 and empty where it does not say."""
    if not isinstance(value, dict):
        return 0, ""
    parts = whole(value.get("parts_count")) or 0
    price = text_of(value, "total_price")
    return (parts if parts <= _MOST_PARTS else 0), (price if _DECIMAL.fullmatch(price) else "")


def read_inbound(item: dict[str, Any], *, raw: str) -> Reply:
    """A customer's text (Omnichannel API, inbound messages).

    Raises `BadItem` when the id, the sender or the text is missing.
    """
    event_id, party, text = text_of(item, "msg_id"), text_of(item, "sender"), item.get("text")
    if not event_id:
        raise BadItem("The inbound message has no id")
    if not party:
        raise BadItem("The inbound message names no sender")
    if not isinstance(text, str):
        raise BadItem("The inbound message has no text")
    received_at = milliseconds(item.get("time"))
    own = text_of(item, "recipient")
    return Reply(event_id, party, text, received_at, raw, own=own)
