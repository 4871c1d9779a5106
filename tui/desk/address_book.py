"""The address book as agents use it: find, write down and delete people, with undo."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from tui.desk.context import AppContext
from tui.desk.undo_stack import UndoAction
from tui.domain.conversation import Conversation
from tui.domain.person import ChangedPerson, FoundNumber, Person
from tui.domain.phone import (
    AddressKind,
    InvalidNumberError,
    format_phone_number,
    parse_address,
    parse_destination,
)
from tui.domain.text import fold_text, one_line
from tui.store.store import Store

_MAX_NAMED = 5


class UnclearPersonError(Exception):
    """Raised when a text names no contact, or several; the text says which."""


def parse_party(text: str, region: str | None) -> str:
    """Return the conversation key of a number that a person typed; short codes are numbers, too.

    Args:
        text: Number in any notation.
        region: Country (ISO) of numbers without a country code; None for none.

    Raises:
        InvalidNumberError: It is no number.
    """
    address = parse_address(text.strip(), region)
    if address.kind is not AddressKind.SHORT_CODE:
        address = parse_destination(text, region)
    return address.conversation_key


def parse_parties(text: str, region: str | None, known: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the conversation keys of numbers, separated by commas, semicolons or lines.

    Args:
        text: Numbers as typed.
        region: Country (ISO) of numbers without a country code; None for none.
        known: Numbers that are stored already, which may also be names of senders.

    Raises:
        InvalidNumberError: One is no number, or there is none.
    """
    stored = {fold_text(format_number(party)): party for party in known}
    parts = [part.strip() for part in text.replace(";", ",").replace("\n", ",").split(",")]
    keys = [stored.get(fold_text(p)) or parse_party(p, region) for p in parts if p]
    if not keys:
        raise InvalidNumberError("A contact needs a number, such as +61 491 570 156")
    return tuple(dict.fromkeys(keys))


def choose_person(found: Sequence[Person], typed: str) -> Person:
    """Return the one contact that a text names.

    Args:
        found: Contacts that a search for the text has found.
        typed: The text.

    Raises:
        UnclearPersonError: There is none, or there are several.
    """
    wanted = fold_text(typed).split()
    exact = [person for person in found if fold_text(person.name).split() == wanted]
    people = exact or list(found)
    if len(people) == 1:
        return people[0]
    if not people:
        raise UnclearPersonError(f'there is no contact with "{one_line(typed, 60)}"')
    names = ", ".join(format_person(person) for person in people[:_MAX_NAMED])
    more = f" and {len(people) - _MAX_NAMED} more" if len(people) > _MAX_NAMED else ""
    raise UnclearPersonError(f'"{one_line(typed, 60)}" could be {names}{more}: give the number')


def format_number(party: str) -> str:
    """Return a number of a contact in the usual notation."""
    address = parse_address(party)
    return one_line(format_phone_number(address.e164 or address.raw), 40)


def format_person(person: Person) -> str:
    """Return name and main number of a contact on one line."""
    number = format_number(person.numbers[0]) if person.numbers else ""
    return f"{one_line(person.name, 60)} {number}".strip()


def format_numbers(person: Person) -> str:
    """Return all numbers of a contact: "+48 500 600 701, +48 500 600 702"."""
    return ", ".join(map(format_number, person.numbers))


def format_hit(found: FoundNumber, limit: int = 60) -> str:
    """Return name and number of a person that a search has found.

    Args:
        found: The number.
        limit: Maximum length of the name in characters, so that the number is seen.
    """
    return f"{one_line(found.name, limit)} {format_number(found.party)}".strip()


def list_person_lines(person: Person) -> list[str]:
    """Return everything about a contact, line by line."""
    return [
        one_line(person.name, 200) or "No name",
        *(f"Number: {format_number(party)}" for party in person.numbers),
        *([f"Note: {one_line(person.note, 2_000)}"] if person.note else []),
        *(f"{{{name}}}: {one_line(value, 500)}" for name, value in person.fields.items()),
    ]


def person_to_json(person: Person) -> dict[str, Any]:
    """Return a contact as the JSON of the command line."""
    return {
        "id": str(person.id),
        "name": person.name,
        "note": person.note,
        "numbers": list(person.numbers),
        "fields": dict(person.fields),
    }


