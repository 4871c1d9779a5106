"""Read the windows of a view that combines conditions, each through the best index for it.

The lists that every agent opens have statements of their own in `sql/windows.sql`. Here the
statement is put together from the conditions of the view, so that each view reads one index in
the order of the list and the other conditions are checked on the way. Every value is a parameter.
"""

from dataclasses import replace
from typing import Any, NamedTuple

from tui.domain.conversation import Order, State, View
from tui.domain.views import has_every_state, normalize_filter
from tui.store.connections import Connection, Row
from tui.store.queries import queries

_AFTER, _BEFORE = ">", "<"
NOT_DUE_BASE = 20_000_000_000_000
"""Later than any time, so that all who have to be answered by some time come first."""


class ViewStatement(NamedTuple):
    """Statement and its values."""

    sql: str
    values: dict[str, Any]


class _Source(NamedTuple):
    """Where the rows come from."""

    tables: str
    conditions: tuple[str, ...] = ()
    is_by_state: bool = False
    """Whether the rows are in order only within one state."""


_LABELLED = "l.label = :label"
_HAS_LABEL = """c.labels <> '' and exists (
  select 1 from conversation_labels l where l.label = :label and l.conversation_id = c.id)"""
_OF_AGENT = """c.assignee in (
  select :assignee union select '@' || m.team from team_members m where m.agent = :assignee)"""
_OF_TEAM = """c.assignee in (
  select :team_assignee union select m.agent from team_members m where m.team = :team)"""
_CONTAINS = "instr(c.folded, :pattern) > 0"


def build_window(view: View, *, is_after: bool, columns: str = "c.*") -> ViewStatement:
    """Return the statement that reads one page; it still needs `rank`, `id` and `limit`.

    Args:
        view: View to read.
        is_after: Whether to read on from a position, and not back from it.
        columns: What to read.
    """
    side, way = (_AFTER, "") if is_after else (_BEFORE, " desc")
    if view.order is Order.DUE:
        return _build_window_by_due_time(view, columns, side, way)
    selects = _list_selects(view, columns, f"(c.rank, c.id) {side} (:rank, :id)")
    order = f" order by c.rank{way}, c.id{way} limit :limit"
    if len(selects) > 1:
        order = f" order by rank{way}, id{way} limit :limit"
    return ViewStatement(" union all ".join(selects) + order, _get_values(view))


def _build_window_by_due_time(view: View, columns: str, side: str, way: str) -> ViewStatement:
    """Return the statement of a page with the customers first who have to be answered first.

    The others follow in the order of their ranks. Each part reads its own index.
    """
    due = _Source("conversations c indexed by conversations_by_due", ("c.due_at is not null",))
    by_due = _select(
        view, due, f"{columns}, c.due_at as place", f"(c.due_at, c.id) {side} (:rank, :id)"
    )
    if not has_every_state(view):
        by_due += f" and c.state = '{(view.state or State.OPEN).value}'"
    place = f"{columns}, {NOT_DUE_BASE} + c.rank as place"
    rest = f"(c.rank, c.id) {side} (:rank - {NOT_DUE_BASE}, :id) and c.due_at is null"
    selects = [
        by_due + f" order by c.due_at{way}, c.id{way} limit :limit",
        *(
            f"{select} order by c.rank{way}, c.id{way} limit :limit"
            for select in _list_selects(view, place, rest)
        ),
    ]
    parts = " union all ".join(
        f"select * from ({select}) part{number}" for number, select in enumerate(selects)
    )
    return ViewStatement(f"{parts} order by place{way}, id{way} limit :limit", _get_values(view))


def _list_selects(view: View, columns: str, place: str) -> list[str]:
    """Return the selects of one page, one for each state where an index is by state."""
    source = _choose_source(view)
    states = list(State) if has_every_state(view) else [view.state or State.OPEN]
    if has_every_state(view) and not source.is_by_state:
        return [_select(view, source, columns, place)]
    return [_select(view, source, columns, place, state) for state in states]


def build_count(view: View) -> ViewStatement:
    """Return the statement that counts a view."""
    source = _choose_source(view)
    states = [None] if has_every_state(view) else [view.state or State.OPEN]
    select = _select(view, source, "count(*)", "", states[0])
    return ViewStatement(select, _get_values(view))


def _select(
    view: View, source: _Source, columns: str, place: str, state: State | None = None
) -> str:
    """Return one select, of one state or of all."""
    conditions = [*source.conditions, *_list_conditions(view, source), place]
    if state is not None:
        conditions.insert(len(source.conditions), f"c.state = '{state.value}'")
    return f"select {columns} from {source.tables} where {' and '.join(filter(None, conditions))}"


