"""Find what a rule names and what does not exist: accounts, canned replies, people, hooks.

It is checked in the same way when a rule is saved, imported, tried or switched on, and again while
rules are applied: what a rule names can be removed or renamed later.
"""

import difflib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import field
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
_SETTINGS = {
    "account": "[accounts] in the settings has them",
    "hook": "[hooks] in the settings adds one, see smsdesk help events",
}
NO_FIXES: Mapping[str, str] = {}
"""For what is stored, and read on the screen, in line mode and in a shell."""
SCREEN_FIXES: Mapping[str, str] = _SETTINGS | {
    "agent": "g w adds one",
    "canned reply": "g t adds one",
    "hours": "v, then h",
    "members": "g w adds them",
    "team": "g w adds one",
}
"""What adds a thing that is missing, as keys of the screen."""
LINE_FIXES: Mapping[str, str] = _SETTINGS | {
    "agent": "team add adds one",
    "canned reply": "smsdesk canned import adds one",
    "hours": "v hours",
    "members": "team save adds them",
    "team": "team save adds one",
}
"""The same in the words of line mode."""
COMMAND_FIXES: Mapping[str, str] = _SETTINGS | {
    "agent": "smsdesk agents add adds one",
    "canned reply": "smsdesk canned import adds one",
    "hours": "smsdesk views hours",
    "members": "smsdesk teams save adds them",
    "team": "smsdesk teams save adds one",
}
"""The same as commands of a shell."""


@record
class RuleNames:
    """The names that rules can refer to; None where it is not known which there are."""

    stored: StoredNames
    accounts: Collection[str] | None = None
    hooks: Collection[str] | None = None
    can_confirm: bool = True
    """Whether the settings allow a text that confirms an opt-out."""
    fixes: Mapping[str, str] = field(default_factory=lambda: SCREEN_FIXES)
    """What adds a thing that is missing, by its kind, where the problem is shown."""

    def format_fix(self, what: str) -> str:
        """Return what adds a missing thing, in parentheses, or ""."""
        return f" ({self.fixes[what]})" if what in self.fixes else ""


async def read_names(
    store: Store,
    preferences: "RulePreferences | None",
    fixes: Mapping[str, str] = SCREEN_FIXES,
) -> RuleNames:
    """Return the names that rules can refer to.

    Args:
        store: Store shared by all agents.
        preferences: Settings with accounts and hooks; None leaves those unchecked.
        fixes: What adds a thing that is missing, where the problem is shown.
    """
    return collect_names(await store.database.read(read_stored_names), preferences, fixes)


def collect_names(
    stored: StoredNames,
    preferences: "RulePreferences | None",
    fixes: Mapping[str, str] = SCREEN_FIXES,
) -> RuleNames:
    """Return the names of the inbox with those of the settings.

    Args:
        stored: What the inbox has.
        preferences: Settings with accounts and hooks; None leaves those unchecked.
        fixes: What adds a thing that is missing, where the problem is shown.
    """
    if preferences is None:
        return RuleNames(stored, fixes=fixes)
    accounts = [account.name for account in preferences.accounts]
    hooks = list(preferences.hooks)
    return RuleNames(stored, accounts, hooks, preferences.confirm_opt_outs, fixes)


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
                return _explain_missing("account", condition.value, names.accounts, names)
        is_open = not (rule.hours.week or names.stored.has_desk_hours)
        if is_open and condition.kind is ConditionKind.OUTSIDE_HOURS:
            fix = names.format_fix("hours")
            return f"outside hours needs hours: its own, or those of the desk{fix}"
    if rule.answer and rule.is_about_opt_out and not names.can_confirm:
        return "after an opt-out nothing is sent without confirm_opt_outs = true in the settings"
    return next(filter(None, (_find_missing_of(action, names) for action in rule.then)), "")


def _find_missing_of(action: Action, names: RuleNames) -> str:
    """Return what an action names and that does not exist, or ""."""
    value = action.value
    match action.kind:
        case ActionKind.ANSWER:
            replies = names.stored.replies
            return _explain_missing("canned reply", value, replies, names) or _find_unfilled(
                value, names
            )
        case ActionKind.ASSIGN | ActionKind.NOTIFY:
            return _find_missing_person(action, names)
        case ActionKind.HOOK if names.hooks is not None:
            return _explain_missing("hook", value, names.hooks, names)
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
        return _explain_missing("agent", name, names.stored.agents, names)
    team = name.removeprefix(TEAM_MARK)
    if team not in names.stored.teams:
        return _explain_missing("team", team, names.stored.teams, names)
    # What is assigned to a team waits there; turns and notices need someone.
    needs_members = is_turn or action.kind is ActionKind.NOTIFY
    is_empty = needs_members and not names.stored.teams[team]
    fix = names.format_fix("members")
    return f"the team @{one_line(team, 40)} has no members{fix}" if is_empty else ""


def _explain_missing(what: str, name: str, known: Collection[str], names: RuleNames) -> str:
    """Return that a rule names what does not exist, with the fix, or ""."""
    problem = explain_unknown(what, name, known)
    return f"{problem}{names.format_fix(what)}" if problem else ""


def explain_unknown(what: str, name: str, known: Collection[str]) -> str:
    """Return that there is no such thing, and what was probably meant; "" if there is.

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
    return f'there is no {what} "{one_line(name, 40)}"{hint}'


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
    names = await read_names(store, None, NO_FIXES)
    lacking = [one_line(rule.name, 20) for rule in enabled if find_missing(rule, names)]
    shown = one_line(", ".join(lacking), 60)
    return f" · incomplete now: rule{'' if len(lacking) == 1 else 's'} {shown}" if lacking else ""
