"""Search messages with filters, on the connection that can be interrupted.

The same statement also serves the reader for scripts, which runs it on its own connection.
"""

from collections.abc import Collection
from typing import Any

from tui.domain.conversation import Conversation
from tui.domain.message import Message
from tui.domain.searching import SearchQuery
from tui.store import rows
from tui.store.connections import Connection, Row
from tui.store.engine import Engine
from tui.store.messages import NEWEST
from tui.store.queries import queries
from tui.store.search_terms import find_unknown_value, run_search


class MessageSearch:
    """Search over all messages."""

    def __init__(self, database: Engine) -> None:
        """Create the search of one database."""
        self._database = database
        self._sql = queries("searching")

    async def find_messages(
        self, query: SearchQuery, *, open_id: int = 0, before: int = NEWEST, limit: int = 50
    ) -> list[Message]:
        """Return messages that match every condition, newest first, accents ignored.

        A query that is empty or has a problem finds nothing. Cancelling the call stops the
        statement.

        Args:
            query: Search with its conditions.
            open_id: Id of the open conversation, for `in:thread`; 0 for none.
            before: Id of the message to end at; it is not included.
            limit: Maximum number of messages.
        """

        def run_search_here(connection: Connection) -> list[Row]:
            """Run the queries of the search one after the other."""

            def run_query(name: str, values: dict[str, Any]) -> list[Row]:
                """Return the rows of one query."""
                rows: list[Row] = getattr(self._sql, name)(connection, **values)
                return rows

            return run_search(run_query, query, open_id=open_id, before=before, limit=limit)

        return rows.to_messages(await self._database.search(run_search_here))

    async def find_unknown_value(self, query: SearchQuery, accounts: Collection[str]) -> str:
        """Return which filter of a search names something that does not exist; "" for none.

        Args:
            query: Search that has found nothing.
            accounts: Accounts of the settings.
        """

        def find_here(connection: Connection) -> str:
            """Compare the filters with what exists."""

            def run_query(name: str, values: dict[str, Any]) -> list[Row]:
                """Return the rows of one query."""
                return list(getattr(self._sql, name)(connection, **values))

            return find_unknown_value(run_query, query, accounts)

        return await self._database.read(find_here)

    async def read_conversations(self, ids: Collection[int]) -> dict[int, Conversation]:
        """Return the conversations of what was found, by the ids that were asked for.

        Args:
            ids: Ids of conversations; one that is gone meanwhile is left out.
        """
        get = queries("conversations").get

        def read_rows(connection: Connection) -> dict[int, Row]:
            """Read all in one go, as each switch to the thread of the store takes time."""
            return {one: row for one in ids if (row := get(connection, id=one))}

        read = await self._database.read(read_rows)
        return {one: rows.to_conversation(row) for one, row in read.items()}
