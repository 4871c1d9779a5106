"""What the emulator remembers of outgoing and incoming messages."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from tui.domain.gsm import is_gsm
from tui.domain.sms import count
from tui.sandbox.ledger import Attachment, Event
from tui.sandbox.serwersms.times import local
from tui.sandbox.serwersms.words import DELIVERED, IN_PROGRESS, SENT

Body = dict[str, object]

INTERNATIONAL = re.compile(r"\+[0-9]{8,15}")
POLISH = re.compile(r"[0-9]{9}")
SPACES = re.compile(r"[\s()-]+")

ALONE, JOINED = 160, 153
"""Characters of one GSM part, alone and among others."""


def corrected(phone: str) -> str | None:
    """A number with its prefix, +48 for nine digits; None for what is no number."""
    compact = SPACES.sub("", phone)
    number = f"+48{compact}" if POLISH.fullmatch(compact) else compact
    return number if INTERNATIONAL.fullmatch(number) else None


def parts_of(text: str, utf: bool) -> int:
    """In how many parts a text goes out; without `utf` each letter becomes one of GSM."""
    if utf or is_gsm(text):
        return max(1, len(count(text).parts))
    return 1 if len(text) <= ALONE else -(-len(text) // JOINED)


@dataclass(slots=True)
class Outgoing:
    """One accepted message and what the reports say about it."""

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
    """The last word that was handed out."""
    shown_at: int = -1
    sent_at: str = ""
    delivered_at: str = ""
    reason: str = ""
    receipts: list[str] = field(default_factory=list)
    """Ids of the receipts that were handed out."""

    def show(self, event: Event) -> None:
        """Take over a receipt; an older one does not replace a newer."""
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

    def as_json(self, status: str) -> Body:
        """The report about the message."""
        body: Body = {
            "id": self.id,
            "phone": self.phone,
            "status": status,
            "queued": local(self.queued_at),
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
class Incoming:
    """One message that came in."""

    kind: str
    number: int
    """Its id, unique within its kind."""
    phone: str
    to: str
    """Which of our numbers was written to, if known."""
    text: str
    at: int
    message_id: str = ""
    """The outgoing ECO+ message that it answers."""
    attachments: Sequence[Attachment] = ()

    @property
    def event_id(self) -> str:
        """Kind and id: the id alone is not unique."""
        return f"{self.kind}:{self.number}"

    def as_json(self, date_key: str, blacklisted: bool) -> Body:
        """The message as polling gives it."""
        body: Body = {"id": self.number, "type": self.kind, "phone": self.phone}
        body[date_key] = local(self.at)
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
