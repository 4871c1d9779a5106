"""Let robots work at two windows of one agent, and return what went wrong."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

from tests.robot.agent import Pace, Robot
from tests.robot.oracle import Oracle
from tests.robot.window import Window
from tests.robot.world import CUSTOMERS, World, open_world
from tests.waiting import wait_until

_SIZES = ((80, 24), (160, 40))
_OPENING_SECONDS = 60.0
_LOG = Path(".local/state/smsdesk/smsdesk.log")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run."""

    steps: int
    faults: tuple[str, ...]
    sent: int
    """Texts that the provider has accepted."""
    words: int
    """Words that were seen in a composer."""


async def run_robots(
    home: Path,
    steps: int,
    seed: int,
    pace: Pace = Pace(),  # noqa: B008 (frozen)
    show_progress: Callable[[int, int], None] = lambda done, faults: None,
) -> Outcome:
    """Let robots press keys while customers write and a colleague works.

    Args:
        home: Empty directory for the inbox.
        steps: Packets of keys to send, over all windows.
        seed: Makes everything by chance the same again.
        pace: How fast keys follow each other.
        show_progress: Called after each step with the number of steps and of faults so far.
    """
    async with open_world(home, seed) as world:
        oracle = Oracle(random.Random(seed))
        windows = [Window(world.environ, size) for size in _SIZES]
        async with _open_windows(windows):
            robots = [
                Robot(window, world, oracle, random.Random(f"{seed} {place}"), pace)
                for place, window in enumerate(windows)
            ]
            disturbing = asyncio.create_task(_keep_disturbing(world, pace))
            try:
                while (done := sum(robot.steps for robot in robots)) < steps:
                    await asyncio.gather(*(robot.act() for robot in robots))
                    show_progress(done, len(oracle.faults))
            finally:
                disturbing.cancel()
                await asyncio.wait([disturbing])
            if not disturbing.cancelled() and (error := disturbing.exception()):
                raise error
        faults = oracle.judge(home / "inbox.db", world.accepted) + _find_logged_errors(home)
        seen = sum(1 for word in oracle.words.values() if word.seen_with)
        return Outcome(done, tuple(faults), len(world.accepted), seen)


@contextlib.asynccontextmanager
async def _open_windows(windows: list[Window]) -> AsyncIterator[None]:
    """Show all customers in every window; end the windows in good order."""
    try:
        for window in windows:
            window.open()
        for window in windows:
            await _wait_for_customers(window)
        yield
    finally:
        for window in windows:
            await window.end()


async def _wait_for_customers(window: Window) -> None:
    """Wait until all customers have written."""
    everyone = f"{len(CUSTOMERS)} waiting"
    await wait_until(lambda: everyone in window.look().text, _OPENING_SECONDS, "the inbox")


async def _keep_disturbing(world: World, pace: Pace) -> None:
    """Let customers and the colleague act until cancelled."""
    while True:
        await asyncio.sleep(world.rng.uniform(pace.shortest, 10 * pace.longest))
        await world.disturb()


def _find_logged_errors(home: Path) -> list[str]:
    """Return the errors in the inbox's log that have a traceback."""
    log = home / _LOG
    lines = log.read_text().splitlines() if log.exists() else []
    return [f"logged: {line[:600]}" for line in lines if "Traceback" in line]
