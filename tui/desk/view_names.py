"""Find the names in a filter that no account, agent, team or conversation has."""

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import replace

from tui.domain.account import Account
from tui.domain.agent_level import TEAM_MARK, describe_unknown_name
from tui.domain.conversation import View
from tui.store.conversations import FIRST_POSITION
from tui.store.store import Store

_EVERYTHING = View(state=None)


async def describe_unknown_names(store: Store, accounts: Sequence[Account], view: View) -> str:
    """Return which names of a filter do not exist, with the nearest ones; "" if all do.

    A filter may name what comes later, so this is a hint and no refusal.

    Args:
        store: Store shared by all agents.
        accounts: Accounts of the settings.
        view: The filter.
    """
    return "; ".join([text async for text in _find_unknown(store, accounts, view)])


async def _find_unknown(
    store: Store, accounts: Sequence[Account], view: View
) -> AsyncIterator[str]:
    """Yield one sentence for each unknown name."""
    if view.account:
        names = [account.name for account in accounts]
        only = replace(_EVERYTHING, account=view.account)
        if not await _is_known(store, view.account, names, only):
            yield describe_unknown_name(view.account, names, "account")
    if view.own:
        numbers = [sender for account in accounts for sender in account.senders]
        only = replace(_EVERYTHING, own=view.own)
        if not await _is_known(store, view.own, numbers, only):
            yield describe_unknown_name(view.own, numbers, "own number")
    if view.label:
        labels = [label for label, _ in await store.conversations.list_labels()]
        if view.label not in labels:
            yield describe_unknown_name(view.label, labels, "label")
    if view.assignee or view.team:
        teams = [team.assignee for team in await store.team.list_teams()]
        agents = [] if view.team else await store.agents.list_names()
        name = f"{TEAM_MARK}{view.team}" if view.team else view.assignee or ""
        if name not in (*agents, *teams):
            what = "team" if name.startswith(TEAM_MARK) else "agent"
            yield describe_unknown_name(name, [*agents, *teams], what)


async def _is_known(store: Store, name: str, names: Collection[str], only: View) -> bool:
    """Return whether the settings have a name, or any conversation."""
    known = name in names
    return known or bool(await store.conversations.list_after(only, FIRST_POSITION, 1))
