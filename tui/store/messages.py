"""Read the messages of a conversation and write private notes.

It gives pages in both directions, histories, attachments and full-text search. A private
note can be withdrawn by its author: it disappears from the conversation, the search and the
mentions.
"""

import functools
import random
from collections.abc import Collection, Sequence

from tui.clock import Clock
from tui.domain.change import Subject
from tui.domain.conversation import Draft
from tui.domain.events import TimelineEntry
from tui.domain.message import AttachmentInfo, Message
from tui.domain.text import repair_text
from tui.domain.typed_text import compose_outgoing_text
from tui.store import rows
from tui.store.connections import Connection, Row
from tui.store.drafts import turn_note_into_draft
from tui.store.engine import Engine, Transaction
from tui.store.message_rows import insert_note
from tui.store.queries import queries
from tui.store.stored_drafts import finish_draft
from tui.store.summaries import Summaries

NEWEST = 1 << 62
"""Id after every message: the position to page back from."""


class Messages:
    """Queries that the view of a conversation needs, and private notes."""

    def __init__(self, database: Engine, clock: Clock, rng: random.Random) -> None:
        """Create the message queries of one database.

        Args:
            database: Open inbox database.
            clock: Source of the current time.
            rng: Source of randomness for new ids.
        """
        self._database = database
        self._clock = clock
        self._rng = rng
        self._sql = queries("messages")

    async def get(self, message_id: int) -> Message | None:
        """Return a message, or None if there is none with this id."""
        row = await self._database.read(functools.partial(self._sql.get, id=message_id))
        return rows.to_message(row) if row else None

    async def get_many(self, ids: Collection[int]) -> list[Message]:
        """Return those of the messages that exist, in no order, with one thread switch.

        Args:
            ids: Ids of the messages.
        """

        def read_rows(connection: Connection) -> list[Row | None]:
            return [self._sql.get(connection, id=identity) for identity in ids]

        return [
            rows.to_message(row) for row in await self._database.read(read_rows) if row is not None
        ]

    async def list_before(self, conversation_id: int, before: int, limit: int) -> list[Message]:
        """Return messages older than message `before`, oldest first.

        Args:
            conversation_id: Id of the conversation.
            before: Id of the message to end at; it is not included.
            limit: Maximum number of messages.
        """
        query = functools.partial(
            self._sql.newest, conversation_id=conversation_id, before=before, limit=limit
        )
        return rows.to_messages(await self._database.read(query))[::-1]

    async def list_after(self, conversation_id: int, after: int, limit: int) -> list[Message]:
        """Return messages newer than message `after`, oldest first.

        Args:
            conversation_id: Id of the conversation.
            after: Id of the message to start from; it is not included.
            limit: Maximum number of messages.
        """
        query = functools.partial(
            self._sql.following, conversation_id=conversation_id, after=after, limit=limit
        )
        return rows.to_messages(await self._database.read(query))

    async def list_arrived_after(
        self, conversation_id: int, upto: int, limit: int
    ) -> list[Message]:
        """Return the first messages that arrived after a place in the order of arrival.

        They are sorted by their own time, oldest first.

        Args:
            conversation_id: Id of the conversation.
            upto: Place that is not included: `arrival_id` of a message.
            limit: Maximum number of messages.
        """
        query = functools.partial(
            self._sql.arrived_after, conversation_id=conversation_id, upto=upto, limit=limit
        )
        found = rows.to_messages(await self._database.read(query))
        return sorted(found, key=lambda message: message.id)

    async def find_first_late_text(self, conversation_id: int, upto: int) -> int:
        """Return the id of the oldest text that arrived above what was read; 0 for none.

        Args:
            conversation_id: Id of the conversation.
            upto: Place in the order of arrival up to which all was read.
        """
        query = functools.partial(
            self._sql.first_late_text, conversation_id=conversation_id, upto=upto
        )
        return await self._database.read(query) or 0

    async def search_text(
        self, text: str, *, before: int = NEWEST, limit: int = 50, conversation_id: int = 0
    ) -> list[Message]:
        """Return messages that contain all search terms, newest first.

        A term may be the beginning of a longer one; accents are ignored. An empty search
        finds nothing. Cancelling the call stops the query.

        Args:
            text: Search terms.
            before: Id of the message to end at; it is not included.
            limit: Maximum number of messages.
            conversation_id: Conversation to search in; 0 for all.
        """
        # Imported late: the patterns of the search are not needed before the first picture.
        from tui.domain.searching import SearchQuery
        from tui.store.search import MessageSearch

        query = SearchQuery(text=text, here=bool(conversation_id))
        return await MessageSearch(self._database).find_messages(
            query, open_id=conversation_id, before=before, limit=limit
        )

    async def list_events(self, message_id: int) -> list[TimelineEntry]:
        """Return everything reported about a message, in the order of arrival."""
        query = functools.partial(queries("messages").events_of, message_id=message_id)
        return [rows.to_entry(row) for row in await self._database.read(query)]

    async def list_failed(self, conversation_id: int) -> list[Message]:
        """Return outgoing messages in trouble that are not handled, newest first."""
        query = functools.partial(self._sql.trouble_of, conversation_id=conversation_id)
        return rows.to_messages(await self._database.read(query))

    async def has_mention(self, message_id: int, agent: str) -> bool:
        """Return whether a note mentions this agent.

        Args:
            message_id: Id of the note.
            agent: Name of the agent.
        """
        query = queries("writing").mentioned
        read = functools.partial(query, agent=agent, message_id=message_id)
        return await self._database.read(read) is not None

    async def list_attachments(self, message_id: int) -> list[AttachmentInfo]:
        """Return the attachments of a message without their bytes."""
        query = functools.partial(self._sql.attachments_of, message_id=message_id)
        return [rows.to_attachment(row) for row in await self._database.read(query)]

    async def get_attachment_data(self, attachment_id: int) -> bytes:
        """Return the bytes of an attachment; empty if there is none."""
        query = functools.partial(self._sql.attachment_data, id=attachment_id)
        return await self._database.read(query) or b""

    async def add_note(
        self,
        conversation_id: int,
        agent: str,
        body: str,
        mentions: Sequence[str] = (),
        *,
        draft: Draft | None = None,
    ) -> int:
        """Write a private note and return its id.

        Args:
            conversation_id: Id of the conversation.
            agent: Name of the agent.
            body: Text of the note.
            mentions: Names of the agents to notify.
            draft: Draft that the agent saw when saving it; None if it is not one.

        Raises:
            DraftChanged: Another window of the agent has changed or saved the draft.
        """

        def write_note(transaction: Transaction) -> int:
            summaries = Summaries(transaction, self._rng)
            here = summaries.get(conversation_id)["id"]
            identity = insert_note(
                transaction, summaries, self._clock, self._rng, here, agent, body, mentions
            )
            summaries.flush()
            finish_draft(
                transaction.connection,
                here,
                agent,
                compose_outgoing_text(repair_text(body)),
                draft,
                note=True,
            )
            transaction.mark_changed(Subject.DRAFT, here, here)
            return identity

        return await self._database.write(write_note)

    async def withdraw_note(self, note_id: int, agent: str, *, keep_text: bool = True) -> bool:
        """Turn an agent's note into a draft again; return False if it is not that agent's.

        Args:
            note_id: Id of the note.
            agent: Name of the agent.
            keep_text: False leaves no draft: a macro has written the note, not the agent.
        """
        work = functools.partial(
            turn_note_into_draft,
            rng=self._rng,
            clock=self._clock,
            note_id=note_id,
            agent=agent,
            keep_text=keep_text,
        )
        return await self._database.write(work)
