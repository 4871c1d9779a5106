"""Decide who may change what belongs to the whole desk: everyone, until a lead is named.

This keeps an agent from changing by mistake what all others work with. It is no lock: who can
write the file of the inbox can change everything in it. On a server the roles of the database
hold it (see `docs/teams-and-views.md`).
"""

from tui.domain.agent_level import Level
from tui.domain.text import one_line
from tui.store.store import Store

_MOST_NAMED = 3


class NotAllowedError(Exception):
    """An agent may not do this; the text says who may."""


async def explain_missing_level(store: Store, agent: str, what: str) -> str:
    """Return why an agent may not change something, and who may; "" if it is allowed.

    Args:
        store: Store shared by all agents.
        agent: Name of the agent.
        what: What would be changed, in the plural: "teams".
    """
    if await store.team.get_level(agent) is Level.LEAD:
        return ""
    leads = await store.team.list_leads()
    named = [one_line(name, 20) for name in leads[:_MOST_NAMED]]
    return f"Only leads change {what}: nothing was changed · ask {' or '.join(named)}"


async def require_lead(store: Store, agent: str, what: str) -> None:
    """Check that an agent may change something.

    Args:
        store: Store shared by all agents.
        agent: Name of the agent.
        what: What would be changed, in the plural.

    Raises:
        NotAllowedError: Only leads may.
    """
    reason = await explain_missing_level(store, agent, what)
    if reason:
        raise NotAllowedError(reason)
