"""Manage rules: what a rule still needs, switching it on, and how rules look as text and JSON."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any

from tui.clock import MINUTE
from tui.desk.format import format_date_time, format_moment
from tui.desk.rule_names import (
    SCREEN_FIXES,
    explain_unknown,
    find_missing,
    list_missing,
    read_names,
)
from tui.desk.rule_trial import TrialHit
from tui.domain.json_fields import format_iso_time
from tui.domain.phone import format_phone_number
from tui.domain.rule_text import STOP_LINE
from tui.domain.rules import BUILT_IN_RULES, Condition, ConditionKind, Rule
from tui.domain.text import format_span, one_line
from tui.store.rule_rows import RuleRecord
from tui.store.store import Store

if TYPE_CHECKING:
    from tui.desk.rule_answers import RulePreferences


class RuleNotReadyError(Exception):
    """Raised when a rule cannot be switched on; the text says what it needs first."""


class RuleChangedError(RuleNotReadyError):
    """Raised when a rule is no longer the one whose dry run was seen."""


async def switch_rule(
    store: Store,
    name: str,
    agent: str,
    *,
    on: bool,
    preferences: "RulePreferences",
    tried: Rule | None = None,
    fixes: Mapping[str, str] = SCREEN_FIXES,
) -> str:
    """Switch a rule on or off and return the confirmation; one that lacks something stays off.

    Args:
        store: Store shared by all agents.
        name: Name of the rule, stored or built in.
        agent: Name of the agent.
        on: Whether to switch it on.
        preferences: Settings with accounts and hooks.
        tried: The rule as its dry run has shown it; None if there was none.
        fixes: What adds a thing that is missing, where the problem is shown.

    Raises:
        RuleNotReadyError: There is no such rule, or it names something that does not exist.
        RuleChangedError: It has been changed since the dry run.
        StoreError: Nothing was changed.
    """
    rule = await (check_ready(store, name, preferences, fixes) if on else find_rule(store, name))
    shown = one_line(rule.name, 40)
    if tried is not None and drop_state(tried) != drop_state(rule):
        raise RuleChangedError(f"{shown} was changed since the dry run: nothing was switched")
    changed = await store.rules.switch_rule(rule.name, agent, on=on)
    state = "on" if on else "off"
    return f"{shown} is {state}" if changed else f"{shown} is {state} already"


async def check_ready(
    store: Store,
    name: str,
    preferences: "RulePreferences",
    fixes: Mapping[str, str] = SCREEN_FIXES,
) -> Rule:
    """Return the rule with a name, which can be switched on.

    Args:
        store: Store shared by all agents.
        name: Name of the rule, stored or built in.
        preferences: Settings with accounts and hooks.
        fixes: What adds a thing that is missing, where the problem is shown.

    Raises:
        RuleNotReadyError: There is no such rule, or it names something that does not exist.
    """
    rule = await find_rule(store, name)
    if missing := find_missing(rule, await read_names(store, preferences, fixes)):
        raise RuleNotReadyError(f"{one_line(rule.name, 40)} stays off: {missing}")
    return rule


async def check_import(
    store: Store,
    rules: Iterable[Rule],
    preferences: "RulePreferences",
    fixes: Mapping[str, str] = SCREEN_FIXES,
) -> list[str]:
    """Return what the rules of an import lack; one that stays on may lack nothing.

    Args:
        store: Store shared by all agents.
        rules: Rules to import.
        preferences: Settings with accounts and hooks.
        fixes: What adds a thing that is missing, where the problem is shown.

    Raises:
        RuleNotReadyError: A rule that is on would name something that does not exist.
    """
    rules, names = list(rules), await read_names(store, preferences, fixes)
    enabled = {rule.name for rule in await store.rules.list_rules() if rule.enabled}
    for rule in rules:
        if rule.name in enabled and (missing := find_missing(rule, names)):
            raise RuleNotReadyError(f"{one_line(rule.name, 40)} is on: {missing}")
    return list_missing(rules, names)


async def find_rule(store: Store, name: str) -> Rule:
    """Return the rule with a name.

    Args:
        store: Store shared by all agents.
        name: Name as typed.

    Raises:
        RuleNotReadyError: There is none; the text suggests another one.
    """
    rules = {rule.name: rule for rule in await store.rules.list_rules()}
    if name not in rules:
        raise RuleNotReadyError(explain_unknown("rule", name, rules))
    return rules[name]


def find_kept(rule: Rule) -> str:
    """Return why a rule cannot be deleted, or ""."""
    return "" if rule.id else f"{one_line(rule.name, 40)} is built in and off: it cannot be deleted"


def describe_deleted(rule: Rule) -> str:
    """Return what deleting a rule did; a built-in one is as it was at first, and off."""
    if any(one.name == rule.name for one in BUILT_IN_RULES):
        return f"{one_line(rule.name, 40)} is built in: it is off and as it was at first"
    return f"Deleted {one_line(rule.name, 40)}"


# Text ---------------------------------------------------------------------------------------


def get_day_start(now: int, zone: tzinfo | None) -> int:
    """Return when the day of the agent began (ms UTC).

    Args:
        now: Current time (ms UTC).
        zone: Time zone of the agent; None for that of the system.
    """
    here = datetime.fromtimestamp(now / 1_000, zone).astimezone(zone)
    return round(here.replace(hour=0, minute=0, second=0, microsecond=0).timestamp() * 1_000)


def format_when(rule: Rule) -> str:
    """Return the conditions of a rule in a line, as they are typed."""
    return "; ".join(map(str, rule.when))


def describe_condition(condition: Condition) -> str:
    """Return a condition as an agent reads it: numbers and times as they stand everywhere."""
    value = condition.value
    if condition.kind is ConditionKind.NUMBER:
        return f"{condition.kind} {format_phone_number(value)}"
    if condition.kind is ConditionKind.NO_ANSWER:
        return f"{condition.kind} {format_span(int(value) * MINUTE, units=4)}"
    return str(condition)


def format_then(rule: Rule) -> str:
    """Return the actions of a rule in a line, as they are typed."""
    return "; ".join([*map(str, rule.then), *([STOP_LINE] if rule.stop else [])])


def format_week(record: RuleRecord) -> str:
    """Return how often a rule matched and answered in seven days, for a narrow column."""
    if not record.matched:
        return "no match in 7 days"
    answered = f", {record.answered:,} answered" if record.answered else ""
    return f"{record.matched:,} in 7 days{answered}"


def format_counts(record: RuleRecord) -> str:
    """Return how often a rule matched and answered."""
    today = f"{record.matched_today:,} today, " if record.matched else ""
    return f"{today}{format_week(record)}"


def drop_state(rule: Rule) -> Rule:
    """Return a rule without what changes when it is stored or switched."""
    return replace(rule, id=0, enabled=False, since=0)


def list_rule_lines(record: RuleRecord) -> list[str]:
    """Return all about a rule, a line for each part."""
    rule = record.rule
    hours = [rule.hours.week, *rule.hours.holidays, rule.hours.zone]
    lines = [
        f"Rule   {one_line(rule.name, 40)} ({'on' if rule.enabled else 'off'})",
        f"When   {one_line('; '.join(map(describe_condition, rule.when)), 300)}",
        f"Then   {one_line(format_then(rule), 300)}",
    ]
    if rule.hours.week:
        lines.append(f"Hours  {one_line(' · '.join(filter(None, hours)), 300)}")
    lines.append(f"Did    {format_counts(record)}")
    if record.problem:
        lines.append(f"Failed {one_line(record.problem, 300)}")
    return lines


def format_hit(hit: TrialHit, zone: tzinfo | None = None) -> str:
    """Return one time that a rule would have acted, in a line.

    Args:
        hit: The time.
        zone: Time zone of the agent; None for that of the system.
    """
    done = [*hit.actions]
    if hit.answer:
        done.append(f'answers "{one_line(hit.answer, 60)}"')
    elif hit.not_answered:
        done.append(f"no answer: {hit.not_answered}")
    title, text = one_line(hit.conversation.title, 24), one_line(hit.text, 40)
    effect = one_line("; ".join(done), 160) or "nothing"
    return f"{format_date_time(hit.at, zone)}  {title}: {text} → {effect}"


def format_hit_effect(hit: TrialHit, now: int, zone: tzinfo | None = None) -> str:
    """Return what a rule would have done at one time, in a short line without the texts.

    Args:
        hit: The time.
        now: Current time, ms UTC.
        zone: Time zone of the agent; None for that of the system.
    """
    answer = "no answer" if hit.not_answered else ""
    parts = filter(None, ["answer" if hit.answer else answer, *hit.actions])
    who = f"{format_moment(hit.at, now, zone):>12}  {one_line(hit.conversation.title, 22)}"
    return f"{who} → {one_line('; '.join(parts), 60) or 'nothing'}"


# JSON ---------------------------------------------------------------------------------------


def record_to_json(record: RuleRecord) -> dict[str, Any]:
    """Return a rule as a JSON object."""
    rule = record.rule
    return {
        "name": rule.name,
        "enabled": rule.enabled,
        "when": [str(one) for one in rule.when],
        "then": [str(one) for one in rule.then],
        "stop": rule.stop,
        "hours": {
            "week": rule.hours.week,
            "holidays": list(rule.hours.holidays),
            "zone": rule.hours.zone,
        },
        "matched_today": record.matched_today,
        "answered_today": record.answered_today,
        "matched_7_days": record.matched,
        "answered_7_days": record.answered,
        "problem": record.problem,
        "problem_at": format_iso_time(record.problem_at),
    }


def hit_to_json(hit: TrialHit) -> dict[str, Any]:
    """Return one time that a rule would have acted as a JSON object."""
    return {
        "rule": hit.rule,
        "conversation": str(hit.conversation.id),
        "message": str(hit.message_id),
        "party": hit.conversation.party,
        "name": hit.conversation.name,
        "at": format_iso_time(hit.at),
        "text": hit.text,
        "actions": list(hit.actions),
        "answer": hit.answer,
        "not_answered": hit.not_answered,
    }
