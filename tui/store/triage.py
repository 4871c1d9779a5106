"""Store what agents do with whole conversations, one at a time or many at once."""

import functools
import random
from collections.abc import Callable, Mapping, Sequence

from tui.clock import Clock
from tui.domain.action_list import ConversationChange
from tui.domain.conversation import State
from tui.domain.text import repair_text
from tui.store.applied_actions import (
    AppliedChange,
    apply_change,
    close_summary,
    name_undo,
    revert_change,
)
from tui.store.audit import AuditEntry, read_audit_trail, record_action
from tui.store.conversation_lookups import find_conversation
from tui.store.engine import Engine, Transaction
from tui.store.queries import queries
from tui.store.summaries import Summaries, Summary


class Triage:
    """Changes of conversations, recorded with the agent who made them."""

    def __init__(self, database: Engine, clock: Clock, rng: random.Random) -> None:
        """Create the triage actions of one database.

        Args:
            database: Open inbox database.
            clock: Source of the current time.
            rng: Source of randomness for new ids.
        """
        self._database = database
        self._clock = clock
        self._rng = rng
        self._sql = queries("conversations")

    async def change_conversations(
        self,
        ids: Sequence[int],
        agent: str,
        action: str,
        change: Callable[[Summary], None],
        detail: str | Callable[[Summary], str] = "",
    ) -> list[AppliedChange]:
        """Make one change to several conversations; return them for undo.

        Args:
            ids: Ids of the conversations.
            agent: Name of the agent.
            action: Name of the action in the audit trail.
            change: Function that changes a summary.
            detail: More about the action, for the audit trail; a function gets the summary as
                it was before.
        """

        def write_changes(transaction: Transaction) -> list[AppliedChange]:
            summaries = Summaries(transaction, self._rng)
            changes = []
            for identity in ids:
                summary = summaries.get(identity)
                before = dict(summary)
                more = detail if isinstance(detail, str) else detail(summary)
                change(summary)
                changes.append(AppliedChange(before, dict(summary)))
                record_action(
                    transaction, self._rng, self._clock, agent, action, identity, detail=more
                )
            summaries.flush()
            return changes

        return await self._database.write(write_changes)

    async def close_conversations(self, ids: Sequence[int], agent: str) -> list[AppliedChange]:
        """Close conversations until the customer writes again; return them for undo.

        Args:
            ids: Ids of the conversations.
            agent: Name of the agent.
        """
        return await self.change_conversations(
            ids, agent, "close", close_summary, lambda s: str(s["unanswered_since"] or "")
        )

    async def reopen_conversations(self, ids: Sequence[int], agent: str) -> list[AppliedChange]:
        """Open closed or snoozed conversations again; return them for undo.

        A customer who waited when it was closed waits again, since the same moment.

        Args:
            ids: Ids of the conversations.
            agent: Name of the agent.
        """
        return await self.change_together(ids, agent, ConversationChange(state=State.OPEN))

    async def snooze_conversations(
        self, ids: Sequence[int], agent: str, until: int | None
    ) -> list[AppliedChange]:
        """Hide conversations until a time or a reply; return them for undo.

        Args:
            ids: Ids of the conversations.
            agent: Name of the agent.
            until: End of the snooze in ms UTC; None waits for a reply.
        """
        change = ConversationChange(state=State.SNOOZED, snoozed_until=until)
        return await self.change_together(ids, agent, change)

    async def assign_conversations(
        self, ids: Sequence[int], agent: str, assignee: str
    ) -> list[AppliedChange]:
        """Assign conversations to an agent; return them for undo.

        Args:
            ids: Ids of the conversations.
            agent: Name of the agent.
            assignee: Name of the new assignee, in one line; empty to unassign.
        """
        assignee = " ".join(repair_text(assignee).split())
        return await self.change_conversations(
            ids, agent, f"assign {assignee}".strip(), lambda s: s.update(assignee=assignee)
        )

    async def claim_conversation(self, conversation_id: int, agent: str) -> bool:
        """Assign an unassigned conversation; return False if it was assigned.

        Args:
            conversation_id: Id of the conversation.
            agent: Name of the agent.
        """
        return await self._pass_on(conversation_id, agent, "claim", old="", new=agent)

    async def release_conversation(self, conversation_id: int, agent: str) -> bool:
        """Unassign a conversation that is this agent's; return False if it is another one's.

        Args:
            conversation_id: Id of the conversation.
            agent: Name of the agent.
        """
        return await self._pass_on(conversation_id, agent, "assign", old=agent, new="")

    async def _pass_on(
        self, conversation_id: int, agent: str, action: str, *, old: str, new: str
    ) -> bool:
        """Change the assignee of a conversation; return False if it was not the old one."""

        def write_assignee(transaction: Transaction) -> bool:
            summaries = Summaries(transaction, self._rng)
            summary = summaries.get(conversation_id)
            if summary["assignee"] != old:
                return False
            summary["assignee"] = new
            summaries.flush()
            record_action(transaction, self._rng, self._clock, agent, action, summary["id"])
            return True

        return await self._database.write(write_assignee)

    async def set_star(self, ids: Sequence[int], agent: str, on: bool) -> list[AppliedChange]:
        """Star or unstar conversations; return them for undo.

        Args:
            ids: Ids of the conversations.
            agent: Name of the agent.
            on: Whether to star them.
        """
        return await self.change_together(ids, agent, ConversationChange(starred=on))

    async def set_unread(self, ids: Sequence[int], agent: str, unread: bool) -> list[AppliedChange]:
        """Mark conversations as unread or read; return them for undo.

        Args:
            ids: Ids of the conversations.
            agent: Name of the agent.
            unread: Whether to mark them as unread.
        """
        action = "mark unread" if unread else "mark read"
        return await self.change_conversations(
            ids, agent, action, lambda s: s.update(unread=int(unread))
        )

    async def set_label(
        self, ids: Sequence[int], agent: str, label: str, on: bool
    ) -> list[AppliedChange]:
        """Add or remove a label; return them for undo.

        Args:
            ids: Ids of the conversations.
            agent: Name of the agent.
            label: Label in one line.
            on: Whether to add the label.
        """
        return await self.set_labels(ids, agent, {label: on})

    async def set_labels(
        self, ids: Sequence[int], agent: str, changes: Mapping[str, bool]
    ) -> list[AppliedChange]:
        """Add and remove several labels at once; return them for undo.

        Args:
            ids: Ids of the conversations.
            agent: Name of the agent.
            changes: Labels in one line each, with True to add and False to remove.
        """
        wanted = {" ".join(repair_text(label).split()): on for label, on in changes.items()}
        return await self.change_together(
            ids, agent, ConversationChange(labels=tuple(wanted.items()))
        )

    async def change_together(
        self, ids: Sequence[int], author: str, change: ConversationChange
    ) -> list[AppliedChange]:
        """Make all changes of a list of actions at once; return them for undo.

        Args:
            ids: Ids of the conversations.
            author: Agent or rule that the history names.
            change: What to change.
        """

        def write_change(transaction: Transaction) -> list[AppliedChange]:
            summaries = Summaries(transaction, self._rng)
            applied = [
                apply_change(transaction, summaries, self._clock, self._rng, one, change, author)
                for one in ids
            ]
            summaries.flush()
            return applied

        return await self._database.write(write_change)

    async def undo_changes(self, changes: Sequence[AppliedChange], agent: str) -> tuple[int, int]:
        """Restore what changes made different; messages stay, and so does what came since.

        Args:
            changes: Conversations before and after the changes.
            agent: Name of the agent.

        Returns:
            How many conversations were restored at least in part, and in how many something
            stays because it was changed again since.
        """

        def write_originals(transaction: Transaction) -> tuple[int, int]:
            summaries = Summaries(transaction, self._rng)
            restored = left = 0
            for change in changes:
                if find_conversation(transaction.connection, change.id) is None:
                    continue  # the customer was forgotten since
                summary = summaries.get(change.id)
                if summary["id"] != change.id:
                    continue  # it has become part of another conversation, which stays as it is
                was = dict(summary)
                is_restored, is_left = revert_change(transaction, summary, change)
                restored, left = restored + is_restored, left + is_left
                if is_restored or not is_left:
                    action = name_undo(was, summary)
                    record_action(transaction, self._rng, self._clock, agent, action, change.id)
            summaries.flush()
            return restored, left

        return await self._database.write(write_originals)

    async def reopen_due_conversations(self) -> int:
        """Open every snoozed conversation that is due; return how many there were."""
        due = functools.partial(self._sql.due, now=self._clock.now())
        # Check on the reading connection: a round without work must not take the write lock.
        if not await self._database.read(due):
            return 0

        def write_reopened(transaction: Transaction) -> int:
            summaries = Summaries(transaction, self._rng)
            found = due(transaction.connection)
            for row in found:
                summaries.get(row["id"]).update(state=State.OPEN.value, snoozed_until=None)
            summaries.flush()
            return len(found)

        return await self._database.write(write_reopened)

    async def get_audit_trail(self, conversation_id: int) -> list[AuditEntry]:
        """Return the newest audit entries of a conversation, newest first."""
        return await read_audit_trail(self._database, conversation_id)
