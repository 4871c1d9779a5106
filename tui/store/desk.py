"""What agents leave on the desk: drafts, presence, canned replies."""

import functools
from dataclasses import dataclass

from tui.clock import SECOND, Clock
from tui.domain.change import Subject
from tui.domain.conversation import Draft
from tui.domain.text import repair
from tui.store import rows
from tui.store.database import Database, Transaction
from tui.store.queries import queries

_PRESENT_MS = 20 * SECOND


@dataclass(frozen=True, slots=True)
class Colleague:
    """Someone else who looks at the same conversation."""

    agent: str
    typing: bool


@dataclass(frozen=True, slots=True)
class Template:
    """A canned reply."""

    name: str
    body: str


class Drafts:
    """What has been typed and not sent, kept as it is typed."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Keep what every call needs."""
        self._database = database
        self._clock = clock
        self._sql = queries("desk")

    async def get(self, conversation_id: int, agent: str) -> Draft | None:
        """An agent's draft in a conversation."""
        query = functools.partial(self._sql.draft, conversation_id=conversation_id, agent=agent)
        row = await self._database.read(query)
        return rows.draft(row) if row else None

    async def of(self, agent: str) -> list[Draft]:
        """Every draft of an agent, newest first."""
        query = functools.partial(self._sql.drafts_of, agent=agent)
        return [rows.draft(row) for row in await self._database.read(query)]

    async def save(
        self,
        conversation_id: int,
        agent: str,
        body: str,
        *,
        account: str = "",
        sender: str = "",
        began_at: int,
    ) -> None:
        """Keep what is typed; an empty text takes the draft away."""

        def work(transaction: Transaction) -> None:
            if body:
                self._sql.save_draft(
                    transaction.connection,
                    conversation_id=conversation_id,
                    agent=agent,
                    body=repair(body),
                    account=account,
                    sender=sender,
                    began_at=began_at,
                    now=self._clock.now(),
                )
            else:
                self._sql.drop_draft(
                    transaction.connection, conversation_id=conversation_id, agent=agent
                )
            transaction.changed(Subject.DRAFT, conversation_id, conversation_id)

        await self._database.write(work)


class Presence:
    """Who looks at which conversation, and who types."""

    def __init__(self, database: Database, clock: Clock, owner: str) -> None:
        """`owner` names this process."""
        self._database = database
        self._clock = clock
        self._owner = owner
        self._sql = queries("desk")

    async def here(self, agent: str, conversation_id: int, *, typing: bool) -> None:
        """Say where this agent is; to be repeated within 20 seconds."""

        def work(transaction: Transaction) -> None:
            self._sql.save_presence(
                transaction.connection,
                owner=self._owner,
                agent=agent,
                conversation_id=conversation_id,
                typing=int(typing),
                now=self._clock.now(),
            )
            transaction.changed(Subject.PRESENCE, conversation_id, conversation_id)

        await self._database.write(work)

    async def others(self, conversation_id: int) -> list[Colleague]:
        """Who else is in a conversation now."""
        query = functools.partial(
            self._sql.others,
            conversation_id=conversation_id,
            owner=self._owner,
            since=self._clock.now() - _PRESENT_MS,
        )
        found = await self._database.read(query)
        return [Colleague(row["agent"], bool(row["typing"])) for row in found]

    async def accounts(self) -> set[str]:
        """The accounts of all conversations that anyone looks at now."""
        query = functools.partial(self._sql.watched, since=self._clock.now() - _PRESENT_MS)
        return {row["account"] for row in await self._database.read(query)}


class Templates:
    """Canned replies, kept where every agent finds them."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Keep what every call needs."""
        self._database = database
        self._clock = clock
        self._sql = queries("desk")

    async def all(self) -> list[Template]:
        """Every canned reply, by name."""
        found = await self._database.read(self._sql.templates)
        return [Template(row["name"], row["body"]) for row in found]

    async def save(self, template: Template, agent: str) -> None:
        """Add or replace one."""

        def work(transaction: Transaction) -> None:
            self._sql.save_template(
                transaction.connection,
                name=repair(template.name),
                body=repair(template.body),
                agent=agent,
                now=self._clock.now(),
            )
            transaction.changed(Subject.TEMPLATE)

        await self._database.write(work)

    async def drop(self, name: str) -> None:
        """Remove one."""

        def work(transaction: Transaction) -> None:
            self._sql.drop_template(transaction.connection, name=name)
            transaction.changed(Subject.TEMPLATE)

        await self._database.write(work)
