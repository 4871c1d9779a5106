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
from tui.domain.person import FoundNumber, Person, apply_changes
from tui.domain.phone import parse_address
from tui.domain.text import repair_text
from tui.store.audit import record_action
from tui.store.connections import Connection
from tui.store.customer_addresses import set_name
from tui.store.engine import Engine, Transaction
from tui.store.errors import ContactGone, NumberTaken
from tui.store.imported_contacts import Contact, ImportResult, format_contacts
from tui.store.people import People, find_person, read_person
from tui.store.people_search import find_numbers, find_people, list_people
from tui.store.queries import queries
from tui.store.summaries import Summaries

__all__ = ["Contact", "Contacts", "ImportResult", "NumberTaken", "format_contacts"]

_BATCH = 500


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
            typed: Words of a name, or digits of a number.
            limit: Maximum number of contacts.
        """
        return await self._database.search(functools.partial(find_people, typed=typed, limit=limit))

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
        before: Person | None = None,
    ) -> None:
        """Set name, note and fields of a conversation's contact.

        Args:
            conversation_id: Id of the conversation.
            name: New name.
            note: New note.
            agent: Name of the agent.
            fields: All own fields; None leaves them as they are.
            before: Contact as the agent saw it: what is the same now as there stays as it is.
        """

        def write_contact(transaction: Transaction) -> None:
            summaries = Summaries(transaction, self._rng)
            summary = summaries.get(conversation_id)
            party, shown = summary["party"], summary["name"]
            people = People(transaction.connection, [party])
            person = people.get(people.find_owner(party)) or Person(0, shown, "", (party,))
            changed = replace(person, name=repair_text(name), note=repair_text(note))
            if fields is not None:
                changed = replace(changed, fields=fields)
            if before is not None:
                seen = replace(before, numbers=person.numbers)
                changed = apply_changes(person, seen, changed)
            set_name(summary, changed.name)
            self._write_person(transaction, summaries, people, changed)
            summaries.flush()
            record_action(transaction, self._rng, self._clock, agent, "rename", conversation_id)

        await self._database.write(write_contact)

    async def save_person(self, person: Person, agent: str) -> Person:
        """Store a contact as it is; return it with its id.

        Args:
            person: Contact; one without an id is new.
            agent: Name of the agent.
        """
        return await self.change_person(None, person, agent)

    async def change_person(self, before: Person | None, after: Person, agent: str) -> Person:
        """Store what an agent has changed of a contact; what colleagues changed since stays.

        The conversations of its numbers get its name.

        Args:
            before: Contact as the agent saw it; None stores all of it.
            after: Contact as the agent wants it.
            agent: Name of the agent.

        Raises:
            ContactGone: The contact was deleted meanwhile.
            NumberTaken: A number belongs to another contact.
        """

        def write_person(transaction: Transaction) -> Person:
            summaries = Summaries(transaction, self._rng)
            people = People(transaction.connection, after.numbers)
            current = people.load(after.id) if after.id else None
            if before is not None and current is None:
                raise ContactGone
            person = apply_changes(current, before, after) if before and current else after
            for party in person.numbers:
                if (owner := people.find_owner(party)) and owner != person.id:
                    other = people.get(owner)
                    assert other is not None
                    raise NumberTaken(
                        f"{party} belongs to {other.name or 'a contact without name'}"
                    )
            saved = self._write_person(transaction, summaries, people, person)
            summaries.flush()
            self._record(transaction, agent, "save contact", saved)
            return saved

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


def create_person_id(connection: Connection, first: int, count: int) -> int:
    """Return the first of as many ids that no contact has.

    Args:
        connection: Connection of the caller's transaction.
        first: Id to begin at.
        count: Number of ids.
    """
    while queries("contacts").has_ids(connection, first=first, last=first + count - 1):
        first += count
    return first


def parse_party(number: str, region: str | None) -> str:
    """Return the conversation key of a number in any notation.

    Args:
        number: Number, short code or name.
        region: ISO code of the country of numbers without a country code.
    """
    return parse_address(repair_text(number), region).conversation_key
