"""Actions of an agent on conversations: each is stored, confirmed and can be undone."""

import contextlib
from collections.abc import Mapping, Sequence

from tui.clock import SECOND
from tui.desk.consent import ConsentActions
from tui.desk.context import AppContext
from tui.desk.format import format_title
from tui.desk.routes import Route, SendPlan, is_held_by_provider
from tui.desk.undo import UndoAction, UndoStack, UnsentMessages
from tui.domain.conversation import Conversation, State
from tui.domain.date_input import format_moment
from tui.domain.message import NO_MMS_CONTENT, Direction, Format, Message, MmsContent, NewMessage
from tui.domain.status import Status
from tui.domain.text import one_line
from tui.store.errors import StoreError
from tui.store.store import Store
from tui.store.summaries import Summary


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
        self._claiming_ids: set[int] = set()
        """Messages of this agent that assigned their conversation to the agent."""
        self.unsent = UnsentMessages(store)
        self.consent = ConsentActions(store, context.agent, self.remember_undo)

    async def close_conversations(self, rows: Sequence[Conversation]) -> str:
        """Close conversations."""
        before = await self._store.triage.close_conversations(_get_ids(rows), self._agent)
        return self._remember_triage(f"Closed {_format_names(rows)}", before)

    async def reopen_conversations(self, rows: Sequence[Conversation]) -> str:
        """Open conversations again."""
        before = await self._store.triage.reopen_conversations(_get_ids(rows), self._agent)
        return self._remember_triage(f"Opened {_format_names(rows)} again", before)

    async def toggle_assigned_to_me(self, rows: Sequence[Conversation]) -> str:
        """Assign conversations to the agent, or unassign them if all are assigned to the agent."""
        mine = all(row.assignee == self._agent for row in rows)
        before = await self._store.triage.assign_conversations(
            _get_ids(rows), self._agent, "" if mine else self._agent
        )
        message = (
            f"Assigned {_format_names(rows)} to nobody"
            if mine
            else f"Assigned {_format_names(rows)} to you"
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
        return self._remember_triage(
            f"Assigned {_format_names(rows)} to {one_line(assignee, 30) or 'nobody'}", before
        )

    async def snooze_conversations(self, rows: Sequence[Conversation], until: int | None) -> str:
        """Snooze conversations until a time or until the customer writes.

        Args:
            rows: Conversations to snooze.
            until: End of the snooze (ms UTC); None for the customer's next message.
        """
        before = await self._store.triage.snooze_conversations(_get_ids(rows), self._agent, until)
        date = format_moment(until, self._context.clock.now(), self._context.zone).split(",")[0]
        moment = date if until is None else f"until {date}"
        return self._remember_triage(f"Snoozed {_format_names(rows)} {moment}", before)

    async def toggle_labels(self, rows: Sequence[Conversation], *labels: str) -> str:
        """Add labels, or remove those that all conversations have; one undo reverts all.

        Args:
            rows: Conversations to label.
            labels: Labels to toggle.
        """
        changes = {label: not all(label in row.labels for row in rows) for label in labels}
        before = await self._store.triage.set_labels(_get_ids(rows), self._agent, changes)
        return self._remember_triage(_format_label_change(changes, _format_names(rows)), before)

    async def toggle_star(self, rows: Sequence[Conversation]) -> str:
        """Star conversations, or unstar them if all are starred."""
        on = not all(row.starred for row in rows)
        before = await self._store.triage.set_star(_get_ids(rows), self._agent, on)
        return self._remember_triage(
            f"{'Starred' if on else 'Unstarred'} {_format_names(rows)}", before
        )

    async def toggle_unread(self, rows: Sequence[Conversation]) -> str:
        """Mark conversations unread, or read if any of them is unread."""
        unread = not any(row.unread for row in rows)
        before = await self._store.triage.set_unread(_get_ids(rows), self._agent, unread)
        state = "unread" if unread else "read"
        return self._remember_triage(f"Marked {_format_names(rows)} {state}", before)

    async def queue_message(
        self,
        conversation: Conversation,
        text: str,
        route: Route,
        *,
        seen_upto: int,
        retry_of: int | None = None,
        enclosed: MmsContent = NO_MMS_CONTENT,
        plan: SendPlan | None = None,
        claim: bool = True,
    ) -> Message:
        """Queue a message.

        Args:
            conversation: Conversation with the customer.
            text: Text of the message.
            route: Account and sender to use.
            seen_upto: Newest message that the agent has seen.
            retry_of: Failed message that this one replaces.
            enclosed: Pictures and subject.
            plan: When to send (held by the provider if it can, else here); None for now.
            claim: Whether to assign the conversation to the agent if it is unassigned.

        Raises:
            StoreError: Nothing was queued.
        """
        # A provider that can schedule gets the message after the grace period. Otherwise it waits
        # in the outbox until its time.
        grace_ms = round(self._context.preferences.grace_seconds * SECOND)
        hold_until = self._context.clock.now() + grace_ms
        if plan is not None and not is_held_by_provider(route):
            hold_until = plan.send_at
        message = await self._store.intents.queue_message(
            NewMessage(
                to=conversation.party,
                body=text,
                account=route.account.name,
                sender=route.sender,
                agent=self._agent,
                hold_until=hold_until,
                retry_of=retry_of,
                scheduled_at=plan.send_at if plan else None,
                cancel_on_reply=plan is not None and plan.cancel_on_reply,
                format=Format.MMS if enclosed.media else Format.SMS,
                subject=enclosed.subject,
                media=enclosed.media,
            ),
            seen_upto=seen_upto,
        )
        with contextlib.suppress(
            StoreError
        ):  # The message is queued: a failed claim must not look like a failed send.
            if claim and await self._store.triage.claim_conversation(
                message.conversation_id, self._agent
            ):
                self._claiming_ids.add(message.id)
        return message

    def register_send_undo(self, message: Message) -> None:
        """Make a queued message cancellable with undo; its text becomes a draft again then."""

        async def undo_send() -> str:
            if not await self._store.intents.cancel_queued(message.id, self._agent):
                return "Too late to take it back: it is on its way"
            await self._restore_draft(message)
            await self._undo_claim(message)
            return "Taken back: it was not sent, the text is a draft again"

        self.unsent.add(message)
        self._undo_stack.push("send", undo_send)

    def register_batch_undo(self, messages: Sequence[Message]) -> None:
        """Make several messages cancellable with one undo; their texts become drafts again then."""

        async def undo_batch() -> str:
            cancelled = [
                m for m in messages if await self._store.intents.cancel_queued(m.id, self._agent)
            ]
            for message in cancelled:
                await self._restore_draft(message)
            late = (
                f", {len(messages) - len(cancelled)} too late"
                if len(cancelled) < len(messages)
                else ""
            )
            return f"Taken back: {len(cancelled)} not sent{late}, the texts are drafts again"

        for message in messages:
            self.unsent.add(message)
        self._undo_stack.push("send", undo_batch)

    async def cancel_scheduled(self, message: Message) -> str:
        """Cancel a scheduled message that waits in smsdesk or at the provider."""
        intents = self._store.intents
        if message.status is Status.QUEUED and await intents.cancel_queued(message.id, self._agent):
            await self._restore_draft(message)
            return "Cancelled: it was not sent, the text is a draft again"
        # Only the provider knows the outcome now; its next receipt changes the badge.
        if message.cancel_wanted:
            return "The provider has been asked already: the badge will tell"
        if await intents.request_cancel(message.id, self._agent):
            name = one_line(message.account, 20)
            return f"Asked {name} to cancel it: the badge will tell"
        return "Nothing to cancel: it does not wait for a time any more"

    async def add_note(self, conversation: Conversation, text: str, mentions: Sequence[str]) -> str:
        """Add a private note for colleagues.

        Args:
            conversation: Conversation that the note belongs to.
            text: Text of the note.
            mentions: Colleagues that the note mentions.
        """
        messages, agent = self._store.messages, self._agent
        note_id = await messages.add_note(conversation.id, agent, text, mentions)

        async def undo_note() -> str:
            if not await messages.withdraw_note(note_id, agent):
                return "The note is gone already"
            return "Withdrawn: nobody sees the note, its text is a draft again"

        mentioned = f" · {one_line(', '.join(mentions), 60)} will see it" if mentions else ""
        return self.remember_undo(f"Noted, for colleagues only{mentioned}", undo_note)

    async def _restore_draft(self, message: Message) -> None:
        """Put the text of a message that was not sent before the current draft."""
        drafts, conversation_id = self._store.drafts, message.conversation_id
        draft = await drafts.get_draft(conversation_id, self._agent)
        current_text = draft.body if draft else ""
        await drafts.save_draft(
            conversation_id,
            self._agent,
            f"{message.body}\n{current_text}" if current_text else message.body,
            account=message.account,
            sender=message.sender,
            enclosed=MmsContent(message.media, message.subject),
            began_at=message.at,
        )

    async def _undo_claim(self, message: Message) -> None:
        """Unassign the conversation that a now cancelled message assigned to the agent."""
        if message.id in self._claiming_ids:
            self._claiming_ids.discard(message.id)
            await self._store.triage.assign_conversations(
                [message.conversation_id], self._agent, ""
            )

    async def resolve_as_sent(self, message: Message) -> str:
        """Record the agent's decision that an uncertain message was sent."""
        if not await self._store.intents.resolve_uncertain(message.id, self._agent, went_out=True):
            return "The provider has told meanwhile: nothing to decide any more"
        return "Noted: it went out"

    def remember_undo(self, message: str, undo: UndoAction) -> str:
        """Remember how to undo an action and return its message with the key that undoes it.

        Args:
            message: Message that confirms the action.
            undo: Undoes the action.
        """
        self._undo_stack.push(message, undo)
        return f"{message} · z undoes"

    async def dismiss_failure(self, message: Message) -> str:
        """Dismiss a failed message that needs no action, so that it is not counted any more."""
        intents, agent = self._store.intents, self._agent
        if not await intents.set_handled(message.id, agent):
            return "A colleague has dealt with this one already"

        async def undo_dismissal() -> str:
            await intents.set_handled(message.id, agent, handled=False)
            return "Undone: it counts as failed again"

        return self.remember_undo("Put aside: it counts as failed no more", undo_dismissal)

    async def undo_last(self) -> str:
        """Undo the newest action."""
        entry = self._undo_stack.pop()
        return await entry.undo() if entry else "Nothing to undo"

    def _remember_triage(self, message: str, before: list[Summary]) -> str:
        """Remember the former state of conversations for undo and return the message."""

        async def restore_triage() -> str:
            await self._store.triage.undo_changes(before, self._agent)
            return f"Undone: {message[:1].lower()}{message[1:]}"

        return self.remember_undo(message, restore_triage)


def find_retry_problem(message: Message | None) -> str:
    """Return why a message cannot be sent again, or "" if it can."""
    if message is None or message.direction is not Direction.OUT:
        return "Select a message that went out first: K and J"
    # It may have been sent, so the agent is asked to resolve it; a retry is one of the answers.
    if message.status is Status.UNCERTAIN:
        return ""
    if message.status is None or not message.status.is_problem:
        return "Only failed messages are sent again"
    return "" if not message.handled else "This one has been dealt with already"


def is_open(conversation: Conversation) -> bool:
    """Return whether the conversation is open, so that it can be closed."""
    return conversation.state is State.OPEN


def _format_label_change(changes: Mapping[str, bool], target: str) -> str:
    """Return what was added and removed: "Put #vip, #late on and took #new off Mia"."""

    def format_tags(added: bool) -> str:
        """Return the labels that were added, or those that were removed."""
        return one_line(", ".join(f"#{label}" for label in changes if changes[label] is added), 60)

    if all(changes.values()):
        return f"Put {format_tags(True)} on {target}"
    if not any(changes.values()):
        return f"Took {format_tags(False)} off {target}"
    return f"Put {format_tags(True)} on and took {format_tags(False)} off {target}"


def _get_ids(rows: Sequence[Conversation]) -> list[int]:
    """Return the ids of conversations."""
    return [row.id for row in rows]


def _format_names(rows: Sequence[Conversation]) -> str:
    """Return the title of one conversation, or how many there are."""
    return one_line(format_title(rows[0]), 40) if len(rows) == 1 else f"{len(rows)} conversations"
