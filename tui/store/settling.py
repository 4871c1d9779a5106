"""What moves a queued message on, within somebody's transaction: an outcome, or the desk itself."""

import random
from dataclasses import dataclass

from tui.domain.advice import Advice
from tui.domain.change import Subject
from tui.domain.conversation import State
from tui.domain.ids import reference
from tui.domain.status import Status
from tui.store.database import Transaction
from tui.store.errors import StoreError
from tui.store.events import EventRow
from tui.store.queries import queries
from tui.store.rows import Row
from tui.store.summaries import Summaries, Summary


@dataclass(frozen=True, slots=True)
class Settled:
    """What came of handing a message to the provider."""

    status: Status
    provider_id: str = ""
    word: str = ""
    code: str = ""
    reason: str = ""
    parts: int = 0
    price: str = ""
    raw: str = ""
    opted_out: bool = False
    advice: Advice = Advice.NONE


def settled_row(message_id: int, settled: Settled, now: int) -> EventRow:
    """The answer to a send as an event of the message's history."""
    return EventRow(
        kind="send",
        event_id=f"{reference(message_id)}-{now}-{settled.status}",
        at=now,
        status=settled.status,
        word=settled.word,
        code=settled.code,
        reason=settled.reason,
        raw=settled.raw,
        parts=settled.parts,
        price=settled.price,
        opted_out=settled.opted_out,
        advice=settled.advice,
    )


def show_move(transaction: Transaction, summaries: Summaries, row: Row) -> None:
    """The list shows the message's new status where it shows the message."""
    summary = summaries.get(row["conversation_id"])
    if summary["last_id"] == row["id"]:
        summary["last_status"] = row["status"]
    transaction.changed(Subject.MESSAGE, row["id"], row["conversation_id"])


def moved_by_hand(transaction: Transaction, rng: random.Random, message_id: int) -> Summary:
    """Bring the summary in line after the desk's own move of a message; what it is now."""
    row = queries("messages").get(transaction.connection, id=message_id)
    summaries = Summaries(transaction, rng)
    show_move(transaction, summaries, row)
    summaries.flush()
    return summaries.get(row["conversation_id"])


def wait_again(transaction: Transaction, rng: random.Random, conversation_id: int) -> None:
    """An answer was taken back: the customer waits for one as before."""
    summaries = Summaries(transaction, rng)
    summary = summaries.get(conversation_id)
    if summary["state"] != State.CLOSED:
        summary["unanswered_since"] = queries("messages").unanswered_since(
            transaction.connection, conversation_id=conversation_id
        )
    summaries.flush()


def mark_handled(
    transaction: Transaction, summaries: Summaries, message_id: int, *, handled: bool = True
) -> bool:
    """Take a message out of the failures, or put it back; whether that changed anything."""
    row = queries("messages").get(transaction.connection, id=message_id)
    if row is None:
        raise StoreError(f"There is no message {message_id}")
    if bool(row["handled"]) is handled:
        return False
    queries("messages").set_handled(transaction.connection, id=message_id, handled=handled)
    if row["status"] and Status(row["status"]).trouble:
        summary = summaries.get(row["conversation_id"])
        summary["failed"] = max(0, summary["failed"] + (-1 if handled else 1))
    transaction.changed(Subject.MESSAGE, message_id, row["conversation_id"])
    return True
