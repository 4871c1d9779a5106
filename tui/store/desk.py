"""What agents leave on the desk: drafts, half-written notes, presence."""

import functools
import json
from dataclasses import dataclass

from tui.clock import SECOND, Clock
from tui.domain.change import Subject
from tui.domain.conversation import Draft
from tui.domain.message import NOTHING, Enclosed
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
        enclosed: Enclosed = NOTHING,
        began_at: int,
    ) -> None:
        """Keep what is typed; an empty text without pictures takes the draft away."""

        def work(transaction: Transaction) -> None:
            if body or enclosed:
                self._sql.save_draft(
                    transaction.connection,
                    conversation_id=conversation_id,
                    agent=agent,
                    body=repair(body),
                    account=account,
                    sender=sender,
                    media=json.dumps(list(enclosed.media)),
                    subject=repair(enclosed.subject),
                    began_at=began_at,
                    now=self._clock.now(),
                )
            else:
                self._sql.drop_draft(
                    transaction.connection, conversation_id=conversation_id, agent=agent
                )
            transaction.changed(Subject.DRAFT, conversation_id, conversation_id)

        await self._database.write(work)

    async def places(self, agent: str) -> frozenset[int]:
        """The conversations in which an agent has begun to write."""
        query = functools.partial(queries("writing").with_drafts, agent=agent)
        return frozenset(row["conversation_id"] for row in await self._database.read(query))

    async def note(self, conversation_id: int, agent: str) -> str:
        """The private note an agent has begun in a conversation; empty for none."""
        query = queries("writing").note_draft
        look = functools.partial(query, conversation_id=conversation_id, agent=agent)
        return await self._database.read(look) or ""

    async def save_note(self, conversation_id: int, agent: str, body: str) -> None:
        """Keep a note as it is typed; an empty text takes it away."""

        def work(transaction: Transaction) -> None:
            sql, place = queries("writing"), {"conversation_id": conversation_id, "agent": agent}
            if body:
                values = {"body": repair(body), "now": self._clock.now()}
                sql.save_note_draft(transaction.connection, **place, **values)
            else:
                sql.drop_note_draft(transaction.connection, **place)

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
        """Say where this agent is; to be repeated within 20 seconds.

        Watchers are told only when it differs from what was said last.
        """

        def work(transaction: Transaction) -> None:
            before = self._sql.own_presence(transaction.connection, owner=self._owner)
            self._sql.save_presence(
                transaction.connection,
                owner=self._owner,
                agent=agent,
                conversation_id=conversation_id,
                typing=int(typing),
                now=self._clock.now(),
            )
            if before is not None and before["conversation_id"] != conversation_id:
                left = before["conversation_id"]
                transaction.changed(Subject.PRESENCE, left, left)
            if before is None or tuple(before) != (conversation_id, int(typing)):
                transaction.changed(Subject.PRESENCE, conversation_id, conversation_id)

        await self._database.write(work)

    async def nowhere(self) -> None:
        """This agent looks at no conversation any more."""

        def work(transaction: Transaction) -> None:
            before = self._sql.own_presence(transaction.connection, owner=self._owner)
            self._sql.drop_presence(transaction.connection, owner=self._owner)
            if before is not None:
                left = before["conversation_id"]
                transaction.changed(Subject.PRESENCE, left, left)

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
