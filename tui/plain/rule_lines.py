"""List the rules; write, try, switch, move and remove them line by line."""

from collections.abc import Awaitable, Callable

from tui.desk.permissions import NotAllowedError
from tui.desk.rule_actions import RuleActions
from tui.desk.rule_book import (
    RuleNotReadyError,
    format_counts,
    format_hit,
    get_day_start,
    list_rule_lines,
)
from tui.desk.rule_names import LINE_FIXES
from tui.desk.rule_trial import DEFAULT_DAYS, try_rules
from tui.domain.agent_level import UnknownNameError, describe_unknown_name
from tui.domain.rules import InvalidRuleError, Rule
from tui.domain.text import format_count, one_line
from tui.plain.lines import end_sentence
from tui.plain.rule_questions import ask_rule
from tui.plain.session import PlainSession, line_handler
from tui.store.rule_rows import RuleRecord

_MOST_LISTED = 20
_MOST_DAYS = 3_650
_USAGE = (
    "Type rules new · rules edit NAME · rules test NAME 30 · rules on NAME · rules off NAME"
    " · rules move NAME up · rules remove NAME"
)
_PROBLEMS = (NotAllowedError, RuleNotReadyError, UnknownNameError, InvalidRuleError)
_CHOICES = ("Dry run only", "Edit", "Move up", "Move down", "Remove")


@line_handler("rules")
async def show_rules(session: PlainSession, typed: str) -> None:
    """Number the rules and ask what to do with one, or do what was typed behind the word.

    Args:
        session: State of this agent's line-mode session.
        typed: What to do, as in "edit fire" or "test fire 30"; a name; empty lists all.
    """
    today = get_day_start(session.context.clock.now(), session.context.zone)
    records = await session.store.rules.list_records(today)
    named = next((record for record in records if record.rule.name == typed), None)
    verb, _, rest = typed.partition(" ")
    if named is not None:
        await _handle_rule(session, named)
    elif verb == "new" or (verb in _VERBS and rest.strip()):
        rules = [record.rule for record in records]
        await _report(session, lambda: _VERBS[verb](session, rules, rest.strip()))
    else:
        await _choose_rule(session, records, typed)


async def _choose_rule(session: PlainSession, records: list[RuleRecord], typed: str) -> None:
    """Number the rules and handle the chosen one."""
    lines = [
        f"{one_line(record.rule.name, 40)}: {'on' if record.rule.enabled else 'off'}, "
        f"{format_counts(record)}{'; failed' if record.problem else ''}"
        for record in records
    ]
    session.dialog.write_line(f"{_USAGE}.")
    place = await session.dialog.choose_item("Rules", lines, typed)
    if place is not None:
        await _handle_rule(session, records[place])


async def _handle_rule(session: PlainSession, record: RuleRecord) -> None:
    """Show all about a rule, and do what the agent chooses."""
    rule = record.rule
    for line in list_rule_lines(record):
        session.dialog.write_line(line)
    switch = "Switch it off" if rule.enabled else "Dry run, then switch it on"
    actions: list[Callable[[], Awaitable[str]]] = [
        lambda: _switch(session, rule, on=not rule.enabled),
        lambda: _show_trial(session, rule),
        lambda: _edit_rule(session, rule),
        lambda: _create_actions(session).move_rule(rule, -1),
        lambda: _create_actions(session).move_rule(rule, 1),
        lambda: _create_actions(session).delete_rule(rule),
    ]
    place = await session.dialog.choose_item("What to do", [switch, *_CHOICES])
    if place is not None:
        await _report(session, actions[place])


def _create_actions(session: PlainSession) -> RuleActions:
    """Return the changes of the rules by this agent."""
    return RuleActions(session.store, session.context, session.actions.remember_undo, LINE_FIXES)


async def _report(session: PlainSession, work: Callable[[], Awaitable[str]]) -> None:
    """Do something, and write what was done or why it was not."""
    try:
        text = await work()
    except _PROBLEMS as problem:
        text = str(problem)
    if text:
        session.dialog.write_line(end_sentence(text))


# What is typed behind the word ----------------------------------------------------------------


def _find_rule(rules: list[Rule], typed: str) -> Rule:
    """Return the rule with a name, in any case; raise `UnknownNameError` if there is none."""
    folded = typed.casefold()
    same = [rule for rule in rules if rule.name == typed]
    found = [*same, *(rule for rule in rules if rule.name.casefold() == folded)]
    if not found:
        names = [rule.name for rule in rules]
        raise UnknownNameError(describe_unknown_name(typed, names, "rule"))
    return found[0]


