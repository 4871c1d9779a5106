"""What a client wants sent: reading and checking one omnimessage (Messente Omnichannel API, SMS
message, scheduled messages)."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from tui.sandbox.messente.chat import CHECKS
from tui.sandbox.messente.faults import Faults
from tui.sandbox.messente.fields import Fields
from tui.sandbox.messente.records import SMS

E164 = re.compile(r"\+[0-9]{8,15}")
HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")
AUTOCONVERT = ("on", "full", "off", "true", "false")
"""The last two are what the published specification made of `on` and `off`."""


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel attempt as it was asked for."""

    channel: str
    text: str
    sender: str
    """Empty if none was named."""
    validity: float | None
    """Seconds."""


@dataclass(frozen=True, slots=True)
class Omnimessage:
    """One message as it was asked for."""

    to: str
    channels: tuple[Channel, ...]
    dlr_url: str | None
    time_to_send: int | None
    """Milliseconds UTC."""

    @property
    def main(self) -> Channel:
        """The SMS, or the first channel if there is no SMS."""
        sms = [channel for channel in self.channels if channel.channel == SMS]
        return (sms or self.channels)[0]


def parse(body: object) -> tuple[Omnimessage | None, Faults]:
    """The message, or None and what is wrong with it."""
    faults = Faults()
    if not isinstance(body, dict):
        faults.invalid("messages", "Not a valid object")
        return None, faults
    fields = Fields(body, faults)
    message = Omnimessage(
        to=_recipient(fields),
        channels=_channels(fields),
        dlr_url=fields.url("dlr_url"),
        time_to_send=_time(fields),
    )
    fields.choice("text_store", ("nostore", "plaintext", "sha256"))
    fields.choice("priority", ("low", "regular", "high"))
    return (None if faults.errors else message), faults


def _recipient(fields: Fields) -> str:
    """One number in E.164 form."""
    to = fields.text("to", required=True)
    if to and not E164.fullmatch(to):
        fields.invalid("to", "Not a valid phone number")
    return to


def _channels(fields: Fields) -> tuple[Channel, ...]:
    """At least one channel, none of them twice."""
    if not fields.given("messages"):
        fields.missing("messages")
        return ()
    items = fields.values["messages"]
    if not isinstance(items, list) or not items:
        fields.invalid("messages", "Must be a list of at least one message")
        return ()
    objects = [fields.object(f"messages.{index}", item) for index, item in enumerate(items)]
    channels = tuple(_channel(inner) for inner in objects if inner)
    names = [channel.channel for channel in channels]
    if len(set(names)) < len(names):
        fields.invalid("messages", "The same channel more than once")
    return channels


def _channel(fields: Fields) -> Channel:
    """One channel; faults are noted."""
    name = fields.text("channel") or SMS
    fields.choice("channel", (SMS, *CHECKS))
    check = CHECKS.get(name)
    text = check(fields) if check else _sms_text(fields)
    return Channel(name, text, fields.text("sender"), _validity(fields))


def _sms_text(fields: Fields) -> str:
    """The text of an SMS, and its other fields checked."""
    fields.choice("autoconvert", AUTOCONVERT)
    udh = fields.text("udh")
    if udh and not HEX.fullmatch(udh):
        fields.invalid("udh", "Not a valid hex string")
    return fields.text("text", required=True)


def _validity(fields: Fields) -> float | None:
    """Minutes or seconds, never both; in seconds."""
    minutes, seconds = fields.positive("validity"), fields.positive("ttl")
    if fields.given("validity") and fields.given("ttl"):
        fields.invalid("ttl", "Only one of: validity, ttl")
    return minutes * 60.0 if minutes is not None else seconds


def _time(fields: Fields) -> int | None:
    """An ISO 8601 time; without an offset it is UTC."""
    value = fields.text("time_to_send")
    if not value:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        fields.invalid("time_to_send", "Not a valid datetime")
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return round(aware.timestamp() * 1000)
