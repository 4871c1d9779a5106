"""Check accounts beside the traffic: the balance every hour, the connection of unpolled ones.

Nothing waits for these answers. An account that is never polled would otherwise never prove
that it can still be reached.
"""

from tui.clock import HOUR, SECOND
from tui.domain.text import one_line
from tui.providers.errors import NotPossible, ProviderError
from tui.sync.context import RoundResult, ServedAccount, SyncContext

_BALANCE_INTERVAL = HOUR / SECOND
_LONGEST_BALANCE = 80


class BalanceReader:
    """Read one account's balance. Errors are only logged: the account works without a balance."""

    def __init__(self, account: ServedAccount, context: SyncContext) -> None:
        """Create the reader of one account.

        Args:
            account: Account to read.
            context: Shared services of sync.
        """
        self._account = account
        self._context = context
        self._is_forced = False

    def force_next_round(self) -> None:
        """Read the balance in the next round, however fresh the stored one is."""
        self._is_forced = True

    async def run_round(self) -> RoundResult:
        """Read and store the balance if the stored one, of whatever process, is an hour old."""
        accounts, name = self._context.store.accounts, self._account.name
        age = (self._context.clock.now() - await accounts.get_balance_time(name)) / SECOND
        if 0 <= age < _BALANCE_INTERVAL and not self._is_forced:
            return RoundResult(_BALANCE_INTERVAL - age)
        self._is_forced = False
        try:
            balance = await self._account.provider.fetch_balance()
        except NotPossible:
            return RoundResult(None)
        except ProviderError as error:
            self._context.log("no balance", account=name, line=error.message)
            return RoundResult(_BALANCE_INTERVAL)
        await accounts.save_balance(name, one_line(balance.text, _LONGEST_BALANCE), balance.amount)
        return RoundResult(_BALANCE_INTERVAL)


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
