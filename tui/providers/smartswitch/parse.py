"""Parse SmartSwitch's answers to a send into outcomes and errors.

`data` holds one entry per recipient, `errors` means that the whole request was refused. The
documentation names no HTTP statuses, so a documented body decides; but nothing in it makes a
401 or a 403 an accepted login. `data` has the order of the request; an echoed `request_id` of
ours has priority over the order.
"""

from collections.abc import Sequence
from typing import Any

from tui.domain.text import one_line
from tui.providers.answer import Answer
from tui.providers.errors import CredentialsRefused, MessageInvalid, ProviderError, Uncertain
from tui.providers.masking import SecretMask
from tui.providers.protocol import Outgoing, SendAccepted, SendOutcome, SendRefused
from tui.providers.sending import build_undocumented_error, to_digits
from tui.providers.smartswitch.status_codes import ENTRY_STATUSES, ERROR_CODES, TITLE

Entry = dict[str, Any]

_LONGEST_DETAIL = 160
_LONGEST_CODE = 40
_REFUSED_LOGIN = (401, 403)


def parse_outcomes(
    answer: Answer, messages: Sequence[Outgoing], mask: SecretMask
) -> list[SendOutcome]:
    """Return the outcome of each message; raise if the answer describes no recipient.

    Args:
        answer: Answer of the switch.
        messages: Messages of the request, in order.
        mask: Removes the account's secrets.
    """
    entries = _get_entries(answer)
    if not any(entries):
        raise build_refusal(answer, mask)
    if answer.status in _REFUSED_LOGIN:
        line = f"{TITLE} answered HTTP {answer.status} and described the message all the same"
        raise Uncertain(line, code=str(answer.status))
    return [
        _parse_outcome(_find_entry(index, messages, entries), index, mask)
        for index in range(len(messages))
    ]


def build_refusal(answer: Answer, mask: SecretMask, *, effect: bool = True) -> ProviderError:
    """Return the error for an answer without `data`.

    Args:
        answer: Answer of the switch.
        mask: Removes the account's secrets.
        effect: Whether the request could send a message.
    """
    errors = [
        error
        for error in _list_or_empty(_get_body(answer).get("errors"))
        if isinstance(error, dict)
    ]
    codes = [_text_or_empty(error.get("code")) for error in errors]
    detail = _format_detail(errors, mask)
    known_code = next((code for code in codes if code in ERROR_CODES), "")
    if known_code:
        return CredentialsRefused(ERROR_CODES[known_code], code=known_code, detail=detail)
    if not errors or answer.status in (*_REFUSED_LOGIN, 429) or answer.status >= 500:
        return build_undocumented_error(answer, TITLE, effect=effect)
    line = f"{TITLE} refused the request, nothing was sent: {detail or 'it gives no reason'}"
    return MessageInvalid(line, code=mask.mask_text(codes[0])[:_LONGEST_CODE], detail=detail)


def _get_body(answer: Answer) -> Entry:
    """Return the JSON object of the body, or an empty one."""
    body = answer.parse_json_or_none()
    return body if isinstance(body, dict) else {}


def _get_entries(answer: Answer) -> list[Entry | None]:
    """Return the entries of the recipients: `data` is an object for one, an array for several."""
    data = _get_body(answer).get("data")
    found = data if isinstance(data, list) else [data]
    return [entry if isinstance(entry, dict) and entry else None for entry in found]


def _find_entry(
    index: int, messages: Sequence[Outgoing], entries: Sequence[Entry | None]
) -> Entry | None:
    """Return the entry of one message, found by our reference or else by its position."""
    own = messages[index]
    for entry in entries:
        if entry and own.reference and _get_request_id(entry) == own.reference.casefold():
            return entry
    # The position alone is not trusted: the entry must not name another message.
    entry = entries[index] if index < len(entries) else None
    others = [message for message in messages if message is not own]
    return entry if entry and not _names_other_message(entry, others, own) else None


def _names_other_message(entry: Entry, others: Sequence[Outgoing], own: Outgoing) -> bool:
    """Return whether an entry has the reference or the number of another message."""
    number = to_digits(_text_or_empty(_get_attributes(entry).get("destination_number")))
    numbers = {to_digits(message.to) for message in others} - {to_digits(own.to)}
    references = {message.reference.casefold() for message in others if message.reference}
    return number in numbers or _get_request_id(entry) in references


def _parse_outcome(entry: Entry | None, index: int, mask: SecretMask) -> SendOutcome:
    """Return the outcome in one recipient's entry; without a known status it is uncertain."""
    attributes = _get_attributes(entry or {})
    word = _text_or_empty(attributes.get("status"))
    if entry is None or word not in ENTRY_STATUSES:
        line = f"{TITLE} did not report whether it sent this message"
        return SendRefused(Uncertain(line, code=mask.mask_text(word)[:_LONGEST_CODE]))
    if word == "error":
        line = f"{TITLE}: {ENTRY_STATUSES[word]}"
        return SendRefused(MessageInvalid(line, index=index, code=word))
    return SendAccepted(
        provider_id=_text_or_empty(entry.get("id")),
        word=word,
        parts=_parse_part_count(attributes.get("segments")),
        raw=mask.mask_payload(entry),
    )


def _get_attributes(entry: Entry) -> Entry:
    """Return the attributes of an entry; empty if they are no object."""
    attributes = entry.get("attributes")
    return attributes if isinstance(attributes, dict) else {}


def _get_request_id(entry: Entry) -> str:
    """Return our echoed reference; `meta` is optional and may hold the position instead."""
    meta = entry.get("meta")
    return _text_or_empty(meta.get("request_id")).casefold() if isinstance(meta, dict) else ""


def _format_detail(errors: Sequence[Entry], mask: SecretMask) -> str:
    """Return the title and detail of each error, or its code."""
    texts = (
        ": ".join(
            filter(None, (_text_or_empty(error.get("title")), _text_or_empty(error.get("detail"))))
        )
        or _text_or_empty(error.get("code"))
        for error in errors
    )
    return one_line(mask.mask_text("; ".join(filter(None, texts))), _LONGEST_DETAIL)


def _list_or_empty(value: Any) -> list[Any]:
    """Return a JSON array, or an empty one for any other value."""
    return value if isinstance(value, list) else []


def _text_or_empty(value: Any) -> str:
    """Return a text or an integer as stripped text, or an empty one for any other value."""
    return str(value).strip() if isinstance(value, str) or type(value) is int else ""


def _parse_part_count(value: Any) -> int:
    """Return the number of segments (at most 999); 0 if it is missing or not plausible."""
    text = _text_or_empty(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
