"""Erase one customer, in every form of the number, and keep only that they have opted out.

The number of an opt-out stays in clear: a hash of a phone number is found by trying all numbers,
and the lock has to hold for every form of the number.
"""

import functools
import random
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from tui.clock import Clock
from tui.domain.change import Subject
from tui.domain.national_numbers import build_number_pattern, list_national_keys
from tui.domain.phone import Address, parse_address
from tui.domain.status import Status
from tui.store.audit import record_action
from tui.store.connections import Connection
from tui.store.conversation_lookups import find_consent, find_party, store_decision
from tui.store.customer_addresses import find_known_forms, list_addresses
from tui.store.engine import Engine, Transaction
from tui.store.erasure import (
    drop_merge_records,
    erase_conversation,
    erase_messages,
    erase_numbers,
    list_party_tables,
)
from tui.store.errors import StoreError
from tui.store.lead_rights import require_lead
from tui.store.queries import queries
from tui.store.rows import to_dict
from tui.store.summaries import Summaries, Summary

_PAGE = 200
AUDIT_ACTION = "forget"


class CannotForget(StoreError):
    """Raised when a customer cannot be erased now; nothing was changed."""


@dataclass(frozen=True, slots=True)
class ForgetPlan:
    """What is stored of one customer, and would be erased."""

    address: Address
    names: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    """Every address of the customer, as it is shown."""
    parties: frozenset[str] = frozenset()
    """Every key of the customer."""
    conversations: tuple[int, ...] = ()
    messages: int = 0
    files: int = 0
    payloads: tuple[int, ...] = ()
    """Ids of raw payloads that name one of the numbers."""
    reports: tuple[int, ...] = ()
    """Ids of reports about no known message that name one of the numbers."""
    quotes: tuple[int, ...] = ()
    """Ids of lines of the audit trail that name one of the numbers."""
    has_contact: bool = False
    opted_out: bool = False
    obstacle: str = ""
    """Why it cannot be done now; empty if it can."""

    @property
    def is_empty(self) -> bool:
        """Return whether nothing is stored."""
        return not (self.conversations or self.payloads or self.reports or self.has_contact)


class Forgetting:
    """Erasure of customers."""

    def __init__(self, database: Engine, clock: Clock, rng: random.Random) -> None:
        """Create the erasure of one database.

        Args:
            database: Open inbox database.
            clock: Source of the current time.
            rng: Source of randomness for new ids.
        """
        self._database = database
        self._clock = clock
        self._rng = rng
        self._sql = queries("erasure")

    async def measure(self, address: Address) -> ForgetPlan:
        """Return what is stored of a customer; nothing is changed.

        Args:
            address: One of the customer's addresses.
        """
        plan = await self._database.read(functools.partial(_find_customer, address))
        pattern = build_number_pattern({*plan.parties, *plan.numbers})
        payloads = await self._find_ids(self._sql.arrivals_after, pattern)
        reports = await self._find_ids(self._sql.loose_events_after, pattern)
        quotes = await self._find_ids(self._sql.quotes_after, pattern)
        return replace(plan, payloads=payloads, reports=reports, quotes=quotes)

    async def forget(self, address: Address, agent: str) -> ForgetPlan:
        """Erase a customer; return what was erased. It cannot be undone.

        Texts that are queued are cancelled with it. `Scrubbing` overwrites the free space.

        Args:
            address: One of the customer's addresses.
            agent: Name of the agent.

        Raises:
            CannotForget: A text is being sent, or is planned at a provider.
        """
        before = await self.measure(address)
        return await self._database.write(
            functools.partial(self._erase, before=before, agent=agent)
        )

    async def _find_ids(
        self, read: Callable[..., list[Any]], pattern: "re.Pattern[bytes]"
    ) -> tuple[int, ...]:
        """Return the rows that name a customer, page by page."""
        found: list[int] = []
        after = 0
        while page := await self._database.read(functools.partial(read, after=after, limit=_PAGE)):
            found += [row["id"] for row in page if _is_named(row, pattern)]
            after = page[-1]["id"]
        return tuple(found)

    def _erase(self, transaction: Transaction, *, before: ForgetPlan, agent: str) -> ForgetPlan:
        """Erase everything in one transaction."""
        connection = transaction.connection
        require_lead(connection, agent, "what is kept of customers")
        self._sql.overwrite_deleted(connection)
        # Found again under the write lock: a text may have come, or be on its way, since.
        plan = _find_customer(before.address, connection)
        if plan.obstacle:
            raise CannotForget(plan.obstacle)
        opt_out = _find_opt_out(connection, plan.parties)
        summaries = Summaries(transaction, self._rng)
        for identity in plan.conversations:
            self._erase_whole(transaction, summaries, summaries.get(identity))
        summaries.flush()
        parties = plan.parties | before.parties
        erase_numbers(connection, parties, self._clock.now())
        _erase_parties(connection, parties, opt_out)
        self._erase_payloads(connection, before, parties)
        record_action(transaction, self._rng, self._clock, agent, AUDIT_ACTION)
        self._sql.add_erasure(connection, at=self._clock.now(), agent=agent)
        transaction.mark_changed(Subject.VIEW)
        transaction.mark_changed(Subject.ACCOUNT)
        return replace(plan, payloads=before.payloads, reports=before.reports)

    def _erase_whole(
        self, transaction: Transaction, summaries: Summaries, summary: Summary
    ) -> None:
        """Erase a conversation with its messages, its record of merges and its history."""
        connection, identity = transaction.connection, summary["id"]
        old_ids = [
            row["old_id"] for row in self._sql.old_ids_of(connection, conversation_id=identity)
        ]
        while found := self._sql.page_of_conversation(
            connection, conversation_id=identity, after=0, limit=_PAGE
        ):
            erase_messages(transaction, summaries, found)
        for one in (identity, *old_ids):
            drop_merge_records(
                connection, list(self._sql.merges_with(connection, conversation_id=one))
            )
            self._sql.drop_merged_drafts(connection, old_id=one)
        erase_conversation(transaction, summaries, summary)
        for one in (identity, *old_ids):
            self._sql.drop_audit(connection, conversation_id=one)

    def _erase_payloads(
        self, connection: Connection, before: ForgetPlan, parties: Iterable[str]
    ) -> None:
        """Erase what names the customer outside of the conversations."""
        pattern = build_number_pattern({*parties, *before.numbers})
        late: list[int] = []
        after = max(before.payloads, default=0)
        while page := self._sql.arrivals_after(connection, after=after, limit=_PAGE):
            late += [row["id"] for row in page if _is_named(row, pattern)]
            after = page[-1]["id"]
        self._sql.drop_arrival(connection, [{"id": one} for one in (*before.payloads, *late)])
        self._sql.drop_event(connection, [{"id": one} for one in before.reports])
        self._sql.blank_line(connection, [{"id": one} for one in before.quotes])


