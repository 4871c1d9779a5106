"""Let what refers to a team or a canned reply by its name follow a new name."""

import json
import random
from collections.abc import Callable
from dataclasses import replace

from tui.clock import Clock
from tui.domain.action_list import ROUND_ROBIN, Action, ActionKind
from tui.domain.agent_level import TEAM_MARK
from tui.domain.change import Subject
from tui.store.audit import record_action
from tui.store.engine import Transaction
from tui.store.queries import queries
from tui.store.rule_rows import format_content, read_rule

_ASSIGN = f"{ActionKind.ASSIGN} {TEAM_MARK}"


def rename_team(
    transaction: Transaction, rng: random.Random, clock: Clock, agent: str, old: str, new: str
) -> None:
    """Change the name of a team in rules, macros and saved views, also private ones.

    Args:
        transaction: Transaction of the caller.
        rng: Source of randomness for new ids.
        clock: Source of the current time.
        agent: Agent who renames it.
        old: Former name, without the @.
        new: New name.
    """

    def rename_in(action: Action) -> Action:
        turn = ROUND_ROBIN if action.value.startswith(ROUND_ROBIN) else ""
        name = action.value.removeprefix(ROUND_ROBIN).strip()
        is_team = turn or name.startswith(TEAM_MARK)
        if action.kind not in (ActionKind.ASSIGN, ActionKind.NOTIFY) or not is_team:
            return action
        is_meant = name.removeprefix(TEAM_MARK) == old
        return replace(action, value=f"{turn}{TEAM_MARK}{new}") if is_meant else action

    _change_rules(transaction, rng, clock, agent, rename_in)
    _change_macros(transaction, old, new)
    _change_views(transaction, old, new)


def rename_reply(
    transaction: Transaction, rng: random.Random, clock: Clock, agent: str, old: str, new: str
) -> None:
    """Change the name of a shared canned reply in the rules that send it.

    Args:
        transaction: Transaction of the caller.
        rng: Source of randomness for new ids.
        clock: Source of the current time.
        agent: Agent who renames it.
        old: Former name.
        new: New name.
    """

    def rename_in(action: Action) -> Action:
        is_meant = action == Action(ActionKind.ANSWER, old)
        return replace(action, value=new) if is_meant else action

    _change_rules(transaction, rng, clock, agent, rename_in)


def _change_rules(
    transaction: Transaction,
    rng: random.Random,
    clock: Clock,
    agent: str,
    change: Callable[[Action], Action],
) -> None:
    """Change actions of rules; the audit trail names the rules."""
    sql, connection = queries("rules"), transaction.connection
    for row in sql.all(connection):
        rule = read_rule(row)
        then = tuple(map(change, rule.then))
        if then != rule.then:
            content = format_content(replace(rule, then=then))
            sql.change(connection, id=rule.id, name=rule.name, content=content)
            record_action(transaction, rng, clock, agent, "rule saved", detail=rule.name)
            transaction.mark_changed(Subject.RULE)


def _change_macros(transaction: Transaction, old: str, new: str) -> None:
    """Change to whom macros assign."""
    sql, connection = queries("writing"), transaction.connection
    for row in sql.macros(connection):
        lines = [
            f"{_ASSIGN}{new}" if line == f"{_ASSIGN}{old}" else line
            for line in row["actions"].split("\n")
        ]
        actions = "\n".join(lines)
        if actions != row["actions"]:
            key = {"name": row["name"], "owner": row["owner"]}
            sql.change_macro(connection, **key, actions=actions)
            transaction.mark_changed(Subject.CANNED_REPLY)


def _change_views(transaction: Transaction, old: str, new: str) -> None:
    """Change the team in saved views; the caller notifies the desks of changed views."""
    sql, connection = queries("team"), transaction.connection
    for row in sql.all_views(connection):
        content = json.loads(row["content"])
        changed = dict(content)
        if content.get("team") == old:
            changed["team"] = new
        if content.get("assignee") == f"{TEAM_MARK}{old}":
            changed["assignee"] = f"{TEAM_MARK}{new}"
        if changed != content:
            key = {"owner": row["owner"], "name": row["name"]}
            sql.change_view(connection, **key, content=json.dumps(changed))
