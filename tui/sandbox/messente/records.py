"""What the emulator remembers of a message beside the ledger's entry."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from tui.domain.sms import count
from tui.sandbox.ledger import Event
from tui.sandbox.messente.words import MEANINGS, Outcome

Body = dict[str, object]

PART_PRICE = Decimal("0.059")
FREE = frozenset({"REJECTD", "NACK", "ACK"})
"""Words of messages that cost nothing, or nothing yet."""

SMS = "sms"


@dataclass(slots=True)
class Attempt:
    """One channel of a message, in the order in which they are tried."""

    channel: str
    message_id: str
    sender: str
    text: str
    validity: float | None = None
    """Seconds after which the channel counts as failed; None if the request named none."""
    shown: Mapping[str, object] | None = None
    """The newest receipt that was handed out."""
    shown_at: int = -1


@dataclass(slots=True)
class Sent:
    """One accepted message of either API."""

    id: str
    to: str
    dlr_url: str | None
    attempts: list[Attempt]
    starts_at: int
    """When it goes out, milliseconds UTC."""
    classic: bool = False
    receipts: list[str] = field(default_factory=list)
    """Ids of the receipts that were handed out."""

    def show(self, event: Event) -> None:
        """Remember a receipt that the desk may see; an older one does not replace a newer."""
        self.receipts.append(event.id)
        wanted = event.body.get("message_id")
        for attempt in self.attempts:
            if wanted in (None, attempt.message_id) and event.at >= attempt.shown_at:
                attempt.shown, attempt.shown_at = event.body, event.at

    def report(self, index: int, said: Outcome, at: int) -> Body:
        """A delivery report of the Omnichannel API about one attempt."""
        attempt = self.attempts[index]
        return {
            "status": said.word,
            "sender": attempt.sender,
            "err": said.err,
            "message_id": attempt.message_id,
            "to": self.to,
            "channel": attempt.channel,
            "error": MEANINGS.get(said.err),
            "omnimessage_id": self.id,
            "timestamp": naive(at),
            "price_info": None if said.word in FREE else price_info(attempt),
        }

    def statuses(self, accepted_at: int) -> list[Body]:
        """The entries of a status answer; null while nothing is known."""
        return [_status(attempt, accepted_at) for attempt in self.attempts]


def naive(at: int) -> str:
    """Milliseconds UTC as `2026-11-20T09:15:47.120000`, with no offset."""
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")


def price_info(attempt: Attempt) -> Body:
    """What one attempt costs; a chat message is one part."""
    parts = max(1, len(count(attempt.text).parts)) if attempt.channel == SMS else 1
    return {
        "part_price": str(PART_PRICE),
        "parts_count": parts,
        "total_price": str(PART_PRICE * parts),
    }


def _status(attempt: Attempt, accepted_at: int) -> Body:
    """One entry of a status answer."""
    names = ("status", "channel", "message_id", "sender", "err", "error", "timestamp", "price_info")
    known: Mapping[str, object] = attempt.shown or {
        "channel": attempt.channel,
        "message_id": attempt.message_id,
        "sender": attempt.sender,
        "timestamp": naive(accepted_at),
    }
    return {name: known.get(name) for name in names}
