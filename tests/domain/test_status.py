"""Test the ranks of statuses: the same events in any order end in the same status."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.status import (
    FINAL_STATUSES,
    PERMITTED_MOVES,
    Status,
    apply_reports,
    can_move,
    is_contradiction,
)

FROM_PROVIDERS = [s for s in Status if s not in (Status.QUEUED, Status.SENDING)]
STARTS = (Status.QUEUED, Status.SENDING, Status.UNCERTAIN, Status.ACCEPTED)


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("reported", itertools.combinations(FROM_PROVIDERS, 3), ids="-".join)
def test_three_statuses_end_the_same_in_all_orders(
    start: Status, reported: tuple[Status, ...]
) -> None:
    ends = {apply_reports(start, order) for order in itertools.permutations(reported)}
    assert len(ends) == 1


@given(
    st.sampled_from(STARTS),
    st.lists(st.sampled_from(FROM_PROVIDERS)).flatmap(
        lambda news: st.tuples(st.just(news), st.permutations(news))
    ),
)
def test_any_statuses_end_the_same_shuffled_and_repeated(
    start: Status, orders: tuple[list[Status], list[Status]]
) -> None:
    news, shuffled = orders
    assert apply_reports(start, news) == apply_reports(start, shuffled + news)


@given(st.sampled_from(list(Status)), st.lists(st.sampled_from(FROM_PROVIDERS)))
def test_a_status_never_returns_to_an_earlier_one(start: Status, news: list[Status]) -> None:
    seen = [start]
    for item in news:
        now = apply_reports(seen[-1], [item])
        if now is not seen[-1]:
            assert now not in seen
            seen.append(now)


@pytest.mark.parametrize("end", sorted(FINAL_STATUSES - {Status.DELIVERED}))
def test_a_delivery_overrides_every_other_final_status(end: Status) -> None:
    assert can_move(end, Status.DELIVERED)
    assert not can_move(Status.DELIVERED, end)


def test_a_final_status_never_becomes_a_pending_one() -> None:
    assert not [
        (end, to)
        for end in FINAL_STATUSES
        for to in PERMITTED_MOVES[end]
        if to not in FINAL_STATUSES
    ]


def test_every_failure_is_reached_from_every_pending_status() -> None:
    on_the_way = set(Status) - FINAL_STATUSES
    assert all(PERMITTED_MOVES[status] >= FINAL_STATUSES for status in on_the_way)


def test_no_status_moves_back_into_the_queue() -> None:
    assert not [old for old in Status if Status.QUEUED in PERMITTED_MOVES[old]]
    assert [old for old in Status if Status.SENDING in PERMITTED_MOVES[old]] == [Status.QUEUED]


def test_only_two_different_final_statuses_contradict_each_other() -> None:
    for old, new in itertools.product(Status, Status):
        assert is_contradiction(old, new) == (
            old in FINAL_STATUSES and new in FINAL_STATUSES and old != new
        )
