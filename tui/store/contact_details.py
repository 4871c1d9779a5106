"""Read what is known about a customer beyond the messages, for the contact panel."""

import functools
import sqlite3
from dataclasses import dataclass
from typing import Any

from tui.domain.conversation import Conversation
from tui.domain.message import Direction
from tui.store.consent import ConsentRecord
from tui.store.database import Database
from tui.store.queries import queries


@dataclass(frozen=True, slots=True)
class AccountTraffic:
    """Number of messages that went through one account."""

    account: str
    received: int = 0
    sent: int = 0


@dataclass(frozen=True, slots=True)
class ContactDetails:
    """Details of a contact; note and evidence are text from outside."""

    note: str
    consent: ConsentRecord | None
    """Newest consent decision, or None if there is none."""
    first_at: int
    """Time of the first message in ms UTC; 0 if there is none."""
    notes: int
    """Number of private notes of agents."""
    traffic: tuple[AccountTraffic, ...]
    """Traffic per account, the account with the most messages first."""


class ContactDetailsReader:
    """Reader of contact details on the search connection.

    So a long conversation does not delay any other reading.
    """

    def __init__(self, database: Database) -> None:
        """Create the reader of one database."""
        self._database = database

    async def get_details(self, conversation: Conversation) -> ContactDetails:
        """Return the details of a conversation's customer.

        Cancelling the call stops the query.
        """
        return await self._database.search(functools.partial(_read_details, conversation))


def _read_details(conversation: Conversation, connection: sqlite3.Connection) -> ContactDetails:
    """Read the details with three queries on one connection."""
    contact: Any = queries("conversations").contact(connection, party=conversation.party)
    decision: Any = queries("conversations").consent(connection, party=conversation.party)
    found = queries("facts").exchanged(connection, conversation_id=conversation.id)
    consent = decision and ConsentRecord(
        bool(decision["opted_out"]),
        decision["at"],
        decision["agent"],
        decision["source"],
        decision["evidence"],
    )
    return ContactDetails(
        note=contact["note"] if contact else "",
        consent=consent,
        first_at=min((row["first_at"] for row in found), default=0),
        notes=sum(row["messages"] for row in found if row["direction"] == Direction.NOTE),
        traffic=_group_by_account(found),
    )


def _group_by_account(found: list[sqlite3.Row]) -> tuple[AccountTraffic, ...]:
    """Return incoming and outgoing counts per account; notes belong to no account."""
    counts: dict[str, dict[str, int]] = {}
    for row in found:
        if row["direction"] != Direction.NOTE:
            counts.setdefault(row["account"], {})[row["direction"]] = row["messages"]
    traffic = [
        AccountTraffic(name, directions.get("in", 0), directions.get("out", 0))
        for name, directions in counts.items()
    ]
    return tuple(sorted(traffic, key=lambda one: (-one.received - one.sent, one.account)))
