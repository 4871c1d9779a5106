"""Read and check one omnimessage (Messente Omnichannel API, SMS message, scheduled messages)."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from tui.sandbox.messente.chat import CHECKS
from tui.sandbox.messente.faults import ValidationErrors
from tui.sandbox.messente.fields import JsonFields
from tui.sandbox.messente.records import SMS

E164 = re.compile(r"\+[0-9]{8,15}")
HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")
AUTOCONVERT_MODES = ("on", "full", "off", "true", "false")
"""The last two are the published specification's reading of `on` and `off` as YAML booleans."""


@dataclass(frozen=True, slots=True)
class RequestedChannel:
    """One channel of the request."""

    channel: str
    text: str
    sender: str
    """Empty if the request named none."""
    validity: float | None
    """Seconds."""


@dataclass(frozen=True, slots=True)
class Omnimessage:
    """One message of the request."""

    to: str
    channels: tuple[RequestedChannel, ...]
    dlr_url: str | None
    time_to_send: int | None
    """Milliseconds UTC."""

    @property
    def main_channel(self) -> RequestedChannel:
        """Return the SMS, or the first channel if there is no SMS."""
        sms = [channel for channel in self.channels if channel.channel == SMS]
        return (sms or self.channels)[0]


def parse_omnimessage(body: object) -> tuple[Omnimessage | None, ValidationErrors]:
    """Return the message, or None, together with its errors.

    Args:
        body: Parsed JSON of the message.
    """
    errors = ValidationErrors()
    if not isinstance(body, dict):
        errors.add_invalid("messages", "Not a valid object")
        return None, errors
    fields = JsonFields(body, errors)
    message = Omnimessage(
        to=_read_recipient(fields),
        channels=_read_channels(fields),
        dlr_url=fields.read_url("dlr_url"),
        time_to_send=_read_time(fields),
    )
    fields.check_choice("text_store", ("nostore", "plaintext", "sha256"))
    fields.check_choice("priority", ("low", "regular", "high"))
    return (None if errors.errors else message), errors


def _read_recipient(fields: JsonFields) -> str:
    """Return one number in E.164 format."""
    to = fields.read_text("to", required=True)
    if to and not E164.fullmatch(to):
        fields.add_invalid("to", "Not a valid phone number")
    return to


def _read_channels(fields: JsonFields) -> tuple[RequestedChannel, ...]:
    """Return the channels: at least one, none of them twice."""
    if not fields.has_value("messages"):
        fields.add_missing("messages")
        return ()
    items = fields.values["messages"]
    if not isinstance(items, list) or not items:
        fields.add_invalid("messages", "Must be a list of at least one message")
        return ()
    objects = [fields.read_object(f"messages.{index}", item) for index, item in enumerate(items)]
    channels = tuple(_read_channel(inner) for inner in objects if inner)
    names = [channel.channel for channel in channels]
    if len(set(names)) < len(names):
        fields.add_invalid("messages", "The same channel more than once")
    return channels


def _read_channel(fields: JsonFields) -> RequestedChannel:
    """Return one channel; its errors are noted."""
    name = fields.read_text("channel") or SMS
    fields.check_choice("channel", (SMS, *CHECKS))
    check = CHECKS.get(name)
    text = check(fields) if check else _read_sms_text(fields)
    return RequestedChannel(name, text, fields.read_text("sender"), _read_validity(fields))


def _read_sms_text(fields: JsonFields) -> str:
    """Return the text of an SMS and check its other fields."""
    fields.check_choice("autoconvert", AUTOCONVERT_MODES)
    udh = fields.read_text("udh")
    if udh and not HEX.fullmatch(udh):
        fields.add_invalid("udh", "Not a valid hex string")
    return fields.read_text("text", required=True)


def _read_validity(fields: JsonFields) -> float | None:
    """Return the validity in seconds; the request gives minutes or seconds, never both."""
    minutes, seconds = fields.read_positive("validity"), fields.read_positive("ttl")
    if fields.has_value("validity") and fields.has_value("ttl"):
        fields.add_invalid("ttl", "Only one of: validity, ttl")
    return minutes * 60.0 if minutes is not None else seconds


def _read_time(fields: JsonFields) -> int | None:
    """Return an ISO 8601 time in milliseconds UTC; without an offset it is UTC."""
    value = fields.read_text("time_to_send")
    if not value:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        fields.add_invalid("time_to_send", "Not a valid datetime")
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return round(aware.timestamp() * 1000)
