"""Check the messages of a send request field by field (MessageMedia API, send messages).

Errors have the format `/messages/1/destination_number: text, text.`; one faulty message refuses
the whole request.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

from tui.domain.record_type import record

MAX_MESSAGES = 100
MAX_CONTENT = 5000
MAX_SUBJECT = 64
MAX_PAIRS, MAX_KEY, MAX_VALUE = 10, 100, 256

FORMATS = ("SMS", "MMS", "TTS")
SOURCE_TYPES = ("INTERNATIONAL", "ALPHANUMERIC", "SHORTCODE")
ALPHA_TAG = re.compile(r"[A-Za-z0-9]{3,11}")
DIGITS = re.compile(r"[0-9]+")

FieldValues = Mapping[str, object]


class InvalidSubmission(ValueError):
    """A send request that is refused as a whole."""

    def __init__(self, details: Sequence[str]) -> None:
        """Create the error.

        Args:
            details: One text per faulty field, each beginning with its pointer.
        """
        super().__init__("; ".join(details))
        self.details = list(details)


@record
class SubmittedMessage:
    """One message as it was submitted."""

    content: str
    destination_number: str
    callback_url: str | None = None
    delivery_report: bool = False
    format: str = "SMS"
    source_number: str | None = None
    source_number_type: str | None = None
    scheduled: int | None = None
    """Milliseconds UTC."""
    expiry: int | None = None
    """Milliseconds UTC."""
    metadata: Mapping[str, str] | None = None
    media: tuple[str, ...] | None = None
    subject: str | None = None


@dataclass(slots=True)
class FieldErrors:
    """All errors of one message."""

    pointer: str
    details: list[str] = field(default_factory=list)

    def add(self, name: str, *texts: str) -> None:
        """Add the errors of one field as one text.

        Args:
            name: Name of the field.
            texts: Errors of the field.
        """
        self.details.append(f"{self.pointer}/{name}: {', '.join(texts)}.")


def parse_submissions(body: object) -> list[SubmittedMessage]:
    """Return all messages of the request; raise `InvalidSubmission`.

    Args:
        body: Parsed JSON of the request.
    """
    messages = body.get("messages") if isinstance(body, dict) else None
    if not isinstance(messages, list):
        raise InvalidSubmission(["/messages: Messages are required."])
    if not 1 <= len(messages) <= MAX_MESSAGES:
        raise InvalidSubmission([f"/messages: Must contain between 1 and {MAX_MESSAGES} messages."])
    errors = [FieldErrors(f"/messages/{index}") for index in range(len(messages))]
    submissions = [
        _parse_message(item, error) for item, error in zip(messages, errors, strict=True)
    ]
    details = [detail for error in errors for detail in error.details]
    if details:
        raise InvalidSubmission(details)
    return submissions


def _parse_message(item: object, errors: FieldErrors) -> SubmittedMessage:
    """Return one message; errors are noted, and the value is then not used."""
    if not isinstance(item, dict):
        errors.details.append(f"{errors.pointer}: Message must be an object.")
        return SubmittedMessage("", "")
    fields = {key: value for key, value in item.items() if value is not None}
    kind = _read_choice(fields, "format", FORMATS, errors) or "SMS"
    source = _read_text(fields, "source_number", errors)
    return SubmittedMessage(
        content=_read_content(fields, errors),
        destination_number=_read_destination(fields, errors),
        callback_url=_read_url(fields, "callback_url", errors),
        delivery_report=_read_flag(fields, "delivery_report", errors),
        format=kind,
        source_number=source,
        source_number_type=_read_source_type(fields, source, errors),
        scheduled=_read_time(fields, "scheduled", errors),
        expiry=_read_time(fields, "message_expiry_timestamp", errors),
        metadata=_read_metadata(fields, errors),
        media=_read_media(fields, kind, errors),
        subject=_read_text(fields, "subject", errors, MAX_SUBJECT),
    )


def _read_content(fields: FieldValues, errors: FieldErrors) -> str:
    """Return the text: required, 1 to 5000 characters."""
    content = fields.get("content")
    if not isinstance(content, str):
        errors.add("content", "Content is required")
        return ""
    if not 1 <= len(content) <= MAX_CONTENT:
        errors.add("content", f"Content must be between 1 and {MAX_CONTENT} characters")
    return content


def _read_destination(fields: FieldValues, errors: FieldErrors) -> str:
    """Return the recipient: 8 to 15 digits after an optional `+`."""
    number = fields.get("destination_number")
    if not isinstance(number, str):
        errors.add("destination_number", "Destination number is required")
        return ""
    digits, texts = number.removeprefix("+"), []
    if not 8 <= len(digits) <= 15:
        texts.append(
            "International address must be between 8 and 15 characters excluding the first '+'"
        )
    if not DIGITS.fullmatch(digits):
        texts.append("International address contains invalid characters")
    if texts:
        errors.add("destination_number", *texts)
    return number


def _read_text(
    fields: FieldValues, name: str, errors: FieldErrors, max_length: int | None = None
) -> str | None:
    """Return an optional text that is not empty."""
    value = fields.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not value:
        errors.add(name, "Must be a text that is not empty")
        return None
    if max_length is not None and len(value) > max_length:
        errors.add(name, f"Must be at most {max_length} characters")
    return value


def _read_flag(fields: FieldValues, name: str, errors: FieldErrors) -> bool:
    """Return an optional boolean, false if missing."""
    value = fields.get(name, False)
    if not isinstance(value, bool):
        errors.add(name, "Must be a boolean")
        return False
    return value


def _read_choice(
    fields: FieldValues, name: str, choices: Sequence[str], errors: FieldErrors
) -> str | None:
    """Return an optional value out of a list."""
    value = fields.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or value not in choices:
        errors.add(name, f"Must be one of {', '.join(choices)}")
        return None
    return value


def is_web_address(value: object) -> bool:
    """Return whether a value is an http or https address."""
    # `urlsplit` silently removes tabs and line breaks, so they are refused first.
    if not isinstance(value, str) or not value.isprintable():
        return False
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def _read_url(fields: FieldValues, name: str, errors: FieldErrors) -> str | None:
    """Return an optional web address."""
    value = fields.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not is_web_address(value):
        errors.add(name, "Must be an http or https address")
        return None
    return value


def _read_source_type(fields: FieldValues, source: str | None, errors: FieldErrors) -> str | None:
    """Return the sender's type as given, or guessed from the sender if it is missing."""
    given = _read_choice(fields, "source_number_type", SOURCE_TYPES, errors)
    if given is not None and "source_number" not in fields:
        errors.add("source_number_type", "Only valid together with a source number")
    if given == "ALPHANUMERIC" and source and not ALPHA_TAG.fullmatch(source):
        errors.add("source_number", "Alpha tag must be 3 to 11 letters or digits")
    if given is not None or source is None:
        return given
    return guess_source_type(source)


