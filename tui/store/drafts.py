"""Store what agents have typed and not sent: drafts and unfinished notes."""

import functools
import random
from dataclasses import replace

from tui.clock import Clock
from tui.domain.change import JournalKind, Subject
from tui.domain.conversation import Draft
from tui.domain.message import NO_MMS_CONTENT, MmsContent
from tui.domain.text import join_texts, repair_text
from tui.domain.typed_text import clean_typed_text
from tui.store import rows
from tui.store.audit import record_action
from tui.store.connections import Connection, Row
from tui.store.engine import Engine, Transaction
from tui.store.last_messages import reload_last_message
from tui.store.queries import queries
from tui.store.search_index import forget_text
from tui.store.stored_drafts import (
    NOTE,
    REPLY,
    DraftKind,
    StoredDraft,
    join_with_stored,
    make_empty_draft,
    read_stored,
)
from tui.store.summaries import Summaries


class Drafts:
    """Text that was typed and not sent, saved while it is typed."""

    def __init__(self, database: Engine, clock: Clock, rng: random.Random) -> None:
        """Create the drafts of one database.

        Args:
            database: Open inbox database.
            clock: Source of the current time.
            rng: Source of randomness for new ids.
        """
        self._database = database
        self._clock = clock
        self._rng = rng
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

    async def read_draft(self, base: Draft, *, note: bool) -> StoredDraft:
        """Return a draft as it is stored now, and whether it was sent since `base` was stored.

        Args:
            base: Draft that the window knows.
            note: Whether it is a private note, not a reply.
        """
        kind = NOTE if note else REPLY
        return await self._database.read(lambda connection: read_stored(connection, base, kind))

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
        base: Draft | None = None,
    ) -> StoredDraft:
        """Save the text typed so far; empty text without attachments deletes the draft.

        Return what is stored then: if another window of the agent has changed the draft, it
        contains the text of both.

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
            base: Draft that the text continues; None replaces whatever is stored.
        """
        enclosed = replace(enclosed, subject=repair_text(enclosed.subject))
        now = self._clock.now()
        draft = Draft(
            conversation_id,
            agent,
            body,
            account,
            sender,
            began_at,
            now,
            enclosed,
            send_at,
            cancel_on_reply,
        )
        return await self._save(draft, base, REPLY)

    async def _save(self, draft: Draft, base: Draft | None, kind: DraftKind) -> StoredDraft:
        """Save a draft of either kind, joined with what another window has stored."""

        def write_draft(transaction: Transaction) -> StoredDraft:
            connection = transaction.connection
            mine = replace(draft, body=clean_typed_text(draft.body))
            if base is None:
                place = (draft.conversation_id, draft.agent, kind, mine.body)
                here, text = _find_place(connection, *place)
                result = StoredDraft(replace(mine, conversation_id=here, body=text))
            else:
                result = join_with_stored(connection, base, mine, kind)
            kind.write(connection, result.draft)
            here = result.draft.conversation_id
            if result.draft.body or result.draft.mms:
                Summaries(transaction, self._rng).open_begun(here)
            transaction.mark_changed(Subject.DRAFT, here, here)
            return result

        return await self._database.write(write_draft)

    async def list_conversations_with_drafts(self, agent: str) -> frozenset[int]:
        """Return the ids of the conversations in which the agent has a draft."""
        query = functools.partial(queries("writing").with_drafts, agent=agent)
        return frozenset(row["conversation_id"] for row in await self._database.read(query))

    async def has_text(self, conversation_id: int, agent: str, *, note: bool) -> bool:
        """Return whether the agent has a draft in a conversation.

        Args:
            conversation_id: Id of the conversation.
            agent: Name of the agent.
            note: Whether to look for a private note, not a reply.
        """
        base = make_empty_draft(conversation_id, agent)
        return bool((await self.read_draft(base, note=note)).draft.body)

    async def get_note_draft(self, conversation_id: int, agent: str) -> str:
        """Return the agent's unfinished note in a conversation; empty for none.

        Args:
            conversation_id: Id of the conversation.
            agent: Name of the agent.
        """
        query = queries("writing").note_draft
        read = functools.partial(query, conversation_id=conversation_id, agent=agent)
        return await self._database.read(read) or ""

    async def save_note_draft(
        self, conversation_id: int, agent: str, body: str, *, base: Draft | None = None
    ) -> StoredDraft:
        """Save an unfinished note; empty text deletes it. Return what is stored then.

        Args:
            conversation_id: Id of the conversation.
            agent: Name of the agent.
            body: Text of the note.
            base: Draft that the text continues; None replaces whatever is stored.
        """
        draft = replace(make_empty_draft(conversation_id, agent), body=body)
        return await self._save(replace(draft, updated_at=self._clock.now()), base, NOTE)


def _find_place(
    connection: Connection, conversation_id: int, agent: str, kind: DraftKind, body: str
) -> tuple[int, str]:
    """Return the conversation that a draft belongs to now, and the text to save there.

    A screen may still show a conversation that a colleague has just merged into another one. The
    draft there contains the text of this screen already; only that part of it is replaced.
    """
    sql = queries("merges")
    here = queries("conversations").current_id(connection, id=conversation_id)
    if here == conversation_id:
        return here, body
    joined = kind.read(connection, here, agent).body
    key = {"old_id": conversation_id, "agent": agent, "kind": kind.name}
    known = sql.merged_draft(connection, **key) or ""
    sql.add_merged_draft(connection, **key, body=body)
    rest = joined.removesuffix(known).removesuffix("\n") if known else joined
    return here, "\n".join(part for part in (rest, body) if part)


def turn_note_into_draft(
    transaction: Transaction,
    rng: random.Random,
    clock: Clock,
    note_id: int,
    agent: str,
    *,
    keep_text: bool = True,
) -> bool:
    """Turn an agent's note into a draft again; return False if it is not that agent's.

    The audit trail still shows that the note existed and was withdrawn.

    Args:
        transaction: Transaction of the caller.
        rng: Source of randomness for new ids.
        clock: Source of the current time.
        note_id: Id of the note.
        agent: Name of the agent.
        keep_text: False leaves no draft: a macro has written the note, not the agent.
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
    if keep_text:
        _prepend_to_draft(connection, row, clock.now())
    record_action(transaction, rng, clock, agent, "withdraw note", conversation_id, note_id)
    transaction.record_event(JournalKind.NOTE_WITHDRAWN, conversation_id, note_id)
    for subject in (Subject.MESSAGE, Subject.MENTION):
        transaction.mark_changed(subject, note_id, conversation_id)
    return True


def _prepend_to_draft(connection: Connection, row: Row, now: int) -> None:
    """Put the text of the note before what has been typed since."""
    sql = queries("writing")
    key = {"conversation_id": row["conversation_id"], "agent": row["agent"]}
    newer = sql.note_draft(connection, **key)
    body = f"{row['body']}\n{newer}" if newer else row["body"]
    sql.save_note_draft(connection, **key, body=body, now=now)
