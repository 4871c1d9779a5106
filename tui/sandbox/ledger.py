"""Record what one provider really accepted, received and reported; tests compare with it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import takewhile

from tui.domain.record_type import record
from tui.sandbox.handset import Stage, extract_digits


class ReceiptMode(StrEnum):
    """How delivery receipts are released to the desk."""

    NORMAL = "normal"
    DUPLICATED = "duplicated"
    OUT_OF_ORDER = "out_of_order"
    HELD = "held"


@record
class MmsFile:
    """A file that came with an inbound MMS."""

    content_type: str
    content: str
    """Base64, passed on unchanged."""
    name: str


@dataclass(slots=True)
class AcceptedMessage:
    """One message that the provider accepted; a repeated text is an entry of its own."""

    id: str
    to: str
    sender: str
    """Sender shown to the recipient; empty when the request named none."""
    text: str
    reference: str | None
    """The desk's own reference, where the provider accepts one."""
    status: str
    """The true status now, in the provider's own terms."""
    accepted_at: int
    shown: str = ""
    """The last status released to the desk; older than `status` while receipts are held."""
    stage: Stage = Stage.ACCEPTED


@record
class Event:
    """A reply or a receipt, in the provider's own format."""

    id: str
    body: Mapping[str, object]
    at: int
    message_id: str | None = None
    """The accepted message it belongs to, if any."""
    status: str = ""
    """The status that a receipt reports; empty for replies."""
    final: bool = False


ReleaseCallback = Callable[[Event], None]
"""Called for every event when the desk may see it (twice when duplicated)."""


@dataclass(slots=True)
class EventQueue:
    """Events of one kind that wait until the desk confirms them.

    In mode `duplicated` an event is released twice: a page lists it twice, and once more after it
    was confirmed. In `out_of_order` the events of one message are held until its last one and then
    released latest first. In `held` nothing is released until the mode changes.
    """

    on_release: ReleaseCallback = field(default=lambda event: None)
    mode: ReceiptMode = ReceiptMode.NORMAL
    confirmed: dict[str, Event] = field(default_factory=dict)
    _visible: dict[str, Event] = field(default_factory=dict)
    held_back: dict[str, Event] = field(default_factory=dict)
    """Events that the desk may not see yet."""
    _repeats: list[Event] = field(default_factory=list)

    @property
    def unconfirmed_ids(self) -> list[str]:
        """Return the ids of everything not yet confirmed, including what is held back."""
        return [*self._visible, *self.held_back]

    def add(self, event: Event) -> None:
        """Add a new event and release it as the mode says."""
        is_reordered = self.mode is ReceiptMode.OUT_OF_ORDER and not event.final
        if is_reordered or self.mode is ReceiptMode.HELD:
            self.held_back[event.id] = event
        else:
            self._release_event(event)
            self.release_message(event.message_id)

    def set_mode(self, mode: ReceiptMode) -> None:
        """Change the mode; release held events in their order, unless the new mode is `held`."""
        self.mode = mode
        if mode is not ReceiptMode.HELD:
            held_back, self.held_back = self.held_back, {}
            for event in held_back.values():
                self._release_event(event)

    def release_message(self, message_id: str | None) -> None:
        """Release the held events of one message, latest first, in mode `out_of_order`.

        Args:
            message_id: Id of the accepted message; None for events without one.
        """
        if self.mode is not ReceiptMode.OUT_OF_ORDER:
            return
        # A list, because the loop removes entries from the dictionary.
        for event in [
            held for held in reversed(self.held_back.values()) if held.message_id == message_id
        ]:
            del self.held_back[event.id]
            self._release_event(event)

    def get_page(self, limit: int) -> list[Event]:
        """Return the first events that the desk may see, oldest release first.

        Args:
            limit: Greatest number of events.
        """
        repeats, self._repeats = self._repeats[:limit], self._repeats[limit:]
        page = list(repeats)
        for event in self._visible.values():
            if len(page) >= limit:
                break
            page += [event, event] if self.mode is ReceiptMode.DUPLICATED else [event]
        return page[:limit]

    def confirm(self, ids: Iterable[str]) -> None:
        """Remove events from the pages; unknown and already confirmed ids change nothing.

        Args:
            ids: Ids of events.
        """
        for event_id in ids:
            event = self._visible.pop(event_id, None)
            if event is None:
                continue
            self.confirmed[event_id] = event
            if self.mode is ReceiptMode.DUPLICATED:
                self._repeats.append(event)

    def discard_before(self, oldest: int) -> None:
        """Discard what is older than the provider stores.

        Args:
            oldest: Time in milliseconds UTC of the oldest event that stays.
        """
        for events in (self._visible, self.held_back, self.confirmed):
            # Events are added in order of time: the search stops at the first new enough one.
            for event in list(takewhile(lambda event: event.at < oldest, events.values())):
                del events[event.id]

    def _release_event(self, event: Event) -> None:
        """Let the desk see an event."""
        self._visible[event.id] = event
        self.on_release(event)
        if self.mode is ReceiptMode.DUPLICATED:
            self.on_release(event)


@dataclass(slots=True)
class PushCounts:
    """How many pushes reached the desk, and how many are still to be sent."""

    delivered: int = 0
    pending: int = 0
    abandoned: int = 0
    """Given up after the last retry; part of neither number above."""


@dataclass(slots=True)
class Ledger:
    """All messages, events and push counts of one provider."""

    accepted: dict[str, AcceptedMessage] = field(default_factory=dict)
    replies: EventQueue = field(default_factory=EventQueue)
    receipts: EventQueue = field(default_factory=EventQueue)
    pushes: PushCounts = field(default_factory=PushCounts)

    _by_number: dict[str, list[AcceptedMessage]] = field(default_factory=dict)

    def add(self, message: AcceptedMessage) -> None:
        """Add one accepted message."""
        self.accepted[message.id] = message
        self._by_number.setdefault(extract_digits(message.to), []).append(message)

    def find_latest_to(self, number: str, own_number: str | None = None) -> AcceptedMessage | None:
        """Return the message that a reply most plausibly answers: the latest one to that number.

        Args:
            number: Number that the reply comes from.
            own_number: Number that the reply was sent to; only messages from it, or without a
                sender, count. None: any message.
        """
        sent = reversed(self._by_number.get(extract_digits(number), []))
        return next(
            (
                message
                for message in sent
                if own_number is None or message.sender in ("", own_number)
            ),
            None,
        )

    def to_json(self) -> dict[str, object]:
        """Return the provider's part of `GET /_sandbox/state`."""
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
            "replies": _queue_to_json(self.replies),
            "receipts": _queue_to_json(self.receipts),
            "pushes": {"delivered": self.pushes.delivered, "pending": self.pushes.pending},
        }


def _queue_to_json(queue: EventQueue) -> dict[str, list[str]]:
    """Return the ids of a queue, for the state."""
    return {"waiting": queue.unconfirmed_ids, "confirmed": list(queue.confirmed)}
