"""Store what agents leave while they work: drafts, unfinished notes and their presence."""

import functools
import json
from dataclasses import dataclass

from tui.clock import SECOND, Clock
from tui.domain.change import Subject
from tui.domain.conversation import Draft
from tui.domain.message import NO_MMS_CONTENT, MmsContent
from tui.domain.text import repair_text
from tui.store import rows
from tui.store.database import Database, Transaction
from tui.store.queries import queries

_PRESENCE_TIMEOUT_MS = 20 * SECOND


@dataclass(frozen=True, slots=True)
class Colleague:
    """Another agent who looks at the same conversation."""

    agent: str
    typing: bool


class Drafts:
    """Text that was typed and not sent, saved while it is typed."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Create the drafts of one database.

        Args:
            database: Open inbox database.
            clock: Source of the current time.
        """
        self._database = database
        self._clock = clock
        self._sql = queries("desk")

    async def get_draft(self, conversation_id: int, agent: str) -> Draft | None:
        """Return the agent's draft in a conversation, or None if there is none.

        Args:
            conversation_id: Id of the conversation.
            agent: Name of the agent.
        """
        query = functools.partial(self._sql.draft, conversation_id=conversation_id, agent=agent)
        row = await self._database.read(query)
        return rows.to_draft(row) if row else None

    async def list_drafts(self, agent: str) -> list[Draft]:
        """Return every draft of an agent, newest first.

        Args:
            agent: Name of the agent.
        """
        query = functools.partial(self._sql.drafts_of, agent=agent)
        return [rows.to_draft(row) for row in await self._database.read(query)]

    async def save_draft(
        self,
        conversation_id: int,
        agent: str,
        body: str,
        *,
        account: str = "",
        sender: str = "",
        enclosed: MmsContent = NO_MMS_CONTENT,
        began_at: int,
    ) -> None:
        """Save the text typed so far; empty text without attachments deletes the draft.

        Args:
            conversation_id: Id of the conversation.
            agent: Name of the agent.
            body: Text of the draft.
            account: Account to send through; empty for the default.
            sender: Sender ID to send from; empty for the default.
            enclosed: Attachments and subject of an MMS.
            began_at: Time when the agent began to write, in ms UTC.
        """

        def write_draft(transaction: Transaction) -> None:
            if body or enclosed:
                self._sql.save_draft(
                    transaction.connection,
                    conversation_id=conversation_id,
                    agent=agent,
                    body=repair_text(body),
                    account=account,
                    sender=sender,
                    media=json.dumps(list(enclosed.media)),
                    subject=repair_text(enclosed.subject),
                    began_at=began_at,
                    now=self._clock.now(),
                )
            else:
                self._sql.drop_draft(
                    transaction.connection, conversation_id=conversation_id, agent=agent
                )
            transaction.mark_changed(Subject.DRAFT, conversation_id, conversation_id)

        await self._database.write(write_draft)

    async def list_conversations_with_drafts(self, agent: str) -> frozenset[int]:
        """Return the ids of the conversations in which the agent has a draft."""
        query = functools.partial(queries("writing").with_drafts, agent=agent)
        return frozenset(row["conversation_id"] for row in await self._database.read(query))

    async def get_note_draft(self, conversation_id: int, agent: str) -> str:
        """Return the agent's unfinished note in a conversation; empty for none.

        Args:
            conversation_id: Id of the conversation.
            agent: Name of the agent.
        """
        query = queries("writing").note_draft
        read = functools.partial(query, conversation_id=conversation_id, agent=agent)
        return await self._database.read(read) or ""

    async def save_note_draft(self, conversation_id: int, agent: str, body: str) -> None:
        """Save an unfinished note; empty text deletes it.

        Args:
            conversation_id: Id of the conversation.
            agent: Name of the agent.
            body: Text of the note.
        """

        def write_note_draft(transaction: Transaction) -> None:
            sql, key = queries("writing"), {"conversation_id": conversation_id, "agent": agent}
            if body:
                values = {"body": repair_text(body), "now": self._clock.now()}
                sql.save_note_draft(transaction.connection, **key, **values)
            else:
                sql.drop_note_draft(transaction.connection, **key)

        await self._database.write(write_note_draft)


class AgentPresence:
    """Record of which agent looks at which conversation, and who types."""

    def __init__(self, database: Database, clock: Clock, owner: str) -> None:
        """Create the presence of one process.

        Args:
            database: Open inbox database.
            clock: Source of the current time.
            owner: Id of this process.
        """
        self._database = database
        self._clock = clock
        self._owner = owner
        self._sql = queries("desk")

    async def announce_presence(self, agent: str, conversation_id: int, *, typing: bool) -> None:
        """Record where this agent is; it must be repeated within 20 seconds.

        Watchers are notified only if something differs from the last call.

        Args:
            agent: Name of the agent.
            conversation_id: Id of the conversation that the agent looks at.
            typing: Whether the agent types.
        """

        def write_presence(transaction: Transaction) -> None:
            previous = self._sql.own_presence(transaction.connection, owner=self._owner)
            self._sql.save_presence(
                transaction.connection,
                owner=self._owner,
                agent=agent,
                conversation_id=conversation_id,
                typing=int(typing),
                now=self._clock.now(),
            )
            if previous is not None and previous["conversation_id"] != conversation_id:
                left = previous["conversation_id"]
                transaction.mark_changed(Subject.PRESENCE, left, left)
            if previous is None or tuple(previous) != (conversation_id, int(typing)):
                transaction.mark_changed(Subject.PRESENCE, conversation_id, conversation_id)

        await self._database.write(write_presence)

    async def clear_presence(self) -> None:
        """Record that this agent looks at no conversation any more."""

        def drop_presence(transaction: Transaction) -> None:
            previous = self._sql.own_presence(transaction.connection, owner=self._owner)
            self._sql.drop_presence(transaction.connection, owner=self._owner)
            if previous is not None:
                left = previous["conversation_id"]
                transaction.mark_changed(Subject.PRESENCE, left, left)

        await self._database.write(drop_presence)

    async def list_colleagues(self, conversation_id: int) -> list[Colleague]:
        """Return the other agents who look at a conversation now."""
        query = functools.partial(
            self._sql.others,
            conversation_id=conversation_id,
            owner=self._owner,
            since=self._clock.now() - _PRESENCE_TIMEOUT_MS,
        )
        found = await self._database.read(query)
        return [Colleague(row["agent"], bool(row["typing"])) for row in found]

    async def list_viewed_accounts(self) -> set[str]:
        """Return the accounts of all conversations that any agent looks at now."""
        query = functools.partial(self._sql.watched, since=self._clock.now() - _PRESENCE_TIMEOUT_MS)
        return {row["account"] for row in await self._database.read(query)}
