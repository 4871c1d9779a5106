"""Store what an agent has chosen last, so that the same is at hand the next time."""

import functools

from tui.domain.text import repair_text
from tui.store.engine import Engine
from tui.store.queries import queries

_LONGEST_VALUE = 1_000


class AgentChoices:
    """Last choices of each agent, by name."""

    def __init__(self, database: Engine) -> None:
        """Create the choices in one database.

        Args:
            database: Open inbox database.
        """
        self._database = database
        self._sql = queries("writing")

    async def get_choice(self, agent: str, name: str) -> str:
        """Return what an agent has chosen last, or "".

        Args:
            agent: Name of the agent.
            name: What was chosen.
        """
        query = functools.partial(self._sql.agent_choice, agent=agent, name=name)
        return str(await self._database.read(query) or "")

    async def save_choice(self, agent: str, name: str, value: str) -> None:
        """Remember what an agent has chosen.

        Args:
            agent: Name of the agent.
            name: What was chosen.
            value: The choice as text.
        """
        kept = repair_text(value)[:_LONGEST_VALUE]
        query = functools.partial(self._sql.save_agent_choice, agent=agent, name=name, value=kept)
        await self._database.write(lambda t: query(t.connection), alone=False)
