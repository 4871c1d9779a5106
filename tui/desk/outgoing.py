"""Queue messages, and what an agent does with them afterwards: cancel, resolve, dismiss.

Every message of an agent or a script goes through `queue_attempt`, that of a rule through
`build_message`.
"""

import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from tui.clock import SECOND
from tui.desk.late_texts import BatchProgress, describe_late, explain_too_late
from tui.desk.outages import DoubtfulTexts
from tui.desk.queue_attempts import queue_attempt
from tui.desk.routes import SendPlan, format_plan_time, is_held_by_provider, read_plan
from tui.desk.send_attempt import SendAttempt
from tui.desk.undo import UnsentMessages
from tui.desk.undo_stack import RememberUndo
from tui.domain.message import Direction, Message, MmsContent
from tui.domain.opt_out_sentence import get_sentence, strip_sentence
from tui.domain.status import Status
from tui.domain.text import one_line
from tui.store.errors import StoreError
from tui.store.messages import NEWEST
from tui.store.store import Store
from tui.store.stored_drafts import make_empty_draft

if TYPE_CHECKING:
    from tui.desk.context import AppContext


_RECENT = 50
"""Messages among which the one to take back is looked for."""
_JUST_SENT_MS = 60 * SECOND
"""Time for which a text counts as just sent."""
_NOTHING_TO_TAKE_BACK = "Nothing to take back here: no text of yours waits in this conversation"


