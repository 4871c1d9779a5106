"""The one way in for what providers tell: a page of events becomes one transaction.

An item that cannot be stored is kept raw and set aside in the same transaction, so it never
stands in the way of the others, and may be confirmed like them.
"""

import random
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tui.clock import MINUTE, Clock
from tui.domain.consent import Verdict
from tui.domain.events import Event, EventKind, OptOut, Receipt, Reply, Unreadable
from tui.domain.ids import match_key
from tui.domain.message import Direction
from tui.domain.phone import parse_address
from tui.domain.text import repair
from tui.store.audit import record
from tui.store.consent import lock
from tui.store.database import Database, Transaction
from tui.store.events import EventRow, Events
from tui.store.messages import index, insert_message, unused_id
from tui.store.queries import queries
from tui.store.summaries import Summaries, note_last, text_came_in

Judge = Callable[[str, str], Verdict]
"""What a customer's text says about consent, given the text and the party."""

_LONGEST_TEXT = 20_000
_FUTURE = 5 * MINUTE
_BAD_VALUE = (
    ValueError,
    TypeError,
    OverflowError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
)
"""What SQLite and the domain raise for a value that cannot be stored, as opposed to a bad disk."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What a page brought."""

    new: int = 0
    known: int = 0
    aside: int = 0


class _BadItem(Exception):
    """One item of a page cannot be stored; the transaction is rolled back."""

    def __init__(self, index: int, error: Exception) -> None:
        """Which one, and why."""
        super().__init__(index)
        self.index = index
        self.error = error


class Ingest:
    """Stores pages of events."""

    def __init__(self, database: Database, clock: Clock, rng: random.Random, judge: Judge) -> None:
        """`judge` finds opt-out words in what customers write."""
        self._database = database
        self._clock = clock
        self._rng = rng
        self._judge = judge

    async def store(self, account: str, events: Sequence[Event]) -> Stored:
        """All of these are on disk when this returns, or (on an error) none."""
        bad: dict[int, Exception] = {}
        while True:
            try:
                return await self._database.write(
                    lambda t: self._store(t, account, _with_aside(events, bad))
                )
            except _BadItem as found:
                bad[found.index] = found.error

    async def aside(self) -> int:
        """How many items wait for someone who runs the desk."""
        return await self._database.read(queries("ingest").count_aside) or 0

    def _store(self, transaction: Transaction, account: str, events: Sequence[Event]) -> Stored:
        """The page, item by item."""
        page = _PageWork(transaction, self._clock, self._rng, self._judge, account)
        new = known = aside = 0
        for place, event in enumerate(events):
            try:
                fresh = page.add(event)
            except _BAD_VALUE as error:
                raise _BadItem(place, error) from error
            new += fresh
            known += not fresh
            aside += isinstance(event, Unreadable)
        page.finish()
        return Stored(new, known, aside)