async def _add(session: PlainSession, rules: list[Rule], typed: str) -> str:
    """Ask for the fields of a new rule, and add it."""
    actions = _create_actions(session)
    await actions.check_level()
    names = frozenset(rule.name for rule in rules)
    rule = await ask_rule(session, Rule(typed, (), ()), names)
    if rule is None:
        return "No rule saved"
    name = one_line(rule.name, 40)
    return f"{await actions.add_rule(rule)}. It is off: rules on {name} tries it, then asks"


async def _edit(session: PlainSession, rules: list[Rule], typed: str) -> str:
    """Ask for the fields of a rule, and change it."""
    return await _edit_rule(session, _find_rule(rules, typed))


async def _edit_rule(session: PlainSession, old: Rule) -> str:
    """Ask for the fields of a rule, and change it."""
    actions = _create_actions(session)
    await actions.check_level()
    known = await session.store.rules.list_rules()
    names = frozenset(rule.name for rule in known) - {old.name}
    rule = await ask_rule(session, old, names)
    return "No rule saved" if rule is None else await actions.change_rule(rule, old)


async def _test(session: PlainSession, rules: list[Rule], typed: str) -> str:
    """Show what a rule would have done in the last days."""
    name, _, number = typed.rpartition(" ")
    has_days = bool(name) and number.isdecimal() and all(rule.name != typed for rule in rules)
    if not has_days:
        return await _show_trial(session, _find_rule(rules, typed))
    days = min(max(int(number[:6]), 1), _MOST_DAYS)
    return await _show_trial(session, _find_rule(rules, name.strip()), days)


async def _switch_on(session: PlainSession, rules: list[Rule], typed: str) -> str:
    """Show the dry run of a rule, and switch it on if the agent wants that then."""
    return await _switch(session, _find_rule(rules, typed), on=True)


async def _switch_off(session: PlainSession, rules: list[Rule], typed: str) -> str:
    """Switch a rule off."""
    return await _switch(session, _find_rule(rules, typed), on=False)


async def _move(session: PlainSession, rules: list[Rule], typed: str) -> str:
    """Move a rule up or down."""
    name, _, way = typed.rpartition(" ")
    if way not in ("up", "down"):
        return _USAGE
    rule = _find_rule(rules, name.strip())
    return await _create_actions(session).move_rule(rule, -1 if way == "up" else 1)


async def _remove(session: PlainSession, rules: list[Rule], typed: str) -> str:
    """Remove a rule; undo restores it."""
    return await _create_actions(session).delete_rule(_find_rule(rules, typed))


_VERBS: dict[str, Callable[[PlainSession, list[Rule], str], Awaitable[str]]] = {
    "new": _add,
    "edit": _edit,
    "test": _test,
    "on": _switch_on,
    "off": _switch_off,
    "move": _move,
    "remove": _remove,
}
"""What can be typed behind the word, each with the names that follow it."""


# Trying and switching -------------------------------------------------------------------------


async def _show_trial(session: PlainSession, rule: Rule, days: int = DEFAULT_DAYS) -> str:
    """Show what a rule would have done, and return the result in a line."""
    context = session.context
    result = await try_rules(session.store, context.preferences, [rule], context.clock.now(), days)
    if len(result.hits) > _MOST_LISTED:
        older = format_count(len(result.hits) - _MOST_LISTED, "time")
        session.dialog.write_line(f"{older} before these: smsdesk rules test lists all.")
    for hit in result.hits[-_MOST_LISTED:]:
        session.dialog.write_line(format_hit(hit, context.zone))
    if missing := await _create_actions(session).find_missing(rule):
        session.dialog.write_line(f"{result.summary}. Nothing was done or sent.")
        return f"It lacks something: {missing}"
    return f"{result.summary}. Nothing was done or sent"


async def _switch(session: PlainSession, rule: Rule, *, on: bool) -> str:
    """Switch a rule off; or on, after its dry run and a question."""
    actions = _create_actions(session)
    if on and not rule.enabled:
        await actions.check_level()
        if missing := await actions.find_missing(rule):
            raise RuleNotReadyError(f"{one_line(rule.name, 40)} stays off: {missing}")
        session.dialog.write_line(f"{await _show_trial(session, rule)}.")
        if not await session.dialog.ask_yes_no(f"Switch {one_line(rule.name, 40)} on?"):
            return f"{one_line(rule.name, 40)} stays off"
    return await actions.switch_rule(rule, on=on)
