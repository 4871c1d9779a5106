"""Who serves which account: leases in the store, renewed with every heart-beat of this process.

A lease lasts eight seconds and is renewed every two. When its holder dies another process takes it
within seconds; when a renewal fails, its holder stops at once.
"""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass

from tui.clock import SECOND, Clock
from tui.store.accounts import Leases
from tui.store.errors import StoreError
from tui.sync.backoff import jittered
from tui.sync.hands import Log

CHECKPOINT = ":checkpoint"
"""The lease of the one process that tends the database; no account can have this name."""
LASTS = 8 * SECOND
_BEAT = LASTS / SECOND / 4
_RETRY = 0.5


@dataclass(frozen=True, slots=True)
class Identity:
    """Who this process is to the others."""

    agent: str
    kind: str
    """`desk` or `service`."""

    @property
    def preferred(self) -> bool:
        """Whether it takes leases from those that are not."""
        return self.kind == "service"


class Leasehold:
    """The leases this process holds, and its heart-beat."""

    def __init__(
        self,
        leases: Leases,
        clock: Clock,
        rng: random.Random,
        log: Log,
        names: Sequence[str],
        identity: Identity,
    ) -> None:
        """`names` are the leases it wants."""
        self._leases = leases
        self._clock = clock
        self._rng = rng
        self._log = log
        self._names = (*names, CHECKPOINT)
        self._identity = identity
        self._changed = asyncio.Condition()
        self.held: frozenset[str] = frozenset()

    async def run(self) -> None:
        """Beat and renew until cancelled."""
        while True:
            try:
                held = await self.beat()
                pause = jittered(_BEAT, self._rng)
            except StoreError as error:
                self._log("leases not renewed", line=str(error))
                held, pause = frozenset(), _RETRY
            await self._hold(held)
            await self._clock.sleep(pause)

    async def go_on(self) -> None:
        """Beat and renew until cancelled, after a beat that was just made."""
        await self._clock.sleep(jittered(_BEAT, self._rng))
        await self.run()

    async def beat(self) -> frozenset[str]:
        """Say that this process is alive and renew; the leases it now holds."""
        return await self._leases.renew(
            self._identity.agent,
            self._identity.kind,
            self._names,
            lasts_ms=LASTS,
            preferred=self._identity.preferred,
        )

    async def until(self, name: str, held: bool) -> None:
        """Wait until the lease is (not) held."""
        async with self._changed:
            await self._changed.wait_for(lambda: (name in self.held) is held)

    async def _hold(self, held: frozenset[str]) -> None:
        """Note what is held, and tell who waits for a change."""
        if held == self.held:
            return
        self._log("leases", held=sorted(held))
        async with self._changed:
            self.held = held
            self._changed.notify_all()
