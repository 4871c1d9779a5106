"""Store canned replies, of the team and of each agent, and the team's own fields."""

import functools
import random
from collections.abc import Mapping, Sequence

from tui.clock import Clock
from tui.domain.change import Subject
from tui.domain.templates import CannedReply, CustomField
from tui.domain.text import repair_text
from tui.store.connections import Connection, Row
from tui.store.engine import Engine, Transaction
from tui.store.errors import StoreError
from tui.store.lead_rights import require_lead
from tui.store.queries import queries
from tui.store.renamed_names import rename_reply

SHARED_REPLIES = "shared canned replies"
"""What only leads change here, as a refusal names it."""


class Templates:
    """Canned replies and own fields of the team."""

    def __init__(self, database: Engine, clock: Clock, rng: random.Random) -> None:
        """Create the canned replies of one database.

        Args:
            database: Open inbox database.
            clock: Source of the current time.
            rng: Source of randomness for new ids.
        """
        self._database = database
        self._clock = clock
        self._rng = rng
        self._sql = queries("writing")

    async def list_all(self, agent: str = "") -> list[CannedReply]:
        """Return the canned replies of the team and of an agent, in their order.

        Args:
            agent: Name of the agent; "" for those of the team alone.
        """
        found = await self._database.read(functools.partial(self._sql.templates, agent=agent))
        return [_to_template(row) for row in found]

    async def list_in_order(self, agent: str = "") -> list[CannedReply]:
        """Return the canned replies that an agent uses: an own one hides one of the same name.

        Args:
            agent: Name of the agent; "" for those of the team alone.
        """
        found = await self.list_all(agent)
        own = {template.name for template in found if template.owner}
        return [template for template in found if template.owner or template.name not in own]

    async def list_by_name(self, agent: str = "") -> list[CannedReply]:
        """Return the canned replies that an agent uses, by name.

        Args:
            agent: Name of the agent; "" for those of the team alone.
        """
        return sorted(await self.list_in_order(agent), key=lambda template: template.name)

    async def get_fields(self) -> dict[str, str]:
        """Return the values of the team's own fields by name."""
        found = await self._database.read(self._sql.template_values)
        return {row["name"]: row["value"] for row in found}

    async def save_template(
        self,
        template: CannedReply,
        agent: str,
        *,
        replaces: str = "",
        replaces_owner: str | None = None,
    ) -> None:
        """Add or replace a canned reply; rules that send a shared one follow its new name.

        Two agents may choose one name at the same moment: the later of them is refused.

        Args:
            template: Canned reply to save.
            agent: Name of the agent.
            replaces: Name of the reply that it replaces, which keeps its place; "" for a new one.
            replaces_owner: Owner under that name; None for the same one.

        Raises:
            StoreError: Another one has the name.
        """
        owner = template.owner if replaces_owner is None else replaces_owner
        former, target = (replaces, owner), (repair_text(template.name), template.owner)

        def write_template(transaction: Transaction) -> None:
            connection = transaction.connection
            if not (template.owner and owner):
                require_lead(connection, agent, SHARED_REPLIES)
            if former != target:
                self._refuse_known_reply(connection, *target)
            if replaces and former != target:
                self._sql.rename_template(
                    connection,
                    name=former[0],
                    owner=former[1],
                    new_name=target[0],
                    new_owner=target[1],
                )
                if not owner and not template.owner:
                    names = replaces, target[0]
                    rename_reply(transaction, self._rng, self._clock, agent, *names)
            self._save_row(transaction, template, agent)
            transaction.mark_changed(Subject.CANNED_REPLY)

        await self._database.write(write_template)

    async def move_template(self, template: CannedReply, agent: str, places: int) -> None:
        """Move a canned reply among those of the team and of an agent.

        Args:
            template: Canned reply to move.
            agent: Name of the agent.
            places: Number of places down; negative moves up.
        """

        def write_order(transaction: Transaction) -> None:
            connection = transaction.connection
            found = [_to_template(row) for row in self._sql.templates(connection, agent=agent)]
            keys, places_taken = [one.key for one in found], [one.position for one in found]
            if template.key not in keys:
                return
            moved = found.pop(keys.index(template.key))
            found.insert(min(len(found), max(0, keys.index(template.key) + places)), moved)
            # The places stay those of before, so that what other agents have keeps its place.
            for one, position in zip(found, sorted(places_taken), strict=True):
                if one.position != position:
                    if not one.owner:  # also when a private one passes a shared one
                        require_lead(connection, agent, SHARED_REPLIES)
                    self._sql.place_template(
                        connection, name=one.name, owner=one.owner, position=position
                    )
            transaction.mark_changed(Subject.CANNED_REPLY)

        await self._database.write(write_order)

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
            if values or not all(template.owner for template in templates):
                require_lead(transaction.connection, agent, SHARED_REPLIES)
            for template in templates:
                self._save_row(transaction, template, agent)
            for name, value in values.items():
                self._sql.save_template_value(
                    transaction.connection, name=repair_text(name), value=repair_text(value)
                )
            transaction.mark_changed(Subject.CANNED_REPLY)

        await self._database.write(write_templates)

    async def save_field(self, field: CustomField, agent: str, *, replaces: str = "") -> None:
        """Add or replace an own field.

        Args:
            field: Field to save.
            agent: Name of the agent.
            replaces: Name of the field that it replaces; "" for a new one.

        Raises:
            StoreError: Another one has the name.
        """

        def write_field(transaction: Transaction) -> None:
            connection = transaction.connection
            require_lead(connection, agent, SHARED_REPLIES)
            name, value = repair_text(field.name), repair_text(field.value)
            known = {row["name"] for row in self._sql.template_values(connection)}
            if name != replaces and name in known:
                raise StoreError(f'Another field is named "{name}": nothing was saved')
            if replaces and replaces != name:
                self._sql.drop_template_value(connection, name=replaces)
            self._sql.save_template_value(connection, name=name, value=value)
            transaction.mark_changed(Subject.CANNED_REPLY)

        await self._database.write(write_field)

    async def delete_field(self, name: str, agent: str) -> None:
        """Delete an own field.

        Args:
            name: Name of the field.
            agent: Name of the agent.
        """

        def drop_field(transaction: Transaction) -> None:
            require_lead(transaction.connection, agent, SHARED_REPLIES)
            self._sql.drop_template_value(transaction.connection, name=name)
            transaction.mark_changed(Subject.CANNED_REPLY)

        await self._database.write(drop_field)

    async def record_use(self, name: str, owner: str = "") -> None:
        """Count one use of a canned reply.

        Args:
            name: Name of the reply.
            owner: The only agent who has it; "" for the team.
        """

        def write_use(transaction: Transaction) -> None:
            if self._sql.template_used(transaction.connection, name=name, owner=owner):
                transaction.mark_changed(Subject.CANNED_REPLY)

        await self._database.write(write_use)

    async def delete_template(self, name: str, agent: str, owner: str = "") -> bool:
        """Delete a canned reply; return False if there was none.

        Args:
            name: Name of the reply.
            agent: Name of the agent.
            owner: The only agent who has it; "" for the team.
        """

        def drop_template(transaction: Transaction) -> bool:
            if not owner:
                require_lead(transaction.connection, agent, SHARED_REPLIES)
            count = self._sql.drop_template(transaction.connection, name=name, owner=owner)
            transaction.mark_changed(Subject.CANNED_REPLY)
            return bool(count)

        return await self._database.write(drop_template)

    def _refuse_known_reply(self, connection: Connection, name: str, owner: str) -> None:
        """Raise `StoreError` if a canned reply has the name and owner."""
        known = self._sql.templates(connection, agent=owner)
        if any((row["name"], row["owner"]) == (name, owner) for row in known):
            raise StoreError(f'Another canned reply is named "{name}": nothing was saved')

    def _save_row(self, transaction: Transaction, template: CannedReply, agent: str) -> None:
        """Write one canned reply."""
        self._sql.save_template(
            transaction.connection,
            name=repair_text(template.name),
            owner=template.owner,
            body=repair_text(template.body),
            actions=repair_text(template.actions),
            position=template.position,
            agent=agent,
            now=self._clock.now(),
        )


def _to_template(row: Row) -> CannedReply:
    """Return a row as a canned reply."""
    return CannedReply(
        row["name"],
        row["body"],
        row["uses"],
        row["owner"],
        row["actions"],
        row["position"],
    )
