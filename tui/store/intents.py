"""What agents want of messages: to be queued, taken back, cancelled, settled by their word.

Each is written with a line in the audit trail; sync carries it out.
"""

import random

from tui.clock import Clock
from tui.domain.message import Message, NewMessage
from tui.domain.status import Status
from tui.store import rows
from tui.store.audit import record
from tui.store.database import Database, Transaction
from tui.store.events import Events
from tui.store.queries import queries
from tui.store.queueing import Queueing
from tui.store.settling import Settled, mark_handled, moved_by_hand, settled_row, wait_again
from tui.store.summaries import Summaries


class Intents:
    """Every wish is one transaction."""

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

    async def take_back(self, message_id: int, agent: str) -> bool:
        """Cancel a message that has not left the desk; False when it is too late."""

        def work(transaction: Transaction) -> bool:
            done = self._sql.take_back(transaction.connection, id=message_id, now=self._clock.now())
            if not done:
                return False
            summary = moved_by_hand(transaction, self._rng, message_id)
            wait_again(transaction, self._rng, summary["id"])
            self._record(transaction, agent, "take back", summary["id"], message_id)
            return True

        return await self._database.write(work)

    async def ask_cancel(self, message_id: int, agent: str) -> bool:
        """An agent wants a scheduled message taken back; False when it is not one any more.

        Sync carries it out: the message becomes `cancelled`, or stays with the reason why not.
        """

        def work(transaction: Transaction) -> bool:
            if not self._sql.want_cancel(transaction.connection, id=message_id):
                return False
            summary = moved_by_hand(transaction, self._rng, message_id)
            self._record(transaction, agent, "cancel", summary["id"], message_id)
            return True

        return await self._database.write(work)

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

    async def deal_with(self, message_id: int, agent: str, *, done: bool = True) -> bool:
        """An agent has dealt with a failure, or has not after all; False when that is known."""

        def work(transaction: Transaction) -> bool:
            summaries = Summaries(transaction, self._rng)
            changed = mark_handled(transaction, summaries, message_id, handled=done)
            summaries.flush()
            if changed:
                row = queries("messages").get(transaction.connection, id=message_id)
                words = "dealt with" if done else "not dealt with"
                self._record(transaction, agent, words, row["conversation_id"], message_id)
            return changed

        return await self._database.write(work)

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
