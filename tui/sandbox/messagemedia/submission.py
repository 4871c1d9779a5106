"""The messages of a send request, checked field by field (MessageMedia API, send messages).

Faults are told as `/messages/1/destination_number: text, text.`; one faulty message refuses all.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

MAX_MESSAGES = 100
MAX_CONTENT = 5000
MAX_SUBJECT = 64
MAX_PAIRS, MAX_KEY, MAX_VALUE = 10, 100, 256

FORMATS = ("SMS", "MMS", "TTS")
SOURCE_TYPES = ("INTERNATIONAL", "ALPHANUMERIC", "SHORTCODE")
ALPHA_TAG = re.compile(r"[A-Za-z0-9]{3,11}")
DIGITS = re.compile(r"[0-9]+")

Fields = Mapping[str, object]


class Invalid(ValueError):
    """A send request that is refused as a whole."""

    def __init__(self, details: Sequence[str]) -> None:
        """One text per faulty field, each beginning with its pointer."""
        super().__init__("; ".join(details))
        self.details = list(details)


@dataclass(frozen=True, slots=True)
class Submission:
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
class Faults:
    """What is wrong with one message."""

    pointer: str
    details: list[str] = field(default_factory=list)

    def add(self, name: str, *texts: str) -> None:
        """Faults of one field, told in one text."""
        self.details.append(f"{self.pointer}/{name}: {', '.join(texts)}.")


def parse_submissions(body: object) -> list[Submission]:
    """All messages of the request; raises `Invalid`."""
    messages = body.get("messages") if isinstance(body, dict) else None
    if not isinstance(messages, list):
        raise Invalid(["/messages: Messages are required."])
    if not 1 <= len(messages) <= MAX_MESSAGES:
        raise Invalid([f"/messages: Must contain between 1 and {MAX_MESSAGES} messages."])
    faults = [Faults(f"/messages/{index}") for index in range(len(messages))]
    submissions = [_parse(item, fault) for item, fault in zip(messages, faults, strict=True)]
    details = [detail for fault in faults for detail in fault.details]
    if details:
        raise Invalid(details)
    return submissions


def _parse(item: object, faults: Faults) -> Submission:
    """One message; faults are noted and the value is then not used."""
    if not isinstance(item, dict):
        faults.details.append(f"{faults.pointer}: Message must be an object.")
        return Submission("", "")
    fields = {key: value for key, value in item.items() if value is not None}
    kind = _choice(fields, "format", FORMATS, faults) or "SMS"
    source = _text(fields, "source_number", faults)
    return Submission(
        content=_content(fields, faults),
        destination_number=_destination(fields, faults),
        callback_url=_url(fields, "callback_url", faults),
        delivery_report=_flag(fields, "delivery_report", faults),
        format=kind,
        source_number=source,
        source_number_type=_source_type(fields, source, faults),
        scheduled=_time(fields, "scheduled", faults),
        expiry=_time(fields, "message_expiry_timestamp", faults),
        metadata=_metadata(fields, faults),
        media=_media(fields, kind, faults),
        subject=_text(fields, "subject", faults, MAX_SUBJECT),
    )


def _content(fields: Fields, faults: Faults) -> str:
    """The text: required, 1 to 5000 characters."""
    content = fields.get("content")
    if not isinstance(content, str):
        faults.add("content", "Content is required")
        return ""
    if not 1 <= len(content) <= MAX_CONTENT:
        faults.add("content", f"Content must be between 1 and {MAX_CONTENT} characters")
    return content


def _destination(fields: Fields, faults: Faults) -> str:
    """The recipient: 8 to 15 digits after an optional `+`."""
    number = fields.get("destination_number")
    if not isinstance(number, str):
        faults.add("destination_number", "Destination number is required")
        return ""
    digits, texts = number.removeprefix("+"), []
    if not 8 <= len(digits) <= 15:
        texts.append(
            "International address must be between 8 and 15 characters excluding the first '+'"
        )
    if not DIGITS.fullmatch(digits):
        texts.append("International address contains invalid characters")
    if texts:
        faults.add("destination_number", *texts)
    return number


def _text(fields: Fields, name: str, faults: Faults, longest: int | None = None) -> str | None:
    """An optional text that is not empty."""
    value = fields.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not value:
        faults.add(name, "Must be a text that is not empty")
        return None
    if longest is not None and len(value) > longest:
        faults.add(name, f"Must be at most {longest} characters")
    return value


def _flag(fields: Fields, name: str, faults: Faults) -> bool:
    """An optional boolean, false if missing."""
    value = fields.get(name, False)
    if not isinstance(value, bool):
        faults.add(name, "Must be a boolean")
        return False
    return value


def _choice(fields: Fields, name: str, words: Sequence[str], faults: Faults) -> str | None:
    """An optional word out of a list."""
    value = fields.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or value not in words:
        faults.add(name, f"Must be one of {', '.join(words)}")
        return None
    return value


def is_web_address(value: object) -> bool:
    """Whether a value is an http or https address."""
    if not isinstance(value, str) or not value.isprintable():
        return False
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def _url(fields: Fields, name: str, faults: Faults) -> str | None:
    """An optional web address."""
    value = fields.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not is_web_address(value):
        faults.add(name, "Must be an http or https address")
        return None
    return value


def _source_type(fields: Fields, source: str | None, faults: Faults) -> str | None:
    """The sender's kind: as given, only with a sender, guessed from it when missing."""
    given = _choice(fields, "source_number_type", SOURCE_TYPES, faults)
    if given is not None and "source_number" not in fields:
        faults.add("source_number_type", "Only valid together with a source number")
    if given == "ALPHANUMERIC" and source and not ALPHA_TAG.fullmatch(source):
        faults.add("source_number", "Alpha tag must be 3 to 11 letters or digits")
    if given is not None or source is None:
        return given
    return guess_source_type(source)


