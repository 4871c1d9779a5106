"""Triage: one waiting conversation after the other, longest wait first, until none waits.

Only conversations that are unassigned or assigned to this agent are shown. One that a colleague
has open is left out as long as others wait; a round that begins with no other shows it. A skipped
conversation goes on waiting; the next round finds it again.
"""

from tui.domain.conversation import Conversation
from tui.domain.record_type import record
from tui.domain.views import is_waiting_for
from tui.store.presence import COUNT_LIMIT
from tui.store.store import Store


@record
class WaitingCounts:
    """How many conversations wait, by who can answer them."""

    free: int
    """For this agent or any agent; up to `COUNT_LIMIT`."""
    held: int
    """Likewise, but a colleague has them open."""
    assigned: int
    """Assigned to colleagues."""

    @property
    def with_colleagues(self) -> int:
        """Return how many colleagues have, assigned or open."""
        return self.held + self.assigned

    @property
    def has_only_held(self) -> bool:
        """Return whether this agent can only answer what colleagues have open."""
        return not self.free and bool(self.held)


class TriageRound:
    """One agent's round through the waiting conversations."""

    def __init__(self, store: Store, agent: str, *, shows_held: bool = False) -> None:
        """Create a round with no conversation handled.

        Args:
            store: Store shared by all agents.
            agent: Name of the agent.
            shows_held: Whether to show what colleagues have open, too.
        """
        self._store = store
        self._agent = agent
        self._shows_held = shows_held
        self._current: Conversation | None = None
        """Conversation shown last, as it was then."""
        self._handled_ids: list[int] = []

    @property
    def handled_count(self) -> int:
        """Return the number of conversations that no longer wait."""
        return len(self._handled_ids)

    async def advance_to_next(self) -> Conversation | None:
        """Advance to the next waiting conversation; return None at the end of the round."""
        agents, held = self._store.agents, set[int]()
        if not self._shows_held:
            # Two agents must not write the same reply.
            held = await self._store.presence.list_held_conversations(self._agent)
        candidate = await agents.find_next_conversation(self._agent, self._current)
        while candidate is not None and candidate.id in held:
            candidate = await agents.find_next_conversation(self._agent, candidate)
        self._current = candidate or self._current
        return candidate

    async def restart_round(self) -> None:
        """Start again with the conversation that waits longest."""
        self._current = None
        self._shows_held = (await self.count_waiting()).has_only_held

    async def record_handled(self, conversation: Conversation) -> bool:
        """Count a conversation as handled if it no longer waits; return whether that is so."""
        current = await self._store.conversations.get(conversation.id)
        teams = await self._store.team.list_teams_of(self._agent)
        if current is None or is_waiting_for(current, self._agent, teams):
            return False
        if conversation.id not in self._handled_ids:
            self._handled_ids.append(conversation.id)
        return True

    async def return_to_undone(self) -> Conversation | None:
        """Return to the conversation handled last, if an undo made it wait again."""
        if not self._handled_ids:
            return None
        last = await self._store.conversations.get(self._handled_ids[-1])
        teams = await self._store.team.list_teams_of(self._agent)
        if last is None or not is_waiting_for(last, self._agent, teams):
            return None
        self._handled_ids.pop()
        self._current = last
        return last

    async def format_progress(self) -> str:
        """Return the progress for the first line: "7 for you · 2 with colleagues · 16 handled".

        Without colleagues who have conversations that wait: "7 left · 16 handled".
        """
        counts = await self.count_waiting()
        away = counts.with_colleagues
        waiting = format_waiting(counts.free, away) if away else f"{_format_left(counts.free)} left"
        return f"{waiting} · {self.handled_count} handled"

    async def format_summary(self) -> str:
        """Return the summary for the end of a round: what still waits, and why it was not shown."""
        counts = await self.count_waiting()
        away, handled = counts.with_colleagues, f"{self.handled_count} handled"
        if counts.free:
            verb = "waits" if counts.free == 1 else "wait"
            still = f"{handled}, {_format_left(counts.free)} still {verb}"
            with_colleagues = f" for you · {away} with colleagues{_format_held(counts)}"
            return f"{still}{with_colleagues if away else ''}"
        verb = "waits" if away == 1 else "wait"
        waiting = f" · {away} {verb} with colleagues{_format_held(counts)}" if away else ""
        return f"All clear, {handled}{waiting}"

    async def count_waiting(self) -> WaitingCounts:
        """Return how many conversations wait for this agent and for colleagues."""
        return await count_waiting(self._store, self._agent)


async def count_waiting(store: Store, agent: str) -> WaitingCounts:
    """Return how many conversations wait for an agent and for colleagues.

    Args:
        store: Store shared by all agents.
        agent: Name of the agent.
    """
    left = await store.agents.count_remaining(agent)
    if left >= COUNT_LIMIT:
        # Beyond the bound of the query it is not known how many of them are the agent's.
        return WaitingCounts(left, 0, 0)
    ids = await store.presence.list_held_conversations(agent)
    found = [await store.conversations.get(conversation_id) for conversation_id in ids]
    teams = await store.team.list_teams_of(agent) if found else ()
    held = sum(row is not None and is_waiting_for(row, agent, teams) for row in found)
    total = (await store.conversations.get_counts()).waiting
    return WaitingCounts(max(0, left - held), held, max(0, total - left))


def format_waiting(left: int, others: int) -> str:
    """Return the two counts: "7 for you · 2 with colleagues".

    Args:
        left: Number of conversations that wait for the agent.
        others: Number of conversations that wait with colleagues.
    """
    return f"{_format_left(left)} for you · {others} with colleagues"


def _format_held(counts: WaitingCounts) -> str:
    """Return which of those with colleagues only are so because a colleague has them open."""
    if not counts.held:
        return ""
    if counts.assigned:
        return f", who have {counts.held} of them open"
    return f", who have {'it' if counts.held == 1 else 'them'} open"


def _format_left(left: int) -> str:
    """Return a count; beyond the bound of the query as "999+"."""
    return f"{COUNT_LIMIT - 1}+" if left >= COUNT_LIMIT else str(left)
