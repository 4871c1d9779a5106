"""A search as the queries that find it and their values, for whichever connection runs them.

The index finds words by their first characters in any number of messages at once, but for a longer
beginning it first has to collect all of them. So the newest messages with the first characters are
read and compared before; only if there are too few the index is asked for the exact words.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Any

from tui.domain.matching import Condition, format_fts_query, is_match, parse_words
from tui.domain.message import Direction
from tui.domain.searching import SearchQuery
from tui.domain.text import join_texts, one_line
from tui.domain.ts_query import format_ts_query
from tui.domain.views import normalize_filter
from tui.store.connections import Row

_END_OF_TIME = 1 << 62
_CANDIDATES = 200
"""Messages that are compared at first."""
_MAX_KNOWN = 5
_TRIAL = 50
"""Messages after which it is clear whether many match."""


def run_search(
    run_query: Callable[[str, dict[str, Any]], list[Row]],
    query: SearchQuery,
    *,
    open_id: int,
    before: int,
    limit: int,
) -> list[Row]:
    """Return the messages that match every condition, newest first.

    Args:
        run_query: Runs a query of `searching.sql` by its name, with its values.
        query: Search with its conditions.
        open_id: Id of the open conversation; 0 for none.
        before: Id of the message to end at; it is not included.
        limit: Maximum number of messages.
    """
    if query.is_empty or query.problem or _is_impossible(query, open_id):
        return []
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
    conditions = parse_words(query.text)
    if conditions:
        return _search_words(run_query, conditions, {**scope, **values}, limit)
    if any(scope.values()):
        return run_query("by_party", {**scope, **values})
    return run_query("by_message", values)


def _search_words(
    run_query: Callable[[str, dict[str, Any]], list[Row]],
    conditions: list[Condition],
    values: dict[str, Any],
    limit: int,
) -> list[Row]:
    """Return the messages with these words."""
    exact = _format_queries(conditions)
    wider = _format_queries([condition.shorten() for condition in conditions])
    if wider != exact:
        count = max(_CANDIDATES, 2 * limit)
        rows = _find_by_words(run_query, {**values, **wider}, count)
        found = _compare_rows(rows, conditions, limit)
        if found is not None and (len(found) == limit or len(rows) < count):
            return found
    return _find_by_words(run_query, {**values, **exact}, limit)


def _find_by_words(
    run_query: Callable[[str, dict[str, Any]], list[Row]], values: dict[str, Any], limit: int
) -> list[Row]:
    """Return the newest messages with the words, from one part of the index after the other."""
    found: list[Row] = []
    before = values["before"]
    for part in run_query("text_ranges", {"before": before}) or [{"first_id": 0, "end_id": before}]:
        bounds = {"first": part["first_id"], "before": part["end_id"], "limit": limit - len(found)}
        found += run_query("by_words", {**values, **bounds})
        if len(found) >= limit:
            break
    return found


def _format_queries(conditions: list[Condition]) -> dict[str, str]:
    """Return the conditions as each engine takes them."""
    return {"query": format_fts_query(conditions), "ts_query": format_ts_query(conditions)}


def _compare_rows(rows: list[Row], conditions: list[Condition], limit: int) -> list[Row] | None:
    """Return the first messages that match; None if it is not worth comparing all of them."""
    found = []
    for number, row in enumerate(rows, 1):
        if is_match(join_texts(row["subject"], row["body"]), conditions):
            found.append(row)
            if len(found) == limit:
                break
        if number == _TRIAL and len(found) * len(rows) < 2 * _TRIAL * limit:
            # Rare words: the index finds them at once.
            return None
    return found


def find_unknown_value(
    run_query: Callable[[str, dict[str, Any]], list[Row]],
    query: SearchQuery,
    accounts: Collection[str],
) -> str:
    """Return which filter names something that does not exist, and what does; "" for none.

    Args:
        run_query: Runs a query of `searching.sql` by its name, with its values.
        query: Search that has found nothing.
        accounts: Accounts of the settings, which may have no message yet.
    """
    if query.account and query.account not in accounts:
        known = {*accounts, *(str(row["name"]) for row in run_query("known_accounts", {}))}
        if query.account not in known:
            return f'There is no account "{query.account}": {_format_known(sorted(known))}'
    labels = [str(row["label"]) for row in run_query("known_labels", {})] if query.label else []
    if query.label and query.label not in labels:
        return f"There is no label #{query.label}: {_format_known(labels)}"
    for text in (query.came_from, query.went_to):
        if text and not run_query("known_party", {"party": _build_like_pattern(text)}):
            return f'No customer has "{text}" in name or number'
    return ""


def _format_known(names: Sequence[str]) -> str:
    """Return the names that exist: "known are au, pl and 3 more"."""
    more = f" and {len(names) - _MAX_KNOWN} more" if len(names) > _MAX_KNOWN else ""
    listed = ", ".join(one_line(name, 20) for name in names[:_MAX_KNOWN])
    return f"known are {listed}{more}" if names else "there are none"


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
