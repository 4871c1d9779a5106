"""Test the report of first answers: a table that fits the dialog of 80 columns."""

from tui.clock import HOUR, MINUTE
from tui.desk.answer_report import format_answer_report, plot_answers_by_hour
from tui.domain.answer_targets import AnswerRecord

_NOW, _WIDTH = 1_772_712_000_000, 70
"""Time in ms UTC; cells of a line in the dialog at 80 columns."""


def make_record(agent: str, view: str, minutes: int, within: int | None) -> AnswerRecord:
    """Return a first answer after some minutes, with a target or none."""
    due_at = None if within is None else _NOW + within * MINUTE
    return AnswerRecord(agent, "au", view, _NOW, _NOW + minutes * MINUTE, due_at)


def test_every_line_of_the_report_fits_and_stands_below_its_heading() -> None:
    records = [
        make_record("a" * 40, "view " * 9, 5 * HOUR // MINUTE * at, at * 60) for at in range(1200)
    ]
    report = [*format_answer_report(records), *plot_answers_by_hour(records, None)]
    assert [line for line in report if len(line) > _WIDTH] == []
    heading, total = report[0], report[1]
    for end in ("answers", "9 of 10 within", "in time"):
        column = heading.index(end) + len(end)
        assert total[column - 1] != " " and total[column : column + 1] in ("", " ")


def test_only_answers_with_a_target_are_called_in_time() -> None:
    without = format_answer_report([make_record("mia", "", 4, None)])
    assert "in time" not in without[0]
    both = format_answer_report([make_record("mia", "", 4, None), make_record("bo", "vip", 4, 5)])
    rows = {line.split()[0]: line for line in both if line}
    assert rows["all"].endswith("1 of 1") and rows["bo"].endswith("1 of 1")
    assert "of" not in rows["mia"].split()
    assert "By view" in both


def test_nothing_answered_is_no_report() -> None:
    assert format_answer_report([]) == []
    assert plot_answers_by_hour([], None) == []
