"""Read rules from their rows, and write them as rows."""

import functools
import json
from dataclasses import replace

from tui.domain.action_list import Action, ActionKind
from tui.domain.business_hours import ALWAYS_OPEN
from tui.domain.rules import Condition, ConditionKind, Rule, RuleHours
from tui.store.connections import Connection, Row
from tui.store.due_answers import read_desk_hours
from tui.store.queries import queries


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
