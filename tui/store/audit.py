"""Who did what: one line for every action of an agent, written with the action itself."""

import functools
import random
from dataclasses import dataclass

from tui.clock import Clock
from tui.domain.ids import new_id
from tui.store.database import Database, Transaction
from tui.store.queries import queries


@dataclass(frozen=True, slots=True)
class Deed:
    """One line of the audit trail."""

    at: int
    agent: str
    action: str
    message_id: int
    detail: str


def record(
    transaction: Transaction,
    rng: random.Random,
    clock: Clock,
    agent: str,
    action: str,
    conversation_id: int = 0,
    message_id: int = 0,
    detail: str = "",
) -> None:
    """Add a line inside the caller's transaction."""
    now = clock.now()
    queries("conversations").add_audit(
        transaction.connection,
        id=new_id(now, rng),
        at=now,
        agent=agent,
        action=action,
        conversation_id=conversation_id,
        message_id=message_id,
        detail=detail,
    )


async def trail(database: Database, conversation_id: int) -> list[Deed]:
    """The newest deeds in a conversation, newest first."""
    query = queries("conversations").audit_of
    found = await database.read(functools.partial(query, conversation_id=conversation_id))
    return [
        Deed(row["at"], row["agent"], row["action"], row["message_id"], row["detail"])
        for row in found
    ]
