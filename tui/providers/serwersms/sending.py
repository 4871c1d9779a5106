"""A message as the fields of `messages/send_sms`."""

from typing import Any
from zoneinfo import ZoneInfo

from tui.domain.sms import Encoding, count
from tui.providers.errors import MessageInvalid
from tui.providers.protocol import Outgoing
from tui.providers.serwersms.push import PushNames
from tui.providers.serwersms.times import to_wall, write_wall


def send_fields(message: Outgoing, zone: ZoneInfo, names: PushNames) -> dict[str, Any]:
    """The request's fields. Source: SerwerSMS HTTPS API v2, sending SMS with the same content.

    `details` brings the id without which no report can be matched. No sender means ECO+, which
    takes no `utf`. Raises MessageInvalid for a time that no calendar has.
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
        fields["date"] = _date(message.scheduled_at, zone)
    if message.callback_url:
        fields["dlr_url"] = names.report_url(message.callback_url)
    return fields


def _needs_unicode(text: str) -> bool:
    """Whether the GSM alphabet would lose letters."""
    return count(text).encoding is Encoding.UCS2


def _date(at: int, zone: ZoneInfo) -> str:
    """Ms UTC as the account's wall time; both passes of a repeated hour read alike."""
    try:
        return write_wall(to_wall(at, zone))
    except ValueError as error:
        line = "The time to send at is out of range"
        raise MessageInvalid(line, field="scheduled_at") from error
