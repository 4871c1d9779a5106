"""Read rules from their rows, and write them as rows."""

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from tui.domain.action_list import Action, ActionKind
from tui.domain.business_hours import ALWAYS_OPEN
from tui.domain.record_type import record
from tui.domain.rules import BUILT_IN_RULES, Condition, ConditionKind, Rule, RuleHours
from tui.store.connections import Connection, Row
from tui.store.due_answers import read_desk_hours
from tui.store.queries import queries
from tui.store.team_rows import read_teams


@record
class RuleRecord:
    """A rule with what it did."""

    rule: Rule
    matched_today: int = 0
    answered_today: int = 0
    matched: int = 0
    """How often it matched in the last seven days."""
    answered: int = 0
    problem: str = ""
    """What it could not do, or lacks; empty for nothing since it was changed or switched."""
    problem_at: int = 0
    """Ms UTC."""


def list_enabled(connection: Connection) -> list[Rule]:
    """Return the rules that are switched on, in their order, with the hours of the desk.

    Args:
        connection: Connection of the caller's transaction.
    """
    rules = [read_rule(row) for row in queries("rules").enabled(connection)]
    hours = read_desk_hours(connection) if rules else ALWAYS_OPEN
    return [replace(rule, desk_hours=hours) for rule in rules]


def read_rule(row: Row) -> Rule:
    """Return the rule of a row of `rules`."""
    rule = read_content(row["content"])
    return replace(
        rule, name=row["name"], enabled=bool(row["enabled"]), id=row["id"], since=row["since"]
    )


@functools.lru_cache(maxsize=500)
def read_content(content: str) -> Rule:
    """Return a rule from its JSON; it was valid when it was stored."""
    values = json.loads(content)
    return Rule(
        "",
        tuple(Condition(ConditionKind(kind), value) for kind, value in values["when"]),
        tuple(Action(ActionKind(kind), value) for kind, value in values["then"]),
        RuleHours(values["week"], tuple(values["holidays"]), values["zone"]),
        stop=values["stop"],
    )


def format_content(rule: Rule) -> str:
    """Return what a rule does as JSON."""
    content = {
        "when": [[one.kind.value, one.value] for one in rule.when],
        "then": [[one.kind.value, one.value] for one in rule.then],
        "week": rule.hours.week,
        "holidays": rule.hours.holidays,
        "zone": rule.hours.zone,
        "stop": rule.stop,
    }
    return json.dumps(content)


def count_hits(row: Row, hits: Sequence[Row], first_today: int) -> RuleRecord:
    """Return a rule with its counts.

    Args:
        row: Row of the rule.
        hits: How often rules matched and answered, by hour.
        first_today: Hour since 1970 in which the day of the agent began.
    """
    own = [hit for hit in hits if hit["rule_id"] == row["id"]]
    today = [hit for hit in own if hit["hour"] >= first_today]
    return RuleRecord(
        read_rule(row),
        matched_today=sum(hit["matched"] for hit in today),
        answered_today=sum(hit["answered"] for hit in today),
        matched=sum(hit["matched"] for hit in own),
        answered=sum(hit["answered"] for hit in own),
        problem=row["problem"],
        problem_at=row["problem_at"],
    )


class StoredNames(NamedTuple):
    """What the inbox has that rules can name."""

    replies: Mapping[str, str]
    """Texts of the shared canned replies by name."""
    fields: Sequence[str]
    """Own fields of the team and of contacts, in lower case."""
    agents: Sequence[str]
    teams: Mapping[str, Sequence[str]]
    """Members of each team."""
    has_desk_hours: bool = False
    """Whether the desk has business hours, for rules without their own."""


def read_stored_names(connection: Connection) -> StoredNames:
    """Return what the inbox has that rules can name.

    Args:
        connection: Connection of the caller.
    """
    writing = queries("writing")
    fields = [*writing.template_values(connection), *queries("contacts").field_names(connection)]
    return StoredNames(
        {row["name"]: row["body"] for row in writing.templates(connection, agent="")},
        [row["name"].casefold() for row in fields],
        [row["name"] for row in queries("triage").agents(connection)],
        {team.name: team.members for team in read_teams(connection)},
        has_desk_hours=bool(read_desk_hours(connection).week),
    )


def with_built_in(stored: Sequence[Rule]) -> list[Rule]:
    """Return stored rules, then the built-in ones that are not among them."""
    names = {rule.name for rule in stored}
    return [*stored, *(rule for rule in BUILT_IN_RULES if rule.name not in names)]
