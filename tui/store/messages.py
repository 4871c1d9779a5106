"""Messages of a conversation: pages both ways, histories, attachments, full-text search."""

import functools
import random
import sqlite3
from collections.abc import Collection, Sequence
from typing import Any

from tui.clock import Clock
from tui.domain.change import Subject
from tui.domain.fold import fold, search_query
from tui.domain.ids import new_id
from tui.domain.message import AttachmentInfo, Direction, Message
from tui.domain.text import repair
from tui.domain.timeline import Entry
from tui.store import rows
from tui.store.audit import record
from tui.store.database import Database, Transaction
from tui.store.notes import withdraw
from tui.store.queries import queries
from tui.store.summaries import Summaries, note_last

NEWEST = 1 << 62
"""Behind every message: the place to page back from."""


class Messages:
    """What a conversation's view reads."""

    def __init__(self, database: Database, clock: Clock, rng: random.Random) -> None:
        """Keep what every call needs."""
        self._database = database
        self._clock = clock
        self._rng = rng
        self._sql = queries("messages")

    async def get(self, message_id: int) -> Message | None:
        """One message."""
        row = await self._database.read(functools.partial(self._sql.get, id=message_id))
        return rows.message(row) if row else None

    async def these(self, ids: Collection[int]) -> list[Message]:
        """Those of these messages that are there, in no order; one hop for all of them."""

        def work(connection: sqlite3.Connection) -> list[sqlite3.Row | None]:
            return [self._sql.get(connection, id=identity) for identity in ids]

        return [rows.message(row) for row in await self._database.read(work) if row is not None]

    async def before(self, conversation_id: int, before: int, limit: int) -> list[Message]:
        """Up to `limit` messages older than message `before`, oldest first."""
        query = functools.partial(
            self._sql.newest, conversation_id=conversation_id, before=before, limit=limit
        )
        return rows.messages(await self._database.read(query))[::-1]

    async def after(self, conversation_id: int, after: int, limit: int) -> list[Message]:
        """Up to `limit` messages newer than message `after`, oldest first."""
        query = functools.partial(
            self._sql.following, conversation_id=conversation_id, after=after, limit=limit
        )
        return rows.messages(await self._database.read(query))

    async def search(
        self, text: str, *, before: int = NEWEST, limit: int = 50, conversation_id: int = 0
    ) -> list[Message]:
        """Messages with all these words (or their beginnings), newest first, accent-blind.

        An empty search finds nothing. Cancelling the call stops the query.
        """
        query = search_query(text)
        if not query:
            return []
        values: dict[str, Any] = {"query": query, "before": before, "limit": limit}
        if conversation_id:
            work = functools.partial(self._sql.search_in, conversation_id=conversation_id, **values)
        else:
            work = functools.partial(self._sql.search, **values)
        return rows.messages(await self._database.search(work))

    async def timeline(self, message_id: int) -> list[Entry]:
        """Everything ever told about a message, in the order it was learnt."""
        query = functools.partial(queries("messages").events_of, message_id=message_id)
        return [rows.entry(row) for row in await self._database.read(query)]

    async def trouble(self, conversation_id: int) -> list[Message]:
        """Outgoing messages in trouble that nobody has dealt with, newest first."""
        query = functools.partial(self._sql.trouble_of, conversation_id=conversation_id)
        return rows.messages(await self._database.read(query))

    async def mentions(self, message_id: int, agent: str) -> bool:
        """Whether a note names this agent."""
        query = queries("writing").mentioned
        look = functools.partial(query, agent=agent, message_id=message_id)
        return await self._database.read(look) is not None

    async def attachments(self, message_id: int) -> list[AttachmentInfo]:
        """What came with a message, without the bytes."""
        query = functools.partial(self._sql.attachments_of, message_id=message_id)
        return [rows.attachment(row) for row in await self._database.read(query)]

    async def attachment_data(self, attachment_id: int) -> bytes:
        """The bytes of an attachment; empty when there is none."""
        query = functools.partial(self._sql.attachment_data, id=attachment_id)
        return await self._database.read(query) or b""

    async def add_note(
        self, conversation_id: int, agent: str, body: str, mentions: Sequence[str] = ()
    ) -> int:
        """Write a private note that tells `mentions` (agents' names); returns its id."""

        def work(transaction: Transaction) -> int:
            now = self._clock.now()
            summaries = Summaries(transaction, self._rng)
            summary = summaries.get(conversation_id)
            identity = unused_id(transaction.connection, now, self._rng, behind=summary["last_id"])
            text = repair(body)
            insert_message(
                transaction,
                id=identity,
                conversation_id=conversation_id,
                direction=Direction.NOTE,
                account=summary["account"],
                body=text,
                at=now,
                agent=agent,
            )
            index(transaction.connection, [(identity, text)])
            note_last(summary, id=identity, at=now, direction=Direction.NOTE, status="", body=text)
            summaries.flush()
            record(transaction, self._rng, self._clock, agent, "note", conversation_id, identity)
            _mention(transaction, conversation_id, identity, mentions)
            queries("writing").drop_note_draft(
                transaction.connection, conversation_id=conversation_id, agent=agent
            )
            return identity

        return await self._database.write(work)

    async def withdraw_note(self, note_id: int, agent: str) -> bool:
        """Make an agent's note a draft again; False when it is not there, or not that agent's."""
        work = functools.partial(
            withdraw, rng=self._rng, clock=self._clock, note_id=note_id, agent=agent
        )
        return await self._database.write(work)


def _mention(
    transaction: Transaction, conversation_id: int, message_id: int, agents: Sequence[str]
) -> None:
    """Tell agents of a note that names them."""
    for agent in agents:
        queries("writing").add_mention(
            transaction.connection,
            agent=agent,
            message_id=message_id,
            conversation_id=conversation_id,
        )
    if agents:
        transaction.changed(Subject.MENTION, message_id, conversation_id)


_EMPTY: dict[str, Any] = {
    "status": "",
    "sender": "",
    "agent": "",
    "provider_id": "",
    "provider_key": "",
    "status_at": 0,
    "scheduled_at": None,
    "hold_until": 0,
    "format": "SMS",
    "subject": "",
    "media": "[]",
    "retry_of": None,
    "suspected": 0,
    "attachments": 0,
}


def insert_message(transaction: Transaction, **values: Any) -> None:
    """Insert a row of `messages`; what is not named stays empty."""
    queries("messages").insert(transaction.connection, **{**_EMPTY, **values})
    transaction.changed(Subject.MESSAGE, values["id"], values["conversation_id"], new=True)


def unused_id(
    connection: sqlite3.Connection, at: int, rng: random.Random, *, behind: int = 0
) -> int:
    """A new message id for this moment, but behind the newest message of its conversation.

    What comes in late, or is stamped by a clock that goes wrong, is news to whoever reads: it
    must not slip in above what an agent has seen already.
    """
    identity = max(new_id(at, rng), behind + 1)
    while queries("messages").exists(connection, id=identity):
        identity += 1
    return identity


def index(connection: sqlite3.Connection, texts: list[tuple[int, str]]) -> None:
    """Make texts findable: (message id, text) pairs, written together."""
    queries("messages").index_text(
        connection, [{"id": identity, "body": fold(text)} for identity, text in texts]
    )
