"""A message of ours as MessageMedia wants it (MessageMedia API, send)."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tui.domain.message import Format
from tui.domain.text import repair
from tui.providers.errors import MessageInvalid
from tui.providers.protocol import Outgoing

LONGEST_TEXT = 5000
"""Characters of `content`."""
_LONGEST_SUBJECT = 64
_DESTINATION = re.compile(r"\+?[0-9]{3,15}")
_SHORT_CODE = re.compile(r"[0-9]{3,8}")
_NUMBER = re.compile(r"\+?[0-9]+")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def as_json(message: Outgoing, *, now: int, validity: int) -> dict[str, Any]:
    """One entry of `messages`; `validity` is in ms, 0 for the provider's own.

    Reports are always asked for, and our reference travels as metadata: it comes back with every
    report and reply.
    """
    begins = message.scheduled_at if message.scheduled_at is not None else now
    return {
        "content": repair(message.text),
        "destination_number": message.to,
        "delivery_report": True,
        "format": message.format.value,
        "metadata": {"reference": message.reference},
        **_sender(message.sender),
        **_optional("callback_url", message.callback_url),
        **_optional("scheduled", _iso(message.scheduled_at)),
        **_optional("message_expiry_timestamp", _iso(begins + validity) if validity else ""),
        **(_mms(message) if message.format is Format.MMS else {}),
    }


def fault_of(message: Outgoing) -> MessageInvalid | None:
    """What MessageMedia is known to refuse, found before one message spoils a batch of 100."""
    if not _DESTINATION.fullmatch(message.to):
        return MessageInvalid("The number is not one that can be texted", field="to")
    if not message.text:
        return MessageInvalid("The message has no text", field="text")
    if len(message.text) > LONGEST_TEXT:
        line = f"The text is longer than {LONGEST_TEXT} characters"
        return MessageInvalid(line, field="text")
    return _mms_fault(message)


def _mms_fault(message: Outgoing) -> MessageInvalid | None:
    """What would be refused about pictures and subject."""
    if message.format is not Format.MMS:
        line = "Pictures and a subject need the format MMS"
        return MessageInvalid(line, field="format") if message.media or message.subject else None
    if not message.media:
        return MessageInvalid("An MMS needs the address of a picture", field="media")
    if len(message.subject) > _LONGEST_SUBJECT:
        line = f"The subject is longer than {_LONGEST_SUBJECT} characters"
        return MessageInvalid(line, field="subject")
    return None


def sender_type(sender: str) -> str:
    """The provider's kind of a sender, which it sometimes guesses wrongly by itself."""
    if _SHORT_CODE.fullmatch(sender):
        return "SHORTCODE"
    return "INTERNATIONAL" if _NUMBER.fullmatch(sender) else "ALPHANUMERIC"


def _sender(sender: str) -> dict[str, str]:
    """The sender and its kind; nothing leaves the choice to the account's default."""
    if not sender:
        return {}
    return {"source_number": repair(sender), "source_number_type": sender_type(sender)}


def _mms(message: Outgoing) -> dict[str, str | Sequence[str]]:
    """Pictures and subject."""
    media = {"media": [repair(address) for address in message.media]}
    return {**media, **_optional("subject", repair(message.subject))}


def _optional(name: str, value: str) -> dict[str, str]:
    """The field, unless it has no value."""
    return {name: value} if value else {}


def _iso(at: int | None) -> str:
    """Ms UTC as ISO 8601 with milliseconds and Z; empty for None."""
    if at is None:
        return ""
    moment = _EPOCH + timedelta(milliseconds=at)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
