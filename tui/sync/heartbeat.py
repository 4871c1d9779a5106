"""Record in the store that this process listens for pushes, for as long as it does.

Pushes arrive or not without a sign, so an account that depends on them is healthy only while a
listener is known to live. Its process may be another one than that which shows the account.
"""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable, Sequence

from tui.clock import Clock
from tui.domain.account import ListenerCrowd
from tui.store.errors import StoreError
from tui.store.store import Store
from tui.sync.backoff import add_jitter
from tui.sync.context import ServedAccount, SyncLog
from tui.sync.lease import ProcessIdentity

HEARTBEAT_SECONDS = 3.0
"""Seconds between two heartbeats; `LISTENER_TIMEOUT_MS` allows for three that are missing."""
_RETRY_SECONDS = 0.5


@contextlib.asynccontextmanager
async def announce_listener(
    store: Store,
    accounts: Sequence[ServedAccount],
    clock: Clock,
    rng: random.Random,
    log: SyncLog,
    *,
    identity: ProcessIdentity,
    host: str,
    address: str,
    get_crowd: Callable[[], ListenerCrowd | None] = lambda: None,
) -> AsyncIterator[None]:
    """Send the heartbeats of a listener during the block.

    Args:
        store: Store shared by all processes.
        accounts: Accounts of the settings; those without a hook secret receive no pushes.
        clock: Source of the current time.
        rng: Source of the jitter.
        log: Log of sync.
        identity: How other processes see this one.
        host: Name of this host.
        address: Where the listener listens, as a URL.
        get_crowd: Returns when the listener was full the last time.
    """
    names = [account.name for account in accounts if account.hook_secret]

    async def send_heartbeats() -> None:
        """Send heartbeats until cancelled."""
        recorded: ListenerCrowd | None = None
        while True:
            pause = add_jitter(HEARTBEAT_SECONDS, rng)
            try:
                await store.listeners.record_heartbeat(
                    names, host=host, agent=identity.agent, kind=identity.kind, address=address
                )
                crowd = get_crowd()
                if crowd != recorded and crowd is not None:
                    await store.listeners.record_crowd(crowd)
                    log(
                        "listener full",
                        closed=crowd.closed,
                        address=crowd.address,
                        from_address=crowd.address_closed,
                    )
                    recorded = crowd
            except StoreError as error:
                log("heartbeat of the listener not stored", line=str(error))
                pause = _RETRY_SECONDS
            await clock.sleep(pause)

    task = asyncio.create_task(send_heartbeats(), name="heartbeat of the listener")
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        with contextlib.suppress(StoreError):
            await store.listeners.end_listening()
