"""Change the status of a queued message inside the caller's transaction.

The cause is the result of a send, or an action of smsdesk itself.
"""

import random

from tui.clock import Clock
from tui.domain.change import JournalKind, Subject
from tui.domain.conversation import State
from tui.domain.status import Status
from tui.store.audit import record_action
from tui.store.conversation_rows import forget_unsent_sentence
from tui.store.engine import Transaction
from tui.store.errors import StoreError
from tui.store.page_connection import write_row
from tui.store.queries import queries
from tui.store.rows import Row
from tui.store.summaries import Summaries, Summary


def record_status_event(
    transaction: Transaction, row: Row, before: Status, *, after: Status | None = None
) -> None:
    """Record a step of a message, for programs that follow.

    Args:
        transaction: Transaction of the caller.
        row: Row of the message.
        before: Status before it.
        after: Status now; None for that of the row.
    """
    detail = {"status": after or row["status"], "before": before}
    transaction.record_event(JournalKind.STATUS, row["conversation_id"], row["id"], detail)


def show_status(transaction: Transaction, summaries: Summaries, row: Row) -> None:
    """Show the message's new status in the list if the list shows this message.

    Args:
        transaction: Transaction of the caller.
        summaries: Conversation summaries of the same transaction.
        row: Row of the message.
    """
    summary = summaries.get(row["conversation_id"])
    if summary["last_id"] == row["id"]:
        summary["last_status"] = row["status"]
    forget_unsent_sentence(summary, row["id"], row["status"])
    transaction.mark_changed(Subject.MESSAGE, row["id"], row["conversation_id"])


def refresh_summary(
    transaction: Transaction,
    rng: random.Random,
    message_id: int,
    *,
    before: Status | None = None,
) -> Summary:
    """Update and return the summary after smsdesk itself changed a message.

    Args:
        transaction: Transaction of the caller.
        rng: Source of randomness for new ids.
        message_id: Id of the message.
        before: Status that the message had; None if the status is the same.
    """
    row = queries("messages").get(transaction.connection, id=message_id)
    if before is not None:
        record_status_event(transaction, row, before)
    summaries = Summaries(transaction, rng)
    show_status(transaction, summaries, row)
    summaries.flush()
    return summaries.get(row["conversation_id"])


def take_back(
    transaction: Transaction, rng: random.Random, message_id: int, now: int
) -> Summary | None:
    """Cancel a message that is still queued here, so that it has answered nothing.

    Args:
        transaction: Transaction of the caller.
        rng: Source of randomness for new ids.
        message_id: Id of the message.
        now: Current time in ms UTC.

    Returns:
        Its conversation; None if it is too late.
    """
    connection = transaction.connection
    if not queries("outbox").take_back(connection, id=message_id, now=now):
        return None
    queries("answers").drop_answer(connection, message_id=message_id)
    summary = refresh_summary(transaction, rng, message_id, before=Status.QUEUED)
    restore_waiting(transaction, rng, summary["id"])
    return summary


def restore_waiting(transaction: Transaction, rng: random.Random, conversation_id: int) -> None:
    """Mark the customer as waiting again, because the answer was cancelled.

    Args:
        transaction: Transaction of the caller.
        rng: Source of randomness for new ids.
        conversation_id: Id of the conversation.
    """
    summaries = Summaries(transaction, rng)
    summary = summaries.get(conversation_id)
    if summary["state"] != State.CLOSED:
        summary["unanswered_since"] = queries("messages").unanswered_since(
            transaction.connection, conversation_id=conversation_id
        )
    summaries.flush()


def restore_wait_before_close(transaction: Transaction, summary: Summary) -> None:
    """Let the customer wait since the moment before the conversation was closed.

    Nothing is changed if the customer did not wait then, or has been answered since. The
    reopening has to be in the audit trail already.

    Args:
        transaction: Transaction of the caller.
        summary: Closed conversation; changed in place.
    """
    connection, identity = transaction.connection, summary["id"]
    since = queries("conversations").last_close(connection, conversation_id=identity) or ""
    if summary["unanswered_since"] is None and since.isdecimal():
        oldest = queries("messages").unanswered_since(connection, conversation_id=identity)
        summary["unanswered_since"] = max(int(since), oldest) if oldest is not None else None


