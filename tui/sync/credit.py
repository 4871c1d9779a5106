"""Remember that an account has no credit, and find out when it has some again.

After a refusal for want of credit the account waits, whatever its polls say and however often the
program is started anew. The wait ends with a message that is accepted, or with a balance above
zero that was read later. If a message is refused all the same, that balance was not enough, and
only a larger one ends the next wait. One message is tried at long intervals while the balance is
not known, or is above zero: the refused one may only have been dearer than the others.
"""

from tui.clock import MINUTE, SECOND, is_pending, is_recent
from tui.domain.text import repair_text
from tui.providers.errors import OutOfCredit
from tui.store.account_watch import CreditWait
from tui.sync.context import RoundResult, ServedAccount, SyncContext

_TRY_MINUTES = (0, 5, 10, 20, 30)
"""Minutes from one refused message to the next that is tried, if the balance is not known.

The first one may only have been dearer than the others, so another one is tried at once.
"""
_BALANCE_MINUTES = (1, 1, 2, 5, 10, 15)
"""Minutes between two questions about the balance while the account waits."""
_HOLD_SECONDS = 300.0
"""Seconds until the next look at a wait that only the balance or an agent can end."""
_FRESH_BALANCE_MS = 20 * MINUTE
"""A balance that is older (ms) says nothing: the provider does not answer the question any more."""
WAIT_NOTE = "it waits here until the account is topped up"
"""What a waiting message shows behind the provider's reason."""


class CreditGuard:
    """The wait for credit of one account."""

    def __init__(self, account: ServedAccount, context: SyncContext) -> None:
        """Create the guard of one account.

        Args:
            account: Account to serve.
            context: Shared services of sync.
        """
        self._name = account.name
        self._has_balance = account.provider.capabilities.has_balance
        self._context = context
        self._waits = context.store.credit_waits
        self._is_forced = False
        self._has_raised = False
        self._questions = 0

    def force_try(self) -> None:
        """Try one message in the next round: an agent requested it."""
        self._is_forced = True
        self._questions = 0

    def forget_round(self) -> None:
        """Begin anew, because another process may have served the account."""
        self._has_raised = False

    async def get_wait(self) -> CreditWait:
        """Return whether the account waits for credit, and since when."""
        return await self._waits.get_wait(self._name)

    def may_try(self, wait: CreditWait) -> bool:
        """Return whether one message may be tried now.

        Args:
            wait: The account's wait.
        """
        now = self._context.clock.now()
        if self._is_forced or not wait.is_waiting:
            return True
        is_early = is_pending(wait.try_at, now, _get_try_pause(wait.tries - 1))
        if is_early or not self._has_balance:
            return not is_early
        # An empty balance shows the same without a message; in the first round it is not read yet.
        is_empty = wait.balance is not None and wait.balance <= 0
        return self._has_raised and not (
            is_empty and is_recent(wait.balance_at, now, _FRESH_BALANCE_MS - 1)
        )

    async def hold_messages(self, wait: CreditWait) -> RoundResult:
        """Show on all queued messages why they wait; raise `OutOfCredit` the first time.

        Args:
            wait: The account's wait.
        """
        await self._waits.explain_waiting_messages(self._name, f"{wait.reason}; {WAIT_NOTE}")
        if not self._has_raised:
            self._has_raised = True
            raise OutOfCredit(wait.reason)
        now = self._context.clock.now()
        is_early = is_pending(wait.try_at, now, _get_try_pause(wait.tries - 1))
        return RoundResult((wait.try_at - now) / SECOND if is_early else _HOLD_SECONDS)

    async def record_refusal(self, error: OutOfCredit) -> None:
        """Start or prolong the wait.

        Args:
            error: The provider's refusal.
        """
        wait = await self.get_wait()
        try_at = self._context.clock.now() + _get_try_pause(wait.tries)
        self._is_forced, self._has_raised, self._questions = False, True, 0
        await self._waits.start_wait(self._name, repair_text(error.message), try_at)

    async def record_accepted(self) -> None:
        """End the wait: a message was accepted.

        One that was refused keeps its own pause, because it may be dearer than the others.
        """
        wait = await self.get_wait()
        self._is_forced = False
        if wait.is_waiting or wait.spent is not None:
            await self._end_wait(None)

    async def apply_balance(self, amount: float | None) -> bool:
        """End the wait if a balance that was just read suffices; return whether it ended.

        Args:
            amount: Balance in the provider's own unit; None if it is not a number.
        """
        wait = await self.get_wait()
        if not wait.is_waiting or amount is None or amount <= max(0.0, wait.spent or 0.0):
            return False
        await self._end_wait(amount)
        await self._context.store.outbox.skip_retry_delay(self._name)
        return True

    def count_question(self) -> None:
        """Count a question about the balance, so that the next one comes later."""
        self._questions += 1

    def get_balance_pause(self) -> float:
        """Return the seconds between two questions about the balance while the account waits."""
        minutes = _BALANCE_MINUTES[min(self._questions, len(_BALANCE_MINUTES) - 1)]
        return minutes * MINUTE / SECOND

    async def _end_wait(self, spent: float | None) -> None:
        """End the wait."""
        self._has_raised = False
        await self._waits.end_wait(self._name, spent)


def _get_try_pause(tries: int) -> int:
    """Return the time (ms) to the next message that is tried, after so many earlier refusals."""
    return _TRY_MINUTES[max(0, min(tries, len(_TRY_MINUTES) - 1))] * MINUTE
