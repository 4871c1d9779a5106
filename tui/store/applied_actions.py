"""Change a conversation inside the caller's transaction: by one key, a macro or a rule."""

import random

from tui.clock import Clock
from tui.domain.action_list import ConversationChange
from tui.domain.conversation import State
from tui.domain.record_type import record
from tui.store.audit import record_action
from tui.store.connections import Connection
from tui.store.engine import Transaction
from tui.store.message_rows import insert_note
from tui.store.queries import queries
from tui.store.settling import keep_longer_wait, restore_wait_before_close
from tui.store.summaries import Summaries, Summary

_STATE_COLUMNS = ("state", "snoozed_until")
_WAIT_COLUMNS = ("unread", "unanswered_since")
"""Columns that follow the state, and that a new text of the customer changes as well."""


UNDO_STATE = "undo"
"""Action of the audit trail: what ended the wait of a customer counts no longer."""
UNDO_DETAILS = "undo details"
"""Action of the audit trail: the undo of something that ends no wait."""


@record
class AppliedChange:
    """A conversation before and after a change, so that undo restores only what it changed."""

    before: Summary
    after: Summary

    @property
    def id(self) -> int:
        """Return the id of the conversation."""
        identity: int = self.before["id"]
        return identity


def apply_change(
    transaction: Transaction,
    summaries: Summaries,
    clock: Clock,
    rng: random.Random,
    conversation_id: int,
    change: ConversationChange,
    author: str,
) -> AppliedChange:
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
        The conversation before and after, for `Triage.undo_changes`.
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
    return AppliedChange(before, dict(summary))


def revert_change(
    transaction: Transaction, summary: Summary, change: AppliedChange
) -> tuple[bool, bool]:
    """Restore what a change made different, except for what was changed again since.

    If a new message arrived meanwhile, state and unread count stay: nothing new is hidden.

    Args:
        transaction: Transaction of the caller.
        summary: Conversation as it is now; changed in place.
        change: Change to revert.

    Returns:
        Whether anything was restored, and whether anything stays as it was made since.
    """
    old, new, was = change.before, change.after, dict(summary)
    for label in get_labels(old) ^ get_labels(new):
        write_label(transaction.connection, summary, label, label in get_labels(old))
    is_left = _revert_state(transaction, summary, change)
    for name in ("assignee", "starred"):
        if old[name] != new[name]:
            is_left |= was[name] not in (old[name], new[name])
            summary[name] = old[name] if was[name] == new[name] else was[name]
    return summary != was, is_left


def name_undo(old: Summary, new: Summary) -> str:
    """Return how the history calls an undo, by a conversation before and after it."""
    columns = (*_STATE_COLUMNS, *_WAIT_COLUMNS)
    return UNDO_STATE if any(old[name] != new[name] for name in columns) else UNDO_DETAILS


def _revert_state(transaction: Transaction, summary: Summary, change: AppliedChange) -> bool:
    """Restore state and unread count; return whether the state stays as it was made since."""
    old, new = change.before, change.after
    if summary["last_arrival"] != new["last_arrival"]:
        keep_longer_wait(transaction, summary, old)
        return False
    states = [tuple(one[name] for name in _STATE_COLUMNS) for one in (old, new, summary)]
    if states[1] != states[2]:
        return states[0] != states[1] and states[0] != states[2]
    for name in (*_STATE_COLUMNS, *_WAIT_COLUMNS):
        if old[name] != new[name] == summary[name]:
            summary[name] = old[name]
    return False


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