def keep_longer_wait(transaction: Transaction, summary: Summary, old: Summary) -> None:
    """Let a customer who has written again wait since the first text that is not answered.

    Args:
        transaction: Transaction of the caller.
        summary: Conversation as it is now; changed in place.
        old: Conversation as it was before the action that is undone.
    """
    before, since = old["unanswered_since"], summary["unanswered_since"]
    if before is None or since is None:
        return
    oldest = queries("messages").unanswered_since(
        transaction.connection, conversation_id=summary["id"]
    )
    if oldest is not None:
        summary["unanswered_since"] = min(since, max(before, oldest))


def mark_handled(
    transaction: Transaction, summaries: Summaries, message_id: int, *, handled: bool = True
) -> bool:
    """Mark a message as handled or not; return whether that changed anything.

    Args:
        transaction: Transaction of the caller.
        summaries: Conversation summaries of the same transaction.
        message_id: Id of the message.
        handled: Whether the failure is handled.

    Raises:
        StoreError: There is no message with this id.
    """
    row = queries("messages").get(transaction.connection, id=message_id)
    if row is None:
        raise StoreError(f"There is no message {message_id}")
    if bool(row["handled"]) is handled:
        return False
    queries("messages").set_handled(transaction.connection, id=message_id, handled=handled)
    if row["status"] and Status(row["status"]).is_problem:
        summary = summaries.get(row["conversation_id"])
        summary["failed"] = max(0, summary["failed"] + (-1 if handled else 1))
    transaction.mark_changed(Subject.MESSAGE, message_id, row["conversation_id"])
    return True


def record_answer(
    transaction: Transaction, summary: Summary, message_id: int, agent: str, account: str, now: int
) -> None:
    """Record the first answer to a customer who waits; do nothing if the customer does not wait.

    Args:
        transaction: Transaction of the caller.
        summary: Conversation before the answer is noted in it.
        message_id: Id of the answer.
        agent: Agent who answers.
        account: Account of the answer.
        now: Time of the answer, ms UTC.
    """
    if summary["unanswered_since"] is None or not agent:
        return
    write_row(
        transaction.connection,
        queries("answers").record,
        message_id=message_id,
        agent=agent,
        account=account,
        view=summary["due_view"],
        waited_from=summary["unanswered_since"],
        answered_at=now,
        due_at=summary["due_at"],
    )


CLOSED_BY_OPT_OUT = "closed: opted out"
_OPENED_BY_OPT_IN = "opened: opted in"


def close_opted_out(
    transaction: Transaction,
    rng: random.Random,
    clock: Clock,
    summary: Summary,
    message_id: int = 0,
) -> None:
    """Close the conversation of a customer who has just opted out, as no answer is allowed.

    Since when the customer has waited stays, for an opt-in. What is unread stays unread.

    Args:
        transaction: Transaction of the caller.
        rng: Source of randomness for new ids.
        clock: Source of the current time.
        summary: Summary of the conversation.
        message_id: Message that contains the opt-out; 0 for none.
    """
    if summary["state"] == State.CLOSED:
        return
    summary.update(state=State.CLOSED.value, snoozed_until=None)
    action = CLOSED_BY_OPT_OUT
    record_action(transaction, rng, clock, "", action, summary["id"], message_id)


def open_opted_in(
    transaction: Transaction, rng: random.Random, clock: Clock, summary: Summary
) -> None:
    """Open a conversation again that an opt-out has closed, unless an agent has changed it since.

    Args:
        transaction: Transaction of the caller.
        rng: Source of randomness for new ids.
        clock: Source of the current time.
        summary: Summary of the conversation.
    """
    place = {"conversation_id": summary["id"]}
    last = queries("consent").last_change_of_state(transaction.connection, **place)
    if summary["state"] == State.CLOSED and last == CLOSED_BY_OPT_OUT:
        summary["state"] = State.OPEN.value
        record_action(transaction, rng, clock, "", _OPENED_BY_OPT_IN, summary["id"])
