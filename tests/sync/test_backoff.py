"""Test the pauses after errors and between polls."""

import random

from hypothesis import given
from hypothesis import strategies as st

from tui.sync.backoff import PollPace, pause_after_failure, pause_between_polls

CHANCE = st.randoms(use_true_random=False)


@given(failures=st.integers(1, 10_000), rng=CHANCE)
def test_pauses_double_up_to_the_maximum(failures: int, rng: random.Random) -> None:
    wanted = min(2.0 ** min(failures - 1, 60), 300.0)
    assert 0.8 * wanted <= pause_after_failure(failures, rng) <= 1.2 * wanted


@given(failures=st.integers(1, 50), asked=st.floats(0, 86_400), rng=CHANCE)
def test_no_request_is_sent_before_the_requested_time(
    failures: int, asked: float, rng: random.Random
) -> None:
    assert pause_after_failure(failures, rng, retry_after=asked) >= asked


def test_a_long_requested_pause_is_hardly_extended() -> None:
    assert pause_after_failure(1, random.Random(1), retry_after=600.0) <= 600.5


@given(quiet=st.integers(0, 10_000), rng=CHANCE)
def test_an_awaited_account_is_polled_quickly(quiet: int, rng: random.Random) -> None:
    assert pause_between_polls(PollPace(2, 15), quiet, True, rng) <= 2.4


@given(quiet=st.integers(0, 10_000), rng=CHANCE)
def test_a_quiet_account_is_polled_at_least_at_the_idle_interval(
    quiet: int, rng: random.Random
) -> None:
    pause = pause_between_polls(PollPace(2, 15), quiet, False, rng)
    assert 1.6 <= pause <= 18.0
    assert quiet < 10 or pause >= 12.0


def test_processes_started_together_do_not_poll_in_step() -> None:
    pauses = {pause_between_polls(PollPace(), 9, False, random.Random(seed)) for seed in range(20)}
    assert len(pauses) == 20
