"""Store canned replies and the team's own fields for all agents."""

from collections.abc import Mapping, Sequence

from tui.clock import Clock
from tui.domain.change import Subject
from tui.domain.templates import CannedReply, CustomField
from tui.domain.text import repair_text
from tui.store.engine import Engine, Transaction
from tui.store.queries import queries


class Templates:
    """Canned replies and own fields of the team."""

    def __init__(self, database: Engine, clock: Clock) -> None:
        """Create the canned replies of one database.

        Args:
            database: Open inbox database.
            clock: Source of the current time.
        """
        self._database = database
        self._clock = clock
        self._sql = queries("writing")

    async def list_by_name(self) -> list[CannedReply]:
        """Return every canned reply, by name."""
        found = await self._database.read(self._sql.templates)
        return [CannedReply(row["name"], row["body"], row["uses"]) for row in found]

    async def list_by_use(self) -> list[CannedReply]:
        """Return every canned reply, the most used first."""
        return sorted(await self.list_by_name(), key=lambda template: -template.uses)

    async def get_fields(self) -> dict[str, str]:
        """Return the values of the team's own fields by name."""
        found = await self._database.read(self._sql.template_values)
        return {row["name"]: row["value"] for row in found}

    async def save_template(self, template: CannedReply, agent: str, *, replaces: str = "") -> None:
        """Add or replace a canned reply.

        Args:
            template: Canned reply to save.
            agent: Name of the agent.
            replaces: Former name if it was renamed.
        """

        def write_template(transaction: Transaction) -> None:
            if replaces and replaces != template.name:
                self._sql.drop_template(transaction.connection, name=replaces)
            self._save_row(transaction, template, agent)
            transaction.mark_changed(Subject.CANNED_REPLY)

        await self._database.write(write_template)

    async def import_templates(
        self, templates: Sequence[CannedReply], values: Mapping[str, str], agent: str
    ) -> None:
        """Add or replace several canned replies and own fields in one transaction.

        Args:
            templates: Canned replies to save.
            values: Values of own fields by name.
            agent: Name of the agent.
        """

        def write_templates(transaction: Transaction) -> None:
            for template in templates:
                self._save_row(transaction, template, agent)
            for name, value in values.items():
                self._sql.save_template_value(
                    transaction.connection, name=repair_text(name), value=repair_text(value)
                )
            transaction.mark_changed(Subject.CANNED_REPLY)

        await self._database.write(write_templates)

    async def save_field(self, field: CustomField, *, replaces: str = "") -> None:
        """Add or replace an own field.

        Args:
            field: Field to save.
            replaces: Former name if it was renamed.
        """

        def write_field(transaction: Transaction) -> None:
            connection = transaction.connection
            if replaces and replaces != field.name:
                self._sql.drop_template_value(connection, name=replaces)
            name, value = repair_text(field.name), repair_text(field.value)
            self._sql.save_template_value(connection, name=name, value=value)
            transaction.mark_changed(Subject.CANNED_REPLY)

        await self._database.write(write_field)

    async def delete_field(self, name: str) -> None:
        """Delete an own field."""

        def drop_field(transaction: Transaction) -> None:
            self._sql.drop_template_value(transaction.connection, name=name)
            transaction.mark_changed(Subject.CANNED_REPLY)

        await self._database.write(drop_field)

    async def record_use(self, name: str) -> None:
        """Count one use of a canned reply: the most used ones come first."""

        def write_use(transaction: Transaction) -> None:
            if self._sql.template_used(transaction.connection, name=name):
                transaction.mark_changed(Subject.CANNED_REPLY)

        await self._database.write(write_use)

    async def delete_template(self, name: str) -> None:
        """Delete a canned reply."""

        def drop_template(transaction: Transaction) -> None:
            self._sql.drop_template(transaction.connection, name=name)
            transaction.mark_changed(Subject.CANNED_REPLY)

        await self._database.write(drop_template)

    def _save_row(self, transaction: Transaction, template: CannedReply, agent: str) -> None:
        """Write one canned reply."""
        self._sql.save_template(
            transaction.connection,
            name=repair_text(template.name),
            body=repair_text(template.body),
            agent=agent,
            now=self._clock.now(),
        )
