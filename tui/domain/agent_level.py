"""Describe the people of a desk: agents with their level and absence, and teams of them."""

import difflib
import re
from collections.abc import Collection, Iterable
from enum import StrEnum

from tui.domain.record_type import record
from tui.domain.text import one_line

TEAM_MARK = "@"
"""Begin of an assignee that is a team."""
_ME = ("me", "i", "myself")
_NO_ONE = ("", "none", "no one", "unassigned")
_TEAM_NAME = re.compile(r"[\w.\-]+")


class Level(StrEnum):
    """What an agent may change."""

    AGENT = "agent"
    LEAD = "lead"


@record
class AgentRecord:
    """Agent of the desk."""

    name: str
    level: Level = Level.AGENT
    away_until: int | None = None
    """End of the absence, ms UTC; None while the agent is not away."""
    is_present: bool = False
    """Whether the agent has a desk open now."""
    teams: tuple[str, ...] = ()


@record
class Team:
    """Named list of agents."""

    name: str
    members: tuple[str, ...] = ()

    @property
    def assignee(self) -> str:
        """Return what a conversation of the team has as its assignee."""
        return f"{TEAM_MARK}{self.name}"


class UnknownNameError(ValueError):
    """No agent or team has this name; the text suggests the nearest one."""


def clean_team_name(typed: str) -> str:
    """Return the name of a team as it is stored, without the @.

    Raises:
        UnknownNameError: It cannot be the name of a team.
    """
    name = " ".join(typed.split()).removeprefix(TEAM_MARK)
    if not _TEAM_NAME.fullmatch(name):
        raise UnknownNameError(
            f'"{one_line(typed, 30)}" cannot be a team: use a word, with digits, dots or hyphens'
        )
    return name


def find_team_name_problem(typed: str) -> str:
    """Return why a typed text cannot be the name of a team, or ""."""
    try:
        clean_team_name(typed)
    except UnknownNameError as problem:
        return str(problem)
    return ""


def find_assignee(typed: str, me: str, agents: Iterable[str], teams: Iterable[str]) -> str:
    """Return the assignee that an agent means: a name, a team with its @, or "" for no one.

    Args:
        typed: Typed name; case does not matter.
        me: Agent who types: "me".
        agents: Names of all agents.
        teams: Names of all teams, without the @.

    Raises:
        UnknownNameError: There is no such agent or team; nothing is created silently.
    """
    wanted = " ".join(typed.split())
    known = [*agents, *(f"{TEAM_MARK}{team}" for team in teams)]
    if wanted in known:
        return wanted
    same = [name for name in known if name.casefold() == wanted.casefold()]
    same += [name for name in known if name.casefold() == f"{TEAM_MARK}{wanted}".casefold()]
    if same:
        return same[0]
    if wanted.casefold() in _ME and me:
        return me
    if wanted.casefold() in _NO_ONE or not wanted:
        return ""
    raise UnknownNameError(describe_unknown_name(wanted, known))


def describe_unknown_name(typed: str, known: Collection[str], what: str = "agent or team") -> str:
    """Return that a name is unknown, with the nearest one.

    Args:
        typed: Typed name.
        known: Names that exist.
        what: What was looked for.
    """
    by_fold = {name.casefold().removeprefix(TEAM_MARK): name for name in known}
    folded = typed.casefold().removeprefix(TEAM_MARK)
    near = difflib.get_close_matches(folded, list(by_fold), n=1, cutoff=0.5)
    begun = [name for key, name in by_fold.items() if folded and key.startswith(folded)]
    meant = [*(by_fold[key] for key in near), *begun]
    hint = f": did you mean {one_line(meant[0], 30)}?" if meant else ""
    return f'There is no {what} "{one_line(typed, 30)}"{hint}'
