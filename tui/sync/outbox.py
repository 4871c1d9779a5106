"""Send the queued messages of an account (claim, send, record), and cancel scheduled ones.

A message is claimed by compare-and-set before the request, so two processes never send the
same one. From that moment on, every path leaves it recorded, queued again, or `uncertain`.
"""

import asyncio
import contextlib
from collections.abc import Sequence

from tui.clock import SECOND
from tui.domain.account import SLOW_ANSWER_MS
from tui.domain.ids import to_reference
from tui.domain.message import Format, Message
from tui.domain.text import repair_text
from tui.providers.errors import (
    NotFound,
    NotPossible,
    OutOfCredit,
    ProviderError,
    UnreadableAnswer,
)
from tui.providers.protocol import SendAccepted, SendOutcome, SendRefused
from tui.store.errors import Busy, CannotWrite, StoreError, Unreachable
from tui.store.event_rows import SendRecord
from tui.store.outbox import ClaimedMessage
from tui.sync.account_health import ACCOUNT_ERRORS
from tui.sync.backoff import pause_after_failure
from tui.sync.context import RoundResult, ServedAccount, SyncContext, store_events
from tui.sync.credit import CreditGuard
from tui.sync.send_results import CRASHED, INTERRUPTED, Requeue, classify_result
from tui.sync.supervise import finish_on_cancel

GRACE = 3.0
"""Grace period in seconds for a request in progress when the process ends."""
HANDOVER_GRACE = 30.0
"""The same when another process takes the account over: this process goes on and can wait."""
_LONGEST_RETRY = 10.0

SendResult = SendRecord | Requeue


class OutboxSender:
    """Send the messages of one account."""

    def __init__(
        self, account: ServedAccount, context: SyncContext, credit: CreditGuard | None = None
    ) -> None:
        """Create the sender of one account.

        Args:
            account: Account to serve.
            context: Shared services of sync.
            credit: The account's wait for credit; None for one that only this sender uses.
        """
        self._account = account
        self._context = context
        self._credit = credit or CreditGuard(account, context)
        self.process_ends = True
        """Whether the process ends when the sender is stopped."""
        self.sent_count = 0
        """Number of messages that were accepted since the sender was created."""

    async def run_round(self) -> RoundResult:
        """Send all messages that are due; raise `ProviderError` for an error of the account.

        While the account waits for credit, nothing is sent but a single message now and then.
        """
        wait = await self._credit.get_wait()
        if wait.is_waiting and not self._credit.may_try(wait):
            return await self._credit.hold_messages(wait)
        has_sent = False
        while await finish_on_cancel(self._send_batch(), self._get_grace_period):
            has_sent = True
        due = await self._context.store.outbox.get_next_due_time(self._account.name)
        if due is None:
            return RoundResult(None, answered=has_sent)
        return RoundResult(max(0.0, (due - self._context.clock.now()) / SECOND), answered=has_sent)

    def _get_grace_period(self) -> float:
        """Return the seconds that a request in progress may still take."""
        return GRACE if self.process_ends else HANDOVER_GRACE

    async def _send_batch(self) -> bool:
        """Send as many messages as a request may hold; return whether there were any."""
        store = self._context.store
        wait = await self._credit.get_wait()
        batch = 1 if wait.is_waiting else max(1, self._account.provider.capabilities.batch)
        claimed = await store.outbox.claim_due_messages(
            store.leases.owner, self._account.name, batch
        )
        if claimed:
            outcomes = await self._send_claimed(claimed)
            await self._update_credit(outcomes)
            _raise_account_error(outcomes)
        return bool(claimed)

    async def _update_credit(self, outcomes: Sequence[SendOutcome]) -> None:
        """Record what the answers show about the credit; raise `OutOfCredit` if it is used up."""
        # A message that was accepted after a refused one shows that there is credit for others.
        for outcome in reversed(outcomes):
            if isinstance(outcome, SendAccepted):
                await self._credit.record_accepted()
                return
            if isinstance(outcome.error, OutOfCredit):
                await self._credit.record_refusal(outcome.error)
                raise outcome.error

    async def _send_claimed(self, claimed: Sequence[ClaimedMessage]) -> Sequence[SendOutcome]:
        """Send one request and record the result of each message."""
        delays = {one.message.id: self._get_delay(one.message) for one in claimed}
        early: dict[int, SendResult] = {
            i: delay for i, delay in delays.items() if delay is not None
        }
        going = [one for one in claimed if one.message.id not in early]
        slow = asyncio.create_task(self._announce_slow_answer(), name="slow answer")
        # Until the answer is read, any unexpected error leaves the messages uncertain.
        results: dict[int, SendResult] = dict.fromkeys((one.message.id for one in going), CRASHED)
        try:
            outcomes = await self._get_outcomes(going)
            for one, outcome in zip(going, outcomes, strict=True):
                attempts = one.message.attempts
                results[one.message.id] = classify_result(outcome, attempts, self._context.rng)
        except asyncio.CancelledError:
            results = dict.fromkeys(results, INTERRUPTED)
            raise
        finally:
            is_slow = slow.done()
            slow.cancel()
            await self._record_results(results | early)
            if is_slow:
                await self._announce_change()
        self.sent_count += sum(isinstance(outcome, SendAccepted) for outcome in outcomes)
        return outcomes

    async def _announce_slow_answer(self) -> None:
        """Show on every screen that the account does not answer, if this is not cancelled first."""
        await self._context.clock.sleep(SLOW_ANSWER_MS / SECOND)
        await self._announce_change()

    async def _announce_change(self) -> None:
        """Make every screen read the state of the account again."""
        with contextlib.suppress(StoreError):
            await self._context.store.accounts.announce_change()

    def _get_delay(self, message: Message) -> Requeue | None:
        """Return the delay of a message that cannot be scheduled, or None to send it now."""
        at, now = message.scheduled_at, self._context.clock.now()
        if at is None or at <= now or self._account.provider.capabilities.can_schedule:
            return None
        return Requeue((at - now) / SECOND, "Waits here until its time")

    async def _get_outcomes(self, claimed: Sequence[ClaimedMessage]) -> list[SendOutcome]:
        """Return one outcome per message, in order."""
        pings = {one.message.id for one in claimed if one.message.format is Format.PING}
        answers = iter(
            await self._send_to_provider([one for one in claimed if one.message.id not in pings])
        )
        return [
            await self._send_ping(one) if one.message.id in pings else next(answers)
            for one in claimed
        ]

    async def _send_to_provider(self, claimed: Sequence[ClaimedMessage]) -> list[SendOutcome]:
        """Return one outcome per message; an error about all of them becomes each one's."""
        if not claimed:
            return []
        now = self._context.clock.now()
        messages = [self._account.to_outgoing(one.message, one.to, now) for one in claimed]
        try:
            outcomes = await self._account.provider.send_messages(messages)
        except ProviderError as error:
            return [SendRefused(error)] * len(claimed)
        missing = len(claimed) - len(outcomes)
        no_answer = SendRefused(UnreadableAnswer("The provider said nothing about this message"))
        return [*outcomes, *[no_answer] * missing][: len(claimed)]

    async def _send_ping(self, claimed: ClaimedMessage) -> SendOutcome:
        """Ping a phone: the customer sees nothing, and the receipt is the result."""
        try:
            ping = await self._account.provider.ping_phone(
                claimed.to, to_reference(claimed.message.id)
            )
        except ProviderError as error:
            return SendRefused(error)
        return SendAccepted(ping.provider_id, word="ping", raw=ping.raw)

    async def _record_results(self, results: dict[int, SendResult]) -> None:
        """Store the result of each message, and retry until it is on disk.

        Giving up would leave messages that were sent in the state "being sent".
        """
        settled = [(i, result) for i, result in results.items() if isinstance(result, SendRecord)]
        requeued = [(i, result) for i, result in results.items() if isinstance(result, Requeue)]
        failures, at = 0, self._context.clock.now()
        while settled or requeued:
            try:
                if settled:
                    await self._context.store.outbox.settle_messages(
                        settled, at=at, is_repeated=failures > 0
                    )
                    settled = []
                await self._requeue_messages(requeued)
                requeued = []
            except (Busy, CannotWrite, Unreachable) as error:
                failures += 1
                self._context.log("outcome not yet on disk", line=str(error))
                pause = pause_after_failure(failures, self._context.rng, longest=_LONGEST_RETRY)
                await self._context.clock.sleep(pause)

    async def _requeue_messages(self, requeued: Sequence[tuple[int, Requeue]]) -> None:
        """Put messages back into the queue."""
        store, now = self._context.store, self._context.clock.now()
        waits = [(i, now + round(result.pause * SECOND), result.reason) for i, result in requeued]
        if waits:
            await store.outbox.requeue_messages(store.leases.owner, waits)


