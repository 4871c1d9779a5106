"""Read and check one omnimessage (Messente Omnichannel API, SMS message, scheduled messages).

So is the content of its Viber, WhatsApp and RCS messages.
"""

import re
from datetime import UTC, datetime

from tui.domain.record_type import record
from tui.sandbox.messente.fields import JsonFields
from tui.sandbox.messente.records import SMS
from tui.sandbox.messente.status_codes import ValidationErrors

VIBER_SETS = frozenset(
    map(
        frozenset,
        (
            ("image_url",),
            ("text",),
            ("text", "button_text", "button_url"),
            ("text", "button_text", "button_url", "image_url"),
            ("video",),
            ("video", "text"),
            ("video", "text", "button_text"),
            ("video", "text", "button_text", "button_url"),
            ("carousel", "text"),
            ("template",),
        ),
    )
)
VIBER_CONTENT = frozenset().union(*VIBER_SETS)
WHATSAPP_MEDIA = ("image", "video", "audio", "document", "sticker")
WHATSAPP_CONTENT = ("text", "template", *WHATSAPP_MEDIA)
RCS_CONTENT = ("text", "content_info", "rich_card")

MAX_VIBER_TEXT = 1000
MAX_VIDEO_BYTES = 200 * 1024 * 1024
MAX_VIDEO_SECONDS = 600
MAX_RCS_TEXT = 3072
MAX_SUGGESTIONS = 11


def check_viber(fields: JsonFields) -> str:
    """Note the errors of a Viber message and return its text.

    Args:
        fields: One entry of `messages`; errors are added to it.
    """
    given = frozenset(name for name in VIBER_CONTENT if fields.has_value(name))
    if given not in VIBER_SETS:
        fields.add_invalid("channel", "Not a valid set of Viber fields")
    for name in ("image_url", "button_url"):
        fields.read_url(name)
    fields.read_text("button_text")
    if fields.has_value("video") and (video := fields.read_inner("video")):
        _check_video(video)
    if fields.has_value("carousel") and (carousel := fields.read_inner("carousel")):
        _check_carousel(carousel)
    if fields.has_value("template") and (template := fields.read_inner("template")):
        template.read_text("id", required=True)
        template.read_text("lang", required=True)
    return fields.read_text("text", max_length=MAX_VIBER_TEXT)


def _check_video(video: JsonFields) -> None:
    """Check a video: an address, a preview, at most 200 MB and 600 seconds."""
    video.read_url("url", required=True)
    video.read_url("thumbnail", required=True)
    for name, maximum in (("file_size", MAX_VIDEO_BYTES), ("duration", MAX_VIDEO_SECONDS)):
        if not video.has_value(name):
            video.add_missing(name)
        elif (video.read_positive(name) or 0) > maximum:
            video.add_invalid(name, f"Must be at most {maximum}")


def _check_carousel(carousel: JsonFields) -> None:
    """Check a carousel: two to five cards, each with a title of 2 to 38 characters."""
    for index, item in enumerate(carousel.read_items("items", 2, 5)):
        card = carousel.read_object(f"items.{index}", item)
        if card and not 2 <= len(card.read_text("title", required=True)) <= 38:
            card.add_invalid("title", "Length must be between 2 and 38")


def check_whatsapp(fields: JsonFields) -> str:
    """Note the errors of a WhatsApp message and return its text.

    Args:
        fields: One entry of `messages`; errors are added to it.
    """
    given = [name for name in WHATSAPP_CONTENT if fields.has_value(name)]
    if len(given) != 1:
        fields.add_invalid("channel", f"Exactly one of: {', '.join(WHATSAPP_CONTENT)}")
        return ""
    content = fields.read_inner(given[0])
    if content is None:
        return ""
    if given[0] == "text":
        return content.read_text("body", required=True)
    if given[0] == "template":
        content.read_text("name", required=True)
        language = content.read_inner("language")
        if language:
            language.read_text("code", required=True)
        return ""
    if content.has_value("id") == content.has_value("link"):
        content.add_invalid("link", "Exactly one of: id, link")
    return content.read_text("caption")


def check_rcs(fields: JsonFields) -> str:
    """Note the errors of an RCS message and return its text.

    Args:
        fields: One entry of `messages`; errors are added to it.
    """
    fields.read_text("sender", required=True)
    if sum(fields.has_value(name) for name in RCS_CONTENT) != 1:
        fields.add_invalid("channel", f"Exactly one of: {', '.join(RCS_CONTENT)}")
    if fields.has_value("suggestions"):
        fields.read_items("suggestions", 0, MAX_SUGGESTIONS)
    return fields.read_text("text", max_length=MAX_RCS_TEXT)


CHECKS = {"viber": check_viber, "whatsapp": check_whatsapp, "rcs": check_rcs}
"""Check function of each channel."""


E164 = re.compile(r"\+[0-9]{8,15}")
HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")
AUTOCONVERT_MODES = ("on", "full", "off", "true", "false")
"""The last two are the published specification's reading of `on` and `off` as YAML booleans."""


@record
class RequestedChannel:
    """One channel of the request."""

    channel: str
    text: str
    sender: str
    """Empty if the request named none."""
    validity: float | None
    """Seconds."""


@record
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
