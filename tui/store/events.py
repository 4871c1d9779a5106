"""Store what providers report about messages: each event once, applied by one status rule."""

import itertools
from dataclasses import replace
from typing import Any

from tui.clock import Clock
from tui.domain.change import Subject
from tui.domain.events import CopyKind, EventKind, sanitize_time
from tui.domain.ids import normalize_provider_id, parse_reference
from tui.domain.message import Direction
from tui.domain.status import Status, can_move, is_contradiction
from tui.store.audit import record_action
from tui.store.consent import MAX_EVIDENCE_LENGTH, save_consent
from tui.store.conversation_rows import record_status_change
from tui.store.engine import Transaction
from tui.store.errors import StoreError
from tui.store.event_rows import (
    OPTED_OUT_RESULT,
    EventRow,
    build_send_event,
    parse_event_row,
    to_storable_time,
)
from tui.store.message_lookups import (
    find_own_message,
    is_event_stored,
    list_sent,
    note_status,
    store_event_row,
)
from tui.store.page_connection import write_row
from tui.store.queries import queries
from tui.store.settling import close_opted_out, record_status_event
from tui.store.summaries import Summaries

_MOST_RAW = 64 << 10
"""Characters that are kept of what a provider sent, unless it holds the text of a customer."""


class Events:
    """Events of one transaction."""

    def __init__(self, transaction: Transaction, summaries: Summaries, clock: Clock) -> None:
        """Create the event writer of one transaction.

        Args:
            transaction: Transaction of the caller.
            summaries: Conversation summaries of the same transaction.
            clock: Source of the current time.
        """
        self._transaction = transaction
        self._connection = transaction.connection
        self._summaries = summaries
        self._clock = clock
        self._sql = queries("ingest")
        self._messages = queries("messages")

    def add_event(
        self, account: str, event: EventRow, message_id: int | None = None, moved: bool = False
    ) -> None:
        """Write an event.

        Args:
            account: Account that the event came from.
            event: Event to write; one with the same kind and id stays as it is stored.
            message_id: Message that the event is about, if it is known.
            moved: Whether the event changes the status of the message.
        """
        store_event_row(
            self._connection,
            account=account,
            kind=event.kind,
            event_id=event.event_id,
            received_at=self._clock.now(),
            at=to_storable_time(event.at),
            message_id=message_id,
            provider_key=normalize_provider_id(event.provider_id) if event.provider_id else "",
            status=event.status.value if event.status else "",
            word=event.word,
            code=event.code,
            reason=event.reason,
            moved=int(moved),
            raw=event.raw if event.kind == EventKind.REPLY else event.raw[:_MOST_RAW],
            parts=event.parts,
            price=event.price,
            opted_out=int(event.opted_out),
            advice=event.advice.value,
            own=event.own,
            digest=event.digest,
            copy=event.copy.value,
        )

    def mark_reused(self, event: dict[str, Any]) -> None:
        """Note at the first event of an id that the provider has used the id again.

        Args:
            event: One of the events that `list_copies` returns.
        """
        if event["copy"]:
            return
        # The row may still wait to be written.
        event["copy"] = CopyKind.REUSED.value
        values = {name: event[name] for name in ("account", "kind", "event_id", "copy")}
        write_row(self._connection, self._sql.mark_copy, **values)

    def record_receipt(self, account: str, event: EventRow) -> bool:
        """Store a receipt and apply it; return False for a duplicate.

        Args:
            account: Account that the receipt came from.
            event: Receipt to store.
        """
        if is_event_stored(self._connection, account, event.kind, event.event_id):
            # It is written in vain, so that one with values that no column can store is held.
            self.add_event(account, event)
            return False
        message = self._find_message(account, event)
        if message is None:
            self.add_event(account, event)
            return True
        self.add_event(account, event, message["id"], _can_move(message, event))
        self._apply_event(message, event)
        # The answer to the send was lost; the receipt supplies the id.
        if event.provider_id and not message["provider_id"]:
            self.set_provider_id(message["id"], event.provider_id)
        return True

    def has_send_result(self, message_id: int, event: EventRow) -> bool:
        """Return whether the very same answer to a send is stored already.

        Args:
            message_id: Id of the message.
            event: Event with the result.
        """
        message = self._messages.get(self._connection, id=message_id)
        if message is None:
            return False
        values = {"kind": event.kind, "event_id": event.event_id}
        return bool(self._sql.is_stored(self._connection, account=message["account"], **values))

    def record_send_result(self, message_id: int, event: EventRow) -> None:
        """Record the answer to a send, or that there was none.

        Args:
            message_id: Id of the message.
            event: Event with the result.

        Raises:
            StoreError: There is no outgoing message with this id.
        """
        message = self._messages.get(self._connection, id=message_id)
        if message is None or message["direction"] != Direction.OUT:
            raise StoreError(f"There is no outgoing message {message_id}")
        moved = _can_move(message, event)
        # Two results of one message in the same millisecond would have the same event id.
        attempts, account = itertools.count(2), message["account"]
        while is_event_stored(self._connection, account, event.kind, event.event_id):
            event = replace(event, event_id=f"{event.event_id}-{next(attempts)}")
        self.add_event(account, event, message_id, moved)
        self._apply_event(message, event)

    def set_provider_id(self, message_id: int, provider_id: str) -> None:
        """Set the provider's id of a message and apply earlier receipts.

        Args:
            message_id: Id of the message.
            provider_id: Id of the message at the provider.
        """
        key = normalize_provider_id(provider_id)
        self._messages.set_provider_id(
            self._connection, id=message_id, provider_id=provider_id, provider_key=key
        )
        account = self._messages.get(self._connection, id=message_id)["account"]
        # Receipts can arrive before the answer to the send, which contains the id.
        for row in self._sql.waiting_for(self._connection, account=account, provider_key=key):
            message = self._messages.get(self._connection, id=message_id)
            moved = self._apply_event(message, parse_event_row(row))
            self._sql.adopt(self._connection, id=row["id"], message_id=message_id, moved=moved)

    def record_opt_out(self, conversation_id: int, evidence: str, message_id: int = 0) -> None:
        """Record a provider's notice that the customer must not be texted any more.

        Args:
            conversation_id: Id of the conversation.
            evidence: Text of the notice.
            message_id: Message that the notice is about; 0 for none.
        """
        summary, evidence = self._summaries.get(conversation_id), evidence[:MAX_EVIDENCE_LENGTH]
        if not summary["opted_out"]:
            record_action(
                *(self._transaction, self._summaries.rng, self._clock, "", "opted out"),
                *(conversation_id, message_id, evidence),
            )
            close_opted_out(
                self._transaction, self._summaries.rng, self._clock, summary, message_id
            )
        now = self._clock.now()
        save_consent(
            self._connection, summary, now, "provider", evidence, message_id=message_id or None
        )
        self.reject_queued(summary["id"])

    def reject_queued(self, conversation_id: int) -> None:
        """Settle what is still queued here for a customer who has just opted out.

        Args:
            conversation_id: Id of the conversation.
        """
        sql = queries("outbox")
        for row in list(sql.queued_in(self._connection, conversation_id=conversation_id)):
            event = build_send_event(row["id"], OPTED_OUT_RESULT, self._clock.now())
            self.record_send_result(row["id"], event)

    def _find_message(self, account: str, event: EventRow) -> Any | None:
        """Return the message of an event: by our reference, else by the provider's id."""
        identity = parse_reference(event.reference)
        if identity is not None:
            row = find_own_message(self._connection, account, identity)
            if row is not None:
                return row
        if not event.provider_id:
            return None
        found = list_sent(self._connection, account, normalize_provider_id(event.provider_id))
        # The key is a normalized id, so that several ids can share one key.
        exact = [row for row in found if row["provider_id"] == event.provider_id]
        return next(iter(exact or found), None)

    def _apply_event(self, message: Any, event: EventRow) -> bool:
        """Change the status of the message if the rule permits; return whether it changed.

        A receipt that contradicts the current status marks the message as contradicted.
        """
        conversation_id = message["conversation_id"]
        if event.opted_out:
            self.record_opt_out(conversation_id, event.reason or event.word, message["id"])
        if event.status is None:
            return False
        old = Status(message["status"])
        contradicted = bool(message["contradicted"]) or is_contradiction(old, event.status)
        if not can_move(old, event.status):
            if contradicted and not message["contradicted"]:
                write_row(self._connection, self._messages.mark_contradicted, id=message["id"])
                note_status(self._connection, message["id"], contradicted=1)
                self._transaction.mark_changed(Subject.MESSAGE, message["id"], conversation_id)
            return False
        write_row(
            self._connection,
            self._messages.move,
            id=message["id"],
            status=event.status.value,
            word=event.word,
            code=event.code,
            reason=event.reason,
            status_at=sanitize_time(event.at, self._clock.now()),
            parts=event.parts,
            price=event.price,
            contradicted=int(contradicted),
            advice=event.advice.value,
        )
        status = {"status": event.status.value, "contradicted": int(contradicted)}
        note_status(self._connection, message["id"], **status)
        summary = self._summaries.get(conversation_id)
        record_status_change(summary, message["id"], old, event.status, bool(message["handled"]))
        self._transaction.mark_changed(Subject.MESSAGE, message["id"], conversation_id)
        record_status_event(self._transaction, message, old, after=event.status)
        return True


def _can_move(message: Any, event: EventRow) -> bool:
    """Return whether the rule permits this event to change the message's status."""
    return event.status is not None and can_move(Status(message["status"]), event.status)
