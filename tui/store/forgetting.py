"""Erase one customer, in every form of the number, and keep only that they have opted out.

The number of an opt-out stays in clear: a hash of a phone number is found by trying all numbers,
and the lock has to hold for every form of the number.
"""

import functools
import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from tui.clock import Clock
from tui.domain.change import Subject
from tui.domain.phone import Address
from tui.store.audit import record_action
from tui.store.connections import Connection
from tui.store.conversation_lookups import find_consent, store_decision
from tui.store.customer_quotes import CustomerPattern, list_shared_texts, mask_lines
from tui.store.engine import Engine, Transaction
from tui.store.erasure import (
    erase_conversation,
    erase_messages,
    list_party_tables,
)
from tui.store.errors import StoreError
from tui.store.forget_plan import ForgetPlan, find_customer
from tui.store.lead_rights import KEPT_DATA, require_lead
from tui.store.queries import queries
from tui.store.rows import to_dict
from tui.store.summaries import Summaries, Summary

_PAGE = 200
AUDIT_ACTION = "forget"


class CannotForget(StoreError):
    """Raised when a customer cannot be erased now; nothing was changed."""


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
        plan = await self._database.read(functools.partial(find_customer, address))
        pattern = CustomerPattern({*plan.parties, *plan.numbers}, plan.names)
        read_shared = functools.partial(list_shared_texts, pattern=pattern)
        payloads, last_payload = await self._find_ids(self._sql.arrivals_after, pattern)
        reports, last_report = await self._find_ids(self._sql.loose_events_after, pattern)
        quotes, last_quote = await self._find_ids(self._sql.quotes_after, pattern)
        return replace(
            plan,
            payloads=payloads,
            reports=reports,
            quotes=quotes,
            looked_upto=(last_payload, last_report, last_quote),
            named_in=await self._database.read(read_shared),
        )

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
        self, read: Callable[..., list[Any]], pattern: CustomerPattern
    ) -> tuple[tuple[int, ...], int]:
        """Return the rows that name a customer, page by page, and the last one looked at."""
        found: list[int] = []
        after = 0
        while page := await self._database.read(functools.partial(read, after=after, limit=_PAGE)):
            found += [row["id"] for row in page if _is_named(row, pattern)]
            after = page[-1]["id"]
        return tuple(found), after

    def _erase(self, transaction: Transaction, *, before: ForgetPlan, agent: str) -> ForgetPlan:
        """Erase everything in one transaction."""
        connection = transaction.connection
        require_lead(connection, agent, KEPT_DATA)
        self._sql.overwrite_deleted(connection)
        # Found again under the write lock: a text may have come, or be on its way, since.
        plan = find_customer(before.address, connection)
        if plan.obstacle:
            raise CannotForget(plan.obstacle)
        opt_outs = {group: _find_opt_out(connection, group) for group in plan.groups}
        summaries = Summaries(transaction, self._rng)
        for identity in plan.conversations:
            self._erase_whole(transaction, summaries, summaries.get(identity))
        summaries.flush()
        for person in plan.people:
            self._sql.drop_person_fields(connection, person=person)
        for group, opt_out in opt_outs.items():
            _erase_parties(connection, group, opt_out)
        _erase_parties(connection, before.parties - plan.parties, None)
        queries("bulk_texts").finish_unwaited(connection)
        self._sql.drop_empty_texts_to_many(connection)
        self._sql.blank_empty_texts_to_many(connection)
        parties = plan.parties | before.parties
        self._erase_payloads(connection, before, parties)
        mask_lines(
            connection,
            CustomerPattern({*parties, *before.numbers}, {*before.names, *plan.names}),
        )
        record_action(transaction, self._rng, self._clock, agent, AUDIT_ACTION)
        self._sql.add_erasure(connection, at=self._clock.now(), agent=agent)
        for subject in (Subject.VIEW, Subject.ACCOUNT, Subject.RULE, Subject.BULK_TEXT):
            transaction.mark_changed(subject)
        return replace(
            plan,
            payloads=before.payloads,
            reports=before.reports,
            quotes=before.quotes,
            named_in=before.named_in,
        )

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
        erase_conversation(transaction, summaries, summary)
        for one in (identity, *old_ids):
            self._sql.drop_audit(connection, conversation_id=one)
            self._sql.blank_events(connection, conversation_id=one)

    def _erase_payloads(
        self, connection: Connection, before: ForgetPlan, parties: Iterable[str]
    ) -> None:
        """Erase what names the customer outside of the conversations."""
        sql, pattern = self._sql, CustomerPattern({*parties, *before.numbers}, before.names)
        for read, drop, known, last in zip(
            (sql.arrivals_after, sql.loose_events_after, sql.quotes_after),
            (sql.drop_arrival, sql.drop_event, sql.blank_line),
            (before.payloads, before.reports, before.quotes),
            before.looked_upto,
            strict=True,
        ):
            found, after = list(known), last
            # What has come since it was looked for.
            while page := read(connection, after=after, limit=_PAGE):
                found += [row["id"] for row in page if _is_named(row, pattern)]
                after = page[-1]["id"]
            drop(connection, [{"id": one} for one in found])


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


def _is_named(row: Any, pattern: CustomerPattern) -> bool:
    """Return whether a payload has one of the numbers, or a line of the desk's history a name."""
    for name in row.keys():  # noqa: SIM118 - a row is no mapping
        value = row[name]
        if name in ("id", "state") or not value:
            continue
        if name == "named" and pattern.is_in(value):
            return True
        if pattern.is_in_bytes(value.encode() if isinstance(value, str) else bytes(value)):
            return True
    return False
