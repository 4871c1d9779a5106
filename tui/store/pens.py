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

LOCK_TIMEOUT_MS = 20 * SECOND
"""Time (ms) without renewal after which a compose lock is free: its holder is gone."""


class ComposeLocks:
    """Compose locks: which agent writes in which conversation."""

    def __init__(self, database: Database, clock: Clock, owner: str) -> None:
        """Create the compose locks of one process.

        Args:
            database: Open inbox database.
            clock: Source of the current time.
            owner: Id of this process.
        """
        self._database = database
        self._clock = clock
        self._owner = owner
        self._sql = queries("pens")

    async def acquire_lock(self, conversation_id: int, agent: str, *, force: bool = False) -> str:
        """Acquire the compose lock; return "" on success, else the agent who holds it.

        An agent with two screens has one lock.

        Args:
            conversation_id: Id of the conversation.
            agent: Name of the agent.
            force: Whether to take the lock over from a colleague.
        """
        now = self._clock.now()

        def write_lock(transaction: Transaction) -> str:
            previous = self._sql.holder(transaction.connection, conversation_id=conversation_id)
            taken = self._sql.take(
                transaction.connection,
                conversation_id=conversation_id,
                agent=agent,
                owner=self._owner,
                now=now,
                dead_before=now - LOCK_TIMEOUT_MS,
                force=force,
            )
            if not taken:
                return str(previous["agent"])
            # Watchers are notified only if the holder changes.
            if previous is None or previous["owner"] != self._owner:
                transaction.mark_changed(Subject.PRESENCE, conversation_id, conversation_id)
            return ""

        return await self._database.write(write_lock)

    async def get_holder(self, conversation_id: int) -> str:
        """Return the agent who holds the lock; empty if it is ours or free."""
        query = functools.partial(self._sql.holder, conversation_id=conversation_id)
        row: Any = await self._database.read(query)
        if row is None or row["owner"] == self._owner:
            return ""
        return row["agent"] if row["seen_at"] >= self._clock.now() - LOCK_TIMEOUT_MS else ""

    async def renew_lock(self, conversation_id: int) -> bool:
        """Renew the compose lock; return False if it is no longer ours.

        Args:
            conversation_id: Id of the conversation.
        """
        query = functools.partial(
            self._sql.keep,
            conversation_id=conversation_id,
            owner=self._owner,
            now=self._clock.now(),
        )
        return bool(await self._database.write(lambda t: query(t.connection)))

    async def release_lock(self, conversation_id: int) -> None:
        """Release the compose lock if it is ours.

        Args:
            conversation_id: Id of the conversation.
        """

        def delete_lock(transaction: Transaction) -> None:
            dropped = self._sql.drop(
                transaction.connection, conversation_id=conversation_id, owner=self._owner
            )
            if dropped:
                transaction.mark_changed(Subject.PRESENCE, conversation_id, conversation_id)

        await self._database.write(delete_lock)

    async def release_all_locks(self) -> None:
        """Release every compose lock of this process, because it ends."""
        query = functools.partial(self._sql.drop_all, owner=self._owner)
        await self._database.write(lambda t: query(t.connection))
