"""Messages that are to go out only while the customer stays silent."""

from tui.clock import Clock
from tui.domain.status import Status
from tui.store.database import Transaction
from tui.store.events import EventRow, Events
from tui.store.queries import queries
from tui.store.rows import Row
from tui.store.summaries import Summaries

_WORDS = "The customer wrote first: not sent, as was chosen"


def answered(
    transaction: Transaction, summaries: Summaries, clock: Clock, conversation_id: int
) -> None:
    """A customer has written: take back what waits on the desk, ask for the rest to be.

    What lies at a provider is cancelled there by sync; its badge changes with the answer.
    """
    sql = queries("writing")
    for row in sql.until_reply(transaction.connection, conversation_id=conversation_id):
        if row["status"] == Status.QUEUED:
            take_back(transaction, summaries, clock, row)
        else:
            queries("outbox").want_cancel(transaction.connection, id=row["id"])


def superfluous(transaction: Transaction, row: Row) -> bool:
    """Whether a message about to be sent was for a customer who has written since."""
    if not row["cancel_on_reply"]:
        return False
    came = queries("messages").came_in_after
    place = {"conversation_id": row["conversation_id"], "upto": row["id"]}
    return bool(came(transaction.connection, **place))


def take_back(transaction: Transaction, summaries: Summaries, clock: Clock, row: Row) -> None:
    """Settle a message as cancelled, with the reason."""
    now = clock.now()
    event = EventRow(
        "send", f"until-reply-{row['id']}-{now}", at=now, status=Status.CANCELLED, reason=_WORDS
    )
    Events(transaction, summaries, clock).settle(row["id"], event)
