"""How long to wait: after trouble longer each time, between polls as long as nothing is expected.

Pure functions. Chance (jitter) keeps many desks from asking in step.
"""

import random
from dataclasses import dataclass

_FIRST = 1.0
_LONGEST = 300.0
_MOST_DOUBLINGS = 16
_GROWTH = 1.6


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between two polls of an account."""

    quick: float = 2.0
    """While something is expected."""
    idle: float = 15.0
    """When nothing has happened for a while."""


def after_failure(
    failures: int, rng: random.Random, *, asked: float | None = None, longest: float = _LONGEST
) -> float:
    """Seconds to wait after the `failures`-th failure in a row (1 is the first).

    Never less than the provider `asked` for, at most a fifth more than `longest` otherwise.
    """
    doublings = min(max(failures, 1) - 1, _MOST_DOUBLINGS)
    pause = jittered(min(_FIRST * 2**doublings, longest), rng)
    return max(pause, asked + rng.uniform(0.0, 0.5)) if asked is not None else pause


def between_polls(pace: Pace, quiet: int, expecting: bool, rng: random.Random) -> float:
    """Seconds to the next poll after `quiet` polls in a row that brought nothing new."""
    if expecting:
        return jittered(pace.quick, rng)
    grown = pace.quick * _GROWTH ** min(quiet, _MOST_DOUBLINGS)
    return jittered(min(grown, max(pace.idle, pace.quick)), rng)


def jittered(seconds: float, rng: random.Random) -> float:
    """`seconds`, up to a fifth more or less."""
    return seconds * rng.uniform(0.8, 1.2)
