"""Test the advice about failures: the right key for each failure and provider."""

import dataclasses

import pytest

from tui.commands import index_by_id
from tui.domain.failure_advice import choose_advice, recommend_step
from tui.domain.message import Advice, Direction, Message
from tui.domain.status import PROBLEM_STATUSES, Status


def make_outgoing(status: Status, advice: Advice = Advice.NONE) -> Message:
    """Return an outgoing message."""
    return Message(1, 2, Direction.OUT, status, "au", "Hello", 0, advice=advice)


@pytest.mark.parametrize("status", sorted(PROBLEM_STATUSES))
@pytest.mark.parametrize("advice", Advice)
def test_every_failure_has_a_step_whatever_its_code(status: Status, advice: Advice) -> None:
    counsel = recommend_step(make_outgoing(status, advice))
    assert counsel is not None
    assert counsel.text
    assert counsel.command in {"", *index_by_id()}


@pytest.mark.parametrize("status", sorted(set(Status) - PROBLEM_STATUSES))
@pytest.mark.parametrize("advice", Advice)
def test_a_message_without_failure_has_no_advice(status: Status, advice: Advice) -> None:
    assert recommend_step(make_outgoing(status, advice)) is None


def test_a_resolved_failure_needs_no_advice() -> None:
    assert recommend_step(dataclasses.replace(make_outgoing(Status.FAILED), handled=True)) is None


@pytest.mark.parametrize("advice", Advice)
def test_an_uncertain_message_is_resolved_first(advice: Advice) -> None:
    assert choose_advice(Status.UNCERTAIN, advice) is Advice.RESOLVE


def test_another_account_is_not_advised_if_there_is_only_one() -> None:
    counsel = recommend_step(
        make_outgoing(Status.FAILED, Advice.OTHER_ACCOUNT), several_accounts=False
    )
    assert counsel is not None
    assert counsel.command == "retry"


def test_a_message_that_must_not_be_sent_is_to_be_dismissed() -> None:
    counsel = recommend_step(make_outgoing(Status.REJECTED, Advice.STOP))
    assert counsel is not None
    assert counsel.command == "resolve"