def _find_customer(address: Address, connection: Connection) -> ForgetPlan:
    """Return what belongs to a customer, by the number in any of its forms."""
    sql = queries("erasure")
    numbers: dict[str, None] = {}
    parties: dict[str, None] = {}
    ids: dict[int, None] = {}
    names: dict[str, None] = {}
    for other in (address, *_only(find_known_forms(connection, address, None))):
        parties[other.conversation_key] = None
    counts = {"messages": 0, "files": 0, "sending": 0, "scheduled": 0}
    pending = list(parties)
    while pending:
        party = pending.pop()
        parties[party] = None
        if parse_address(party).e164:
            forms = [key for key in list_national_keys(party) if key not in parties]
            pending += [key for key in forms if _is_form_of(connection, key, party)]
        row: Any = find_party(connection, party)
        if row is None or row["id"] in ids:
            continue
        summary = to_dict(row)
        ids[row["id"]] = None
        numbers.update(dict.fromkeys(list_addresses(summary)))
        place = {"conversation_id": row["id"]}
        aliases = [one["party"] for one in sql.aliases_of(connection, **place)]
        keys = [parse_address(one).conversation_key for one in list_addresses(summary)]
        pending += [key for key in (row["party"], *aliases, *keys) if key not in parties]
        names.update(dict.fromkeys(filter(None, [row["name"]])))
        found: Any = sql.count_conversation(connection, **place)
        for name in counts:
            counts[name] += found[name]
    contacts = [row for row in (sql.contact(connection, party=one) for one in parties) if row]
    names.update(dict.fromkeys(row["name"] for row in contacts if row["name"]))
    return ForgetPlan(
        address,
        tuple(names),
        tuple(numbers or [address.e164 or address.raw]),
        frozenset(parties),
        tuple(ids),
        counts["messages"],
        counts["files"],
        has_contact=bool(contacts),
        opted_out=_find_opt_out(connection, parties) is not None,
        obstacle=_explain_obstacle(counts["sending"], counts["scheduled"]),
    )


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


def _find_opt_out(connection: Connection, parties: Iterable[str]) -> dict[str, Any] | None:
    """Return the opt-out of a customer under any key, or None."""
    for party in sorted(parties):
        row = find_consent(connection, party)
        if row is not None and row["opted_out"]:
            return dict(to_dict(row))
    return None


def _erase_parties(
    connection: Connection, parties: Iterable[str], opt_out: dict[str, Any] | None
) -> None:
    """Erase what is stored by number; an opt-out holds for every form of it, without its text."""
    for party in sorted(parties):
        for table in list_party_tables(connection):
            connection.execute(f"delete from {table} where party = :party", {"party": party})
        queries("merges").drop_consent(connection, party=party)
        if opt_out is not None:
            bare = {"evidence": "", "agent": "", "message_id": None, "party": party}
            store_decision(connection, **{**opt_out, **bare})


def _is_named(row: Any, pattern: "re.Pattern[bytes]") -> bool:
    """Return whether a payload names a customer."""
    return any(
        pattern.search(bytes(value) if not isinstance(value, str) else value.encode())
        for name in row.keys()  # noqa: SIM118 - a row is no mapping
        if name not in ("id", "state") and (value := row[name])
    )
