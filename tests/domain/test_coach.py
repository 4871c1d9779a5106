"""The failure coach: one step for every trouble, none where there is nothing to do."""

import dataclasses

import pytest

from tui.commands import index_by_id
from tui.domain.failure_advice import choose_advice, recommend_step
from tui.domain.message import Advice, Direction, Message
from tui.domain.status import PROBLEM_STATUSES, Status


def out(status: Status, advice: Advice = Advice.NONE) -> Message:
    """A message that went out."""
    return Message(1, 2, Direction.OUT, status, "au", "Hello", 0, advice=advice)


@pytest.mark.parametrize("status", sorted(PROBLEM_STATUSES))
@pytest.mark.parametrize("advice", Advice)
def test_every_trouble_has_a_step_whatever_the_code_said(status: Status, advice: Advice) -> None:
    counsel = recommend_step(out(status, advice))
    assert counsel is not None
    assert counsel.text
    assert counsel.command in {"", *index_by_id()}


@pytest.mark.parametrize("status", sorted(set(Status) - PROBLEM_STATUSES))
@pytest.mark.parametrize("advice", Advice)
def test_nothing_is_advised_while_all_is_well(status: Status, advice: Advice) -> None:
    assert recommend_step(out(status, advice)) is None


def test_a_failure_that_was_dealt_with_needs_no_advice() -> None:
    assert recommend_step(dataclasses.replace(out(Status.FAILED), handled=True)) is None


@pytest.mark.parametrize("advice", Advice)
def test_a_maybe_sent_message_is_settled_first(advice: Advice) -> None:
    assert choose_advice(Status.UNCERTAIN, advice) is Advice.RESOLVE


def test_nobody_is_sent_to_another_account_where_there_is_one_only() -> None:
    counsel = recommend_step(out(Status.FAILED, Advice.OTHER_ACCOUNT), several_accounts=False)
    assert counsel is not None
    assert counsel.command == "retry"


def test_a_text_that_must_not_go_out_is_put_aside() -> None:
    counsel = recommend_step(out(Status.REJECTED, Advice.STOP))
    assert counsel is not None
    assert counsel.command == "resolve"
