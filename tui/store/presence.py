"""Store who works here and where, what waits for each agent, and the compose locks.

Only one agent writes in a conversation at a time. The compose lock prevents two agents from
typing the same answer. It is not what prevents two answers from crossing unseen: the outbox
refuses a reply that was written before the agent saw the newest message.
"""

import functools
from typing import Any

from tui.clock import SECOND, Clock, get_latest_believable, is_recent
from tui.domain.change import Subject
from tui.domain.conversation import Conversation
from tui.domain.record_type import record
from tui.domain.text import repair_text
from tui.store import rows
from tui.store.conversations import FIRST_POSITION, ListPosition
from tui.store.engine import Engine, Transaction
from tui.store.queries import queries

COUNT_LIMIT = 1_000
"""Remaining conversations are counted up to this number only."""


class Agents:
    """Agents by name, and the queue of each.

    A queue holds the conversations assigned to the agent or to no one.
    """

    def __init__(self, database: Engine, clock: Clock) -> None:
        """Create the list of agents.

        Args:
            database: Open inbox database.
            clock: Source of the current time.
        """
        self._database = database
        self._clock = clock
        self._sql = queries("triage")

    async def record_agent(self, name: str) -> None:
        """Record that an agent works here; ignore an empty name."""
        name = " ".join(repair_text(name).split())
        if not name:
            return
        query = functools.partial(self._sql.save_agent, name=name, now=self._clock.now())
        await self._database.write(lambda t: query(t.connection), alone=False)

    async def list_names(self) -> list[str]:
        """Return the names of all agents who ever worked here or have open work, sorted."""
        return [row["name"] for row in await self._database.read(self._sql.agents)]

    async def find_next_conversation(
        self, agent: str, after: Conversation | None
    ) -> Conversation | None:
        """Return the next conversation that waits for this agent, or None.

        Candidates are assigned to the agent or to no one; the longest waiting one comes
        first.

        Args:
            agent: Name of the agent.
            after: Conversation to continue after; None starts with the longest waiting one.
        """
        position = FIRST_POSITION if after is None else ListPosition(after.rank, after.id)
        query = functools.partial(
            self._sql.next_for, agent=agent, rank=position.sort, id=position.id
        )
        row = await self._database.read(query)
        return rows.to_conversation(row) if row is not None else None

    async def count_remaining(self, agent: str) -> int:
        """Return how many conversations wait for this agent, up to `COUNT_LIMIT`.

        Unassigned conversations are included.
        """
        query = functools.partial(self._sql.left_for, agent=agent, limit=COUNT_LIMIT)
        return int(await self._database.read(query))


LOCK_TIMEOUT_MS = 20 * SECOND
"""Time (ms) without renewal after which a compose lock is free: its holder is gone."""


class ComposeLocks:
    """Compose locks: which agent writes in which conversation."""

    def __init__(self, database: Engine, clock: Clock, owner: str) -> None:
        """Create the compose locks of one process.

        Args:
            database: Open inbox database.
            clock: Source of the current time.
            owner: Id of this process.
        """
        self._database = database
        self._clock = clock
        self._owner = owner
        self._sql = queries("compose_locks")

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
                latest=get_latest_believable(now),
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
        is_held = is_recent(row["seen_at"], self._clock.now(), LOCK_TIMEOUT_MS)
        return row["agent"] if is_held else ""

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
        return bool(await self._database.write(lambda t: query(t.connection), alone=False))

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

        await self._database.write(delete_lock, alone=False)

    async def release_all_locks(self) -> None:
        """Release every compose lock of this process, because it ends."""
        query = functools.partial(self._sql.drop_all, owner=self._owner)
        await self._database.write(lambda t: query(t.connection))


_PRESENCE_TIMEOUT_MS = 20 * SECOND


@record
class Colleague:
    """Another agent who looks at the same conversation."""

    agent: str
    typing: bool


class AgentPresence:
    """Record of which agent looks at which conversation, and who types."""

    def __init__(self, database: Engine, clock: Clock, owner: str) -> None:
        """Create the presence of one process.

        Args:
            database: Open inbox database.
            clock: Source of the current time.
            owner: Id of this process.
        """
        self._database = database
        self._clock = clock
        self._owner = owner
        self._sql = queries("desk")

    async def announce_presence(self, agent: str, conversation_id: int, *, typing: bool) -> None:
        """Record where this agent is; it must be repeated within 20 seconds.

        Watchers are notified only if something differs from the last call.

        Args:
            agent: Name of the agent.
            conversation_id: Id of the conversation that the agent looks at.
            typing: Whether the agent types.
        """

        def write_presence(transaction: Transaction) -> None:
            previous = self._sql.own_presence(transaction.connection, owner=self._owner)
            self._sql.save_presence(
                transaction.connection,
                owner=self._owner,
                agent=agent,
                conversation_id=conversation_id,
                typing=int(typing),
                now=self._clock.now(),
            )
            if previous is not None and previous["conversation_id"] != conversation_id:
                left = previous["conversation_id"]
                transaction.mark_changed(Subject.PRESENCE, left, left)
            if previous is None or tuple(previous) != (conversation_id, int(typing)):
                transaction.mark_changed(Subject.PRESENCE, conversation_id, conversation_id)

        await self._database.write(write_presence, alone=False)

    async def clear_presence(self) -> None:
        """Record that this agent looks at no conversation any more."""

        def drop_presence(transaction: Transaction) -> None:
            previous = self._sql.own_presence(transaction.connection, owner=self._owner)
            self._sql.drop_presence(transaction.connection, owner=self._owner)
            if previous is not None:
                left = previous["conversation_id"]
                transaction.mark_changed(Subject.PRESENCE, left, left)

        await self._database.write(drop_presence, alone=False)

    async def list_colleagues(self, conversation_id: int) -> list[Colleague]:
        """Return the other agents who look at a conversation now."""
        now = self._clock.now()
        query = functools.partial(
            self._sql.others,
            conversation_id=conversation_id,
            owner=self._owner,
            since=now - _PRESENCE_TIMEOUT_MS,
            latest=get_latest_believable(now),
        )
        found = await self._database.read(query)
        return [Colleague(row["agent"], bool(row["typing"])) for row in found]

    async def list_held_conversations(self, agent: str) -> set[int]:
        """Return the ids of conversations that another agent looks at or writes in now.

        Args:
            agent: Name of the agent who asks; that agent's own screens do not count.
        """
        now = self._clock.now()
        query = functools.partial(
            self._sql.held_by_others,
            agent=agent,
            since=now - _PRESENCE_TIMEOUT_MS,
            lock_since=now - LOCK_TIMEOUT_MS,
            latest=get_latest_believable(now),
        )
        return {row["conversation_id"] for row in await self._database.read(query)}

    async def list_viewed_accounts(self) -> set[str]:
        """Return the accounts of all conversations that any agent looks at now."""
        now = self._clock.now()
        period = {"since": now - _PRESENCE_TIMEOUT_MS, "latest": get_latest_believable(now)}
        query = functools.partial(self._sql.watched, **period)
        return {row["account"] for row in await self._database.read(query)}
