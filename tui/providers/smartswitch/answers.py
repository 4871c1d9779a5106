"""SmartSwitch's answers to a send as outcomes and typed errors.

The body decides, whatever the HTTP status: `data` tells each recipient's fate, `errors` that the
whole request was refused. The order of `data` is that of the request; an echoed `request_id` of
ours is believed before the order is.
"""

from collections.abc import Sequence
from typing import Any

from tui.domain.text import one_line
from tui.providers.errors import CredentialsRefused, MessageInvalid, ProviderError, Uncertain
from tui.providers.http import Answer
from tui.providers.masking import Mask
from tui.providers.protocol import Accepted, Outcome, Outgoing, Refused
from tui.providers.sending import digits, undocumented
from tui.providers.smartswitch.words import ENTRY_STATUSES, ERROR_CODES, TITLE

Entry = dict[str, Any]

_LONGEST_DETAIL = 160
_LONGEST_CODE = 40


def outcomes(answer: Answer, messages: Sequence[Outgoing], mask: Mask) -> list[Outcome]:
    """What became of each message; raises when no recipient's fate is told."""
    entries = _entries(answer)
    if not any(entries):
        raise refusal(answer, mask)
    return [
        _outcome(_entry_of(index, messages, entries), index, mask) for index in range(len(messages))
    ]


def refusal(answer: Answer, mask: Mask, *, effect: bool = True) -> ProviderError:
    """The error for an answer without `data`; `effect` says that the request could send."""
    errors = [error for error in _list(_body(answer).get("errors")) if isinstance(error, dict)]
    codes = [_text(error.get("code")) for error in errors]
    detail = _detail(errors, mask)
    known = next((code for code in codes if code in ERROR_CODES), "")
    if known:
        return CredentialsRefused(ERROR_CODES[known], code=known, detail=detail)
    if not errors or answer.status == 429 or answer.status >= 500:
        return undocumented(answer, TITLE, effect=effect)
    line = f"{TITLE} refused the request, nothing was sent: {detail or 'it gives no reason'}"
    return MessageInvalid(line, code=mask.text(codes[0])[:_LONGEST_CODE], detail=detail)


def _body(answer: Answer) -> Entry:
    """The body's JSON object, an empty one when there is none."""
    body = answer.json_or_none()
    return body if isinstance(body, dict) else {}


def _entries(answer: Answer) -> list[Entry | None]:
    """The recipients' entries in place: an object for one, an array for several."""
    data = _body(answer).get("data")
    found = data if isinstance(data, list) else [data]
    return [entry if isinstance(entry, dict) and entry else None for entry in found]


def _entry_of(
    index: int, messages: Sequence[Outgoing], entries: Sequence[Entry | None]
) -> Entry | None:
    """The entry about one message: by our reference, else by its place."""
    mine = messages[index]
    for entry in entries:
        if entry and mine.reference and _request_id(entry) == mine.reference.casefold():
            return entry
    entry = entries[index] if index < len(entries) else None
    others = [message for message in messages if message is not mine]
    return entry if entry and not _is_about(entry, others, mine) else None


def _is_about(entry: Entry, others: Sequence[Outgoing], mine: Outgoing) -> bool:
    """Whether an entry names another message of the request, or another message's number."""
    number = digits(_text(_attributes(entry).get("destination_number")))
    numbers = {digits(message.to) for message in others} - {digits(mine.to)}
    references = {message.reference.casefold() for message in others if message.reference}
    return number in numbers or _request_id(entry) in references


def _outcome(entry: Entry | None, index: int, mask: Mask) -> Outcome:
    """One recipient's entry as an outcome; what it does not tell stays uncertain."""
    attributes = _attributes(entry or {})
    word = _text(attributes.get("status"))
    if entry is None or word not in ENTRY_STATUSES:
        line = f"{TITLE} did not tell whether it sent this message"
        return Refused(Uncertain(line, code=mask.text(word)[:_LONGEST_CODE]))
    if word == "error":
        line = f"{TITLE}: {ENTRY_STATUSES[word]}"
        return Refused(MessageInvalid(line, index=index, code=word))
    return Accepted(
        provider_id=_text(entry.get("id")),
        word=word,
        parts=_parts(attributes.get("segments")),
        raw=mask.raw(entry),
    )


def _attributes(entry: Entry) -> Entry:
    """An entry's attributes, none when they are no object."""
    attributes = entry.get("attributes")
    return attributes if isinstance(attributes, dict) else {}


def _request_id(entry: Entry) -> str:
    """What came back of our reference; `meta` is optional and may hold the position instead."""
    meta = entry.get("meta")
    return _text(meta.get("request_id")).casefold() if isinstance(meta, dict) else ""


def _detail(errors: Sequence[Entry], mask: Mask) -> str:
    """What the switch says for people: each error's heading and detail, or its code."""
    said = (
        ": ".join(filter(None, (_text(error.get("title")), _text(error.get("detail")))))
        or _text(error.get("code"))
        for error in errors
    )
    return one_line(mask.text("; ".join(filter(None, said))), _LONGEST_DETAIL)


def _list(value: Any) -> list[Any]:
    """A JSON array, an empty one for anything else."""
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    """A text or a whole number as a text without blanks around it, empty for anything else."""
    return str(value).strip() if isinstance(value, str) or type(value) is int else ""


def _parts(value: Any) -> int:
    """The number of segments (at most 999), 0 when the switch does not say a sensible one."""
    text = _text(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
