"""What is known about a customer beyond the messages: for the contact panel."""

import functools
import sqlite3
from dataclasses import dataclass
from typing import Any

from tui.domain.conversation import Conversation
from tui.domain.message import Direction
from tui.store.consent import Consent
from tui.store.database import Database
from tui.store.queries import queries


@dataclass(frozen=True, slots=True)
class Exchanged:
    """How much went through one account."""

    account: str
    came_in: int = 0
    went_out: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """A contact's page; note and evidence are outside text."""

    note: str
    consent: Consent | None
    """The newest word, if there ever was one."""
    first_at: int
    """When the first message was written, ms UTC; 0 when there is none."""
    notes: int
    """Private notes of agents."""
    exchanged: tuple[Exchanged, ...]
    """The account with the most messages first."""


class FactBook:
    """Reads facts beside the inbox: a conversation of any length stops no other reading."""

    def __init__(self, database: Database) -> None:
        """Keep the database."""
        self._database = database

    async def of(self, conversation: Conversation) -> Facts:
        """The page of a conversation's party. Cancelling the call stops the query."""
        return await self._database.search(functools.partial(_facts, conversation))


def _facts(conversation: Conversation, connection: sqlite3.Connection) -> Facts:
    """Three questions on one connection."""
    contact: Any = queries("conversations").contact(connection, party=conversation.party)
    word: Any = queries("conversations").consent(connection, party=conversation.party)
    found = queries("facts").exchanged(connection, conversation_id=conversation.id)
    consent = word and Consent(
        bool(word["opted_out"]), word["at"], word["agent"], word["source"], word["evidence"]
    )
    return Facts(
        note=contact["note"] if contact else "",
        consent=consent,
        first_at=min((row["first_at"] for row in found), default=0),
        notes=sum(row["messages"] for row in found if row["direction"] == Direction.NOTE),
        exchanged=_by_account(found),
    )


def _by_account(found: list[sqlite3.Row]) -> tuple[Exchanged, ...]:
    """The counts of both ways side by side; private notes went through no account."""
    counts: dict[str, dict[str, int]] = {}
    for row in found:
        if row["direction"] != Direction.NOTE:
            counts.setdefault(row["account"], {})[row["direction"]] = row["messages"]
    made = [Exchanged(name, ways.get("in", 0), ways.get("out", 0)) for name, ways in counts.items()]
    return tuple(sorted(made, key=lambda one: (-one.came_in - one.went_out, one.account)))
