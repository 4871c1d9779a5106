"""Sync as a process of its own that gets killed: `python sync_process.py DATABASE URL OWNER`."""

import asyncio
import random
import sys
from pathlib import Path

from tui.clock import SystemClock
from tui.providers.messagemedia import MessageMedia
from tui.store.store import Store
from tui.sync.backoff import PollPace
from tui.sync.context import ServedAccount
from tui.sync.service import SyncService


async def run_sync(database: str, url: str, owner: str) -> None:
    """Sync until killed."""
    clock, rng = SystemClock(), random.Random()
    provider = MessageMedia(
        base_url=f"{url}/messagemedia",
        api_key="sandbox",
        api_secret="sandbox-secret",
        clock=clock,
    )
    accounts = [ServedAccount("mm", provider)]
    async with Store(Path(database), clock=clock, rng=rng, owner=owner) as store:
        service = SyncService(
            store, accounts, clock, rng, kind="desk", agent=owner, pace=PollPace(0.02, 0.05)
        )
        async with service:
            print("serving", flush=True)
            await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(run_sync(*sys.argv[1:]))
