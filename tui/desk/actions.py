"""Actions of an agent on conversations: each is stored, confirmed and can be undone."""

from collections.abc import Iterable, Sequence

from tui.desk.assigning import find_absence
from tui.desk.consent import ConsentActions
from tui.desk.context import AppContext
from tui.desk.format import format_label_change, format_titles
from tui.desk.merging import list_names
from tui.desk.outgoing import OutgoingActions
from tui.desk.undo_stack import (
    FindUndoProblem,
    UndoAction,
    UndoEntry,
    UndoQuestion,
    UndoStack,
    format_rest_undone,
    format_undone,
)
from tui.domain.arrivals import HeldItem
from tui.domain.conversation import Conversation, Draft, State
from tui.domain.date_input import format_moment
from tui.domain.message import Message
from tui.domain.text import one_line
from tui.store.applied_actions import AppliedChange
from tui.store.errors import StoreError
from tui.store.store import Store

HELD_SCOPE = "held"
"""Scope of what the list of held items can undo."""


class ConversationActions:
    """Actions on conversations; most methods return the message that confirms the action."""

    def __init__(self, store: Store, context: AppContext) -> None:
        """Create the actions of one agent, with nothing to undo.

        Args:
            store: Store shared by all agents.
            context: Settings of the agent.
        """
        self._store = store
        self._context = context
        self._agent = context.agent
        self._undo_stack = UndoStack()
        self.outgoing = OutgoingActions(store, context, self.remember_undo)
        self.consent = ConsentActions(store, context.agent, self.remember_undo)

    async def close_conversations(self, rows: Sequence[Conversation]) -> str:
        """Close conversations."""
        before = await self._store.triage.close_conversations(_get_ids(rows), self._agent)
        return self._remember_triage(
            f"Closed {format_titles(rows)}", before, "reopens {target}, closed"
        )

    async def close_after_sending(self, message: Message) -> tuple[str, bool]:
        """Close the conversation of a reply; one undo takes the reply back and reopens it.

        Args:
            message: Reply that was just queued.

        Returns:
            The message that says so, without the key, and whether the conversation was closed.
        """
        store, agent, conversation_id = self._store, self._agent, message.conversation_id
        try:
            rows = [row for row in [await store.conversations.get(conversation_id)] if row]
            before = await store.triage.close_conversations(_get_ids(rows), agent)
        except StoreError as error:
            self.outgoing.register_send_undo(message)
            return f"Sent, but not closed: {error}", False

        async def reopen() -> str:
            outcome = await store.triage.undo_changes(before, agent)
            return format_rest_undone("the conversation is open again", *outcome)

        self.outgoing.register_send_undo(message, reopen)
        return f"Closed {format_titles(rows)}", True

    async def reopen_conversations(self, rows: Sequence[Conversation]) -> str:
        """Open conversations again."""
        before = await self._store.triage.reopen_conversations(_get_ids(rows), self._agent)
        return self._remember_triage(f"Reopened {format_titles(rows)}", before)

    async def toggle_assigned_to_me(self, rows: Sequence[Conversation]) -> str:
        """Assign conversations to the agent, or unassign them if all are assigned to the agent."""
        mine = all(row.assignee == self._agent for row in rows)
        before = await self._store.triage.assign_conversations(
            _get_ids(rows), self._agent, "" if mine else self._agent
        )
        message = (
            f"Unassigned {format_titles(rows)}"
            if mine
            else f"Assigned {format_titles(rows)} to you"
        )
        return self._remember_triage(message, before)

    async def assign_conversations(self, rows: Sequence[Conversation], assignee: str) -> str:
        """Assign conversations to an agent.

        Args:
            rows: Conversations to assign.
            assignee: Name of the agent; "" to unassign.
        """
        before = await self._store.triage.assign_conversations(
            _get_ids(rows), self._agent, assignee
        )
        context = self._context
        now, zone = context.clock.now(), context.zone
        absence = (
            "" if assignee == self._agent else await find_absence(self._store, assignee, now, zone)
        )
        text = _format_assignment(rows, assignee)
        return self._remember_triage(f"{text} · {absence}" if absence else text, before)

    async def snooze_conversations(self, rows: Sequence[Conversation], until: int | None) -> str:
        """Snooze conversations until a time or until the customer writes.

        Args:
            rows: Conversations to snooze.
            until: End of the snooze (ms UTC); None for the customer's next message.
        """
        before = await self._store.triage.snooze_conversations(_get_ids(rows), self._agent, until)
        date = format_moment(until, self._context.clock.now(), self._context.zone).split(",")[0]
        moment = date if until is None else f"until {date}"
        return self._remember_triage(
            f"Snoozed {format_titles(rows)} {moment}", before, "reopens {target}, snoozed"
        )

    async def toggle_labels(self, rows: Sequence[Conversation], *labels: str) -> str:
        """Add labels, or remove those that all conversations have; one undo reverts all.

        Args:
            rows: Conversations to label.
            labels: Labels to toggle.
        """
        changes = {label: not all(label in row.labels for row in rows) for label in labels}
        before = await self._store.triage.set_labels(_get_ids(rows), self._agent, changes)
        return self._remember_triage(format_label_change(changes, format_titles(rows)), before)

    async def toggle_star(self, rows: Sequence[Conversation]) -> str:
        """Star conversations, or unstar them if all are starred."""
        on = not all(row.starred for row in rows)
        before = await self._store.triage.set_star(_get_ids(rows), self._agent, on)
        return self._remember_triage(
            f"{'Starred' if on else 'Unstarred'} {format_titles(rows)}", before
        )

    async def toggle_unread(self, rows: Sequence[Conversation]) -> str:
        """Mark conversations unread, or read if any of them is unread."""
        unread = not any(row.unread for row in rows)
        before = await self._store.triage.set_unread(_get_ids(rows), self._agent, unread)
        state = "unread" if unread else "read"
        return self._remember_triage(f"Marked {format_titles(rows)} {state}", before)

    async def merge_conversations(self, kept: Conversation, gone: Conversation) -> str:
        """Make a conversation part of another one of the same customer.

        Args:
            kept: Conversation that stays.
            gone: Conversation that becomes part of it.
        """
        merges, agent = self._store.merges, self._agent
        merge_id = await merges.merge_conversations(kept.id, gone.id, agent)

        async def undo_merge() -> str:
            if not await merges.undo_merge(merge_id, agent):
                return "They have been separated already"
            return f"Separated: {list_names([kept, gone])} are two conversations again"

        message = f"Merged {format_titles([gone])} into {format_titles([kept])}"
        return self.remember_undo(message, undo_merge, about=[kept.id])

    async def add_note(
        self,
        conversation: Conversation,
        text: str,
        mentions: Sequence[str],
        draft: Draft | None = None,
    ) -> str:
        """Add a private note for colleagues.

        Args:
            conversation: Conversation that the note belongs to.
            text: Text of the note.
            mentions: Colleagues that the note mentions.
            draft: Draft that the agent saw when saving it; None if it was not typed in one.
        """
        messages, agent = self._store.messages, self._agent
        note_id = await messages.add_note(conversation.id, agent, text, mentions, draft=draft)

        async def undo_note() -> str:
            if not await messages.withdraw_note(note_id, agent):
                return "The note has been withdrawn already"
            return "Withdrawn: the note is gone, its text is a draft again"

        mentioned = f" · {one_line(', '.join(mentions), 60)} will see it" if mentions else ""
        return self.remember_undo(
            f"Note saved, for colleagues only{mentioned}",
            undo_note,
            about=[conversation.id],
            question="withdraws the note on {target}, written",
        )

    async def dismiss_held(self, item: HeldItem) -> str:
        """Dismiss a held item; the record of it stays.

        Args:
            item: Item that is held.
        """
        held_items = self._store.held_items
        if not await held_items.dismiss([item.id], self._agent):
            return "It is not held any more"

        async def restore_item() -> str:
            if not await held_items.restore([item.id]):
                return "It is not dismissed any more"
            return "It is held again"

        return self.remember_undo("Dismissed", restore_item, HELD_SCOPE)

    def remember_undo(
        self,
        message: str,
        undo: UndoAction,
        scope: str = "",
        *,
        about: Iterable[int] = (),
        question: UndoQuestion = "",
        find_problem: FindUndoProblem | None = None,
    ) -> str:
        """Remember how to undo an action and return its message with the key that undoes it.

        Args:
            message: Message that confirms the action.
            undo: Undoes the action.
            scope: Dialog that can undo the action by itself; empty for none.
            about: Ids of the conversations that the action has changed.
            question: What undo would do, as `UndoEntry.question`.
            find_problem: Finds out whether it is too late; None if it never is.
        """
        now, changed = self._context.clock.now(), frozenset(about)
        entry = UndoEntry(message, undo, now, scope, changed, question, find_problem)
        self._undo_stack.push(entry)
        return f"{message} · z undoes"

    @property
    def newest_undo(self) -> UndoEntry | None:
        """Return the action that undo would undo, or None if there is none."""
        return self._undo_stack.newest

    async def undo_last(self, scope: str = "") -> str:
        """Undo the newest action.

        Args:
            scope: Dialog whose actions count; empty for all actions.
        """
        entry = self._undo_stack.pop(scope)
        return await entry.undo() if entry else "Nothing to undo"

    def _remember_triage(
        self, message: str, changes: list[AppliedChange], question: str = ""
    ) -> str:
        """Remember how to undo changes of conversations and return the message."""

        async def restore_triage() -> str:
            outcome = await self._store.triage.undo_changes(changes, self._agent)
            return format_undone(f"{message[:1].lower()}{message[1:]}", *outcome)

        about = [change.id for change in changes]
        return self.remember_undo(message, restore_triage, about=about, question=question)


def is_open(conversation: Conversation) -> bool:
    """Return whether the conversation is open, so that it can be closed."""
    return conversation.state is State.OPEN


def _format_assignment(rows: Sequence[Conversation], assignee: str) -> str:
    """Return "Assigned Ana to mia", or "Unassigned Ana" if no one is named."""
    names = format_titles(rows)
    return f"Assigned {names} to {one_line(assignee, 30)}" if assignee else f"Unassigned {names}"


def _get_ids(rows: Sequence[Conversation]) -> list[int]:
    """Return the ids of conversations."""
    return [row.id for row in rows]
