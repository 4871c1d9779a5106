"""Turns MessageMedia's refusals into the desk's errors (MessageMedia API, HTTP status codes).

The provider's sentences are shown and never decided by: the status alone chooses the type.
"""

import re
from typing import Any

from tui.domain.text import one_line
from tui.providers.errors import (
    AddressWrong,
    CredentialsRefused,
    MessageInvalid,
    NotFound,
    ProviderError,
    Unavailable,
    Uncertain,
    Unreadable,
)
from tui.providers.http import Answer

_LONGEST = 200
_ADDRESS = re.compile(r"https?:\S*", re.IGNORECASE)
_FAULT = re.compile(r"/?messages/(\d{1,3})(?:/(\w+))?[^:\s]*:?\s*(.*)", re.DOTALL)
_UNKNOWN = frozenset({404, 405, 410})
_SINGAPORE = "+65"
_FIELDS = {
    "content": "text",
    "destination_number": "to",
    "source_number": "sender",
    "source_number_type": "sender",
    "scheduled": "scheduled_at",
    "metadata": "reference",
}
"""The provider's field names beside ours, where they differ."""


def words_of(answer: Answer) -> str:
    """What the provider says about its refusal, on one line, without addresses."""
    body = answer.json_or_none()
    return " ".join(part for part in (_message(body), *details_of(answer)) if part)[:_LONGEST]


def details_of(answer: Answer) -> list[str]:
    """The entries of `details`, without addresses; empty when there are none."""
    body = answer.json_or_none()
    details = body.get("details") if isinstance(body, dict) else None
    entries = details if isinstance(details, list) else []
    return [_harmless(entry) for entry in entries if isinstance(entry, str)]


def raise_for_refusal(answer: Answer, *, effect: bool = False, by_id: bool = False) -> None:
    """Raise the error for an answer that is not 2xx.

    `effect` says that it answers a send, `by_id` that the path named a message. Raises
    `CredentialsRefused`, `RateLimited`, `Unavailable`, `Uncertain` (5xx to a send), `NotFound`,
    `AddressWrong`, `MessageInvalid` (4xx to a send) or `Unreadable`.
    """
    answer.raise_for_trouble()
    if not answer.ok:
        raise _error_for(answer, effect, by_id)


def _error_for(answer: Answer, effect: bool, by_id: bool) -> ProviderError:
    """The error that fits the status."""
    status, detail = answer.status, words_of(answer)
    code = str(status)
    if status in (401, 403):
        return _credentials(status, detail)
    if status == 408:
        return Unavailable("MessageMedia gave up waiting for the request (HTTP 408)", code=code)
    if status in _UNKNOWN and by_id:
        line = f"MessageMedia does not know this message, or no longer (HTTP {status})"
        return NotFound(line, code=code, detail=detail)
    if status in _UNKNOWN or 300 <= status < 400:
        line = f"Nothing was done: base_url does not lead to the Messages API (HTTP {status})"
        return AddressWrong(line, code=code, detail=detail)
    if 400 <= status < 500:
        return _invalid(status, detail) if effect else _unexpected(status, detail)
    return _theirs(status, detail, effect)


def _credentials(status: int, detail: str) -> CredentialsRefused:
    """For 401 and 403: both mean wrong credentials, and 403 can also mean a missing feature."""
    also = ", or the account lacks the feature or the sub-account" if status == 403 else ""
    line = _line(f"MessageMedia refuses the API key or secret{also} (HTTP {status})", detail)
    return CredentialsRefused(line, code=str(status), detail=detail)


def _invalid(status: int, detail: str) -> MessageInvalid:
    """For a send that was refused as it stands: nothing was sent."""
    line = _line(f"MessageMedia refuses the message; nothing was sent (HTTP {status})", detail)
    return MessageInvalid(line, code=str(status), detail=detail)


def _unexpected(status: int, detail: str) -> Unreadable:
    """For a refusal that the documentation does not know for this call."""
    line = _line(f"MessageMedia refuses the request (HTTP {status})", detail)
    return Unreadable(line, code=str(status), detail=detail)


def _theirs(status: int, detail: str, effect: bool) -> ProviderError:
    """For 5xx and statuses that do not exist: a send may have been carried out."""
    if effect:
        line = f"MessageMedia failed (HTTP {status}): the message may have been sent"
        return Uncertain(line, code=str(status), detail=detail)
    return Unavailable(f"MessageMedia failed (HTTP {status})", code=str(status), detail=detail)


def faults_in(answer: Answer, numbers: list[str]) -> dict[int, MessageInvalid]:
    """The messages that a refused send blames, by their place in the request.

    `numbers` are the request's destinations. A 422 blames those in Singapore. Empty when nothing
    tells which message is at fault.
    """
    if answer.status == 422:
        return {place: _singapore() for place, to in enumerate(numbers) if _in_singapore(to)}
    faults: dict[int, MessageInvalid] = {}
    for entry in details_of(answer):
        found = _FAULT.match(entry)
        if found and int(found[1]) < len(numbers):
            faults.setdefault(int(found[1]), _fault(found, entry, answer.status))
    return faults


def _fault(found: re.Match[str], entry: str, status: int) -> MessageInvalid:
    """One entry of `details` as the error of the message it names."""
    name = found[2] or ""
    field = _FIELDS.get(name, name)
    line = _line("MessageMedia refuses the message; nothing was sent", found[3] or name)
    return MessageInvalid(line, field=field, code=str(status), detail=entry)


def _in_singapore(number: str) -> bool:
    """Whether a destination is a number of Singapore."""
    return number.startswith((_SINGAPORE, _SINGAPORE[1:]))


def _singapore() -> MessageInvalid:
    """For 422 (since April 2026): numbers in Singapore are served over TLS 1.3 only."""
    line = "MessageMedia takes messages to Singapore only over TLS 1.3; nothing was sent"
    return MessageInvalid(line, field="to", code="422")


def _message(body: Any) -> str:
    """The `message` of an error body."""
    message = body.get("message") if isinstance(body, dict) else None
    return _harmless(message) if isinstance(message, str) else ""


def _harmless(text: str) -> str:
    """Outside text on one line, without addresses: the listener's hold a secret."""
    return one_line(_ADDRESS.sub("(address)", text), _LONGEST)


def _line(line: str, detail: str) -> str:
    """The line with the provider's own words behind it."""
    return f"{line}: {detail}" if detail else line
