"""Until when a customer has to be answered, and how first answers are summed up."""

from dataclasses import replace
from datetime import UTC

import pytest

from tests.domain.test_views import OPEN
from tui.clock import MINUTE
from tui.desk.format import format_time_left, is_due_soon
from tui.domain.answer_targets import (
    AnswerRecord,
    AnswerTarget,
    DueAnswer,
    find_due_answer,
    get_hour,
    summarize_answers,
)
from tui.domain.business_hours import parse_hours
from tui.domain.conversation import Conversation, State, View

NOW = 1_772_445_600_000
"""A Monday, 10:00 UTC."""


WAITING = replace(OPEN, waiting_since=NOW, account="au")
AU = AnswerTarget("au", View(label="vip"), 30)
ALL = AnswerTarget("all", View(), 60)


def test_the_earliest_target_of_all_views_counts() -> None:
    vip = replace(WAITING, labels=("vip",))
    assert find_due_answer(WAITING, [AU, ALL]) == DueAnswer(NOW + 60 * MINUTE, "all")
    assert find_due_answer(vip, [ALL, AU]) == DueAnswer(NOW + 30 * MINUTE, "au")
    assert find_due_answer(vip, []) is None


@pytest.mark.parametrize(
    "conversation",
    [
        replace(WAITING, waiting_since=None),
        replace(WAITING, state=State.SNOOZED),
        replace(WAITING, state=State.CLOSED),
    ],
)
def test_a_customer_who_does_not_wait_has_no_time(conversation: Conversation) -> None:
    assert find_due_answer(conversation, [AnswerTarget("all", View(state=None), 5)]) is None


def test_only_business_time_counts() -> None:
    hours = parse_hours("mon-fri 9-10:15", zone=UTC)
    due = find_due_answer(WAITING, [replace(ALL, minutes=20, hours=hours)])
    assert due == DueAnswer(NOW + (23 * 60 + 5) * MINUTE, "all")


@pytest.mark.parametrize(
    ("left", "text", "soon"),
    [
        (60, "1h left", False),
        (16, "16m left", False),
        (15, "15m left", True),
        (0, "1m left", True),
        (-5, "5m over", True),
        (-90, "1h over", True),
    ],
)
def test_the_time_left_is_a_few_characters(left: int, text: str, soon: bool) -> None:
    due = NOW + 60 * MINUTE
    now = due - left * MINUTE
    assert format_time_left(due, now) == text
    assert is_due_soon(due, NOW, now) is soon


def make_record(agent: str, minutes: int, due: int | None = None) -> AnswerRecord:
    due_at = NOW + due * MINUTE if due is not None else None
    return AnswerRecord(agent, "au", "all", NOW, NOW + minutes * MINUTE, due_at)


def test_answers_are_summed_up_by_group() -> None:
    records = [make_record("mia", n, 5) for n in range(1, 11)] + [make_record("bo", 7)]
    mia, bo = summarize_answers(records, lambda record: record.agent)
    assert (mia.group, mia.answers, mia.kept, mia.broken) == ("mia", 10, 5, 5)
    assert (mia.median_ms, mia.p90_ms) == (5.5 * MINUTE, 9 * MINUTE)
    assert (bo.answers, bo.kept, bo.broken, bo.p90_ms) == (1, 0, 0, 7 * MINUTE)
    assert summarize_answers([], get_agent) == []


def get_agent(record: AnswerRecord) -> str:
    return record.agent


def test_the_hour_is_that_of_the_first_text() -> None:
    assert get_hour(make_record("mia", 90), UTC) == "10:00"
