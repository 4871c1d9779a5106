"""Find the names in a filter that no account, agent, team or conversation has."""

import functools
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from tui.domain.account import Account
from tui.domain.agent_level import TEAM_MARK, describe_unknown_name
from tui.domain.conversation import View
from tui.store.connections import Connection
from tui.store.store import Store
from tui.store.team_rows import read_names
from tui.store.view_windows import read_page

_EVERYTHING = View(state=None)
_FIRST = -(2**62)
"""Before every rank, time and id."""


async def describe_unknown_names(store: Store, accounts: Sequence[Account], view: View) -> str:
    """Return which names of a filter do not exist, with the nearest ones; "" if all do.

    A filter may name what comes later, so this is a hint and no refusal.

    Args:
        store: Store shared by all agents.
        accounts: Accounts of the settings.
        view: The filter.
    """
    return await store.database.read(functools.partial(find_unknown_names, accounts, view))


def find_unknown_names(accounts: Sequence[Account], view: View, connection: Connection, /) -> str:
    """Return the same as `describe_unknown_names`, from an open connection.

    Args:
        accounts: Accounts of the settings.
        view: The filter.
        connection: Connection to read from.
    """
    return "; ".join(_list_unknown(accounts, view, connection))


def _list_unknown(accounts: Sequence[Account], view: View, connection: Connection) -> Iterator[str]:
    """Yield one sentence for each unknown name."""
    agents, teams, labels = read_names(connection)
    if view.account:
        names = [account.name for account in accounts]
        only = replace(_EVERYTHING, account=view.account)
        if not _is_known(connection, view.account, names, only):
            yield describe_unknown_name(view.account, names, "account")
    if view.own:
        numbers = [sender for account in accounts for sender in account.senders]
        only = replace(_EVERYTHING, own=view.own)
        if not _is_known(connection, view.own, numbers, only):
            yield describe_unknown_name(view.own, numbers, "own number")
    if view.label and view.label not in labels:
        yield describe_unknown_name(view.label, labels, "label")
    if view.assignee or view.team:
        known = teams if view.team else [*agents, *teams]
        name = f"{TEAM_MARK}{view.team}" if view.team else view.assignee or ""
        if name not in known:
            what = "team" if name.startswith(TEAM_MARK) else "agent"
            yield describe_unknown_name(name, known, what)


def _is_known(connection: Connection, name: str, names: Collection[str], only: View) -> bool:
    """Return whether the settings have a name, or any conversation."""
    if name in names:
        return True
    return bool(read_page(only, _FIRST, _FIRST, connection, limit=1, is_after=True))
