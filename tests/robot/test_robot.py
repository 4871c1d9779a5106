"""Test that no key of an agent in a hurry does what the screen did not show."""

from pathlib import Path

import pytest

from tests.robot.run import run_robots
from tests.robot.typist import Pace
from tests.slow_cases import slow_case

_STEPS = 40
"""Few, as each one takes the time of a typist; `python -m tests.robot` does many."""


@pytest.mark.timeout(240)
@pytest.mark.parametrize("seed", [pytest.param(7, id="by day"), slow_case(8, name="at night")])
async def test_keys_do_what_the_screen_shows(tmp_path: Path, seed: int) -> None:
    outcome = await run_robots(tmp_path, _STEPS, seed, pace=Pace(0.005, 0.05, 0.4))
    assert outcome.faults == ()
    assert outcome.words