def guess_source_type(source: str) -> str:
    """What a sender without a declared kind is taken for."""
    digits = source.removeprefix("+")
    if not DIGITS.fullmatch(digits):
        return "ALPHANUMERIC"
    return "SHORTCODE" if len(digits) < 8 else "INTERNATIONAL"


def _time(fields: Fields, name: str, faults: Faults) -> int | None:
    """An optional ISO 8601 time in milliseconds UTC; without a zone it is UTC."""
    value = fields.get(name)
    if value is None:
        return None
    try:
        return _milliseconds(value)
    except (TypeError, ValueError, OverflowError):
        faults.add(name, "Must be a date and time in ISO 8601 form")
        return None


def _milliseconds(value: object) -> int:
    """The time that a text names; raises for anything else."""
    if not isinstance(value, str):
        raise TypeError("a time is a text")
    moment = datetime.fromisoformat(value)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return round(aware.astimezone(UTC).timestamp() * 1000)


def _metadata(fields: Fields, faults: Faults) -> Mapping[str, str] | None:
    """Optional pairs of texts: at most 10, keys up to 100 and values up to 256 characters."""
    value = fields.get("metadata")
    if value is None:
        return None
    if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
        faults.add("metadata", "Must be an object of texts")
        return None
    texts = []
    if len(value) > MAX_PAIRS:
        texts.append(f"Must have at most {MAX_PAIRS} pairs")
    if any(len(key) > MAX_KEY for key in value):
        texts.append(f"Keys must be at most {MAX_KEY} characters")
    if any(len(text) > MAX_VALUE for text in value.values()):
        texts.append(f"Values must be at most {MAX_VALUE} characters")
    if texts:
        faults.add("metadata", *texts)
    return value


def _media(fields: Fields, kind: str, faults: Faults) -> tuple[str, ...] | None:
    """Addresses of pictures: with `format: MMS`, and only with it."""
    value = fields.get("media")
    if value is None:
        if kind == "MMS":
            faults.add("media", "Media is required for MMS")
        return None
    if kind != "MMS":
        faults.add("media", "Only valid with format MMS")
    if not isinstance(value, list) or not value or not all(map(is_web_address, value)):
        faults.add("media", "Must be a list of http or https addresses")
        return None
    return tuple(value)
