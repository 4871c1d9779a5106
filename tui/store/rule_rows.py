"""Read rules from their rows, and write them as rows."""

import functools
import json
from dataclasses import replace

from tui.domain.action_list import Action, ActionKind
from tui.domain.rules import Condition, ConditionKind, Rule, RuleHours
from tui.store.connections import Connection, Row
from tui.store.queries import queries


def list_enabled(connection: Connection) -> list[Rule]:
    """Return the rules that are switched on, in their order.

    Args:
        connection: Connection of the caller's transaction.
    """
    return [read_rule(row) for row in queries("rules").enabled(connection)]


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
