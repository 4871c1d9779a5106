"""Run the app of an agent as a program of its own; its argument is the database.

A new database is filled with the day's history; the clock stands still.
"""

import asyncio
import random
import sys
from pathlib import Path

from tests.contexts import make_context
from tests.ui.history import write_history
from tui.app import SmsDeskApp
from tui.clock import ManualClock
from tui.store.store import Store


async def main(database: Path) -> int:
    """Run the app and return its exit code."""
    clock = ManualClock()
    new = not database.exists()
    async with Store(database, clock=clock, rng=random.Random(1), owner="agent") as store:
        if new:
            await write_history(store, clock)
        app = SmsDeskApp(store, make_context(clock, editor="/nowhere/vi"))
        await app.run_async()
        return app.return_code or 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(Path(sys.argv[1]))))