class AddressBook:
    """What an agent changes in the address book; each change can be undone."""

    def __init__(
        self, store: Store, agent: str, remember_undo: Callable[[str, UndoAction], str]
    ) -> None:
        """Create the address book of one agent.

        Args:
            store: Store shared by all agents.
            agent: Name of the agent.
            remember_undo: Remembers how to undo a change.
        """
        self._store = store
        self._agent = agent
        self._remember_undo = remember_undo

    async def save(self, person: Person, before: Person | None = None) -> str:
        """Store a contact; return the confirmation.

        Args:
            person: Contact as it shall be.
            before: Contact as the agent saw it, without an id if a conversation had none; None
                for a new one. What others have changed since stays.

        Raises:
            NumberTaken: A number belongs to another contact.
        """
        contacts, agent = self._store.contacts, self._agent
        if before is None:
            changed = ChangedPerson(await contacts.save_person(person, agent))
        else:
            changed = await contacts.change_person(before, person, agent)
        message = f"Saved {_name(changed.person)}{_describe_meanwhile(before, changed)}"
        undo = partial(self._undo_save, changed, before)
        return self._remember_undo(message, undo)

    async def _undo_save(self, changed: ChangedPerson, before: Person | None) -> str:
        """Undo a change; what others have changed since stays. Return the confirmation."""
        contacts, saved = self._store.contacts, changed.person
        if await contacts.get_by_id(saved.id) is None:
            return f"{_name(saved)} is deleted already: nothing to undo"
        old = changed.replaced
        if old is None and before is not None and not before.id and before.name:
            # The conversation had a name before it had a contact.
            old = replace(before, id=saved.id)
        if old is None:
            await contacts.delete_person(saved.id, self._agent)
            return f"{_name(saved)} is not a contact any more"
        await contacts.change_person(saved, old, self._agent)
        return f"{_name(old)} is as before"

    async def delete(self, person: Person) -> str:
        """Delete a contact; return the confirmation."""
        contacts, agent = self._store.contacts, self._agent
        before = await contacts.delete_person(person.id, agent)
        if before is None:
            return f"{_name(person)} is deleted already"
        gone = before

        async def undo_delete() -> str:
            await contacts.save_person(gone, agent)
            return f"{_name(gone)} is a contact again"

        return self._remember_undo(f"Deleted {_name(before)}", undo_delete)


async def open_conversation(store: Store, context: AppContext, party: str) -> Conversation | None:
    """Return the conversation with a number, begun if there is none; None without an account.

    Args:
        store: Store shared by all agents.
        context: Accounts; a new conversation goes through the first one.
        party: Conversation key of the number.
    """
    if not context.accounts:
        return None
    return await store.conversations.get_or_create(
        parse_address(party), context.accounts[0].name, is_begun=True
    )


def change_person(
    person: Person,
    *,
    name: str | None = None,
    note: str | None = None,
    fields: Mapping[str, str] | None = None,
    added: Sequence[str] = (),
    removed: Sequence[str] = (),
) -> Person:
    """Return a contact with other values; what is None stays.

    Args:
        person: Contact as it is.
        name: New name.
        note: New note.
        fields: Values of fields; an empty one removes the field.
        added: Conversation keys of further numbers.
        removed: Conversation keys of numbers that are taken away.
    """
    merged = {**person.fields, **(fields or {})}
    numbers = dict.fromkeys(n for n in (*person.numbers, *added) if n not in removed)
    return replace(
        person,
        name=person.name if name is None else " ".join(name.split()),
        note=person.note if note is None else note.strip(),
        numbers=tuple(numbers),
        fields={key: value for key, value in sorted(merged.items()) if value},
    )


def _describe_meanwhile(before: Person | None, changed: ChangedPerson) -> str:
    """Return what others had done to a contact that was edited, or "" for nothing that matters."""
    if changed.overwritten:
        return f" in place of a newer {' and '.join(changed.overwritten)}"
    is_gone = before is not None and before.id and changed.replaced is None
    return ", which was deleted meanwhile" if is_gone else ""


def _name(person: Person) -> str:
    """Return how a confirmation names a contact."""
    return one_line(person.name, 40) or format_person(person) or "the contact"
