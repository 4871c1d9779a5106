"""Change a conversation inside the caller's transaction: by one key, a macro or a rule."""

import random

from tui.clock import Clock
from tui.domain.action_list import ConversationChange
from tui.domain.conversation import State
from tui.store.audit import record_action
from tui.store.connections import Connection
from tui.store.engine import Transaction
from tui.store.message_rows import insert_note
from tui.store.queries import queries
from tui.store.settling import restore_wait_before_close
from tui.store.summaries import Summaries, Summary


def apply_change(
    transaction: Transaction,
    summaries: Summaries,
    clock: Clock,
    rng: random.Random,
    conversation_id: int,
    change: ConversationChange,
    author: str,
) -> Summary:
    """Apply a change to one conversation, with a line in the history for each part.

    Nothing is recorded for what was so before. The caller flushes the summaries.

    Args:
        transaction: Transaction of the caller.
        summaries: Conversation summaries of the same transaction.
        clock: Source of the current time.
        rng: Source of randomness for new ids.
        conversation_id: Id of the conversation.
        change: What to change.
        author: Agent or rule that the history names.

    Returns:
        The conversation as it was before, for `Triage.undo_changes`.
    """
    summary = summaries.get(conversation_id)
    before = dict(summary)

    def record(action: str, detail: str = "") -> None:
        """Add a line to the history."""
        record_action(transaction, rng, clock, author, action, summary["id"], detail=detail)

    for label, on in change.labels:
        if write_label(transaction.connection, summary, label, on):
            record(f"label {label}" if on else f"unlabel {label}")
    if change.assignee is not None and change.assignee != summary["assignee"]:
        summary["assignee"] = change.assignee
        record(f"assign {change.assignee}".strip())
    if change.starred is not None and change.starred != bool(summary["starred"]):
        summary["starred"] = int(change.starred)
        record("star" if change.starred else "unstar")
    for note in change.notes:
        insert_note(transaction, summaries, clock, rng, summary["id"], author, note)
    if change.state is not None and not _is_in_state(summary, change):
        close_detail = str(summary["unanswered_since"] or "")
        details = {State.CLOSED: close_detail, State.SNOOZED: str(change.snoozed_until or "")}
        record(_STATE_ACTIONS[change.state], details.get(change.state, ""))
        change_state(transaction, summary, change.state, change.snoozed_until)
    return remember_change(before, summary)


_STATE_ACTIONS = {State.CLOSED: "close", State.OPEN: "reopen", State.SNOOZED: "snooze"}


def _is_in_state(summary: Summary, change: ConversationChange) -> bool:
    """Return whether a conversation is in the state already that a change gives it."""
    return (summary["state"], summary["snoozed_until"]) == (change.state, change.snoozed_until)


def change_state(
    transaction: Transaction, summary: Summary, state: State, snoozed_until: int | None = None
) -> None:
    """Open, close or snooze a conversation in its summary.

    A closed one counts as answered. One that is opened again waits as it did when it was closed.

    Args:
        transaction: Transaction of the caller.
        summary: Conversation to change.
        state: New state.
        snoozed_until: End of a snooze in ms UTC; None waits for a reply.
    """
    if state is State.CLOSED:
        close_summary(summary)
        return
    if state is State.OPEN and summary["state"] == State.CLOSED:
        restore_wait_before_close(transaction, summary)
    summary.update(state=state.value, snoozed_until=snoozed_until)


def close_summary(summary: Summary) -> None:
    """Close a conversation in its summary, answered or not."""
    summary.update(state=State.CLOSED.value, snoozed_until=None, unanswered_since=None, unread=0)


# Undo ---------------------------------------------------------------------------------------

_STATE_COLUMNS = ("state", "snoozed_until")
_LATER_COLUMNS = (*_STATE_COLUMNS, "unread", "unanswered_since")
"""Columns that an undo leaves once something has arrived: nothing new is hidden."""
_AFTER = "after"


def remember_change(before: Summary, summary: Summary) -> Summary:
    """Return a conversation as it was, with what a change has made of it, for its undo.

    Args:
        before: The conversation before the change.
        summary: The conversation after it.
    """
    names = (*_LATER_COLUMNS, "assignee", "starred", "labels")
    return {**before, _AFTER: {name: summary[name] for name in names}}


def revert_change(connection: Connection, summary: Summary, old: Summary) -> str:
    """Restore what one change has changed; what others have changed since stays as it is.

    Args:
        connection: Connection of the caller's transaction.
        summary: Conversation as it is now; changed in place.
        old: What `remember_change` has returned.

    Returns:
        How the audit trail calls it; "" if nothing is different.
    """
    after, now = old[_AFTER], dict(summary)
    for label in get_labels(old) ^ get_labels(after):
        if (label in get_labels(summary)) is (label in get_labels(after)):
            write_label(connection, summary, label, label in get_labels(old))
    is_news = summary["last_arrival"] != old["last_arrival"]
    has_moved = any(summary[name] != after[name] for name in _STATE_COLUMNS)
    names = ("assignee", "starred", *(() if is_news or has_moved else _LATER_COLUMNS))
    for name in names:
        if old[name] != after[name] == summary[name]:
            summary[name] = old[name]
    if summary == now:
        return ""
    is_moved_back = any(summary[name] != now[name] for name in _LATER_COLUMNS)
    return UNDO_STATE if is_moved_back else UNDO_DETAILS


UNDO_STATE = "undo"
"""Action of the audit trail: what ended the wait of a customer counts no longer."""
UNDO_DETAILS = "undo details"
"""Action of the audit trail: the undo of something that ends no wait."""


def write_label(connection: Connection, summary: Summary, label: str, on: bool) -> bool:
    """Add or remove a label in its table and in the summary; return whether it changed.

    Args:
        connection: Connection of the caller's transaction.
        summary: Conversation to change.
        label: Label in one line.
        on: Whether to add it.
    """
    sql, labels = queries("conversations"), get_labels(summary)
    query = sql.add_label if on else sql.drop_label
    query(connection, label=label, conversation_id=summary["id"])
    summary["labels"] = "\n".join(sorted(labels | {label} if on else labels - {label}))
    return on != (label in labels)


def get_labels(summary: Summary) -> set[str]:
    """Return the labels of a conversation as a set."""
    return set(summary["labels"].split("\n")) if summary["labels"] else set()