def _raise_account_error(outcomes: Sequence[SendOutcome]) -> None:
    """Raise the account's error if it stopped every message of a batch."""
    errors = [outcome.error for outcome in outcomes if isinstance(outcome, SendRefused)]
    about_account = [error for error in errors if isinstance(error, ACCOUNT_ERRORS)]
    if about_account and len(about_account) == len(outcomes):
        raise about_account[0]


class Canceller:
    """Cancel the messages of one account."""

    def __init__(self, account: ServedAccount, context: SyncContext) -> None:
        """Create the canceller of one account.

        Args:
            account: Account to serve.
            context: Shared services of sync.
        """
        self._account = account
        self._context = context

    async def run_round(self) -> RoundResult:
        """Carry out every request; raise `ProviderError` if the provider cannot be reached.

        An error with one message does not delay the others.
        """
        messages = await self._context.store.outbox.list_cancel_requests(self._account.name)
        first_error: ProviderError | None = None
        for message in messages:
            try:
                await self._cancel_message(message)
            except ProviderError as error:
                first_error = first_error or error
        if first_error is not None:
            raise first_error
        return RoundResult(0.0 if messages else None, answered=bool(messages))

    async def _cancel_message(self, message: Message) -> None:
        """Cancel one message, or record why it cannot be cancelled."""
        outbox = self._context.store.outbox
        try:
            await self._account.provider.cancel_message(message.provider_id)
        except (NotPossible, NotFound) as error:
            await outbox.record_cancel_refused(message.id, repair_text(error.message))
            await self._refresh_status(message)
        else:
            await outbox.record_cancelled(message.id)

    async def _refresh_status(self, message: Message) -> None:
        """Store the current status of a message that could not be cancelled any more."""
        if not self._account.provider.capabilities.can_look_up:
            return
        try:
            receipt = await self._account.provider.look_up_message(message.provider_id)
        except ProviderError as error:
            self._context.log(
                "no news of a message", account=self._account.name, line=error.message
            )
            return
        await store_events(self._context.store, self._account.name, [receipt])
