"""Let robots work at two windows of one agent, and return what went wrong."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from tests.robot.agent import Robot
from tests.robot.oracle import Oracle
from tests.robot.stored import read_inbox
from tests.robot.typist import Pace, Typist
from tests.robot.window import Window
from tests.robot.world import CUSTOMERS, World, open_world
from tests.waiting import wait_until
from tui.domain.record_type import record

_SIZES = ((80, 24), (160, 40))
_OPENING_SECONDS = 60.0
_WATCH_SECONDS = 0.1
_BREAK_SHARE = 0.02
_LOG = Path(".local/state/smsdesk/smsdesk.log")


@record
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
        seed: Makes everything by chance the same again; it is night at the customers if it is even.
        pace: How fast keys follow each other.
        show_progress: Called after each step with the number of steps and of faults so far.
    """
    quiet = seed % 2 == 0
    async with open_world(home, seed, quiet=quiet) as world:
        oracle = Oracle(random.Random(seed), world.clock.now, quiet)
        windows = [Window(world.environ, size) for size in _SIZES]
        typists = [
            Typist(window, oracle, random.Random(f"{seed} {place}"), pace)
            for place, window in enumerate(windows)
        ]

        def count_steps() -> int:
            return sum(typist.steps for typist in typists)

        async def work(robot: Robot) -> None:
            while (done := count_steps()) < steps:
                await robot.act()
                show_progress(done, len(oracle.faults))

        async with _open_windows(windows):
            disturbing = asyncio.create_task(_keep_disturbing(world, pace))
            try:
                await asyncio.gather(*(work(Robot(typist, world)) for typist in typists))
            finally:
                disturbing.cancel()
                await asyncio.wait([disturbing])
            if not disturbing.cancelled() and (error := disturbing.exception()):
                raise error
        world.watch_scheduled()
        for place, typist in enumerate(typists):
            (home / f"robot{place}.log").write_text("\n".join(typist.log))
        faults = oracle.judge(read_inbox(home / "inbox.db"), world.accepted, world.left_at)
        faults += _find_logged_errors(home)
        seen = sum(1 for word in oracle.words.values() if word.seen_with)
        return Outcome(count_steps(), tuple(faults), len(world.accepted), seen)


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
    """Let customers and the colleague act, and the network fail, until cancelled."""
    while True:
        pause = world.rng.uniform(pace.shortest, 10 * pace.longest)
        for _ in range(max(1, round(pause / _WATCH_SECONDS))):
            await asyncio.sleep(min(pause, _WATCH_SECONDS))
            world.watch_scheduled()
        await world.disturb()
        if world.rng.random() < _BREAK_SHARE:
            world.break_connection()


def _find_logged_errors(home: Path) -> list[str]:
    """Return the errors in the inbox's log that have a traceback."""
    log = home / _LOG
    lines = log.read_text().splitlines() if log.exists() else []
    return [f"logged: {line[:600]}" for line in lines if "Traceback" in line]
