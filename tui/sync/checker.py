"""Proves now and then that an account which is never polled can still be reached."""

from tui.sync.hands import SyncContext
from tui.sync.lane import RoundResult
from tui.sync.served import ServedAccount

_CHECK_INTERVAL = 900.0
"""Seconds between two checks."""


class ConnectionChecker:
    """Check one account whose replies and receipts are only pushed."""

    def __init__(self, account: ServedAccount, context: SyncContext) -> None:
        """Create the checker of one account.

        Args:
            account: Account to check.
            context: Shared services of sync.
        """
        self._account = account
        self._context = context

    async def run_round(self) -> RoundResult:
        """Make the cheapest harmless call; raise `ProviderError` if it fails."""
        started_at = self._context.clock.monotonic()
        await self._account.provider.check_credentials()
        latency = max(1, round((self._context.clock.monotonic() - started_at) * 1000))
        return RoundResult(_CHECK_INTERVAL, answered=True, latency_ms=latency)
