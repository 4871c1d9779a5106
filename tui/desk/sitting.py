"""What a desk does for its agent without being asked: be known to colleagues, wake what sleeps."""

import contextlib

from tui.store.errors import StoreError
from tui.store.store import Store

WAKE_SECONDS = 2.0
"""Seconds between two checks for snoozed conversations that are due."""


class AgentSession:
    """Tasks that run without a command: register the agent, wake snoozed conversations.

    Store errors are ignored here; they are shown where they affect what the agent does.
    """

    def __init__(self, store: Store, agent: str) -> None:
        """Create the session of one agent.

        Args:
            store: Store shared by all agents.
            agent: Name of this agent.
        """
        self._store = store
        self._agent = agent

    async def register_agent(self) -> None:
        """Make the agent known to colleagues, who can assign conversations from now on."""
        with contextlib.suppress(StoreError):
            await self._store.agents.record_agent(self._agent)

    async def wake_snoozed(self) -> None:
        """Reopen the snoozed conversations that are due, also where no service is running."""
        with contextlib.suppress(StoreError):
            await self._store.triage.reopen_due_conversations()
