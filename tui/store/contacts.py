"""Store contacts: names and notes for numbers, whether or not they have written yet."""

import functools
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from tui.clock import Clock
from tui.domain.phone import parse_address
from tui.domain.text import repair_text
from tui.store.audit import record_action
from tui.store.database import Database, Transaction
from tui.store.queries import queries
from tui.store.summaries import Summaries, fold_for_filter

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


class Contacts:
    """Address book that all agents share."""

    def __init__(self, database: Database, clock: Clock, rng: random.Random) -> None:
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
            summary["name"] = repair_text(name)
            summary["folded"] = fold_for_filter(summary["name"], summary["address"])
            summaries.flush()
            queries("conversations").save_contact(
                transaction.connection,
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
        summary["name"] = name
        summary["folded"] = fold_for_filter(name, summary["address"])
        return True
