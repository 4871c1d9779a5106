"""Store customers' texts: new ones, repetitions, richer copies, and other texts under a known id.

A conversation is only created once it is certain that a message will be in it.
"""

from collections.abc import Iterable
from itertools import groupby

from tui.domain.consent import Verdict
from tui.domain.events import CopyKind, EventKind, Reply, find_time_problem, sanitize_time
from tui.domain.file_names import name_attachments
from tui.domain.ids import normalize_provider_id
from tui.domain.message import Direction
from tui.domain.phone import Address
from tui.domain.reply_copies import ReplyCopy, digest_copy, is_same_content, merge_copies
from tui.domain.text import repair_text
from tui.store.conversation_lookups import find_party
from tui.store.customer_addresses import answer_to, find_known_forms, parse_sender
from tui.store.event_rows import EventRow, build_reply_row
from tui.store.events import Events
from tui.store.incoming import IncomingTexts, is_opt_out
from tui.store.last_messages import update_last_message
from tui.store.merging import adopt_conversation
from tui.store.message_lookups import find_message, list_copies, name_copy, note_text
from tui.store.message_rows import insert_message
from tui.store.opt_out_notices import attach_second_report, needs_answer
from tui.store.ordering import find_late_arrival, place_text
from tui.store.reply_completion import complete_message, digest_file, read_stored_copy
from tui.store.rows import Row
from tui.store.summaries import Summary

_MAX_TEXT_LENGTH = 20_000


