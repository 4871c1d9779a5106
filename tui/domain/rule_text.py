"""Read and write rules as text: lines for the form, TOML for a file.

A file has a table `[[rule]]` for each rule, and may have `[hours]` for those without their own.
"""

import difflib
import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import tzinfo
from typing import Any, TypeVar

from tui.clock import MINUTE, parse_duration
from tui.domain.action_list import ActionKind, InvalidActionError, parse_actions
from tui.domain.rules import (
    Condition,
    ConditionKind,
    InvalidRuleError,
    Rule,
    RuleHours,
    read_hours,
    read_words,
    split_words,
)
from tui.domain.text import one_line

_MAX_NAME_LENGTH = 40
_MAX_CONDITIONS = 20
_MAX_VALUE_LENGTH = 500
_LONGEST_WAIT_MINUTES = 30 * 24 * 60

_BEGIN = "begin each rule with [[rule]]"
STOP_LINE = "stop"
"""Line among the actions: the rules below are not looked at."""
_EXAMPLES = {
    ConditionKind.WORDS: "words invoice, bill",
    ConditionKind.ALL_WORDS: "all words order, late",
    ConditionKind.ACCOUNT: "account support",
    ConditionKind.NUMBER: "number +61491570157",
    ConditionKind.LABEL: "label billing",
    ConditionKind.NO_ANSWER: "no answer for 30 minutes",
}
"""How each condition with a value is written."""
_ABOUT_A_TEXT = frozenset({ConditionKind.ARRIVES, ConditionKind.OPT_OUT, ConditionKind.HELP})
"""Conditions that hold at the moment in which a text arrives, so never while none does."""


def parse_conditions(text: str) -> tuple[Condition, ...]:
    """Return the conditions of a text, one on each line or between semicolons.

    Raises:
        InvalidRuleError: A condition is unknown, or has no value or one too many.
    """
    lines = (" ".join(line.split()) for line in text.replace(";", "\n").splitlines())
    conditions = tuple(_parse_condition(line) for line in lines if line)
    if len(conditions) > _MAX_CONDITIONS:
        raise InvalidRuleError(f"{len(conditions)} conditions: {_MAX_CONDITIONS} are allowed")
    return conditions


def _parse_condition(line: str) -> Condition:
    """Return the condition of one line."""
    folded = line.casefold()
    kind = next((k for k in ConditionKind if f"{folded} ".startswith(f"{k} ")), None)
    if kind is None:
        raise InvalidRuleError(_explain_unknown(line))
    value = line[len(kind) :].strip()
    example = _EXAMPLES.get(kind, "")
    if bool(value) != bool(example):
        how = f"write {example}" if example else f"{kind} stands alone"
        raise InvalidRuleError(f'"{one_line(line, 40)}": {how}')
    if len(value) > _MAX_VALUE_LENGTH:
        raise InvalidRuleError(f"{kind}: {len(value)} characters, at most {_MAX_VALUE_LENGTH}")
    if kind is ConditionKind.NO_ANSWER:
        value = str(_parse_minutes(value))
    elif kind in (ConditionKind.WORDS, ConditionKind.ALL_WORDS):
        value = _check_words(kind, value)
    return Condition(kind, value)


def _explain_unknown(line: str) -> str:
    """Return which conditions there are, and the one that was probably meant."""
    # Most conditions have a value, so that only the beginning can be compared: "wrods invoice".
    words, kinds = line.casefold().split(), list(ConditionKind)
    begins = {" ".join(words[: len(kind.split())]) for kind in kinds}
    found = (difflib.get_close_matches(one, kinds, 1) for one in sorted(begins, reverse=True))
    near = next(filter(None, found), [])
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(ConditionKind)}"
    return f'"{one_line(line, 30)}" is no condition: {hint}'


def _check_words(kind: ConditionKind, value: str) -> str:
    """Return the words in one form; each has to be something that a text can contain."""
    parts = list(split_words(value))
    empty = next((part for part in parts if not all(read_words(part))), "" if parts else value)
    if empty or not parts:
        raise InvalidRuleError(f'"{one_line(empty, 20)}" is no word: write {_EXAMPLES[kind]}')
    return ", ".join(parts)


