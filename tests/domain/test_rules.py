"""Rules as text: every rule survives its file, wrong lines are named, words match as wholes."""

from dataclasses import replace
from datetime import UTC
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.action_list import Action, ActionKind
from tui.domain.automatic_texts import AnswerFacts, RecentText, find_answer_problem, is_automatic
from tui.domain.business_hours import ALWAYS_OPEN, parse_desk_hours
from tui.domain.rule_text import format_rules, parse_conditions, parse_rules, validate_rule
from tui.domain.rules import (
    Condition,
    ConditionKind,
    InvalidRuleError,
    Rule,
    RuleHours,
    Situation,
    matches,
    select_matching,
)

NOW = 1_772_611_200_000  # 4 March 2026, 08:00 UTC
HOUR = 3_600_000
_TEXTS = st.text(
    st.characters(
        codec="utf-8", exclude_categories=("Cs", "Cc", "Zl", "Zp", "Zs"), exclude_characters=";,"
    ),
    min_size=1,
    max_size=12,
).filter(lambda text: text.casefold() != "stop")
_PLAIN = (
    *(ConditionKind.ARRIVES, ConditionKind.FIRST_CONTACT, ConditionKind.OPT_OUT),
    *(ConditionKind.HELP, ConditionKind.OUTSIDE_HOURS),
)
CONDITIONS = st.one_of(
    st.sampled_from(_PLAIN).map(Condition),
    st.builds(Condition, st.sampled_from((ConditionKind.LABEL, ConditionKind.ACCOUNT)), _TEXTS),
    st.lists(st.sampled_from(("bill", "order late", "łódź", "退订", "4711")), min_size=1).map(
        lambda words: Condition(ConditionKind.WORDS, ", ".join(words))
    ),
)
ACTIONS = st.one_of(
    st.sampled_from((ActionKind.STAR, ActionKind.CLOSE)).map(Action),
    st.builds(
        Action, st.sampled_from((ActionKind.LABEL, ActionKind.NOTE, ActionKind.ASSIGN)), _TEXTS
    ),
)
HOURS = st.sampled_from(
    (
        RuleHours("mon-fri 9-17"),
        RuleHours("9-12, 13-17:30", ("2026-12-25", "2026-12-26"), "Europe/Warsaw"),
    )
)
RULES = st.builds(
    Rule,
    _TEXTS.filter(str.isprintable),
    st.lists(CONDITIONS, min_size=1, max_size=4).map(tuple),
    st.lists(ACTIONS, min_size=1, max_size=4)
    .filter(lambda actions: sum(a.kind is ActionKind.CLOSE for a in actions) < 2)
    .map(tuple),
    HOURS,
    st.booleans(),
    st.booleans(),
)


@given(st.lists(RULES, min_size=1, max_size=4, unique_by=lambda rule: rule.name))
def test_rules_survive_their_file(rules: list[Rule]) -> None:
    assert parse_rules(format_rules(rules), NOW, UTC) == rules


def test_a_wait_is_written_in_many_ways_and_kept_in_minutes() -> None:
    for text in ("30 minutes", "30m", "30 min", "0h 30m"):
        (condition,) = parse_conditions(f"No answer for {text}")
        assert str(condition) == "no answer for 30 minutes"
    assert str(parse_conditions("no answer for 1 day 2 hours")[0]).endswith("1560 minutes")
    assert str(parse_conditions("no answer for 1m")[0]) == "no answer for 1 minute"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("arive", "did you mean arrives?"),
        ("outside", "is no condition"),
        ("wors invoice, bill", "did you mean words?"),
        ("al words order, late", "did you mean all words?"),
        ("no anwser for 30 minutes", "did you mean no answer for?"),
        ("acount support", "did you mean account?"),
        ("receipt", "there are arrives, first contact"),
        ("arrives now", "arrives stands alone"),
        ("label", "write label billing"),
        ("words", "write words invoice, bill"),
        ("words ???", "is no word"),
        ("no answer for ever", "is no time"),
        ("no answer for 0 minutes", "is no time"),
        ("no answer for 40d", "at most 30d"),
    ],
)
def test_a_wrong_condition_says_how_it_is_written(line: str, expected: str) -> None:
    with pytest.raises(InvalidRuleError, match=expected.replace("?", r"\?")):
        parse_conditions(line)