class ReplyWriter:
    """Writer of the texts of one page."""

    def __init__(self, texts: IncomingTexts, events: Events, region: str | None) -> None:
        """Create the writer of one page.

        Args:
            texts: Texts of the page.
            events: Events of the same transaction.
            region: Country (ISO) of numbers without a country code.
        """
        self._region = region
        self._texts = texts
        self._events = events
        self._connection = texts.connection
        self._account = texts.account

    def store_reply(self, reply: Reply) -> bool:
        """Store a customer's text as a message; return False if it is already stored."""
        address = self.find_customer(parse_sender(repair_text(reply.party), self._region))
        copy = _read_copy(reply, self._texts.clock.now())
        digest = digest_copy(address.conversation_key, copy)
        copies = (self._connection, self._account, EventKind.REPLY.value, reply.event_id)
        known = list_copies(*copies)
        if any(event["digest"] == digest for event in known):
            return False
        for message_id, events in _group_by_message(known):
            if self._add_to_message(message_id, events, reply, address, copy, digest):
                return False
        for event in known:
            self._events.mark_reused(event)
        event_id = name_copy(reply.event_id, digest) if known else reply.event_id
        kind = CopyKind.REUSED if known else CopyKind.FIRST
        own = repair_text(reply.own)
        row = build_reply_row(reply, event_id=event_id, own=own, digest=digest, copy=kind)
        self._store_text(reply, address, row)
        return True

    def find_customer(self, address: Address) -> Address:
        """Return an address with the country code that only its conversation shows.

        A text that two customers may have written gets a conversation of its own.

        Args:
            address: Address of a sender.
        """
        known = find_known_forms(self._connection, address, self._region)
        return known[0] if len(known) == 1 else address

    def lock_other_forms(self, address: Address, evidence: str) -> None:
        """Opt out all customers whose number this may be: the stop has to reach the one who wrote.

        Args:
            address: Address of the sender, as it came.
            evidence: Text that asks to stop.
        """
        known = find_known_forms(self._connection, address, self._region)
        for other in known if len(known) > 1 else ():
            self._events.record_opt_out(self.open_conversation(other, "", 0)["id"], evidence)

    def store_notice(self, reply: Reply, address: Address, row: EventRow) -> None:
        """Store the words in a provider's notice of an opt-out as the customer's text.

        Args:
            reply: The words as the text that the customer wrote.
            address: Address of the customer.
            row: The notice.
        """
        self._store_text(reply, address, row)

    def _add_to_message(
        self,
        message_id: int,
        events: list[Row],
        reply: Reply,
        address: Address,
        copy: ReplyCopy,
        digest: str,
    ) -> bool:
        """Add a payload to the message that it is a copy of; return False if it is not one."""
        message = find_message(self._connection, message_id)
        if message is None:
            return False
        sender = self.find_customer(parse_sender(message["sender"], self._region))
        if sender.conversation_key != address.conversation_key:
            return False
        known = read_stored_copy(self._connection, message, events)
        merged = merge_copies(known, copy)
        if merged is None:
            return False
        is_richer = merged != known
        if is_richer:
            complete_message(self._texts, message, known, merged, reply)
        if is_richer or not is_same_content(known, copy):
            kind = CopyKind.COMPLETED if is_richer else CopyKind.REPEATED
            event_id, own = name_copy(reply.event_id, digest), repair_text(reply.own)
            row = build_reply_row(reply, event_id=event_id, own=own, digest=digest, copy=kind)
            self._events.add_event(self._account, row, message["id"], moved=is_richer)
        return True

    def has_conversation(self, address: Address) -> bool:
        """Return whether there is a conversation with a customer, perhaps under a national number.

        Args:
            address: Address of the customer.
        """
        keys = {address.conversation_key, parse_sender(address.raw, None).conversation_key}
        return any(find_party(self._connection, key) is not None for key in keys)

    def open_conversation(self, address: Address, own: str, at: int) -> Summary:
        """Return the conversation with a customer, with the history before its country was known.

        Args:
            address: Address of the customer.
            own: Our address that the customer wrote to; empty if unknown.
            at: Time in ms UTC.
        """
        texts = self._texts
        summary = texts.summaries.get_or_create(address, account=self._account, own=own, at=at)
        if address.e164 and (old := parse_sender(address.raw, None)).e164 is None:
            places = (texts.transaction, texts.summaries, summary)
            adopt_conversation(*places, old.conversation_key, self._account)
        return summary

    def _store_text(self, reply: Reply, address: Address, row: EventRow) -> None:
        """Insert a new message with its event, or attach the event to the message of the text."""
        texts, now, own = self._texts, self._texts.clock.now(), repair_text(reply.own)
        at = sanitize_time(reply.received_at, now)
        summary = self.open_conversation(address, own, at)
        places = (self._connection, self._events, summary, self._account)
        if attach_second_report(*places, reply, row, at):
            return
        identity, arrival = place_text(self._connection, summary, at, now, texts.rng)
        self._events.add_event(self._account, row, identity)
        self._insert_message(reply, address, summary, identity, arrival, at=at, now=now)

    def _insert_message(
        self,
        reply: Reply,
        address: Address,
        summary: Summary,
        identity: int,
        arrival: int | None,
        *,
        at: int,
        now: int,
    ) -> None:
        """Insert a new message with all that follows from it."""
        texts, own = self._texts, repair_text(reply.own)
        subject, body = repair_text(reply.subject), _shorten_text(repair_text(reply.text))
        files = name_attachments(reply.attachments)
        texts.summaries.suggest_name(summary, reply.party_name, now)
        verdict = texts.classify(body, address.conversation_key)
        insert_message(
            texts.transaction,
            id=identity,
            conversation_id=summary["id"],
            direction=Direction.IN.value,
            account=self._account,
            body=body,
            at=at,
            sender=address.e164 or address.raw,
            provider_id=reply.event_id,
            provider_key=reply.event_id and normalize_provider_id(reply.event_id),
            subject=subject,
            suspected=int(verdict is Verdict.SUSPECTED),
            attachments=len(reply.attachments),
            files=files,
            arrived_at=find_late_arrival(at, now),
            arrival=arrival,
        )
        note_text(self._connection, summary["id"], identity)
        texts.store_attachments(identity, reply.attachments)
        texts.add_to_index(identity, subject, body)
        texts.queue_for_rules(identity)
        asks = needs_answer(verdict, reply)
        texts.record_arrival(summary, identity, at, own, asks=asks)
        update_last_message(
            summary,
            id=identity,
            at=at,
            direction=Direction.IN,
            status="",
            body=body,
            subject=subject,
            files=files,
            arrival=arrival,
        )
        answer_to(self._connection, summary, address, at)
        texts.update_consent(summary, verdict, reply, identity, at)
        if is_opt_out(verdict, reply):
            self.lock_other_forms(parse_sender(reply.party, self._region), body)


def _read_copy(reply: Reply, now: int) -> ReplyCopy:
    """Return the content of a payload."""
    return ReplyCopy(
        text=_shorten_text(repair_text(reply.text)),
        subject=repair_text(reply.subject),
        own=repair_text(reply.own),
        at=None if find_time_problem(reply.received_at, now) else reply.received_at,
        files=tuple(digest_file(attachment.data) for attachment in reply.attachments),
    )


def _group_by_message(events: Iterable[Row]) -> list[tuple[int, list[Row]]]:
    """Return the events of each message."""
    known = [event for event in events if event["message_id"] is not None]
    known.sort(key=lambda event: int(event["message_id"]))
    return [(key, list(group)) for key, group in groupby(known, lambda event: event["message_id"])]


def _shorten_text(text: str) -> str:
    """Return the text cut to the maximum length; the event has all of it."""
    if len(text) <= _MAX_TEXT_LENGTH:
        return text
    return f"{text[:_MAX_TEXT_LENGTH]}\n… ({len(text) - _MAX_TEXT_LENGTH} more characters)"
