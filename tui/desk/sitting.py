"""What a desk does for its agent without being asked: be known to colleagues, wake what sleeps."""

import contextlib

from tui.store.errors import StoreError
from tui.store.store import Store

EVERY = 2.0
"""Seconds between two looks for conversations whose time has come."""


class Sitting:
    """An agent at a desk; trouble with the store is told where it hinders somebody."""

    def __init__(self, store: Store, agent: str) -> None:
        """Nobody knows yet."""
        self._store = store
        self._agent = agent

    async def begin(self) -> None:
        """Colleagues can assign to this agent from now on."""
        with contextlib.suppress(StoreError):
            await self._store.agents.seen(self._agent)

    async def wake(self) -> None:
        """Snoozed conversations come back also on a desk that no service serves."""
        with contextlib.suppress(StoreError):
            await self._store.triage.wake()
