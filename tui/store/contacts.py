"""Store contacts: names and notes for numbers, whether or not they have written yet.

The details of a contact are what else is known about a customer, beyond the messages.
"""

import functools
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from tui.clock import Clock
from tui.domain.conversation import Conversation
from tui.domain.message import Direction
from tui.domain.phone import parse_address
from tui.domain.text import format_count, repair_text
from tui.store.audit import record_action
from tui.store.connections import Connection, Row
from tui.store.consent import ConsentRecord
from tui.store.customer_addresses import set_name
from tui.store.engine import Engine, Transaction
from tui.store.page_connection import write_row
from tui.store.queries import queries
from tui.store.summaries import Summaries

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Contact:
    """Entry of an address book. All fields are text from outside."""

    address: str
    """Number, short code or name, in any notation."""
    name: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class ImportResult:
    """Result of an import."""

    contacts: int = 0
    renamed: int = 0
    """Number of conversations that have a different name now."""

    @property
    def summary(self) -> str:
        """Return the result in words: "3 contacts imported, 1 conversation renamed"."""
        contacts = format_count(self.contacts, "contact")
        return f"{contacts} imported, {format_count(self.renamed, 'conversation')} renamed"


class Contacts:
    """Address book that all agents share."""

    def __init__(self, database: Engine, clock: Clock, rng: random.Random) -> None:
        """Create the address book of one database.

        Args:
            database: Open inbox database.
            clock: Source of the current time.
            rng: Source of randomness for new ids.
        """
        self._database = database
        self._clock = clock
        self._rng = rng
        self._sql = queries("contacts")

    async def get_contact(self, party: str) -> Contact | None:
        """Return the contact of a conversation's party, or None if it is unknown."""
        row = await self._database.read(functools.partial(self._sql.contact, party=party))
        return Contact(row["party"], row["name"], row["note"]) if row else None

    async def import_contacts(
        self,
        contacts: Iterable[Contact],
        *,
        region: str | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> ImportResult:
        """Store contacts in batches and rename the conversations that exist for them.

        An empty name or note leaves the stored one unchanged. If the import fails, the
        batches that were reported to `progress` stay stored, and the import can be repeated
        safely.

        Args:
            contacts: Contacts to store.
            region: ISO code of the country of numbers without a country code.
            progress: Called with the number of contacts stored so far, after each batch.

        Raises:
            StoreError: A batch could not be stored.
        """
        remaining = iter(contacts)
        done = renamed = 0
        # Short transactions: the other processes wait for the write lock meanwhile.
        while batch := list(islice(remaining, _BATCH)):
            work = functools.partial(self._import_batch, contacts=batch, region=region)
            renamed += await self._database.write(work)
            done += len(batch)
            if progress is not None:
                progress(done)
        return ImportResult(done, renamed)

    async def rename_contact(self, conversation_id: int, name: str, note: str, agent: str) -> None:
        """Set the name and the note of a conversation's contact.

        Args:
            conversation_id: Id of the conversation.
            name: New name.
            note: New note.
            agent: Name of the agent.
        """

        def write_contact(transaction: Transaction) -> None:
            summaries = Summaries(transaction, self._rng)
            summary = summaries.get(conversation_id)
            set_name(summary, repair_text(name))
            summaries.flush()
            write_row(
                transaction.connection,
                queries("conversations").save_contact,
                party=summary["party"],
                name=summary["name"],
                note=repair_text(note),
                now=self._clock.now(),
            )
            record_action(transaction, self._rng, self._clock, agent, "rename", conversation_id)

        await self._database.write(write_contact)

    def _import_batch(
        self, transaction: Transaction, contacts: Sequence[Contact], region: str | None
    ) -> int:
        """Store one batch; return how many conversations were renamed."""
        summaries = Summaries(transaction, self._rng)
        renamed = 0
        for contact in contacts:
            party = parse_address(repair_text(contact.address), region).conversation_key
            name = repair_text(contact.name).strip()
            self._sql.save(
                transaction.connection,
                party=party,
                name=name,
                note=repair_text(contact.note).strip(),
                now=self._clock.now(),
            )
            renamed += self._rename_conversation(transaction, summaries, party, name)
        summaries.flush()
        return renamed

    def _rename_conversation(
        self, transaction: Transaction, summaries: Summaries, party: str, name: str
    ) -> bool:
        """Set the name of the party's conversation; return whether it changed."""
        identity = self._sql.conversation(transaction.connection, party=party) if name else None
        if identity is None:
            return False
        summary = summaries.get(identity)
        if summary["name"] == name:
            return False
        set_name(summary, name)
        return True


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
    stored_texts: int
    """Number of texts in the conversation, with those that were cancelled."""
    traffic: tuple[AccountTraffic, ...]
    """Traffic per account, the account with the most messages first."""


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
        stored_texts=sum(row["stored"] for row in found if row["direction"] != Direction.NOTE),
        traffic=_group_by_account(found),
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
