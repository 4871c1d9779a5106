"""A search as the query that finds it and its values, for whichever connection runs it."""

from typing import Any

from tui.domain.matching import to_fts_query
from tui.domain.message import Direction
from tui.domain.searching import SearchQuery
from tui.domain.tokens import split_words
from tui.domain.views import normalize_filter

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
