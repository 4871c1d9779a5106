"""Keep the audit trail: one line per action of an agent, written in the action's transaction."""

import functools
import random

from tui.clock import Clock
from tui.domain.ids import create_id
from tui.domain.record_type import record
from tui.store.engine import Engine, Transaction
from tui.store.page_connection import write_row
from tui.store.queries import queries


@record
class AuditEntry:
    """One line of the audit trail."""

    at: int
    agent: str
    action: str
    message_id: int
    detail: str


def record_action(
    transaction: Transaction,
    rng: random.Random,
    clock: Clock,
    agent: str,
    action: str,
    conversation_id: int = 0,
    message_id: int = 0,
    detail: str = "",
) -> None:
    """Add a line to the audit trail inside the caller's transaction.

    Args:
        transaction: Transaction of the caller.
        rng: Source of randomness for new ids.
        clock: Source of the current time.
        agent: Name of the agent; empty if no agent caused the action.
        action: Short name of the action, for example "close".
        conversation_id: Id of the conversation; 0 for none.
        message_id: Id of the message; 0 for none.
        detail: More about the action, as text.
    """
    now = clock.now()
    transaction.note_agent(agent, conversation_id, message_id)
    write_row(
        transaction.connection,
        queries("conversations").add_audit,
        id=create_id(now, rng),
        at=now,
        agent=agent,
        action=action,
        conversation_id=conversation_id,
        message_id=message_id,
        detail=detail,
    )


async def read_audit_trail(database: Engine, conversation_id: int) -> list[AuditEntry]:
    """Return the newest audit entries of a conversation, newest first.

    Args:
        database: Open inbox database.
        conversation_id: Id of the conversation.
    """
    query = queries("conversations").audit_of
    found = await database.read(functools.partial(query, conversation_id=conversation_id))
    return [
        AuditEntry(row["at"], row["agent"], row["action"], row["message_id"], row["detail"])
        for row in found
    ]
