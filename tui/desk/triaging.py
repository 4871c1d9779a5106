"""Triage: one waiting conversation after the other, longest wait first, until nobody waits.

It goes by who waits for this agent or for anybody; what a colleague looks at just now is left to
them. What is skipped goes on waiting, and a second round finds it again.
"""

from tui.domain.conversation import Conversation
from tui.domain.views import waits_for
from tui.store.agents import MOST
from tui.store.store import Store


class Triaging:
    """One agent's way through those who wait."""

    def __init__(self, store: Store, agent: str) -> None:
        """Nothing is handled yet."""
        self._store = store
        self._agent = agent
        self._place: Conversation | None = None
        """Who was shown last, as they were then."""
        self._handled: list[int] = []

    @property
    def handled(self) -> int:
        """How many wait no longer."""
        return len(self._handled)

    async def next(self) -> Conversation | None:
        """Go on to who waits next; None at the end of the round."""
        agents, presence = self._store.agents, self._store.presence
        found = await agents.next_for(self._agent, self._place)
        while found is not None and await presence.others(found.id):
            found = await agents.next_for(self._agent, found)
        self._place = found or self._place
        return found

    def begin_again(self) -> None:
        """The next one is who waits longest of all."""
        self._place = None

    async def settled(self, conversation: Conversation) -> bool:
        """Whether a conversation waits no longer; then it counts as handled."""
        fresh = await self._store.conversations.get(conversation.id)
        if fresh is None or waits_for(fresh, self._agent):
            return False
        if conversation.id not in self._handled:
            self._handled.append(conversation.id)
        return True

    async def taken_back(self) -> Conversation | None:
        """The one handled last, when it waits again because that was undone."""
        if not self._handled:
            return None
        last = await self._store.conversations.get(self._handled[-1])
        if last is None or not waits_for(last, self._agent):
            return None
        self._handled.pop()
        self._place = last
        return last

    async def counter(self) -> str:
        """For the first line: "7 left · 16 handled"."""
        left = await self._store.agents.left_for(self._agent)
        return f"{_number(left)} left · {self.handled} handled"

    async def verdict(self) -> str:
        """What is said at the end of a round."""
        left = await self._store.agents.left_for(self._agent)
        if left:
            wait = "waits" if left == 1 else "wait"
            return f"{self.handled} handled, {_number(left)} still {wait}"
        return f"All clear, {self.handled} handled{await self._for_colleagues()}"

    async def _for_colleagues(self) -> str:
        """Who still waits, but not for this agent; empty when nobody does."""
        others = (await self._store.conversations.counts()).waiting
        verb = "waits" if others == 1 else "wait"
        return f" · {others} {verb} for colleagues" if others else ""


def _number(left: int) -> str:
    """A count that is not taken beyond a bound."""
    return f"{MOST - 1}+" if left >= MOST else str(left)
