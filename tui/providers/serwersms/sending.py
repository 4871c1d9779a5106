"""Build the fields of `messages/send_sms` from a message."""

from typing import Any
from zoneinfo import ZoneInfo

from tui.domain.sms import Encoding, count_parts
from tui.providers.errors import MessageInvalid
from tui.providers.protocol import Outgoing
from tui.providers.serwersms.push import PushNames
from tui.providers.serwersms.times import format_local_time, to_local_time


def build_send_fields(message: Outgoing, zone: ZoneInfo, names: PushNames) -> dict[str, Any]:
    """Build the fields of the request.

    Source: SerwerSMS HTTPS API v2, sending SMS with the same content. `details` returns the
    id that reports are matched by. A message without a sender is ECO+, which does not
    accept `utf`.

    Args:
        message: Message to send.
        zone: Time zone of the account's dates.
        names: Parameter names of the account's templates.

    Raises:
        MessageInvalid: If the scheduled time is out of range.
    """
    fields: dict[str, Any] = {
        "phone": message.to,
        "text": message.text,
        "details": True,
        "unique_id": message.reference,
    }
    if message.sender:
        fields |= {"sender": message.sender, "utf": _needs_unicode(message.text)}
    if message.scheduled_at is not None:
        fields["date"] = _format_date(message.scheduled_at, zone)
    if message.callback_url:
        fields["dlr_url"] = names.build_report_url(message.callback_url)
    return fields


def _needs_unicode(text: str) -> bool:
    """Return whether the GSM alphabet would lose characters."""
    return count_parts(text).encoding is Encoding.UCS2


def _format_date(at: int, zone: ZoneInfo) -> str:
    """Format ms UTC as the account's local time.

    Both passes of a repeated hour give the same text.
    """
    try:
        return format_local_time(to_local_time(at, zone))
    except ValueError as error:
        line = "The time to send at is out of range"
        raise MessageInvalid(line, field="scheduled_at") from error