def _parse_minutes(value: str) -> int:
    """Return the minutes of a wait: "30 minutes", "2h"."""
    try:
        minutes = parse_duration(value) // MINUTE
    except ValueError:
        minutes = 0
    if not 1 <= minutes <= _LONGEST_WAIT_MINUTES:
        example = _EXAMPLES[ConditionKind.NO_ANSWER]
        raise InvalidRuleError(f'"{one_line(value, 20)}" is no time: write {example}, at most 30d')
    return minutes


def validate_rule(rule: Rule) -> Rule:
    """Return a rule that can be stored, with its name in one line.

    Raises:
        InvalidRuleError: Something is missing, or two parts contradict each other.
    """
    name = " ".join(rule.name.split())
    if not name or not name.isprintable():
        raise InvalidRuleError("It needs a name, such as out_of_hours")
    if len(name) > _MAX_NAME_LENGTH:
        raise InvalidRuleError(f"The name is longer than {_MAX_NAME_LENGTH} characters")
    if not rule.when:
        raise InvalidRuleError(f"{name}: when has no condition, such as arrives")
    if not rule.then:
        raise InvalidRuleError(f"{name}: then has no action, such as label night")
    kinds = [condition.kind for condition in rule.when]
    clash = next((kind for kind in kinds if kind in _ABOUT_A_TEXT), None)
    if rule.wait_minutes and clash is not None:
        raise InvalidRuleError(f'{name}: "no answer for" and "{clash}" never hold together')
    read_hours(rule.hours)
    answers = [f'"{one_line(str(one), 40)}"' for one in rule.then if one.kind is ActionKind.ANSWER]
    if len(answers) > 1:
        raise InvalidRuleError(f"{name}: {' and '.join(answers)}: keep one, a text gets one answer")
    return Rule(
        *(name, rule.when, rule.then, rule.hours, rule.enabled, rule.stop, rule.id, rule.since)
    )


def format_rules(rules: Iterable[Rule]) -> str:
    """Return rules as TOML, as `parse_rules` reads it."""
    return "\n".join(map(_format_rule, rules))


def _format_rule(rule: Rule) -> str:
    """Return one rule as a table of TOML."""
    lines = ["[[rule]]", f"name = {_quote(rule.name)}", f"enabled = {str(rule.enabled).lower()}"]
    lines += [
        f"{key} = {_quote_list(list(map(str, values)))}"
        for key, values in (("when", rule.when), ("then", rule.then))
    ]
    if rule.stop:
        lines.append("stop = true")
    if rule.hours != RuleHours():
        lines += ["[rule.hours]", f"week = {_quote(rule.hours.week)}"]
    if rule.hours.holidays:
        lines.append(f"holidays = {_quote_list(rule.hours.holidays)}")
    if rule.hours.zone:
        lines.append(f"zone = {_quote(rule.hours.zone)}")
    return "\n".join([*lines, ""])


def _quote(text: str) -> str:
    """Return a string of TOML, whose escapes are those of JSON."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _quote_list(texts: Iterable[str]) -> str:
    """Return a list of strings of TOML."""
    return f"[{', '.join(map(_quote, texts))}]"


def parse_rules(text: str, now: int, zone: tzinfo | None) -> list[Rule]:
    """Return the rules of a TOML text.

    Args:
        text: Content of the file.
        now: Current time (ms UTC): a snooze has to be valid now.
        zone: Zone of the agent; None for that of the system.

    Raises:
        InvalidRuleError: The text or a rule in it is not valid.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidRuleError(f"Not TOML: {error}") from None
    _refuse_unknown("file", tables, ("rule", "hours"))
    common = _read_hours_table("hours", tables.get("hours", {}))
    found = tables.get("rule", [])
    if not isinstance(found, list):
        raise InvalidRuleError(_BEGIN)
    rules = [_read_rule(number, table, common, now, zone) for number, table in enumerate(found, 1)]
    if not rules:
        raise InvalidRuleError(f"No rule: {_BEGIN}")
    names = [rule.name for rule in rules]
    twice = next((name for name in names if names.count(name) > 1), "")
    if twice:
        raise InvalidRuleError(f"Two rules are named {one_line(twice, 40)}: rename one")
    return rules


