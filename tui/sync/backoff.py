"""Compute pauses: after failures, and between polls while nothing is expected.

The functions are pure. Randomness (jitter) prevents that many desks poll at the same
moment.
"""

import random

from tui.domain.record_type import record

_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 300.0
_MOST_DOUBLINGS = 16
_POLL_GROWTH = 1.6


@record
class PollPace:
    """Seconds between two polls of an account."""

    quick: float = 2.0
    """Pause while something is expected."""
    idle: float = 15.0
    """Longest pause after a quiet time."""


def pause_after_failure(
    failures: int,
    rng: random.Random,
    *,
    retry_after: float | None = None,
    longest: float = _LONGEST_PAUSE,
) -> float:
    """Return the seconds to wait after a failure.

    The pause is never shorter than the provider's own; otherwise at most a fifth longer
    than `longest`.

    Args:
        failures: Number of failures in a row, this one included.
        rng: Source of the jitter.
        retry_after: Seconds that the provider demands; None if it gave no time.
        longest: Upper limit in seconds, before jitter.
    """
    doublings = min(max(failures, 1) - 1, _MOST_DOUBLINGS)
    pause = add_jitter(min(_FIRST_PAUSE * 2**doublings, longest), rng)
    return max(pause, retry_after + rng.uniform(0.0, 0.5)) if retry_after is not None else pause


def pause_between_polls(pace: PollPace, quiet: int, expecting: bool, rng: random.Random) -> float:
    """Return the seconds until the next poll.

    Args:
        pace: Shortest and longest pause.
        quiet: Number of polls in a row that brought nothing new.
        expecting: Whether a receipt or a reply is expected soon.
        rng: Source of the jitter.
    """
    if expecting:
        return add_jitter(pace.quick, rng)
    grown = pace.quick * _POLL_GROWTH ** min(quiet, _MOST_DOUBLINGS)
    return add_jitter(min(grown, max(pace.idle, pace.quick)), rng)


def add_jitter(seconds: float, rng: random.Random) -> float:
    """Return the seconds, changed by up to a fifth.

    Args:
        seconds: Pause without jitter.
        rng: Source of the jitter.
    """
    return seconds * rng.uniform(0.8, 1.2)
