"""A private note taken back by who wrote it: gone from the thread, the search and the mentions."""

import random
import sqlite3
from typing import Any

from tui.clock import Clock
from tui.domain.change import Subject
from tui.domain.fold import fold_text
from tui.domain.message import Direction, Format
from tui.store.audit import record_action
from tui.store.database import Transaction
from tui.store.queries import queries
from tui.store.summaries import Summaries, Summary, update_last_message


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
    sql.forget_text(connection, id=note_id, body=fold_text(row["body"]))
    sql.drop_note(connection, id=note_id)
    summaries = Summaries(transaction, rng)
    _restore_previous_message(connection, summaries.get(conversation_id))
    summaries.flush()
    _prepend_to_draft(connection, row, clock.now())
    record_action(transaction, rng, clock, agent, "withdraw note", conversation_id, note_id)
    for subject in (Subject.MESSAGE, Subject.MENTION):
        transaction.mark_changed(subject, note_id, conversation_id)
    return True


def _restore_previous_message(connection: sqlite3.Connection, summary: Summary) -> None:
    """Show the previous message in the list; nothing if the note was the only one."""
    sql, conversation_id = queries("notes"), summary["id"]
    last: Any = sql.newest(connection, conversation_id=conversation_id)
    summary["last_id"] = 0
    if last is None:
        summary.update(last_direction="", last_status="", last_format="SMS", preview="")
        return
    direction, format = Direction(last["direction"]), Format(last["format"])
    values = {"id": last["id"], "at": last["at"], "status": last["status"], "body": last["body"]}
    update_last_message(summary, direction=direction, format=format, **values)
    summary["last_at"] = sql.newest_at(connection, conversation_id=conversation_id)


def _prepend_to_draft(connection: sqlite3.Connection, row: sqlite3.Row, now: int) -> None:
    """Put the text of the note before what has been typed since."""
    sql = queries("writing")
    key = {"conversation_id": row["conversation_id"], "agent": row["agent"]}
    newer = sql.note_draft(connection, **key)
    body = f"{row['body']}\n{newer}" if newer else row["body"]
    sql.save_note_draft(connection, **key, body=body, now=now)
