"""Decide which process serves which account, with leases that every heartbeat renews.

A lease lasts eight seconds and is renewed every two. If its holder dies, another process
takes it over within seconds; if a renewal fails, the holder stops at once.
"""

import asyncio
import random
from collections.abc import Callable, Sequence

from tui.clock import SECOND, Clock
from tui.domain.record_type import record
from tui.store.errors import StoreError
from tui.store.leases import CHECKPOINT, Leases
from tui.sync.backoff import add_jitter
from tui.sync.context import SyncLog

HOOKS = ":hooks"
"""Lease of the one process that gives events to hooks and webhooks."""
LEASE_MS = 8 * SECOND
_HEARTBEAT_SECONDS = LEASE_MS / SECOND / 4
_RETRY_SECONDS = 0.5


@record
class ProcessIdentity:
    """How other processes see this one."""

    agent: str
    kind: str
    """`desk` or `service`."""

    @property
    def is_preferred(self) -> bool:
        """Return whether this process takes leases over from a desk."""
        return self.kind == "service"


class Leasehold:
    """The leases that this process holds, and its heartbeat."""

    def __init__(
        self,
        leases: Leases,
        clock: Clock,
        rng: random.Random,
        log: SyncLog,
        names: Sequence[str],
        identity: ProcessIdentity,
        report_alive: Callable[[], None] = lambda: None,
    ) -> None:
        """Create it without holding any lease.

        Args:
            leases: Leases in the store.
            clock: Source of the current time.
            rng: Source of the jitter.
            log: Log of sync.
            names: Leases that this process wants.
            identity: How other processes see this one.
            report_alive: Called after each heartbeat, stored or refused by the database.
        """
        self._leases = leases
        self._clock = clock
        self._rng = rng
        self._log = log
        self._names = (*names, CHECKPOINT)
        self._identity = identity
        self._report_alive = report_alive
        self._has_asked = asyncio.Event()
        self._changed = asyncio.Condition()
        self.held: frozenset[str] = frozenset()

    async def run_forever(self) -> None:
        """Send heartbeats and renew the leases until cancelled."""
        while True:
            try:
                held = await self.send_heartbeat()
                pause = add_jitter(_HEARTBEAT_SECONDS, self._rng)
                self._has_asked.set()
            except StoreError as error:
                self._log("leases not renewed", line=str(error))
                # Without a renewal another process may take the leases over at any moment.
                held, pause = frozenset(), _RETRY_SECONDS
            await self._set_held(held)
            # Here and not on a timer of its own: a watchdog has to notice if this loop hangs.
            self._report_alive()
            await self._clock.sleep(pause)

    async def continue_forever(self) -> None:
        """Do the same after a heartbeat that was just sent."""
        await self._clock.sleep(add_jitter(_HEARTBEAT_SECONDS, self._rng))
        await self.run_forever()

    async def send_heartbeat(self) -> frozenset[str]:
        """Record that this process is alive, renew, and return the leases that it holds now."""
        return await self._leases.renew_leases(
            self._identity.agent,
            self._identity.kind,
            self._names,
            duration_ms=LEASE_MS,
            preferred=self._identity.is_preferred,
        )

    async def wait_until_asked(self) -> None:
        """Wait until the leases were asked for; other processes may hold them all."""
        await self._has_asked.wait()

    async def wait_until(self, name: str, held: bool) -> None:
        """Wait until the lease is held, or no longer held.

        Args:
            name: Name of the lease.
            held: Whether to wait for having it or for losing it.
        """
        async with self._changed:
            await self._changed.wait_for(lambda: (name in self.held) is held)

    async def _set_held(self, held: frozenset[str]) -> None:
        """Record the held leases and notify everything that waits for a change."""
        if held == self.held:
            return
        self._log("leases", held=sorted(held))
        async with self._changed:
            self.held = held
            self._changed.notify_all()
