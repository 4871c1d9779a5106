"""The one way in for what providers tell: a page of events becomes one transaction.

An item that cannot be stored is kept raw and set aside in the same transaction, so it never
stands in the way of the others, and may be confirmed like them.
"""

import functools
import random
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tui.clock import Clock
from tui.domain.consent import Verdict
from tui.domain.events import Event, EventKind, OptOut, Receipt, Reply, Unreadable
from tui.domain.ids import match_key
from tui.domain.message import Direction
from tui.domain.phone import Address, parse_address
from tui.domain.text import repair
from tui.store import until_reply
from tui.store.audit import record
from tui.store.consent import lock
from tui.store.database import Database, Transaction
from tui.store.event_rows import receipt_row, reply_row, unreadable_row, with_aside
from tui.store.events import EventRow, Events, sane_time
from tui.store.messages import index, insert_message, unused_id
from tui.store.queries import queries
from tui.store.summaries import Summaries, Summary, note_last, text_came_in

Judge = Callable[[str, str], Verdict]
"""What a customer's text says about consent, given the text and the party."""

_LONGEST_TEXT = 20_000
_LONGEST_EVIDENCE = 500
_LONGEST_ADDRESS = 40
"""Of those worth remembering."""
_BAD_VALUE = (
    ValueError,
    TypeError,
    AttributeError,
    OverflowError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
    sqlite3.IntegrityError,
    sqlite3.DataError,
)
"""What SQLite and the domain raise for a value that cannot be stored, as opposed to a bad disk."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What a page brought."""

    new: int = 0
    known: int = 0
    aside: int = 0


@dataclass(frozen=True, slots=True)
class Aside:
    """An item that could not be used."""

    account: str
    event_id: str
    received_at: int
    """Ms UTC."""
    problem: str
    raw: str


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
                    lambda t: self._store(t, account, with_aside(events, bad))
                )
            except _BadItem as found:
                bad[found.index] = found.error

    async def aside(self) -> int:
        """How many items wait for someone who runs the desk."""
        return await self._database.read(queries("ingest").count_aside) or 0

    async def set_aside(self, limit: int = 100) -> list[Aside]:
        """The newest items that could not be used, with what the provider sent."""
        query = functools.partial(queries("ingest").set_aside, limit=limit)
        return [
            Aside(row["account"], row["event_id"], row["received_at"], row["problem"], row["raw"])
            for row in await self._database.read(query)
        ]

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
                return self._events.receipt(self._account, receipt_row(event))
            case OptOut():
                return self._opt_out(event)
            case Unreadable():
                return self._events.add(self._account, unreadable_row(event))

    def finish(self) -> None:
        """Write what is cheaper together: the summaries and the search index."""
        self._summaries.flush()
        index(self._connection, self._texts)

    def _reply(self, reply: Reply) -> bool:
        """A text from a customer becomes a message, once."""
        at = sane_time(reply.received_at, self._clock.now())
        address = _address_of(repair(reply.party))
        own = repair(reply.own)
        summary = self._summaries.of(address, account=self._account, own=own, at=at)
        identity = unused_id(self._connection, at, self._rng, behind=summary["last_id"])
        if not self._events.add(self._account, reply_row(reply), identity):
            return False
        body = _shortened(repair(reply.text))
        verdict = self._judge(body, address.key)
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
            provider_key=match_key(reply.event_id),
            subject=repair(reply.subject),
            suspected=int(verdict is Verdict.SUSPECTED),
            attachments=len(reply.attachments),
        )
        self._attach(identity, reply)
        self._texts.append((identity, f"{reply.subject} {body}" if reply.subject else body))
        until_reply.answered(self._transaction, self._summaries, self._clock, summary["id"])
        asks = not _stops(verdict, reply)
        text_came_in(summary, at=at, account=self._account, own=own, asks=asks)
        note_last(summary, id=identity, at=at, direction=Direction.IN, status="", body=body)
        self._consent(summary, verdict, reply, identity, at)
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
        self, summary: Summary, verdict: Verdict, reply: Reply, message_id: int, at: int
    ) -> None:
        """Lock or free the party by its own word, or by the provider's.

        A word that frees must be newer than the one that locked: texts may come in any order.
        """
        if verdict is Verdict.SUSPECTED:
            summary["suspected"] = 1
        stop = _stops(verdict, reply)
        if not stop and not (verdict is Verdict.START and self._locked_before(summary, at)):
            return
        source = "provider" if stop and verdict is not Verdict.STOP else "word"
        lock(
            self._connection,
            summary,
            at,
            source,
            repair(reply.text)[:_LONGEST_EVIDENCE],
            message_id=message_id,
            opted_out=stop,
        )
        action = "opted out" if stop else "opted in"
        record(self._transaction, self._rng, self._clock, "", action, summary["id"], message_id)

    def _locked_before(self, summary: Summary, at: int) -> bool:
        """Whether the party is locked, and was when it wrote this."""
        if not summary["opted_out"]:
            return False
        word = queries("conversations").consent(self._connection, party=summary["party"])
        return word is None or bool(word["at"] <= at)

    def _opt_out(self, event: OptOut) -> bool:
        """The provider says that a party has opted out."""
        raw = repair(event.raw)
        row = EventRow(EventKind.OPT_OUT.value, event.event_id, at=event.at, raw=raw)
        if not self._events.add(self._account, row):
            return False
        address = parse_address(repair(event.party))
        now = self._clock.now()
        summary = self._summaries.of(address, account=self._account, own="", at=now)
        self._events.opt_out(summary["id"], raw[:_LONGEST_EVIDENCE])
        return True


def _stops(verdict: Verdict, reply: Reply) -> bool:
    """Whether a text says, by its word or the provider's, that no more are wanted."""
    return verdict is Verdict.STOP or reply.opted_out


_known_address = functools.lru_cache(maxsize=4096)(parse_address)


def _address_of(party: str) -> Address:
    """Who wrote; those who write often are known already."""
    return _known_address(party) if len(party) <= _LONGEST_ADDRESS else parse_address(party)


def _shortened(text: str) -> str:
    """A text of sane length, saying so where it was cut: the whole of it is kept raw."""
    if len(text) <= _LONGEST_TEXT:
        return text
    return f"{text[:_LONGEST_TEXT]}\n… ({len(text) - _LONGEST_TEXT} more characters)"
