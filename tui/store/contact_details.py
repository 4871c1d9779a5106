"""Read what else is known about a customer, beyond the messages: the details of a contact."""

import functools
from collections.abc import Mapping
from dataclasses import field
from typing import Any

from tui.domain.conversation import Conversation
from tui.domain.message import Direction
from tui.domain.record_type import record
from tui.store.connections import Connection, Row
from tui.store.consent import ConsentRecord
from tui.store.engine import Engine
from tui.store.people import find_person
from tui.store.queries import queries


@record
class AccountTraffic:
    """Number of messages that went through one account."""

    account: str
    received: int = 0
    sent: int = 0


@record
class ContactDetails:
    """Details of a contact; note and evidence are text from outside."""

    note: str
    consent: ConsentRecord | None
    """Newest consent decision, or None if there is none."""
    first_at: int
    """Time of the first message in ms UTC; 0 if there is none."""
    notes: int
    """Number of private notes of agents."""
    stored_texts: int
    """Number of texts in the conversation, with those that were cancelled."""
    traffic: tuple[AccountTraffic, ...]
    """Traffic per account, the account with the most messages first."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """Own fields of the contact by name; text from outside."""
    other_numbers: tuple[str, ...] = ()
    """Conversation keys of the other numbers of the contact."""


class ContactDetailsReader:
    """Reader of contact details on the search connection.

    So a long conversation does not delay any other reading.
    """

    def __init__(self, database: Engine) -> None:
        """Create the reader of one database."""
        self._database = database

    async def get_details(self, conversation: Conversation) -> ContactDetails:
        """Return the details of a conversation's customer.

        Cancelling the call stops the query.
        """
        return await self._database.search(functools.partial(_read_details, conversation))


def _read_details(conversation: Conversation, connection: Connection) -> ContactDetails:
    """Read the details with three queries on one connection."""
    person = find_person(connection, conversation.party)
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
        note=person.note if person else "",
        consent=consent,
        first_at=min((row["first_at"] for row in found), default=0),
        notes=sum(row["messages"] for row in found if row["direction"] == Direction.NOTE),
        stored_texts=sum(row["stored"] for row in found if row["direction"] != Direction.NOTE),
        traffic=_group_by_account(found),
        fields=person.fields if person else {},
        other_numbers=tuple(n for n in person.numbers if n != conversation.party) if person else (),
    )


def _group_by_account(found: list[Row]) -> tuple[AccountTraffic, ...]:
    """Return incoming and outgoing counts per account; notes belong to no account."""
    counts: dict[str, dict[str, int]] = {}
    for row in found:
        if row["direction"] != Direction.NOTE:
            counts.setdefault(row["account"], {})[row["direction"]] = row["messages"]
    traffic = [
        AccountTraffic(name, directions.get("in", 0), directions.get("out", 0))
        for name, directions in counts.items()
        if any(directions.values())
    ]
    return tuple(sorted(traffic, key=lambda one: (-one.received - one.sent, one.account)))
