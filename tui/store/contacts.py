"""Store contacts: people with names, notes, numbers and own fields, written to or not yet."""

import functools
import json
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import islice

from tui.clock import Clock
from tui.domain.change import Subject
from tui.domain.ids import create_id
from tui.domain.person import ChangedPerson, FoundNumber, Person, apply_change
from tui.domain.phone import format_phone_number
from tui.domain.text import repair_text
from tui.store.audit import record_action
from tui.store.customer_addresses import set_name
from tui.store.engine import Engine, Transaction
from tui.store.errors import StoreError
from tui.store.imported_contacts import (
    Contact,
    ImportResult,
    create_person_id,
    format_contacts,
)
from tui.store.people import People, find_person, read_person
from tui.store.people_search import find_numbers, find_people, list_people
from tui.store.queries import queries
from tui.store.summaries import Summaries

__all__ = ["Contact", "Contacts", "ImportResult", "NumberTaken", "format_contacts"]

_BATCH = 500


class NumberTaken(StoreError):
    """A number belongs to another contact."""


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
        """Return name and note of a conversation's party, or None if it is unknown."""
        row = await self._database.read(functools.partial(self._sql.contact, party=party))
        return Contact(row["party"], row["name"], row["note"]) if row else None

    async def get_person(self, party: str) -> Person | None:
        """Return the contact that has a number, or None.

        Args:
            party: Conversation key of the number.
        """
        return await self._database.read(functools.partial(find_person, party=party))

    async def get_by_id(self, person: int) -> Person | None:
        """Return a contact by its id, or None."""
        return await self._database.read(functools.partial(read_person, person=person))

    async def count_people(self) -> int:
        """Return how many contacts there are."""
        return int(await self._database.read(self._sql.count_people) or 0)

    async def list_people(self, after: Person | None, limit: int) -> list[Person]:
        """Return contacts in the order of their names.

        Args:
            after: Last contact of the page before; None for the beginning.
            limit: Maximum number of contacts.
        """
        return await self._database.read(functools.partial(list_people, after=after, limit=limit))

    async def find_numbers(
        self, typed: str, limit: int, *, only_new: bool = False
    ) -> list[FoundNumber]:
        """Return the numbers of contacts whose name or number contains every typed word.

        Those whose name begins with the text come first. Cancelling stops the query.

        Args:
            typed: Words of a name, or digits of a number in any notation; accents are ignored.
            limit: Maximum number of numbers.
            only_new: Whether to leave out numbers that have a conversation.
        """
        work = functools.partial(find_numbers, typed=typed, limit=limit, only_new=only_new)
        return await self._database.search(work)

    async def find_people(self, typed: str, limit: int) -> list[Person]:
        """Return the contacts that match a text, each once; in the order of names for no text.

        Args:
            typed: Words of a name, or digits of a number; if few have them, words of own fields.
            limit: Maximum number of contacts.
        """
        work = functools.partial(find_people, typed=typed, limit=limit, in_fields=True)
        return await self._database.search(work)

    async def import_contacts(
        self,
        contacts: Iterable[Contact],
        *,
        region: str | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> ImportResult:
        """Store contacts in batches and rename the conversations that exist for them.

        An empty name, note or field leaves the stored one unchanged. If the import fails, the
        batches that were reported to `progress` stay stored, and the import can be repeated
        safely.

        Args:
            contacts: Contacts to store, those of one person one after the other.
            region: ISO code of the country of numbers without a country code.
            progress: Called with the number of contacts stored so far, after each batch.

        Raises:
            StoreError: A batch could not be stored.
        """
        # Imported late: no start of a program needs it.
        from tui.store.importing import ImportedPeople

        imported = ImportedPeople(self._clock, self._rng, region)
        remaining = iter(contacts)
        done = renamed = people = 0
        # Short transactions: the other processes wait for the write lock meanwhile.
        while batch := list(islice(remaining, _BATCH)):
            renamed += await self._database.write(
                functools.partial(imported.write_batch, contacts=batch)
            )
            done += len(batch)
            people += sum(not contact.beside for contact in batch)
            if progress is not None:
                progress(done)
        return ImportResult(people, renamed, done - people)

    async def rename_contact(
        self,
        conversation_id: int,
        name: str,
        note: str,
        agent: str,
        fields: Mapping[str, str] | None = None,
    ) -> None:
        """Set name, note and fields of a conversation's contact.

        Args:
            conversation_id: Id of the conversation.
            name: New name.
            note: New note.
            agent: Name of the agent.
            fields: All own fields; None leaves them as they are.
        """

        def write_contact(transaction: Transaction) -> None:
            summaries = Summaries(transaction, self._rng)
            summary = summaries.get(conversation_id)
            set_name(summary, repair_text(name))
            party = summary["party"]
            people = People(transaction.connection, [party])
            person = people.get(people.find_owner(party)) or Person(0, "", "", (party,))
            changed = replace(person, name=repair_text(name), note=repair_text(note))
            if fields is not None:
                changed = replace(changed, fields=fields)
            self._write_person(transaction, summaries, people, changed)
            summaries.flush()
            record_action(transaction, self._rng, self._clock, agent, "rename", conversation_id)

        await self._database.write(write_contact)

    async def save_person(self, person: Person, agent: str) -> Person:
        """Store a contact as it is, and give the conversations of its numbers its name.

        Args:
            person: Contact; one without an id is new.
            agent: Name of the agent.

        Returns:
            The contact with its id.

        Raises:
            NumberTaken: A number belongs to another contact.
        """
        return (await self.change_person(None, person, agent)).person

    async def change_person(
        self, before: Person | None, wanted: Person, agent: str
    ) -> ChangedPerson:
        """Change a contact; what others have changed of it since then stays.

        Args:
            before: Contact as the agent saw it, without an id if it was none; None stores
                `wanted` whatever is stored.
            wanted: Contact as it shall be.
            agent: Name of the agent.

        Returns:
            The contact as it is now, and as it was stored before.

        Raises:
            NumberTaken: A number belongs to another contact.
        """

        def write_person(transaction: Transaction) -> ChangedPerson:
            summaries = Summaries(transaction, self._rng)
            people = People(transaction.connection, wanted.numbers)
            person = wanted.id
            if before is not None and not before.id:
                # A colleague may have made the number a contact meanwhile.
                person = next(filter(None, map(people.find_owner, before.numbers)), 0)
            stored = people.load(person) if person else None
            changed = ChangedPerson(wanted, stored)
            if before is not None and stored is not None:
                changed = apply_change(before, wanted, stored)
            _check_owners(people, changed.person)
            saved = self._write_person(transaction, summaries, people, changed.person)
            summaries.flush()
            self._record(transaction, agent, "save contact", saved)
            return replace(changed, person=saved)

        return await self._database.write(write_person)

    async def delete_person(self, person: int, agent: str) -> Person | None:
        """Delete a contact; return it as it was, or None if it is gone already.

        Its conversations stay, without the name.

        Args:
            person: Id of the contact.
            agent: Name of the agent.
        """

        def drop_person(transaction: Transaction) -> Person | None:
            people = People(transaction.connection)
            before = people.load(person)
            if before is not None:
                summaries = Summaries(transaction, self._rng)
                self._write_person(transaction, summaries, people, replace(before, numbers=()))
                summaries.flush()
                self._record(transaction, agent, "delete contact", before)
            return before

        return await self._database.write(drop_person)

    def _record(self, transaction: Transaction, agent: str, action: str, person: Person) -> None:
        """Add a line to the audit trail, with the numbers but without name and fields."""
        detail = ", ".join(person.numbers)
        record_action(transaction, self._rng, self._clock, agent, action, detail=detail)

    def _write_person(
        self, transaction: Transaction, summaries: Summaries, people: People, person: Person
    ) -> Person:
        """Write a contact that is loaded, and name the conversations of its numbers."""
        before = people.get(person.id)
        name = repair_text(person.name)
        fields = {repair_text(n): repair_text(v) for n, v in person.fields.items() if v}
        stored = replace(person, name=name, note=repair_text(person.note), fields=fields)
        if not stored.id:
            stored = replace(stored, id=create_person_id(transaction.connection, self._new_id(), 1))
        people.put(stored, self._clock.now())
        people.flush()
        lost = {n for n in before.numbers if n not in stored.numbers} if before else set()
        keys = json.dumps([*stored.numbers, *lost])
        for row in self._sql.conversations_of(transaction.connection, keys=keys):
            summary = summaries.get(row["id"])
            # The name of a number that is no more of this contact goes with it.
            wanted = "" if row["party"] in lost else stored.name
            is_own = before is None or summary["name"] == before.name
            if summary["name"] != wanted and (row["party"] not in lost or is_own):
                set_name(summary, wanted)
            transaction.mark_changed(Subject.CONVERSATION, row["id"], row["id"])
        return stored

    def _new_id(self) -> int:
        """Return an id of this moment."""
        return create_id(self._clock.now(), self._rng)


def _check_owners(people: People, person: Person) -> None:
    """Raise `NumberTaken` if a number of a contact belongs to another one."""
    for party in person.numbers:
        owner = people.find_owner(party)
        if owner not in (0, person.id) and (other := people.get(owner)) is not None:
            number, name = format_phone_number(party), other.name or "a contact without name"
            raise NumberTaken(f"{number} belongs to {name}")
