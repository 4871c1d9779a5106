"""What an operator's SmartSwitch pushes: receipts, and replies in the form the operator set up.

The receipt's two names are the vendor's defaults (HTTP API, deliver delivery receipt). No page
describes replies: their names are this desk's convention, taken from the send call, and the
operator's template has to match them, or the names given here have to match the template.
"""

from dataclasses import dataclass
from urllib.parse import quote

from tui.clock import Clock
from tui.domain.advice import Advice
from tui.domain.events import Event, Receipt, Reply, Unreadable
from tui.providers.masking import Mask, digest
from tui.providers.protocol import Push, PushAnswer
from tui.providers.pushed import Item, items_of, repeat_window
from tui.providers.smartswitch.advice import ADVICE
from tui.providers.smartswitch.words import MESSAGE_STATES, STATE_MEANINGS


@dataclass(frozen=True, slots=True)
class ReceiptFields:
    """What the operator calls the values of a receipt; names inside JSON objects may be dotted."""

    message_id: str = "message_id"
    message_state: str = "message_state"


@dataclass(frozen=True, slots=True)
class ReplyFields:
    """What the operator calls the values of a reply; names inside JSON objects may be dotted."""

    source_number: str = "source_number"
    destination_number: str = "destination_number"
    body: str = "body"
    message_id: str = "message_id"


@dataclass(frozen=True, slots=True)
class PushReader:
    """Reads the pushes of one account."""

    receipt_fields: ReceiptFields
    reply_fields: ReplyFields
    clock: Clock
    mask: Mask

    def read(self, push: Push) -> PushAnswer:
        """Everything in `push` as events.

        The answer to a reply names a message id, one a line, as the switch expects of whoever it
        hands a message to.
        """
        events = tuple(self._event(item) for item in items_of(push))
        ids = [event.event_id for event in events if isinstance(event, Reply)]
        body = "\n".join(f"message_id={quote(identity, safe='')}" for identity in ids) or "OK"
        return PushAnswer(events, body=body.encode())

    def _event(self, item: Item) -> Event:
        """A receipt has a state; a reply has a sender or a text."""
        if item.has(self.receipt_fields.message_state):
            return self._receipt(item)
        if item.has(self.reply_fields.source_number) or item.has(self.reply_fields.body):
            return self._reply(item)
        return self._unreadable(item, "The push is neither a receipt nor a reply")

    def _receipt(self, item: Item) -> Event:
        """News about the message whose id the send answered; `request_id` if it comes along."""
        identity, word = (
            item.get(self.receipt_fields.message_id),
            item.get(self.receipt_fields.message_state),
        )
        reference = item.get("request_id")
        if not word or not (identity or reference):
            return self._unreadable(item, "The receipt names no message or no state")
        return Receipt(
            event_id=digest("receipt", identity, reference, word),
            status=MESSAGE_STATES.get(word.casefold()),
            word=word,
            at=None,
            raw=self.mask.raw(item.whole),
            provider_id=identity,
            reference=reference,
            reason=STATE_MEANINGS.get(word.casefold(), ""),
            advice=ADVICE.get(word.casefold(), Advice.NONE),
        )

    def _reply(self, item: Item) -> Event:
        """A customer's text, its names as configured."""
        party = item.get(self.reply_fields.source_number)
        if not party or not item.has(self.reply_fields.body):
            return self._unreadable(item, "The reply names no sender or has no text")
        return Reply(
            event_id=item.get(self.reply_fields.message_id) or self._made_up_id(item),
            party=party,
            text=item.fields[self.reply_fields.body.casefold()],
            received_at=None,
            raw=self.mask.raw(item.whole),
            own=item.get(self.reply_fields.destination_number),
        )

    def _made_up_id(self, item: Item) -> str:
        """An id for a reply that came without one: all its fields, and roughly when."""
        fields = (text for pair in sorted(item.fields.items()) for text in pair)
        return digest("reply", repeat_window(self.clock.now()), *fields)

    def _unreadable(self, item: Item, problem: str) -> Unreadable:
        """What could not be understood, kept whole."""
        raw = self.mask.raw(item.whole)
        return Unreadable(digest("unreadable", raw), problem, raw, confirm=False)
