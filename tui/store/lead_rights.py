"""Refuse a change that only leads make, in the transaction of the change."""

from tui.domain.text import one_line
from tui.store.connections import Connection
from tui.store.errors import OnlyLeads
from tui.store.queries import queries

_MOST_NAMED = 3


def require_lead(connection: Connection, agent: str, what: str) -> None:
    """Check that an agent may change something; everyone may until a lead is named.

    Args:
        connection: Connection of the caller's transaction.
        agent: Name of the agent.
        what: What would be changed, in the plural: "rules".

    Raises:
        OnlyLeads: There are leads, and the agent is none of them.
    """
    leads = [row["agent"] for row in queries("team").leads(connection)]
    if leads and agent not in leads:
        named = " or ".join(one_line(name, 20) for name in leads[:_MOST_NAMED])
        raise OnlyLeads(f"Only leads change {what}: nothing was changed · ask {named}")