class OutgoingActions:
    """Actions of an agent on outgoing messages; all can be undone while that is possible."""

    def __init__(self, store: Store, context: "AppContext", remember_undo: RememberUndo) -> None:
        """Create the actions of one agent.

        Args:
            store: Store shared by all agents.
            context: Settings of the agent.
            remember_undo: Remembers how to undo an action.
        """
        self._store = store
        self._context = context
        self._agent = context.agent
        self._remember_undo = remember_undo
        self._claiming_ids: set[int] = set()
        """Messages of this agent that assigned their conversation to the agent."""
        self._taken_back_ids: set[int] = set()
        self._doubtful = DoubtfulTexts(store, context.clock, context.agent)
        self._reversals: dict[int, Callable[[], Awaitable[str]]] = {}
        """What undoes a change that came with one of these messages, and words for it."""
        self.unsent = UnsentMessages(store)

    async def queue_message(self, attempt: SendAttempt, *, claim: bool = True) -> Message:
        """Queue a message of the agent, held while the agent can cancel it.

        Args:
            attempt: Message to queue.
            claim: Whether to assign the conversation to the agent if it is unassigned.

        Raises:
            RefusedError: A check refuses the message; nothing was queued.
            StoreError: Nothing was queued.
        """
        hold_until = self._choose_hold_end(attempt)
        sentence = get_sentence(attempt.preferences, attempt.route.account if attempt.route else "")
        watch = self._doubtful.watch(attempt.conversation, attempt.to, attempt.text, sentence)
        async with watch as message:
            message = message or await queue_attempt(self._store, attempt, hold_until=hold_until)
        # The message is queued: a failed claim must not look like a failed send.
        with contextlib.suppress(StoreError):
            if claim and await self._store.triage.claim_conversation(
                message.conversation_id, self._agent
            ):
                self._claiming_ids.add(message.id)
        return message

    def _choose_hold_end(self, attempt: SendAttempt) -> int:
        """Return the moment before which the message stays in the outbox (ms UTC)."""
        # A provider that can schedule gets the message after the grace period. Otherwise it waits
        # in the outbox until its time.
        if attempt.plan and attempt.route and not is_held_by_provider(attempt.route):
            return attempt.plan.send_at
        grace_ms = round(self._context.preferences.grace_seconds * SECOND)
        return self._context.clock.now() + grace_ms

    def register_send_undo(
        self,
        message: Message,
        revert: Callable[[], Awaitable[str]] | None = None,
        *,
        effect: str = "reopens {target}",
    ) -> None:
        """Make a queued message cancellable with undo; its text becomes a draft again then.

        Args:
            message: Message that was queued.
            revert: Undoes what was changed after it, closing for one, and returns what it has
                done; None if nothing was.
            effect: What that does, for the question before undo.
        """
        if revert is not None:
            self._reversals[message.id] = revert

        async def undo_send() -> str:
            if message.id in self._taken_back_ids:
                return "Already taken back: not sent, the text is a draft"
            return await self._cancel_send(message)

        async def find_problem() -> str:
            # A closed conversation can be opened again, whatever became of the text.
            return "" if revert is not None else await explain_too_late(self._store, message)

        self.unsent.add(message)
        also = f"{effect} and, if it still can, " if revert is not None else ""
        self._remember_undo(
            "send",
            undo_send,
            about=[message.conversation_id],
            question=f"{also}cancels the text to {{target}}, written",
            find_problem=find_problem,
        )

    async def take_back_newest(self, conversation_id: int) -> str:
        """Cancel the agent's newest text of a conversation that is still held.

        Args:
            conversation_id: Conversation that the agent sees.
        """
        now = self._context.clock.now()
        messages = await self._store.messages.list_before(conversation_id, NEWEST, _RECENT)
        sent = [m for m in messages if m.direction is Direction.OUT and m.agent == self._agent]
        held = [m for m in sent if m.status is Status.QUEUED and m.hold_until > now]
        held = [m for m in held if m.scheduled_at is None]
        if held:
            return await self._cancel_send(held[-1])
        is_late = bool(sent) and (
            sent[-1].status is not Status.CANCELLED and sent[-1].hold_until > now - _JUST_SENT_MS
        )
        return (
            f"Too late to take back: {describe_late(sent[-1])}"
            if is_late
            else _NOTHING_TO_TAKE_BACK
        )

    async def _cancel_send(self, message: Message) -> str:
        """Cancel a queued message, and put its text back into the draft.

        What was changed after the message, such as closing, is undone in any case.
        """
        revert = self._reversals.pop(message.id, None)
        # First: it restores since when they wait; cancelling corrects that.
        opened = f" · {await revert()}" if revert is not None else ""
        if not await self._store.intents.cancel_queued(message.id, self._agent):
            return f"{await explain_too_late(self._store, message)}{opened}"
        self._taken_back_ids.add(message.id)
        plan = await self._restore_draft(message)
        await self._undo_claim(message)
        return f"Cancelled: not sent, the text is a draft again{plan}{opened}"

    def register_batch_undo(self, messages: Sequence[Message]) -> None:
        """Make several messages cancellable with one undo; their texts become drafts again then."""
        progress = BatchProgress(self._store, messages)

        async def undo_batch() -> str:
            cancelled = [
                m for m in messages if await self._store.intents.cancel_queued(m.id, self._agent)
            ]
            if not cancelled:
                return await progress.explain_too_late()
            for message in cancelled:
                await self._restore_draft(message)
            late = len(messages) - len(cancelled)
            counts = f"{len(cancelled)} not sent{f', {late} too late' if late else ''}"
            return f"Cancelled: {counts}, the texts are drafts again"

        for message in messages:
            self.unsent.add(message)
        self._remember_undo(
            "send",
            undo_batch,
            about={message.conversation_id for message in messages},
            question=progress.format_question,
            find_problem=progress.explain_too_late,
        )

    async def cancel_scheduled(self, message: Message) -> str:
        """Cancel a scheduled message that waits in smsdesk or at the provider."""
        intents = self._store.intents
        if message.status is Status.QUEUED and await intents.cancel_queued(message.id, self._agent):
            plan = await self._restore_draft(message)
            return f"Cancelled: not sent, the text is a draft again{plan}"
        # Only the provider knows the outcome now; its next receipt changes the badge.
        if message.cancel_wanted:
            return "Already asked the provider to cancel: the badge will show it"
        if await intents.request_cancel(message.id, self._agent):
            name = one_line(message.account, 20)
            return f"Asked {name} to cancel it: the badge will show it"
        return "Nothing to cancel: it is no longer scheduled"

    async def _restore_draft(self, message: Message) -> str:
        """Put the text of a message that was not sent before the current draft.

        A time that is still ahead stays with the text, so that Enter does not send it at once.

        Returns:
            The time for the confirmation: " for tomorrow 06:00", or "".
        """
        now, at = self._context.clock.now(), message.scheduled_at
        plan = SendPlan(at, message.cancel_on_reply) if at is not None and at > now else None
        drafts, conversation_id = self._store.drafts, message.conversation_id
        draft = await drafts.get_draft(conversation_id, self._agent)
        current_text = draft.body if draft else ""
        sentence = get_sentence(self._context.preferences, message.account)
        typed = strip_sentence(message.body, sentence)
        if plan is None and draft is not None:
            plan = read_plan(draft)
        await drafts.save_draft(
            conversation_id,
            self._agent,
            f"{typed}\n{current_text}" if current_text else typed,
            account=message.account,
            sender=message.sender,
            enclosed=MmsContent(message.media, message.subject),
            send_at=plan.send_at if plan else None,
            cancel_on_reply=plan is not None and plan.cancel_on_reply,
            began_at=message.at,
            base=draft or make_empty_draft(conversation_id, self._agent),
        )
        return f" for {format_plan_time(plan, now, self._context.zone)}" if plan else ""

    async def _undo_claim(self, message: Message) -> None:
        """Unassign the conversation that a now cancelled message assigned to the agent.

        One that was assigned to a colleague since stays with them.
        """
        if message.id in self._claiming_ids:
            self._claiming_ids.discard(message.id)
            await self._store.triage.release_conversation(message.conversation_id, self._agent)

    async def resolve_as_sent(self, message: Message) -> str:
        """Record the agent's decision that an uncertain message was sent."""
        if not await self._store.intents.resolve_uncertain(message.id, self._agent, went_out=True):
            return "The provider has reported meanwhile: nothing to resolve"
        return "Resolved: it was sent"

    async def dismiss_failure(self, message: Message) -> str:
        """Dismiss a failed message that needs no action, so that it is not counted any more."""
        intents, agent = self._store.intents, self._agent
        if not await intents.set_handled(message.id, agent):
            return "A colleague has resolved this one already"

        async def undo_dismissal() -> str:
            await intents.set_handled(message.id, agent, handled=False)
            return "Undone: it counts as failed again"

        return self._remember_undo(
            "Dismissed: it no longer counts as failed",
            undo_dismissal,
            about=[message.conversation_id],
        )
