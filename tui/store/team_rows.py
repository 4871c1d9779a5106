"""Read teams and their members, and the assignees that a view of a team has now."""

from collections.abc import Iterable
from dataclasses import replace

from tui.domain.agent_level import TEAM_MARK, Team
from tui.domain.conversation import View
from tui.store.connections import Connection
from tui.store.queries import queries


def list_members(connection: Connection, team: str) -> list[str]:
    """Return the members of a team in their order; none if there is no such team.

    Args:
        connection: Connection of the caller.
        team: Name of the team.
    """
    return read_members(connection).get(team, [])


def read_teams(connection: Connection) -> list[Team]:
    """Return every team by name."""
    members = read_members(connection)
    return [
        Team(row["name"], tuple(members.get(row["name"], ())))
        for row in queries("team").teams(connection)
    ]


def read_members(connection: Connection) -> dict[str, list[str]]:
    """Return the members of each team."""
    found: dict[str, list[str]] = {}
    for row in queries("team").members(connection):
        found.setdefault(row["team"], []).append(row["agent"])
    return found


def resolve_view(view: View, agent: str, teams: Iterable[Team]) -> View:
    """Return a view with the further assignees that it has now.

    Args:
        view: View that is about to be shown.
        agent: Agent who looks.
        teams: Every team.
    """
    if view.team:
        members = [name for team in teams if team.name == view.team for name in team.members]
        return replace(view, assigned=(f"{TEAM_MARK}{view.team}", *members))
    if view.assignee and view.assignee == agent:
        return replace(view, assigned=tuple(t.assignee for t in teams if agent in t.members))
    return replace(view, assigned=())


def is_away(connection: Connection, agent: str, now: int) -> bool:
    """Return whether an agent is away.

    Args:
        connection: Connection of the caller.
        agent: Name of the agent.
        now: Current time (ms UTC).
    """
    until = queries("team").away(connection, name=agent)
    return until is not None and until > now


def read_names(connection: Connection) -> tuple[list[str], list[str], list[str]]:
    """Return the names of all agents, of all teams as assignees, and of all labels."""
    return (
        [row["name"] for row in queries("triage").agents(connection)],
        [team.assignee for team in read_teams(connection)],
        [row["label"] for row in queries("conversations").all_labels(connection)],
    )
