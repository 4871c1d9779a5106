"""Decide to whom a conversation can be assigned, and who is notified of it."""

from collections.abc import Iterable, Sequence
from datetime import tzinfo

from tui.desk.format import format_title
from tui.domain.agent_level import TEAM_MARK, AgentRecord, Team, find_assignee
from tui.domain.change import Change, Subject
from tui.domain.date_input import format_moment
from tui.domain.record_type import record
from tui.domain.text import one_line
from tui.store.applied_actions import UNDO_DETAILS, UNDO_STATE
from tui.store.store import Store

UNASSIGNED = "no one"
_MOST_MEMBERS = 3


@record
class Assignee:
    """One to whom a conversation can be assigned."""

    value: str
    """What is stored; empty for no one."""
    detail: str = ""
    absence: str = ""
    """Why assigning may be a mistake: "bo is away until Mon 09:00"; empty if it is not."""

    @property
    def text(self) -> str:
        """Return the name as it is shown."""
        return self.value or UNASSIGNED


async def list_assignees(store: Store, me: str, now: int, zone: tzinfo | None) -> list[Assignee]:
    """Return the agent, all others, every team, and no one.

    Args:
        store: Store shared by all agents.
        me: Name of the agent who assigns.
        now: Current time, ms UTC.
        zone: Zone of the agent; None for that of the system.
    """
    records = {agent.name: agent for agent in await store.team.list_agents()}
    names = [name for name in await store.agents.list_names() if name and name != me]
    found = [
        _describe_agent(records.get(name) or AgentRecord(name), name == me, now, zone)
        for name in (*([me] if me else []), *names)
    ]
    found += [_describe_team(t, records, now, zone) for t in await store.team.list_teams()]
    return [*found, Assignee("")]


async def resolve_assignee(store: Store, me: str, typed: str) -> str:
    """Return the assignee that a typed name means.

    Args:
        store: Store shared by all agents.
        me: Name of the agent who types.
        typed: Name of an agent, a team with its @, "me" or "none".

    Raises:
        UnknownNameError: There is no such agent or team.
    """
    names = [name for name in (me, *await store.agents.list_names()) if name]
    teams = [team.name for team in await store.team.list_teams()]
    return find_assignee(typed, me, names, teams)


async def find_absence(store: Store, assignee: str, now: int, zone: tzinfo | None) -> str:
    """Return that an assignee is away and until when; "" if not.

    Args:
        store: Store shared by all agents.
        assignee: Agent, or team with its @.
        now: Current time, ms UTC.
        zone: Zone of the agent; None for that of the system.
    """
    if not assignee:
        return ""
    if not assignee.startswith(TEAM_MARK):
        until = await store.team.get_away(assignee)
        return _format_absence(AgentRecord(assignee, away_until=until), now, zone)
    records = {agent.name: agent for agent in await store.team.list_agents()}
    teams = [team for team in await store.team.list_teams() if team.assignee == assignee]
    return _format_team_absence(teams[0], records, now, zone) if teams else ""


async def format_assignment_notice(
    store: Store, agent: str, changes: Iterable[Change], key: str = "g i"
) -> str:
    """Return the message about what colleagues have assigned to this agent, or "".

    Args:
        store: Store shared by all agents.
        agent: Name of this agent; the agent's own assignments are passed over.
        changes: What has changed in the store.
        key: What shows the agent's own list.
    """
    notices = [
        notice
        for change in changes
        if change.subject is Subject.ASSIGNMENT
        and (notice := await _describe_assignment(store, agent, change.id))
    ]
    if not notices:
        return ""
    more = f" and {len(notices) - 1} more" if len(notices) > 1 else ""
    return f"{notices[-1]}{more} · {key} shows {'them' if more else 'it'}"


async def _describe_assignment(store: Store, agent: str, conversation_id: int) -> str:
    """Return who has assigned a conversation to this agent; "" if it is no news."""
    row = await store.conversations.get(conversation_id)
    if row is None or not row.assignee:
        return ""
    is_mine = row.assignee == agent
    if not is_mine and row.assignee not in await store.team.list_teams_of(agent):
        return ""
    entries = await store.triage.get_audit_trail(conversation_id)
    if not entries or not is_assignment(entries[0].action, row.assignee):
        entries = [e for e in entries if is_assignment(e.action, row.assignee)]
    actor = entries[0].agent if entries else ""
    if actor == agent:
        return ""
    who = one_line(actor, 20) or "A rule"
    target = "you" if is_mine else one_line(row.assignee, 20)
    return f"{who} assigned {one_line(format_title(row), 30)} to {target}"


def is_assignment(action: str, assignee: str) -> bool:
    """Return whether an action of the audit trail can have assigned a conversation.

    Args:
        action: Action as it is recorded.
        assignee: Assignee now.
    """
    return action in (f"assign {assignee}", "claim", UNDO_STATE, UNDO_DETAILS)


def _describe_agent(agent: AgentRecord, is_me: bool, now: int, zone: tzinfo | None) -> Assignee:
    """Return an agent with what matters before assigning."""
    away = _format_absence(agent, now, zone)
    details = ["you"] if is_me else []
    details += [away.removeprefix(f"{one_line(agent.name, 20)} is ")] if away else []
    details += ["here now"] if agent.is_present and not is_me and not away else []
    return Assignee(agent.name, " · ".join(details), "" if is_me else away)


def _describe_team(
    team: Team, records: dict[str, AgentRecord], now: int, zone: tzinfo | None
) -> Assignee:
    """Return a team with its members."""
    return Assignee(
        team.assignee, format_members(team.members), _format_team_absence(team, records, now, zone)
    )


def format_members(members: Sequence[str]) -> str:
    """Return the members of a team: "bo, mia and 2 more"."""
    shown = ", ".join(one_line(name, 16) for name in members[:_MOST_MEMBERS])
    more = len(members) - _MOST_MEMBERS
    return (f"{shown} and {more} more" if more > 0 else shown) or "no members"


def _format_absence(agent: AgentRecord, now: int, zone: tzinfo | None) -> str:
    """Return that an agent is away and until when; "" if not."""
    if agent.away_until is None or agent.away_until <= now:
        return ""
    moment = format_moment(agent.away_until, now, zone, with_distance=False)
    return f"{one_line(agent.name, 20)} is away until {moment}"


def _format_team_absence(
    team: Team, records: dict[str, AgentRecord], now: int, zone: tzinfo | None
) -> str:
    """Return that no member of a team is there; "" if one is."""
    if not team.members:
        return f"{one_line(team.assignee, 20)} has no members"
    members = [records.get(name, AgentRecord(name)) for name in team.members]
    if all(_format_absence(member, now, zone) for member in members):
        return f"everyone in {one_line(team.assignee, 20)} is away"
    return ""
