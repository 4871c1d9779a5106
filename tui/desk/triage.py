"""Triage: one waiting conversation after the other, longest wait first, until none waits.

Only conversations that are unassigned or assigned to this agent are shown, and none that a
colleague has open. A skipped conversation goes on waiting; the next round finds it again.
"""

from tui.domain.conversation import Conversation
from tui.domain.views import is_waiting_for
from tui.store.presence import COUNT_LIMIT
from tui.store.store import Store


class TriageRound:
    """One agent's round through the waiting conversations."""

    def __init__(self, store: Store, agent: str) -> None:
        """Create a round with no conversation handled.

        Args:
            store: Store shared by all agents.
            agent: Name of the agent.
        """
        self._store = store
        self._agent = agent
        self._current: Conversation | None = None
        """Conversation shown last, as it was then."""
        self._handled_ids: list[int] = []

    @property
    def handled_count(self) -> int:
        """Return the number of conversations that no longer wait."""
        return len(self._handled_ids)

    async def advance_to_next(self) -> Conversation | None:
        """Advance to the next waiting conversation; return None at the end of the round."""
        agents, presence = self._store.agents, self._store.presence
        candidate = await agents.find_next_conversation(self._agent, self._current)
        # A colleague has this one open: two agents must not write the same reply.
        while candidate is not None and await presence.list_colleagues(candidate.id):
            candidate = await agents.find_next_conversation(self._agent, candidate)
        self._current = candidate or self._current
        return candidate

    def restart_round(self) -> None:
        """Start again with the conversation that waits longest."""
        self._current = None

    async def record_handled(self, conversation: Conversation) -> bool:
        """Count a conversation as handled if it no longer waits; return whether that is so."""
        current = await self._store.conversations.get(conversation.id)
        if current is None or is_waiting_for(current, self._agent):
            return False
        if conversation.id not in self._handled_ids:
            self._handled_ids.append(conversation.id)
        return True

    async def return_to_undone(self) -> Conversation | None:
        """Return to the conversation handled last, if an undo made it wait again."""
        if not self._handled_ids:
            return None
        last = await self._store.conversations.get(self._handled_ids[-1])
        if last is None or not is_waiting_for(last, self._agent):
            return None
        self._handled_ids.pop()
        self._current = last
        return last

    async def format_progress(self) -> str:
        """Return the progress for the first line: "7 for you · 2 with colleagues · 16 handled".

        Without colleagues who have conversations that wait: "7 left · 16 handled".
        """
        left, others = await self._count_waiting()
        counts = format_waiting(left, others) if others else f"{_format_left(left)} left"
        return f"{counts} · {self.handled_count} handled"

    async def format_summary(self) -> str:
        """Return the summary for the end of a round."""
        left, others = await self._count_waiting()
        with_colleagues = f" · {others} with colleagues" if others else ""
        if left:
            verb = "waits" if left == 1 else "wait"
            still = f"{_format_left(left)} still {verb}{' for you' if others else ''}"
            return f"{self.handled_count} handled, {still}{with_colleagues}"
        verb = "waits" if others == 1 else "wait"
        waiting = f" · {others} {verb} with colleagues" if others else ""
        return f"All clear, {self.handled_count} handled{waiting}"

    async def _count_waiting(self) -> tuple[int, int]:
        """Return how many conversations wait for this agent, and how many for colleagues."""
        return await count_waiting(self._store, self._agent)


async def count_waiting(store: Store, agent: str) -> tuple[int, int]:
    """Return how many conversations wait for an agent, and how many for colleagues.

    Args:
        store: Store shared by all agents.
        agent: Name of the agent.
    """
    left = await store.agents.count_remaining(agent)
    total = (await store.conversations.get_counts()).waiting
    # Beyond the bound of the query it is not known how many of them are the agent's.
    return left, 0 if left >= COUNT_LIMIT else max(0, total - left)


def format_waiting(left: int, others: int) -> str:
    """Return the two counts: "7 for you · 2 with colleagues".

    Args:
        left: Number of conversations that wait for the agent.
        others: Number of conversations that wait for colleagues.
    """
    return f"{_format_left(left)} for you · {others} with colleagues"


def _format_left(left: int) -> str:
    """Return a count; beyond the bound of the query as "999+"."""
    return f"{COUNT_LIMIT - 1}+" if left >= COUNT_LIMIT else str(left)