def _choose_source(view: View) -> _Source:
    """Return the index that has the fewest other rows, as far as that can be known."""
    kinds = {
        "overdue": view.overdue,
        "unread": view.unread,
        "failed": view.failed,
        "starred": view.starred,
    }
    for name, is_on in kinds.items():
        if is_on:
            table = f"conversations c indexed by conversations_{name}"
            return _Source(table, (f"c.{name} > 0",))
    if view.label:
        table = "conversation_labels l join conversations c on c.id = l.conversation_id"
        return _Source(table, (_LABELLED,))
    if view.own:
        return _Source(
            "conversations c indexed by conversations_by_own", ("c.own = :own",), is_by_state=True
        )
    by_assignee = "conversations c indexed by conversations_by_assignee"
    if view.assigned:
        return _Source(by_assignee, (_OF_TEAM if view.team else _OF_AGENT,))
    if view.team:
        return _Source(by_assignee, (_OF_TEAM,))
    if view.assignee is not None:
        return _Source(by_assignee, ("c.assignee = :assignee",), is_by_state=True)
    if view.account:
        table = "conversations c indexed by conversations_by_account"
        return _Source(table, ("c.account = :account",), is_by_state=True)
    table = "conversations c indexed by conversations_by_rank"
    return _Source(table, (), is_by_state=True)


def _list_conditions(view: View, source: _Source) -> list[str]:
    """Return what the index has not checked yet."""
    return [
        condition
        for is_wanted, condition in (
            (view.overdue, "c.overdue > 0"),
            (view.unread, "c.unread > 0"),
            (view.failed, "c.failed > 0"),
            (view.starred, "c.starred > 0"),
            (view.account, "c.account = :account"),
            (view.own, "c.own = :own"),
            (view.team, _OF_TEAM),
            (view.assigned and not view.team, _OF_AGENT),
            (view.assignee is not None and not view.assigned, "c.assignee = :assignee"),
            (view.label and _LABELLED not in source.conditions, _HAS_LABEL),
            (normalize_filter(view.text), _CONTAINS),
        )
        if is_wanted and condition not in source.conditions
    ]


def _get_values(view: View) -> dict[str, Any]:
    """Return the values of the conditions."""
    values = {
        "team_assignee": f"@{view.team}" if view.team else "",
        "account": view.account,
        "own": view.own,
        "team": view.team,
        "assignee": view.assignee,
        "label": view.label,
        "pattern": normalize_filter(view.text),
    }
    return {name: value for name, value in values.items() if value or name == "assignee"}


def is_sorted_by_time(view: View) -> bool:
    """Return whether the newest conversation comes first."""
    return not is_combined_view(view) and choose_query(view)[0] in ("newest", "all_newest")


def read_page(
    view: View, sort: int, id: int, connection: Connection, /, *, limit: int, is_after: bool
) -> list[Row]:
    """Return the rows of one page of any view, in the order of the query.

    Args:
        view: View to read.
        sort: Rank, or time of the last message, of the position; it is not included.
        id: Id of the position.
        connection: Connection to read from.
        limit: Maximum number of rows.
        is_after: Whether to read on from the position, and not back from it.
    """
    if is_combined_view(view):
        sql, values = build_window(view, is_after=is_after)
        return read_rows(sql, values | {"rank": sort, "id": id, "limit": limit}, connection)
    name, values = choose_query(view)
    values |= {"pattern": normalize_filter(view.text), "id": id, "limit": limit}
    values["last_at" if is_sorted_by_time(view) else "rank"] = sort
    query = getattr(queries("windows"), f"{name}_{'after' if is_after else 'before'}")
    found: list[Row] = query(connection, **values)
    return found


def read_rows(sql: str, values: dict[str, Any], connection: Connection) -> list[Row]:
    """Run a statement of a view and return its rows."""
    return connection.execute(sql, values).fetchall()


def read_value(sql: str, values: dict[str, Any], connection: Connection) -> int:
    """Run a statement of a view and return the only value."""
    return int(connection.execute(sql, values).fetchall()[0][0])


def is_combined_view(view: View) -> bool:
    """Return whether a view has conditions that no statement of `windows.sql` checks."""
    base = replace(view, order=Order.WAITING, text="")
    if view.order is Order.DUE and not (view.drafts_of or view.mentions_of):
        return True
    if base.state is None and base.assignee is not None:
        return True
    return base not in (
        View(failed=True),
        View(starred=True),
        View(drafts_of=view.drafts_of),
        View(mentions_of=view.mentions_of),
        View(state=view.state, label=view.label),
        View(state=view.state, assignee=view.assignee),
    )


def choose_query(view: View) -> tuple[str, dict[str, Any]]:
    """Return the name of the query pair for a view, with its parameters."""
    state = view.state.value if view.state is not None else ""
    if view.failed:
        return "failed", {}
    if view.drafts_of:
        return "drafts", {"agent": view.drafts_of}
    if view.mentions_of:
        return "mentions", {"agent": view.mentions_of}
    if view.starred:
        return "starred", {}
    if view.label:
        return "by_label", {"label": view.label, "state": state}
    if view.assignee is not None:
        return "by_assignee", {"assignee": view.assignee, "state": state}
    newest = view.order is Order.NEWEST
    if view.state is None:
        return ("all_newest" if newest else "all"), {}
    return ("newest" if newest else "by_state"), {"state": state}