def _read_rule(number: int, table: Any, hours: RuleHours, now: int, zone: tzinfo | None) -> Rule:
    """Return the rule of one table."""
    if not isinstance(table, dict):
        raise InvalidRuleError(_BEGIN)
    name = _get(table, f"rule {number}", "name", str, "")
    place = f"rule {one_line(name, 40) or number}"
    _refuse_unknown(place, table, ("name", "enabled", "when", "then", "stop", "hours"))
    when, then = (_get_lines(table, place, key) for key in ("when", "then"))
    if not name.strip():
        raise InvalidRuleError(f"{place} needs a name, such as out_of_hours")
    rule = read_rule_lines(name, "\n".join(when), "\n".join(then), now, zone)
    own = _read_hours_table(place, table["hours"]) if "hours" in table else hours
    needs = any(
        one.kind in (ConditionKind.OUTSIDE_HOURS, ConditionKind.NO_ANSWER) for one in rule.when
    )
    return validate_rule(
        replace(
            rule,
            hours=own if needs or "hours" in table else RuleHours(),
            enabled=_get(table, place, "enabled", bool, False),
            stop=rule.stop or _get(table, place, "stop", bool, False),
        )
    )


def read_rule_lines(name: str, when: str, then: str, now: int, zone: tzinfo | None) -> Rule:
    """Return a rule from the lines of its conditions and actions, not yet validated as a whole.

    Args:
        name: Name of the rule.
        when: Conditions, one on each line or between semicolons.
        then: Actions, written alike.
        now: Current time (ms UTC): a snooze has to be valid now.
        zone: Zone of the agent; None for that of the system.

    Raises:
        InvalidRuleError: A line is not valid.
    """
    lines = [line.strip() for line in then.replace(";", "\n").splitlines()]
    actions = "\n".join(line for line in lines if line.casefold() != STOP_LINE)
    try:
        stop = any(line.casefold() == STOP_LINE for line in lines)
        return Rule(name, parse_conditions(when), parse_actions(actions, now, zone), stop=stop)
    except (InvalidActionError, InvalidRuleError) as error:
        place = f"{one_line(name, 40)}: " if name.strip() else ""
        raise InvalidRuleError(f"{place}{error}") from None


def _read_hours_table(place: str, table: Any) -> RuleHours:
    """Return the hours of a table."""
    if not isinstance(table, dict):
        raise InvalidRuleError(f"{place}: hours is not a table: write hours.week and so on")
    _refuse_unknown(f"hours of {place}", table, ("week", "holidays", "zone"))
    week, zone = (_get(table, place, key, str, "") for key in ("week", "zone"))
    # A date without quotation marks is a date of TOML.
    holidays = tuple(map(str, _get(table, place, "holidays", list, [])))
    hours = RuleHours(" ".join(week.split()), holidays, zone.strip())
    try:
        read_hours(hours)
    except InvalidRuleError as error:
        raise InvalidRuleError(f"{place}: {error}") from None
    return hours


def _refuse_unknown(place: str, table: Mapping[str, Any], known: tuple[str, ...]) -> None:
    """Raise `InvalidRuleError` for a key that means nothing here."""
    unknown = next((key for key in table if key not in known), "")
    if unknown:
        near = difflib.get_close_matches(unknown, known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
        raise InvalidRuleError(f'{place}: unknown key "{one_line(unknown, 30)}": {hint}')


Value = TypeVar("Value")
_TYPE_NAMES: Mapping[type, str] = {str: "a text", list: "a list", bool: "true or false"}


def _get(
    table: Mapping[str, Any], place: str, key: str, kind: type[Value], default: Value
) -> Value:
    """Return a value of a table; raise `InvalidRuleError` if it has another type."""
    value = table.get(key, default)
    if not isinstance(value, kind):
        raise InvalidRuleError(f"{place}: {key} is not {_TYPE_NAMES[kind]}")
    return value


def _get_lines(table: Mapping[str, Any], place: str, key: str) -> list[str]:
    """Return a list of texts; a single text counts as a list of its lines."""
    value = table.get(key, [])
    lines = value.split("\n") if isinstance(value, str) else value
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise InvalidRuleError(f'{place}: {key} is no list of texts: write {key} = ["..."]')
    return lines
