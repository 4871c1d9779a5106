"""Store what providers report: one page of events becomes one transaction.

This is the only way in. An item that cannot be stored is kept raw and marked as unreadable
in the same transaction, so that it never blocks the others and may be confirmed like them.
"""

import functools
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tui.clock import Clock
from tui.domain.consent import Verdict
from tui.domain.events import Event, EventKind, OptOut, Receipt, Reply, Unreadable
from tui.domain.ids import normalize_provider_id
from tui.domain.message import Direction
from tui.domain.phone import Address
from tui.domain.text import repair_text
from tui.store import queueing
from tui.store.addresses import answer_to, parse_sender
from tui.store.audit import record_action
from tui.store.consent import is_opted_out_before, save_consent
from tui.store.database import Database, Transaction
from tui.store.errors import BAD_VALUE_ERRORS
from tui.store.event_rows import (
    EventRow,
    build_receipt_row,
    build_reply_row,
    build_unreadable_row,
    replace_bad_events,
)
from tui.store.events import Events, sanitize_time
from tui.store.merging import adopt_conversation
from tui.store.messages import create_message_id, index_texts, insert_message
from tui.store.queries import queries
from tui.store.summaries import Summaries, Summary, record_incoming_text, update_last_message

ConsentClassifier = Callable[[str, str], Verdict]
"""Function that classifies a customer's text, given the text and the party."""

_MAX_TEXT_LENGTH = 20_000
_MAX_EVIDENCE_LENGTH = 500


@dataclass(frozen=True, slots=True)
class StoredCounts:
    """Result of storing a page: number of new, known and unreadable items."""

    new: int = 0
    known: int = 0
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class UnreadableItem:
    """Item of a provider that could not be used."""

    account: str
    event_id: str
    received_at: int
    """Time in ms UTC."""
    problem: str
    raw: str


class _BadItemError(Exception):
    """One item of a page cannot be stored; the transaction is rolled back."""

    def __init__(self, index: int, error: Exception) -> None:
        """Create the error of the item with this index."""
        super().__init__(index)
        self.index = index
        self.error = error


class Ingest:
    """Storage of pages of events."""

    def __init__(
        self, database: Database, clock: Clock, rng: random.Random, classify: ConsentClassifier
    ) -> None:
        """Create the storage of one database.

        Args:
            database: Open inbox database.
            clock: Source of the current time.
            rng: Source of randomness for new ids.
            classify: Finds opt-out and opt-in keywords in customers' texts.
        """
        self._database = database
        self._clock = clock
        self._rng = rng
        self._classify = classify

    async def store_events(
        self, account: str, events: Sequence[Event], region: str = ""
    ) -> StoredCounts:
        """Store a page of events in one transaction; on an error nothing is stored.

        Args:
            account: Account that the events came from.
            events: Events of the page.
            region: Country (ISO) of the account, for numbers without a country code.
        """
        bad: dict[int, Exception] = {}
        while True:
            try:
                return await self._database.write(
                    lambda t: self._store_page(t, account, region, replace_bad_events(events, bad))
                )
            # Repeat the page with this item replaced: SQLite has rolled back the others.
            except _BadItemError as error:
                bad[error.index] = error.error

    async def count_unreadable_items(self) -> int:
        """Return how many unreadable items wait for an administrator."""
        return await self._database.read(queries("ingest").count_aside) or 0

    async def list_unreadable_items(self, limit: int = 100) -> list[UnreadableItem]:
        """Return the newest unreadable items with what the provider sent."""
        query = functools.partial(queries("ingest").set_aside, limit=limit)
        return [
            UnreadableItem(
                row["account"], row["event_id"], row["received_at"], row["problem"], row["raw"]
            )
            for row in await self._database.read(query)
        ]

    def _store_page(
        self, transaction: Transaction, account: str, region: str, events: Sequence[Event]
    ) -> StoredCounts:
        """Store the page item by item."""
        page = _PageWriter(transaction, self._clock, self._rng, self._classify, account, region)
        new = known = unreadable = 0
        for index, event in enumerate(events):
            try:
                fresh = page.store_event(event)
            except BAD_VALUE_ERRORS as error:
                raise _BadItemError(index, error) from error
            new += fresh
            known += not fresh
            unreadable += isinstance(event, Unreadable)
        page.finish_page()
        return StoredCounts(new, known, unreadable)


