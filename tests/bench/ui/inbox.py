"""Run the inbox screen on the file named on the command line."""

import asyncio
import os
import random
import sys
from pathlib import Path

from tui.cli.inbox import run_app
from tui.cli.signals import SignalEnd, end_on_signals
from tui.clock import SystemClock
from tui.desk.context import AppContext
from tui.domain.account import Account
from tui.settings.public import Preferences
from tui.startup import gc_tuning
from tui.store.store import Store
from tui.terminal.desktop_notifications import detect_terminal


async def main(path: Path, end: SignalEnd) -> None:
    """Open the file and show it."""
    clock = SystemClock()
    owner = f"bench-{os.getpid()}"
    preferences = Preferences(agent="mia", accounts=(Account("demo", "messagemedia"),))
    context = AppContext(preferences, clock, terminal=detect_terminal(os.environ))
    async with Store(path, clock=clock, rng=random.Random(), owner=owner) as store:
        await run_app(store, context, None, end)


if __name__ == "__main__":
    gc_tuning.postpone_collection()
    with end_on_signals() as end_on_signal:
        asyncio.run(main(Path(sys.argv[1]), end_on_signal))
