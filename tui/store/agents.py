"""Store who works here, what waits for each agent, and the compose locks.

Only one agent writes in a conversation at a time. The compose lock prevents two agents from
typing the same answer. It is not what prevents two answers from crossing unseen: the outbox
refuses a reply that was written before the agent saw the newest message.
"""

import functools

from tui.clock import Clock
from tui.domain.conversation import Conversation
from tui.domain.text import repair_text
from tui.store import rows
from tui.store.conversations import FIRST_POSITION, ListPosition
from tui.store.database import Database
from tui.store.queries import queries

COUNT_LIMIT = 1_000
"""Remaining conversations are counted up to this number only."""


class Agents:
    """Agents by name, and the queue of each.

    A queue holds the conversations assigned to the agent or to no one.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
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
        await self._database.write(lambda transaction: query(transaction.connection))

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
