"""Store what agents have typed and not sent: drafts and unfinished notes."""

import functools
import json
import random
import sqlite3

from tui.clock import Clock
from tui.domain.change import Subject
from tui.domain.conversation import Draft
from tui.domain.message import (
    NO_MMS_CONTENT,
    MmsContent,
)
from tui.domain.text import join_texts, repair_text
from tui.store import rows
from tui.store.audit import record_action
from tui.store.database import Database, Transaction
from tui.store.last_messages import reload_last_message
from tui.store.queries import queries
from tui.store.search_index import forget_text
from tui.store.summaries import Summaries


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
        send_at: int | None = None,
        cancel_on_reply: bool = False,
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
            send_at: Time for which it is planned, in ms UTC; None to send it at once.
            cancel_on_reply: Whether the planned message is cancelled if the customer writes first.
            began_at: Time when the agent began to write, in ms UTC.
        """

        def write_draft(transaction: Transaction) -> None:
            here, text = _find_place(
                transaction.connection, conversation_id, agent, "reply", repair_text(body)
            )
            if text or enclosed:
                self._sql.save_draft(
                    transaction.connection,
                    conversation_id=here,
                    agent=agent,
                    body=text,
                    account=account,
                    sender=sender,
                    media=json.dumps(list(enclosed.media)),
                    subject=repair_text(enclosed.subject),
                    send_at=send_at,
                    cancel_on_reply=cancel_on_reply,
                    began_at=began_at,
                    now=self._clock.now(),
                )
            else:
                self._sql.drop_draft(transaction.connection, conversation_id=here, agent=agent)
            transaction.mark_changed(Subject.DRAFT, here, here)

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
            here, text = _find_place(
                transaction.connection, conversation_id, agent, "note", repair_text(body)
            )
            sql, key = queries("writing"), {"conversation_id": here, "agent": agent}
            if text:
                values = {"body": text, "now": self._clock.now()}
                sql.save_note_draft(transaction.connection, **key, **values)
            else:
                sql.drop_note_draft(transaction.connection, **key)

        await self._database.write(write_note_draft)


def _find_place(
    connection: sqlite3.Connection, conversation_id: int, agent: str, kind: str, body: str
) -> tuple[int, str]:
    """Return the conversation that a draft belongs to now, and the text to save there.

    A screen may still show a conversation that a colleague has just merged into another one. The
    draft there contains the text of this screen already; only that part of it is replaced.
    """
    sql = queries("merges")
    here = queries("conversations").current_id(connection, id=conversation_id)
    if here == conversation_id:
        return here, body
    read = queries("writing").note_draft if kind == "note" else queries("merges").draft_body
    joined = read(connection, conversation_id=here, agent=agent) or ""
    key = {"old_id": conversation_id, "agent": agent, "kind": kind}
    known = sql.merged_draft(connection, **key) or ""
    sql.add_merged_draft(connection, **key, body=body)
    rest = joined.removesuffix(known).removesuffix("\n") if known else joined
    return here, "\n".join(part for part in (rest, body) if part)


def turn_note_into_draft(
    transaction: Transaction, rng: random.Random, clock: Clock, note_id: int, agent: str
) -> bool:
    """Turn an agent's note into a draft again; return False if it is not that agent's.

    The audit trail still shows that the note existed and was withdrawn.

    Args:
        transaction: Transaction of the caller.
        rng: Source of randomness for new ids.
        clock: Source of the current time.
        note_id: Id of the note.
        agent: Name of the agent.
    """
    sql, connection = queries("notes"), transaction.connection
    row = sql.note(connection, id=note_id, agent=agent)
    if row is None:
        return False
    conversation_id = row["conversation_id"]
    sql.drop_mentions(connection, message_id=note_id)
    forget_text(connection, note_id, join_texts(row["subject"], row["body"]))
    sql.drop_note(connection, id=note_id)
    summaries = Summaries(transaction, rng)
    reload_last_message(connection, summaries.get(conversation_id))
    summaries.flush()
    _prepend_to_draft(connection, row, clock.now())
    record_action(transaction, rng, clock, agent, "withdraw note", conversation_id, note_id)
    for subject in (Subject.MESSAGE, Subject.MENTION):
        transaction.mark_changed(subject, note_id, conversation_id)
    return True


def _prepend_to_draft(connection: sqlite3.Connection, row: sqlite3.Row, now: int) -> None:
    """Put the text of the note before what has been typed since."""
    sql = queries("writing")
    key = {"conversation_id": row["conversation_id"], "agent": row["agent"]}
    newer = sql.note_draft(connection, **key)
    body = f"{row['body']}\n{newer}" if newer else row["body"]
    sql.save_note_draft(connection, **key, body=body, now=now)
