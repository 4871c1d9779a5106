"""What one provider truly accepted, received and reported: the truth that tests compare with."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import takewhile

from tui.sandbox.handset import Stage, digits_of


class ReceiptMode(StrEnum):
    """How receipts are handed out."""

    NORMAL = "normal"
    DUPLICATED = "duplicated"
    OUT_OF_ORDER = "out_of_order"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with an inbound MMS."""

    content_type: str
    content: str
    """Base64, handed on as it came."""
    name: str


@dataclass(slots=True)
class Accepted:
    """One message that the provider took, also when it has the text of an earlier one."""

    id: str
    to: str
    sender: str
    """Who it is shown to be from; empty when the request named nobody."""
    text: str
    reference: str | None
    """The desk's own reference, where the provider takes one."""
    status: str
    """The true status now, in the provider's own word."""
    accepted_at: int
    shown: str = ""
    """The last status that was handed out; lags behind `status` while receipts are held."""
    stage: Stage = Stage.ACCEPTED


@dataclass(frozen=True, slots=True)
class Event:
    """A reply or a receipt, in the provider's own wire form."""

    id: str
    body: Mapping[str, object]
    at: int
    message_id: str | None = None
    """The accepted message it belongs to, if any."""
    status: str = ""
    """Receipts only: the status word it carries."""
    final: bool = False


Release = Callable[[Event], None]
"""Called for every event at the moment it may be seen by the desk (twice when duplicated)."""


@dataclass(slots=True)
class Tray:
    """Events of one kind, waiting until the desk confirms them.

    In mode `duplicated` an event is released twice: a page lists it twice, and once more after it
    was confirmed. In `out_of_order` the events of one message are kept until its last one and then
    released latest first. In `held` nothing is released until the mode changes.
    """

    release: Release = field(default=lambda event: None)
    mode: ReceiptMode = ReceiptMode.NORMAL
    confirmed: dict[str, Event] = field(default_factory=dict)
    _visible: dict[str, Event] = field(default_factory=dict)
    kept: dict[str, Event] = field(default_factory=dict)
    """What may not be seen yet."""
    _echoes: list[Event] = field(default_factory=list)

    @property
    def waiting(self) -> list[str]:
        """Ids of everything not yet confirmed, also what is kept back."""
        return [*self._visible, *self.kept]

    def put(self, event: Event) -> None:
        """Take a new event and release it as the mode says."""
        mixed_up = self.mode is ReceiptMode.OUT_OF_ORDER and not event.final
        if mixed_up or self.mode is ReceiptMode.HELD:
            self.kept[event.id] = event
        else:
            self._show(event)
            self.let_go(event.message_id)

    def set_mode(self, mode: ReceiptMode) -> None:
        """Change the mode; what was kept back is released in its order, unless now held."""
        self.mode = mode
        if mode is not ReceiptMode.HELD:
            kept, self.kept = self.kept, {}
            for event in kept.values():
                self._show(event)

    def let_go(self, message_id: str | None) -> None:
        """Release what is kept for one message, latest first, in mode `out_of_order`."""
        if self.mode is not ReceiptMode.OUT_OF_ORDER:
            return
        for event in [e for e in reversed(self.kept.values()) if e.message_id == message_id]:
            del self.kept[event.id]
            self._show(event)

    def page(self, limit: int) -> list[Event]:
        """The first `limit` events that may be seen, oldest release first."""
        echoes, self._echoes = self._echoes[:limit], self._echoes[limit:]
        page = list(echoes)
        for event in self._visible.values():
            if len(page) >= limit:
                break
            page += [event, event] if self.mode is ReceiptMode.DUPLICATED else [event]
        return page[:limit]

    def confirm(self, ids: Iterable[str]) -> None:
        """Take these off the pages; unknown and already confirmed ids change nothing."""
        for event_id in ids:
            event = self._visible.pop(event_id, None)
            if event is None:
                continue
            self.confirmed[event_id] = event
            if self.mode is ReceiptMode.DUPLICATED:
                self._echoes.append(event)

    def forget_before(self, oldest: int) -> None:
        """Drop what is older than the provider keeps, `oldest` in milliseconds UTC."""
        for store in (self._visible, self.kept, self.confirmed):
            for event in list(takewhile(lambda event: event.at < oldest, store.values())):
                del store[event.id]

    def _show(self, event: Event) -> None:
        """Let the desk see it."""
        self._visible[event.id] = event
        self.release(event)
        if self.mode is ReceiptMode.DUPLICATED:
            self.release(event)


@dataclass(slots=True)
class PushCount:
    """How many pushes reached the desk, and how many are still to."""

    delivered: int = 0
    pending: int = 0
    abandoned: int = 0
    """Given up after the last retry; part of neither number above."""


@dataclass(slots=True)
class Ledger:
    """Everything one provider knows."""

    accepted: dict[str, Accepted] = field(default_factory=dict)
    replies: Tray = field(default_factory=Tray)
    receipts: Tray = field(default_factory=Tray)
    pushes: PushCount = field(default_factory=PushCount)

    _by_number: dict[str, list[Accepted]] = field(default_factory=dict)

    def add(self, message: Accepted) -> None:
        """Write down one acceptance."""
        self.accepted[message.id] = message
        self._by_number.setdefault(digits_of(message.to), []).append(message)

    def newest_to(self, number: str, own: str | None = None) -> Accepted | None:
        """The message a reply most plausibly answers: the latest one sent to that number.

        With `own`, the number written to, only messages that showed it or showed nobody count.
        """
        sent = reversed(self._by_number.get(digits_of(number), []))
        return next((m for m in sent if own is None or m.sender in ("", own)), None)

    def as_json(self) -> dict[str, object]:
        """The provider's part of `GET /_sandbox/state`."""
        return {
            "accepted": [
                {
                    "id": message.id,
                    "to": message.to,
                    "from": message.sender,
                    "text": message.text,
                    "reference": message.reference,
                    "status": message.status,
                }
                for message in self.accepted.values()
            ],
            "replies": _tray_json(self.replies),
            "receipts": _tray_json(self.receipts),
            "pushes": {"delivered": self.pushes.delivered, "pending": self.pushes.pending},
        }


def _tray_json(tray: Tray) -> dict[str, list[str]]:
    """Ids of a tray, for the state."""
    return {"waiting": tray.waiting, "confirmed": list(tray.confirmed)}
