"""Find what an inbox stores of one customer: all numbers, conversations, the contact.

A customer is everyone who is reached by forms of one number, by numbers that were merged, and by
the numbers of one contact.
"""

from collections.abc import Iterable
from typing import Any

from tui.domain.national_numbers import list_national_keys
from tui.domain.phone import Address, parse_address
from tui.domain.record_type import record
from tui.domain.status import Status
from tui.store.connections import Connection
from tui.store.conversation_lookups import find_consent, find_party
from tui.store.customer_addresses import find_known_forms, list_addresses
from tui.store.queries import queries
from tui.store.rows import to_dict


@record
class ForgetPlan:
    """What is stored of one customer, and would be erased."""

    address: Address
    names: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    """Every address of the customer, as it is shown."""
    groups: tuple[frozenset[str], ...] = ()
    """Every key of the customer; an opt-out of one key holds for all of its group."""
    conversations: tuple[int, ...] = ()
    people: tuple[int, ...] = ()
    """Ids of the contacts."""
    messages: int = 0
    files: int = 0
    texts_to_many: int = 0
    """Places of the customer in texts to many."""
    payloads: tuple[int, ...] = ()
    """Ids of raw payloads that name one of the numbers."""
    reports: tuple[int, ...] = ()
    """Ids of reports about no known message that name one of the numbers."""
    quotes: tuple[int, ...] = ()
    """Ids of lines of the audit trail that name one of the numbers."""
    looked_upto: tuple[int, int, int] = (0, 0, 0)
    """Ids of the last payload, report and line that were looked at."""
    named_in: tuple[str, ...] = ()
    """What agents share and what names the customer: "canned reply vip". It is not erased."""
    has_contact: bool = False
    has_proof: bool = False
    """Whether there is a text that proves a decision about consent."""
    opted_out: bool = False
    obstacle: str = ""
    """Why it cannot be done now; empty if it can."""

    @property
    def parties(self) -> frozenset[str]:
        """Return every key of the customer."""
        return frozenset().union(*self.groups)

    @property
    def is_empty(self) -> bool:
        """Return whether nothing is stored that can be erased."""
        return not (
            self.conversations
            or self.payloads
            or self.reports
            or self.quotes
            or self.texts_to_many
            or self.has_contact
            or self.has_proof
        )


def find_customer(address: Address, connection: Connection) -> ForgetPlan:
    """Return what belongs to a customer, by one of the addresses.

    Args:
        address: One of the customer's addresses.
        connection: Connection of the caller.
    """
    search = _CustomerSearch(connection)
    search.add_address(address)
    sql, parties = queries("erasure"), search.parties
    decisions = [row for row in (find_consent(connection, one) for one in parties) if row]
    return ForgetPlan(
        address,
        tuple(search.names),
        tuple(search.numbers or [address.e164 or address.raw]),
        tuple(search.groups),
        tuple(search.ids),
        tuple(search.people),
        search.counts["messages"],
        search.counts["files"],
        sum(int(sql.count_texts_to_many(connection, party=one)) for one in parties),
        has_contact=search.has_contact,
        has_proof=any(row["evidence"] for row in decisions),
        opted_out=any(row["opted_out"] for row in decisions),
        obstacle=_explain_obstacle(search.counts["sending"], search.counts["scheduled"]),
    )


class _CustomerSearch:
    """What was found of a customer so far."""

    def __init__(self, connection: Connection) -> None:
        """Create a search that has found nothing."""
        self._connection = connection
        self._sql = queries("erasure")
        self.groups: list[frozenset[str]] = []
        self.numbers: dict[str, None] = {}
        self.ids: dict[int, None] = {}
        self.names: dict[str, None] = {}
        self.people: dict[int, None] = {}
        self.has_contact = False
        self.counts = {"messages": 0, "files": 0, "sending": 0, "scheduled": 0}

    @property
    def parties(self) -> frozenset[str]:
        """Return the keys that were found."""
        return frozenset().union(*self.groups)

    def add_address(self, address: Address) -> None:
        """Add all that belongs to an address, and to other numbers of its contact."""
        pending = [address]
        while pending:
            address = pending.pop()
            if address.conversation_key not in self.parties:
                group = self._find_group(address)
                self.groups.append(frozenset(group))
                pending += [parse_address(one) for one in self._add_contacts(group)]

    def _find_group(self, address: Address) -> dict[str, None]:
        """Return the keys of an address in every form, with those that were merged with it."""
        group: dict[str, None] = {}
        for other in (address, *_only(find_known_forms(self._connection, address, None))):
            group[other.conversation_key] = None
        pending = list(group)
        while pending:
            party = pending.pop()
            group[party] = None
            if parse_address(party).e164:
                forms = [key for key in list_national_keys(party) if key not in group]
                pending += [key for key in forms if _is_form_of(self._connection, key, party)]
            row: Any = find_party(self._connection, party)
            if row is not None and row["id"] not in self.ids:
                pending += [key for key in self._add_conversation(to_dict(row)) if key not in group]
        return group

    def _add_conversation(self, summary: dict[str, Any]) -> list[str]:
        """Add a conversation; return all its keys."""
        place, addresses = {"conversation_id": summary["id"]}, list_addresses(summary)
        self.ids[summary["id"]] = None
        self.numbers.update(dict.fromkeys(addresses))
        self.names.update(dict.fromkeys(filter(None, [summary["name"]])))
        found: Any = self._sql.count_conversation(self._connection, **place)
        for name in self.counts:
            self.counts[name] += found[name]
        aliases = [one["party"] for one in self._sql.aliases_of(self._connection, **place)]
        keys = [parse_address(one).conversation_key for one in addresses]
        return [summary["party"], *aliases, *keys]

    def _add_contacts(self, group: Iterable[str]) -> list[str]:
        """Add the contacts of some keys; return all their numbers."""
        others = []
        for party in group:
            row = self._sql.contact(self._connection, party=party)
            if row is None:
                continue
            self.has_contact = True
            self.names.update(dict.fromkeys(filter(None, [row["name"]])))
            if row["party"] not in map(_get_key, self.numbers):
                self.numbers[row["party"]] = None
            if row["person"] and row["person"] not in self.people:
                self.people[row["person"]] = None
                found = queries("contacts").numbers_of(self._connection, person=row["person"])
                others += [one["party"] for one in found]
        return others


def _get_key(address: str) -> str:
    """Return the key of an address that is shown."""
    return parse_address(address).conversation_key


def _only(found: list[Address]) -> list[Address]:
    """Return the one known form, or none if the number may be that of several customers."""
    return found if len(found) == 1 else []


def _is_form_of(connection: Connection, key: str, party: str) -> bool:
    """Return whether a number without country code is known, and can be of no other customer."""
    if find_party(connection, key) is None and find_consent(connection, key) is None:
        return False
    found = find_known_forms(connection, parse_address(key), None)
    return all(other.conversation_key == party for other in found)


def _explain_obstacle(sending: int, scheduled: int) -> str:
    """Return why a customer cannot be erased now, or ""."""
    if sending:
        return "a text to this customer is being sent: nothing was erased; try again in a minute"
    if scheduled:
        return (
            f"a text to this customer is {Status.SCHEDULED} at the provider: nothing was erased;"
            " cancel it first, or wait until it was sent"
        )
    return ""
