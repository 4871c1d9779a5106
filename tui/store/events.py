"""What providers tell about messages: written down once, applied by the one status rule."""

import itertools
from dataclasses import dataclass, replace
from typing import Any

from tui.clock import MINUTE, Clock
from tui.domain.advice import Advice
from tui.domain.change import Subject
from tui.domain.ids import from_reference, match_key
from tui.domain.message import Direction
from tui.domain.status import Status, contradicts, may_move
from tui.store.audit import record
from tui.store.consent import lock
from tui.store.database import Transaction
from tui.store.errors import StoreError
from tui.store.queries import queries
from tui.store.summaries import Summaries, status_moved

_FUTURE = 5 * MINUTE
_WIDEST = 1 << 63
"""The first number that a column cannot hold."""


@dataclass(frozen=True, slots=True)
class EventRow:
    """A row of `events`, before it is written."""

    kind: str
    event_id: str
    at: int | None = None
    status: Status | None = None
    word: str = ""
    code: str = ""
    reason: str = ""
    raw: str = ""
    provider_id: str = ""
    reference: str = ""
    parts: int = 0
    price: str = ""
    problem: str = ""
    opted_out: bool = False
    advice: Advice = Advice.NONE


class Events:
    """The events of one transaction."""

    def __init__(self, transaction: Transaction, summaries: Summaries, clock: Clock) -> None:
        """Keep what every event needs."""
        self._transaction = transaction
        self._connection = transaction.connection
        self._summaries = summaries
        self._clock = clock
        self._sql = queries("ingest")
        self._messages = queries("messages")

    def add(
        self, account: str, event: EventRow, message_id: int | None = None, moved: bool = False
    ) -> bool:
        """Write an event down; False when it is already known."""
        return bool(
            self._sql.add_event(
                self._connection,
                account=account,
                kind=event.kind,
                event_id=event.event_id,
                received_at=self._clock.now(),
                at=_storable(event.at),
                message_id=message_id,
                provider_key=match_key(event.provider_id) if event.provider_id else "",
                status=event.status.value if event.status else "",
                word=event.word,
                code=event.code,
                reason=event.reason,
                moved=int(moved),
                problem=event.problem,
                raw=event.raw,
                parts=event.parts,
                price=event.price,
                opted_out=int(event.opted_out),
                advice=event.advice.value,
            )
        )

    def receipt(self, account: str, event: EventRow) -> bool:
        """A receipt: kept always, applied when its message is known; False when seen before."""
        message = self._message_of(account, event)
        if message is None:
            return self.add(account, event)
        if not self.add(account, event, message["id"], _moves(message, event)):
            return False
        self._apply(message, event)
        if event.provider_id and not message["provider_id"]:
            self.name(message["id"], event.provider_id)
        return True

    def settle(self, message_id: int, event: EventRow) -> None:
        """The answer to a send, or the lack of one; raises `StoreError` for an unknown message."""
        message = self._messages.get(self._connection, id=message_id)
        if message is None or message["direction"] != Direction.OUT:
            raise StoreError(f"No message {message_id} was ever to be sent")
        moves = _moves(message, event)
        for again in itertools.count(2):
            if self.add(message["account"], event, message_id, moves):
                break
            event = replace(event, event_id=f"{event.event_id}-{again}")
        self._apply(message, event)

    def name(self, message_id: int, provider_id: str) -> None:
        """A message gets its provider's id; receipts that waited for it are applied."""
        key = match_key(provider_id)
        self._messages.set_provider_id(
            self._connection, id=message_id, provider_id=provider_id, provider_key=key
        )
        account = self._messages.get(self._connection, id=message_id)["account"]
        for row in self._sql.waiting_for(self._connection, account=account, provider_key=key):
            message = self._messages.get(self._connection, id=message_id)
            moved = self._apply(message, _from_row(row))
            self._sql.adopt(self._connection, id=row["id"], message_id=message_id, moved=moved)

    def opt_out(self, conversation_id: int, evidence: str, message_id: int = 0) -> None:
        """A provider says that this party must not be texted any more."""
        summary = self._summaries.get(conversation_id)
        if not summary["opted_out"]:
            record(
                *(self._transaction, self._summaries.rng, self._clock, "", "opted out"),
                *(conversation_id, message_id, evidence),
            )
        now = self._clock.now()
        lock(self._connection, summary, now, "provider", evidence, message_id=message_id or None)

    def _message_of(self, account: str, event: EventRow) -> Any | None:
        """The message an event is about: by our reference, else by the provider's id."""
        identity = from_reference(event.reference)
        if identity is not None:
            row = self._messages.get(self._connection, id=identity)
            ours = row is not None and row["direction"] == Direction.OUT
            if ours and row["account"] == account:
                return row
        if not event.provider_id:
            return None
        found = self._messages.by_provider_key(
            self._connection, account=account, provider_key=match_key(event.provider_id)
        )
        exact = [row for row in found if row["provider_id"] == event.provider_id]
        return next(iter(exact or found), None)

    def _apply(self, message: Any, event: EventRow) -> bool:
        """Move the message if the rule permits; contradictions are marked. Whether it moved."""
        conversation_id = message["conversation_id"]
        if event.opted_out:
            self.opt_out(conversation_id, event.reason or event.word, message["id"])
        if event.status is None:
            return False
        old = Status(message["status"])
        contradicted = bool(message["contradicted"]) or contradicts(old, event.status)
        if not may_move(old, event.status):
            if contradicted and not message["contradicted"]:
                self._messages.mark_contradicted(self._connection, id=message["id"])
                self._transaction.changed(Subject.MESSAGE, message["id"], conversation_id)
            return False
        self._messages.move(
            self._connection,
            id=message["id"],
            status=event.status.value,
            word=event.word,
            code=event.code,
            reason=event.reason,
            status_at=sane_time(event.at, self._clock.now()),
            parts=event.parts,
            price=event.price,
            contradicted=int(contradicted),
            advice=event.advice.value,
        )
        summary = self._summaries.get(conversation_id)
        status_moved(summary, message["id"], old, event.status, bool(message["handled"]))
        self._transaction.changed(Subject.MESSAGE, message["id"], conversation_id)
        return True


def sane_time(at: int | None, now: int) -> int:
    """When it happened: a provider's clock that is ahead must not put it behind all that follows.

    Raises `TypeError` for what is no time at all.
    """
    if at is None or at <= 0 or at > now + _FUTURE:
        return now
    return at


def _storable(at: int | None) -> int | None:
    """The provider's time as it gave it, unless no column can hold it."""
    return None if at is None or not -_WIDEST <= at < _WIDEST else at


def _moves(message: Any, event: EventRow) -> bool:
    """Whether the rule lets this event change the message's status."""
    return event.status is not None and may_move(Status(message["status"]), event.status)


def _from_row(row: Any) -> EventRow:
    """A stored receipt as it was when it came."""
    return EventRow(
        kind=row["kind"],
        event_id=row["event_id"],
        at=row["at"],
        status=Status(row["status"]) if row["status"] else None,
        word=row["word"],
        code=row["code"],
        reason=row["reason"],
        raw=row["raw"],
        parts=row["parts"],
        price=row["price"],
        opted_out=bool(row["opted_out"]),
        advice=Advice(row["advice"]),
    )
