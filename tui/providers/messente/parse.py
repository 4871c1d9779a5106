"""Parse Messente's receipts and inbound messages into domain values, item by item.

HTTP answers that are not documented are classified by what they mean for the request.
"""

import hashlib
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from tui.clock import MINUTE
from tui.domain.events import Receipt, Reply
from tui.providers.answer import Answer
from tui.providers.errors import (
    AccountBlocked,
    AddressWrong,
    CredentialsRefused,
    MessageInvalid,
    NotPossible,
    OutOfCredit,
    ProviderError,
    Unavailable,
    Uncertain,
    UnreadableAnswer,
)
from tui.providers.messente.status_codes import (
    ERR_BLACKLISTED,
    describe_reason,
    find_advice,
    map_status,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PRICE = re.compile(r"-?\d{1,12}(\.\d{1,12})?", re.ASCII)
_MAX_PARTS = 10_000


class BadItem(ValueError):
    """Report an item without its required fields; the text is the problem in one line."""


def make_event_id(*parts: str) -> str:
    """Make an event id where Messente gives none: sha256 hex of the defining content.

    Args:
        *parts: Texts that define the event.
    """
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()


def parse_time(value: object) -> int | None:
    """Parse ISO 8601 into ms UTC; None if it is invalid. A time without an offset is UTC.

    Args:
        value: Value of a JSON field, of any type.
    """
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return (aware - _EPOCH) // timedelta(milliseconds=1)
    except (ValueError, OverflowError):
        return None


def parse_err(value: object) -> int | None:
    """Parse an `err`: an integer, or digits such as `001`; None for anything else.

    Args:
        value: Value of a JSON or form field, of any type.
    """
    # bool is a subclass of int in Python.
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if 0 <= value < 1_000_000 else None
    text = value.strip() if isinstance(value, str) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else None


def read_text(item: dict[str, Any], name: str) -> str:
    """Return a text field without blanks around it; empty if missing or of another type.

    Args:
        item: Parsed object.
        name: Name of the field.
    """
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
    """Build a receipt from the fields that both APIs report.

    The same status gets the same event id, whether it was polled or pushed.

    Args:
        provider_id: Messente's id of the message; may be empty if `reference` is given.
        message_id: Messente's id of one attempt.
        word: Provider status, as received.
        err: The receipt's `err`; None if it has none.
        code: Error code to show in place of `err`.
        fallback_reason: Messente's own description, used if `err` and status are unknown.
        at: Time of the status in ms UTC; None if unknown.
        raw: Text of the receipt to store, without secrets.
        reference: Our client reference.
        parts: Number of message parts; 0 if unknown.
        price: Total price as Messente writes it.
    """
    status = map_status(word, err)
    key = provider_id.casefold() or reference
    return Receipt(
        event_id=make_event_id(key, message_id.casefold(), word.upper(), str(err), str(at)),
        status=status,
        word=word,
        at=at,
        raw=raw,
        provider_id=provider_id,
        reference=reference,
        code=code or (str(err) if err else ""),
        reason=describe_reason(word, err, status) or fallback_reason,
        parts=parts,
        price=price,
        opted_out=err == ERR_BLACKLISTED and bool(status and status.is_problem),
        advice=find_advice(word, err),
    )


def parse_report(
    item: dict[str, Any], *, provider_id: str = "", reference: str = "", raw: str
) -> Receipt:
    """Parse one Omnichannel status, polled or pushed (Omnichannel API, status).

    Args:
        item: Parsed JSON object.
        provider_id: Known id if polled; empty if the item names it.
        reference: Our client reference, from the callback address.
        raw: Text of the item to store, without secrets.

    Raises:
        BadItem: If the item names no message or its status is not a text.
    """
    provider_id = provider_id or read_text(item, "omnimessage_id")
    if not provider_id and not reference:
        raise BadItem("The delivery report names no message")
    word = item.get("status")
    if word is not None and not isinstance(word, str):
        raise BadItem("The delivery report's status is not a word")
    parts, price = _parse_cost(item.get("price_info"))
    err = item.get("err")
    return make_receipt(
        provider_id=provider_id,
        message_id=read_text(item, "message_id"),
        word=(word or "").strip(),
        err=parse_err(err),
        code=err[:40] if isinstance(err, str) and parse_err(err) is None else "",
        fallback_reason=read_text(item, "error")[:200],
        at=parse_time(item.get("timestamp")),
        raw=raw,
        reference=reference,
        parts=parts,
        price=price,
    )


def _parse_cost(value: object) -> tuple[int, str]:
    """Return parts and total price of `price_info`; 0 and "" if it does not have them."""
    if not isinstance(value, dict):
        return 0, ""
    parts = parse_err(value.get("parts_count")) or 0
    price = read_text(value, "total_price")
    return (parts if parts <= _MAX_PARTS else 0), (price if _PRICE.fullmatch(price) else "")


def parse_inbound(item: dict[str, Any], *, raw: str) -> Reply:
    """Parse a customer's message (Omnichannel API, inbound messages).

    Args:
        item: Parsed JSON object.
        raw: Text of the item to store, without secrets.

    Raises:
        BadItem: If the id, the sender or the text is missing.
    """
    event_id, party, text = read_text(item, "msg_id"), read_text(item, "sender"), item.get("text")
    if not event_id:
        raise BadItem("The inbound message has no id")
    if not party:
        raise BadItem("The inbound message names no sender")
    if not isinstance(text, str):
        raise BadItem("The inbound message has no text")
    received_at = parse_time(item.get("time"))
    own = read_text(item, "recipient")
    return Reply(event_id, party, text, received_at, raw, own=own)


def to_whole_minutes(milliseconds: int) -> int:
    """Return a validity in minutes, rounded up, as both APIs take it (send, `validity`)."""
    return max(1, -(-milliseconds // MINUTE))


def make_unexpected_error(answer: Answer, *, sending: bool, detail: str = "") -> ProviderError:
    """Return the error for an answer without a documented body.

    A 4xx status of a send means that nothing was sent; a 2xx or 5xx answer leaves that
    uncertain.

    Args:
        answer: The HTTP answer.
        sending: Whether the request was a send.
        detail: Text of the answer for the log, without secrets.
    """
    code = str(answer.status)
    after = "; nothing was sent" if sending else ""
    match answer.status:
        case 401:
            line = f"Messente does not accept the API key (HTTP 401){after}"
            return CredentialsRefused(line, code=code, detail=detail)
        case 402:
            return OutOfCredit(f"The Messente account cannot pay (HTTP 402){after}", code=code)
        case 403:
            line = f"The Messente API key may not do this (HTTP 403){after}"
            return AccountBlocked(line, code=code, detail=detail)
        case status if status in (404, 405) or 300 <= status < 400:
            line = f"No Messente API answers at the account's address (HTTP {code}){after}"
            return AddressWrong(line, code=code, detail=detail)
        case 408:
            return Unavailable(
                f"Messente did not get the whole request (HTTP 408){after}", code=code
            )
        case status if 400 <= status < 500:
            line = f"Messente refuses the request (HTTP {code}){after}"
            kind = MessageInvalid if sending else NotPossible
            return kind(line, code=code, detail=detail)
        case _:
            return _make_uncertain_error(answer, sending=sending, detail=detail)


def _make_uncertain_error(answer: Answer, *, sending: bool, detail: str) -> ProviderError:
    """Return the error for an answer that does not show whether the request was executed."""
    code = str(answer.status)
    if sending:
        line = f"Messente's answer does not say whether the message was accepted (HTTP {code})"
        return Uncertain(line, code=code, detail=detail)
    if answer.is_success:
        line = f"Messente's answer is not the documented one (HTTP {code})"
        return UnreadableAnswer(line, code=code, detail=detail)
    return Unavailable(f"Messente is in trouble (HTTP {code})", code=code, detail=detail)
