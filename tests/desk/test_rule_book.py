"""Rules as an agent reads them: numbers and times have the form that they have everywhere."""

from tui.desk.rule_book import format_when, list_rule_lines
from tui.domain.action_list import Action, ActionKind
from tui.domain.rule_text import parse_conditions
from tui.domain.rules import Rule
from tui.store.rule_rows import RuleRecord


def test_numbers_and_times_of_a_rule_are_shown_as_everywhere() -> None:
    typed = "no answer for 95m; number +61491570157; label vip"
    rule = Rule("late", parse_conditions(typed), (Action(ActionKind.STAR),))
    lines = list_rule_lines(RuleRecord(rule, matched_today=1_200, matched=34_000, answered=2_500))
    assert lines[1] == "When   no answer for 1h 35m; number +61 491 570 157; label vip"
    assert lines[-1] == "Did    1,200 today, 34,000 in 7 days, 2,500 answered"
    assert format_when(rule) == "no answer for 95 minutes; number +61491570157; label vip"
