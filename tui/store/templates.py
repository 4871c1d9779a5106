"""Canned replies and the desk's own fields, kept where every agent finds them."""

from collections.abc import Mapping, Sequence

from tui.clock import Clock
from tui.domain.change import Subject
from tui.domain.templates import Field, Template
from tui.domain.text import repair
from tui.store.database import Database, Transaction
from tui.store.queries import queries


class Templates:
    """Reading and keeping canned replies."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Keep what every call needs."""
        self._database = database
        self._clock = clock
        self._sql = queries("writing")

    async def all(self) -> list[Template]:
        """Every canned reply, by name."""
        found = await self._database.read(self._sql.templates)
        return [Template(row["name"], row["body"], row["uses"]) for row in found]

    async def by_use(self) -> list[Template]:
        """Every canned reply, the most used first."""
        return sorted(await self.all(), key=lambda template: -template.uses)

    async def values(self) -> dict[str, str]:
        """The desk's own fields."""
        found = await self._database.read(self._sql.template_values)
        return {row["name"]: row["value"] for row in found}

    async def save(self, template: Template, agent: str, *, replaces: str = "") -> None:
        """Add or replace one; `replaces` names the one it was made from, when renamed."""

        def work(transaction: Transaction) -> None:
            if replaces and replaces != template.name:
                self._sql.drop_template(transaction.connection, name=replaces)
            self._save(transaction, template, agent)
            transaction.changed(Subject.TEMPLATE)

        await self._database.write(work)

    async def take_in(
        self, templates: Sequence[Template], values: Mapping[str, str], agent: str
    ) -> None:
        """Add or replace several with own fields, in one transaction."""

        def work(transaction: Transaction) -> None:
            for template in templates:
                self._save(transaction, template, agent)
            for name, value in values.items():
                self._sql.save_template_value(
                    transaction.connection, name=repair(name), value=repair(value)
                )
            transaction.changed(Subject.TEMPLATE)

        await self._database.write(work)

    async def save_value(self, field: Field, *, replaces: str = "") -> None:
        """Add or replace an own field; `replaces` names the one it was made from, when renamed."""

        def work(transaction: Transaction) -> None:
            connection = transaction.connection
            if replaces and replaces != field.name:
                self._sql.drop_template_value(connection, name=replaces)
            name, value = repair(field.name), repair(field.value)
            self._sql.save_template_value(connection, name=name, value=value)
            transaction.changed(Subject.TEMPLATE)

        await self._database.write(work)

    async def drop_value(self, name: str) -> None:
        """Remove an own field."""

        def work(transaction: Transaction) -> None:
            self._sql.drop_template_value(transaction.connection, name=name)
            transaction.changed(Subject.TEMPLATE)

        await self._database.write(work)

    async def used(self, name: str) -> None:
        """One was taken: the most used ones come first."""

        def work(transaction: Transaction) -> None:
            if self._sql.template_used(transaction.connection, name=name):
                transaction.changed(Subject.TEMPLATE)

        await self._database.write(work)

    async def drop(self, name: str) -> None:
        """Remove one."""

        def work(transaction: Transaction) -> None:
            self._sql.drop_template(transaction.connection, name=name)
            transaction.changed(Subject.TEMPLATE)

        await self._database.write(work)

    def _save(self, transaction: Transaction, template: Template, agent: str) -> None:
        """One row."""
        self._sql.save_template(
            transaction.connection,
            name=repair(template.name),
            body=repair(template.body),
            agent=agent,
            now=self._clock.now(),
        )