RULE = '[[rule]]\nname = "x"\nwhen = ["arrives"]\nthen = ["star"]\n'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "No rule"),
        ("x =", "Not TOML"),
        (RULE.replace("[[rule]]", "[[rules]]"), 'unknown key "rules": did you mean rule?'),
        (RULE.replace("when", "wen"), 'unknown key "wen": did you mean when?'),
        (RULE + RULE, "Two rules are named x"),
        (RULE.replace('["arrives"]', "[]"), "x: when has no condition"),
        (RULE.replace('["star"]', "[]"), "x: then has no action"),
        (RULE.replace("star", "stra"), '"stra" is no action here: did you mean star?'),
        (RULE.replace('name = "x"', 'name = ""'), "rule 1 needs a name"),
        (RULE.replace('["arrives"]', "3"), "when is no list of texts"),
        (RULE + '[rule.hours]\nweek = "9-25"\n', "hours go from 0 to 24"),
        ('[hours]\nweek = "9-25"\n' + RULE, 'hours: "9-25": hours go'),
        ("rule = 3", "begin each rule with [[rule]]"),
        (RULE + '[rule.hours]\nzone = "Mars"\n', "is no time zone"),
        (RULE + "[rule.hours]\nholidays = [1]\n", "is no date"),
        (RULE.replace('"arrives"', '"arrives", "no answer for 5m"'), "never hold together"),
        (RULE.replace('"star"', '"answer a", "answer b"'), '"answer a" and "answer b": keep one'),
        (RULE.replace('"star"', '"close", "snooze 2h"'), "contradict each other"),
    ],
)
def test_a_wrong_file_is_refused_in_one_line(text: str, expected: str) -> None:
    with pytest.raises(InvalidRuleError) as refused:
        parse_rules(text, NOW, UTC)
    assert expected in str(refused.value)
    assert "\n" not in str(refused.value)


def test_hours_of_the_file_hold_for_rules_that_need_some() -> None:
    text = '[hours]\nweek = "mon-fri 9-17"\n' + RULE.replace("arrives", "outside hours")
    (rule,) = parse_rules(text, NOW, UTC)
    assert rule.hours.week == "mon-fri 9-17"
    assert parse_rules(f'[hours]\nweek = "9-17"\n{RULE}', NOW, UTC)[0].hours == RuleHours()


def test_stop_may_stand_among_the_actions() -> None:
    (rule,) = parse_rules(RULE.replace('"star"', '"star", "Stop"'), NOW, UTC)
    assert rule.stop
    assert [action.kind for action in rule.then] == [ActionKind.STAR]


@pytest.mark.parametrize(
    ("words", "text", "expected"),
    [
        ("invoice", "Where is my INVOICE?", True),
        ("invoice", "two invoices", False),
        ("order late", "my order late again", True),
        ("order late", "the order is late", False),
        ("dont", "I don't know", True),
        ("don't", "I dont know", True),
        ("lodz", "jestem w Łodzi, Łódź!", True),
        ("退订", "我要退订了", True),
        ("4711", "about 4711", True),
        ("47", "about 4711", False),
        ("0491 570 156", "call 0491570156", True),
        ("bill, invoice", "the bill", True),
    ],
)
def test_words_match_as_wholes(words: str, text: str, expected: bool) -> None:
    rule = Rule("x", parse_conditions(f"words {words}"), (Action(ActionKind.STAR),))
    assert matches(rule, Situation(NOW, text)) is expected
    every = Rule("x", parse_conditions(f"all words {words}, zebra"), rule.then)
    assert not matches(every, Situation(NOW, text))
    assert matches(every, Situation(NOW, f"{text} zebra")) is (expected and "," not in words)


def test_a_rule_about_waits_never_acts_on_texts_and_the_other_way_round() -> None:
    wait = Rule("w", parse_conditions("no answer for 5m"), (Action(ActionKind.STAR),))
    text = Rule("t", parse_conditions("first contact"), wait.then)
    assert not matches(wait, Situation(NOW, "Hi", is_first=True))
    assert not matches(text, Situation(NOW, "Hi", is_first=True, is_due=True))


