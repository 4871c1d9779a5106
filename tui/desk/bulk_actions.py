"""Start, pause, resume and cancel a text to many people, and work with its result."""

from collections.abc import Sequence

from tui.clock import SECOND
from tui.desk.bulk_plan import BulkPlan, create_bulk
from tui.desk.bulk_retry import FailedMessage, RetryBatch, collect_failed
from tui.desk.bulk_words import format_progress
from tui.desk.context import AppContext
from tui.desk.undo_stack import RememberUndo
from tui.domain.bulk_text import BulkRecipient, BulkState, BulkText, Outcome
from tui.domain.text import format_count
from tui.store.store import Store


class BulkActions:
    """What an agent does with texts to many people."""

    def __init__(self, store: Store, context: AppContext, remember_undo: RememberUndo) -> None:
        """Create the actions of one agent.

        Args:
            store: Store shared by all agents.
            context: Settings of the agent.
            remember_undo: Remembers how to undo an action.
        """
        self._store = store
        self._context = context
        self._remember_undo = remember_undo

    async def start(self, plan: BulkPlan) -> tuple[BulkText, str]:
        """Start a text to many people; return it, and what confirms it.

        Nothing is queued during the grace period, in which undo takes all of it back.

        Args:
            plan: Plan that the agent has confirmed.
        """
        preferences = self._context.preferences
        grace_ms = round(preferences.grace_seconds * SECOND)
        starts_at = self._context.clock.now() + grace_ms
        pace = preferences.bulk_per_minute
        bulk = await self._store.bulk_texts.start(
            *create_bulk(plan, self._context.agent, pace=pace, starts_at=starts_at)
        )

        async def cancel_started() -> str:
            return await self.cancel(bulk.id)

        async def find_problem() -> str:
            current = await self._store.bulk_texts.get(bulk.id)
            is_over = current is None or current.state.is_over
            return "Too late: all of it was handed on" if is_over else ""

        ids = {one.recipient.conversation_id for one in plan.going} - {0}
        text = self._remember_undo(
            f"Texting {format_count(len(plan.going), 'conversation')}",
            cancel_started,
            about=ids,
            question="cancels what was not sent of the text to {target}, begun",
            find_problem=find_problem,
        )
        return bulk, text

    async def toggle_pause(self, bulk_id: int) -> str:
        """Pause a bulk text, or resume one that is paused; return what confirms it.

        Args:
            bulk_id: Id of the bulk text.
        """
        bulk = await self._store.bulk_texts.get(bulk_id)
        paused = bulk is not None and bulk.state is BulkState.RUNNING
        return await self.set_paused(bulk_id, paused=paused)

    async def set_paused(self, bulk_id: int, *, paused: bool) -> str:
        """Pause or resume a bulk text; return what confirms it, or why it stays as it is.

        Args:
            bulk_id: Id of the bulk text.
            paused: Whether to pause it.
        """
        texts = self._store.bulk_texts
        if await texts.set_paused(bulk_id, self._context.agent, paused=paused):
            return "Paused: those who wait stay unsent" if paused else "Resumed"
        return await self._explain_state(bulk_id)

    async def cancel(self, bulk_id: int) -> str:
        """Cancel a bulk text; return what confirms it, or why it stays as it is.

        Args:
            bulk_id: Id of the bulk text.
        """
        cancelled = await self._store.bulk_texts.cancel(bulk_id, self._context.agent)
        if cancelled is None:
            return await self._explain_state(bulk_id)
        counts = (await self._store.bulk_texts.count_outcomes([bulk_id]))[bulk_id]
        sent = counts[Outcome.SENT] + counts[Outcome.SENDING]
        late = f", {sent} had gone out before" if sent else ""
        return f"Cancelled: {format_count(cancelled, 'text')} not sent{late}"

    async def _explain_state(self, bulk_id: int) -> str:
        """Return how far a bulk text is, as the reason why nothing has changed."""
        bulk = await self._store.bulk_texts.get(bulk_id)
        if bulk is None:
            return f"There is no text to many with the number {bulk_id}"
        counts = (await self._store.bulk_texts.count_outcomes([bulk_id]))[bulk_id]
        return f"Nothing changed: it is {format_progress(bulk, counts)}"

    async def collect_retry(self, recipients: Sequence[BulkRecipient]) -> RetryBatch:
        """Return the failed texts of recipients as a batch to send again.

        Args:
            recipients: Recipients of a bulk text, as they are now.
        """
        failed = {one.message_id for one in recipients if one.outcome is Outcome.FAILED}
        ids = dict.fromkeys(one.conversation_id for one in recipients if one.message_id in failed)
        found = [await self._store.conversations.get(identity) for identity in ids]
        rows = [row for row in found if row is not None]
        batch = await collect_failed(self._store, self._context, rows)
        wanted: tuple[FailedMessage, ...] = tuple(
            one for one in batch.to_retry if one.message.id in failed
        )
        count = len(failed) - len(wanted)
        left_out = {"cannot be sent again as they are": count} if count else {}
        return RetryBatch(wanted, left_out, batch.asleep)
