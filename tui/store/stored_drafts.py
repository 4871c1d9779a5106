"""Read and write the draft of one window of an agent beside those of the agent's other windows.

A window saves its text with the draft that it continues. If another draft is stored by then, both
are joined; if the text was sent meanwhile, it is not sent again.
"""

import json
from collections.abc import Callable
from dataclasses import replace

from tui.domain.conversation import Draft
from tui.domain.draft_merge import is_same_draft, is_same_text, merge_drafts, remove_sent_text
from tui.domain.message import Direction
from tui.domain.record_type import record
from tui.domain.typed_text import compose_outgoing_text
from tui.store import rows
from tui.store.connections import Connection
from tui.store.errors import DraftChanged, DraftSent
from tui.store.queries import queries


@record
class StoredDraft:
    """A draft as it is stored, and what another window of the agent has done to it."""

    draft: Draft
    was_sent: bool = False
    """Whether another window has sent the text that this window's text continues."""
    is_joined: bool = False
    """Whether it differs from what this window saved, as another window has changed it too."""


@record
class DraftKind:
    """How drafts of replies, or of notes, are read and written."""

    name: str
    direction: Direction
    """Direction of the messages that they become."""
    read: Callable[[Connection, int, str], Draft]
    write: Callable[[Connection, Draft], None]


def make_empty_draft(conversation_id: int, agent: str) -> Draft:
    """Return the draft that an agent has where nothing is stored.

    Args:
        conversation_id: Id of the conversation.
        agent: Name of the agent.
    """
    return Draft(conversation_id, agent, "", "", "", 0, 0)


def _read_reply(connection: Connection, conversation_id: int, agent: str) -> Draft:
    """Return the stored draft of a reply; an empty one if there is none."""
    key = {"conversation_id": conversation_id, "agent": agent}
    row = queries("desk").draft(connection, **key)
    return rows.to_draft(row) if row else make_empty_draft(conversation_id, agent)


def _write_reply(connection: Connection, draft: Draft) -> None:
    """Write the draft of a reply; delete it if it is empty."""
    key = {"conversation_id": draft.conversation_id, "agent": draft.agent}
    if not draft.body and not draft.mms:
        queries("desk").drop_draft(connection, **key)
        return
    queries("desk").save_draft(
        connection,
        **key,
        body=draft.body,
        account=draft.account,
        sender=draft.sender,
        media=json.dumps(list(draft.mms.media)),
        subject=draft.mms.subject,
        send_at=draft.send_at,
        cancel_on_reply=draft.cancel_on_reply,
        began_at=draft.began_at,
        now=draft.updated_at,
    )


def _read_note(connection: Connection, conversation_id: int, agent: str) -> Draft:
    """Return the stored unfinished note; an empty one if there is none."""
    key = {"conversation_id": conversation_id, "agent": agent}
    body = queries("writing").note_draft(connection, **key) or ""
    return replace(make_empty_draft(conversation_id, agent), body=body)


def _write_note(connection: Connection, draft: Draft) -> None:
    """Write an unfinished note; delete it if it is empty."""
    key = {"conversation_id": draft.conversation_id, "agent": draft.agent}
    if draft.body:
        values = {"body": draft.body, "now": draft.updated_at}
        queries("writing").save_note_draft(connection, **key, **values)
    else:
        queries("writing").drop_note_draft(connection, **key)


REPLY = DraftKind("reply", Direction.OUT, _read_reply, _write_reply)
NOTE = DraftKind("note", Direction.NOTE, _read_note, _write_note)


def read_stored(connection: Connection, base: Draft, kind: DraftKind) -> StoredDraft:
    """Return what is stored now in place of a draft, and whether the draft was sent.

    Args:
        connection: Connection of the caller's transaction.
        base: Draft that the window knows.
        kind: Whether it is a reply or a note.
    """
    here = queries("conversations").current_id(connection, id=base.conversation_id)
    stored = kind.read(connection, here, base.agent)
    is_gone = not stored.body and not stored.mms and bool(base.body)
    return StoredDraft(stored, was_sent=is_gone and _was_sent(connection, here, base, kind))


def _was_sent(connection: Connection, conversation_id: int, draft: Draft, kind: DraftKind) -> bool:
    """Return whether the agent has sent the text of a draft since it was stored."""
    text = compose_outgoing_text(draft.body)
    return any(
        row["direction"] == kind.direction
        and row["agent"] == draft.agent
        and row["at"] >= draft.updated_at
        and compose_outgoing_text(row["body"]) == text
        for row in queries("writing").newest_texts(connection, conversation_id=conversation_id)
    )


def join_with_stored(
    connection: Connection, base: Draft, mine: Draft, kind: DraftKind
) -> StoredDraft:
    """Return the draft to store: mine, joined with what another window has changed.

    Args:
        connection: Connection of the caller's transaction.
        base: Draft that this window's text continues.
        mine: Draft of this window.
        kind: Whether it is a reply or a note.
    """
    found = read_stored(connection, base, kind)
    mine = replace(mine, conversation_id=found.draft.conversation_id)
    if found.was_sent:
        rest = replace(mine, body=remove_sent_text(base.body, mine.body))
        return StoredDraft(rest, was_sent=True, is_joined=rest.body != mine.body)
    if is_same_draft(found.draft, base):
        return StoredDraft(mine)
    joined = merge_drafts(base, found.draft, mine)
    return StoredDraft(joined, is_joined=not is_same_draft(joined, mine))


def finish_draft(
    connection: Connection,
    conversation_id: int,
    agent: str,
    text: str,
    shown: Draft | None,
    *,
    note: bool = False,
) -> None:
    """Delete the draft of a text that is queued, or stored as a note, in the same transaction.

    Args:
        connection: Connection of the caller's transaction.
        conversation_id: Conversation that the text belongs to now.
        agent: Name of the agent.
        text: Text that is sent.
        shown: Draft that the window showed when it was sent; None if it was not typed in one.
            Then a draft of another text stays.
        note: Whether it is a private note.

    Raises:
        DraftChanged: Another window of the agent has changed or sent the draft.
    """
    kind = NOTE if note else REPLY
    stored = kind.read(connection, conversation_id, agent)
    if shown is None and compose_outgoing_text(stored.body) != text:
        return
    if shown is not None and not is_same_text(stored, shown):
        if read_stored(connection, shown, kind).was_sent:
            raise DraftSent("Your other window has sent this text")
        raise DraftChanged("Your other window has changed this text")
    kind.write(connection, make_empty_draft(conversation_id, agent))
