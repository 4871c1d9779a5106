"""The fields in which an agent writes a rule, on the screen and line by line."""

from collections.abc import Mapping
from datetime import tzinfo

from tui.desk.rule_book import format_then, format_when
from tui.domain.business_hours import split_holidays
from tui.domain.record_type import record
from tui.domain.rule_text import read_rule_lines, validate_rule
from tui.domain.rules import ConditionKind, Rule, RuleHours


@record
class RuleField:
    """One field: what it is called, an example, and what can be written into it."""

    key: str
    label: str
    example: str
    hint: str = ""


RULE_FIELDS = (
    RuleField("name", "Name", "out_of_hours"),
    RuleField(
        "when",
        "When, with ; between conditions",
        "arrives; outside hours",
        "Conditions: arrives · first contact · outside hours · words A, B · all words A, B · "
        "account A · number N · label L · no answer for 30 minutes · opt-out · help",
    ),
    RuleField(
        "then",
        "Then, with ; between actions",
        "answer closed; label night",
        "Actions: (un)label L · assign A, @TEAM or next of @TEAM · unassign · (un)star · "
        "note TEXT · close · reopen · snooze 2h · answer CANNED · notify A or @TEAM · hook NAME · "
        "stop: the rules below are not looked at",
    ),
    RuleField(
        "week",
        "Hours, if not those of the desk",
        "mon-fri 9-17, sat 10-14",
        "For outside hours and no answer for: days and hours, with commas between them. "
        "22-6 ends on the next morning. Empty: those of the desk (h in v)",
    ),
    RuleField(
        "holidays",
        "Holidays, beside those of the desk",
        "2026-12-25, 2026-12-26",
        "Days on which it is closed, with commas between them",
    ),
    RuleField("zone", "Time zone, if not that of the desk", "Europe/Warsaw"),
)
"""Every field, in the order in which they are filled in."""
_NEED_HOURS = (ConditionKind.OUTSIDE_HOURS, ConditionKind.NO_ANSWER)


def list_values(rule: Rule) -> dict[str, str]:
    """Return what the fields hold for a rule, by their keys."""
    hours = rule.hours
    return {
        "name": rule.name,
        "when": format_when(rule),
        "then": format_then(rule),
        "week": hours.week,
        "holidays": ", ".join(hours.holidays),
        "zone": hours.zone,
    }


def read_values(values: Mapping[str, str], now: int, zone: tzinfo | None) -> Rule:
    """Return the rule that fields describe.

    Args:
        values: What each field holds, by its key.
        now: Current time (ms UTC): a snooze has to be valid now.
        zone: Zone of the agent; None for that of the system.

    Raises:
        InvalidRuleError: A field, or the rule as a whole, is not valid.
    """
    rule = read_rule_lines("", values["when"], values["then"], now, zone)
    holidays = tuple(split_holidays(values["holidays"]))
    hours = RuleHours(values["week"], holidays, values["zone"])
    return validate_rule(Rule(values["name"], rule.when, rule.then, hours, stop=rule.stop))


def can_use_hours(rule: Rule) -> bool:
    """Return whether hours mean anything for a rule."""
    return bool(rule.hours.week) or any(one.kind in _NEED_HOURS for one in rule.when)
