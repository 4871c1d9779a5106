"""Turn MessageMedia's refusals into provider errors (MessageMedia API, HTTP status codes).

The provider's sentences are shown and never parsed for a decision: the status alone chooses
the type of the error.
"""

import re
from typing import Any

from tui.domain.text import one_line
from tui.providers.answer import Answer
from tui.providers.errors import (
    AddressWrong,
    CredentialsRefused,
    MessageInvalid,
    NotFound,
    ProviderError,
    Unavailable,
    Uncertain,
    UnreadableAnswer,
)

_LONGEST_DETAIL = 200
_URL_PATTERN = re.compile(r"https?:\S*", re.IGNORECASE)
_FAULT_PATTERN = re.compile(r"/?messages/(\d{1,3})(?:/(\w+))?[^:\s]*:?\s*(.*)", re.DOTALL)
_UNKNOWN_PATH_STATUSES = frozenset({404, 405, 410})
_SINGAPORE_PREFIX = "+65"
_FIELD_NAMES = {
    "content": "text",
    "destination_number": "to",
    "source_number": "sender",
    "source_number_type": "sender",
    "scheduled": "scheduled_at",
    "metadata": "reference",
}
"""Our field names by the provider's, where they differ."""


def describe_refusal(answer: Answer) -> str:
    """Return the provider's explanation of a refusal on one line, without URLs."""
    body = answer.parse_json_or_none()
    return " ".join(part for part in (_get_message(body), *get_details(answer)) if part)[
        :_LONGEST_DETAIL
    ]


def get_details(answer: Answer) -> list[str]:
    """Return the entries of `details` without URLs; empty if there are none."""
    body = answer.parse_json_or_none()
    details = body.get("details") if isinstance(body, dict) else None
    entries = details if isinstance(details, list) else []
    return [_redact_urls(entry) for entry in entries if isinstance(entry, str)]


def raise_for_refusal(answer: Answer, *, effect: bool = False, by_id: bool = False) -> None:
    """Raise the error for an answer that is not 2xx.

    Raises `CredentialsRefused`, `RateLimited`, `Unavailable`, `Uncertain` (5xx to a send),
    `NotFound`, `AddressWrong`, `MessageInvalid` (4xx to a send) or `UnreadableAnswer`.

    Args:
        answer: Answer of the provider.
        effect: Whether the request was a send.
        by_id: Whether the path names a message.
    """
    answer.raise_if_unavailable()
    if not answer.is_success:
        raise _build_error(answer, effect, by_id)


def _build_error(answer: Answer, effect: bool, by_id: bool) -> ProviderError:
    """Return the error that fits the status."""
    status, detail = answer.status, describe_refusal(answer)
    code = str(status)
    if status in (401, 403):
        return _build_credentials_error(status, detail)
    if status == 408:
        return Unavailable("MessageMedia gave up waiting for the request (HTTP 408)", code=code)
    if status in _UNKNOWN_PATH_STATUSES and by_id:
        line = f"MessageMedia does not know this message, or no longer (HTTP {status})"
        return NotFound(line, code=code, detail=detail)
    if status in _UNKNOWN_PATH_STATUSES or 300 <= status < 400:
        line = f"Nothing was done: base_url does not lead to the Messages API (HTTP {status})"
        return AddressWrong(line, code=code, detail=detail)
    if 400 <= status < 500:
        return (
            _build_invalid_error(status, detail)
            if effect
            else _build_unexpected_error(status, detail)
        )
    return _build_server_error(status, detail, effect)


def _build_credentials_error(status: int, detail: str) -> CredentialsRefused:
    """Return the error for 401 and 403; 403 can also mean a missing feature."""
    also = ", or the account lacks the feature or the sub-account" if status == 403 else ""
    line = _join_detail(f"MessageMedia refuses the API key or secret{also} (HTTP {status})", detail)
    return CredentialsRefused(line, code=str(status), detail=detail)


def _build_invalid_error(status: int, detail: str) -> MessageInvalid:
    """Return the error for a send that was refused as it stands: nothing was sent."""
    line = _join_detail(
        f"MessageMedia refuses the message; nothing was sent (HTTP {status})", detail
    )
    return MessageInvalid(line, code=str(status), detail=detail)


def _build_unexpected_error(status: int, detail: str) -> UnreadableAnswer:
    """Return the error for a refusal that is not documented for this call."""
    line = _join_detail(f"MessageMedia refuses the request (HTTP {status})", detail)
    return UnreadableAnswer(line, code=str(status), detail=detail)


def _build_server_error(status: int, detail: str, effect: bool) -> ProviderError:
    """Return the error for 5xx and invalid statuses: a send may have been carried out."""
    if effect:
        line = f"MessageMedia failed (HTTP {status}): the message may have been sent"
        return Uncertain(line, code=str(status), detail=detail)
    return Unavailable(f"MessageMedia failed (HTTP {status})", code=str(status), detail=detail)


def find_faults(answer: Answer, numbers: list[str]) -> dict[int, MessageInvalid]:
    """Return the messages that a refused send blames, by their position in the request.

    A 422 blames those in Singapore. Empty if the answer does not say which message is at
    fault.

    Args:
        answer: Answer that refused the send.
        numbers: Destinations of the request, in order.
    """
    if answer.status == 422:
        return {
            place: _build_singapore_error()
            for place, to in enumerate(numbers)
            if _is_in_singapore(to)
        }
    faults: dict[int, MessageInvalid] = {}
    for entry in get_details(answer):
        found = _FAULT_PATTERN.match(entry)
        if found and int(found[1]) < len(numbers):
            faults.setdefault(int(found[1]), _parse_fault(found, entry, answer.status))
    return faults


def _parse_fault(found: re.Match[str], entry: str, status: int) -> MessageInvalid:
    """Return one entry of `details` as the error of the message it names."""
    name = found[2] or ""
    field = _FIELD_NAMES.get(name, name)
    line = _join_detail("MessageMedia refuses the message; nothing was sent", found[3] or name)
    return MessageInvalid(line, field=field, code=str(status), detail=entry)


def _is_in_singapore(number: str) -> bool:
    """Return whether a destination is a number of Singapore."""
    return number.startswith((_SINGAPORE_PREFIX, _SINGAPORE_PREFIX[1:]))


def _build_singapore_error() -> MessageInvalid:
    """Return the error for 422 (since April 2026): Singapore is served over TLS 1.3 only."""
    line = "MessageMedia takes messages to Singapore only over TLS 1.3; nothing was sent"
    return MessageInvalid(line, field="to", code="422")


def _get_message(body: Any) -> str:
    """Return the `message` of an error body without URLs."""
    message = body.get("message") if isinstance(body, dict) else None
    return _redact_urls(message) if isinstance(message, str) else ""


def _redact_urls(text: str) -> str:
    """Return text of the provider on one line without URLs: the listener's holds a secret."""
    return one_line(_URL_PATTERN.sub("(address)", text), _LONGEST_DETAIL)


def _join_detail(line: str, detail: str) -> str:
    """Return the line, followed by the provider's detail if there is one."""
    return f"{line}: {detail}" if detail else line
