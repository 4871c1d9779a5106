"""Insert rows of messages: those that come and go, and the private notes of agents."""

import random
from collections.abc import Sequence
from typing import Any

from tui.clock import Clock
from tui.domain.change import MESSAGE_EVENTS, Subject
from tui.domain.message import Direction
from tui.domain.text import repair_text
from tui.store.audit import record_action
from tui.store.engine import Transaction
from tui.store.last_messages import update_last_message
from tui.store.ordering import create_message_id
from tui.store.page_connection import write_row
from tui.store.queries import queries
from tui.store.search_index import index_texts
from tui.store.summaries import Summaries

_COLUMN_DEFAULTS: dict[str, Any] = {
    "status": "",
    "sender": "",
    "recipient": "",
    "agent": "",
    "provider_id": "",
    "provider_key": "",
    "status_at": 0,
    "scheduled_at": None,
    "hold_until": 0,
    "format": "SMS",
    "subject": "",
    "media": "[]",
    "options": "{}",
    "retry_of": None,
    "suspected": 0,
    "attachments": 0,
    "arrived_at": None,
    "arrival": None,
    "files": "",
    "rule": "",
    "confirms": None,
}


def insert_message(transaction: Transaction, **values: Any) -> None:
    """Insert a row of `messages`; columns that are not given get their defaults.

    Args:
        transaction: Transaction of the caller.
        **values: Values of the row by column.
    """
    row = {**_COLUMN_DEFAULTS, **values}
    write_row(transaction.connection, queries("messages").insert, **row)
    here = values["conversation_id"]
    transaction.mark_changed(Subject.MESSAGE, values["id"], here, new=True)
    transaction.record_event(MESSAGE_EVENTS[row["direction"]], here, values["id"])


def insert_note(
    transaction: Transaction,
    summaries: Summaries,
    clock: Clock,
    rng: random.Random,
    conversation_id: int,
    author: str,
    body: str,
    mentions: Sequence[str] = (),
) -> int:
    """Insert a private note as the newest of its conversation and return its id.

    Args:
        transaction: Transaction of the caller.
        summaries: Conversation summaries of the same transaction; the caller flushes them.
        clock: Source of the current time.
        rng: Source of randomness for new ids.
        conversation_id: Id of the conversation.
        author: Agent or rule that writes it.
        body: Text of the note.
        mentions: Names of the agents to notify.
    """
    now, summary, text = clock.now(), summaries.get(conversation_id), repair_text(body)
    here, connection = summary["id"], transaction.connection
    identity = create_message_id(connection, now, rng, newest_id=summary["last_arrival"])
    insert_message(
        transaction,
        id=identity,
        conversation_id=here,
        direction=Direction.NOTE,
        account=summary["account"],
        body=text,
        at=now,
        agent=author,
    )
    index_texts(connection, [(identity, text)])
    update_last_message(
        summary, id=identity, at=now, direction=Direction.NOTE, status="", body=text
    )
    record_action(transaction, rng, clock, author, "note", here, identity)
    for agent in mentions:
        queries("writing").add_mention(
            connection, agent=agent, message_id=identity, conversation_id=here
        )
    if mentions:
        transaction.mark_changed(Subject.MENTION, identity, here)
    return identity
