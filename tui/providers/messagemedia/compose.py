"""Build the JSON of a message for MessageMedia (MessageMedia API, send)."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tui.domain.message import Format
from tui.domain.text import repair_text
from tui.providers.errors import MessageInvalid
from tui.providers.protocol import Outgoing

LONGEST_TEXT = 5000
"""Maximum length of `content` in characters."""
_LONGEST_SUBJECT = 64
_DESTINATION = re.compile(r"\+?[0-9]{3,15}")
_SHORT_CODE = re.compile(r"[0-9]{3,8}")
_NUMBER = re.compile(r"\+?[0-9]+")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_request_entry(message: Outgoing, *, now: int, validity: int) -> dict[str, Any]:
    """Return one entry of `messages`.

    Reports are always requested. Our reference is sent as metadata, because metadata comes
    back with every report and reply.

    Args:
        message: Message to send.
        now: Current time (ms UTC).
        validity: How long the message may wait for delivery (ms); 0 for the default.
    """
    starts_at = message.scheduled_at if message.scheduled_at is not None else now
    return {
        "content": repair_text(message.text),
        "destination_number": message.to,
        "delivery_report": True,
        "format": message.format.value,
        "metadata": {"reference": message.reference},
        **_build_sender_fields(message.sender),
        **_build_optional_field("callback_url", message.callback_url),
        **_build_optional_field("scheduled", _format_iso_time(message.scheduled_at)),
        **_build_optional_field(
            "message_expiry_timestamp", _format_iso_time(starts_at + validity) if validity else ""
        ),
        **(_build_mms_fields(message) if message.format is Format.MMS else {}),
    }


def find_fault(message: Outgoing) -> MessageInvalid | None:
    """Return the reason for which MessageMedia will refuse a message, or None.

    It is checked before the request, because one bad message spoils a batch of 100.
    """
    if not _DESTINATION.fullmatch(message.to):
        return MessageInvalid("The number is not one that can be texted", field="to")
    if not message.text:
        return MessageInvalid("The message has no text", field="text")
    if len(message.text) > LONGEST_TEXT:
        line = f"The text is longer than {LONGEST_TEXT} characters"
        return MessageInvalid(line, field="text")
    return _find_mms_fault(message)


def _find_mms_fault(message: Outgoing) -> MessageInvalid | None:
    """Return the reason for which pictures or subject will be refused, or None."""
    if message.format is not Format.MMS:
        line = "Pictures and a subject need the format MMS"
        return MessageInvalid(line, field="format") if message.media or message.subject else None
    if not message.media:
        return MessageInvalid("An MMS needs the address of a picture", field="media")
    if len(message.subject) > _LONGEST_SUBJECT:
        line = f"The subject is longer than {_LONGEST_SUBJECT} characters"
        return MessageInvalid(line, field="subject")
    return None


def get_sender_type(sender: str) -> str:
    """Return the provider's type of a sender ID.

    The type is always sent, because the provider sometimes detects it wrongly.
    """
    if _SHORT_CODE.fullmatch(sender):
        return "SHORTCODE"
    return "INTERNATIONAL" if _NUMBER.fullmatch(sender) else "ALPHANUMERIC"


def _build_sender_fields(sender: str) -> dict[str, str]:
    """Return the sender and its type; empty to use the account's default."""
    if not sender:
        return {}
    return {"source_number": repair_text(sender), "source_number_type": get_sender_type(sender)}


def _build_mms_fields(message: Outgoing) -> dict[str, str | Sequence[str]]:
    """Return the pictures and the subject."""
    media = {"media": [repair_text(address) for address in message.media]}
    return {**media, **_build_optional_field("subject", repair_text(message.subject))}


def _build_optional_field(name: str, value: str) -> dict[str, str]:
    """Return the field, or nothing if its value is empty."""
    return {name: value} if value else {}


def _format_iso_time(at: int | None) -> str:
    """Return ms UTC as ISO 8601 with milliseconds and Z; empty for None."""
    if at is None:
        return ""
    moment = _EPOCH + timedelta(milliseconds=at)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
