"""Who works at this desk, and what still waits for each of them."""

import functools

from tui.clock import Clock
from tui.domain.conversation import Conversation
from tui.domain.text import repair
from tui.store import rows
from tui.store.conversations import FIRST, Key
from tui.store.database import Database
from tui.store.queries import queries

MOST = 1_000
"""Beyond this nobody counts what is left."""


class Agents:
    """The agents by name, and the queue of each: what is theirs or nobody's."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Keep what every call needs."""
        self._database = database
        self._clock = clock
        self._sql = queries("triage")

    async def seen(self, name: str) -> None:
        """Somebody of this name works here; an empty name is nobody."""
        name = " ".join(repair(name).split())
        if not name:
            return
        query = functools.partial(self._sql.save_agent, name=name, now=self._clock.now())
        await self._database.write(lambda transaction: query(transaction.connection))

    async def names(self) -> list[str]:
        """Everybody who ever worked here or has open work, by name."""
        return [row["name"] for row in await self._database.read(self._sql.agents)]

    async def next_for(self, agent: str, after: Conversation | None) -> Conversation | None:
        """Who waits longest after this one, and is the agent's or nobody's."""
        key = FIRST if after is None else Key(after.rank, after.id)
        query = functools.partial(self._sql.next_for, agent=agent, rank=key.sort, id=key.id)
        row = await self._database.read(query)
        return rows.conversation(row) if row is not None else None

    async def left_for(self, agent: str) -> int:
        """How many wait for this agent or for anybody, counted up to `MOST`."""
        query = functools.partial(self._sql.left_for, agent=agent, limit=MOST)
        return int(await self._database.read(query))
