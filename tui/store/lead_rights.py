"""Decide who may change what belongs to the whole desk: everyone, until a lead is named."""

from tui.domain.text import one_line
from tui.store.connections import Connection
from tui.store.errors import OnlyLeads
from tui.store.queries import queries

KEPT_DATA = "what is kept of customers"
_MOST_NAMED = 3


def explain_missing_level(connection: Connection, agent: str, what: str) -> str:
    """Return why an agent may not change something, and who may; "" if it is allowed.

    Args:
        connection: Connection of the caller.
        agent: Name of the agent.
        what: What would be changed, in the plural: "rules".
    """
    leads = [row["agent"] for row in queries("team").leads(connection)]
    if not leads or agent in leads:
        return ""
    named = " or ".join(one_line(name, 20) for name in leads[:_MOST_NAMED])
    return f"Only leads change {what}: nothing was changed · ask {named}"


def require_lead(connection: Connection, agent: str, what: str) -> None:
    """Check in a transaction that an agent may change something.

    Args:
        connection: Connection of the caller's transaction.
        agent: Name of the agent.
        what: What would be changed, in the plural.

    Raises:
        OnlyLeads: There are leads, and the agent is none of them.
    """
    if refusal := explain_missing_level(connection, agent, what):
        raise OnlyLeads(refusal)
