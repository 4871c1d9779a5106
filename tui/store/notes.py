"""A private note taken back by who wrote it: gone from the thread, the search and the mentions."""

import random
import sqlite3
from typing import Any

from tui.clock import Clock
from tui.domain.change import Subject
from tui.domain.fold import fold
from tui.domain.message import Direction, Format
from tui.store.audit import record
from tui.store.database import Transaction
from tui.store.queries import queries
from tui.store.summaries import Summaries, Summary, note_last


def withdraw(
    transaction: Transaction, rng: random.Random, clock: Clock, note_id: int, agent: str
) -> bool:
    """Make an agent's note a draft again; False when it is not there, or not that agent's.

    That there was one and that it was withdrawn stays in the audit trail.
    """
    sql, connection = queries("notes"), transaction.connection
    row = sql.note(connection, id=note_id, agent=agent)
    if row is None:
        return False
    conversation_id = row["conversation_id"]
    sql.drop_mentions(connection, message_id=note_id)
    sql.forget_text(connection, id=note_id, body=fold(row["body"]))
    sql.drop_note(connection, id=note_id)
    summaries = Summaries(transaction, rng)
    _show_last(connection, summaries.get(conversation_id))
    summaries.flush()
    _as_draft(connection, row, clock.now())
    record(transaction, rng, clock, agent, "withdraw note", conversation_id, note_id)
    for subject in (Subject.MESSAGE, Subject.MENTION):
        transaction.changed(subject, note_id, conversation_id)
    return True


def _show_last(connection: sqlite3.Connection, summary: Summary) -> None:
    """The list shows the message before it; nothing when the note was the only one."""
    sql, place = queries("notes"), summary["id"]
    last: Any = sql.newest(connection, conversation_id=place)
    summary["last_id"] = 0
    if last is None:
        summary.update(last_direction="", last_status="", last_format="SMS", preview="")
        return
    direction, format = Direction(last["direction"]), Format(last["format"])
    values = {"id": last["id"], "at": last["at"], "status": last["status"], "body": last["body"]}
    note_last(summary, direction=direction, format=format, **values)
    summary["last_at"] = sql.newest_at(connection, conversation_id=place)


def _as_draft(connection: sqlite3.Connection, row: sqlite3.Row, now: int) -> None:
    """Its text stands before what has been typed since."""
    sql = queries("writing")
    place = {"conversation_id": row["conversation_id"], "agent": row["agent"]}
    newer = sql.note_draft(connection, **place)
    body = f"{row['body']}\n{newer}" if newer else row["body"]
    sql.save_note_draft(connection, **place, body=body, now=now)
