"""Write imported contacts batch by batch: which person a number belongs to, and what changes."""

import json
import random
from collections.abc import Sequence
from dataclasses import replace

from tui.clock import Clock
from tui.domain.ids import create_id
from tui.domain.person import Person
from tui.domain.text import fold_text, repair_text
from tui.store.customer_addresses import set_name
from tui.store.engine import Transaction
from tui.store.imported_contacts import Contact, create_person_id, parse_party
from tui.store.people import People
from tui.store.queries import queries
from tui.store.summaries import Summaries


class ImportedPeople:
    """State of one import: under which name it has met each person so far."""

    def __init__(self, clock: Clock, rng: random.Random, region: str | None) -> None:
        """Create the state of an import that has not begun.

        Args:
            clock: Source of the current time.
            rng: Source of randomness for new ids.
            region: ISO code of the country of numbers without a country code.
        """
        self._clock = clock
        self._rng = rng
        self._region = region
        self._names: dict[int, str] = {}

    def write_batch(self, transaction: Transaction, contacts: Sequence[Contact]) -> int:
        """Store one batch; return how many conversations were renamed.

        Args:
            transaction: Transaction of the batch.
            contacts: Numbers with what the file says about their people.
        """
        connection, now = transaction.connection, self._clock.now()
        parties = [parse_party(contact.address, self._region) for contact in contacts]
        firsts = [
            parse_party(contact.beside, self._region) if contact.beside else party
            for contact, party in zip(contacts, parties, strict=True)
        ]
        people = People(connection, [*parties, *firsts])
        next_id = create_person_id(connection, create_id(now, self._rng), len(contacts))
        named: dict[str, str] = {}
        for contact, party, first in zip(contacts, parties, firsts, strict=True):
            name = " ".join(repair_text(contact.name).split())
            person = self._choose_person(people, party, first, name)
            if person is None:
                person, next_id = Person(next_id, "", "", ()), next_id + 1
            person = _add_contact(people, person, contact, party, name)
            people.put(person, now)
            if name:
                self._names[person.id] = fold_text(name)
                named.update(dict.fromkeys(person.numbers, name))
        people.flush()
        return self._rename_conversations(transaction, named)

    def _choose_person(self, people: People, party: str, first: str, name: str) -> Person | None:
        """Return the person that a number is of, or None for a new one.

        Args:
            people: People of the batch.
            party: The number.
            first: First number of the same person in the file.
            name: Name in the file; empty for none.
        """
        owner = people.get(people.find_owner(first))
        if owner is None and first != party:
            owner = people.get(people.find_owner(party))
        known = self._names.get(owner.id, "") if owner else ""
        if owner and first == party and name and known not in ("", fold_text(name)):
            # Two people of the file share the number: the later one has it.
            return None if len(owner.numbers) > 1 else owner
        return owner

    def _rename_conversations(self, transaction: Transaction, named: dict[str, str]) -> int:
        """Give the conversations of numbers their names; return how many have another one now."""
        summaries = Summaries(transaction, self._rng)
        found = queries("contacts").conversations_of(
            transaction.connection, keys=json.dumps(sorted(named))
        )
        renamed = 0
        for row in found:
            if row["name"] != named[row["party"]]:
                set_name(summaries.get(row["id"]), named[row["party"]])
                renamed += 1
        summaries.flush()
        return renamed


def _add_contact(people: People, person: Person, contact: Contact, party: str, name: str) -> Person:
    """Return a person with what the file says; what the file leaves empty stays.

    Args:
        people: People of the batch.
        person: Person as it is stored.
        contact: One number of the file.
        party: Its conversation key.
        name: Its name; empty for none.
    """
    fields = dict(person.fields)
    other = people.get(people.find_owner(party))
    note = person.note
    is_alone = other is not None and other.id != person.id and len(other.numbers) == 1
    if other and is_alone and fold_text(other.name) in ("", fold_text(name or person.name)):
        # An older import made a contact of each number: they become one.
        fields, note = {**other.fields, **fields}, note or other.note
    fields.update({repair_text(key): repair_text(value) for key, value in contact.fields if value})
    return replace(
        person,
        name=name or person.name,
        note=repair_text(contact.note).strip() or note,
        numbers=tuple(dict.fromkeys((*person.numbers, party))),
        fields=fields,
    )