def test_later_rules_see_labels_and_stop_ends_the_list() -> None:
    def make(name: str, when: str, *then: Action, stop: bool = False) -> Rule:
        return Rule(name, parse_conditions(when), then, stop=stop)

    rules = [
        make("a", "arrives", Action(ActionKind.LABEL, "x")),
        make("b", "label x", Action(ActionKind.UNLABEL, "x"), Action(ActionKind.LABEL, "y")),
        make("c", "label x", Action(ActionKind.STAR)),
        make("d", "label Y", Action(ActionKind.STAR), stop=True),
        make("e", "arrives", Action(ActionKind.STAR)),
    ]
    assert [rule.name for rule in select_matching(rules, Situation(NOW, "Hi"))] == ["a", "b", "d"]


def test_numbers_and_accounts_are_compared_however_they_are_written() -> None:
    rule = Rule("x", parse_conditions("number +61 491 570 157; account AU"), ())
    assert matches(rule, Situation(NOW, "Hi", account="au", own="61491570157"))
    assert not matches(rule, Situation(NOW, "Hi", account="pl", own="61491570157"))


@pytest.mark.parametrize(
    "text",
    ["I am out of office until Monday", "AUTOREPLY", "Do not reply to this", "Автоответ: позже"],
)
def test_automatic_texts_are_recognised(text: str) -> None:
    assert is_automatic(text)


@pytest.mark.parametrize("text", ["Can you reply?", "Is your office out of town?", "auto parts"])
def test_ordinary_texts_are_no_automatic_ones(text: str) -> None:
    assert not is_automatic(text)


def make_facts(**changes: object) -> AnswerFacts:
    """Return the facts of a text that may be answered, with some changes."""
    values: dict[str, object] = {"party": "+61491570006", "text": "Hi", "at": NOW, "now": NOW}
    return AnswerFacts(**{**values, **changes})  # type: ignore[arg-type]


def test_what_keeps_an_answer_back() -> None:
    def recent(text: str, ago: int, *, ours: bool) -> list[RecentText]:
        return [RecentText(ours, text, NOW - ago)]

    assert find_answer_problem(make_facts()) == ""
    assert find_answer_problem(make_facts(is_opted_out=True))
    assert not find_answer_problem(make_facts(is_opted_out=True, can_confirm=True))
    assert find_answer_problem(make_facts(is_suspected=True))
    assert not find_answer_problem(make_facts(is_suspected=True, can_confirm=True))
    assert find_answer_problem(make_facts(answered_at=NOW - 12 * HOUR + 1))
    assert not find_answer_problem(make_facts(answered_at=NOW - 12 * HOUR))
    assert find_answer_problem(make_facts(answered_at=NOW + HOUR)), "the clock was set back"
    assert find_answer_problem(make_facts(now=NOW + HOUR + 1))
    assert find_answer_problem(make_facts(recent=recent("hi!", 60_000, ours=False)))
    assert not find_answer_problem(make_facts(recent=recent("hi!", HOUR, ours=False)))
    assert find_answer_problem(make_facts(recent=recent("HI", HOUR, ours=True)))
    burst = [RecentText(False, f"text {n}", NOW - n) for n in range(5)]
    assert find_answer_problem(make_facts(recent=burst))


def test_a_name_is_kept_in_one_line() -> None:
    rule = Rule("  out  of hours ", (Condition(ConditionKind.ARRIVES),), (Action(ActionKind.STAR),))
    assert validate_rule(rule).name == "out of hours"


def test_the_examples_of_the_documentation_are_valid() -> None:
    page = Path(__file__).parents[2] / "tui/docs/standing-rules.md"
    examples = page.read_text(encoding="utf-8").split("## Five examples")[1].split("```")[1]
    assert len(parse_rules(examples.removeprefix("text"), NOW, UTC)) == 5


def test_a_rule_has_the_hours_of_the_desk_but_its_own_week() -> None:
    desk = parse_desk_hours("mon-fri 9-17; 2026-12-25; Europe/Warsaw")
    own = RuleHours("sat 10-14", ("2026-12-26",))
    arrives = (Condition(ConditionKind.ARRIVES),)
    rule = Rule("x", arrives, (Action(ActionKind.STAR),), own, desk_hours=desk)
    assert rule.business_hours == parse_desk_hours(
        "sat 10-14; 2026-12-25 2026-12-26; Europe/Warsaw"
    )
    assert replace(rule, hours=RuleHours()).business_hours == desk
    assert replace(rule, hours=RuleHours(zone="UTC")).business_hours == parse_desk_hours(
        "mon-fri 9-17; 2026-12-25; UTC"
    )
    assert rule == replace(rule, desk_hours=ALWAYS_OPEN)