class _PageWriter:
    """State while one page is stored."""

    def __init__(
        self,
        transaction: Transaction,
        clock: Clock,
        rng: random.Random,
        classify: ConsentClassifier,
        account: str,
        region: str,
    ) -> None:
        """Create the writer of one page."""
        self._transaction = transaction
        self._connection = transaction.connection
        self._clock = clock
        self._rng = rng
        self._classify = classify
        self._account = account
        self._region = region or None
        self._summaries = Summaries(transaction, rng)
        self._events = Events(transaction, self._summaries, clock)
        self._texts: list[tuple[int, str]] = []

    def store_event(self, event: Event) -> bool:
        """Store one event; return False if it is already stored."""
        match event:
            case Reply():
                return self._store_reply(event)
            case Receipt():
                return self._events.record_receipt(self._account, build_receipt_row(event))
            case OptOut():
                return self._store_opt_out(event)
            case Unreadable():
                return self._events.add_event(self._account, build_unreadable_row(event))

    def finish_page(self) -> None:
        """Write what is cheaper together: the summaries and the search index."""
        self._summaries.flush()
        index_texts(self._connection, self._texts)

    def _store_reply(self, reply: Reply) -> bool:
        """Store a customer's text as a message; return False if it is already stored."""
        at = sanitize_time(reply.received_at, self._clock.now())
        own = repair_text(reply.own)
        address, summary = self._find_sender(reply.party, own, at)
        # The id is needed for the event row, which decides whether the text is new.
        identity = create_message_id(self._connection, at, self._rng, newest_id=summary["last_id"])
        if not self._events.add_event(self._account, build_reply_row(reply), identity):
            return False
        body = _shorten_text(repair_text(reply.text))
        verdict = self._classify(body, address.conversation_key)
        insert_message(
            self._transaction,
            id=identity,
            conversation_id=summary["id"],
            direction=Direction.IN.value,
            account=self._account,
            body=body,
            at=at,
            sender=address.e164 or address.raw,
            provider_id=reply.event_id,
            provider_key=normalize_provider_id(reply.event_id),
            subject=repair_text(reply.subject),
            suspected=int(verdict is Verdict.SUSPECTED),
            attachments=len(reply.attachments),
        )
        self._store_attachments(identity, reply)
        self._texts.append((identity, f"{reply.subject} {body}" if reply.subject else body))
        queueing.cancel_on_reply(self._transaction, self._summaries, self._clock, summary["id"])
        # A customer who opts out does not wait for an answer.
        asks = not _is_opt_out(verdict, reply)
        record_incoming_text(summary, at=at, account=self._account, own=own, needs_answer=asks)
        update_last_message(
            summary, id=identity, at=at, direction=Direction.IN, status="", body=body
        )
        answer_to(self._connection, summary, address, at)
        self._update_consent(summary, verdict, reply, identity, at)
        return True

    def _find_sender(self, party: str, own: str, at: int) -> tuple[Address, Summary]:
        """Return the address of a customer, and the conversation with it."""
        raw = repair_text(party)
        address = parse_sender(raw, self._region)
        summary = self._summaries.get_or_create(address, account=self._account, own=own, at=at)
        if address.e164 and (old := parse_sender(raw, None)).e164 is None:
            adopt_conversation(
                self._transaction, self._summaries, summary, old.conversation_key, self._account
            )
        return address, summary

    def _store_attachments(self, message_id: int, reply: Reply) -> None:
        """Store the files that came with a text."""
        for attachment in reply.attachments:
            queries("messages").add_attachment(
                self._connection,
                message_id=message_id,
                name=repair_text(attachment.name),
                content_type=repair_text(attachment.content_type),
                size=len(attachment.data),
                data=attachment.data,
            )

    def _update_consent(
        self, summary: Summary, verdict: Verdict, reply: Reply, message_id: int, at: int
    ) -> None:
        """Opt the customer out or in, by the text itself or by the provider's mark.

        An opt-in must be newer than the opt-out, because texts may arrive in any order.
        """
        if verdict is Verdict.SUSPECTED:
            summary["suspected"] = 1
        stop = _is_opt_out(verdict, reply)
        starts = verdict is Verdict.START and is_opted_out_before(self._connection, summary, at)
        if not stop and not starts:
            return
        source = "provider" if stop and verdict is not Verdict.STOP else "word"
        evidence = repair_text(reply.text)[:_MAX_EVIDENCE_LENGTH]
        save_consent(
            *(self._connection, summary, at, source, evidence),
            message_id=message_id,
            opted_out=stop,
        )
        action = "opted out" if stop else "opted in"
        record_action(
            self._transaction, self._rng, self._clock, "", action, summary["id"], message_id
        )

    def _store_opt_out(self, event: OptOut) -> bool:
        """Store a provider's notice that a customer has opted out."""
        raw = repair_text(event.raw)
        row = EventRow(EventKind.OPT_OUT.value, event.event_id, at=event.at, raw=raw)
        if not self._events.add_event(self._account, row):
            return False
        _, summary = self._find_sender(event.party, "", self._clock.now())
        self._events.record_opt_out(summary["id"], raw[:_MAX_EVIDENCE_LENGTH])
        return True


def _is_opt_out(verdict: Verdict, reply: Reply) -> bool:
    """Return whether a text is an opt-out, by itself or by the provider's mark."""
    return verdict is Verdict.STOP or reply.opted_out


def _shorten_text(text: str) -> str:
    """Return the text cut to the maximum length; the event has all of it."""
    if len(text) <= _MAX_TEXT_LENGTH:
        return text
    return f"{text[:_MAX_TEXT_LENGTH]}\n… ({len(text) - _MAX_TEXT_LENGTH} more characters)"
