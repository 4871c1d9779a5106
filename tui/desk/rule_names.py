"""Find what a rule names and what does not exist: accounts, canned replies, people, hooks.

It is checked in the same way when a rule is saved, imported, tried or switched on, and again while
rules are applied: what a rule names can be removed or renamed later.
"""

import difflib
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from tui.domain.action_list import ROUND_ROBIN, Action, ActionKind
from tui.domain.agent_level import TEAM_MARK
from tui.domain.record_type import record
from tui.domain.rules import ConditionKind, Rule
from tui.domain.templates import BUILT_IN_FIELDS, list_fields
from tui.domain.text import one_line
from tui.store.rule_rows import StoredNames, read_stored_names
from tui.store.store import Store

if TYPE_CHECKING:
    from tui.desk.rule_answers import RulePreferences

_ALWAYS_FILLED = frozenset(BUILT_IN_FIELDS) - {"agent"}
"""Fields of a canned reply that a rule can fill; names of customers may be missing."""
_FIXES = {
    "account": "[accounts] in the settings has them",
    "agent": "g w adds one",
    "canned reply": "g t adds one",
    "hook": "[hooks] in the settings adds one, see smsdesk help events",
    "team": "g w adds one",
}
"""What adds a thing that is missing."""


@record
class RuleNames:
    """The names that rules can refer to; None where it is not known which there are."""

    stored: StoredNames
    accounts: Collection[str] | None = None
    hooks: Collection[str] | None = None
    can_confirm: bool = True
    """Whether the settings allow a text that confirms an opt-out."""


async def read_names(store: Store, preferences: "RulePreferences | None") -> RuleNames:
    """Return the names that rules can refer to.

    Args:
        store: Store shared by all agents.
        preferences: Settings with accounts and hooks; None leaves those unchecked.
    """
    return collect_names(await store.database.read(read_stored_names), preferences)


def collect_names(stored: StoredNames, preferences: "RulePreferences | None") -> RuleNames:
    """Return the names of the inbox with those of the settings.

    Args:
        stored: What the inbox has.
        preferences: Settings with accounts and hooks; None leaves those unchecked.
    """
    if preferences is None:
        return RuleNames(stored)
    accounts = [account.name for account in preferences.accounts]
    hooks = list(preferences.hooks)
    return RuleNames(stored, accounts, hooks, can_confirm=preferences.confirm_opt_outs)


def find_missing(rule: Rule, names: RuleNames) -> str:
    """Return the first thing that a rule names and that does not exist, or "".

    Labels are not among them: a label exists by being used.

    Args:
        rule: Rule to check.
        names: Names that there are.
    """
    for condition in rule.when:
        if condition.kind is ConditionKind.ACCOUNT and names.accounts is not None:
            known = [name.casefold() for name in names.accounts]  # as `matches` compares them
            if condition.value.casefold() not in known:
                return explain_unknown("account", condition.value, names.accounts)
        is_open = not (rule.hours.week or names.stored.has_desk_hours)
        if is_open and condition.kind is ConditionKind.OUTSIDE_HOURS:
            return "outside hours needs hours: its own, or those of the desk (v, then h)"
    if rule.answer and rule.is_about_opt_out and not names.can_confirm:
        return "after an opt-out nothing is sent without confirm_opt_outs = true in the settings"
    return next(filter(None, (_find_missing_of(action, names) for action in rule.then)), "")


def _find_missing_of(action: Action, names: RuleNames) -> str:
    """Return what an action names and that does not exist, or ""."""
    value = action.value
    match action.kind:
        case ActionKind.ANSWER:
            return explain_unknown("canned reply", value, names.stored.replies) or _find_unfilled(
                value, names
            )
        case ActionKind.ASSIGN | ActionKind.NOTIFY:
            return _find_missing_person(action, names)
        case ActionKind.HOOK if names.hooks is not None:
            return explain_unknown("hook", value, names.hooks)
    return ""


def _find_unfilled(reply: str, names: RuleNames) -> str:
    """Return which fields of a canned reply no rule can fill, or ""."""
    fields = [
        field for field in list_fields(names.stored.replies[reply]) if field not in _ALWAYS_FILLED
    ]
    unfilled = [field for field in fields if field not in names.stored.fields]
    shown = one_line(", ".join(f"{{{field}}}" for field in unfilled), 60)
    return f"no rule can fill {shown} of the canned reply {one_line(reply, 40)}" if unfilled else ""


def _find_missing_person(action: Action, names: RuleNames) -> str:
    """Return which agent or team of an action does not exist, or that its team is empty."""
    name = action.value.removeprefix(ROUND_ROBIN).strip()
    is_turn = action.value.startswith(ROUND_ROBIN)
    if not (is_turn or name.startswith(TEAM_MARK)):
        return explain_unknown("agent", name, names.stored.agents)
    team = name.removeprefix(TEAM_MARK)
    if team not in names.stored.teams:
        return explain_unknown("team", team, names.stored.teams)
    # What is assigned to a team waits there; turns and notices need someone.
    needs_members = is_turn or action.kind is ActionKind.NOTIFY
    is_empty = needs_members and not names.stored.teams[team]
    return f"the team @{one_line(team, 40)} has no members (g w adds them)" if is_empty else ""


def explain_unknown(what: str, name: str, known: Collection[str]) -> str:
    """Return that there is no such thing, what was probably meant, and the fix; "" if there is.

    Args:
        what: Kind of the thing: "hook".
        name: Name as it was written.
        known: Names that there are.
    """
    if name in known:
        return ""
    by_fold = {one.casefold(): one for one in known}
    near = difflib.get_close_matches(name.casefold(), list(by_fold), n=1)
    hint = f", did you mean {one_line(by_fold[near[0]], 40)}?" if near else ""
    fix = f" ({_FIXES[what]})" if what in _FIXES else ""
    return f'there is no {what} "{one_line(name, 40)}"{hint}{fix}'


def list_missing(rules: Iterable[Rule], names: RuleNames) -> list[str]:
    """Return a line for each rule that names something that does not exist.

    Args:
        rules: The rules.
        names: Names that they can refer to.
    """
    missing = ((rule, find_missing(rule, names)) for rule in rules)
    return [f"{one_line(rule.name, 40)}: {problem}" for rule, problem in missing if problem]


async def describe_incomplete(store: Store) -> str:
    """Return which rules that are on lack something of the inbox: " · rules that lack it: vip".

    It is added to what an agent sees after removing or renaming something; "" if there are none.
    """
    enabled = [rule for rule in await store.rules.list_rules() if rule.enabled]
    if not enabled:
        return ""
    names = await read_names(store, None)
    lacking = [one_line(rule.name, 20) for rule in enabled if find_missing(rule, names)]
    shown = one_line(", ".join(lacking), 60)
    return f" · incomplete now: rule{'' if len(lacking) == 1 else 's'} {shown}" if lacking else ""
