"""Ask for the fields of a rule line by line, until the rule can be saved."""

from tui.desk.rule_fields import (
    RULE_FIELDS,
    RuleField,
    can_use_hours,
    list_values,
    read_values,
)
from tui.domain.rule_text import read_rule_lines
from tui.domain.rules import InvalidRuleError, Rule
from tui.domain.text import one_line
from tui.plain.lines import end_sentence
from tui.plain.session import PlainSession

_HOW_TO_WRITE = (
    "Enter keeps what stands there, - empties it, ? says what can be written, ! cancels."
)
_CANCEL, _EMPTY, _HELP = "!", "-", "?"
_OF_HOURS = frozenset({"week", "holidays", "zone"})
"""Fields that are asked for only if the rule can use them."""


async def ask_rule(session: PlainSession, rule: Rule, taken: frozenset[str]) -> Rule | None:
    """Ask for each field until the rule is valid; return None if the agent cancels.

    Args:
        session: State of this agent's line-mode session.
        rule: Rule to begin with.
        taken: Names of the other rules.
    """
    values, context = list_values(rule), session.context
    session.dialog.write_line("Every condition has to hold. Saving does not switch a rule on.")
    session.dialog.write_line(_HOW_TO_WRITE)
    with session.dialog.delay_announcements():
        while True:
            for field in RULE_FIELDS:
                if field.key in _OF_HOURS and not _needs_field(session, values, field):
                    values[field.key] = ""
                elif not await _ask_field(session, values, field, taken):
                    return None
            try:
                return read_values(values, context.clock.now(), context.zone)
            except InvalidRuleError as problem:
                session.dialog.write_line(end_sentence(str(problem)))


def _needs_field(session: PlainSession, values: dict[str, str], field: RuleField) -> bool:
    """Return whether a field about hours means anything, with what was typed so far."""
    if field.key != "week":
        return bool(values["week"])
    now, zone = session.context.clock.now(), session.context.zone
    return bool(values["week"]) or can_use_hours(read_rule_lines("", values["when"], "", now, zone))


async def _ask_field(
    session: PlainSession, values: dict[str, str], field: RuleField, taken: frozenset[str]
) -> bool:
    """Ask for one field until its text can be used; return False if the agent cancels."""
    dialog = session.dialog
    while True:
        if values[field.key]:
            dialog.write_line(f"{field.label}: {one_line(values[field.key], 500)}")
        else:
            dialog.write_line(f"{field.label}, such as {field.example}")
        typed = (await dialog.ask_line("> ")).strip()
        if typed == _CANCEL:
            return False
        if typed == _HELP:
            dialog.write_line(f"{field.hint or f'Such as {field.example}'}.")
            continue
        values[field.key] = "" if typed == _EMPTY else typed or values[field.key]
        problem = _find_problem(session, values, field, taken)
        if not problem:
            return True
        dialog.write_line(end_sentence(problem))


def _find_problem(
    session: PlainSession, values: dict[str, str], field: RuleField, taken: frozenset[str]
) -> str:
    """Return what is wrong with the text of a field, or ""."""
    if field.key == "name" and values["name"] in taken:
        return f'Another rule is named "{values["name"]}"'
    if field.key in _OF_HOURS:
        return ""
    if not values[field.key]:
        return "It cannot be empty: ! cancels"
    if field.key == "name":
        return ""
    texts = {"when": "", "then": "", field.key: values[field.key]}
    now, zone = session.context.clock.now(), session.context.zone
    try:
        read_rule_lines("", texts["when"], texts["then"], now, zone)
    except InvalidRuleError as problem:
        return str(problem)
    return ""
