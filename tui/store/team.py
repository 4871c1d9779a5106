"""Store who belongs to the desk: agents with level and absence, teams and their members."""

import functools
import random
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from tui.clock import MINUTE, Clock, get_latest_believable
from tui.domain.agent_level import TEAM_MARK, AgentRecord, Level, Team
from tui.domain.change import VIEWS_CHANGED
from tui.domain.conversation import View
from tui.domain.text import repair_text
from tui.store.audit import record_action
from tui.store.connections import Connection
from tui.store.engine import Engine, Transaction
from tui.store.errors import NotPermitted, StoreError
from tui.store.queries import queries
from tui.store.summaries import Summaries
from tui.store.team_rows import read_members, read_teams, resolve_view

T = TypeVar("T")
_PRESENT_MS = MINUTE
"""Age (ms) of a desk's last sign of life up to which its agent is present."""
_NOT_PERMITTED = (
    "Your role on the database server may not change agents and teams: nothing was changed; ask"
    " a lead, or see smsdesk help teams-and-views for the privileges"
)


class TeamGoneError(StoreError):
    """The team was renamed or deleted since it was read."""


class TeamBook:
    """Agents and teams of one desk."""

    def __init__(self, database: Engine, clock: Clock, rng: random.Random) -> None:
        """Create the book of one database.

        Args:
            database: Open inbox database.
            clock: Source of the current time.
            rng: Source of randomness for new ids.
        """
        self._database = database
        self._clock = clock
        self._rng = rng
        self._sql = queries("team")

    async def list_agents(self) -> list[AgentRecord]:
        """Return every agent by name."""
        now = self._clock.now()
        since, latest = now - _PRESENT_MS, get_latest_believable(now)

        def read_agents(connection: Connection) -> list[AgentRecord]:
            present = {row[0] for row in self._sql.present(connection, since=since, latest=latest)}
            members = read_members(connection)
            known = {row["name"]: row for row in self._sql.agent_records(connection)}
            # Who has open work counts as well, as after an import.
            names = [row["name"] for row in queries("triage").agents(connection) if row["name"]]
            return [
                AgentRecord(
                    name,
                    Level((known[name]["level"] if name in known else "") or Level.AGENT),
                    _get_pending(known[name]["away_until"], now) if name in known else None,
                    name in present,
                    tuple(team for team, agents in members.items() if name in agents),
                )
                for name in names
            ]

        return await self._database.read(read_agents)

    async def list_teams(self) -> list[Team]:
        """Return every team by name, also one without members."""
        return await self._database.read(read_teams)

    async def list_teams_of(self, agent: str) -> tuple[str, ...]:
        """Return the teams of an agent as assignees: "@sales"."""
        found = await self._database.read(functools.partial(self._sql.teams_of, agent=agent))
        return tuple(f"{TEAM_MARK}{row['team']}" for row in found)

    async def resolve_view(self, view: View, agent: str) -> View:
        """Return a view with the further assignees that it has now.

        Args:
            view: View that is about to be shown.
            agent: Agent who looks: the agent's own list has the teams' conversations too.
        """
        if not view.team and (not view.assignee or view.assignee != agent):
            return view
        return resolve_view(view, agent, await self.list_teams())

    async def add_agent(self, name: str) -> None:
        """Add an agent who has not worked here yet; nothing happens to a known one."""
        name = " ".join(repair_text(name).split())
        await self._change(functools.partial(self._sql.add_agent, name=name))

    async def set_away(self, agent: str, until: int | None) -> None:
        """Record until when an agent is away.

        Args:
            agent: Name of the agent.
            until: End of the absence, ms UTC; None if the agent is back.
        """

        def write_away(connection: Connection) -> None:
            self._sql.add_agent(connection, name=agent)
            self._sql.set_away(connection, name=agent, until=until)

        await self._change(write_away)

    async def get_away(self, agent: str) -> int | None:
        """Return until when an agent is away, ms UTC; None if the agent is not."""
        until = await self._database.read(functools.partial(self._sql.away, name=agent))
        return _get_pending(until, self._clock.now())

    async def get_level(self, agent: str) -> Level:
        """Return the level of an agent; everyone is a lead as long as there is none."""
        leads = await self.list_leads()
        return Level.LEAD if not leads or agent in leads else Level.AGENT

    async def list_leads(self) -> list[str]:
        """Return the agents who were made leads, by name."""
        return [row["agent"] for row in await self._database.read(self._sql.leads)]

    async def set_level(self, agent: str, level: Level) -> None:
        """Make an agent a lead, or no longer one.

        Args:
            agent: Name of the agent.
            level: New level.
        """

        def write_level(connection: Connection) -> None:
            self._sql.add_agent(connection, name=agent)
            if level is Level.LEAD:
                self._sql.set_level(connection, agent=agent, level=level.value)
            else:
                self._sql.drop_level(connection, agent=agent)

        await self._change(write_level)

    async def save_team(self, name: str, members: Iterable[str]) -> None:
        """Create a team, or give an existing one other members.

        Args:
            name: Name without the @.
            members: Names of all its members.
        """
        names = sorted(set(members))

        def write_team(connection: Connection) -> None:
            self._sql.add_team(connection, name=name)
            self._sql.drop_members(connection, team=name)
            for agent in names:
                self._sql.add_agent(connection, name=agent)
                self._sql.add_member(connection, team=name, agent=agent)

        await self._change(write_team)

    async def change_members(self, name: str, added: Iterable[str], removed: Iterable[str]) -> None:
        """Add agents to a team and take others out; those that others have changed stay.

        Args:
            name: Name without the @.
            added: Names of new members.
            removed: Names of those who leave.

        Raises:
            TeamGoneError: There is no such team any more.
        """
        joining, leaving = sorted(set(added)), sorted(set(removed))

        def write_members(connection: Connection) -> None:
            if name not in [team.name for team in read_teams(connection)]:
                raise TeamGoneError(
                    f"The team {TEAM_MARK}{name} was renamed or deleted meanwhile:"
                    " nothing was changed"
                )
            for agent in joining:
                self._sql.add_agent(connection, name=agent)
                self._sql.add_member(connection, team=name, agent=agent)
            for agent in leaving:
                self._sql.drop_member(connection, team=name, agent=agent)

        await self._change(write_members)

    async def rename_team(self, old: str, new: str, agent: str) -> None:
        """Give a team another name; its conversations, rules, macros and views stay with it.

        Args:
            old: Name of the team.
            new: New name, which no other team has.
            agent: Agent who does it.
        """
        # Imported late: a first paint reads views and teams, but renames none.
        from tui.store.renamed_names import rename_team

        def write_name(transaction: Transaction) -> None:
            self._sql.drop_team(transaction.connection, name=old)
            self._sql.add_team(transaction.connection, name=new)
            self._sql.rename_members(transaction.connection, team=old, new_team=new)
            self._sql.rename_turns(transaction.connection, team=old, new_team=new)
            rename_team(transaction, self._rng, self._clock, agent, old, new)
            self._reassign(transaction, old, f"{TEAM_MARK}{new}", agent)

        await self._write(write_name)

    async def delete_team(self, name: str, agent: str) -> list[int]:
        """Delete a team; return its conversations, which are unassigned now.

        Args:
            name: Name of the team.
            agent: Agent who does it.
        """

        def drop_team(transaction: Transaction) -> list[int]:
            self._sql.drop_members(transaction.connection, team=name)
            self._sql.drop_team(transaction.connection, name=name)
            return self._reassign(transaction, name, "", agent)

        return await self._write(drop_team)

    async def restore_team(self, team: Team, ids: Sequence[int], agent: str) -> None:
        """Create a deleted team again, with the conversations that no one has taken meanwhile.

        Args:
            team: Team as it was.
            ids: Its conversations when it was deleted.
            agent: Agent who does it.
        """

        def write_team(transaction: Transaction) -> None:
            self._sql.add_team(transaction.connection, name=team.name)
            for member in team.members:
                self._sql.add_member(transaction.connection, team=team.name, agent=member)
            summaries = Summaries(transaction, self._rng)
            for identity in ids:
                summary = summaries.get(identity)
                if not summary["assignee"]:
                    summary["assignee"] = team.assignee
                    self._record(transaction, agent, f"assign {team.assignee}", summary["id"])
            summaries.flush()

        await self._write(write_team)

    def _reassign(
        self, transaction: Transaction, team: str, assignee: str, agent: str
    ) -> list[int]:
        """Give all conversations of a team another assignee; return their ids."""
        found = self._sql.assigned_to(transaction.connection, assignee=f"{TEAM_MARK}{team}")
        summaries = Summaries(transaction, self._rng)
        ids = [row["id"] for row in found]
        for identity in ids:
            summaries.get(identity)["assignee"] = assignee
            self._record(transaction, agent, f"assign {assignee}".strip(), identity)
        summaries.flush()
        return ids

    def _record(self, transaction: Transaction, agent: str, action: str, identity: int) -> None:
        """Write what was done into the audit trail."""
        record_action(transaction, self._rng, self._clock, agent, action, identity)

    async def _change(self, work: Callable[[Connection], object]) -> None:
        """Run a change of the tables about agents and teams."""
        await self._write(lambda transaction: work(transaction.connection))

    async def _write(self, work: Callable[[Transaction], T]) -> T:
        """Run a change in a transaction and notify all desks."""

        def write_and_notify(transaction: Transaction) -> T:
            transaction.mark_changed(VIEWS_CHANGED.subject, VIEWS_CHANGED.id)
            return work(transaction)

        try:
            return await self._database.write(write_and_notify)
        except NotPermitted as error:
            raise NotPermitted(_NOT_PERMITTED) from error


def _get_pending(until: int | None, now: int) -> int | None:
    """Return the end of an absence unless it is over."""
    return until if until is not None and until > now else None
