"""A search as the query that finds it and its values, for whichever connection runs it."""

from typing import Any

from tui.domain.fold import search_query, words
from tui.domain.message import Direction
from tui.domain.searching import Query
from tui.domain.views import looked_for

_FOR_EVER = 1 << 62


def terms(query: Query, *, here: int, before: int, limit: int) -> tuple[str, dict[str, Any]] | None:
    """The name of a query in `searching.sql` with its values; None where nothing can be found.

    `here` is the open conversation's id, 0 for none; `before` is a message's id.
    """
    if query.empty or query.problem or _impossible(query, here):
        return None
    values = {
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
        return "by_words", {"query": search_query(query.text), **place, **values}
    return ("by_party", {**place, **values}) if any(place.values()) else ("by_message", values)


def _impossible(query: Query, here: int) -> bool:
    """Whether nothing can be found: in no conversation, or both from and to somebody."""
    return (query.here and not here) or bool(query.came_from and query.went_to)


def _direction(query: Query) -> str:
    """Which way the message went."""
    if query.came_from:
        return Direction.IN.value
    return Direction.OUT.value if query.went_to else ""


def _pattern(text: str) -> str:
    """A LIKE pattern for a part of a name or number, which may be typed in groups."""
    wanted = looked_for(text)
    escaped = wanted.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%" if wanted else ""
