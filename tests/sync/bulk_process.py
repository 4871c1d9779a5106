"""Serve a text to many as a process that gets killed: `bulk_process.py DATABASE URL OWNER KIND`."""

import asyncio
import random
import sys
from pathlib import Path
from typing import Any

from tui.clock import SystemClock
from tui.desk.bulk_feeder import BulkFeeder
from tui.domain.account import Account
from tui.domain.database import ServerDatabase
from tui.providers.messagemedia import MessageMedia
from tui.store.store import Store
from tui.sync.backoff import PollPace
from tui.sync.context import ServedAccount
from tui.sync.service import SyncService


async def serve(database: str, url: str, owner: str, kind: Any) -> None:
    """Feed and send until killed."""
    clock, rng = SystemClock(), random.Random()
    provider = MessageMedia(
        base_url=f"{url}/messagemedia",
        api_key="sandbox",
        api_secret="sandbox-secret",
        clock=clock,
    )
    served = [ServedAccount("mm", provider)]
    public = Account("mm", "messagemedia", capabilities=provider.capabilities)
    is_server = "://" in database or "=" in database
    place = ServerDatabase(database, "test") if is_server else Path(database)
    async with Store(place, clock=clock, rng=rng, owner=owner) as store:
        feeder = BulkFeeder(store, clock, (public,), None)
        service = SyncService(
            *(store, served, clock, rng),
            kind=kind,
            agent=owner,
            pace=PollPace(0.5, 1.0),
            feed=feeder.run_round,
        )
        async with service:
            print("serving", flush=True)
            await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:]))