class _PageWork:
    """The state of storing one page."""

    def __init__(
        self,
        transaction: Transaction,
        clock: Clock,
        rng: random.Random,
        judge: Judge,
        account: str,
    ) -> None:
        """Nothing stored yet."""
        self._transaction = transaction
        self._connection = transaction.connection
        self._clock = clock
        self._rng = rng
        self._judge = judge
        self._account = account
        self._summaries = Summaries(transaction, rng)
        self._events = Events(transaction, self._summaries, clock)
        self._texts: list[tuple[int, str]] = []

    def add(self, event: Event) -> bool:
        """Store one event; False when it was known."""
        match event:
            case Reply():
                return self._reply(event)
            case Receipt():
                return self._events.receipt(self._account, _receipt_row(event))
            case OptOut():
                return self._opt_out(event)
            case Unreadable():
                row = EventRow(
                    EventKind.UNREADABLE,
                    repair(event.event_id),
                    raw=repair(event.raw),
                    problem=event.problem,
                )
                return self._events.add(self._account, row)

    def finish(self) -> None:
        """Write what is cheaper together: the summaries and the search index."""
        self._summaries.flush()
        index(self._connection, self._texts)

    def _reply(self, reply: Reply) -> bool:
        """A text from a customer becomes a message, once."""
        now = self._clock.now()
        at = _sane(reply.received_at, now)
        identity = unused_id(self._connection, at, self._rng)
        row = EventRow(
            EventKind.REPLY,
            reply.event_id,
            at=reply.received_at,
            raw=repair(reply.raw),
            provider_id=reply.event_id,
        )
        address = parse_address(reply.party)
        body = repair(reply.text)[:_LONGEST_TEXT]
        verdict = self._judge(body, address.key)
        if not self._events.add(self._account, row, identity):
            return False
        summary = self._summaries.of(address, account=self._account, own=reply.own, at=at)
        insert_message(
            self._transaction,
            id=identity,
            conversation_id=summary["id"],
            direction=Direction.IN,
            account=self._account,
            body=body,
            at=at,
            sender=address.e164 or address.raw,
            provider_id=reply.event_id,
            provider_key=match_key(reply.event_id),
            subject=repair(reply.subject),
            suspected=int(verdict is Verdict.SUSPECTED),
            attachments=len(reply.attachments),
        )
        self._attach(identity, reply)
        self._texts.append((identity, f"{reply.subject} {body}" if reply.subject else body))
        text_came_in(summary, at=at, account=self._account, own=reply.own)
        note_last(summary, id=identity, at=at, direction=Direction.IN, status="", body=body)
        self._consent(summary, verdict, reply, identity)
        return True

    def _attach(self, message_id: int, reply: Reply) -> None:
        """Keep the files that came with a text."""
        for attachment in reply.attachments:
            queries("messages").add_attachment(
                self._connection,
                message_id=message_id,
                name=repair(attachment.name),
                content_type=repair(attachment.content_type),
                size=len(attachment.data),
                data=attachment.data,
            )

    def _consent(
        self, summary: dict[str, object], verdict: Verdict, reply: Reply, message_id: int
    ) -> None:
        """Lock or free the party by its own word, or by the provider's."""
        stop = verdict is Verdict.STOP or reply.opted_out
        back_in = verdict is Verdict.START and bool(summary["opted_out"])
        if not stop and not back_in:
            return
        source = "word" if verdict in (Verdict.STOP, Verdict.START) else "provider"
        lock(
            self._connection,
            summary,
            self._clock.now(),
            source,
            repair(reply.text)[:500],
            message_id=message_id,
            opted_out=stop,
        )
        identity = int(str(summary["id"]))
        action = "opted out" if stop else "opted in"
        record(self._transaction, self._rng, self._clock, "", action, identity, message_id)

    def _opt_out(self, event: OptOut) -> bool:
        """The provider says that a party has opted out."""
        row = EventRow(EventKind.OPT_OUT, event.event_id, at=event.at, raw=repair(event.raw))
        if not self._events.add(self._account, row):
            return False
        now = self._clock.now()
        address = parse_address(event.party)
        summary = self._summaries.of(address, account=self._account, own="", at=now)
        lock(self._connection, summary, now, "provider", repair(event.raw)[:500])
        return True


def _receipt_row(receipt: Receipt) -> EventRow:
    """A receipt as a row of `events`."""
    return EventRow(
        EventKind.RECEIPT,
        receipt.event_id,
        at=receipt.at,
        status=receipt.status,
        word=repair(receipt.word),
        code=repair(receipt.code),
        reason=repair(receipt.reason),
        raw=repair(receipt.raw),
        provider_id=receipt.provider_id,
        reference=receipt.reference,
        parts=receipt.parts,
        price=receipt.price,
        opted_out=receipt.opted_out,
    )


def _with_aside(events: Sequence[Event], bad: Mapping[int, Exception]) -> list[Event]:
    """The page with its bad items as ones that can be stored."""
    return [
        Unreadable(event.event_id, f"could not be stored: {bad[place]}", event.raw)
        if place in bad
        else event
        for place, event in enumerate(events)
    ]


def _sane(at: int | None, now: int) -> int:
    """When it came in: a clock that is ahead must not put a text behind all later ones."""
    if at is None or at <= 0 or at > now + _FUTURE:
        return now
    return at
