"""Search messages with filters, on the connection that can be interrupted.

The same statement also serves the reader for scripts, which runs it on its own connection.
"""

import functools
from typing import Any

from tui.domain.fold import split_words, to_fts_query
from tui.domain.message import Direction, Message
from tui.domain.searching import SearchQuery
from tui.domain.views import normalize_filter
from tui.store import rows
from tui.store.database import Database
from tui.store.messages import NEWEST
from tui.store.queries import queries

_END_OF_TIME = 1 << 62


def build_search(
    query: SearchQuery, *, open_id: int, before: int, limit: int
) -> tuple[str, dict[str, Any]] | None:
    """Return the name of the SQL query for a search with its values, or None.

    None means that nothing can be found.

    Args:
        query: Search with its conditions.
        open_id: Id of the open conversation; 0 for none.
        before: Id of the message to end at; it is not included.
        limit: Maximum number of messages.
    """
    if query.is_empty or query.problem or _is_impossible(query, open_id):
        return None
    values = {
        "direction": _get_direction(query),
        "account": query.account,
        "status": query.status.value if query.status else "",
        "since": query.since or 0,
        "until": _END_OF_TIME if query.until is None else query.until,
        "before": before,
        "limit": limit,
    }
    scope = {
        "here": open_id if query.here else 0,
        "party": _build_like_pattern(query.came_from or query.went_to),
        "label": query.label,
    }
    if split_words(query.text):
        return "by_words", {"query": to_fts_query(query.text), **scope, **values}
    return ("by_party", {**scope, **values}) if any(scope.values()) else ("by_message", values)


def _is_impossible(query: SearchQuery, open_id: int) -> bool:
    """Return whether nothing can match: no open conversation, or both from and to a customer."""
    return (query.here and not open_id) or bool(query.came_from and query.went_to)


def _get_direction(query: SearchQuery) -> str:
    """Return the direction that the search is limited to; empty for both."""
    if query.came_from:
        return Direction.IN.value
    return Direction.OUT.value if query.went_to else ""


def _build_like_pattern(text: str) -> str:
    """Return a LIKE pattern for a part of a name or number, which may contain spaces."""
    wanted = normalize_filter(text)
    # The backslash first, else it would escape the escapes of the others.
    escaped = wanted.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%" if wanted else ""


class MessageSearch:
    """Search over all messages."""

    def __init__(self, database: Database) -> None:
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
        found = build_search(query, open_id=open_id, before=before, limit=limit)
        if found is None:
            return []
        name, values = found
        work = functools.partial(getattr(self._sql, name), **values)
        return rows.to_messages(await self._database.search(work))
