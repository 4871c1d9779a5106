"""Proves now and then that an account which is never polled can still be reached."""

from tui.sync.hands import Hands
from tui.sync.lane import Rest
from tui.sync.served import ServedAccount

_EVERY = 900.0
"""Seconds between two checks."""


class Checker:
    """Checks one account whose replies and receipts are only pushed."""

    def __init__(self, account: ServedAccount, hands: Hands) -> None:
        """Nothing is checked yet."""
        self._account = account
        self._hands = hands

    async def round(self) -> Rest:
        """The cheapest harmless call; raises `ProviderError`."""
        began = self._hands.clock.monotonic()
        await self._account.provider.check()
        latency = max(1, round((self._hands.clock.monotonic() - began) * 1000))
        return Rest(_EVERY, contact=True, latency_ms=latency)
