"""Change agents and teams: levels, absence, members; each is confirmed and can be undone."""

from collections.abc import Iterable
from datetime import tzinfo

from tui.clock import Clock
from tui.desk.permissions import NotAllowedError, explain_missing_level, require_lead
from tui.desk.rule_names import describe_incomplete
from tui.desk.view_actions import RememberUndo
from tui.domain.agent_level import (
    Level,
    Team,
    UnknownNameError,
    clean_team_name,
    describe_unknown_name,
)
from tui.domain.date_input import format_moment, parse_moment
from tui.domain.record_type import record
from tui.domain.text import one_line
from tui.store.store import Store

OTHERS_ABSENCE = "the absence of others"
"""What only leads change of agents, as a refusal names it."""
TEAM_SCOPE = "team"
"""Scope of what the dialog of agents and teams can undo by itself."""
_FIRST_LEAD = ": only leads change teams, rules, accounts and what is shared from now on"
BACK_WORDS = ("", "back", "no", "now", "here")
"""What is typed for an agent who is no longer away."""


@record
class TeamActions:
    """Changes of agents and teams by one agent; most methods return the confirmation.

    They raise `NotAllowedError` if only leads may, and `UnknownNameError` for names.
    """

    store: Store
    agent: str
    clock: Clock
    zone: tzinfo | None
    remember_undo: RememberUndo

    async def add_agent(self, typed: str) -> str:
        """Add an agent by name, to whom conversations can be assigned from now on."""
        await require_lead(self.store, self.agent, "agents")
        name = " ".join(typed.split())
        if not name or name.startswith("@"):
            raise UnknownNameError("The name of an agent does not begin with @: type another one")
        if name in await self.store.agents.list_names():
            return f"{one_line(name, 30)} is an agent already"
        await self.store.team.add_agent(name)
        return f"Added {one_line(name, 30)}: conversations can be assigned to them"

    async def set_away(self, typed_name: str, typed: str) -> str:
        """Record until when an agent is away; leads do that for others too.

        Args:
            typed_name: Name of the agent.
            typed: Moment, as "mon" or "fri 14:00"; "back" ends the absence.

        Raises:
            InvalidMomentError: The moment cannot be understood.
        """
        name = await self.find_agent(typed_name)
        if name != self.agent:
            await require_lead(self.store, self.agent, OTHERS_ABSENCE)
        now = self.clock.now()
        phrase = " ".join(typed.split()).removeprefix("until ").strip()
        is_back = phrase.casefold() in BACK_WORDS
        until = None if is_back else parse_moment(phrase, now, self.zone)
        before = await self.store.team.get_away(name)
        await self.store.team.set_away(name, until)

        async def restore_absence() -> str:
            await self.store.team.set_away(name, before)
            return f"Undone: the absence of {one_line(name, 20)} is as it was"

        who = "You are" if name == self.agent else f"{one_line(name, 20)} is"
        if until is None:
            return self.remember_undo(f"{who} back", restore_absence, TEAM_SCOPE)
        moment = format_moment(until, now, self.zone, with_distance=False)
        text = f"{who} away until {moment}"
        return self.remember_undo(text, restore_absence, TEAM_SCOPE)

    async def set_level(self, typed_name: str, level: Level) -> str:
        """Make an agent a lead, or no longer one.

        Args:
            typed_name: Name of the agent.
            level: New level.
        """
        name = await self.find_agent(typed_name)
        await require_lead(self.store, self.agent, "levels")
        leads = await self.store.team.list_leads()
        before = Level.LEAD if name in leads else Level.AGENT
        shown = one_line(name, 20)
        if level is before:
            return f"{shown} is {_name_level(level)} already"
        await self.store.team.set_level(name, level)

        async def restore_level() -> str:
            await self.store.team.set_level(name, before)
            return f"Undone: {shown} is {_name_level(before)} again"

        rest = [lead for lead in leads if lead != name]
        if level is Level.LEAD:
            note = "" if leads else _FIRST_LEAD
            text = f"{shown} is a lead now{note}"
        else:
            note = "" if rest else ": no lead is left, everyone may change everything"
            text = f"{shown} is an agent now{note}"
        return self.remember_undo(text, restore_level, TEAM_SCOPE)

    async def save_team(self, typed_name: str, members: list[str]) -> str:
        """Create a team, or give an existing one other members.

        Args:
            typed_name: Name of the team, with or without its @.
            members: Names of all members.
        """
        await require_lead(self.store, self.agent, "teams")
        name = clean_team_name(typed_name)
        names = [await self.find_agent(member) for member in members]
        older = {team.name: team for team in await self.store.team.list_teams()}.get(name)
        await self.store.team.save_team(name, names)

        async def restore_members() -> str:
            if older is None:
                await self.store.team.delete_team(name, self.agent)
                return f"Undone: there is no team @{name}"
            added, removed = set(names) - set(older.members), set(older.members) - set(names)
            await self.store.team.change_members(name, removed, added)
            return f"Undone: @{name} has its former members"

        verb = "Created" if older is None else "Changed"
        text = f"{verb} team @{name}: {_list_names(names)}"
        text += await describe_incomplete(self.store)
        return self.remember_undo(text, restore_members, TEAM_SCOPE)

    async def change_members(self, name: str, added: list[str], removed: list[str]) -> str:
        """Add agents to a team and take others out; what others have changed since stays.

        Args:
            name: Name of the team without its @.
            added: Names of new members.
            removed: Names of those who leave.
        """
        await require_lead(self.store, self.agent, "teams")
        if not added and not removed:
            return f"The members of @{name} are unchanged"
        await self.store.team.change_members(name, added, removed)

        async def restore_members() -> str:
            await self.store.team.change_members(name, removed, added)
            return f"Undone: @{name} has its former members"

        team = await self.find_team(name)
        text = f"Changed team @{name}: {_list_names(team.members)}"
        text += await describe_incomplete(self.store)
        return self.remember_undo(text, restore_members, TEAM_SCOPE)

    async def rename_team(self, typed_name: str, typed: str) -> str:
        """Give a team another name; its conversations stay with it.

        Args:
            typed_name: Name of the team.
            typed: New name.
        """
        await require_lead(self.store, self.agent, "teams")
        team, name = await self.find_team(typed_name), clean_team_name(typed)
        if name in [one.name for one in await self.store.team.list_teams()]:
            raise UnknownNameError(f"There is a team @{name} already: choose another name")
        await self.store.team.rename_team(team.name, name, self.agent)

        async def rename_back() -> str:
            await self.store.team.rename_team(name, team.name, self.agent)
            return f"Undone: the team is {team.assignee} again"

        text = f"Renamed {team.assignee} to @{name}"
        return self.remember_undo(text, rename_back, TEAM_SCOPE)

    async def delete_team(self, typed_name: str) -> str:
        """Delete a team; its conversations become unassigned."""
        await require_lead(self.store, self.agent, "teams")
        team = await self.find_team(typed_name)
        ids = await self.store.team.delete_team(team.name, self.agent)

        async def restore_team() -> str:
            await self.store.team.restore_team(team, ids, self.agent)
            return f"Undone: {team.assignee} is restored"

        count = len(ids)
        rest = f", {count} conversation{'' if count == 1 else 's'} unassigned" if count else ""
        rest += await describe_incomplete(self.store)
        return self.remember_undo(f"Deleted team {team.assignee}{rest}", restore_team, TEAM_SCOPE)

    async def find_agent(self, typed: str) -> str:
        """Return the agent with a name, in any case; "me" is the agent who types.

        Raises:
            UnknownNameError: There is none.
        """
        names = [self.agent, *await self.store.agents.list_names()]
        wanted = " ".join(typed.split())
        if wanted.casefold() == "me" and "me" not in names:
            return self.agent
        same = [name for name in names if name == wanted]
        same += [name for name in names if name and name.casefold() == wanted.casefold()]
        if not same:
            raise UnknownNameError(describe_unknown_name(wanted, names, "agent"))
        return same[0]

    async def find_team(self, typed: str) -> Team:
        """Return the team with a name, with or without its @, in any case.

        Raises:
            UnknownNameError: There is none.
        """
        teams = await self.store.team.list_teams()
        wanted = " ".join(typed.split()).removeprefix("@").casefold()
        for team in teams:
            if team.name.casefold() == wanted:
                return team
        raise UnknownNameError(describe_unknown_name(typed, [t.assignee for t in teams], "team"))

    async def explain_refusal(self, what: str) -> str:
        """Return why this agent may not change something; "" if it is allowed."""
        return await explain_missing_level(self.store, self.agent, what)


def _list_names(names: Iterable[str]) -> str:
    """Return the members of a team on one line."""
    listed = ", ".join(one_line(one, 16) for one in sorted(set(names))) or "no one yet"
    return one_line(listed, 80)


def _name_level(level: Level) -> str:
    """Return a level with its article."""
    return "a lead" if level is Level.LEAD else "an agent"


TeamProblem = (NotAllowedError, UnknownNameError)
"""What can be wrong with a change, as text for the agent."""