def guess_source_type(source: str) -> str:
    """Return the type of a sender that was sent without one.

    Args:
        source: Number, short code or name.
    """
    digits = source.removeprefix("+")
    if not DIGITS.fullmatch(digits):
        return "ALPHANUMERIC"
    return "SHORTCODE" if len(digits) < 8 else "INTERNATIONAL"


def _read_time(fields: FieldValues, name: str, errors: FieldErrors) -> int | None:
    """Return an optional ISO 8601 time in milliseconds UTC; without a zone it is UTC."""
    value = fields.get(name)
    if value is None:
        return None
    try:
        return _parse_milliseconds(value)
    except (TypeError, ValueError, OverflowError):
        errors.add(name, "Must be a date and time in ISO 8601 form")
        return None


def _parse_milliseconds(value: object) -> int:
    """Return the time that a text names; raise an error for anything else."""
    if not isinstance(value, str):
        raise TypeError("a time is a text")
    moment = datetime.fromisoformat(value)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return round(aware.astimezone(UTC).timestamp() * 1000)


def _read_metadata(fields: FieldValues, errors: FieldErrors) -> Mapping[str, str] | None:
    """Return optional pairs of texts: at most 10, keys to 100, values to 256 characters."""
    value = fields.get("metadata")
    if value is None:
        return None
    if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
        errors.add("metadata", "Must be an object of texts")
        return None
    texts = []
    if len(value) > MAX_PAIRS:
        texts.append(f"Must have at most {MAX_PAIRS} pairs")
    if any(len(key) > MAX_KEY for key in value):
        texts.append(f"Keys must be at most {MAX_KEY} characters")
    if any(len(text) > MAX_VALUE for text in value.values()):
        texts.append(f"Values must be at most {MAX_VALUE} characters")
    if texts:
        errors.add("metadata", *texts)
    return value


def _read_media(fields: FieldValues, kind: str, errors: FieldErrors) -> tuple[str, ...] | None:
    """Return the addresses of pictures: required with `format: MMS`, otherwise not allowed."""
    value = fields.get("media")
    if value is None:
        if kind == "MMS":
            errors.add("media", "Media is required for MMS")
        return None
    if kind != "MMS":
        errors.add("media", "Only valid with format MMS")
    if not isinstance(value, list) or not value or not all(map(is_web_address, value)):
        errors.add("media", "Must be a list of http or https addresses")
        return None
    return tuple(value)
