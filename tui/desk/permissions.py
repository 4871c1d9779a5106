"""Decide who may change what belongs to the whole desk: everyone, until a lead is named.

This keeps an agent from changing by mistake what all others work with. It is no lock: who can
write the file of the inbox can change everything in it. On a server the roles of the database
hold it (see `docs/teams-and-views.md`).
"""

from tui.store import lead_rights
from tui.store.store import Store


class NotAllowedError(Exception):
    """An agent may not do this; the text says who may."""


async def explain_missing_level(store: Store, agent: str, what: str) -> str:
    """Return why an agent may not change something, and who may; "" if it is allowed.

    Args:
        store: Store shared by all agents.
        agent: Name of the agent.
        what: What would be changed, in the plural: "teams".
    """
    return await store.database.read(
        lambda connection: lead_rights.explain_missing_level(connection, agent, what)
    )


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
