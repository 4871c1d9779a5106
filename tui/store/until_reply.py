"""Messages that are to go out only while the customer stays silent."""

from tui.clock import Clock
from tui.domain.status import Status
from tui.store.database import Transaction
from tui.store.events import EventRow, Events
from tui.store.queries import queries
from tui.store.rows import Row
from tui.store.summaries import Summaries

_CANCEL_REASON = "The customer wrote first: not sent, as was chosen"


def cancel_on_reply(
    transaction: Transaction, summaries: Summaries, clock: Clock, conversation_id: int
) -> None:
    """Cancel the messages that were to go out only while the customer stays silent.

    Messages still queued here are cancelled at once. Sync cancels the others at the
    provider; their badge changes with the provider's answer.

    Args:
        transaction: Transaction of the caller.
        summaries: Conversation summaries of the same transaction.
        clock: Source of the current time.
        conversation_id: Conversation in which the customer has written.
    """
    sql = queries("writing")
    for row in sql.until_reply(transaction.connection, conversation_id=conversation_id):
        if row["status"] == Status.QUEUED:
            cancel_message(transaction, summaries, clock, row)
        else:
            queries("outbox").want_cancel(transaction.connection, id=row["id"])


def has_reply_since(transaction: Transaction, row: Row) -> bool:
    """Return whether a reply has made this message superfluous.

    Args:
        transaction: Transaction of the caller.
        row: Row of the message that is about to be sent.
    """
    if not row["cancel_on_reply"]:
        return False
    count_newer = queries("messages").came_in_after
    position = {"conversation_id": row["conversation_id"], "upto": row["id"]}
    return bool(count_newer(transaction.connection, **position))


def cancel_message(transaction: Transaction, summaries: Summaries, clock: Clock, row: Row) -> None:
    """Settle a message as cancelled, with the reason.

    Args:
        transaction: Transaction of the caller.
        summaries: Conversation summaries of the same transaction.
        clock: Source of the current time.
        row: Row of the message.
    """
    now = clock.now()
    event = EventRow(
        "send",
        f"until-reply-{row['id']}-{now}",
        at=now,
        status=Status.CANCELLED,
        reason=_CANCEL_REASON,
    )
    Events(transaction, summaries, clock).record_send_result(row["id"], event)
