"""Parse the pushes of MessagePort: final receipts and replies, without id or signature.

A push is repeated up to 20 times until it is answered. A repetition is recognised by its
content, so the event id is a digest of the content.
"""

from dataclasses import dataclass
from datetime import tzinfo

from tui.clock import Clock
from tui.domain.events import Event, Receipt, Reply, Unreadable
from tui.domain.message import Advice
from tui.providers.masking import SecretMask, digest_parts
from tui.providers.messageport.status_codes import RECEIPT_ADVICE, RECEIPT_REASONS, RECEIPT_STATUSES
from tui.providers.messageport.times import find_zone, parse_local_time
from tui.providers.protocol import Push, PushAnswer
from tui.providers.webhook_bodies import PushItem, get_repeat_window, parse_items


@dataclass(frozen=True, slots=True)
class MessagePortPushReader:
    """Read the pushes of one account."""

    zone: tzinfo
    """The account's time zone, for a push that names none or an unknown one."""
    clock: Clock
    mask: SecretMask

    def read_push(self, push: Push) -> PushAnswer:
        """Return the events in a push; 200 with a short body ends the repetitions."""
        return PushAnswer(tuple(self._parse_event(item) for item in parse_items(push)), body=b"OK")

    def _parse_event(self, item: PushItem) -> Event:
        """Return one event: a receipt has a `description`, a reply a `message`.

        Both may be sent to the same address.
        """
        if item.get_text("description"):
            return self._parse_receipt(item)
        if item.has_field("message"):
            return self._parse_reply(item)
        return self._make_unreadable(item, "The push is neither a receipt nor a reply")

    def _parse_receipt(self, item: PushItem) -> Event:
        """Return a final receipt; only our reference names the message (delivery receipts)."""
        reference, word = item.get_text("reference"), item.get_text("description")
        if not reference:
            return self._make_unreadable(item, "The receipt names no reference, so no message")
        return Receipt(
            event_id=digest_parts("receipt", reference, word),
            status=RECEIPT_STATUSES.get(word.upper()),
            word=word,
            at=self._parse_time(item),
            raw=self.mask.mask_payload(item.payload),
            reference=reference,
            reason=RECEIPT_REASONS.get(word.upper(), ""),
            advice=RECEIPT_ADVICE.get(word.upper(), Advice.NONE),
        )

    def _parse_reply(self, item: PushItem) -> Event:
        """Return a reply (MessagePort, replies); it may have no reference of ours."""
        number, text = item.get_text("number"), item.fields["message"]
        if not number:
            return self._make_unreadable(item, "The reply does not say who sent it")
        when = item.get_text("time") or get_repeat_window(self.clock.now())
        return Reply(
            event_id=digest_parts("reply", item.get_text("reference"), number, when, text),
            party=number,
            text=text,
            received_at=self._parse_time(item),
            raw=self.mask.mask_payload(item.payload),
            reference=item.get_text("reference"),
        )

    def _parse_time(self, item: PushItem) -> int | None:
        """Return the time of the event, in the push's own time zone or else in the account's."""
        zone = find_zone(item.get_text("timezone")) or self.zone
        return parse_local_time(item.get_text("time"), zone, self.clock.now())

    def _make_unreadable(self, item: PushItem, problem: str) -> Unreadable:
        """Return an event for an item that cannot be read, with its complete payload."""
        raw = self.mask.mask_payload(item.payload)
        return Unreadable(digest_parts("unreadable", raw), problem, raw, can_confirm=False)
