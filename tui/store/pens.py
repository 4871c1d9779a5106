"""One agent writes in a conversation at a time: a pen that is taken, kept, given back, taken over.

The pen keeps two people from typing the same answer. That two answers never cross unseen does not
rest on it: the outbox refuses what was written before the newest message was seen.
"""

import functools
from typing import Any

from tui.clock import SECOND, Clock
from tui.domain.change import Subject
from tui.store.database import Database, Transaction
from tui.store.queries import queries

KEPT_MS = 20 * SECOND
"""A pen nobody has kept for so long is free: its holder is gone."""


class Pens:
    """Who writes where."""

    def __init__(self, database: Database, clock: Clock, owner: str) -> None:
        """`owner` names this process."""
        self._database = database
        self._clock = clock
        self._owner = owner
        self._sql = queries("pens")

    async def take(self, conversation_id: int, agent: str, *, force: bool = False) -> str:
        """Take the pen; empty when it is ours now, else the name of the agent who holds it.

        `force` takes it out of a colleague's hand. An agent with two screens has one pen.
        """
        now = self._clock.now()

        def work(transaction: Transaction) -> str:
            before = self._sql.holder(transaction.connection, conversation_id=conversation_id)
            taken = self._sql.take(
                transaction.connection,
                conversation_id=conversation_id,
                agent=agent,
                owner=self._owner,
                now=now,
                dead_before=now - KEPT_MS,
                force=force,
            )
            if not taken:
                return str(before["agent"])
            if before is None or before["owner"] != self._owner:
                transaction.changed(Subject.PRESENCE, conversation_id, conversation_id)
            return ""

        return await self._database.write(work)

    async def holder(self, conversation_id: int) -> str:
        """The agent at another screen who holds the pen now; empty when it is ours or free."""
        query = functools.partial(self._sql.holder, conversation_id=conversation_id)
        row: Any = await self._database.read(query)
        if row is None or row["owner"] == self._owner:
            return ""
        return row["agent"] if row["seen_at"] >= self._clock.now() - KEPT_MS else ""

    async def keep(self, conversation_id: int) -> bool:
        """Say that we still write; False when the pen is ours no more."""
        query = functools.partial(
            self._sql.keep,
            conversation_id=conversation_id,
            owner=self._owner,
            now=self._clock.now(),
        )
        return bool(await self._database.write(lambda t: query(t.connection)))

    async def drop(self, conversation_id: int) -> None:
        """Give the pen back, if it is ours."""

        def work(transaction: Transaction) -> None:
            dropped = self._sql.drop(
                transaction.connection, conversation_id=conversation_id, owner=self._owner
            )
            if dropped:
                transaction.changed(Subject.PRESENCE, conversation_id, conversation_id)

        await self._database.write(work)

    async def drop_all(self) -> None:
        """Give every pen back: this process ends."""
        query = functools.partial(self._sql.drop_all, owner=self._owner)
        await self._database.write(lambda t: query(t.connection))
