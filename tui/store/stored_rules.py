"""Store rules, their order, and what they did; the audit trail names who changed them."""

import functools
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace

from tui.clock import DAY, HOUR, Clock
from tui.domain.change import Subject
from tui.domain.ids import create_id
from tui.domain.rules import BUILT_IN_RULES, Rule
from tui.store.audit import record_action
from tui.store.connections import Connection
from tui.store.engine import Engine, Transaction
from tui.store.errors import StoreError
from tui.store.lead_rights import require_lead
from tui.store.queries import queries
from tui.store.rule_rows import RuleRecord, count_hits, format_content, read_rule, with_built_in

WEEK_HOURS = 7 * 24
"""Hours for which it is kept how often a rule matched, beside those of today."""
_WHAT = "rules"
INCOMPLETE = "Incomplete: "
"""Begin of the problem of a rule that names something that does not exist."""


class Rules:
    """Rules of one inbox, in their order."""

    def __init__(self, database: Engine, clock: Clock, rng: random.Random) -> None:
        """Create the rules of one database.

        Args:
            database: Open inbox database.
            clock: Source of the current time.
            rng: Source of randomness for new ids.
        """
        self._database = database
        self._clock = clock
        self._rng = rng
        self._sql = queries("rules")

    async def list_rules(self) -> list[Rule]:
        """Return all rules in their order, then the built-in ones that are not stored."""
        return with_built_in([read_rule(row) for row in await self._database.read(self._sql.all)])

    async def list_records(self, today: int) -> list[RuleRecord]:
        """Return all rules with how often they matched.

        Args:
            today: When the day of the agent began (ms UTC).
        """
        first = (self._clock.now() - 7 * DAY) // HOUR
        read_hits = functools.partial(self._sql.hits_since, hour=first)
        found, hits = await self._database.read(lambda c: (self._sql.all(c), read_hits(c)))
        records = [count_hits(row, hits, today // HOUR) for row in found]
        names = [record.rule.name for record in records]
        return [*records, *(RuleRecord(one) for one in BUILT_IN_RULES if one.name not in names)]

    async def find_rule(self, name: str) -> Rule | None:
        """Return the rule with a name, stored or built in; None if there is none."""
        return next((rule for rule in await self.list_rules() if rule.name == name), None)

    async def has_enabled(self) -> bool:
        """Return whether any rule is switched on."""
        return bool(await self._database.read(self._sql.any_enabled))

    async def save_rule(self, rule: Rule, agent: str, *, replaces: str = "") -> None:
        """Add a rule at the end, or replace one where it stands; on or off stays as it was.

        Args:
            rule: Rule to save; it is valid.
            agent: Name of the agent.
            replaces: Former name if it was renamed.

        Raises:
            StoreError: Another rule has the name.
        """
        await self._database.write(
            lambda transaction: self._save(transaction, rule, agent, replaces)
        )

    async def add_rule(self, rule: Rule, agent: str) -> None:
        """Add a rule at the end.

        Args:
            rule: Rule to add; it is valid.
            agent: Name of the agent.

        Raises:
            StoreError: Another rule has the name.
        """

        def insert(transaction: Transaction) -> None:
            self._refuse_known(transaction, rule.name)
            self._save(transaction, rule, agent, "")

        await self._database.write(insert)

    async def import_rules(self, rules: Sequence[Rule], agent: str) -> None:
        """Add or replace several rules in one transaction; new ones are switched off.

        Args:
            rules: Valid rules.
            agent: Name of the agent.
        """

        def save_all(transaction: Transaction) -> None:
            require_lead(transaction.connection, agent, _WHAT)
            for rule in rules:
                self._save(transaction, replace(rule, enabled=False, since=0), agent, "")

        await self._database.write(save_all)

    async def restore_rule(self, rule: Rule, place: int, agent: str) -> None:
        """Undo a deletion: the rule is back where it was, on or off as it was.

        Args:
            rule: Rule that was deleted.
            place: Its place in the order, from 0.
            agent: Name of the agent.

        Raises:
            StoreError: Another rule has the name meanwhile.
        """

        def insert(transaction: Transaction) -> None:
            self._refuse_known(transaction, rule.name, built_in=())
            self._save(transaction, rule, agent, "")
            names = [row["name"] for row in self._sql.all(transaction.connection)]
            names.remove(rule.name)
            names.insert(place, rule.name)
            self._place(transaction, names)

        await self._database.write(insert)

    async def delete_rule(self, name: str, agent: str) -> None:
        """Delete a rule; a built-in one is switched off and as it was at first.

        Args:
            name: Name of the rule.
            agent: Name of the agent.
        """

        def drop(transaction: Transaction) -> None:
            require_lead(transaction.connection, agent, _WHAT)
            row = self._sql.by_name(transaction.connection, name=name)
            if row is None:
                return
            # What it did stays for a while: it must not do it again if the deletion is undone.
            self._sql.drop(transaction.connection, id=row["id"])
            self._record(transaction, agent, "rule deleted", name)

        await self._database.write(drop)

    async def switch_rule(self, name: str, agent: str, *, on: bool) -> bool:
        """Switch a rule on or off; return False if it was so already.

        Args:
            name: Name of the rule, stored or built in.
            agent: Name of the agent.
            on: Whether to switch it on.

        Raises:
            StoreError: There is no such rule.
        """

        def switch(transaction: Transaction) -> bool:
            require_lead(transaction.connection, agent, _WHAT)
            row = self._sql.by_name(transaction.connection, name=name)
            if row is None:
                rule = next((one for one in BUILT_IN_RULES if one.name == name), None)
                if rule is None:
                    raise StoreError(f'There is no rule "{name}" any more: nothing was changed')
                self._save(transaction, rule, agent, "")
                row = self._sql.by_name(transaction.connection, name=name)
            if bool(row["enabled"]) is on:
                return False
            since = self._clock.now() if on else 0
            self._sql.switch(transaction.connection, id=row["id"], enabled=int(on), since=since)
            self._record(transaction, agent, "rule on" if on else "rule off", name)
            return True

        return await self._database.write(switch)

    async def move_rule(self, name: str, steps: int, agent: str) -> bool:
        """Move a rule up (negative) or down; return False if it is at the end already.

        Args:
            name: Name of the rule, stored or built in.
            steps: Places to move.
            agent: Name of the agent.
        """

        def move(transaction: Transaction) -> bool:
            require_lead(transaction.connection, agent, _WHAT)
            names = [row["name"] for row in self._sql.all(transaction.connection)]
            if name not in names or names.index(name) + steps >= len(names):
                names = self._store_built_in(transaction, agent)
            if name not in names:
                return False
            old = names.index(name)
            new = min(max(old + steps, 0), len(names) - 1)
            names.insert(new, names.pop(old))
            if new != old:
                self._place(transaction, names)
                self._record(transaction, agent, "rule moved", name)
            return new != old

        return await self._database.write(move)

    async def record_missing(self, missing: Mapping[int, str]) -> None:
        """Record which rules name something that does not exist, and which do so no more.

        Args:
            missing: What each rule lacks by its id; empty for nothing.
        """

        def find_changes(connection: Connection) -> dict[int, str]:
            known = {row["id"]: row["problem"] for row in self._sql.enabled(connection)}
            lacking = {id: f"{INCOMPLETE}{text}" for id, text in missing.items() if text}
            return {
                id: lacking.get(id, "")
                for id, problem in known.items()
                if id in missing
                and problem != lacking.get(id, "")
                and (id in lacking or problem.startswith(INCOMPLETE))
            }

        def write_changes(transaction: Transaction) -> None:
            changes = find_changes(transaction.connection)
            for id, problem in changes.items():
                at = self._clock.now() if problem else 0
                self._sql.set_problem(transaction.connection, id=id, problem=problem, at=at)
            transaction.mark_changed(Subject.RULE)

        if await self._database.read(find_changes):
            await self._database.write(write_changes)

    async def list_incomplete(self) -> dict[str, str]:
        """Return what each rule lacks that is on and names something that does not exist."""
        found = await self._database.read(self._sql.enabled)
        return {
            row["name"]: row["problem"].removeprefix(INCOMPLETE)
            for row in found
            if row["problem"].startswith(INCOMPLETE)
        }

    async def count_waiting(self) -> int:
        """Return how many texts no rule has judged yet."""
        return int(await self._database.read(self._sql.count_queued))

    def _save(self, transaction: Transaction, rule: Rule, agent: str, replaces: str) -> None:
        """Add or replace a rule."""
        require_lead(transaction.connection, agent, _WHAT)
        connection, content = transaction.connection, format_content(rule)
        row = self._sql.by_name(connection, name=replaces or rule.name)
        if replaces not in ("", rule.name):
            self._refuse_known(transaction, rule.name)
        if row is not None:
            self._sql.change(connection, id=row["id"], name=rule.name, content=content)
        else:
            self._sql.insert(
                connection,
                id=rule.id or create_id(self._clock.now(), self._rng),
                position=self._sql.last_position(connection) + 1,
                name=rule.name,
                enabled=int(rule.enabled),
                since=rule.since,
                content=content,
            )
        self._record(transaction, agent, "rule saved", rule.name)

    def _refuse_known(
        self, transaction: Transaction, name: str, built_in: Sequence[Rule] = BUILT_IN_RULES
    ) -> None:
        """Raise `StoreError` if a rule has the name, stored or among the built-in ones."""
        known = any(one.name == name for one in built_in)
        if known or self._sql.by_name(transaction.connection, name=name):
            raise StoreError(f'Another rule is named "{name}": nothing was saved')

    def _store_built_in(self, transaction: Transaction, agent: str) -> list[str]:
        """Store the built-in rules that are not, so that they have places; return all names."""
        names = [row["name"] for row in self._sql.all(transaction.connection)]
        for rule in BUILT_IN_RULES:
            if rule.name not in names:
                self._save(transaction, rule, agent, "")
                names.append(rule.name)
        return names

    def _place(self, transaction: Transaction, names: Sequence[str]) -> None:
        """Number the rules in a new order."""
        ids = {row["name"]: row["id"] for row in self._sql.all(transaction.connection)}
        places = [{"id": ids[name], "position": place} for place, name in enumerate(names, 1)]
        self._sql.place(transaction.connection, places)

    def _record(self, transaction: Transaction, agent: str, action: str, name: str) -> None:
        """Record a change in the audit trail, and let other processes use it at once."""
        record_action(transaction, self._rng, self._clock, agent, action, detail=name)
        transaction.mark_changed(Subject.RULE)
