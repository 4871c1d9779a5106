"""Say what a conversation has before its first message, and what events change in its summary.

The functions change a summary in memory; `Summaries` writes it.
"""

from typing import Any

from tui.domain.conversation import State, compute_waiting_rank
from tui.domain.status import Status

Summary = dict[str, Any]
"""Row of `conversations`, by column."""

NO_MESSAGES: Summary = {
    "other_addresses": "",
    "state": State.OPEN.value,
    "snoozed_until": None,
    "assignee": "",
    "starred": 0,
    "labels": "",
    "unread": 0,
    "waiting_since": None,
    "unanswered_since": None,
    "failed": 0,
    "last_id": 0,
    "last_direction": "",
    "last_status": "",
    "last_format": "SMS",
    "last_rule": "",
    "preview": "",
    "suspected": 0,
    "last_arrival": 0,
    "due_at": None,
    "due_view": "",
    "overdue": 0,
    "sentence_id": 0,
}
"""What a conversation has before its first message."""


_NOT_SENT = frozenset({Status.CANCELLED, Status.REJECTED, Status.FAILED, Status.EXPIRED})


_SIGNS_OF_USE = ("last_id", "assignee", "labels", "starred")
"""Columns that change as soon as an agent does something with a conversation."""


def is_begun_only(summary: Summary) -> bool:
    """Return whether an agent began a conversation and nothing has happened in it yet."""
    is_empty = not summary["last_id"] and not summary["last_arrival"]
    return is_empty and summary["state"] == State.CLOSED


def open_if_used(old: Summary, summary: Summary) -> None:
    """Open a conversation that was only begun once something happens in it.

    Args:
        old: Summary before the transaction.
        summary: Summary as it is now.
    """
    if is_begun_only(old) and any(summary[name] != old[name] for name in _SIGNS_OF_USE):
        summary["state"] = State.OPEN.value


def update_rank(summary: Summary) -> None:
    """Give a conversation its place among those that wait.

    A customer who is opted out does not wait, because an answer is not allowed. After
    an opt-in the customer waits again. The time for an answer ends with the waiting; it is set
    anew by `AnswerTargets.judge_conversations`.
    """
    summary["waiting_since"] = None if summary["opted_out"] else summary["unanswered_since"]
    if summary["waiting_since"] is None or summary["state"] != State.OPEN:
        summary.update(due_at=None, due_view="", overdue=0)
    summary["rank"] = compute_waiting_rank(summary["waiting_since"], summary["last_at"])


def get_counter_names(summary: Summary) -> frozenset[str]:
    """Return the names of the counters that count this conversation."""
    state = summary["state"]
    names = {state}
    if state == State.OPEN:
        names.add(f"assignee:{summary['assignee']}")
        if summary["waiting_since"] is not None:
            names.add("waiting")
    if summary["unread"]:
        names.add("unread")
    if summary["failed"]:
        names.add("failed")
    if summary["starred"]:
        names.add("starred")
    if summary.get("overdue"):  # a migration reads rows that have no such column yet
        names.add("overdue")
    return frozenset(names)


def record_incoming_text(
    summary: Summary,
    *,
    at: int,
    account: str,
    own: str,
    needs_answer: bool = True,
    is_newest: bool = True,
) -> None:
    """Mark the conversation as unread and open, and answer through the same account.

    A text that arrives late waits as well, even if a later one was answered: it has not been
    read.

    Args:
        summary: Summary of the conversation.
        at: Time of the text, in ms UTC.
        account: Account that received the text.
        own: Our address that the customer wrote to; empty if unknown.
        needs_answer: Whether the text needs an answer; False for an opt-out.
        is_newest: Whether the customer has written nothing later.
    """
    summary["unread"] += 1
    if needs_answer:
        since = summary["unanswered_since"]
        summary["unanswered_since"] = at if since is None else min(at, since)
    summary["state"] = State.OPEN.value
    summary["snoozed_until"] = None
    if is_newest:
        summary["account"] = account
        summary["own"] = own or summary["own"]


def record_status_change(
    summary: Summary, message_id: int, old: str, new: Status, handled: bool
) -> None:
    """Update the status shown in the list and the number of failures.

    Args:
        summary: Summary of the conversation.
        message_id: Id of the message whose status changed.
        old: Status before; empty for none.
        new: Status now.
        handled: Whether the message is marked as handled.
    """
    if summary["last_id"] == message_id:
        summary["last_status"] = new.value
    forget_unsent_sentence(summary, message_id, new)
    was = bool(old) and Status(old).is_problem and not handled
    summary["failed"] = max(0, summary["failed"] + int(new.is_problem and not handled) - int(was))


def forget_unsent_sentence(summary: Summary, message_id: int, status: str) -> None:
    """Let the next text say how to opt out if the one that did has not reached the customer.

    Args:
        summary: Summary of the conversation.
        message_id: Id of the message.
        status: Status of the message now.
    """
    if status in _NOT_SENT and summary["sentence_id"] == message_id:
        summary["sentence_id"] = 0
