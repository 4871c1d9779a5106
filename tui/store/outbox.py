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
from tui.domain.message import Message
from tui.domain.status import Status
from tui.store import rows, until_reply
from tui.store.database import Database, Transaction
from tui.store.events import Events
from tui.store.queries import queries
from tui.store.settling import Settled, moved_by_hand, settled_row, show_move, wait_again
from tui.store.summaries import Summaries

_OUT = "The customer has opted out: not sent"
_LOST = Settled(
    Status.UNCERTAIN,
    reason="The desk stopped while this was being sent: it may or may not have gone out",
)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that this process, and nobody else, hands to the provider."""

    message: Message
    to: str
    """E.164, or a short code as it came."""


class Outbox:
    """Claiming and settling, by whoever sends."""

    def __init__(self, database: Database, clock: Clock, rng: random.Random) -> None:
        """Keep what every call needs."""
        self._database = database
        self._clock = clock
        self._rng = rng
        self._sql = queries("outbox")

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
                show_move(transaction, summaries, row)
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
                    moved_by_hand(transaction, self._rng, message_id)

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

    async def next_due(self, account: str) -> int | None:
        """When the next queued message of an account may go (ms UTC); None when there is none."""
        query = functools.partial(self._sql.next_due, account=account)
        return await self._database.read(query)

    async def outstanding(self, account: str, since: int) -> bool:
        """Whether receipts are expected for messages written since then."""
        query = functools.partial(self._sql.outstanding, account=account, since=since)
        return bool(await self._database.read(query))

    async def to_cancel(self, account: str, limit: int = 100) -> list[Message]:
        """Scheduled messages to take back: by an agent's wish, or because the customer is out."""
        query = functools.partial(self._sql.to_cancel, account=account, limit=limit)
        return rows.messages(await self._database.read(query))

    async def refuse_cancel(self, message_id: int, reason: str) -> None:
        """It was too late to take a scheduled message back."""

        def work(transaction: Transaction) -> None:
            if self._sql.refuse_cancel(transaction.connection, id=message_id, reason=reason):
                moved_by_hand(transaction, self._rng, message_id)

        await self._database.write(work)

    async def hurry(self, account: str) -> None:
        """Let messages that wait for another try go at once."""
        query = functools.partial(self._sql.hurry, account=account, now=self._clock.now())
        await self._database.write(lambda t: query(t.connection))

    async def cancelled(self, message_id: int) -> None:
        """The provider has taken the scheduled message back: who waits for an answer waits on."""
        settled = Settled(Status.CANCELLED, word="cancelled")

        def work(transaction: Transaction) -> None:
            summaries = Summaries(transaction, self._rng)
            events = Events(transaction, summaries, self._clock)
            events.settle(message_id, settled_row(message_id, settled, self._clock.now()))
            summaries.flush()
            row = queries("messages").get(transaction.connection, id=message_id)
            wait_again(transaction, self._rng, row["conversation_id"])

        await self._database.write(work)

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
