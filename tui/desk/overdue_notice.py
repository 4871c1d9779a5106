"""Put into words whose answers have become late, once for all that did so together."""

from collections.abc import Iterable

from tui.desk.format import format_title
from tui.domain.change import Change, Subject
from tui.domain.conversation import View
from tui.domain.text import one_line
from tui.domain.views import is_in_view
from tui.store.store import Store

_MAX_READ = 20
"""Conversations of one batch that are read; of more only their number is said."""


async def list_chosen_views(store: Store, agent: str) -> list[View]:
    """Return the views that an agent wants to be notified of; none for all.

    Args:
        store: Store shared by all agents.
        agent: Name of the agent.
    """
    chosen = await store.views.list_notices(agent)
    if not chosen:
        return []
    # A view that a colleague has made private is seen no longer.
    return [one.view for one in await store.views.list_views(agent) if one.identity in chosen]


async def describe_overdue(store: Store, agent: str, changes: Iterable[Change], key: str) -> str:
    """Return which answers have become late, for an agent who can give them; "" for none.

    Args:
        store: Store shared by all agents.
        agent: Name of the agent.
        changes: What has changed in the store.
        key: What shows the late ones.
    """
    ids = [change.id for change in changes if change.subject is Subject.OVERDUE]
    if not ids:
        return ""
    assignees = ("", agent, *await store.team.list_teams_of(agent))
    chosen = await list_chosen_views(store, agent)
    found = [
        row
        for one in ids[:_MAX_READ]
        if (row := await store.conversations.get(one)) is not None
        and row.due_at is not None
        and row.assignee in assignees
        and (not chosen or any(is_in_view(row, view) for view in chosen))
    ]
    if not found:
        return ""
    if len(found) > 1:
        count = f"{len(found)}{' or more' if len(ids) > _MAX_READ else ''}"
        return f"{count} conversations wait longer than they should · {key} shows them"
    (row,) = found
    title, view = format_title(row), one_line(row.due_view, 20)
    return f"{title} waits longer than {view} allows · {key} shows it"
