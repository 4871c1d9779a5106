"""Parse the pushes of an operator's SmartSwitch: receipts, and replies from its own template.

The two names of a receipt are the vendor's defaults (HTTP API, deliver delivery receipt).
The documentation does not describe replies: their names are a convention of this desk,
taken from the send call. The operator's template has to match them, or the names given here
have to match the template.
"""

from dataclasses import astuple
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from tui.clock import SECOND, Clock
from tui.domain.events import Event, Receipt, Reply, Unreadable
from tui.domain.message import Advice
from tui.domain.record_type import record
from tui.providers.masking import SecretMask, digest_parts
from tui.providers.protocol import Push, PushAnswer
from tui.providers.smartswitch.status_codes import MESSAGE_STATES, STATE_ADVICE, STATE_MEANINGS
from tui.providers.webhook_bodies import PushItem, get_repeat_window, parse_items
from tui.providers.webhook_forms import BodyRules

_DIGEST_LENGTH = 16
_MILLISECOND_DIGITS = 13
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


@record
class ReceiptFieldNames:
    """The operator's names for the values of a receipt; dotted inside JSON objects."""

    message_id: str = "message_id"
    message_state: str = "message_state"
    request_id: str = "request_id"
    time: str = ""


@record
class ReplyFieldNames:
    """The operator's names for the values of a reply; dotted inside JSON objects."""

    source_number: str = "source_number"
    destination_number: str = "destination_number"
    body: str = "body"
    message_id: str = "message_id"
    source_name: str = ""
    time: str = ""


@record
class SmartSwitchPushReader:
    """Read the pushes of one account."""

    receipt_fields: ReceiptFieldNames
    reply_fields: ReplyFieldNames
    clock: Clock
    mask: SecretMask
    charset: str = ""
    """Charset of texts that are not UTF-8 and declare none; empty for none."""

    @property
    def rules(self) -> BodyRules:
        """Return which fields the operator's templates have."""
        names = (*astuple(self.receipt_fields), *astuple(self.reply_fields), "request_id")
        return BodyRules(
            names=frozenset(name.casefold() for name in names),
            texts=frozenset({self.reply_fields.body.casefold()}),
            charset=self.charset,
        )

    def read_push(self, push: Push) -> PushAnswer:
        """Return the events in a push.

        The answer to a reply has one line with a message id per reply, because the switch
        expects that from every system that it delivers a message to.
        """
        items = parse_items(push, self.rules)
        events = tuple(self._parse_event(item) for item in items)
        ids = [
            item.get_text(self.reply_fields.message_id) or event.event_id
            for item, event in zip(items, events, strict=True)
            if isinstance(event, Reply)
        ]
        body = "\n".join(f"message_id={quote(identity, safe='')}" for identity in ids) or "OK"
        return PushAnswer(events, body=body.encode())

    def _parse_event(self, item: PushItem) -> Event:
        """Return one event: a receipt has a state, a reply has a sender or a text."""
        if item.problem:
            return self._make_unreadable(item, item.problem)
        names = (self.reply_fields.source_number, self.reply_fields.body)
        state, is_like_reply = self.receipt_fields.message_state, any(map(item.get_text, names))
        # One template for both leaves the state of a reply empty.
        if item.get_text(state) or (item.has_field(state) and not is_like_reply):
            return self._parse_receipt(item)
        if any(item.has_field(name) for name in names):
            return self._parse_reply(item)
        return self._make_unreadable(item, "The push is neither a receipt nor a reply")

    def _parse_receipt(self, item: PushItem) -> Event:
        """Return a receipt; the id from the send or our `request_id` names the message."""
        identity, word = (
            item.get_text(self.receipt_fields.message_id),
            item.get_text(self.receipt_fields.message_state),
        )
        reference = item.get_text(self.receipt_fields.request_id)
        if not word or not (identity or reference):
            return self._make_unreadable(item, "The receipt names no message or no state")
        return Receipt(
            event_id=digest_parts("receipt", identity, reference, word),
            status=MESSAGE_STATES.get(word.casefold()),
            word=word,
            at=_parse_time(item.get_text(self.receipt_fields.time)),
            raw=self.mask.mask_payload(item.payload),
            provider_id=identity,
            reference=reference,
            reason=STATE_MEANINGS.get(word.casefold(), ""),
            advice=STATE_ADVICE.get(word.casefold(), Advice.NONE),
        )

    def _parse_reply(self, item: PushItem) -> Event:
        """Return a customer's text, read with the configured names."""
        party = item.get_text(self.reply_fields.source_number)
        if not party or not (item.has_field(self.reply_fields.body) or item.files):
            return self._make_unreadable(item, "The reply names no sender or has no text")
        return Reply(
            event_id=self._make_reply_id(item, party),
            party=party,
            text=item.fields.get(self.reply_fields.body.casefold(), ""),
            received_at=_parse_time(item.get_text(self.reply_fields.time)),
            raw=self.mask.mask_payload(item.payload),
            own=item.get_text(self.reply_fields.destination_number),
            party_name=item.get_text(self.reply_fields.source_name),
            attachments=item.files,
        )

    def _make_reply_id(self, item: PushItem, party: str) -> str:
        """Return the id of a reply, the same when its push is repeated.

        Nothing promises that an operator never uses a `message_id` again, so sender and words
        belong to it. Without one it is a digest of all fields and the rough time.
        """
        identity = item.get_text(self.reply_fields.message_id)
        if identity:
            text = item.fields.get(self.reply_fields.body.casefold(), "")
            digest = digest_parts(party, text, *item.list_file_digests())
            return f"{identity}/{digest[:_DIGEST_LENGTH]}"
        fields = (text for pair in sorted(item.fields.items()) for text in pair)
        content = (*fields, *item.list_file_digests())
        return digest_parts("reply", get_repeat_window(self.clock.now()), *content)

    def _make_unreadable(self, item: PushItem, problem: str) -> Unreadable:
        """Return an event for an item that cannot be read, with its complete payload."""
        raw = self.mask.mask_payload(item.payload)
        return Unreadable(digest_parts("unreadable", raw), problem, raw, can_confirm=False)


def _parse_time(text: str) -> int | None:
    """Return a time as ms UTC: ISO 8601 (UTC without an offset), or seconds since 1970."""
    if text.isascii() and text.isdigit():
        # Thirteen digits are milliseconds until the year 2286.
        return int(text) if len(text) == _MILLISECOND_DIGITS else int(text[:12]) * SECOND
    try:
        at = datetime.fromisoformat(text)
        return ((at if at.tzinfo else at.replace(tzinfo=UTC)) - _EPOCH) // _MILLISECOND
    except (ValueError, OverflowError):
        return None
