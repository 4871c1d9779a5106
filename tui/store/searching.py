"""Search with filters, on the connection that can be interrupted."""

import functools

from tui.domain.message import Message
from tui.domain.searching import Query
from tui.store import rows
from tui.store.database import Database
from tui.store.messages import NEWEST
from tui.store.queries import queries
from tui.store.search_terms import terms


class Searching:
    """Finds messages."""

    def __init__(self, database: Database) -> None:
        """Keep the database."""
        self._database = database
        self._sql = queries("searching")

    async def find(
        self, query: Query, *, here: int = 0, before: int = NEWEST, limit: int = 50
    ) -> list[Message]:
        """Messages for which every condition holds, newest first, accent-blind.

        `here` is the open conversation's id, for `in:thread`. A query that asks for nothing, or
        has a problem, finds nothing. Cancelling the call stops the statement.
        """
        found = terms(query, here=here, before=before, limit=limit)
        if found is None:
            return []
        name, values = found
        work = functools.partial(getattr(self._sql, name), **values)
        return rows.messages(await self._database.search(work))
