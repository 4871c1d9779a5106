"""The outbox: a message's row is its place in the queue.

A row is written before anything is sent, claimed by compare-and-set before the request, and
settled by what came of it. Whoever holds a claim and dies leaves an `uncertain` message behind,
never a second one.
"""

import functools
import random
from collections.abc import Sequence
from dataclasses import dataclass

from tui.clock import Clock
from tui.domain.advice import Advice
from tui.domain.change import Subject
from tui.domain.conversation import State
from tui.domain.ids import reference
from tui.domain.message import Message, NewMessage
from tui.domain.status import Status
from tui.store import rows, until_reply
from tui.store.audit import record
from tui.store.database import Database, Transaction
from tui.store.events import EventRow, Events
from tui.store.queries import queries
from tui.store.queueing import Queueing, mark_handled
from tui.store.summaries import Summaries, Summary


@dataclass(frozen=True, slots=True)
class Settled:
    """What came of handing a message to the provider."""

    status: Status
    provider_id: str = ""
    word: str = ""
    code: str = ""
    reason: str = ""
    parts: int = 0
    price: str = ""
    raw: str = ""
    opted_out: bool = False
    advice: Advice = Advice.NONE


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that this process, and nobody else, hands to the provider."""

    message: Message
    to: str
    """E.164, or a short code as it came."""


class Outbox:
    """Queueing by agents, claiming and settling by whoever sends."""

    def __init__(self, database: Database, clock: Clock, rng: random.Random) -> None:
        """Keep what every call needs."""
        self._database = database
        self._clock = clock
        self._rng = rng
        self._sql = queries("outbox")
        self._queueing = Queueing(clock, rng)

    async def queue(self, new: NewMessage, *, seen_upto: int | None = None) -> Message:
        """Write a message into the queue and take the draft away, in one transaction.

        `seen_upto` is the newest message the agent has seen: when a customer or a colleague wrote
        something newer, nothing is queued. Raises `StaleReply`, `OptedOut`.
        """

        def work(transaction: Transaction) -> Message:
            summaries = Summaries(transaction, self._rng)
            message_id = self._queueing.write(transaction, summaries, new, seen_upto)
            summaries.flush()
            return rows.message(queries("messages").get(transaction.connection, id=message_id))

        return await self._database.write(work)

    async def claim(self, owner: str, account: str, limit: int) -> list[Claimed]:
        """Take up to `limit` due messages of an account; nobody else gets them.

        Messages to customers who have opted out meanwhile are settled as rejected instead.
        """

        def work(transaction: Transaction) -> list[Claimed]:
            found = self._sql.claim(
                transaction.connection,
                owner=owner,
                account=account,
                now=self._clock.now(),
                limit=limit,
            )
            summaries = Summaries(transaction, self._rng)
            claimed = [row for row in found if not self._refused(transaction, summaries, row)]
            for row in claimed:
                self._show_move(transaction, summaries, row)
            summaries.flush()
            return [
                Claimed(rows.message(row), summaries.get(row["conversation_id"])["address"])
                for row in sorted(claimed, key=lambda row: row["id"])
            ]

        if not await self._has_due(account):
            return []
        return await self._database.write(work)

    async def settle(self, message_id: int, settled: Settled) -> None:
        """Record what came of a claimed message, and apply receipts that were there first."""
        await self.settle_all([(message_id, settled)])

    async def settle_all(self, outcomes: Sequence[tuple[int, Settled]]) -> None:
        """Record what came of several messages, in one transaction."""

        def work(transaction: Transaction) -> None:
            summaries = Summaries(transaction, self._rng)
            events = Events(transaction, summaries, self._clock)
            for message_id, settled in outcomes:
                events.settle(message_id, settled_row(message_id, settled, self._clock.now()))
                if settled.provider_id:
                    events.name(message_id, settled.provider_id)
            summaries.flush()

        await self._database.write(work)

    async def requeue(self, owner: str, again: Sequence[tuple[int, int, str]]) -> None:
        """Nothing was sent: (message id, not before this moment in ms UTC, why) go back."""

        def work(transaction: Transaction) -> None:
            for message_id, at, reason in again:
                values = {"id": message_id, "next_try_at": at, "reason": reason}
                if self._sql.requeue(transaction.connection, owner=owner, **values):
                    self._moved_by_hand(transaction, message_id)

        await self._database.write(work)

    async def abandon(self, dead_before: int) -> int:
        """Claims whose holder was last seen before this moment become `uncertain`."""
        query = functools.partial(self._sql.abandoned, dead_before=dead_before)
        if not await self._database.read(query):
            return 0

        def work(transaction: Transaction) -> int:
            summaries = Summaries(transaction, self._rng)
            events = Events(transaction, summaries, self._clock)
            found = query(transaction.connection)
            for row in found:
                events.settle(row["id"], settled_row(row["id"], _LOST, self._clock.now()))
            summaries.flush()
            return len(found)

        return await self._database.write(work)

    async def take_back(self, message_id: int, agent: str) -> bool:
        """Cancel a message that has not left the desk; False when it is too late."""

        def work(transaction: Transaction) -> bool:
            done = self._sql.take_back(transaction.connection, id=message_id, now=self._clock.now())
            if not done:
                return False
            summary = self._moved_by_hand(transaction, message_id)
            self._wait_again(transaction, summary["id"])
            self._record(transaction, agent, "take back", summary["id"], message_id)
            return True

        return await self._database.write(work)

    async def next_due(self, account: str) -> int | None:
        """When the next queued message of an account may go (ms UTC); None when there is none."""
        query = functools.partial(self._sql.next_due, account=account)
        return await self._database.read(query)

    async def outstanding(self, account: str, since: int) -> bool:
        """Whether receipts are expected for messages written since then."""
        query = functools.partial(self._sql.outstanding, account=account, since=since)
        return bool(await self._database.read(query))

    async def ask_cancel(self, message_id: int, agent: str) -> bool:
        """An agent wants a scheduled message taken back; False when it is not one any more.

        Sync carries it out: the message becomes `cancelled`, or stays with the reason why not.
        """

        def work(transaction: Transaction) -> bool:
            if not self._sql.want_cancel(transaction.connection, id=message_id):
                return False
            summary = self._moved_by_hand(transaction, message_id)
            self._record(transaction, agent, "cancel", summary["id"], message_id)
            return True

        return await self._database.write(work)

    async def to_cancel(self, account: str, limit: int = 100) -> list[Message]:
        """Scheduled messages to take back: by an agent's wish, or because the customer is out."""
        query = functools.partial(self._sql.to_cancel, account=account, limit=limit)
        return rows.messages(await self._database.read(query))

    async def refuse_cancel(self, message_id: int, reason: str) -> None:
        """It was too late to take a scheduled message back."""

        def work(transaction: Transaction) -> None:
            if self._sql.refuse_cancel(transaction.connection, id=message_id, reason=reason):
                self._moved_by_hand(transaction, message_id)

        await self._database.write(work)

    async def hurry(self, account: str) -> None:
        """Let messages that wait for another try go at once."""
        query = functools.partial(self._sql.hurry, account=account, now=self._clock.now())
        await self._database.write(lambda t: query(t.connection))

    async def resolve(self, message_id: int, agent: str, *, went_out: bool) -> bool:
        """The agent's word about a message that may have been sent.

        False when it is not uncertain any more: what the provider has said since then holds.
        """
        status = Status.ACCEPTED if went_out else Status.FAILED
        words = "went out" if went_out else "did not go out"
        settled = Settled(status, word=f"{agent}: {words}", reason=f"{agent} says it {words}")

        def work(transaction: Transaction) -> bool:
            row = queries("messages").get(transaction.connection, id=message_id)
            if row is None or row["status"] != Status.UNCERTAIN:
                return False
            summaries = Summaries(transaction, self._rng)
            events = Events(transaction, summaries, self._clock)
            events.settle(message_id, settled_row(message_id, settled, self._clock.now()))
            mark_handled(transaction, summaries, message_id)
            summaries.flush()
            self._record(transaction, agent, words, row["conversation_id"], message_id)
            return True

        return await self._database.write(work)

    async def handled(self, message_id: int) -> None:
        """An agent has dealt with this failure."""

        def work(transaction: Transaction) -> None:
            summaries = Summaries(transaction, self._rng)
            mark_handled(transaction, summaries, message_id)
            summaries.flush()

        await self._database.write(work)

    async def cancelled(self, message_id: int) -> None:
        """The provider has taken the scheduled message back: who waits for an answer waits on."""
        settled = Settled(Status.CANCELLED, word="cancelled")

        def work(transaction: Transaction) -> None:
            summaries = Summaries(transaction, self._rng)
            events = Events(transaction, summaries, self._clock)
            events.settle(message_id, settled_row(message_id, settled, self._clock.now()))
            summaries.flush()
            row = queries("messages").get(transaction.connection, id=message_id)
            self._wait_again(transaction, row["conversation_id"])

        await self._database.write(work)

    def _record(
        self,
        transaction: Transaction,
        agent: str,
        action: str,
        conversation_id: int,
        message_id: int,
    ) -> None:
        """Who did it."""
        record(transaction, self._rng, self._clock, agent, action, conversation_id, message_id)

    def _refused(self, transaction: Transaction, summaries: Summaries, row: rows.Row) -> bool:
        """Settle a claimed message that must not go out: opted out, or answered meanwhile."""
        if until_reply.superfluous(transaction, row):
            until_reply.take_back(transaction, summaries, self._clock, row)
            return True
        if not summaries.get(row["conversation_id"])["opted_out"]:
            return False
        events = Events(transaction, summaries, self._clock)
        settled = Settled(Status.REJECTED, reason=_OUT, advice=Advice.STOP)
        events.settle(row["id"], settled_row(row["id"], settled, self._clock.now()))
        return True

    async def _has_due(self, account: str) -> bool:
        """A look before the write lock is taken."""
        due = await self.next_due(account)
        return due is not None and due <= self._clock.now()

    def _moved_by_hand(self, transaction: Transaction, message_id: int) -> Summary:
        """Bring the summary in line after the desk's own move of a message."""
        row = queries("messages").get(transaction.connection, id=message_id)
        summaries = Summaries(transaction, self._rng)
        self._show_move(transaction, summaries, row)
        summaries.flush()
        return summaries.get(row["conversation_id"])

    def _wait_again(self, transaction: Transaction, conversation_id: int) -> None:
        """An answer was taken back: the customer waits for one as before."""
        summaries = Summaries(transaction, self._rng)
        summary = summaries.get(conversation_id)
        if summary["state"] != State.CLOSED:
            summary["unanswered_since"] = queries("messages").unanswered_since(
                transaction.connection, conversation_id=conversation_id
            )
        summaries.flush()

    @staticmethod
    def _show_move(transaction: Transaction, summaries: Summaries, row: rows.Row) -> None:
        """The list shows the message's new status where it shows the message."""
        summary = summaries.get(row["conversation_id"])
        if summary["last_id"] == row["id"]:
            summary["last_status"] = row["status"]
        transaction.changed(Subject.MESSAGE, row["id"], row["conversation_id"])


_OUT = "The customer has opted out: not sent"
_LOST = Settled(
    Status.UNCERTAIN,
    reason="The desk stopped while this was being sent: it may or may not have gone out",
)


def settled_row(message_id: int, settled: Settled, now: int) -> EventRow:
    """The answer to a send as an event of the message's history."""
    return EventRow(
        kind="send",
        event_id=f"{reference(message_id)}-{now}-{settled.status}",
        at=now,
        status=settled.status,
        word=settled.word,
        code=settled.code,
        reason=settled.reason,
        raw=settled.raw,
        parts=settled.parts,
        price=settled.price,
        opted_out=settled.opted_out,
        advice=settled.advice,
    )
