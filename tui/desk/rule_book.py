"""Manage rules: what a rule still needs, switching it on, and how rules look as text and JSON."""

import difflib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Any

from tui.desk.format import format_date_time
from tui.desk.rule_trial import TrialHit
from tui.domain.account import Account
from tui.domain.action_list import ROUND_ROBIN, Action, ActionKind
from tui.domain.json_fields import format_iso_time
from tui.domain.rule_text import STOP_LINE
from tui.domain.rules import ConditionKind, Rule
from tui.domain.templates import BUILT_IN_FIELDS, list_fields
from tui.domain.text import one_line
from tui.store.store import Store
from tui.store.stored_rules import RuleRecord

_ALWAYS_FILLED = frozenset(BUILT_IN_FIELDS) - {"agent"}
"""Fields of a canned reply that a rule can fill; names of customers may be missing."""


class RuleNotReadyError(Exception):
    """Raised when a rule cannot be switched on; the text says what it needs first."""


class RuleChangedError(RuleNotReadyError):
    """Raised when a rule is no longer the one whose dry run was seen."""


@dataclass(frozen=True, slots=True)
class RuleNames:
    """The names that rules can refer to; None where it is not known which there are."""

    replies: dict[str, str]
    """Texts of the canned replies by name."""
    fields: Collection[str]
    """Own fields of the team and of contacts, in lower case."""
    agents: Collection[str]
    accounts: Collection[str] | None = None
    teams: Collection[str] | None = None
    hooks: Collection[str] | None = None


async def read_names(store: Store, accounts: Iterable[Account] | None = None) -> RuleNames:
    """Return the names that rules can refer to.

    Args:
        store: Store shared by all agents.
        accounts: Accounts of the settings; None if they are not known.
    """
    replies = {one.name: one.body for one in await store.templates.list_by_name()}
    fields = {name.casefold() for name in await store.templates.get_fields()}
    fields |= {name.casefold() for name in await store.contact_fields.list_field_names()}
    names = None if accounts is None else [account.name for account in accounts]
    teams = [team.name for team in await store.team.list_teams()]
    return RuleNames(replies, fields, await store.agents.list_names(), names, teams)


def find_missing(rule: Rule, names: RuleNames) -> str:
    """Return the first thing that a rule names and that does not exist, or "".

    Args:
        rule: Rule to check.
        names: Names that there are.
    """
    for condition in rule.when:
        if condition.kind is ConditionKind.ACCOUNT and names.accounts is not None:
            problem = _explain_unknown("account", condition.value, names.accounts)
            if problem:
                return problem
    return next(filter(None, (_find_missing_of(action, names) for action in rule.then)), "")


def _find_missing_of(action: Action, names: RuleNames) -> str:
    """Return what an action names and that does not exist, or ""."""
    value = action.value
    match action.kind:
        case ActionKind.ANSWER:
            problem = _explain_unknown("canned reply", value, names.replies)
            if problem:
                return f"{problem} (g t adds one)"
            fields = [f for f in list_fields(names.replies[value]) if f not in _ALWAYS_FILLED]
            unfilled = [field for field in fields if field not in names.fields]
            shown = one_line(", ".join(f"{{{field}}}" for field in unfilled), 60)
            return f"no rule can fill {shown} of the canned reply {value}" if unfilled else ""
        case ActionKind.ASSIGN | ActionKind.NOTIFY:
            name = value.removeprefix(ROUND_ROBIN).strip()
            if name.startswith("@") or value.startswith(ROUND_ROBIN):
                team = name.removeprefix("@")
                return "" if names.teams is None else _explain_unknown("team", team, names.teams)
            return _explain_unknown("agent", name, names.agents)
        case ActionKind.HOOK if names.hooks is not None:
            return _explain_unknown("hook", value, names.hooks)
    return ""


def _explain_unknown(what: str, name: str, known: Collection[str]) -> str:
    """Return that there is no such thing, with the name that was probably meant; "" if there is."""
    if name in known:
        return ""
    near = difflib.get_close_matches(name, list(known), n=1)
    hint = f", did you mean {one_line(near[0], 40)}?" if near else ""
    return f'there is no {what} "{one_line(name, 40)}"{hint}'


async def switch_rule(
    store: Store,
    name: str,
    agent: str,
    *,
    on: bool,
    accounts: Iterable[Account] | None = None,
    tried: Rule | None = None,
) -> str:
    """Switch a rule on or off and return the confirmation; one that lacks something stays off.

    Args:
        store: Store shared by all agents.
        name: Name of the rule, stored or built in.
        agent: Name of the agent.
        on: Whether to switch it on.
        accounts: Accounts of the settings; None if they are not known.
        tried: The rule as its dry run has shown it; None if there was none.

    Raises:
        RuleNotReadyError: There is no such rule, or it names something that does not exist.
        RuleChangedError: It has been changed since the dry run.
        StoreError: Nothing was changed.
    """
    rule = await find_rule(store, name)
    shown = one_line(rule.name, 40)
    if tried is not None and keep_state(tried, rule) != rule:
        raise RuleChangedError(f"{shown} was changed since the dry run: nothing was switched")
    if on and (missing := find_missing(rule, await read_names(store, accounts))):
        raise RuleNotReadyError(f"{shown} stays off: {missing}")
    changed = await store.rules.switch_rule(rule.name, agent, on=on)
    state = "on" if on else "off"
    return f"{shown} is {state}" if changed else f"{shown} is {state} already"


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
        raise RuleNotReadyError(_explain_unknown("rule", name, rules))
    return rules[name]


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


def list_rule_lines(record: RuleRecord) -> list[str]:
    """Return all about a rule, a line for each part."""
    rule = record.rule
    hours = [rule.hours.week, *rule.hours.holidays, rule.hours.zone]
    lines = [
        f"Rule   {one_line(rule.name, 40)} ({'on' if rule.enabled else 'off'})",
        f"When   {one_line(format_when(rule), 300)}",
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


def format_hit_effect(hit: TrialHit, zone: tzinfo | None = None) -> str:
    """Return what a rule would have done at one time, in a short line without the texts.

    Args:
        hit: The time.
        zone: Time zone of the agent; None for that of the system.
    """
    answer = "no answer" if hit.not_answered else ""
    parts = filter(None, ["answer" if hit.answer else answer, *hit.actions])
    who = f"{format_date_time(hit.at, zone)[5:]}  {one_line(hit.conversation.title, 22)}"
    return f"{who} → {one_line('; '.join(parts), 60) or 'nothing'}"


def format_saved(rules: Iterable[Rule], names: RuleNames) -> list[str]:
    """Return what to know about rules that were just saved: those that lack something.

    Args:
        rules: The rules.
        names: Names that they can refer to.
    """
    missing = ((rule, find_missing(rule, names)) for rule in rules)
    return [f"{one_line(rule.name, 40)}: {problem}" for rule, problem in missing if problem]


def keep_state(rule: Rule, old: Rule | None) -> Rule:
    """Return an edited rule with the id and the state of the one that it replaces."""
    if old is None:
        return rule
    return replace(rule, id=old.id, enabled=old.enabled, since=old.since)


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
