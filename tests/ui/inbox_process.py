"""Run the app of an agent as a program of its own; its arguments are the database and the grace.

The grace period is in seconds, and 0 if it is left out. A new database is filled with the day's
history; the clock stands still, but for keys.
"""

import asyncio
import random
import sys
import time
from pathlib import Path

from tests.contexts import make_context
from tests.ui.history import write_history
from tui.app import SmsDeskApp
from tui.clock import ManualClock
from tui.store.store import Store


class TypingClock(ManualClock):
    """Stand still, except for what measures pauses between keys."""

    def monotonic(self) -> float:
        """Return the time of the presses."""
        return time.monotonic()


async def main(database: Path, grace_seconds: float) -> int:
    """Run the app and return its exit code.

    Args:
        database: File of the inbox.
        grace_seconds: Time in which a message can be taken back.
    """
    clock = TypingClock()
    new = not database.exists()
    async with Store(database, clock=clock, rng=random.Random(1), owner="agent") as store:
        if new:
            await write_history(store, clock)
        context = make_context(
            clock,
            editor="/nowhere/vi",
            grace_seconds=grace_seconds,
            log_file=database.parent / "errors.log",
        )
        app = SmsDeskApp(store, context)
        await app.run_async()
        return app.return_code or 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(Path(sys.argv[1]), float([*sys.argv, "0"][2]))))
