"""Store what the emulator needs of outgoing and incoming messages, with times as the API has them.

Times are local in Poland, to the second, without a zone.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from tui.domain.sms import count_parts, is_gsm
from tui.sandbox.ledger import Event, MmsFile
from tui.sandbox.serwersms.status_codes import DELIVERED, IN_PROGRESS, SENT

WARSAW = ZoneInfo("Europe/Warsaw")


def format_local(at: int) -> str:
    """Return a time as `2026-03-04 09:15:02`.

    Args:
        at: Time in milliseconds UTC.
    """
    moment = datetime.fromtimestamp(at // 1000, UTC)
    return moment.astimezone(WARSAW).strftime("%Y-%m-%d %H:%M:%S")


def parse_local(text: str) -> int:
    """Return a local time (or a day alone) in milliseconds UTC; raise `ValueError`.

    A time in the repeated hour of autumn means its first occurrence; a time in the skipped hour
    of spring lies an hour later.

    Args:
        text: ISO 8601 date, with or without time and zone.
    """
    moment = datetime.fromisoformat(text)
    return round(moment.replace(tzinfo=moment.tzinfo or WARSAW).timestamp() * 1000)


Body = dict[str, object]

INTERNATIONAL = re.compile(r"\+[0-9]{8,15}")
POLISH = re.compile(r"[0-9]{9}")
SPACES = re.compile(r"[\s()-]+")

SINGLE_PART_LENGTH, JOINED_PART_LENGTH = 160, 153
"""Characters of one GSM part, alone and as one of several."""


def normalize_phone(phone: str) -> str | None:
    """Return a number with its prefix, +48 for nine digits; None if it is no number.

    Args:
        phone: Number as a request contains it, with spaces, hyphens or brackets.
    """
    compact = SPACES.sub("", phone)
    number = f"+48{compact}" if POLISH.fullmatch(compact) else compact
    return number if INTERNATIONAL.fullmatch(number) else None


def count_text_parts(text: str, utf: bool) -> int:
    """Return in how many parts a text is sent.

    Without `utf` each character becomes one of the GSM alphabet.

    Args:
        text: Text of the message.
        utf: Whether characters outside of the GSM alphabet are preserved.
    """
    if utf or is_gsm(text):
        return max(1, len(count_parts(text).parts))
    return 1 if len(text) <= SINGLE_PART_LENGTH else -(-len(text) // JOINED_PART_LENGTH)


@dataclass(slots=True)
class OutgoingMessage:
    """One accepted message and the content of its reports."""

    id: str
    phone: str
    text: str
    sender: str
    kind: str
    """`eco`, `full` or `mms`."""
    unique_id: str
    stat_id: int
    parts: int
    utf: bool
    dlr_url: str
    queued_at: int
    starts_at: int
    status: str = IN_PROGRESS
    """The last status that was released to the desk."""
    shown_at: int = -1
    sent_at: str = ""
    delivered_at: str = ""
    reason: str = ""
    receipts: list[str] = field(default_factory=list)
    """Ids of the receipts that were released to the desk."""

    def record_receipt(self, event: Event) -> None:
        """Apply a receipt; an older one does not replace a newer one.

        Args:
            event: Receipt with `date` and `reason`.
        """
        self.receipts.append(event.id)
        when = str(event.body["date"])
        if event.status in (SENT, DELIVERED) and not self.sent_at:
            self.sent_at = when
        if event.at < self.shown_at:
            return
        self.status, self.shown_at = event.status, event.at
        self.reason = str(event.body["reason"])
        if event.status == DELIVERED:
            self.delivered_at = when

    def to_json(self, status: str) -> Body:
        """Return the report about the message.

        Args:
            status: Status that the desk may see.
        """
        body: Body = {
            "id": self.id,
            "phone": self.phone,
            "status": status,
            "queued": format_local(self.queued_at),
            "sent": self.sent_at,
            "delivered": self.delivered_at,
            "sender": self.sender,
            "type": self.kind,
            "text": self.text,
            "parts": self.parts,
            "utf": self.utf,
            "stat_id": str(self.stat_id),
            "reason": self.reason,
        }
        return {name: value for name, value in body.items() if value != "" or name == "sender"}


@dataclass(slots=True)
class IncomingMessage:
    """One message that was received."""

    kind: str
    number: int
    """Its id, unique within its type."""
    phone: str
    to: str
    """Our number to which it was sent, if known."""
    text: str
    at: int
    message_id: str = ""
    """The outgoing ECO+ message that it answers."""
    attachments: Sequence[MmsFile] = ()

    @property
    def event_id(self) -> str:
        """Return type and id: the id alone is not unique."""
        return f"{self.kind}:{self.number}"

    def to_json(self, date_key: str, blacklisted: bool) -> Body:
        """Return the message as polling returns it.

        Args:
            date_key: Key of the date, `recived` or `received`.
            blacklisted: Whether the sender is on the blacklist.
        """
        body: Body = {"id": self.number, "type": self.kind, "phone": self.phone}
        body[date_key] = format_local(self.at)
        if self.kind == "mms":
            body |= {"to_number": self.to, "blacklist": blacklisted, "title": self.text}
            body["attachments"] = [
                {"id": index, "name": a.name, "content_type": a.content_type, "data": a.content}
                for index, a in enumerate(self.attachments, self.number)
            ]
            return body
        if self.message_id:
            body["message_id"] = self.message_id
        return body | {"blacklist": blacklisted, "text": self.text}
