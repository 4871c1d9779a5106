"""What MessagePort pushes: final receipts and replies, without an id or a signature.

A repeated push (up to 20 times until it is answered) is recognised by its content, so the event id
is a digest of it.
"""

from dataclasses import dataclass
from datetime import tzinfo

from tui.clock import Clock
from tui.domain.advice import Advice
from tui.domain.events import Event, Receipt, Reply, Unreadable
from tui.providers.masking import Mask, digest
from tui.providers.messageport.advice import ADVICE
from tui.providers.messageport.times import moment, zone_named
from tui.providers.messageport.words import REASONS, RECEIPTS
from tui.providers.protocol import Push, PushAnswer
from tui.providers.pushed import Item, items_of, repeat_window


@dataclass(frozen=True, slots=True)
class PushReader:
    """Reads the pushes of one account."""

    zone: tzinfo
    """The account's zone, for a push that names none or one that nobody knows."""
    clock: Clock
    mask: Mask

    def read(self, push: Push) -> PushAnswer:
        """Everything in `push` as events; 200 with a short body ends the repeats."""
        return PushAnswer(tuple(self._event(item) for item in items_of(push)), body=b"OK")

    def _event(self, item: Item) -> Event:
        """A receipt has a `description`, a reply a `message`; both may come to one address."""
        if item.get("description"):
            return self._receipt(item)
        if item.has("message"):
            return self._reply(item)
        return self._unreadable(item, "The push is neither a receipt nor a reply")

    def _receipt(self, item: Item) -> Event:
        """A final receipt, matched by our reference alone (MessagePort, delivery receipts)."""
        reference, word = item.get("reference"), item.get("description")
        if not reference:
            return self._unreadable(item, "The receipt names no reference, so no message")
        return Receipt(
            event_id=digest("receipt", reference, word),
            status=RECEIPTS.get(word.upper()),
            word=word,
            at=self._at(item),
            raw=self.mask.raw(item.whole),
            reference=reference,
            reason=REASONS.get(word.upper(), ""),
            advice=ADVICE.get(word.upper(), Advice.NONE),
        )

    def _reply(self, item: Item) -> Event:
        """A reply; one that answers no message of ours has no reference (MessagePort, replies)."""
        number, text = item.get("number"), item.fields["message"]
        if not number:
            return self._unreadable(item, "The reply does not say who sent it")
        when = item.get("time") or repeat_window(self.clock.now())
        return Reply(
            event_id=digest("reply", item.get("reference"), number, when, text),
            party=number,
            text=text,
            received_at=self._at(item),
            raw=self.mask.raw(item.whole),
            reference=item.get("reference"),
        )

    def _at(self, item: Item) -> int | None:
        """When it happened: the push's own zone, else the account's."""
        zone = zone_named(item.get("timezone")) or self.zone
        return moment(item.get("time"), zone, self.clock.now())

    def _unreadable(self, item: Item, problem: str) -> Unreadable:
        """What could not be understood, kept whole."""
        raw = self.mask.raw(item.whole)
        return Unreadable(digest("unreadable", raw), problem, raw, confirm=False)
