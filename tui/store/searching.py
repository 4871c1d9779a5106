"""Search with filters, on the connection that can be interrupted."""

import functools
from typing import Any

from tui.domain.fold import fold, search_query, words
from tui.domain.message import Direction, Message
from tui.domain.searching import Query
from tui.store import rows
from tui.store.database import Database
from tui.store.messages import NEWEST
from tui.store.queries import queries

_FOR_EVER = 1 << 62


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
        if query.empty or query.problem or _impossible(query, here):
            return []
        values: dict[str, Any] = {
            "direction": _direction(query),
            "account": query.account,
            "status": query.status.value if query.status else "",
            "since": query.since or 0,
            "until": _FOR_EVER if query.until is None else query.until,
            "before": before,
            "limit": limit,
        }
        place = {
            "here": here if query.here else 0,
            "party": _pattern(query.came_from or query.went_to),
            "label": query.label,
        }
        if words(query.text):
            asked = {"query": search_query(query.text), **place, **values}
            work = functools.partial(self._sql.by_words, **asked)
        elif any(place.values()):
            work = functools.partial(self._sql.by_party, **place, **values)
        else:
            work = functools.partial(self._sql.by_message, **values)
        return rows.messages(await self._database.search(work))


def _impossible(query: Query, here: int) -> bool:
    """Whether nothing can be found: in no conversation, or both from and to somebody."""
    return (query.here and not here) or bool(query.came_from and query.went_to)


def _direction(query: Query) -> str:
    """Which way the message went."""
    if query.came_from:
        return Direction.IN.value
    return Direction.OUT.value if query.went_to else ""


def _pattern(text: str) -> str:
    """A LIKE pattern for a part of a name or number; blanks in a number do not matter."""
    wanted = fold(text.strip())
    if wanted.startswith("+"):
        wanted = wanted.replace(" ", "")
    escaped = wanted.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%" if wanted else ""
